"""What the exchange needs of the world, as Protocols. Adapters fit them by shape; wiring.py proves the fit.

All instants are aware UTC. Every method may raise RecordUnavailable when the store cannot be reached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from schemas.decision import Releasable
from schemas.opp import Ontwikkelingsperspectief
from schemas.storage import (
    Change,
    CommitResult,
    Entry,
    LeerlingRow,
    Register,
    Sealed,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
    TreeHead,
)
from schemas.taak import Taak
from schemas.terugkoppeling import Terugkoppeling
from schemas.uitwisseling import Levering, Leveringgebeurtenis, Uitwisseling
from schemas.verantwoording import Leaf
from schemas.vertaling import Antwoordvertaling, Vertaling


class Clock(Protocol):
    """The business clock: what day it is for toestemming, gezag and terms. Injected; tests move it."""

    def now(self) -> dt.datetime: ...


class Storage(Protocol):
    """The one store of the gateway: exchanges, facts, account and outbox share their commit.

    Contract, for every engine (tests/contract/test_storage.py):

    - `commit` is all or nothing and durable when it returns; concurrent commits are serialisable. A
      RecordUnavailable leaves open whether it was stored: the caller repeats with the same answer key and
      gets AlreadyAnswered if it was.
    - Ledger positions and postbus positions rise in commit order without a reader ever seeing a later one
      before an earlier one.
    - A reader sees only committed changes, and sees its own as soon as `commit` returned.
    - Cost of every method is independent of how much is stored, apart from the rows it returns.
    """

    async def commit(self, change: Change) -> CommitResult: ...

    async def answer(self, partij: str, key_hash: bytes) -> StoredAnswer | None: ...

    async def leerling_by_index(self, partij: str, blind_index: bytes) -> LeerlingRow | None: ...

    async def leerling_by_ref(self, partij: str, ref: str) -> LeerlingRow | None: ...

    async def leerling(self, leerling: str) -> LeerlingRow | None:
        """By internal id, as its owner sees it."""
        ...

    async def facts(self, leerling: str) -> tuple[StoredFact, ...]:
        """All facts in order of recording."""
        ...

    async def fact(self, fact: str) -> StoredFact | None: ...

    async def fact_position(self, fact: str) -> int | None:
        """The ledger position of the leaf that tells of a fact: the n-th of a change has its n-th leaf."""
        ...

    async def uitwisseling(self, uitwisseling: str) -> tuple[Uitwisseling, int] | None:
        """With the ledger position of the first leaf of its accepting change."""
        ...

    async def uitwisselingen(
        self, afzender: str, before: int | None, limit: int
    ) -> tuple[tuple[int, Uitwisseling], ...]:
        """Those a partij sent, newest first, each with its paging number; `before` excludes itself."""
        ...

    async def leveringen(self, uitwisseling: str) -> tuple[Levering, ...]: ...

    async def levering(self, levering: str) -> Levering | None: ...

    async def levering_for(self, levering: str, ontvanger: str) -> Levering | None:
        """The levering as far as this ontvanger may know of it: klaar, or once in his hands; else None.

        Whatever the cause is that it is not for him, held, refused, another's or never there, it costs the
        same: no answer may tell by its time what it does not say.
        """
        ...

    async def history(self, levering: str) -> tuple[Leveringgebeurtenis, ...]: ...

    async def content(self, levering: str) -> Sealed | None:
        """The sealed content, or None when it was destroyed."""
        ...

    async def open_leveringen(self, leerling: str) -> tuple[Levering, ...]:
        """Those in an OPEN state, in order of acceptance."""
        ...

    async def postbus(self, ontvanger: str, after: str | None, limit: int) -> tuple[Levering, ...]:
        """Klaar, by position; of each leerling only the first, so order is kept.

        Without `after`: everything that can be taken now is in it, as far as `limit` goes. `after` is the id
        of a levering and leaves out what stands up to it, for reading on in a long list. It does so only
        while that levering is itself klaar for this ontvanger, else it is as if not given: what came to the
        head behind a cursor, or is free again, is in the next list that starts at the beginning.
        """
        ...

    async def is_first_in_line(self, levering: str) -> bool:
        """True when no earlier levering of the same leerling to the same ontvanger is klaar."""
        ...

    async def due(self, now: dt.datetime, max_takes: int, limit: int) -> tuple[Levering, ...]:
        """Open leveringen whose term is over, and klaar ones taken `max_takes` times with a lapsed lease."""
        ...

    async def held(self, after: str, limit: int) -> tuple[Levering, ...]:
        """Aangehouden leveringen by id, later than `after`: for the daily re-decision."""
        ...

    async def delivered(self, leerling: str) -> tuple[Levering, ...]:
        """Those a recipient has had in hands, whatever their state is now, in order of acceptance."""
        ...

    async def all_leveringen(self, after: int, limit: int) -> tuple[tuple[int, Levering], ...]:
        """Every levering in whichever state, in order of acceptance, each with its paging number, later
        than `after`. The numbers count from 1.
        """
        ...

    async def taak(self, taak: str) -> Taak | None: ...

    async def taken(self, partij: str, after: int, limit: int) -> tuple[tuple[int, Taak], ...]:
        """The open ones of a partij in order of creation, each with its paging number, later than `after`.

        The numbers count from 1 over the whole store.
        """
        ...

    async def taken_of(self, leerling: str) -> tuple[Taak, ...]:
        """The open ones about a leerling, of every partij, in order of creation."""
        ...

    async def taak_by_sleutel(self, partij: str, sleutel: str) -> Taak | None:
        """In whichever status."""
        ...

    async def taken_due(self, now: dt.datetime, limit: int) -> tuple[Taak, ...]:
        """Open ones whose `uiterlijk` has come at `now`, not escalated yet, the longest overdue first."""
        ...

    async def to_look_at(
        self, today: dt.date, after: tuple[dt.date, str] | None, limit: int
    ) -> tuple[tuple[dt.date, LeerlingRow], ...]:
        """Leerlingen whose `kijk_op` is `today` or earlier, by that day and their id; later than `after`."""
        ...

    async def register(self) -> Register: ...

    async def register_version(self) -> int: ...

    async def register_at(self, version: int) -> Register | None:
        """As it was at that version; None where nothing of it was kept."""
        ...

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...]
    ) -> bool:
        """Replace the register; False when its version is not the expected one. Raises the version by one."""
        ...

    async def claim_jti(self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime) -> bool:
        """True the first time before it expires; durable, so a replay after a restart is refused too."""
        ...

    async def head(self) -> TreeHead: ...

    async def entries(self, start: int, limit: int) -> tuple[Entry, ...]: ...

    async def inclusion_proof(self, position: int, size: int) -> Sequence[bytes]: ...

    async def consistency_proof(self, old: int, size: int) -> Sequence[bytes]: ...

    async def root(self, size: int) -> bytes:
        """Root of the first `size` leaves; size at most that of `head`."""
        ...

    async def last_checkpoint(self) -> StoredCheckpoint | None: ...

    async def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None: ...

    async def close(self) -> None: ...

    @property
    def commits(self) -> int:
        """Database transactions that wrote something since start: a benchmark divides by it."""
        ...


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


class Shift(Protocol):
    """How far the business clock of a sandbox is ahead; outlives the process."""

    def read(self) -> dt.timedelta:
        """Nothing when it was never moved."""
        ...

    def write(self, shift: dt.timedelta) -> None:
        """Durable when it returns."""
        ...


class LeafMaker(Protocol):
    """Canonical bytes and hash of an event: one place, so that what is signed is what is stored."""

    def canonical(self, data: dict[str, object]) -> bytes: ...

    def leaf_hash(self, canonical: bytes) -> bytes: ...

    def proof_text(self, position: int, hashes: Sequence[bytes], checkpoint: str) -> str: ...


class Translator(Protocol):
    def __call__(self, raw: bytes, *, provenance: bool) -> Vertaling[Ontwikkelingsperspectief]:
        """Bytes of one standard to the shared schema. Raises InvalidMessage with all faults."""
        ...


class Answers(Protocol):
    def __call__(
        self, berichten: Sequence[tuple[str, bytes]], verteld: Terugkoppeling | None, *, afgewacht: bool
    ) -> Antwoordvertaling:
        """What messages of the care side say to a school. Raises InvalidMessage; keeps nothing."""
        ...


class Writer(Protocol):
    def __call__(self, releasable: Releasable) -> bytes:
        """The minimised message in the recipient's own format; same input, same bytes."""
        ...
