"""The thirty working principles held to a zaak: what its steps, its plan and the line show.

The plan itself is read when a partner has it held to the principles (beginselen.py), and of that only the
codes stay. `WAAR` says for each principle where it is seen; two cannot be seen here at all, and it says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from schemas.checks.beginselen import BEGINSELEN, GEWOON
from schemas.messages.inrichting import UITVOERING_BIJ, Beslisser, Besluitvorm, Uitvoeringsvariant
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.tijd import leeftijd, maanden_later
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.zaak.stappen import Zaakdeelname
from schemas.zaak.verloop import Zaakstand, Zaakstatus

P = Partijhoedanigheid
ZORG: Final = frozenset(
    {
        P.JEUGDHULP,
        P.JEUGDHULP_GGZ,
        P.JEUGDTEAM,
        P.TOEGANG,
        P.JGZ,
        P.SCHOOLMAATSCHAPPELIJK_WERK,
        P.GECERTIFICEERDE_INSTELLING,
    }
)
"""Capacities that give or carry care; of a gemeente the wijkteam, registered as toegang or as jeugdteam."""


class Waar(StrEnum):
    """Where a principle is seen."""

    ZAAK = "zaak"
    """In the steps of the zaak."""
    PLAN = "plan"
    """In the plan, when it is held to the principles."""
    LIJN = "lijn"
    """The gateway lets nothing else happen."""
    NIET = "niet"
    """Nowhere on this line: people see to it."""


@dataclass(frozen=True, slots=True)
class Plek:
    waar: Waar
    hard: bool = False
    """An arrangement cannot be in uitvoering while this is open."""


_Z, _L, _N, _PLAN = Waar.ZAAK, Waar.LIJN, Waar.NIET, Waar.PLAN
WAAR: Final[Mapping[str, Plek]] = {
    "P01": Plek(_Z, hard=True),
    "P02": Plek(_PLAN, hard=True),
    "P03": Plek(_Z, hard=True),
    "P04": Plek(_Z, hard=True),
    "P05": Plek(_Z, hard=True),
    "P06": Plek(_Z, hard=True),
    "P07": Plek(_Z),
    "P08": Plek(_Z),
    "P09": Plek(_PLAN),
    "P10": Plek(_PLAN, hard=True),
    "P11": Plek(_PLAN),
    "P12": Plek(_Z, hard=True),
    "P13": Plek(_Z),
    "P14": Plek(_Z, hard=True),
    "P15": Plek(_Z, hard=True),
    "P16": Plek(_PLAN),
    "P17": Plek(_PLAN, hard=True),
    "P18": Plek(_PLAN),
    "P19": Plek(_Z, hard=True),
    "P20": Plek(_PLAN),
    "P21": Plek(_PLAN),
    "P22": Plek(_N),
    "P23": Plek(_L),
    "P24": Plek(_L),
    "P25": Plek(_Z),
    "P26": Plek(_Z),
    "P27": Plek(_Z, hard=True),
    "P28": Plek(_Z),
    "P29": Plek(_N),
    "P30": Plek(_L),
}


@dataclass(frozen=True, slots=True)
class Zaakfeiten:
    """What must be known beside the steps."""

    geboortedatum: dt.date | None = None
    andere_in_uitvoering: bool = False
    """Another zaak about this leerling runs."""


@dataclass(frozen=True, slots=True)
class Zaakbevinding:
    code: str
    tekst: str
    hard: bool


Check = Callable[[Zaakstand, dt.date, Zaakfeiten], bool]


def _over_leerling(z: Zaakstand) -> bool:
    return z.geopend.onderwerp is Onderwerpsoort.LEERLING


def _ouder_dan(f: Zaakfeiten, jaren: int, op: dt.date) -> bool:
    return f.geboortedatum is not None and leeftijd(f.geboortedatum, op) >= jaren


def taakgericht(z: Zaakstand) -> bool:
    """Paid for a task: nobody accounts per leerling."""
    g = z.geopend
    variant = g.uitvoeringsvariant
    if variant is None and g.bekostiging is not None:
        variant = UITVOERING_BIJ[g.bekostiging]
    return variant is Uitvoeringsvariant.TAAKGERICHT


def _p01(z: Zaakstand, op: dt.date, _: Zaakfeiten) -> bool:
    erbij = {p.hoedanigheid for p in z.partners_op(op)}
    return P.ONDERWIJS not in erbij or erbij.isdisjoint(ZORG)


def _p03(z: Zaakstand, op: dt.date, _: Zaakfeiten) -> bool:
    """No gap and no overlap from the opening on, and who has it takes part."""
    aaneen = all(voor.tot == na.van for voor, na in pairwise(z.regie))
    return not aaneen or z.regie[-1].tot is not None or not z.doet_mee(z.regisseur, op)


def _p04(_: Zaakstand, __: dt.date, f: Zaakfeiten) -> bool:
    return f.andere_in_uitvoering


def _p05(z: Zaakstand, op: dt.date, _: Zaakfeiten) -> bool:
    if not _over_leerling(z):
        return False
    opp, begin = z.opp, z.ingangsdatum or op
    return opp is None or opp.bestemming is None or opp.vastgesteld_op is None or opp.vastgesteld_op > begin


def _p06(z: Zaakstand, _: dt.date, __: Zaakfeiten) -> bool:
    opp = z.opp
    return _over_leerling(z) and (opp is None or opp.overleg_op is None or opp.overleg_resultaat is None)


def _p07(z: Zaakstand, op: dt.date, f: Zaakfeiten) -> bool:
    zelf = _ouder_dan(f, GEWOON.meerderjarig, op)
    return _over_leerling(z) and not zelf and (z.opp is None or not z.opp.inzage_ouders)


def _p08(z: Zaakstand, _: dt.date, __: Zaakfeiten) -> bool:
    return any(Zaakdeelname.NEE in (e.ouders, e.leerling) for e in z.evaluaties)


def _p12(z: Zaakstand, op: dt.date, _: Zaakfeiten) -> bool:
    return z.status is not Zaakstatus.GESLOTEN and (z.herzien_op is None or op > z.herzien_op)


def _p13(z: Zaakstand, op: dt.date, _: Zaakfeiten) -> bool:
    opp = z.opp
    if opp is None or opp.vastgesteld_op is None or opp.vastgesteld_op > op:
        return False
    punten = sorted({opp.vastgesteld_op, *(d for d in opp.evaluaties if opp.vastgesteld_op <= d <= op)})
    return any(maanden_later(x, GEWOON.opp_evaluatie_maanden) < y for x, y in pairwise([*punten, op]))


def _p14(z: Zaakstand, _: dt.date, __: Zaakfeiten) -> bool:
    return not z.geopend.functies


def _p15(z: Zaakstand, _: dt.date, __: Zaakfeiten) -> bool:
    """That individueel is about one leerling and collectief is not, opening it sees to."""
    return not _over_leerling(z) and any(g.besluit.code.toelating for g in z.besluiten)


def _p19(z: Zaakstand, op: dt.date, _: Zaakfeiten) -> bool:
    """While it runs a school takes part, until the next place has the leerling."""
    school = any(p.hoedanigheid is P.ONDERWIJS for p in z.partners_op(op))
    return _over_leerling(z) and z.ingangsdatum is not None and z.plaatsing is None and not school


def _p25(z: Zaakstand, _: dt.date, __: Zaakfeiten) -> bool:
    vrij = any(t.besluitvorm is Besluitvorm.BESCHIKKINGSVRIJ for t in z.geopend.toeleiding)
    return vrij and z.woonplaats is None


def _p26(z: Zaakstand, _: dt.date, f: Zaakfeiten) -> bool:
    return any(
        o.leerling_nam_deel in (None, Zaakdeelname.NEE) and _ouder_dan(f, GEWOON.leeftijd_aan_tafel, o.datum)
        for o in z.gehouden
    )


def _p27(z: Zaakstand, _: dt.date, __: Zaakfeiten) -> bool:
    """Who decides in another's name without a mandate is refused; here that a table decided at a table."""
    tafel = any(t.beslisser is Beslisser.OVERLEG_MET_MANDAAT for t in z.geopend.toeleiding)
    return tafel and any(g.besluit.overleg is None for g in z.besluiten)


