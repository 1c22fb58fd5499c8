"""What every route that records a fact does alike: claim the key, find the leerling, record, answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.account.leaves import new_id
from gateway.api.bodies import OverLeerling
from gateway.api.http import idempotency_key, respond
from gateway.api.request import claim_of
from gateway.application import Application
from gateway.case.case import Case
from gateway.exchange.idempotency import earlier
from gateway.exchange.leerling import Found
from gateway.explain.views import moment
from gateway.follow_up.facts import Recording
from gateway.identity.tokens import Caller
from schemas.account.verantwoording import Leaf
from schemas.base import Model
from schemas.errors import Fault, InvalidMessage
from schemas.events import FACT_RECORDED
from schemas.people.feit import Feit
from schemas.people.toestemming import Gezagsgegevens, Toestemming
from schemas.storage.storage import LeerlingRow

CLOCK_SKEW: Final = dt.timedelta(minutes=5)
"""A statement may lie this far ahead of our clock, because clocks differ. A later one cannot have been made
yet.
"""

_ONE_OF: Final = ("leerling_id", "levering_id", "taak_id")
Find = Callable[[], Awaitable[Found]]
Make = Callable[[Case], Feit]


class Vastlegger:
    def __init__(self, ctx: Application) -> None:
        self._ctx = ctx

    async def record(
        self, request: Request, caller: Caller, raw: bytes, operation_name: str, find: Find, make: Make
    ) -> Response:
        """Record one fact and answer 201; a repeat with the same key gets the first answer. Raises what
        Facts.record does.
        """
        ctx = self._ctx
        claim = await claim_of(ctx, caller, operation_name, idempotency_key(request), raw)
        answer = await earlier(ctx.storage, claim)
        if answer is None:
            recording = Recording(caller.partij, caller.client_id, find, make, self._body, claim)
            answer, changed = await ctx.facts.record(recording)
            if not answer.repeated:
                ctx.log(
                    FACT_RECORDED,
                    soort=operation_name,
                    partij=caller.partij.id,
                    client=caller.client_id,
                    redecided=changed,
                )
        return respond(answer.status, answer.body)

    def finder(self, caller: Caller, over: OverLeerling) -> Find:
        async def find() -> Found:
            if over.leerling_id is not None:
                return await self._ctx.facts.by_ref(caller.partij, over.leerling_id)
            if over.taak_id is not None:
                return await self._ctx.facts.by_taak(caller.partij, over.taak_id)
            assert over.levering_id is not None
            return await self._ctx.facts.by_levering(caller.partij, over.levering_id)

        if [over.leerling_id, over.levering_id, over.taak_id].count(None) != len(_ONE_OF) - 1:
            raise fault("leerling.een", "", "Noem één van leerlingId, leveringId en taakId.")
        return find

    def stamp(self, caller: Caller) -> dict[str, Any]:
        return {"id": new_id(), "vastgelegd_door": caller.partij.id, "vastgelegd_op": self._ctx.clock.now()}

    def stated(self, caller: Caller, moment: dt.datetime) -> dict[str, Any]:
        """The fields of a statement, whose moment is never later than ours: a clock that runs ahead must not
        delay a refusal.
        """
        stamped = self.stamp(caller)
        return stamped | {"moment": min(moment, stamped["vastgelegd_op"])}

    def _body(self, fact: Feit, row: LeerlingRow, leaf: Leaf) -> bytes:
        answer: dict[str, Any] = {
            "id": fact.id,
            "vastgelegdOp": moment(fact.vastgelegd_op),
            "bladHash": self._ctx.facts.bladhash(leaf),
        }
        # When the leerling was found by a levering, the row names him by his owner's reference, which no
        # other partij may learn.
        if row.owner == fact.vastgelegd_door or row.ref != row.owner_ref:
            answer["leerlingId"] = row.ref
        if isinstance(fact, Gezagsgegevens):
            answer["leerlingPersoonId"] = fact.leerling
            answer["personen"] = [
                {"persoonId": p.persoon, "hoedanigheid": p.hoedanigheid, "gezag": p.gezag}
                for p in fact.personen
            ]
        elif isinstance(fact, Toestemming):
            answer["toestemmingId"] = fact.record
            here = f"/v1/toestemmingen/{fact.record}"
            own = here if fact.id == fact.record else f"{here}/intrekkingen/{fact.id}"
            answer["links"] = {"zelf": here, "bewijs": f"{own}/bewijs", "trekIn": f"{here}/intrekkingen"}
        return orjson.dumps(answer)


def fields_of(asked: Model) -> dict[str, Any]:
    """The fields that a request shares with its fact, as values and not as JSON."""
    return {
        name: getattr(asked, name)
        for name in type(asked).model_fields
        if name not in OverLeerling.model_fields
    }


def fault(code: str, place: str, text: str) -> InvalidMessage:
    return InvalidMessage((Fault(code, place, text),))
