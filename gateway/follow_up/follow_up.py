"""Step 7 of an exchange: everything that happens after acceptance.

Facts that are recorded re-decide, in their own commit, every open levering of that leerling: so a missing
signature releases what was held, and a withdrawal recorded before hand-over always wins. Recipients
acknowledge, confirm or refuse; senders replay; time lets things lapse.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from consent.leeftijd import day
from gateway.account.leaves import Account, instant
from gateway.case.case import Case, Cases, Identity, open_fact, seal_fact
from gateway.exchange.exchange import Exchange, Terms, fingerprint
from gateway.exchange.idempotency import Answer, Claim, repeat
from gateway.exchange.levering import STATUS_WITH_CONTENT, changed, event
from gateway.follow_up.withdrawal import Intrekkingen, taken_back
from gateway.obligations.verzoeken import Verzoeken
from gateway.obligations.zonder_toestemming import ZonderToestemming
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron, Regels
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType, Leaf
from schemas.decision.decision import Decision, Outcome, Reden
from schemas.errors import Conflict, GatewayError, NotFound, StateBroken
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus, Weigergrond
from schemas.people.afweging import Afweging, Nabeoordeling, Naoordeel, TweedeBlik, Uitstel
from schemas.people.feit import Feit
from schemas.people.gronden import Grondverklaring
from schemas.people.partij import Partij
from schemas.people.toestemming import Bezwaar, Gebeurtenis, Gezagsgegevens, ProfessioneelVeto, Toestemming
from schemas.storage.storage import (
    AlreadyAnswered,
    Change,
    Committed,
    Expectation,
    LeerlingRow,
    LeveringWrite,
    Moved,
    NewLeerling,
    TaakWrite,
)

_EVENT = {
    "toestemming": EventType.CONSENT_RECORDED,
    "gezag": EventType.AUTHORITY_CHANGED,
    "bekwaamheid": EventType.CAPACITY_RECORDED,
    "bezwaar": EventType.OBJECTION_RECORDED,
    "veto": EventType.VETO_RECORDED,
    "grond": EventType.GROUND_ASSERTED,
    "afweging": EventType.WEIGHING_RECORDED,
    "tweede_blik": EventType.WEIGHING_SEEN,
    "nabeoordeling": EventType.WEIGHING_REVIEWED,
    "uitstel": EventType.INFORMING_DEFERRED,
}


_REFUSED: Final = {
    Weigergrond.NIET_VOOR_ONS: (
        Leveringstatus.GEWEIGERD,
        Gebeurtenissoort.DOOR_ONTVANGER_GEWEIGERD,
        (Reden.RECIPIENT_NOT_INVOLVED,),
    ),
    Weigergrond.GEEN_CAPACITEIT: (
        Leveringstatus.GEWEIGERD,
        Gebeurtenissoort.DOOR_ONTVANGER_GEWEIGERD,
        (Reden.RECIPIENT_DECLINED,),
    ),
    Weigergrond.ONLEESBAAR: (Leveringstatus.MISLUKT, Gebeurtenissoort.ONLEESBAAR_BIJ_ONTVANGER, ()),
}

Found = tuple[NewLeerling | None, Case]
"""A leerling with what is recorded about him; new when the change that is being made must store him."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one round of housekeeping did."""

    expired: int = 0
    failed: int = 0
    redecided: int = 0


