"""What every router needs, made once in wiring and passed in: there is no module-level state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from gateway.afhandelen import Afhandelen
from gateway.authentication import Authenticator, Caller
from gateway.checkpoints import Checkpointer
from gateway.exchange import Exchange
from gateway.follow_up import FollowUp
from gateway.http import read_json_bytes
from gateway.idempotency import Claim
from gateway.intrekkingen import Intrekkingen
from gateway.logs import Log
from gateway.metrics import Metrics
from gateway.ports import Clock, LeafMaker, LogSigner, Storage, Vault
from gateway.regels import Regelbron
from gateway.settings import Settings
from gateway.termijnen import Termijnen

SMALL_BODY: Final = 65_536
"""Bytes of a body that brings no dossier: a fact, an acknowledgement, a refusal."""


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    storage: Storage
    vault: Vault
    signer: LogSigner
    leaves: LeafMaker
    exchange: Exchange
    follow_up: FollowUp
    intrekkingen: Intrekkingen
    termijnen: Termijnen
    afhandelen: Afhandelen
    regels: Regelbron
    authenticator: Authenticator
    checkpointer: Checkpointer
    clock: Clock
    metrics: Metrics
    log: Log

    async def body(self, request: Request, most: int | None = None) -> bytes:
        """The bytes of a JSON body within the bounds of the settings, and at most `most` of them."""
        bound = self.settings.max_body if most is None else min(most, self.settings.max_body)
        return await read_json_bytes(request, bound, self.settings.body_seconds)

    def claim(self, caller: Caller, operation: str, key: str, body: bytes) -> Claim:
        return Claim.of(self.vault, caller.partij.id, operation, key, body)
