"""In which capacities a levering goes, as the register has who sends and who receives."""

from __future__ import annotations

from consent.plek import Plek
from schemas.people.hoedanigheden import gelezen, leest_als, stuurt_als
from schemas.people.partij import Partij, Rol


def sends(partij: Partij | None, las_als: Rol | None = None) -> Plek | None:
    """In which capacity a partij sends. `las_als`: the role in which it received what it answers."""
    found = None if partij is None else stuurt_als(partij, las_als)
    return None if found is None or partij is None else Plek(found, werkgever=partij.werkgever)


def acts_as(partij: Partij | None, van: Plek | None) -> bool:
    """Whether a partij is registered in the capacity in which something of it goes."""
    return partij is not None and van is not None and van.hoedanigheid in gelezen(partij).hoedanigheden


def reads(partij: Partij | None, rol: Rol) -> Plek | None:
    """In which capacity a partij receives in a role.

    A role that fits none of its capacities keeps what it had: that of its one capacity, in no function there.
    """
    if partij is None:
        return None
    found = leest_als(partij, rol)
    if found is not None:
        return Plek(found, rol, partij.werkgever)
    own = gelezen(partij).hoedanigheden
    return Plek(own[0]) if partij.hoedanigheid is None and len(own) == 1 else None