def _p28(z: Zaakstand, _: dt.date, __: Zaakfeiten) -> bool:
    """Once there are phases, each next regisseur is that of a phase."""
    met = [r.fase is not None for r in z.regie[1:]]
    return any(met) and not all(met)


_CHECKS: Final[Mapping[str, Check]] = {
    "P01": _p01,
    "P03": _p03,
    "P04": _p04,
    "P05": _p05,
    "P06": _p06,
    "P07": _p07,
    "P08": _p08,
    "P12": _p12,
    "P13": _p13,
    "P14": _p14,
    "P15": _p15,
    "P19": _p19,
    "P25": _p25,
    "P26": _p26,
    "P27": _p27,
    "P28": _p28,
}
NOG_NIET: Final = "Dit is alleen in het plan te zien, en dat is nog niet getoetst."


def zaak_bevindingen(z: Zaakstand, op: dt.date, feiten: Zaakfeiten) -> tuple[Zaakbevinding, ...]:
    """Every finding on that day, in the order of the principles.

    A hard one that only the plan shows is open until the plan was held to it: what is not known is not well.
    """
    plan = None if z.getoetst is None else frozenset(z.getoetst.bevindingen)
    found = []
    for code, plek in WAAR.items():
        check = _CHECKS.get(code)
        if (check is not None and check(z, op, feiten)) or (plan is not None and code in plan):
            found.append(Zaakbevinding(code, BEGINSELEN[code][1], plek.hard))
        elif plan is None and plek.waar is Waar.PLAN and plek.hard:
            found.append(Zaakbevinding(code, NOG_NIET, hard=True))
    return tuple(found)
