"""Steps of a zaak, for tests: each is the next one, a day and an hour after the one before."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from pydantic import TypeAdapter

from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.zaak.stappen import ElkeStap, Gezet
from schemas.zaak.verloop import Zaakstand, stand_van
from tests.builders import an_id

SCHOOL, ZORG, ANDER, VERDER = "brin:99ZZ00", "agb:99999901", "agb:99999902", "brin:99XX01"
BEGIN: Final = dt.datetime(2026, 10, 1, 10, tzinfo=dt.UTC)
DAG: Final = dt.date(2026, 10, 20)
"""A day on which all steps of a short zaak were taken."""
P = Partijhoedanigheid
_ALS: Final = {SCHOOL: P.ONDERWIJS, ZORG: P.JEUGDHULP, ANDER: P.JGZ, VERDER: P.ONDERWIJS}
_STAP: TypeAdapter[Any] = TypeAdapter(ElkeStap)


def stap(soort: str, **velden: Any) -> Any:
    return _STAP.validate_python({"soort": soort, **velden}, strict=False)


def geopend(**velden: Any) -> Any:
    return stap(
        "geopend",
        **{
            "onderwerp": Onderwerpsoort.LEERLING,
            "vorm": "individueel",
            "functie": "intern_begeleider",
            "wettelijke_taak": "passend_onderwijs",
            "functies": ["versterken"],
            "herzien_op": "2027-01-01",
        }
        | velden,
    )


def erbij(partij: str, *cellen: str, **velden: Any) -> Any:
    functie = {P.ONDERWIJS: "intern_begeleider", P.JEUGDHULP: "jeugdhulpverlener", P.JGZ: "jeugdarts"}
    return stap(
        "partner_erbij",
        **{
            "partij": partij,
            "functie": functie[_ALS[partij]],
            "wettelijke_taak": "jeugdhulp",
            "cellen": list(cellen or ("contact",)),
        }
        | velden,
    )


def gezet(*stappen: tuple[str, Any]) -> tuple[Gezet, ...]:
    """What was recorded, each step by this partij."""
    return tuple(
        Gezet(
            nummer=n,
            id=an_id(f"stap {n}"),
            op=BEGIN + (n - 1) * dt.timedelta(days=1),
            dag=(BEGIN + (n - 1) * dt.timedelta(days=1)).date(),
            door=door,
            stap=een,
            hoedanigheid=_ALS.get(door if een.soort == "geopend" else getattr(een, "partij", "")),
        )
        for n, (door, een) in enumerate(stappen, 1)
    )


def stand(*stappen: tuple[str, Any]) -> Zaakstand:
    return stand_van(gezet(*stappen))


def van_school(*stappen: Any, **opening: Any) -> Zaakstand:
    """A zaak that the school opened, and all of whose steps it took."""
    return stand((SCHOOL, geopend(**opening)), *((SCHOOL, s) for s in stappen))
