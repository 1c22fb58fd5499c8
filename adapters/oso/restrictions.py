"""What the dossier itself says against passing it on: by field, with the reason. It only ever restricts."""

from __future__ import annotations

from functools import cache

from adapters.oso.categories import CATEGORIES, OFF
from adapters.oso.profielen import Profile
from adapters.oso.versies import Versie
from schemas.base import Model, unwrap
from schemas.decision.decision import Reden
from schemas.messages.opp import Ontwikkelingsperspectief


def restrictions(
    bericht: Ontwikkelingsperspectief, versie: Versie, profile: Profile, status: dict[str, str]
) -> dict[str, Reden]:
    found: dict[str, Reden] = {}
    for category in CATEGORIES[versie.name]:
        # What the profile itself forbids was not opted out of by anybody.
        if category.paths and status.get(category.name) in OFF and category.status(profile) != "VERBODEN":
            found.update(dict.fromkeys(_leaves_of(category.paths), Reden.FIELD_SOURCE_OPT_OUT))
    seen = bericht.herkomst.inzage
    if seen is None:
        return found
    no = ("Nee", "Onbekend")
    if seen.toestemming in no:
        reason = Reden.FIELD_SOURCE_NO_PERMISSION
    elif seen.akkoord in no:
        reason = Reden.FIELD_SOURCE_NOT_AGREED
    else:
        return found
    # akkoord and toestemming are about the whole dossier, so about every field it filled.
    found.update(dict.fromkeys(_leaf_paths(bericht, "", set()), reason))
    return found


@cache
def _leaves_of(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(leaf.pad for leaf in Ontwikkelingsperspectief.bladen if leaf.pad.startswith(paths))


def _leaf_paths(model: Model, prefix: str, found: set[str]) -> set[str]:
    """The paths of the leaves that are filled, spelled as in `Ontwikkelingsperspectief.bladen`."""
    values = model.__dict__
    for name, path, many, nested in _fields(type(model), prefix):
        value = values[name]
        if value is None or (many and not value):
            continue
        if not nested:
            found.add(path)
        elif many:
            for item in value:
                _leaf_paths(item, f"{path}.", found)
        else:
            _leaf_paths(value, f"{path}.", found)
    return found


@cache
def _fields(model: type[Model], prefix: str) -> tuple[tuple[str, str, bool, bool], ...]:
    """For each field its name, its path, whether it is a tuple and whether it holds models. There are as many
    as the schema has, so they are kept.
    """
    fields = []
    for name, field in model.model_fields.items():
        inner, many, _ = unwrap(field.annotation)
        path = f"{prefix}{field.alias or name}{'[]' if many else ''}"
        fields.append((name, path, many, isinstance(inner, type) and issubclass(inner, Model)))
    return tuple(fields)
