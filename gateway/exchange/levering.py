"""One levering from version to version: which state a decision puts it in, and what that does to it."""

from __future__ import annotations

import datetime as dt
from typing import Final

from gateway.account.leaves import Account
from schemas.account.verantwoording import EventType, Leaf
from schemas.decision.decision import Decision, Outcome, Reden, Redengrond
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringgebeurtenis, Leveringstatus
from schemas.storage.storage import LeerlingRow, LeveringWrite

STATUS: Final = {
    Outcome.PERMIT: Leveringstatus.KLAAR,
    Outcome.PERMIT_REDUCED: Leveringstatus.KLAAR,
    Outcome.HOLD: Leveringstatus.AANGEHOUDEN,
    Outcome.DENY: Leveringstatus.GEWEIGERD,
}
_WITHDRAWN = frozenset({Reden.CONSENT_WITHDRAWN, Reden.WITHDRAWN_IN_FLIGHT})


def changed(
    account: Account,
    levering: Levering,
    row: LeerlingRow,
    decision: Decision,
    now: dt.datetime,
    soort: Gebeurtenissoort,
    leaf_soort: EventType | None = None,
) -> tuple[LeveringWrite, Leaf]:
    """The next version of a levering under a new decision, and the leaf that says so. A DENY destroys the
    content.

    `leaf_soort` is given when the leaf is neither `exchange.decided` nor `exchange.recalled`. Raises
    StateBroken, because a version that somebody else wrote gets no stamp of ours.
    """
    account.stamps.check_levering(levering)
    status = STATUS[decision.outcome]
    if status is Leveringstatus.GEWEIGERD and (
        _WITHDRAWN.intersection(decision.codes) or levering.vastgelegde_hash is not None
    ):
        status = Leveringstatus.INGETROKKEN
    same = status is levering.status
    next_version = levering.model_copy(
        update={
            "status": status,
            "besluit": decision,
            "gestaged": levering.inhoudsvelden if status in STATUS_WITH_CONTENT else None,
            "redenen": (),
            "sinds": levering.sinds if same else now,
            "positie": levering.positie if status is Leveringstatus.KLAAR else None,
            "lease_tot": levering.lease_tot if status is Leveringstatus.KLAAR else None,
            "versie": levering.versie + 1,
        }
    )
    next_version = account.stamps.levering(next_version)
    write = LeveringWrite(
        next_version,
        event(next_version, soort, now),
        levering.versie,
        drop_content=status not in STATUS_WITH_CONTENT,
        enqueue=status is Leveringstatus.KLAAR and not same,
    )
    if leaf_soort is None:
        recalled = status is Leveringstatus.INGETROKKEN
        leaf_soort = EventType.EXCHANGE_RECALLED if recalled else EventType.EXCHANGE_DECIDED
    return write, account.decided(next_version, row, leaf_soort)


def lost(
    account: Account, levering: Levering, row: LeerlingRow, now: dt.datetime
) -> tuple[LeveringWrite, Leaf]:
    """The levering fails because its content is gone or does not open; also the leaf that says so.

    The decision stays as it was, for nobody decided anything. What is still there is kept, so that it can be
    looked into, and so that a restored copy can be offered again.

    Raises StateBroken when the levering is not as this gateway wrote it.
    """
    account.stamps.check_levering(levering)
    redenen = (Reden.CONTENT_LOST,)
    failed = levering.model_copy(
        update={
            "status": Leveringstatus.MISLUKT,
            "redenen": redenen,
            "sinds": now,
            "positie": None,
            "lease_tot": None,
            "versie": levering.versie + 1,
        }
    )
    failed = account.stamps.levering(failed)
    write = LeveringWrite(failed, event(failed, Gebeurtenissoort.NIET_GEGEVEN, now), levering.versie)
    return write, account.happened(failed, row, EventType.EXCHANGE_CONTENT_LOST, redenen=redenen)


STATUS_WITH_CONTENT: Final = frozenset({Leveringstatus.KLAAR, Leveringstatus.AANGEHOUDEN})


def event(levering: Levering, soort: Gebeurtenissoort, now: dt.datetime) -> Leveringgebeurtenis:
    """The history line of this version of a levering."""
    done = levering.status in (Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD)
    redenen = tuple(Redengrond(r, (levering.afzender,)) for r in levering.redenen)
    if not redenen and not done:
        redenen = levering.besluit.reasons
    return Leveringgebeurtenis(
        volgnummer=levering.versie + 1, op=now, soort=soort, status=levering.status, redenen=redenen
    )