class FollowUp:
    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        account: Account,
        exchange: Exchange,
        regels: Regelbron,
        cases: Cases,
        clock: Clock,
        terms: Terms,
        intrekkingen: Intrekkingen,
        zonder: ZonderToestemming,
    ) -> None:
        self._intrekkingen, self._zonder = intrekkingen, zonder
        self._storage, self._vault, self._account, self._exchange = storage, vault, account, exchange
        self._regels, self._cases, self._clock, self._terms = regels, cases, clock, terms
        self._verzoeken = Verzoeken(storage)
        self._decided_under: str | None = None
        """Hash of the policy under which everything that waits was last decided."""

    # ── facts ───────────────────────────────────────────────────────────────────────────────────────

    async def record(
        self,
        partij: Partij,
        client: str,
        find: Callable[[], Awaitable[Found]],
        make: Callable[[Case], Feit],
        body: Callable[[Feit, LeerlingRow, Leaf], bytes],
        claim: Claim,
    ) -> tuple[Answer, int]:
        """Record one fact and re-decide what is open, in one commit; 201 with `body`.

        `find` gives the leerling, read anew at every attempt, or a new one, who is stored in that same
        commit; `make` the fact for him. Also returns how many leveringen changed. Raises NotFound,
        InvalidMessage, IdempotencyMismatch, RecordUnavailable, Busy.
        """

        async def attempt() -> tuple[Answer, int] | Moved:
            new, before = await find()
            row, fact = before.row, make(before)
            # Who says no is heard even when our own register is broken; a yes can wait until it is not.
            regels = await (self._regels.current_or_deny() if _says_no(fact) else self._regels.current())
            now = self._clock.now()
            after = before.plus(fact)
            leaf = self._fact_leaf(partij, client, row, after.row, fact)
            open_now = await self._open(row.id)
            writes, leaves = await self._redecide_open(open_now, after, regels, now)
            plan = await self._verzoeken.plan(after, _as_written(open_now, writes), regels, now)
            notices, told = await self._intrekkingen.notices(before, after, fact, regels, now)
            notices += await self._zonder.recorded(after, fact, regels, now)
            answer = claim.answer(201, body(fact, row, leaf), now)
            result = await self._storage.commit(
                Change(
                    leaves=(leaf, *leaves, *told),
                    answer=answer,
                    new_leerling=new,
                    expect=None if new else Expectation(row.id, row.epoch, row.volgnummer, draw=True),
                    facts=(seal_fact(self._vault, row, fact),),
                    leveringen=writes,
                    taken=(*notices, *plan.taken),
                    kijk_op=plan.kijk_op,
                    stempel=self._account.stamps.leerling(row, (fact.id,)),
                )
            )
            if isinstance(result, AlreadyAnswered):
                return repeat(claim, result), 0
            if isinstance(result, Moved):
                return result
            self._cases.keep(after)
            # Accepted between our reading and our commit, so decided without this fact. After it none can
            # be: acceptance expects the epoch. What fails here the hand-over or the daily round makes good.
            seen = {levering.id for levering in open_now}
            late = [v for v in await self._open(row.id) if v.id not in seen]
            changed_late = [await self._redecide_one(levering) for levering in late]
            return Answer(201, answer.body), len(writes) + sum(changed_late)

        return await until_settled(attempt)

    async def by_identity(self, partij: Partij, identity: Identity) -> Found:
        """The leerling by the partij's own key for him, who may be new."""
        return await self._exchange.find_or_new(partij, identity)

    async def by_ref(self, partij: Partij, ref: str) -> Found:
        """Raises NotFound: unknown and not yours are the same."""
        row = await self._storage.leerling_by_ref(partij.id, ref)
        if row is None:
            raise NotFound
        return None, await self._cases.load(row)

    async def by_levering(self, partij: Partij, levering_id: str) -> Found:
        """The leerling of a levering this partij got. Raises NotFound."""
        levering = await self._for(partij, levering_id)
        if levering is None or not levering.opgehaald:
            raise NotFound
        return None, await self._cases.load(await self._row(levering.leerling))

    async def by_statement(self, partij: Partij, record: str) -> Found:
        """The leerling of a toestemming this partij recorded. Raises NotFound."""
        row, _ = await self.statement(partij, record)
        return None, await self._cases.load(row)

    async def statement(self, partij: Partij, record: str) -> tuple[LeerlingRow, Toestemming]:
        """The toestemming `record` begins with, as this partij recorded it. Raises NotFound."""
        stored = await self._storage.fact(record)
        if stored is None or stored.recorded_by != partij.id or stored.kind != "toestemming":
            raise NotFound
        row = await self._row(stored.leerling)
        fact = open_fact(self._vault, row, stored)
        assert isinstance(fact, Toestemming)
        return row, fact

    async def by_ground(self, partij: Partij, record: str) -> Found:
        """The leerling of a weighing or ground of this partij, or one it watches over. Raises NotFound."""
        case, _ = await self.recorded_ground(partij, record, (Afweging, Grondverklaring))
        return None, case

    async def recorded_ground(
        self, partij: Partij, record: str, kinds: tuple[type[Feit], ...]
    ) -> tuple[Case, Feit]:
        """A weighing or ground this partij recorded, or watches over as FG. Raises NotFound: all alike."""
        stored = await self._storage.fact(record)
        if stored is None or stored.recorded_by not in (partij.id, *partij.toezicht_op):
            raise NotFound
        row = await self._row(stored.leerling)
        fact = open_fact(self._vault, row, stored)
        if not isinstance(fact, kinds):
            raise NotFound
        return await self._cases.load(row), fact

    async def _open(self, leerling: str) -> tuple[Levering, ...]:
        """The open ones, without those that somebody else wrote: they go nowhere, and may keep no word of
        anybody from being recorded.
        """
        found = await self._storage.open_leveringen(leerling)
        return tuple(filter(self._account.stamps.holds, found))

    async def _redecide_open(
        self, leveringen: tuple[Levering, ...], case: Case, regels: Regels, now: dt.datetime
    ) -> tuple[tuple[LeveringWrite, ...], tuple[Leaf, ...]]:
        """What the facts of `case` change for the open leveringen of that leerling."""
        writes, leaves = [], []
        for levering in leveringen:
            found = await self._redecided(levering, case, regels, now)
            if found is not None:
                writes.append(found[0])
                leaves.append(found[1])
        return tuple(writes), tuple(leaves)

    async def _redecided(
        self, levering: Levering, case: Case, regels: Regels, now: dt.datetime
    ) -> tuple[LeveringWrite, Leaf] | None:
        """The new version of a levering under the facts of `case`, or None when nothing is different."""
        decision = await self._exchange.redecide(levering, case, regels, now)
        mislukt = levering.status is Leveringstatus.MISLUKT
        if mislukt and decision.outcome is not Outcome.DENY:
            return None  # a person replays it, and then it is decided again
        if _told(decision) == _told(levering.besluit):
            return None
        write, leaf = changed(
            self._account, levering, case.row, decision, now, Gebeurtenissoort.OPNIEUW_BESLOTEN
        )
        return write, leaf

    def bladhash(self, leaf: Leaf) -> str:
        """Standard base64 of the leaf's hash in the ledger: what an answer can name it by."""
        return self._account.bladhash(leaf)

    def _fact_leaf(
        self, partij: Partij, client: str, row: LeerlingRow, after: LeerlingRow, fact: Feit
    ) -> Leaf:
        soort = _EVENT[fact.feit]
        if isinstance(fact, Toestemming) and fact.gebeurtenis is Gebeurtenis.INGETROKKEN:
            soort = EventType.CONSENT_WITHDRAWN
        detail = {"client": client}
        if isinstance(fact, Toestemming) and fact.bewijs is not None:
            detail["gebruiker"] = fact.bewijs.vastlegger
        elif (user := _user(fact)) is not None:
            detail["gebruiker"] = user
        return self._account.leaf(
            soort,
            row,
            detail,
            feit=fact.id,
            afzender=partij.id,
            consent_epoch=after.epoch,
            leerling_volgnummer=after.volgnummer,
            **_said(fact),
        )

    # ── what a recipient says ───────────────────────────────────────────────────────────────────────

    async def acknowledge(self, recipient: Partij, levering_id: str, digest: str, proof: str) -> Levering:
        """The recipient signed for these bytes: afgeleverd, and our copy is destroyed. Repeating is safe.

        `proof` is the signed Leveringsbewijs, checked by the caller; it is kept sealed beside the leaf.
        Raises NotFound (the neutral one), Conflict when the digest is not that of what was handed over.
        """

        async def attempt() -> Levering | Moved:
            levering = await self._received(recipient, levering_id)
            if levering.vastgelegde_hash != fingerprint(self._vault, levering.id, digest):
                raise Conflict
            if levering.status is not Leveringstatus.KLAAR:
                return levering
            return await self._step(
                levering,
                Leveringstatus.AFGELEVERD,
                Gebeurtenissoort.BEVESTIGD_ONTVANGEN,
                EventType.EXCHANGE_DELIVERED,
                detail={"leveringsbewijs": proof},
            )

        return await until_settled(attempt)

    async def confirm(self, recipient: Partij, levering_id: str) -> Levering:
        """The recipient processed it: bevestigd. Raises NotFound, Conflict before the acknowledgement."""

        async def attempt() -> Levering | Moved:
            levering = await self._received(recipient, levering_id)
            if levering.status is Leveringstatus.BEVESTIGD:
                return levering
            if levering.status is not Leveringstatus.AFGELEVERD:
                raise Conflict
            return await self._step(
                levering,
                Leveringstatus.BEVESTIGD,
                Gebeurtenissoort.BEVESTIGD_VERWERKT,
                EventType.EXCHANGE_DELIVERED,
            )

        return await until_settled(attempt)

    async def refuse(self, recipient: Partij, levering_id: str, why: Weigergrond) -> Levering:
        """The recipient does not want it (geweigerd) or cannot read it (mislukt, to be replayed).

        Repeating with the same ground is safe. Raises NotFound, Conflict after the acknowledgement.
        """
        status, soort, redenen = _REFUSED[why]

        async def attempt() -> Levering | Moved:
            levering = await self._for(recipient, levering_id)
            if levering is not None and levering.status is status:
                (*_, last) = await self._storage.history(levering_id)
                if (last.soort, levering.redenen) == (soort, redenen):
                    return levering
            levering = await self._received(recipient, levering_id)
            if levering.status is not Leveringstatus.KLAAR:
                raise Conflict
            return await self._step(levering, status, soort, EventType.EXCHANGE_FAILED, redenen=redenen)

        return await until_settled(attempt)

    async def _received(self, recipient: Partij, levering_id: str) -> Levering:
        """A levering this partij took at least once and that is not gone for him. Raises NotFound."""
        levering = await self._for(recipient, levering_id)
        if (
            levering is None
            or not levering.opgehaald
            or levering.status
            not in (Leveringstatus.KLAAR, Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD)
        ):
            raise NotFound
        return levering

    async def _for(self, recipient: Partij, levering_id: str) -> Levering | None:
        """As `levering_for`, and as the gateway wrote it. Raises StateBroken."""
        levering = await self._storage.levering_for(levering_id, recipient.id)
        if levering is None:
            return None
        self._account.stamps.check_levering(levering)
        return levering if levering.ontvanger == recipient.id else None

    # ── what a sender does ──────────────────────────────────────────────────────────────────────────

    async def replay(self, sender: Partij, uitwisseling: str, levering_id: str) -> Levering:
        """Put a levering that failed back in line, decided again. Repeating is safe until it is taken.

        Raises NotFound, Conflict.
        """

        async def attempt() -> Levering | Moved:
            levering = await self._storage.levering(levering_id)
            if levering is None or levering.afzender != sender.id or levering.uitwisseling != uitwisseling:
                raise NotFound
            if levering.status is not Leveringstatus.MISLUKT:
                (*_, last) = await self._storage.history(levering_id)
                if last.soort is Gebeurtenissoort.HERHAALD:
                    return levering
                raise Conflict
            row = await self._row(levering.leerling)
            now = self._clock.now()
            decision = await self._exchange.redecide(
                levering, await self._cases.load(row), await self._regels.current(), now
            )
            if decision.outcome is Outcome.HOLD:
                raise Conflict
            levering = self._account.stamps.levering(
                levering.model_copy(update={"lease_tot": None, "opgehaald": 0})  # redecide checked it
            )
            write, leaf = changed(self._account, levering, row, decision, now, Gebeurtenissoort.HERHAALD)
            return await self._commit(write, leaf, row)

        return await until_settled(attempt)

    # ── what time does ──────────────────────────────────────────────────────────────────────────────

    async def sweep(self, limit: int = 500) -> Swept:
        """Let lapse what waited too long, give up what is never acknowledged. At most `limit` at a time."""
        now = self._clock.now()
        expired = failed = 0
        for levering in await self._storage.due(now, self._terms.max_takes, limit):
            if levering.lease_tot is not None and now < levering.lease_tot:
                continue  # its recipient has it in hands and may still sign for it
            if not self._account.stamps.holds(levering):
                continue
            lapsed = levering.vervalt_op <= now
            step = (
                (Leveringstatus.VERVALLEN, Gebeurtenissoort.VERLOPEN)
                if lapsed
                else (Leveringstatus.MISLUKT, Gebeurtenissoort.OPGEGEVEN)
            )
            if isinstance(await self._step(levering, *step, EventType.EXCHANGE_FAILED), Moved):
                continue  # somebody else just did something with it; the next round looks again
            expired, failed = expired + lapsed, failed + (not lapsed)
        return Swept(expired, failed)

    async def daily(self, most: int | None = None, batch: int = 200) -> int:
        """What the calendar brought: decide again, ask and remind. The number of leveringen that changed.

        Looks at those leerlingen only whose day has come, also days ago, and at most at `most` of them. Each
        is a commit of its own that sets his next day, so that a round that ends halfway is taken up by the
        next, and one that runs twice does nothing twice. After a change of policy, and once after a start,
        it decides again all that waits. Goes on after one that fails and raises its error at the end.
        """
        policy = (await self._regels.current()).beleid.hash
        today = day(self._clock.now())
        after: tuple[dt.date, str] | None = None
        seen = count = 0
        broken: GatewayError | None = None
        while due := await self._storage.to_look_at(today, after, batch):
            for _, row in due:
                try:
                    count += await self._look_at(row)
                except GatewayError as error:  # one that cannot be read must not hold up the others
                    broken = self._alarmed(error)
            seen += len(due)
            after = due[-1][0], due[-1][1].id
            if most is not None and seen >= most:
                break
        if broken is not None:
            raise broken
        if policy != self._decided_under:
            count += await self.redecide_held(batch)
            self._decided_under = policy
        return count

    async def _look_at(self, row: LeerlingRow) -> int:
        """Everything about one leerling as of today. Moved: somebody else just did it, or the next round."""
        case, regels, now = await self._cases.load(row), await self._regels.current(), self._clock.now()
        open_now = await self._open(row.id)
        writes, leaves = await self._redecide_open(open_now, case, regels, now)
        plan = await self._verzoeken.plan(case, _as_written(open_now, writes), regels, now)
        result = await self._storage.commit(
            Change(
                leaves=leaves,
                expect=Expectation(row.id, row.epoch),
                leveringen=writes,
                taken=plan.taken,
                kijk_op=plan.kijk_op,
            )
        )
        return len(writes) if isinstance(result, Committed) else 0

    async def redecide_held(self, batch: int = 200) -> int:
        """Decide again everything that is held.

        Goes on after one that fails and raises its error at the end.
        """
        after, count = "", 0
        broken: GatewayError | None = None
        while held := await self._storage.held(after, batch):
            for levering in held:
                try:
                    count += await self._redecide_one(levering)
                except GatewayError as error:  # one that cannot be read must not hold up the others
                    broken = self._alarmed(error)
            after = held[-1].id
        if broken is not None:
            raise broken
        return count

    def _alarmed(self, error: GatewayError) -> GatewayError:
        if isinstance(error, StateBroken):
            self._account.stamps.tell(error)
        return error

    async def _redecide_one(self, levering: Levering) -> bool:
        row = await self._row(levering.leerling)
        case, regels, now = await self._cases.load(row), await self._regels.current(), self._clock.now()
        found = await self._redecided(levering, case, regels, now)
        if found is None:
            return False
        taken = await self._verzoeken.of(found[0].levering, case, regels, now)
        return not isinstance(await self._commit(found[0], found[1], row, taken), Moved)

    # ── writing ─────────────────────────────────────────────────────────────────────────────────────

    async def _step(
        self,
        levering: Levering,
        status: Leveringstatus,
        soort: Gebeurtenissoort,
        leaf_soort: EventType,
        redenen: tuple[Reden, ...] = (),
        detail: dict[str, str] | None = None,
    ) -> Levering | Moved:
        """A change of state without a new decision. What no longer holds content loses it.

        Raises StateBroken: what somebody else wrote gets no stamp of ours.
        """
        self._account.stamps.check_levering(levering)
        row = await self._row(levering.leerling)
        now = self._clock.now()
        keeps = status in STATUS_WITH_CONTENT or status is Leveringstatus.MISLUKT
        next_version = levering.model_copy(
            update={
                "status": status,
                "redenen": redenen,
                "sinds": now,
                "gestaged": levering.inhoudsvelden if keeps else None,
                "positie": levering.positie if status is Leveringstatus.KLAAR else None,
                "lease_tot": None,
                "versie": levering.versie + 1,
            }
        )
        next_version = self._account.stamps.levering(next_version)
        write = LeveringWrite(
            next_version, event(next_version, soort, now), levering.versie, drop_content=not keeps
        )
        leaf = self._account.happened(
            next_version,
            row,
            leaf_soort,
            detail=detail,
            redenen=redenen or None,
        )
        waited = levering.status is Leveringstatus.AANGEHOUDEN
        taken = await self._verzoeken.ended(next_version, now) if waited else ()
        return await self._commit(write, leaf, row, taken)

    async def _commit(
        self, write: LeveringWrite, leaf: Leaf, row: LeerlingRow, taken: tuple[TaakWrite, ...] = ()
    ) -> Levering | Moved:
        result = await self._storage.commit(
            Change(leaves=(leaf,), expect=Expectation(row.id, row.epoch), leveringen=(write,), taken=taken)
        )
        return write.levering if isinstance(result, Committed) else Moved()

    async def _row(self, leerling: str) -> LeerlingRow:
        row = await self._storage.leerling(leerling)
        assert row is not None, "a levering has its leerling"
        return row


