"""A message comes in: POST /v1/uitwisselingen, from the bytes a school sends to an answer of 202.

    1 receive  2 translate  3 decide  4 minimise  5 record ─► 202

Authentication, the size bound and the Idempotency-Key of step 1 are in gateway/api; what reaches this file is
a known partij and a well-formed envelope. Nothing goes out here: that is hand_over.py.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from consent.minimise import bound
from consent.request import Request
from gateway.account.leaves import SALT_BYTES, new_id
from gateway.account.receipts import acceptance
from gateway.exchange.deciding import asked, decide, plain
from gateway.exchange.idempotency import Answer, Claim, repeat
from gateway.exchange.intake.intake import Intake
from gateway.exchange.intake.intakes import Intakes
from gateway.exchange.leerling import Found, about, speaker
from gateway.exchange.levering import STATUS, event
from gateway.exchange.ports import Ports
from gateway.exchange.sealing import Content, seal_content
from gateway.obligations.verzoeken import first, look_on
from gateway.ports.keys import LedgerSigner
from gateway.register.regels import Regels
from gateway.runtime.metrics import Metrics
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType, Leaf
from schemas.decision.decision import Decision
from schemas.exchange.uitwisseling import (
    Gebeurtenissoort,
    Levering,
    Leveringstatus,
    Mens,
    Uitwisseling,
    Verzending,
)
from schemas.people.hoedanigheden import Partijhoedanigheid
from schemas.people.partij import Partij
from schemas.storage.storage import (
    Accepted,
    AlreadyAnswered,
    Change,
    Expectation,
    LeerlingRow,
    LeveringWrite,
    Moved,
    StoredAnswer,
    Under,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that comes in: who sent it, with which system, and what is in it."""

    sender: Partij
    client: str
    verzending: Verzending
    trace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push(Incoming):
    """One request to accept a message, with the key that its sender chose for it."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class _Made:
    """One uitwisseling as it is to be stored."""

    uitwisseling: Uitwisseling
    leaves: tuple[Leaf, ...]
    leveringen: tuple[LeveringWrite, ...]
    op: dt.datetime


@dataclass(frozen=True, slots=True)
class Accept:
    ports: Ports
    intakes: Intakes
    signer: LedgerSigner
    metrics: Metrics

    async def __call__(self, push: Push) -> tuple[Answer, tuple[Levering, ...]]:
        """Take a message in: 202 whatever the decisions, which are on record when this returns.

        Raises InvalidMessage with all faults (nothing is stored), IdempotencyMismatch, RecordUnavailable
        (repeat with the same key), Busy, NotAuthenticated when the sender was just taken out of the register.
        """
        # 1. receive: done by the caller; from here on the sender is known and the envelope well-formed
        return await until_settled(partial(self._once, push, {}))

    async def _once(
        self, push: Push, translated: dict[Under, Intake]
    ) -> tuple[Answer, tuple[Levering, ...]] | Moved:
        """Steps 2 to 5 on the register and the facts as they are now. Moved when those changed before the
        commit.
        """
        regels = await self.ports.regels.current()
        sender = regels.present(push.sender.id, push.client)
        push = push if sender is push.sender else replace(push, sender=sender)
        intake = await self._intake(push, regels, translated)
        with self.metrics.step("find"):
            found = await about(self.ports, push.sender, intake)
        made = self._made(push, intake, found, regels, self.ports.clock.now())
        leveringen = tuple(w.levering for w in made.leveringen)
        with self.metrics.step("receipt"):
            body = acceptance(self.signer, made.uitwisseling, leveringen, intake.bevindingen)
        # 5. record: the account, the decision and the queue in one commit
        with self.metrics.step("record"):
            answer = push.claim.answer(202, body, made.op)
            result = await self.ports.storage.commit(self._change(found, regels, made.op, (made,), answer))
        if isinstance(result, AlreadyAnswered):
            return repeat(push.claim, result), ()
        return result if isinstance(result, Moved) else (Answer(202, body), leveringen)

    async def each(
        self, incoming: Incoming, parts: Sequence[Verzending], regels: Regels, translated: dict[Under, Intake]
    ) -> tuple[Change, tuple[Uitwisseling, ...]]:
        """Steps 2 to 5 for several who each get a part of one message: an uitwisseling for each of `parts`,
        in one change that the caller commits with what it does beside. The message is translated once.

        Raises what taking one in does, but for what only a commit can find.
        """
        intake = await self._intake(incoming, regels, translated)
        found = await about(self.ports, incoming.sender, intake)
        now = self.ports.clock.now()
        made = tuple(self._made(replace(incoming, verzending=v), intake, found, regels, now) for v in parts)
        return self._change(found, regels, now, made), tuple(m.uitwisseling for m in made)

    async def _intake(self, push: Incoming, regels: Regels, translated: dict[Under, Intake]) -> Intake:
        # 2. translate: wire names stop here. It is done again only when the register changed meanwhile
        under = regels.under(self.ports.clock.now())
        intake = translated.get(under)
        if intake is None:
            with self.metrics.step("translate"):
                intake = await self.intakes.translate(push.sender, push.verzending, regels, provenance=False)
            translated[under] = intake
        return intake

    def _made(self, push: Incoming, intake: Intake, found: Found, regels: Regels, now: dt.datetime) -> _Made:
        """What one uitwisseling comes to under the facts and rules as they are."""
        _, case = found
        namens = speaker(case, push.sender.id, push.verzending.namens, intake)
        requests = [
            asked(case, intake, o, push.verzending, push.sender, regels) for o in push.verzending.ontvangers
        ]
        uitwisseling, requested = self._described(push, intake, case.row, requests[0], now)
        writes: list[LeveringWrite] = []
        leaves: list[Leaf] = [requested]
        for request in requests:
            # 3. decide
            with self.metrics.step("decide"):
                decision = decide(request, case, regels, now)
            # 4. minimise: what may never go to this recipient is not even stored
            with self.metrics.step("minimise"):
                days = regels.beleid.hold_days(
                    self.ports.terms.hold_days, push.sender.id, request.ontvanger.partij
                )
                until = now + dt.timedelta(days=days)
                write = self._staged(case.row, uitwisseling, request, intake, namens, decision, now, until)
            writes.append(write)
            leaves.append(self.ports.account.decided(write.levering, case.row, EventType.EXCHANGE_DECIDED))
        return _Made(uitwisseling, tuple(leaves), tuple(writes), now)

    def _change(
        self,
        found: Found,
        regels: Regels,
        now: dt.datetime,
        made: Sequence[_Made],
        answer: StoredAnswer | None = None,
    ) -> Change:
        """The one commit of all these; `answer` is the answer to a request that brought exactly one."""
        new, case = found
        return Change(
            leaves=tuple(leaf for m in made for leaf in m.leaves),
            new_leerling=new,
            expect=None if new else Expectation(case.row.id, case.row.epoch),
            under=regels.under(now),
            answer=answer,
            uitwisseling=None if answer is None else made[0].uitwisseling,
            each_of=()
            if answer is not None
            else tuple(Accepted(m.uitwisseling, tuple(leaf.id for leaf in m.leaves)) for m in made),
            leveringen=tuple(w for m in made for w in m.leveringen),
            taken=tuple(t for m in made for w in m.leveringen for t in first(w.levering, case, regels, now)),
            kijk_op=look_on(case, regels, now) if new else None,
            stempel=self.ports.stamps.leerling(case.row) if new else None,
        )

    # ── 4. minimise ─────────────────────────────────────────────────────────────────────────────────

    def _staged(
        self,
        row: LeerlingRow,
        uitwisseling: Uitwisseling,
        request: Request,
        intake: Intake,
        namens: Partijhoedanigheid | None,
        decision: Decision,
        now: dt.datetime,
        until: dt.datetime,
    ) -> LeveringWrite:
        """The new levering. It holds no more than could ever go to this recipient: nothing at all after a
        DENY.
        """
        status = STATUS[decision.outcome]
        waits = status is Leveringstatus.AANGEHOUDEN
        kept = decision.wachtend if waits else decision.released
        levering = Levering(
            id=new_id(),
            uitwisseling=uitwisseling.id,
            leerling=row.id,
            afzender=uitwisseling.afzender,
            ontvanger=request.ontvanger.partij,
            rol=request.ontvanger.rol,
            doel=uitwisseling.doel,
            richting=request.richting,
            berichtsoort=intake.soort,
            status=status,
            besluit=decision,
            gestaged=kept if waits else None,
            sinds=now,
            vervalt_op=until,
            onderwerp=intake.onderwerp,
            persoon=request.ontvanger.persoon_id,
            namens=None if namens is None else Mens(namens),
        )
        levering = self.ports.stamps.levering(levering)
        sealed = None
        if status is not Leveringstatus.GEWEIGERD:
            part = bound(intake.inhoud, frozenset(kept))
            whole = Content(os.urandom(SALT_BYTES), part)
            sealed = seal_content(self.ports.vault, row, levering.id, whole)
        return LeveringWrite(
            levering,
            event(levering, Gebeurtenissoort.BESLOTEN, now),
            content=sealed,
            enqueue=status is Leveringstatus.KLAAR,
        )

    # ── 5. record ───────────────────────────────────────────────────────────────────────────────────

    def _described(
        self, push: Incoming, intake: Intake, row: LeerlingRow, request: Request, now: dt.datetime
    ) -> tuple[Uitwisseling, Leaf]:
        """The uitwisseling, which says what was asked without any content, and its leaf. Each of the two
        names the other. `request`: what is asked for its first recipient, whose direction it has; every
        levering has its own.
        """
        verzending = push.verzending
        uitwisseling = Uitwisseling(
            id=new_id(),
            afzender=push.sender.id,
            leerling=row.id,
            doel=verzending.doel,
            richting=request.richting,
            berichtsoort=intake.soort,
            gevraagd=verzending.categorieen,
            alles_of_niets=verzending.alles_of_niets,
            vrije_tekst_nagekeken=verzending.vrije_tekst_nagekeken,
            vrije_tekst_gewoon=tuple(sorted(plain(intake, verzending))),
            ontvangen_op=now,
            correlatie=push.trace,
            bladhash="",
            in_antwoord_op=verzending.in_antwoord_op,
            onderwerp=intake.onderwerp,
            van=None if request.van is None else request.van.hoedanigheid,
            namens=verzending.namens,
        )
        requested = self.ports.account.requested(uitwisseling, row, push.client)
        bladhash = self.ports.account.bladhash(requested)
        told = uitwisseling.model_copy(update={"bladhash": bladhash})
        return self.ports.stamps.uitwisseling(told), requested
