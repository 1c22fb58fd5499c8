"""A fact is recorded about a leerling, and everything open about him is decided again in that same commit.

So a missing signature releases what was held, and a withdrawal recorded before hand-over always wins.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from gateway.case.case import Case, Identity, open_fact, seal_fact
from gateway.exchange.idempotency import Answer, Claim, repeat
from gateway.exchange.leerling import Found, find_or_new
from gateway.exchange.ports import Ports
from gateway.follow_up.redeciding import as_written, look_at, redecide_open
from gateway.follow_up.said import fact_leaf, says_no
from gateway.follow_up.withdrawal import Intrekkingen
from gateway.register.regels import Regels
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import Leaf
from schemas.errors import NotFound, StateBroken
from schemas.exchange.taak import VAN_ZAAK
from schemas.people.afweging import Afweging
from schemas.people.feit import Feit
from schemas.people.gronden import Grondverklaring
from schemas.people.partij import Partij
from schemas.people.toestemming import Toestemming
from schemas.storage.storage import AlreadyAnswered, Change, Expectation, LeerlingRow, Moved


@dataclass(frozen=True, slots=True)
class Recording:
    """One request to record a fact: who asks, with which system and key, about whom, and what.

    `find` gives the leerling as he is now, and is called again at every attempt; a new leerling is stored in
    that same commit. `make` gives the fact about him, and `body` the answer.
    """

    partij: Partij
    client: str
    find: Callable[[], Awaitable[Found]]
    make: Callable[[Case], Feit]
    body: Callable[[Feit, LeerlingRow, Leaf], bytes]
    claim: Claim


@dataclass(frozen=True, slots=True)
class Facts:
    ports: Ports
    intrekkingen: Intrekkingen

    # ── recording ───────────────────────────────────────────────────────────────────────────────────

    async def record(self, recording: Recording) -> tuple[Answer, int]:
        """Record one fact and decide again what is open, in one commit; 201 with the answer.

        Also returns how many leveringen changed. Raises NotFound, InvalidMessage, IdempotencyMismatch,
        RecordUnavailable, Busy, NotAuthenticated when the partij was just taken out of the register.
        """
        return await until_settled(partial(self._once, recording))

    async def _once(self, recording: Recording) -> tuple[Answer, int] | Moved:
        # 1. make the fact, about the leerling as he is recorded now
        new, before = await recording.find()
        if not before.over_leerling:
            raise NotFound  # only a leerling has people, gezag and toestemming
        row, fact = before.row, recording.make(before)
        after, now = before.plus(fact), self.ports.clock.now()
        regels = await self._regels(fact)
        regels.present(recording.partij.id, recording.client)
        leaf = fact_leaf(self.ports.account, recording.partij, recording.client, row, after.row, fact)
        # 2. decide again whatever is open about him
        open_now = await self.ports.open_leveringen(row.id)
        again = await redecide_open(self.ports, open_now, after, regels, now)
        # 3. what people must be asked or told now
        plan = await self.ports.verzoeken.plan(after, as_written(open_now, again.writes), regels, now)
        notices, told = await self.intrekkingen.notices(before, after, fact, regels, now)
        notices += await self.ports.zonder.recorded(after, fact, regels, now)
        # 4. record it all in one commit. It expects that nothing was accepted meanwhile, so no open levering
        # is missed
        answer = recording.claim.answer(201, recording.body(fact, row, leaf), now)
        result = await self.ports.storage.commit(
            Change(
                leaves=(leaf, *again.leaves, *told),
                answer=answer,
                new_leerling=new,
                expect=None
                if new
                else Expectation(row.id, row.epoch, row.volgnummer, draw=True, accepted=row.accepted),
                under=regels.under(now),
                facts=(seal_fact(self.ports.vault, row, fact),),
                leveringen=again.writes,
                unchanged=again.unchanged,
                taken=(*notices, *plan.taken),
                kijk_op=plan.kijk_op,
                stempel=self.ports.stamps.leerling(row, (fact.id,)),
            )
        )
        if isinstance(result, AlreadyAnswered):
            return repeat(recording.claim, result), 0
        if isinstance(result, Moved):
            return result
        self.ports.cases.keep(after)
        # 5. a no also holds back what is about a look-alike; a hand-over in between finds that no by itself
        alike = [
            await until_settled(partial(look_at, self.ports, other.row.id)) for other in after.lookalikes
        ]
        return Answer(201, answer.body), len(again.writes) + sum(alike)

    async def _regels(self, fact: Feit) -> Regels:
        """A no is recorded even when our own register is broken. A yes can wait until the register is
        repaired.
        """
        if says_no(fact):
            return await self.ports.regels.current_or_deny()
        return await self.ports.regels.current()

    # ── about whom ──────────────────────────────────────────────────────────────────────────────────

    async def by_identity(self, partij: Partij, identity: Identity) -> Found:
        """The leerling by the partij's own id for him, who may be new."""
        return await find_or_new(self.ports, partij, identity)

    async def by_ref(self, partij: Partij, ref: str) -> Found:
        """The leerling by the partij's own reference. Raises NotFound, the same for an unknown one and
        somebody else's.
        """
        row = await self.ports.storage.leerling_by_ref(partij.id, ref)
        if row is None:
            raise NotFound
        if row.owner == partij.id and row.ref != row.owner_ref:
            raise StateBroken("koppeling", row.id)
        return None, await self.ports.cases.load(row)

    async def by_levering(self, partij: Partij, levering_id: str) -> Found:
        """The leerling of a levering that this partij received or sent. Raises NotFound."""
        levering = await self.ports.levering_for(partij.id, levering_id)
        if levering is None:
            levering = await self.ports.storage.levering(levering_id)
            if levering is None or levering.afzender != partij.id:
                raise NotFound
            self.ports.stamps.check_levering(levering)
        elif not levering.opgehaald:
            raise NotFound
        return None, await self.ports.cases.load(await self.ports.leerling(levering.leerling))

    async def by_taak(self, partij: Partij, taak_id: str) -> Found:
        """The leerling of a taak of this partij. Raises NotFound."""
        taak = await self.ports.storage.taak(taak_id)
        if taak is None or taak.partij != partij.id or taak.soort in VAN_ZAAK:
            raise NotFound
        return None, await self.ports.cases.load(await self.ports.leerling(taak.leerling))

    async def by_statement(self, partij: Partij, record: str) -> Found:
        """The leerling of a toestemming that this partij recorded. Raises NotFound."""
        row, _ = await self.statement(partij, record)
        return None, await self.ports.cases.load(row)

    async def statement(self, partij: Partij, record: str) -> tuple[LeerlingRow, Toestemming]:
        """The statement with which the record begins, as this partij recorded it. Raises NotFound."""
        stored = await self.ports.storage.fact(record)
        if stored is None or stored.recorded_by != partij.id or stored.kind != "toestemming":
            raise NotFound
        row = await self.ports.leerling(stored.leerling)
        fact = open_fact(self.ports.vault, row, stored)
        assert isinstance(fact, Toestemming)
        return row, fact

    async def by_ground(self, partij: Partij, record: str) -> Found:
        """The leerling of a weighing or ground that this partij recorded, or watches over as FG. Raises
        NotFound.
        """
        case, _ = await self.recorded_ground(partij, record, (Afweging, Grondverklaring))
        return None, case

    async def recorded_ground(
        self, partij: Partij, record: str, kinds: tuple[type[Feit], ...]
    ) -> tuple[Case, Feit]:
        """A weighing or ground that this partij recorded, or watches over as FG.

        Raises NotFound, the same for an unknown one and somebody else's.
        """
        stored = await self.ports.storage.fact(record)
        if stored is None or stored.recorded_by not in (partij.id, *partij.toezicht_op):
            raise NotFound
        row = await self.ports.leerling(stored.leerling)
        fact = open_fact(self.ports.vault, row, stored)
        if not isinstance(fact, kinds):
            raise NotFound
        return await self.ports.cases.load(row), fact

    def bladhash(self, leaf: Leaf) -> str:
        """The leaf's hash in the ledger in standard base64, by which an answer can name the leaf."""
        return self.ports.account.bladhash(leaf)
