"""What a router reads of a request beside its path: the bounded body, and the claim on an Idempotency-Key."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from gateway.api.http import read_json_bytes
from gateway.application import Application
from gateway.exchange.idempotency import Claim
from gateway.identity.tokens import Caller

SMALL_BODY: Final = 65_536
"""Bytes of a body that brings no dossier: a fact, an acknowledgement, a refusal."""


async def read_body(ctx: Application, request: Request, most: int | None = None) -> bytes:
    """The bytes of a JSON body within the bounds of the settings, and at most `most` of them."""
    bound = ctx.settings.max_body if most is None else min(most, ctx.settings.max_body)
    return await read_json_bytes(request, bound, ctx.settings.body_seconds)


def claim_of(ctx: Application, caller: Caller, operation: str, key: str, body: bytes) -> Claim:
    return Claim.of(ctx.vault, ctx.stamps, caller.partij.id, operation, key, body)
