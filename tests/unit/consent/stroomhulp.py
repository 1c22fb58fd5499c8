"""The table as it is shipped, and facts under which a rule of it holds."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from functools import cache
from itertools import product
from typing import Any, Final

from consent.beleid import Beleid, Profielveld, Proportionaliteitsprofiel
from consent.plek import Plek
from consent.stromen import Stromen, Stroomregel, parse_stromen
from consent.stroomoordeel import Stroomvraag
from consent.voorwaarden import NAMEN, Feiten
from schemas.base import NOOIT, Gegevenscategorie
from schemas.people.hoedanigheden import Partijfunctie, Partijhoedanigheid
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Richting
from tests.builders import NOW
from tests.conftest import ROOT

ON: Final = NOW.date()
TEXT: Final = (ROOT / "consent" / "stromen.toml").read_text(encoding="utf-8")
SOORTEN: Final = tuple(c for c in Gegevenscategorie if c not in NOOIT)


@cache
def tabel() -> Stromen:
    return parse_stromen(TEXT)


@cache
def regels(on: dt.date) -> tuple[Stroomregel, ...]:
    return tabel().op(on)


def geboren(age: int, on: dt.date = ON) -> tuple[dt.date, ...]:
    return (dt.date(on.year - age, 3, 14),)


def alle_feiten(value: bool | None, **kw: Any) -> Feiten:
    return Feiten(**(dict.fromkeys(NAMEN, value) | kw))


def waaronder(r: Stroomregel) -> Feiten:
    """Facts under which a rule holds: of each condition its first alternative."""
    known: dict[str, Any] = {}
    low, high = 0, 30
    for text in r.als:
        first = text.split(" of ")[0]
        age = re.fullmatch(r"(jonger_dan|minstens)\((\d+)\)", first)
        if age:
            low, high = (
                (low, min(high, int(age[2]) - 1)) if age[1] == "jonger_dan" else (max(low, int(age[2])), high)
            )
        else:
            known[first.removeprefix("niet ")] = not first.startswith("niet ")
    return Feiten(
        **(dict.fromkeys(NAMEN, False) | known), geboren=geboren(max(low, high if high < 30 else low))
    )


def a_flow(van: str, aan: str, doel: str, *soorten: str, **kw: Any) -> Stroomvraag:
    """`van` and `aan` as "capacity" or "capacity/function"."""
    return Stroomvraag(
        _plek(van), _plek(aan), Gebruiksdoel(doel), tuple(map(Gegevenscategorie, soorten)), **kw
    )


def _plek(text: str) -> Plek:
    hoedanigheid, _, functie = text.partition("/")
    return Plek(Partijhoedanigheid(hoedanigheid), Partijfunctie(functie) if functie else None)


BERICHT: Final = "ontwikkelingsperspectief"


@cache
def wijd() -> Beleid:
    """A policy that holds back nothing: one field per category, in a profile for every pair and role."""
    velden = tuple(Profielveld(pad=c.value, waarom="Om te vergelijken.", norm="AVG 5") for c in SOORTEN)
    profiles = [
        Proportionaliteitsprofiel(
            id=f"wijd-{d}-{r}-{way}".replace("_", "-").lower(),
            versie=1,
            doel=d,
            rol=r,
            richting=way,
            bericht=BERICHT,
            van=tuple(Partijhoedanigheid),
            aan=tuple(Partijhoedanigheid),
            velden=velden,
        )
        for d, r, way in product(Gebruiksdoel, Rol, Richting)
    ]
    labels = {BERICHT: {c.value: c for c in SOORTEN}}
    policy = Beleid.of(profiles, rules_hash="", stromen=tabel())
    return dataclasses.replace(policy, velden=labels)
