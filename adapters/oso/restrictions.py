"""What the dossier itself says against passing it on: by leaf, with the reason. It only ever restricts."""

from __future__ import annotations

from typing import Any

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
    found.update(dict.fromkeys(_leaf_paths(bericht, ""), reason))
    return found


def _leaf_paths(value: Any, path: str) -> set[str]:
    """The paths of the leaves that are filled, spelled as in `Ontwikkelingsperspectief.bladen`."""
    if isinstance(value, Model):
        prefix = path and f"{path}."
        return set().union(
            *(
                _leaf_paths(getattr(value, name), f"{prefix}{field.alias}")
                for name, field in type(value).model_fields.items()
                if getattr(value, name) not in (None, ())
            )
        )
    if isinstance(value, tuple):
        return set().union(*(_leaf_paths(item, f"{path}[]") for item in value))
    return {path}
