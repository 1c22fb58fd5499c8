"""Somebody who reads or speaks for himself: an ouder with gezag, or the leerling. Pure.

What he is follows from the record of gezag of the partij whose system stands between him and the line, as it
is at each decision: so an ouder whose gezag ended gets nothing more, and nobody is what he says he is.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from consent import gezag
from consent.beleid import Beleid
from consent.leeftijd import add_months, day
from consent.request import Request
from consent.rules import Authorities
from consent.verdict import Verdict
from consent.wettelijk import Verdicts
from schemas.decision.decision import Outcome, Reden, Redengrond
from schemas.people.hoedanigheden import Partijhoedanigheid

ZELF: Final = frozenset({Partijhoedanigheid.OUDER, Partijhoedanigheid.LEERLING})
"""Who may read and speak over this line. An ouder without gezag asks a person (BW 1:377c)."""


def mens(who: Authorities, bij: str, persoon: str) -> Partijhoedanigheid | None:
    """What this person is in the record of `bij`. None: there is nobody there by that id.

    Another side's record does not count: `bij` may not know whom it names, nor that there is one.
    """
    own = who if bij == who.eigenaar else who.side(bij)
    snapshot = None if own is None else own.snapshot
    if snapshot is None:
        return None
    if persoon == snapshot.leerling:
        return Partijhoedanigheid.LEERLING
    if persoon in gezag.holders(snapshot):
        return Partijhoedanigheid.OUDER
    known = any(p.persoon == persoon for p in snapshot.personen)
    return Partijhoedanigheid.OUDER_ZONDER_GEZAG if known else None


def unchecked(who: Authorities, bij: str, policy: Beleid, as_of: dt.datetime) -> bool:
    """Whether the check of gezag on which an ouder rests is too old, or ended."""
    own = who if bij == who.eigenaar else who.side(bij)
    snapshot = None if own is None else own.snapshot
    if snapshot is None:
        return True
    months = min(policy.gezag_max_maanden, policy.law(as_of).termijn["gezag_maanden"])
    on, ends = day(as_of), snapshot.geldig_tot_en_met
    fresh = snapshot.gecontroleerd_op <= on < add_months(snapshot.gecontroleerd_op, months)
    return not fresh or (ends is not None and ends < on)


def person_problem(request: Request) -> Reden | None:
    """Why nothing goes to a person, whatever the rules say: who sends must give it to him itself, and he must
    be an ouder with gezag or the leerling.
    """
    if request.ontvanger.persoon_id is None:
        return None
    if request.partij is None or request.partij.aflevering is None:
        return Reden.RECIPIENT_UNKNOWN
    is_person = request.aan is not None and request.aan.als in ZELF
    given = request.ontvanger.partij == request.afzender
    return None if is_person and given else Reden.RECIPIENT_NOT_INVOLVED


def while_unchecked(
    verdicts: Verdicts, request: Request, who: Authorities, policy: Beleid, as_of: dt.datetime
) -> Verdicts:
    """What would go to an ouder waits until somebody checked again that he has gezag."""
    if request.ontvanger.persoon_id is None or request.aan is None:
        return verdicts
    is_ouder = request.aan.als is Partijhoedanigheid.OUDER
    if not is_ouder or not unchecked(who, request.afzender, policy, as_of):
        return verdicts
    waits = Verdict(Outcome.HOLD, (Redengrond(Reden.GEZAG_UNVERIFIED, (request.afzender,)),))
    return {c: waits if v.outcome is Outcome.PERMIT else v for c, v in verdicts.items()}
