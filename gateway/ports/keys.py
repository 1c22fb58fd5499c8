"""Keys, signatures, and what outlives the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from schemas.storage.storage import (
    Sealed,
    StoredCheckpoint,
)


class Vault(Protocol):
    """Keys and ciphertext. Content is opened here and nowhere else; destroying a leerling's key erases
    him.
    """

    def new_leerling_key(self) -> bytes:
        """A fresh key for one leerling, wrapped by the key store's master key."""
        ...

    def seal(self, leerling_key: bytes, plain: bytes, context: bytes) -> Sealed:
        """Encrypt under a fresh key. `context` says what this is and whose; it must be given again to
        open.
        """
        ...

    def open(self, leerling_key: bytes, sealed: Sealed, context: bytes) -> bytes:
        """Decrypt. Raises RecordUnavailable when key, context or bytes are not those of the sealing."""
        ...

    def blind_index(self, partij: str, text: str) -> bytes:
        """HMAC-SHA-256 under a key derived for this partij: equal texts of one partij, and of one partij
        only, have one index.
        """
        ...

    def fingerprint(self, data: bytes) -> bytes:
        """A keyed SHA-256 of a request, which is only good for comparing."""
        ...

    def paired(self, pair: tuple[str, str], ident: str, *, back: bool) -> str:
        """An id (32 hex digits) as only this pair of partijen knows it; `back` gives the id it was made of.

        One to one, and of two pairs nobody can tell which ids are of one case. The order of `pair` counts.
        """
        ...

    def mac(self, context: str, data: bytes) -> bytes:
        """HMAC-SHA-256 under a key of its own, over `data` and what it is (`context`, without NUL)."""
        ...

    def mac_holds(self, context: str, data: bytes, mac: bytes) -> bool:
        """Whether `mac` is that of `data`, compared in constant time."""
        ...


class LedgerSigner(Protocol):
    """Signs checkpoints and receipts with the log's Ed25519 key."""

    @property
    def name(self) -> str:
        """Origin and key name of the log."""
        ...

    @property
    def vkey(self) -> str:
        """C2SP verifier key, which a partij needs to check our proofs."""
        ...

    def sign_checkpoint(self, size: int, root: bytes) -> str: ...

    def sign_receipt(self, payload: bytes) -> str:
        """Sign `payload` as a compact JWS."""
        ...


class Anchor(Protocol):
    """Remembers the last signed checkpoint outside the database, so a restored backup cannot fork the log."""

    def read(self) -> StoredCheckpoint | None: ...

    def replace(self, old: StoredCheckpoint | None, new: StoredCheckpoint) -> None:
        """Replace what is stored, durably, if it is still `old`. Raises LedgerBroken when it is not."""
        ...


class Growing(Protocol):
    """A Merkle tree that is built from nothing by adding leaves, because the stored tree is what is being
    checked.
    """

    @property
    def size(self) -> int: ...

    def add(self, leaf_hash: bytes) -> None: ...

    def root(self) -> bytes: ...


class LeafMaker(Protocol):
    """Canonical bytes and hash of an event. One place makes both, so that what is signed is what is
    stored.
    """

    def canonical(self, data: dict[str, object]) -> bytes: ...

    def leaf_hash(self, canonical: bytes) -> bytes: ...

    def growing(self) -> Growing:
        """An empty tree."""
        ...

    def proof_text(self, position: int, hashes: Sequence[bytes], checkpoint: str) -> str: ...
