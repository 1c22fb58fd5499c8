"""A no recorded under a look-alike id holds back what is about this one (gateway/case/lookalikes.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from consent.afwegen import OfferedAfweging
from consent.beleid import Beleid
from consent.decide import decide
from consent.request import Request
from consent.te_vragen import says_no
from consent.tegenhouden import held_back
from consent.verdict import cell_of
from gateway.case.case import Case
from schemas.decision.decision import Decision, Outcome, Reden, Redengrond

_NO: Final = frozenset(
    {
        Reden.CONSENT_REFUSED,
        Reden.CONSENT_WITHDRAWN,
        Reden.YOUTH_REFUSES,
        Reden.PARENTS_CONFLICT,
        Reden.PROFESSIONAL_VETO,
        Reden.PROTECTED_PARTY,
        Reden.WITHDRAWN_IN_FLIGHT,
    }
)
"""Reasons that mean that somebody said no, as opposed to reasons for which something is missing."""


def blocked(
    found: Decision,
    request: Request,
    case: Case,
    weighing: OfferedAfweging | None,
    beleid: Beleid,
    as_of: dt.datetime,
) -> Decision:
    """`found`, or a DENY when the record of a look-alike holds a no to something that would go.

    The same request is decided under the facts of the look-alike, with the same ground of the law or
    weighing: so a no stops there what it would have stopped here.
    """
    for other in case.lookalikes:
        found = held_back(found, tuple(_said(found, request, case, other, weighing, beleid, as_of)))
    return found


def _said(
    found: Decision,
    request: Request,
    case: Case,
    other: Case,
    weighing: OfferedAfweging | None,
    beleid: Beleid,
    as_of: dt.datetime,
) -> Iterator[Redengrond]:
    same = decide(
        request, other.consents, other.authorities, case.gronden, weighing, beleid, as_of, case.omstandigheden
    )
    if same.outcome is Outcome.DENY:
        yield from (r for r in same.reasons if r.code in _NO)
    for categorie in found.on_toestemming:
        cell = cell_of(request, categorie, beleid)
        if says_no(cell, other.consents, other.authorities, beleid, as_of):
            reasons = [r for r in same.per_category[categorie] if r.code in _NO]
            yield from reasons or [Redengrond(Reden.CONSENT_REFUSED, (other.row.owner,))]
