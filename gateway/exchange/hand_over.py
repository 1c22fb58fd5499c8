"""A levering goes to its recipient: POST /v1/leveringen/{leveringId}/_neem.

    3 decide  4 minimise  5 record  6 deliver ─► 200

Consent counts at the moment of hand-over, so it is decided again here. Nothing else in the gateway may open
sealed content or hand out a message: `deliver` is the one release function, and it needs proof that the
intent is on record. What befalls a levering otherwise is in gateway/follow_up (7).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import partial

from consent.decide import refuse_repeat
from consent.minimise import minimise
from gateway.account.leaves import commitment, new_id
from gateway.case.case import Case, seal_fact
from gateway.exchange.deciding import redecide
from gateway.exchange.levering import changed, event
from gateway.exchange.ports import Ports
from gateway.exchange.sealing import fingerprint, open_content, seal_content
from gateway.ports.standards import Writer
from gateway.register.regels import Regels
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType, Leaf
from schemas.decision.decision import Decision, Releasable
from schemas.errors import Conflict, RecordUnavailable
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus
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


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Bytes for the recipient, with the SHA-256 he signs for."""

    levering: Levering
    payload: bytes
    digest: str


@dataclass(frozen=True, slots=True)
class Fitting:
    """What may go now: the salt of its commitment, the minimised message, and the SHA-256 of its bytes."""

    salt: bytes
    releasable: Releasable
    digest: str


