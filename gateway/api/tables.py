"""Every operation that a gateway has, in the order in which the routes are asked.

Apart, because pages call the same operations in process (gateway/web/lijn.py).
"""

from __future__ import annotations

from gateway.api import (
    afspraken,
    afwegingen,
    avgverzoeken,
    beheer,
    feiten,
    intrekkingen,
    kopieen,
    overig,
    overleggen,
    overstappen,
    postbus,
    proefklok,
    registraties,
    schemas,
    taken,
    thuiszitten,
    toestemmingen,
    toezicht,
    token,
    uitnodigingen,
    uitwisselingen,
    vragen,
    zaken,
)
from gateway.api.routes import Route


def table(*, sandbox: bool) -> list[Route]:
    """With `sandbox` also the clock that can be moved."""
    modules = (
        token,
        uitwisselingen,
        postbus,
        intrekkingen,
        feiten,
        afwegingen,
        toestemmingen,
        uitnodigingen,
        registraties,
        afspraken,
        taken,
        avgverzoeken,
        zaken,
        overleggen,
        toezicht,
        vragen,
        kopieen,
        thuiszitten,
        overstappen,
        beheer,
        overig,
        schemas,
        *((proefklok,) if sandbox else ()),
    )
    return [route for module in modules for route in module.ROUTES.table]
