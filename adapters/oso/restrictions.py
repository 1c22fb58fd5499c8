"""What the dossier itself says against passing it on: by leaf, with the reason. It only ever restricts."""

from __future__ import annotations

from functools import cache

from adapters.oso.categories import CATEGORIES, OFF
from adapters.oso.profielen import Profile
from adapters.oso.versies import Versie
from schemas.base import Model
from schemas.decision import Reden
from schemas.opp import Ontwikkelingsperspectief


def restrictions(
    bericht: Ontwikkelingsperspectief, versie: Versie, profile: Profile, status: dict[str, str]
) -> dict[str, Reden]:
    found: dict[str, Reden] = {}
    for category in CATEGORIES[versie.name]:
        # What the profile itself forbids nobody opted out of.
        if category.paths and status.get(category.name) in OFF and category.status(profile) != "VERBODEN":
            for leaf in bericht.bladen:
                if leaf.pad.startswith(category.paths):
                    found[leaf.pad] = Reden.FIELD_SOURCE_OPT_OUT
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


def _leaf_paths(model: Model, prefix: str, found: set[str]) -> set[str]:
    """The paths of the leaves that are filled, spelled as in `Ontwikkelingsperspectief.bladen`."""
    values = model.__dict__
    for name, alias in _fields(type(model)):
        value = values[name]
        if value is None or (type(value) is tuple and not value):
            continue
        path, many = (f"{prefix}{alias}[]", value) if type(value) is tuple else (prefix + alias, (value,))
        for item in many:
            if isinstance(item, Model):
                _leaf_paths(item, f"{path}.", found)
            else:
                found.add(path)
    return found


@cache
def _fields(model: type[Model]) -> tuple[tuple[str, str], ...]:
    return tuple((name, field.alias or name) for name, field in model.model_fields.items())
