"""What a router reads of a request beside its path: the bounded body, and the claim on an Idempotency-Key."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.requests import Request

from gateway.api.http import LARGE, announced, read_json_bytes
from gateway.application import Application
from gateway.exchange.idempotency import Claim
from gateway.identity.tokens import Caller
from gateway.runtime.turns import SMALL_BODY, Visit

__all__ = ["SMALL_BODY", "claim_of", "read_body"]


async def read_body(ctx: Application, request: Request, most: int | None = None) -> bytes:
    """The bytes of a JSON body within the bounds of the settings, and at most `most` of them.

    When there is room for them; and then it waits for its turn: who is slow in sending holds up nobody.
    Raises OverShare.
    """
    bound = ctx.settings.max_body if most is None else min(most, ctx.settings.max_body)
    visit: Visit = request.state.visit
    await visit.room(min(announced(request, bound), bound))
    raw = await read_json_bytes(request, bound, ctx.settings.body_seconds)
    await visit.turn()
    return raw


async def claim_of(ctx: Application, caller: Caller, operation: str, key: str, body: bytes) -> Claim:
    """Of a large body in a thread: it is read to know what it means."""
    made = partial(Claim.of, ctx.vault, ctx.stamps, caller.partij.id, operation, key, body)
    return made() if len(body) < LARGE else await asyncio.to_thread(made)