@dataclass(frozen=True, slots=True)
class HandOver:
    ports: Ports
    writer: Writer

    async def __call__(self, recipient: Partij, levering_id: str) -> HandedOver | None:
        """Give a waiting levering to its recipient under a lease, or None: there is nothing for him.

        None says nothing about why (held, refused, withdrawn, of another, never existed). Every call is a
        release of its own: decided again, with its own intent on record before a byte leaves. The first
        one fixes the bytes; a repeat gives those bytes or nothing. Raises Conflict while a lease runs or
        an earlier levering of the same leerling waits, RecordUnavailable, Busy.
        """
        return await until_settled(partial(self._once, recipient, levering_id))

    async def _once(self, recipient: Partij, levering_id: str) -> HandedOver | Moved | None:
        """Steps 3 to 6 on the facts as they are now; Moved when those changed before the commit."""
        now = self.ports.clock.now()
        levering = await self._waiting(recipient, levering_id, now)
        if levering is None:
            return None
        row = await self.ports.leerling(levering.leerling)
        case = await self.ports.cases.load(row)
        regels = await self.ports.regels.current()
        # 3. decide, again: consent counts at the moment of hand-over
        decision = await redecide(self.ports, levering, case, regels, now)
        # 4. minimise
        fitting = self._fitting(row, levering, await self.ports.storage.content(levering.id), decision)
        if fitting is None:
            return await self._keep_home(levering, case, decision, regels, now)
        # 5. record: the intent stands in the account before a byte leaves
        taken = self._taken(levering, decision, fitting.digest, now)
        vrijgaven, follow = await self.ports.zonder.released(case, taken, decision, regels, now)
        intent = self._intent(taken, row, fitting, vrijgaven)
        result = await self.ports.storage.commit(
            self._change(levering, taken, row, fitting, intent, vrijgaven, follow, now)
        )
        if not isinstance(result, Committed):
            return Moved()
        for vrijgave in vrijgaven:
            self.ports.cases.keep(case.plus(vrijgave))
        # 6. deliver
        return HandedOver(taken, self.deliver(fitting.releasable, result), fitting.digest)

    def deliver(self, releasable: Releasable, recorded: Committed) -> bytes:
        """The one release function: a minimised message, against proof that its intent is on record."""
        if not recorded.positions:
            raise RecordUnavailable("a release without an intent on record")
        return self.writer(releasable)

    # ── what waits ──────────────────────────────────────────────────────────────────────────────────

    async def _waiting(self, recipient: Partij, levering_id: str, now: dt.datetime) -> Levering | None:
        """The levering when it can be taken now, or None. Raises Conflict when it is not its turn."""
        levering = await self.ports.levering_for(recipient.id, levering_id)
        if levering is None or levering.status is not Leveringstatus.KLAAR or levering.vervalt_op <= now:
            return None
        if levering.lease_tot is not None and now < levering.lease_tot:
            raise Conflict
        if not await self.ports.storage.is_first_in_line(levering.id):
            raise Conflict
        return levering

    # ── 4. minimise ─────────────────────────────────────────────────────────────────────────────────

    def _fitting(
        self, row: LeerlingRow, levering: Levering, sealed: Sealed | None, decision: Decision
    ) -> Fitting | None:
        """What may go; None when not permitted, or no longer exactly what was given before."""
        permit = decision.permit
        if permit is None or sealed is None:
            return None
        salt, inhoud = open_content(self.ports.vault, row, levering, sealed)
        releasable = minimise(inhoud, permit)
        digest = hashlib.sha256(self.writer(releasable)).hexdigest()
        if levering.vastgelegde_hash not in (None, fingerprint(self.ports.vault, levering.id, digest)):
            return None
        return Fitting(salt, releasable, digest)

    # ── 5. record ───────────────────────────────────────────────────────────────────────────────────

    def _taken(self, levering: Levering, decision: Decision, digest: str, now: dt.datetime) -> Levering:
        """The levering as it is once it is in the recipient's hands, under a lease."""
        agreed = dict.fromkeys((*(levering.op_toestemming or ()), *decision.on_toestemming))
        taken = levering.model_copy(
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
        return self.ports.stamps.levering(taken)

    def _intent(
        self, taken: Levering, row: LeerlingRow, fitting: Fitting, vrijgaven: tuple[Vrijgave, ...]
    ) -> Leaf:
        """The leaf that says what is about to leave. It commits to the very bytes."""
        return self.ports.account.decided(
            taken,
            row,
            EventType.EXCHANGE_RELEASE_INTENT,
            leerling_volgnummer=row.volgnummer + 1,
            payload_commitment=commitment(fitting.salt, self.writer(fitting.releasable)),
            feit=vrijgaven[0].id if vrijgaven else None,
        )

    def _change(
        self,
        levering: Levering,
        taken: Levering,
        row: LeerlingRow,
        fitting: Fitting,
        intent: Leaf,
        vrijgaven: tuple[Vrijgave, ...],
        follow: tuple[TaakWrite, ...],
        now: dt.datetime,
    ) -> Change:
        """All that one hand-over writes. The first take keeps no more than what went."""
        kept = None
        if levering.vastgelegde_hash is None:
            data = fitting.releasable.inhoud
            kept = seal_content(self.ports.vault, row, levering.id, fitting.salt, data)
        koppeling = None
        if levering.ontvanger != row.owner:
            koppeling = Koppeling(new_id(), row.id, levering.ontvanger, levering.id)
        gone = event(taken, Gebeurtenissoort.OPGEHAALD, now)
        return Change(
            leaves=(intent,),
            expect=Expectation(row.id, row.epoch, row.volgnummer, draw=True),
            facts=tuple(seal_fact(self.ports.vault, row, v) for v in vrijgaven),
            taken=follow,
            leveringen=(LeveringWrite(taken, gone, levering.versie, content=kept),),
            koppeling=koppeling,
            stempel=self.ports.stamps.leerling(row, (v.id for v in vrijgaven), drawn=True),
        )

    async def _keep_home(
        self, levering: Levering, case: Case, decision: Decision, regels: Regels, now: dt.datetime
    ) -> Moved | None:
        """Nothing goes after all. The decision is recorded; the recipient learns nothing."""
        row = case.row
        if decision.permit is not None:
            decision = refuse_repeat(decision)
        write, leaf = changed(self.ports.account, levering, row, decision, now, Gebeurtenissoort.NIET_GEGEVEN)
        taken = await self.ports.verzoeken.of(write.levering, case, regels, now)
        result = await self.ports.storage.commit(
            Change(leaves=(leaf,), expect=Expectation(row.id, row.epoch), leveringen=(write,), taken=taken)
        )
        return None if isinstance(result, Committed) else Moved()
