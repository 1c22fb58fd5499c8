"""A levering goes to its recipient: POST /v1/leveringen/{leveringId}/_neem.

    3 decide  4 minimise  5 record  6 deliver ─► 200

Consent counts at the moment of hand-over, so it is decided again here. Nothing else in the gateway may open
sealed content, and nothing leaves but through `release` (release.py), which wants proof that this very
release is on record. Whatever else happens to a levering is in gateway/follow_up (step 7).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from consent.decide import refuse_number, refuse_repeat
from consent.minimise import minimise
from gateway.account.leaves import commitment, new_id
from gateway.case.case import Case, seal_fact
from gateway.exchange.deciding import redecide
from gateway.exchange.levering import changed, event, lost
from gateway.exchange.pairwise import pairwise
from gateway.exchange.ports import Ports
from gateway.exchange.release import Intent, Released, Written, release
from gateway.exchange.sealing import Content, fingerprint, open_content, seal_content
from gateway.obligations.andere_regels import less_by_rules, told_of_rules
from gateway.obligations.niet_aangekomen import not_arrived
from gateway.ports.standards import Standards
from gateway.register.regels import Regels
from gateway.runtime.logs import Log
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType, Leaf
from schemas.decision.decision import Decision
from schemas.errors import EarlierWaits, InvalidMessage, LeaseRuns, RecordUnavailable
from schemas.events import CONTENT_LOST
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus
from schemas.messages.bericht import Inhoud
from schemas.people.afweging import Vrijgave
from schemas.people.partij import Partij
from schemas.storage.storage import (
    Change,
    Committed,
    Expectation,
    Koppeling,
    LeerlingRow,
    LeveringWrite,
    Moved,
    Sealed,
    TaakWrite,
)

_NOT_GIVEN: Final = Gebeurtenissoort.NIET_GEGEVEN


class Cause(StrEnum):
    """Why nothing goes although the levering waits. Each cause has a leaf of its own in the account."""

    NOT_PERMITTED = "not_permitted"
    """The decision of this moment lets nothing go."""
    NO_LONGER_FITS = "no_longer_fits"
    """The decision lets less go than the recipient already received, and half of that cannot be taken
    back.
    """
    NUMBER_IN_TEXT = "number_in_text"
    """A text holds something that can be a BSN. It was accepted by a release that did not look for such texts
    yet.
    """
    CONTENT_LOST = "content_lost"
    """What we kept is gone or does not open. Nobody withdrew anything."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """What may go now. `keep` says that these bytes must be stored, because this is the first take."""

    kept: Content
    written: Written
    digest: str
    keep: bool


@dataclass(frozen=True, slots=True)
class HandOver:
    ports: Ports
    standards: Standards
    log: Log

    async def __call__(self, recipient: Partij, client: str, levering_id: str) -> Released | None:
        """Give a waiting levering to its recipient under a lease; None when there is nothing for him.

        None says nothing about why: held, refused, withdrawn, somebody else's or never existed. Every call is
        a release of its own: it is decided again, and its own intent is on record before a byte leaves. The
        first one fixes the bytes; a repeat gives those very bytes or nothing.

        Raises LeaseRuns, EarlierWaits while another levering of the same leerling comes first,
        RecordUnavailable, Busy, and NotAuthenticated when the recipient or his `client` was just taken out of
        the register.
        """
        return await until_settled(partial(self._once, recipient, client, levering_id))

    async def _once(self, recipient: Partij, client: str, levering_id: str) -> Released | Moved | None:
        """Steps 3 to 6 on the facts as they are now. Moved when those changed before the commit."""
        now = self.ports.clock.now()
        levering = await self._waiting(recipient, levering_id, now)
        if levering is None:
            return None
        row = await self.ports.leerling(levering.leerling)
        case = await self.ports.cases.load(row)
        regels = await self.ports.regels.current()
        regels.present(recipient.id, client)
        # 3. decide again, because consent counts at the moment of hand-over
        decision = await redecide(self.ports, levering, case, regels, now)
        # 4. minimise
        sealed = await self.ports.storage.content(levering.id)
        fitting = self._fitting(row, recipient, levering, sealed, decision)
        if isinstance(fitting, Cause):
            return await self._keep_home(fitting, levering, case, decision, regels, now)
        # 5. record: the intent stands in the account before a byte leaves
        handed = self._handed(levering, decision, fitting.digest, now)
        vrijgaven, follow = await self.ports.zonder.released(case, handed, decision, regels, now)
        follow += await self.ports.verzoeken.taken_by(handed, case, regels, now)
        if less_by_rules(levering.besluit, decision):
            follow += await told_of_rules(self.ports.storage, (handed,), follow, now)
        leaf = self._announced(handed, row, fitting, vrijgaven)
        change = self._change(levering, handed, row, fitting, leaf, vrijgaven, follow, regels, now)
        recorded = await self.ports.storage.commit(change)
        if not isinstance(recorded, Committed):
            return Moved()
        for vrijgave in vrijgaven:
            self.ports.cases.keep(case.plus(vrijgave))
        if not await self.ports.cases.unmoved(case):
            return None  # a no under a look-alike id came first: the intent is on record, but no byte leaves
        # 6. deliver
        written = replace(fitting.written, levering=handed)
        return release(written, Intent(leaf, fitting.kept.salt, recorded))

    # ── what waits ──────────────────────────────────────────────────────────────────────────────────

    async def _waiting(self, recipient: Partij, levering_id: str, now: dt.datetime) -> Levering | None:
        """The levering when it can be taken now, else None.

        Raises LeaseRuns, and EarlierWaits when another one must be taken first.
        """
        levering = await self.ports.levering_for(recipient.id, levering_id)
        if levering is None or levering.status is not Leveringstatus.KLAAR or levering.vervalt_op <= now:
            return None
        if levering.lease_tot is not None and now < levering.lease_tot:
            raise LeaseRuns
        if not await self.ports.storage.is_first_in_line(levering.id, now):
            raise EarlierWaits
        return levering

    # ── 4. minimise ─────────────────────────────────────────────────────────────────────────────────

    def _fitting(
        self,
        row: LeerlingRow,
        recipient: Partij,
        levering: Levering,
        sealed: Sealed | None,
        decision: Decision,
    ) -> Fitting | Cause:
        """What may go, or why nothing does. A repeat gives the bytes of the first take or nothing."""
        permit = decision.permit
        if permit is None:
            return Cause.NOT_PERMITTED
        content = self._read_content(row, levering, sealed)
        if content is None:
            return Cause.CONTENT_LOST
        again = levering.vastgelegde_hash is not None
        inhoud = content.inhoud
        if not again:  # what was taken before is kept as it went
            inhoud = pairwise(self.ports.vault, inhoud, row.owner, levering.afzender, levering.ontvanger)
        try:
            message = minimise(inhoud, permit)
        except InvalidMessage:
            return Cause.NUMBER_IN_TEXT
        if again and message.inhoud != content.inhoud.data:
            return Cause.NO_LONGER_FITS
        # An older release may have handed it over without keeping the bytes. Then they are written anew, and
        # the fingerprint tells whether they are the same.
        writer = self.standards.writer_for(recipient)
        payload = writer(message) if content.first_bytes is None else content.first_bytes
        digest = hashlib.sha256(payload).hexdigest()
        if again and levering.vastgelegde_hash != fingerprint(self.ports.vault, levering.id, digest):
            return Cause.CONTENT_LOST
        kept = Content(content.salt, Inhoud(message.soort, message.inhoud), payload)
        return Fitting(kept, Written(levering, message, payload), digest, keep=content.first_bytes is None)

    def _read_content(self, row: LeerlingRow, levering: Levering, sealed: Sealed | None) -> Content | None:
        """The content, or None when it is lost. The key of the leerling cannot be the cause: it just opened
        his facts.
        """
        if sealed is None:
            return None
        try:
            return open_content(self.ports.vault, row, levering, sealed)
        except RecordUnavailable:
            return None

    # ── 5. record ───────────────────────────────────────────────────────────────────────────────────

    def _handed(self, levering: Levering, decision: Decision, digest: str, now: dt.datetime) -> Levering:
        """The levering as it is once it is in the recipient's hands, under a lease."""
        agreed = dict.fromkeys((*(levering.op_toestemming or ()), *decision.on_toestemming))
        handed = levering.model_copy(
            update={
                "besluit": decision,
                "gestaged": None,
                "lease_tot": now + dt.timedelta(minutes=self.ports.terms.lease_minutes),
                "opgehaald": levering.opgehaald + 1,
                "vastgelegde_hash": fingerprint(self.ports.vault, levering.id, digest),
                "overgedragen": levering.overgedragen or decision.released,
                "op_toestemming": tuple(agreed),
                "versie": levering.versie + 1,
            }
        )
        return self.ports.stamps.levering(handed)

    def _announced(
        self, handed: Levering, row: LeerlingRow, fitting: Fitting, vrijgaven: tuple[Vrijgave, ...]
    ) -> Leaf:
        """The leaf that says what is about to leave. It commits to the very bytes."""
        return self.ports.account.decided(
            handed,
            row,
            EventType.EXCHANGE_RELEASE_INTENT,
            leerling_volgnummer=row.volgnummer + 1,
            payload_commitment=commitment(fitting.kept.salt, fitting.written.payload),
            feit=vrijgaven[0].id if vrijgaven else None,
        )

    def _change(
        self,
        levering: Levering,
        handed: Levering,
        row: LeerlingRow,
        fitting: Fitting,
        leaf: Leaf,
        vrijgaven: tuple[Vrijgave, ...],
        follow: tuple[TaakWrite, ...],
        regels: Regels,
        now: dt.datetime,
    ) -> Change:
        """Everything that one hand-over writes. The first take stores the very bytes that go, and nothing
        beside them.
        """
        kept = None
        if fitting.keep:
            kept = seal_content(self.ports.vault, row, levering.id, fitting.kept)
        koppeling = None
        if levering.ontvanger != row.owner:
            koppeling = Koppeling(new_id(), row.id, levering.ontvanger, levering.id)
        gone = event(handed, Gebeurtenissoort.OPGEHAALD, now)
        return Change(
            leaves=(leaf,),
            expect=Expectation(row.id, row.epoch, row.volgnummer, draw=True),
            facts=tuple(seal_fact(self.ports.vault, row, v) for v in vrijgaven),
            taken=follow,
            leveringen=(LeveringWrite(handed, gone, levering.versie, content=kept),),
            koppeling=koppeling,
            stempel=self.ports.stamps.leerling(row, (v.id for v in vrijgaven), drawn=True),
            under=regels.under(now),
        )

    async def _keep_home(
        self,
        cause: Cause,
        levering: Levering,
        case: Case,
        decision: Decision,
        regels: Regels,
        now: dt.datetime,
    ) -> Moved | None:
        """Nothing goes after all: the cause is recorded, and the recipient learns nothing of it."""
        row, account = case.row, self.ports.account
        if cause is Cause.CONTENT_LOST:
            write, leaf = lost(account, levering, row, now)
        elif cause is Cause.NO_LONGER_FITS:
            refused = refuse_repeat(decision)
            write, leaf = changed(
                account, levering, row, refused, now, _NOT_GIVEN, EventType.EXCHANGE_REPEAT_REFUSED
            )
        else:
            told = refuse_number(decision) if cause is Cause.NUMBER_IN_TEXT else decision
            write, leaf = changed(account, levering, row, told, now, _NOT_GIVEN)
        taken = await self.ports.verzoeken.of(write.levering, case, regels, now)
        if cause is Cause.CONTENT_LOST:
            taken = (*taken, not_arrived(write.levering, None, now))
        elif cause is Cause.NUMBER_IN_TEXT or less_by_rules(levering.besluit, write.levering.besluit):
            taken += await told_of_rules(self.ports.storage, (write.levering,), taken, now)
        result = await self.ports.storage.commit(
            Change(
                leaves=(leaf,),
                expect=Expectation(row.id, row.epoch),
                under=regels.under(now),
                leveringen=(write,),
                taken=taken,
            )
        )
        if not isinstance(result, Committed):
            return Moved()
        if cause is Cause.CONTENT_LOST:
            self.log(CONTENT_LOST, levering=levering.id)
        return None
