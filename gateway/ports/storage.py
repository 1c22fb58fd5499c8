"""The one store of the gateway."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from schemas.account.verantwoording import EventType, Leaf
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import (
    Levering,
    Leveringgebeurtenis,
    Leveringstand,
    Leveringstatus,
    Uitwisseling,
)
from schemas.storage.storage import (
    Adopted,
    Change,
    CommitResult,
    Entry,
    Job,
    Keepsoort,
    Kept,
    LeerlingRow,
    Periode,
    Portion,
    Purged,
    Register,
    Sealed,
    Standing,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
    TreeHead,
    Under,
    ZaakRow,
)


class Storage(Protocol):
    """The one store of the gateway: exchanges, facts, account and outbox share their commit.

    Contract, for every engine (tests/contract/test_storage.py):

    - `commit` is all or nothing and durable when it returns; concurrent commits are serialisable. A
      RecordUnavailable leaves open whether it was stored: the caller repeats with the same answer key and
      gets AlreadyAnswered if it was.
    - The ledger has no gaps: a reader who sees a position sees every earlier one, and the leaves of one
      change stand in its order. An engine may give positions some time after the commit (`positions_of`).
    - A postbus keeps the order of commits, also of commits at the same moment: once a reader saw a levering,
      none is put before it that was not there. Positions are compared within one ontvanger only.
    - Numbers to page by are drawn per partij in the commit and rise as the positions of a postbus do. They
      tell nothing about anybody else, and a number that was given out is never given again.
    - A row that is claimed is nobody else's until the claim lapsed, was given back or ended by a commit. A
      claim gives ids only, so one row that cannot be read holds up none of the others.
    - A reader sees only committed changes, and sees its own as soon as `commit` returned.
    - The cost of every method is independent of how much is stored, apart from the rows it returns.
    """

    async def commit(self, change: Change) -> CommitResult: ...

    async def sequence(self) -> int | None:
        """Give some of the leaves that wait their position; gives how many, or None while another process
        does this.

        An engine that gives positions in the commit has nothing to do.
        """
        ...

    async def answer(self, partij: str, key_hash: bytes) -> StoredAnswer | None: ...

    async def leerling_by_index(self, partij: str, blind_index: bytes) -> LeerlingRow | None: ...

    async def leerling_by_ref(self, partij: str, ref: str) -> LeerlingRow | None: ...

    async def leerling(self, leerling: str) -> LeerlingRow | None:
        """The leerling by our internal id, as his owner sees him."""
        ...

    async def lookalikes(self, partij: str, lookalike: bytes) -> tuple[LeerlingRow, ...]:
        """The leerlingen of this partij whose ids look the same, by internal id, each as his owner sees
        him.
        """
        ...

    async def without_lookalike(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        """Leerlingen of whom the second index is not stored yet, by internal id, later than `after`."""
        ...

    async def set_lookalikes(self, known: Mapping[str, bytes]) -> None:
        """Store the second index of each leerling by internal id, where there was none.

        It is part of no Change, because it changes nothing that was recorded about anybody.
        """
        ...

    async def leerlingen_by_id(self, leerlingen: Sequence[str]) -> tuple[LeerlingRow, ...]:
        """The leerlingen that are there, each as his owner sees him, in one read."""
        ...

    async def facts(self, leerling: str) -> tuple[StoredFact, ...]:
        """All facts in order of recording."""
        ...

    async def fact(self, fact: str) -> StoredFact | None: ...

    async def recorders(self, facts: Sequence[str]) -> Mapping[str, str]:
        """Which partij recorded each of these facts that is there, in one read."""
        ...

    async def fact_leaf(self, fact: str) -> str | None:
        """The id of the leaf that tells of a fact. The first fact of a change has its first leaf, and so
        on.
        """
        ...

    async def uitwisseling(self, uitwisseling: str) -> tuple[Uitwisseling, tuple[str, ...]] | None:
        """The uitwisseling with the ids of the leaves of the change that accepted it, in order."""
        ...

    async def uitwisselingen(
        self, afzender: str, before: int | None, limit: int
    ) -> tuple[tuple[int, Uitwisseling], ...]:
        """The uitwisselingen that a partij sent, the newest first, each with its number. `before` excludes
        itself.

        The numbers count from 1 per afzender.
        """
        ...

    async def leveringen(self, uitwisseling: str) -> tuple[Levering, ...]: ...

    async def leveringen_of(self, uitwisselingen: Sequence[str]) -> tuple[Levering, ...]:
        """The leveringen of all these uitwisselingen, in order of acceptance, in one read."""
        ...

    async def standen_of(self, uitwisselingen: Sequence[str]) -> tuple[Leveringstand, ...]:
        """How the leveringen of all these stand, as `leveringen_of`: for a list, at a quarter of its cost."""
        ...

    async def levering(self, levering: str) -> Levering | None: ...

    async def leveringen_by_id(self, leveringen: Sequence[str]) -> tuple[Levering, ...]:
        """The leveringen that are there, in one read."""
        ...

    async def levering_for(self, levering: str, ontvanger: str) -> Levering | None:
        """The levering as far as this ontvanger may know of it: when it is klaar or he once received it; else
        None.

        Whatever the cause of None is (held, refused, another's or never there), it costs the same: the time
        of an answer may not tell what the answer does not say.
        """
        ...

    async def history(self, levering: str) -> tuple[Leveringgebeurtenis, ...]: ...

    async def histories(self, leveringen: Sequence[str]) -> Mapping[str, tuple[Leveringgebeurtenis, ...]]:
        """The same as `history`, for each of these leveringen that is there, in one read."""
        ...

    async def content(self, levering: str) -> Sealed | None:
        """The sealed content, or None when it was destroyed."""
        ...

    async def open_leveringen(self, leerling: str) -> tuple[Levering, ...]:
        """The leveringen of a leerling in an OPEN state, in order of acceptance."""
        ...

    async def postbus(
        self, ontvanger: str, after: str | None, now: dt.datetime, limit: int
    ) -> tuple[Levering, ...]:
        """The leveringen that are klaar and not past their term, by position. Of each leerling it gives the
        first only, so that their order is kept.

        Without `after`, everything that can be taken now is in the list, as far as `limit` goes. `after` is
        the id of a levering, for reading on in a long list, and leaves out what stands up to it. It does so
        only while that levering could itself be in the list; else it counts as not given. A levering that
        came to the head behind such a cursor, or is free again, stands in the next list that starts at the
        beginning.
        """
        ...

    async def is_first_in_line(self, levering: str, now: dt.datetime) -> bool:
        """True when no earlier levering of the same leerling to the same ontvanger is klaar and within its
        term.
        """
        ...

    async def claim_due(self, portion: Portion, max_takes: int) -> tuple[str, ...]:
        """For Job.EXPIRE: open leveringen whose term is over, and those that are klaar and were taken
        `max_takes` times.

        A levering under a lease that still runs is not among them.
        """
        ...

    async def claim_held(self, portion: Portion, under: Under) -> tuple[str, ...]:
        """For Job.REDECIDE: aangehouden leveringen that were last decided under another register or policy
        than this.
        """
        ...

    async def count_held(self, under: Under, most: int) -> int:
        """How many leveringen `claim_held` would still find, claimed or not. It gives `most` when there are
        more.
        """
        ...

    async def standing(self, most: int) -> Mapping[Leveringstatus, Standing]:
        """How many leveringen have each open status, among the `most` open ones whose term ends first.

        A status that none of those has is left out.
        """
        ...

    async def open_by_term(self, after: tuple[dt.datetime, str] | None, limit: int) -> tuple[Levering, ...]:
        """The open leveringen by `vervalt_op` and their id, later than `after`: what ends first is first."""
        ...

    async def claim_looks(self, portion: Portion, today: dt.date) -> tuple[str, ...]:
        """For Job.LOOK: leerlingen whose `kijk_op` is `today` or earlier, by that day and their id."""
        ...

    async def claim_taken(self, portion: Portion) -> tuple[str, ...]:
        """For Job.ESCALATE: open taken whose `uiterlijk` has come and that are not escalated, the longest
        overdue first.
        """
        ...

    async def claim_job(self, job: Job, now: dt.datetime, until: dt.datetime) -> bool:
        """Claim a job that is not divided in rows: True when nobody has it at `now`. The id of such a claim
        is WHOLE.
        """
        ...

    async def give_back(self, job: Job, ids: Sequence[str]) -> None:
        """End claims on rows that were not dealt with, so that anybody may claim them again."""
        ...

    async def purge_answers(self, before: dt.datetime, limit: int) -> int:
        """Forget about `limit` answers that were given at `before` or earlier; gives how many."""
        ...

    async def purge_tokens(self, now: dt.datetime, limit: int) -> int:
        """Forget about `limit` spent token ids that their own term refuses at `now`; gives how many."""
        ...

    async def purge_taken(self, before: dt.datetime, after: tuple[int, int] | None, limit: int) -> Purged:
        """Forget taken that ended at `before` or earlier, the longest ago first; it looks at `limit` of them.

        A taak stays when its term is after `before`, when its soort is in BLIJFT, or when a levering or taak
        about its leerling is open: what may still be decided can rest on it.
        """
        ...

    async def delivered(self, leerling: str) -> tuple[Levering, ...]:
        """The leveringen that a recipient received, whatever their state is now, in order of acceptance."""
        ...

    async def leveringen_in(self, periode: Periode, limit: int) -> tuple[tuple[dt.datetime, Levering], ...]:
        """The leveringen of this Periode by moment and id, each once and with the moment at which it counts.

        The cost rises with the number of partijen, and with `leerling` with the leveringen about him.
        """
        ...

    async def all_leveringen(self, after: int, limit: int) -> tuple[tuple[int, Levering], ...]:
        """Every levering in any state, in order of acceptance, each with its paging number, later than
        `after`.

        The numbers count from 1.
        """
        ...

    async def taak(self, taak: str) -> Taak | None: ...

    async def taken(self, partij: str, after: int, limit: int) -> tuple[tuple[int, Taak], ...]:
        """The open taken of a partij in order of creation, each with its number, later than `after`.

        The numbers count from FIRST_TAAK per partij.
        """
        ...

    async def taken_of(self, leerling: str) -> tuple[Taak, ...]:
        """The open taken about a leerling, of every partij, in order of creation."""
        ...

    async def taak_by_sleutel(self, partij: str, sleutel: str) -> Taak | None:
        """The taak of this partij with this sleutel, in any status."""
        ...

    async def taken_by_sleutel(self, sleutels: Sequence[tuple[str, str]]) -> tuple[Taak, ...]:
        """The same as `taak_by_sleutel`, for each (partij, sleutel) that is there, in one read."""
        ...

    async def zaak(self, zaak: str) -> ZaakRow | None: ...

    async def zaken(self, partij: str, soort: str, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        """The zaken (or overleggen) in the list of a partij, in the order in which it came to know of them,
        each with its number there, later than `after`.

        The numbers count from 1 per partij. Who took part once keeps it in this list; whether he may see it
        now is not asked here.
        """
        ...

    async def zaken_of(self, leerling: str) -> tuple[ZaakRow, ...]:
        """The zaken and overleggen about a leerling, in order of opening."""
        ...

    async def all_zaken(self, after: int, limit: int) -> tuple[tuple[int, ZaakRow], ...]:
        """Every zaak and overleg in order of opening, each with its paging number, later than `after`."""
        ...

    async def purge_zaken(self, now: dt.datetime, limit: int) -> int:
        """Forget about `limit` zaken whose `vergeten_op` has come at `now`; gives how many."""
        ...

    async def leerlingen(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        """All leerlingen by id, later than `after`, each as his owner sees him."""
        ...

    async def leerlingen_of(self, partij: str, after: bytes, limit: int) -> tuple[LeerlingRow, ...]:
        """The leerlingen whose record this partij owns by blind index, later than `after`, as it sees
        them.
        """
        ...

    async def all_uitwisselingen(
        self, after: str, limit: int
    ) -> tuple[tuple[Uitwisseling, tuple[str, ...]], ...]:
        """All uitwisselingen by id, later than `after`, each with the ids of the leaves of the change that
        accepted it.
        """
        ...

    async def answers(self, after: tuple[str, bytes] | None, limit: int) -> tuple[StoredAnswer, ...]:
        """All stored answers by partij and key_hash, later than `after`."""
        ...

    def adopting(self) -> AbstractAsyncContextManager[None]:
        """Held while what an older release wrote is adopted, so that one process at a time does that."""
        ...

    async def waiting(self) -> str | None:
        """The id of the last leaf that waits for its position; None when all have theirs."""
        ...

    async def stamped_from(self) -> str | None:
        """The id of the leaf with which `adopt` ended; None in a database that had stamps from its
        beginning.
        """
        ...

    async def adopt(self, adopted: Adopted) -> None:
        """Write these stamps on rows of an older release, and change nothing else. All of it or nothing;
        durable.
        """
        ...

    async def register(self) -> Register: ...

    async def register_version(self) -> int: ...

    async def register_at(self, version: int) -> Register | None:
        """The register as it was at that version, in one read; None when nothing of it was kept."""
        ...

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...], *, look_again: bool = False
    ) -> bool:
        """Replace the register and raise its version by one. False when its version is not the expected
        one.

        `look_again`: the next daily round looks at every leerling for whom something is ready. What is held
        is found by what it was decided under.
        """
        ...

    async def claim_jti(self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime) -> bool:
        """True the first time before it expires. It is durable, so a token that is used again after a restart
        is refused too.
        """
        ...

    async def kept(self, soort: Keepsoort, ident: str) -> Kept | None: ...

    async def kept_in(self, soort: Keepsoort, groep: str, after: str, limit: int) -> tuple[Kept, ...]:
        """The rows of one group by their id, later than `after`."""
        ...

    async def keep(self, row: Kept, expected: int | None) -> bool:
        """Store a new row (`expected` None) or its next version (`expected` is the stored `versie`); durable.

        False, and nothing is stored, when there is such a row already, or it has another versie or is gone.
        """
        ...

    async def drop(self, soort: Keepsoort, ident: str) -> bool:
        """Forget a row. True for the one caller who did it: so what is kept is used once."""
        ...

    async def drop_in(self, soort: Keepsoort, groep: str) -> int:
        """Forget the rows of one group; gives how many."""
        ...

    async def purge_kept(self, now: dt.datetime, limit: int) -> int:
        """Forget about `limit` rows that ended at `now` or earlier; gives how many."""
        ...

    async def head(self) -> TreeHead: ...

    async def last_leaf(self, soort: EventType) -> bytes | None:
        """What the newest leaf of this soort says, as canonical bytes, whether it has its position yet or
        not.
        """
        ...

    async def entries(self, start: int, limit: int) -> tuple[Entry, ...]: ...

    async def registers(self, before: int, limit: int) -> tuple[Entry, ...]:
        """The lines that tell of a register, of those before this position, the newest first.

        What lies between them is not read.
        """
        ...

    async def positions_of(self, leaves: Sequence[str]) -> tuple[int | None, ...]:
        """The position of each of these leaves in the ledger; None for a leaf that has no position (yet)."""
        ...

    async def details(self, leaves: Sequence[str]) -> Mapping[str, bytes]:
        """The sealed detail of each of these leaves that is in the ledger and has one, in one read."""
        ...

    async def inclusion_proof(self, position: int, size: int) -> Sequence[bytes]: ...

    async def consistency_proof(self, old: int, size: int) -> Sequence[bytes]: ...

    async def root(self, size: int) -> bytes:
        """The root of the first `size` leaves. `size` is at most that of `head`."""
        ...

    async def last_checkpoint(self) -> StoredCheckpoint | None: ...

    async def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None: ...

    async def close(self) -> None: ...

    @property
    def commits(self) -> int:
        """The number of database transactions that wrote something since the start, by which a benchmark
        divides.
        """
        ...


class FindsLookalikes(Protocol):
    """Finds the leerlingen of one partij whose ids nobody can tell apart (gateway/case/lookalikes.py)."""

    async def of(self, row: LeerlingRow, lookalike: bytes) -> tuple[LeerlingRow, ...]: ...