def _as_written(before: Iterable[Levering], writes: Iterable[LeveringWrite]) -> tuple[Levering, ...]:
    """Those leveringen as they will be."""
    after = {w.levering.id: w.levering for w in writes}
    return tuple(after.get(v.id, v) for v in before)


def _says_no(fact: Feit) -> bool:
    return (
        taken_back(fact) is not None
        or (isinstance(fact, ProfessioneelVeto) and fact.besluit == "veto")
        or (isinstance(fact, TweedeBlik) and not fact.akkoord)
        or (isinstance(fact, Nabeoordeling) and fact.oordeel is Naoordeel.NIET_TERECHT)
    )


def _user(fact: Feit) -> str | None:
    """Who at the partij is behind it: personal data of an employee, for the sealed detail only."""
    if isinstance(fact, Gezagsgegevens):
        return fact.gecontroleerd_door
    if isinstance(fact, Grondverklaring):
        return fact.verklaard_door
    if isinstance(fact, Afweging):
        return fact.opsteller.medewerker
    return fact.door.medewerker if isinstance(fact, TweedeBlik) else None


def _said(fact: Feit) -> dict[str, Any]:
    """What a leaf says of a fact, as ids and codes.

    Of a statement which cells it opens or closes, so the log alone tells what may not be released after it.
    """
    if isinstance(fact, Grondverklaring | Afweging):
        return {
            "ontvanger": fact.ontvanger.partij,
            "ontvanger_rol": fact.ontvanger.rol,
            "grondsoort": fact.soort if isinstance(fact, Grondverklaring) else None,
            "doel": fact.doel if isinstance(fact, Afweging) else None,
            "richting": fact.richting if isinstance(fact, Afweging) else None,
        }
    if isinstance(fact, TweedeBlik):
        return {"over": fact.afweging, "akkoord": fact.akkoord}
    if isinstance(fact, Nabeoordeling):
        return {"over": fact.afweging, "oordeel": fact.oordeel}
    if isinstance(fact, Uitstel):
        return {"over": fact.over}
    if isinstance(fact, Toestemming):
        return {
            "record": fact.record,
            "functie": fact.functie,
            "ondertekenaar": fact.ondertekenaar,
            "bereik": fact.bereik,
            "gebeurtenis": fact.gebeurtenis,
            "moment": instant(fact.moment, "microseconds"),
        }
    if isinstance(fact, Bezwaar):
        return {
            "ondertekenaar": fact.persoon,
            "bereik": fact.bereik,
            "moment": instant(fact.moment, "microseconds"),
        }
    return {}


def _told(decision: Decision) -> tuple[Any, ...]:
    """What people read of a decision: when this is the same, nothing has happened for them."""
    return (
        decision.outcome,
        decision.codes,
        decision.released,
        decision.signers,
        decision.per_category,
    )
