"""What an FG did for one partij, as facts: each is sealed, stamped and told in the account as any other fact.

They are recorded with an onderwerp of that partij that is no person, one per calendar year. So what is read
for a year is bounded by what was done in it, and nobody can take one away unseen.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from consent.leeftijd import day
from gateway.account.leaves import new_id
from gateway.case.case import Identity, open_fact, seal_fact
from gateway.exchange.idempotency import Answer, Claim, repeat
from gateway.exchange.leerling import find_or_new
from gateway.exchange.ports import Ports
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType
from schemas.errors import NotFound
from schemas.identifiers import Id
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.feit import Feit
from schemas.people.partij import Partij
from schemas.people.toezicht import Inzage, Nagekeken, Steekproef, Steekproefoordeel, Toezichtfeit, Voorstel
from schemas.storage.storage import AlreadyAnswered, Change, Expectation, Moved, TaakWrite

_EVENT: Final = {
    "inzage": EventType.LOG_READ,
    "nagekeken": EventType.LOG_CHECKED,
    "steekproef": EventType.SAMPLE_DRAWN,
    "steekproefoordeel": EventType.SAMPLE_JUDGED,
    "voorstel": EventType.CHANGE_PROPOSED,
}
_BETWEEN_TURNS: Final = 16


@dataclass(frozen=True, slots=True)
class Kijker:
    """Who has toezicht: an FG, and of him the system or the person."""

    fg: str
    client: str
    persoon: Id | None = None


@dataclass(frozen=True, slots=True)
class Toezichtboek:
    ports: Ports

    async def schrijf(
        self,
        kijker: Kijker,
        over: str,
        make: Callable[[dict[str, Any]], Toezichtfeit],
        claim: Claim | None = None,
        body: Callable[[Toezichtfeit], bytes] | None = None,
        taken: Callable[[Toezichtfeit, str], tuple[TaakWrite, ...]] | None = None,
    ) -> tuple[Toezichtfeit | None, Answer | None]:
        """Record one fact about the partij `over`; durable when it returns.

        `make` gets the fields that the gateway fills, `taken` the fact and the id of what it is recorded
        with. With a `claim` the answer to its key is kept along, and a repeat gives that answer and no fact.
        Raises NotFound for a partij that is not in the register, and
        what a commit raises.
        """
        return await until_settled(partial(self._once, kijker, over, make, claim, body, taken))

    async def _once(
        self,
        kijker: Kijker,
        over: str,
        make: Callable[[dict[str, Any]], Toezichtfeit],
        claim: Claim | None,
        body: Callable[[Toezichtfeit], bytes] | None,
        taken: Callable[[Toezichtfeit, str], tuple[TaakWrite, ...]] | None,
    ) -> tuple[Toezichtfeit | None, Answer | None] | Moved:
        regels = await self.ports.regels.current()
        partij = regels.partijen.get(over)
        if partij is None:
            raise NotFound
        regels.present(kijker.fg, kijker.client)
        now = self.ports.clock.now()
        new, before = await find_or_new(self.ports, partij, _jaar(day(now).year))
        row = before.row
        fact = make({"id": new_id(), "vastgelegd_door": kijker.fg, "vastgelegd_op": now})
        after = before.plus(fact).row
        leaf = self.ports.account.leaf(
            _EVENT[fact.feit],
            row,
            {"client": kijker.client},
            feit=fact.id,
            afzender=kijker.fg,
            ontvanger=over,
            onderwerp=Onderwerpsoort.SCHOOL,
            consent_epoch=after.epoch,
            leerling_volgnummer=after.volgnummer,
            **_said(fact),
        )
        answer = None
        if claim is not None and body is not None:
            answer = claim.answer(201, body(fact), now)
        result = await self.ports.storage.commit(
            Change(
                leaves=(leaf,),
                answer=answer,
                new_leerling=new,
                expect=None if new else Expectation(row.id, row.epoch, row.volgnummer, draw=True),
                facts=(seal_fact(self.ports.vault, row, fact),),
                taken=() if taken is None else taken(fact, row.id),
                stempel=self.ports.stamps.leerling(row, (fact.id,)),
            )
        )
        if isinstance(result, AlreadyAnswered):
            assert claim is not None
            return None, repeat(claim, result)
        if isinstance(result, Moved):
            return result
        return fact, None if answer is None else Answer(201, answer.body)

    async def read(self, partij: Partij, jaar: int) -> tuple[Toezichtfeit, ...]:
        """Everything that was recorded about this partij in that year, in order of recording.

        Raises StateBroken when it is not as the gateway wrote it.
        """
        index = self.ports.vault.blind_index(partij.id, _jaar(jaar).index_text())
        row = await self.ports.storage.leerling_by_index(partij.id, index)
        if row is None:
            return ()
        self.ports.stamps.check_leerling(row)
        stored = await self.ports.storage.facts(row.id)
        self.ports.stamps.check_facts(row, [f.id for f in stored[: row.epoch]])
        found: list[Feit] = []
        for n, fact in enumerate(stored[: row.epoch], 1):
            found.append(open_fact(self.ports.vault, row, fact))
            if n % _BETWEEN_TURNS == 0:
                await asyncio.sleep(0)
        return tuple(f for f in found if isinstance(f, Toezichtfeit))

    async def between(self, partij: Partij, van: dt.datetime, tot: dt.datetime) -> tuple[Toezichtfeit, ...]:
        """The same for `van <= moment < tot`."""
        found: list[Toezichtfeit] = []
        for jaar in range(day(van).year, day(tot).year + 1):
            found += [f for f in await self.read(partij, jaar) if van <= f.vastgelegd_op < tot]
        return tuple(found)


def _jaar(jaar: int) -> Identity:
    return Identity.of_no_person(Onderwerpsoort.SCHOOL, f"toezicht-{jaar}")


def _said(fact: Toezichtfeit) -> dict[str, Any]:
    """What the leaf says of it: codes and random references."""
    if isinstance(fact, Inzage):
        return {"kijkdoel": fact.kijkdoel, "over": fact.over}
    if isinstance(fact, Steekproefoordeel):
        return {"over": fact.steekproef, "levering": fact.levering}
    assert isinstance(fact, Steekproef | Nagekeken | Voorstel)
    return {}
