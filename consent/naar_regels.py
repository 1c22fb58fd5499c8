"""What each asked category comes to by the rules of a flow, with what people said and what was asserted.
Pure.

The rules say per category whether it is barred, goes without toestemming, asks toestemming or waits
(consent/stroomoordeel.py). What toestemming comes to says consent/verdict.py, and what an asserted ground of
the law says consent/wettelijk.py: each answers only where a rule asks it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from consent.bekend import Bekend, van_stroom
from consent.beleid import Beleid, Proportionaliteitsprofiel
from consent.leeftijd import day, turns
from consent.nummers import number_verdict
from consent.plek import lijn, regime
from consent.request import Request
from consent.rules import Authorities
from consent.stromen import Stromen, Stroomregel
from consent.stroomoordeel import Celoordeel, Stroomreden, Stroomvraag, oordeel
from consent.velden import NEVER
from consent.verdict import Verdict
from consent.vooraf import veto
from consent.wettelijk import Verdicts, on_grounds
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Ground, Outcome, Reden, Redengrond
from schemas.identifiers import PartijId
from schemas.people.gronden import Grondverklaring
from schemas.people.hoedanigheden import Geheimhouding, Partijhoedanigheid
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.toestemming import Richting

WACHT: Final = {
    Stroomreden.RULE_UNKNOWN: Reden.RULE_UNKNOWN,
    Stroomreden.RULE_ON_HOLD: Reden.RULE_ON_HOLD,
    Stroomreden.PREDICATE_UNKNOWN: Reden.PREDICATE_UNKNOWN,
    Stroomreden.CAPACITY_UNKNOWN: Reden.CAPACITY_UNKNOWN,
}
"""Why something waits for a rule, and for no signature."""
_BY: Final = {Stroomreden.BY_DUTY: Reden.RULE_DUTY, Stroomreden.BY_MAY: Reden.RULE_MAY}
Zegt = Callable[[Request, Gegevenscategorie], Verdict]
"""What toestemming comes to for one category of a request, within the profile."""


@dataclass(frozen=True, slots=True)
class Gemaakt:
    """What every asked category comes to before a weighing."""

    verdicts: Verdicts
    unmet: tuple[Reden, ...] = ()
    """Why asserted grounds do not carry."""
    dicht: frozenset[Gegevenscategorie] = frozenset()
    """What no weighing opens."""
    vetoed: frozenset[PartijId] = frozenset()
    """Whose veto keeps something home."""
    whole: bool = False
    """A veto is all there is to say of it."""
    regels: Mapping[Gegevenscategorie, tuple[str, ...]] | None = None
    """On which rules each rests. None: there were none yet."""


def by_rules(
    request: Request,
    zegt: Zegt,
    authorities: Authorities,
    grounds: Sequence[Grondverklaring],
    omstandigheden: Iterable[Omstandigheid],
    profile: Proportionaliteitsprofiel | None,
    policy: Beleid,
    as_of: dt.datetime,
) -> Gemaakt:
    """By the rules of the day. `policy.stromen` is there."""
    bekend = van_stroom(request, authorities, grounds, omstandigheden, policy.law(as_of), as_of)
    vetoed = _vetoed(request, authorities, as_of)
    cells = cellen(request, bekend, policy, as_of, veto=bool(vetoed))
    waits = replace(request, wacht=True) if any(cel.uitdrukkelijk for cel in cells) else request
    said = {c.soort: _said(c, waits if c.uitdrukkelijk else request, zegt, vetoed) for c in cells}
    by_ground, unmet = on_grounds(said, grounds, request, profile, policy, authorities.births, as_of)
    there = policy.opens(profile, request.bericht)
    narrowed = _narrowed(grounds, request, policy, bekend, as_of)
    verdicts: dict[Gegevenscategorie, Verdict] = {}
    for cel in cells:
        c = cel.soort
        case = _Cel(cel, said[c], by_ground[c], request, bekend, vetoed, there)
        verdicts[c] = case.verdict(narrowed=c in narrowed, births=authorities.births)
    by_number = with_number(request, cells, verdicts, policy, bekend, as_of)
    hard = {Reden.STATUTORY_BAR, Reden.NOT_CARRIED, Reden.PROFESSIONAL_VETO}
    codes = {c: {r.code for r in v.reasons} for c, v in verdicts.items()}
    closed = frozenset(c for c, found in codes.items() if hard & found)
    by_veto = {c for c, found in codes.items() if Reden.PROFESSIONAL_VETO in found}
    whole = bool(by_veto) and codes.keys() - NOOIT <= by_veto
    told = vetoed if by_veto else frozenset()
    return Gemaakt(verdicts, unmet, closed, told, whole=whole, regels=rules_of(cells) | by_number)


def with_number(
    request: Request,
    cells: Sequence[Celoordeel],
    verdicts: dict[Gegevenscategorie, Verdict],
    policy: Beleid,
    bekend: Bekend,
    as_of: dt.datetime,
) -> dict[Gegevenscategorie, tuple[str, ...]]:
    """Puts the verdict on the number among the others, where it was asked; gives the rules on which it
    goes.
    """
    if Gegevenscategorie.NUMMER not in verdicts:
        return {}
    van, aan = (None if p is None else p.als for p in (request.van, request.aan))
    rows = _rows(policy.stromen, van, aan, request, policy.of_day(as_of))
    others = tuple(cel for cel in cells if cel.soort not in NOOIT)
    verdict, keys = number_verdict(request, others, verdicts, rows, bekend.rust_op)
    verdicts[Gegevenscategorie.NUMMER] = verdict
    return {Gegevenscategorie.NUMMER: keys} if keys else {}


def cellen(
    request: Request, bekend: Bekend, policy: Beleid, as_of: dt.datetime, *, veto: bool = False
) -> tuple[Celoordeel, ...]:
    """What the rules of the day make of each asked category, before toestemming is looked at."""
    asked = tuple(dict.fromkeys(request.gevraagd))
    van, aan = request.van, request.aan
    if van is None or aan is None:
        return tuple(
            Celoordeel(c, Outcome.DENY, Stroomreden.NEVER_LEAVES)
            if c in NOOIT
            else Celoordeel(c, Outcome.HOLD, Stroomreden.CAPACITY_UNKNOWN)
            for c in asked
        )
    if bekend.functie is not None and van.functie is None:
        van = replace(van, functie=bekend.functie)
    on = policy.of_day(as_of)
    rows = _rows(policy.stromen, van.als, aan.als, request, on)
    return oordeel(Stroomvraag(van, aan, request.doel, asked), bekend.feiten, rows, on, veto=veto).cellen


def _rows(
    stromen: Stromen | None,
    van: Partijhoedanigheid | None,
    aan: Partijhoedanigheid | None,
    request: Request,
    on: dt.date,
) -> Sequence[Stroomregel]:
    assert stromen is not None, "who asks this has rules"
    return () if van is None or aan is None else stromen.voor(van, aan, request.doel, on)


def rules_of(cells: Iterable[Celoordeel]) -> dict[Gegevenscategorie, tuple[str, ...]]:
    return {cel.soort: cel.regels for cel in cells if cel.soort not in NOOIT}


def _vetoed(request: Request, authorities: Authorities, as_of: dt.datetime) -> frozenset[PartijId]:
    """Whether a professional of who sends keeps this home (Jeugdwet 7.3.11(3)), or a school what it sends
    itself on toestemming. A veto of who receives binds nobody: it is about what he discloses.
    """
    secrecy = regime(request.van)
    school = request.van is not None and request.van.als is Partijhoedanigheid.ONDERWIJS
    if secrecy is Geheimhouding.JW or school:
        richting = Richting.S2J if school else Richting.J2S
        return veto(authorities, richting, request.doel, {request.afzender}, as_of)
    return frozenset()


def _said(cel: Celoordeel, request: Request, zegt: Zegt, vetoed: frozenset[PartijId]) -> Verdict:
    """What people said, where a rule asks them; of a flow of before also where it does not, to be told
    beside. Agreeing to something wider is no refusal of what must be said of exactly this, so for a rule that
    asks that, `request` is one that waits.
    """
    if cel.soort in NOOIT:
        return Verdict(Outcome.DENY, (Redengrond(NEVER[cel.soort], (request.afzender,)),))
    asks = cel.reden is Stroomreden.CONSENT_NEEDED and not (
        vetoed and regime(request.van) is not Geheimhouding.JW
    )
    beside = cel.uitkomst is Outcome.PERMIT and lijn(request.van, request.aan) is not None
    if not asks and not beside:
        return Verdict(Outcome.HOLD, ())
    return zegt(request, cel.soort)


def _narrowed(
    grounds: Iterable[Grondverklaring],
    request: Request,
    policy: Beleid,
    bekend: Bekend,
    as_of: dt.datetime,
) -> frozenset[Gegevenscategorie]:
    """What the region keeps home of the grounds on which this rests, and no other of these lets go."""
    law = policy.law(as_of)
    rows = [
        law.gronden[v.soort]
        for v in grounds
        if v.id in bekend.rust_op and v.vastgelegd_door == request.afzender
    ]
    by_law = frozenset(c for row in rows for c in row.categorieen)
    return by_law - frozenset(c for row in rows for c in policy.grenzen.of_ground(row))


@dataclass(slots=True)
class _Cel:
    """One category, with everything that has a say in it."""

    cel: Celoordeel
    said: Verdict
    by_ground: Verdict
    request: Request
    bekend: Bekend
    vetoed: frozenset[PartijId]
    there: frozenset[Gegevenscategorie]

    def verdict(self, *, narrowed: bool, births: Sequence[dt.date]) -> Verdict:
        cel, sender = self.cel, (self.request.afzender,)
        if cel.soort in NOOIT:
            return self.said
        if cel.reden is Stroomreden.STATUTORY_BAR:
            return _no(Reden.STATUTORY_BAR, *sender)
        if cel.reden is Stroomreden.PROFESSIONAL_VETO:
            return _no(Reden.PROFESSIONAL_VETO, *sorted(self.vetoed))
        asks = cel.reden is Stroomreden.CONSENT_NEEDED
        if (asks or cel.uitkomst is Outcome.PERMIT) and not cel.gedragen:
            return _no(Reden.NOT_CARRIED, *sender)
        if asks:
            return self._asked(births)
        if cel.uitkomst is Outcome.PERMIT and not narrowed:
            return self._by_law()
        if any(r.code is Reden.GROUND_INCOMPLETE for r in self.by_ground.reasons):
            return self.by_ground
        code = WACHT.get(cel.reden, Reden.RULE_UNKNOWN)
        return Verdict(Outcome.HOLD, (Redengrond(code, sender),))

    def _by_law(self) -> Verdict:
        """It goes without toestemming, within the profile; on the asserted ground where there is one."""
        if self.cel.soort not in self.there:
            # No rule repairs that.
            return _no(Reden.FIELD_NOT_IN_PROFILE, self.request.afzender)
        if self.by_ground.ground is Ground.STATUTORY:
            return self.by_ground
        return Verdict(
            Outcome.PERMIT,
            (Redengrond(_BY[self.cel.reden], (self.request.afzender,)),),
            self.said.stands,
            unknown_signer=self.said.unknown_signer,
            ground=Ground.STATUTORY,
            rests_on=self.bekend.rust_op,
            beside=self.said.reasons,
        )

    def _asked(self, births: Sequence[dt.date]) -> Verdict:
        """What people said of it, and whether they said it as this rule asks."""
        if self.vetoed:
            return _no(Reden.PROFESSIONAL_VETO, *sorted(self.vetoed))
        cel, said = self.cel, self.said
        if said.outcome is Outcome.DENY or (said.outcome is Outcome.PERMIT and _exact(cel, said, births)):
            return said
        if not cel.uitdrukkelijk and said.outcome is not Outcome.PERMIT:
            return said
        missing = Redengrond(Reden.EXPLICIT_PURPOSE_MISSING, (self.request.eigenaar,))
        others = tuple(r for r in said.reasons if r.code is not Reden.CONSENT_VALID)
        return replace(said, outcome=Outcome.HOLD, reasons=(missing, *others), used=())


def closed_by_rule(cel: Celoordeel, afzender: PartijId) -> Verdict | None:
    """Why a category does not go whoever agrees, by the rules alone. None: it does."""
    if cel.soort in NOOIT:
        return None
    if cel.reden is Stroomreden.STATUTORY_BAR:
        return _no(Reden.STATUTORY_BAR, afzender)
    if cel.reden in WACHT:
        return Verdict(Outcome.HOLD, (Redengrond(WACHT[cel.reden], (afzender,)),))
    return None if cel.gedragen else _no(Reden.NOT_CARRIED, afzender)


def _no(code: Reden, *partijen: PartijId) -> Verdict:
    return Verdict(Outcome.DENY, (Redengrond(code, partijen),))


def _exact(cel: Celoordeel, said: Verdict, births: Sequence[dt.date]) -> bool:
    """Whether it was said separately, and again since the age that the rule names."""
    if cel.uitdrukkelijk and not said.explicit:
        return False
    if cel.opnieuw_vanaf is None:
        return True
    since = [turns(b, cel.opnieuw_vanaf) for b in births]
    return bool(since) and all(
        first is not None and first <= day(u.moment) for first in since for u in said.used
    )
