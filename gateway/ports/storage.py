"""The one store of the gateway."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from schemas.account.verantwoording import EventType, Leaf
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Levering, Leveringgebeurtenis, Uitwisseling
from schemas.storage.storage import (
    Adopted,
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

    async def leerlingen(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        """Everybody by id, later than `after`, each as his owner sees him."""
        ...

    async def all_uitwisselingen(self, after: int, limit: int) -> tuple[tuple[int, Uitwisseling], ...]:
        """Every one in order of acceptance, each with the position of its first leaf, later than `after`."""
        ...

    async def answers(self, after: tuple[str, bytes] | None, limit: int) -> tuple[StoredAnswer, ...]:
        """Every one by partij and key_hash, later than `after`."""
        ...

    async def stamped_from(self) -> int | None:
        """The position of the leaf that `adopt` ended with; None in a database that began with stamps."""
        ...

    async def adopt(self, adopted: Adopted) -> None:
        """Write these stamps on rows of an older release, and nothing else. All of it or nothing; durable."""
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

    async def last_entry(self, soort: EventType) -> Entry | None:
        """The newest line of this kind."""
        ...

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
