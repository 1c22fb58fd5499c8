"""Idempotency-Key: the first answer is kept in the commit it answers, and given again to every repeat.

There is no waiting list of requests in flight. Identical requests at the same instant all do the work, the
first commit wins, and the others find its answer. So it holds over any number of processes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from gateway.account.stamps import Stamps
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.errors import IdempotencyMismatch
from schemas.storage.storage import AlreadyAnswered, StoredAnswer


@dataclass(frozen=True, slots=True)
class Claim:
    """The key that one partij chose for one request. Hashes of keys are keyed, because a partij could put a
    name in its key.
    """

    partij: str
    key_hash: bytes
    request_hash: bytes
    stamps: Stamps

    @classmethod
    def of(cls, vault: Vault, stamps: Stamps, partij: str, operation: str, key: str, body: bytes) -> Claim:
        return cls(
            partij,
            vault.fingerprint(b"sleutel\0" + key.encode()),
            vault.fingerprint(b"verzoek\0" + operation.encode() + b"\0" + body),
            stamps,
        )

    def answer(self, status: int, body: bytes, at: dt.datetime) -> StoredAnswer:
        made = StoredAnswer(self.partij, self.key_hash, self.request_hash, status, body, at)
        return replace(made, stamp=self.stamps.answer(made))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets. `repeated` says that it was answered before."""

    status: int
    body: bytes
    repeated: bool = False


async def earlier(storage: Storage, claim: Claim) -> Answer | None:
    """The answer that was already given, or None.

    Raises IdempotencyMismatch for the same key with other content, and StateBroken when the stored answer is
    not the one that was given.
    """
    stored = await storage.answer(claim.partij, claim.key_hash)
    return None if stored is None else repeat(claim, AlreadyAnswered(stored))


def repeat(claim: Claim, found: AlreadyAnswered) -> Answer:
    claim.stamps.check_answer(found.answer)
    if found.answer.request_hash != claim.request_hash:
        raise IdempotencyMismatch
    return Answer(found.answer.status, found.answer.body, repeated=True)
