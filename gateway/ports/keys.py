"""Keys, signatures, and what outlives the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from schemas.storage.storage import (
    Sealed,
    StoredCheckpoint,
)


class Vault(Protocol):
    """Keys and ciphertext. The only place where content is opened; losing a leerling's key is erasure."""

    def new_leerling_key(self) -> bytes:
        """A fresh key for one leerling, wrapped by the key store's master key."""
        ...

    def seal(self, leerling_key: bytes, plain: bytes, context: bytes) -> Sealed:
        """Encrypt under a fresh key; `context` (what this is, whose) must be given again to open."""
        ...

    def open(self, leerling_key: bytes, sealed: Sealed, context: bytes) -> bytes:
        """Raises RecordUnavailable when key, context or bytes do not fit."""
        ...

    def blind_index(self, partij: str, text: str) -> bytes:
        """HMAC-SHA-256 under a key derived for this partij: equal text, equal index, per partij only."""
        ...

    def fingerprint(self, data: bytes) -> bytes:
        """Keyed SHA-256 of a request, for comparing only."""
        ...

    def mac(self, context: str, data: bytes) -> bytes:
        """HMAC-SHA-256 under a key of its own, over what this is (`context`, without NUL) and `data`."""
        ...

    def mac_holds(self, context: str, data: bytes, mac: bytes) -> bool:
        """Whether `mac` is that of `data`, compared in constant time."""
        ...


class LogSigner(Protocol):
    """Signs checkpoints and receipts with the log's Ed25519 key."""

    @property
    def name(self) -> str:
        """Origin and key name of the log."""
        ...

    @property
    def vkey(self) -> str:
        """C2SP verifier key: what a partij needs to check our proofs."""
        ...

    def sign_checkpoint(self, size: int, root: bytes) -> str: ...

    def sign_receipt(self, payload: bytes) -> str:
        """Compact JWS over `payload`."""
        ...


class Anchor(Protocol):
    """Remembers the last signed checkpoint outside the database, so a restored backup cannot fork the log."""

    def read(self) -> StoredCheckpoint | None: ...

    def replace(self, old: StoredCheckpoint | None, new: StoredCheckpoint) -> None:
        """Durable compare-and-swap. Raises LogBroken when `old` is not what is stored."""
        ...


class Growing(Protocol):
    """A Merkle tree that leaves are added to, made from nothing: what is stored of it is not trusted."""

    @property
    def size(self) -> int: ...

    def add(self, leaf_hash: bytes) -> None: ...

    def root(self) -> bytes: ...


class LeafMaker(Protocol):
    """Canonical bytes and hash of an event: one place, so that what is signed is what is stored."""

    def canonical(self, data: dict[str, object]) -> bytes: ...

    def leaf_hash(self, canonical: bytes) -> bytes: ...

    def growing(self) -> Growing:
        """An empty tree."""
        ...

    def proof_text(self, position: int, hashes: Sequence[bytes], checkpoint: str) -> str: ...
