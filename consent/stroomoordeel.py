"""What the rules of a flow make of one question: per category whether it goes, waits or stays home.

Pure and total. The order per category is BAR, DUTY, MAY, TOESTEMMING. A bar that is met keeps it home; what
is not known makes it wait; the first ground that is met lets it go; where no rule speaks it waits
(`RULE_UNKNOWN`). So nothing goes that no rule names, and neither a bar nor an unknown fact that comes in
addition ever opens anything.

A rule that asks toestemming gives no answer by itself (`CONSENT_NEEDED`): consent/decide.py has it answered
by what people stated, as consent/verdict.py weighs it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from consent.plek import Plek, regime
from consent.stromen import Inlichten, Kracht, Nummerregel, Stand, Stroomregel
from consent.voorwaarden import Driewaardig, Feiten, alle
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Outcome
from schemas.people.hoedanigheden import (
    EIGENSCHAPPEN,
    Geheimhouding,
    Partijhoedanigheid,
)
from schemas.people.toestemming import Gebruiksdoel, Richting


class Stroomreden(StrEnum):
    """Why a category goes, waits or stays home by the rules of a flow."""

    BY_DUTY = "BY_DUTY"
    BY_MAY = "BY_MAY"
    CONSENT_NEEDED = "CONSENT_NEEDED"
    """Toestemming is asked, which is not looked at here."""
    STATUTORY_BAR = "STATUTORY_BAR"
    PROFESSIONAL_VETO = "PROFESSIONAL_VETO"
    NEVER_LEAVES = "NEVER_LEAVES"
    """A category that no rule can let go."""
    RULE_UNKNOWN = "RULE_UNKNOWN"
    """No rule speaks of this."""
    RULE_ON_HOLD = "RULE_ON_HOLD"
    """A rule speaks of this, and what it comes to is not settled."""
    PREDICATE_UNKNOWN = "PREDICATE_UNKNOWN"
    """A rule speaks of this, and whether its condition holds is not known."""
    CAPACITY_UNKNOWN = "CAPACITY_UNKNOWN"
    """In which capacity somebody acts is not known: of schoolmaatschappelijk werk, who employs it."""


@dataclass(frozen=True, slots=True)
class Stroomvraag:
    """One flow: who asks to send what to whom, and for what."""

    van: Plek
    aan: Plek
    doel: Gebruiksdoel
    soorten: tuple[Gegevenscategorie, ...]
    nummer: bool = False
    """A number of the leerling is in the message."""


@dataclass(frozen=True, slots=True)
class Celoordeel:
    """What the rules make of one asked category."""

    soort: Gegevenscategorie
    uitkomst: Outcome
    """PERMIT, HOLD or DENY."""
    reden: Stroomreden
    regels: tuple[str, ...] = ()
    """On which rules this rests, each with its version."""
    kolom: Richting | None = None
    """Where toestemming is asked: by which column of the signer table."""
    uitdrukkelijk: bool = False
    opnieuw_vanaf: int | None = None
    nummer: Nummerregel = Nummerregel.VERBODEN
    """What the rule that let it go says of a number."""
    nummer_verboden: bool = False
    """A rule that speaks of it forbids the number, whether it decided or not."""
    inlichten: Inlichten = Inlichten.NIET
    profielen: tuple[str, ...] = ()
    gedragen: bool = True


@dataclass(frozen=True, slots=True)
class Stroomoordeel:
    """The whole, with one `Celoordeel` per asked category in the order in which they were asked."""

    cellen: tuple[Celoordeel, ...]
    nummer_gevraagd: bool = False

    @property
    def gaat(self) -> tuple[Gegevenscategorie, ...]:
        return tuple(c.soort for c in self.cellen if c.uitkomst is Outcome.PERMIT)

    @property
    def nummer(self) -> Nummerregel:
        """Whether a number goes along. One rule that forbids it is enough."""
        open_ = {c.nummer for c in self.cellen if c.uitkomst is Outcome.PERMIT}
        if any(c.nummer_verboden for c in self.cellen):
            return Nummerregel.VERBODEN
        return next((n for n in (Nummerregel.VERPLICHT, Nummerregel.MAG) if n in open_), Nummerregel.VERBODEN)

    @property
    def nummer_eraf(self) -> bool:
        """The message has a number that must be taken out."""
        return self.nummer_gevraagd and self.nummer is Nummerregel.VERBODEN

    @property
    def gedragen(self) -> bool:
        """Whether all that goes travels over this line."""
        return all(c.gedragen for c in self.cellen if c.uitkomst is Outcome.PERMIT)

    @property
    def uitkomst(self) -> Outcome:
        """DENY only where everything asked stays home for good."""
        found = {c.uitkomst for c in self.cellen}
        if Outcome.PERMIT in found:
            whole = found == {Outcome.PERMIT} and not self.nummer_eraf
            return Outcome.PERMIT if whole else Outcome.PERMIT_REDUCED
        return Outcome.DENY if found == {Outcome.DENY} else Outcome.HOLD


def oordeel(
    vraag: Stroomvraag, feiten: Feiten, regels: Sequence[Stroomregel], on: dt.date, *, veto: bool = False
) -> Stroomoordeel:
    """What these rules make of a flow on a day (Europe/Amsterdam), before toestemming is looked at.

    `regels` are those of that day (`Stromen.op`), or for a replay those that were named (`Stromen.precies`).
    `veto`: a professional of the sender keeps this home (Jeugdwet 7.3.11(3)). Never raises for any well-typed
    input, and the order of `regels` does not matter.
    """
    asked = tuple(dict.fromkeys(vraag.soorten))
    van, aan = vraag.van.als, vraag.aan.als
    if van is None or aan is None:
        return Stroomoordeel(
            tuple(Celoordeel(s, Outcome.HOLD, Stroomreden.CAPACITY_UNKNOWN) for s in asked), vraag.nummer
        )
    here = _speaking(tuple(regels), vraag.van, vraag.aan, vraag.doel)
    found = ((r, alle(r.als, feiten, on)) for r in here)
    met = tuple((r, holds) for r, holds in found if holds is not False)
    return Stroomoordeel(_cellen(asked, met, van, veto), vraag.nummer)


@lru_cache(maxsize=1_024)
def _speaking(
    regels: tuple[Stroomregel, ...], van: Plek, aan: Plek, doel: Gebruiksdoel
) -> tuple[Stroomregel, ...]:
    """Of these the rules that are about this flow, whatever is known of it. Kept, for every exchange asks."""
    als, naar = van.als, aan.als
    of_pair = (r for r in regels if als in r.van and naar in r.aan)
    return tuple(sorted((r for r in of_pair if _speaks(r, doel, van, aan)), key=lambda r: (r.id, r.versie)))


def _speaks(r: Stroomregel, doel: Gebruiksdoel, van: Plek, aan: Plek) -> bool:
    """Whether a rule about this pair is about this doel and these functions."""
    return (
        doel in r.doelen
        and (not r.regimes or regime(van) in r.regimes)
        and (not r.van_functies or van.functie in r.van_functies)
        and (not r.functies or aan.functie in r.functies)
        and _may_be(van)
        and _may_be(aan)
    )


def _may_be(plek: Plek) -> bool:
    """A function that does not belong to the capacity is no function there."""
    return plek.functie is None or plek.functie in EIGENSCHAPPEN[plek.hoedanigheid].functies


Gevonden = tuple[Stroomregel, Driewaardig]
_BY: Final = {Kracht.PLICHT: Stroomreden.BY_DUTY, Kracht.MAG: Stroomreden.BY_MAY}


@lru_cache(maxsize=4_096)
def _cellen(
    soorten: tuple[Gegevenscategorie, ...],
    met: tuple[Gevonden, ...],
    van: Partijhoedanigheid,
    veto: bool,  # noqa: FBT001 - the cache looks at positions
) -> tuple[Celoordeel, ...]:
    """What rules that hold, or may hold, make of each category. Kept: there are few rules in a flow."""
    return tuple(_cel(s, met, van, veto=veto) for s in soorten)


def _cel(
    soort: Gegevenscategorie, met: Iterable[Gevonden], van: Partijhoedanigheid, *, veto: bool
) -> Celoordeel:
    if soort in NOOIT:
        return Celoordeel(soort, Outcome.DENY, Stroomreden.NEVER_LEAVES)
    here = [(r, holds) for r, holds in met if soort in r.soorten]
    if not here:
        return Celoordeel(soort, Outcome.HOLD, Stroomreden.RULE_UNKNOWN)
    forbids = any(r.nummer is Nummerregel.VERBODEN for r, _ in here if r.kracht is not Kracht.VERBOD)
    first = next(k for k in Kracht if any(r.kracht is k for r, _ in here))
    of_it = [(r, holds) for r, holds in here if r.kracht is first]
    sure = [r for r, holds in of_it if holds and r.stand is Stand.ACTIEF]
    if sure:
        return _by(soort, first, sure, van, veto=veto, forbids=forbids)
    held = any(holds for _, holds in of_it)
    waits = Stroomreden.RULE_ON_HOLD if held else Stroomreden.PREDICATE_UNKNOWN
    names = tuple(r.sleutel for r, _ in of_it)
    return Celoordeel(soort, Outcome.HOLD, waits, names, nummer_verboden=forbids)


def _by(
    soort: Gegevenscategorie,
    kracht: Kracht,
    sure: Sequence[Stroomregel],
    van: Partijhoedanigheid,
    *,
    veto: bool,
    forbids: bool,
) -> Celoordeel:
    """By rules of one kind that are met. `forbids`: a rule that speaks of it forbids a number."""
    names = tuple(r.sleutel for r in sure)
    if kracht is Kracht.VERBOD:
        return Celoordeel(soort, Outcome.DENY, Stroomreden.STATUTORY_BAR, names, nummer_verboden=forbids)
    secrecy = EIGENSCHAPPEN[van].geheimhouding
    if veto and secrecy is Geheimhouding.JW and any(r.veto for r in sure):
        return Celoordeel(soort, Outcome.DENY, Stroomreden.PROFESSIONAL_VETO, names, nummer_verboden=forbids)
    asks = kracht is Kracht.TOESTEMMING
    told = {r.inlichten for r in sure}
    numbers = {r.nummer for r in sure}
    again = [r.opnieuw_vanaf for r in sure if r.opnieuw_vanaf is not None] if asks else []
    return Celoordeel(
        soort,
        Outcome.HOLD if asks else Outcome.PERMIT,
        _BY.get(kracht, Stroomreden.CONSENT_NEEDED),
        names,
        kolom=secrecy.kolom if asks else None,
        uitdrukkelijk=asks and any(r.uitdrukkelijk for r in sure),
        opnieuw_vanaf=max(again, default=None),
        nummer=next(n for n in Nummerregel if n in numbers),
        nummer_verboden=forbids,
        inlichten=next(i for i in Inlichten if i in told),
        profielen=tuple(dict.fromkeys(r.profiel for r in sure if r.profiel is not None)),
        gedragen=all(r.gedragen for r in sure),
    )
