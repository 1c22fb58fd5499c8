"""What a ground of the law lets go beside toestemming, and what a professional's veto leaves of it. Pure.

The conditions of each ground stand in consent/gronden.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from consent import gronden
from consent.beleid import Beleid, Proportionaliteitsprofiel
from consent.recht import Rechtstand
from consent.request import Request
from consent.rules import Authorities
from consent.verdict import Verdict
from consent.vooraf import veto
from schemas.base import NOOIT, Gegevenscategorie
from schemas.decision.decision import Ground, Outcome, Reden, Redengrond
from schemas.identifiers import Id, PartijId
from schemas.people.gronden import Grondverklaring
from schemas.people.toestemming import Richting

Verdicts = Mapping[Gegevenscategorie, Verdict]


def on_grounds(
    verdicts: Verdicts,
    grounds: Sequence[Grondverklaring],
    request: Request,
    profile: Proportionaliteitsprofiel | None,
    policy: Beleid,
    births: Sequence[dt.date],
    as_of: dt.datetime,
) -> tuple[Verdicts, tuple[Reden, ...]]:
    """The verdicts with what a met ground lets go, and the reasons why the other grounds do not carry.

    Only those of the sender itself are looked at: what another asserted is no ground of his, and he is not
    told that it exists. When a ground does not yet say all that the law asks, what it would let go waits for
    that, unless it goes on toestemming.
    """
    grounds = [v for v in grounds if v.vastgelegd_door == request.afzender]
    labels, law = policy.labels(request.bericht), policy.law(as_of)
    there = {labels.get(p) for p in profile.paden} if profile and grounds else set()
    out, unmet = dict(verdicts), []
    for v in sorted(grounds, key=lambda v: (v.soort, v.moment, v.vastgelegd_op, v.id)):
        reason = gronden.problem(v, request, births, law, as_of)
        by_law = law.gronden.get(v.soort)
        carries = (
            frozenset() if by_law is None else policy.grenzen.of_ground(by_law) & there & verdicts.keys()
        )
        if reason is Reden.GROUND_INCOMPLETE and carries:
            for c in carries:
                if out[c].outcome is not Outcome.PERMIT:
                    out[c] = _waits(out[c], request.afzender)
            continue
        if reason is not None or not carries:
            unmet.append(reason or Reden.GROUND_NOT_APPLICABLE)
            continue
        for c in carries:
            if out[c].ground is Ground.CONSENT:  # the first of two that let it go is enough
                out[c] = instead(out[c], Ground.STATUTORY, gronden.MET[v.soort], request.afzender, v.id)
    return out, tuple(unmet)


def _waits(verdict: Verdict, afzender: PartijId) -> Verdict:
    """The verdict that waits until the sender completed its ground. What people said stays readable beside
    it.
    """
    if any(r.code is Reden.GROUND_INCOMPLETE for r in verdict.reasons):
        return verdict
    return replace(
        verdict,
        outcome=Outcome.HOLD,
        reasons=(Redengrond(Reden.GROUND_INCOMPLETE, (afzender,)),),
        beside=(*verdict.reasons, *verdict.beside),
    )


def vetoed(request: Request, authorities: Authorities, as_of: dt.datetime) -> frozenset[PartijId]:
    """The sides of this exchange of which a professional forbids it (Jeugdwet 7.3.11(3)).

    A veto binds what that jeugdhulpverlener discloses, and what he would ask for himself.
    """
    sides = {request.afzender}
    if request.richting is Richting.S2J:
        sides |= {request.eigenaar, request.ontvanger.partij}
    return veto(authorities, request.richting, request.doel, sides, as_of)


def by_law(
    request: Request,
    grounds: Sequence[Grondverklaring],
    authorities: Authorities,
    law: Rechtstand,
    as_of: dt.datetime,
) -> frozenset[Gegevenscategorie]:
    """What the school itself must or may share by law. No veto of another stops that."""
    if request.richting is not Richting.S2J:
        return frozenset()
    return frozenset(
        c
        for v in grounds
        if gronden.problem(v, request, authorities.births, law, as_of) in (None, Reden.GROUND_INCOMPLETE)
        for c in law.gronden[v.soort].categorieen
    )


def only_by_law(
    verdicts: Verdicts,
    by_law: AbstractSet[Gegevenscategorie],
    vetoed: AbstractSet[PartijId],
) -> Verdicts:
    """A veto stops everything that rests on toestemming. For what the law covers the veto is not even
    told.
    """
    out = dict(verdicts)
    for c, v in verdicts.items():
        if v.ground is Ground.STATUTORY or c in NOOIT:
            continue
        if c in by_law:
            if v.outcome is Outcome.PERMIT:
                out[c] = replace(v, outcome=Outcome.HOLD, reasons=(Redengrond(Reden.GROUND_INCOMPLETE, ()),))
            continue
        out[c] = Verdict(Outcome.DENY, (Redengrond(Reden.PROFESSIONAL_VETO, tuple(sorted(vetoed))),))
    return out


def instead(verdict: Verdict, ground: Ground, reason: Reden, afzender: PartijId, rests_on: Id) -> Verdict:
    """The verdict for a category that goes on another ground than toestemming, which is overridden but stays
    readable.
    """
    return Verdict(
        Outcome.PERMIT,
        (Redengrond(reason, (afzender,)),),
        verdict.stands,
        unknown_signer=verdict.unknown_signer,
        ground=ground,
        rests_on=(rests_on,),
        beside=verdict.reasons,
    )
