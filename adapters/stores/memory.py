"""The Storage port in memory: the same contract as the databases, gone when the process ends.

For demonstrations and fast tests. Every method is one step of the event loop, which is enough to be
serialisable here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from adapters.ledger.tree import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_at,
    tiles_completed,
)
from adapters.stores.changes import (
    Present,
    as_expected,
    check_change,
    check_taak,
    check_write,
    placed,
)
from adapters.stores.memory_kept import KeptInMemory
from adapters.stores.memory_many import ManyInMemory
from adapters.stores.memory_rows import is_due, is_open, positie
from adapters.stores.memory_whole import Whole
from schemas.account.verantwoording import EventType, Leaf
from schemas.errors import LedgerBroken, RecordUnavailable, WrongUse
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import OPEN, Levering, Leveringgebeurtenis, Leveringstatus, Uitwisseling
from schemas.storage.storage import (
    FIRST_TAAK,
    WHOLE,
    AlreadyAnswered,
    Change,
    CommitResult,
    Committed,
    Entry,
    Job,
    Keepsoort,
    Kept,
    LeerlingRow,
    LeveringWrite,
    Moved,
    Portion,
    Register,
    Sealed,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
    TreeHead,
    Under,
    ZaakRow,
)


class MemoryStorage(Whole, KeptInMemory, ManyInMemory):
    """Fits gateway/ports `Storage`, where the promises of each method stand."""

    def __init__(self) -> None:
        self._closed = False
        self._answers: dict[tuple[str, bytes], StoredAnswer] = {}
        self._leerlingen: dict[str, LeerlingRow] = {}
        self._lookalikes: dict[str, bytes] = {}
        self._indexes: dict[tuple[str, bytes], str] = {}
        self._refs: dict[tuple[str, str], str] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._facts: dict[str, StoredFact] = {}
        self._fact_leaves: dict[str, str] = {}
        self._uitwisselingen: dict[str, tuple[Uitwisseling, tuple[str, ...]]] = {}
        self._sent: dict[str, list[Uitwisseling]] = defaultdict(list)
        self._leveringen: dict[str, Levering] = {}
        self._events: dict[str, list[Leveringgebeurtenis]] = defaultdict(list)
        self._contents: dict[str, Sealed] = {}
        self._decided_under: dict[str, Under | None] = {}
        self._telt_op: dict[str, dt.datetime] = {}
        self._taken: dict[str, Taak] = {}
        self._sleutels: dict[tuple[str, str], str] = {}
        self._made_for: dict[str, list[str]] = defaultdict(list)
        self._kijk_op: dict[str, dt.date] = {}
        self._zaken: dict[str, ZaakRow] = {}
        self._zaken_bij: dict[str, list[str]] = defaultdict(list)
        self._claims: dict[tuple[Job, str], dt.datetime] = {}
        self._positie = 0
        self._register = Register(0)
        self._past: dict[int, Register] = {}
        self._jtis: dict[tuple[str, bytes], dt.datetime] = {}
        self._kept: dict[tuple[Keepsoort, str], Kept] = {}
        self._entries: list[Entry] = []
        self._positions: dict[str, int] = {}
        self._details: dict[str, bytes] = {}
        self._nodes: dict[int, list[bytes]] = defaultdict(list)
        self._frontier = Frontier()
        self._checkpoint: StoredCheckpoint | None = None
        self._stamped_from = None
        self.commits = 0

    async def close(self) -> None:
        self._closed = True

    async def commit(self, change: Change) -> CommitResult:
        self._check_open()
        check_change(change)
        if (answer := change.answer) is not None:
            first = self._answers.get((answer.partij, answer.key_hash))
            if first is not None:
                return AlreadyAnswered(first)
        if not self._holds(change):
            return Moved()
        for write in change.leveringen:
            stored = self._leveringen.get(write.levering.id)
            check_write(write, Present(stored.versie, stored.status, stored.positie) if stored else None)
        for made in change.taken:
            check_taak(made.taak, self._present_taak(made.taak))
        return Committed(self._keep(change))

    def _keep(self, change: Change) -> tuple[str, ...]:
        self._write_leerling(change)
        self._append(change.leaves)
        leaves = tuple(leaf.id for leaf in change.leaves)
        self._fact_leaves |= {f.id: leaf for f, leaf in zip(change.facts, leaves, strict=False)}
        for sent in change.accepted:
            exchange = sent.uitwisseling
            self._uitwisselingen[exchange.id] = (exchange, sent.leaves)
            self._sent[exchange.afzender].append(exchange)
        for write in change.leveringen:
            self._write_levering(write, change.under)
        for same in change.unchanged:
            self._decided_under[same.levering] = change.under
            self._end_claims(same.levering)
        if (link := change.koppeling) is not None:
            self._link(link.partij, link.ref, link.leerling)
        for made in change.taken:
            if made.expected is None:
                self._made_for[made.taak.partij].append(made.taak.id)
            self._taken[made.taak.id] = made.taak
            self._sleutels[made.taak.partij, made.taak.sleutel] = made.taak.id
            self._end_claims(made.taak.id)
        for zaak in change.zaken:
            self._write_zaak(zaak)
        if (answer := change.answer) is not None:
            self._answers[answer.partij, answer.key_hash] = answer
        self.commits += 1
        return leaves

    async def sequence(self) -> int | None:
        return 0

    async def answer(self, partij: str, key_hash: bytes) -> StoredAnswer | None:
        self._check_open()
        return self._answers.get((partij, key_hash))

    async def leerling_by_index(self, partij: str, blind_index: bytes) -> LeerlingRow | None:
        self._check_open()
        found = self._indexes.get((partij, blind_index))
        return None if found is None else self._leerlingen[found]

    async def leerling_by_ref(self, partij: str, ref: str) -> LeerlingRow | None:
        self._check_open()
        found = self._refs.get((partij, ref))
        return None if found is None else replace(self._leerlingen[found], ref=ref)

    async def leerling(self, leerling: str) -> LeerlingRow | None:
        self._check_open()
        return self._leerlingen.get(leerling)

    async def facts(self, leerling: str) -> tuple[StoredFact, ...]:
        self._check_open()
        return tuple(fact for fact in self._facts.values() if fact.leerling == leerling)

    async def fact(self, fact: str) -> StoredFact | None:
        self._check_open()
        return self._facts.get(fact)

    async def fact_leaf(self, fact: str) -> str | None:
        self._check_open()
        return self._fact_leaves.get(fact)

    async def uitwisseling(self, uitwisseling: str) -> tuple[Uitwisseling, tuple[str, ...]] | None:
        self._check_open()
        return self._uitwisselingen.get(uitwisseling)

    async def uitwisselingen(
        self, afzender: str, before: int | None, limit: int
    ) -> tuple[tuple[int, Uitwisseling], ...]:
        self._check_open()
        numbered = list(enumerate(self._sent.get(afzender, ()), 1))
        earlier = [row for row in reversed(numbered) if before is None or row[0] < before]
        return tuple(earlier[:limit])

    async def leveringen(self, uitwisseling: str) -> tuple[Levering, ...]:
        self._check_open()
        return tuple(row for row in self._leveringen.values() if row.uitwisseling == uitwisseling)

    async def levering(self, levering: str) -> Levering | None:
        self._check_open()
        return self._leveringen.get(levering)

    async def levering_for(self, levering: str, ontvanger: str) -> Levering | None:
        self._check_open()
        found = self._leveringen.get(levering)
        if found is None or found.ontvanger != ontvanger:
            return None
        return found if found.status is Leveringstatus.KLAAR or found.overgedragen is not None else None

    async def history(self, levering: str) -> tuple[Leveringgebeurtenis, ...]:
        self._check_open()
        return tuple(self._events.get(levering, ()))

    async def content(self, levering: str) -> Sealed | None:
        self._check_open()
        return self._contents.get(levering)

    async def open_leveringen(self, leerling: str) -> tuple[Levering, ...]:
        self._check_open()
        return tuple(
            row for row in self._leveringen.values() if row.leerling == leerling and row.status in OPEN
        )

    async def postbus(
        self, ontvanger: str, after: str | None, now: dt.datetime, limit: int
    ) -> tuple[Levering, ...]:
        self._check_open()
        klaar, first = self._klaar(ontvanger, now), dict[str, Levering]()
        for row in klaar:
            first.setdefault(row.leerling, row)
        passed = next((positie(row) for row in klaar if row.id == after), 0)
        return tuple(row for row in first.values() if positie(row) > passed)[:limit]

    async def is_first_in_line(self, levering: str, now: dt.datetime) -> bool:
        self._check_open()
        asked = self._leveringen.get(levering)
        return asked is not None and not any(
            row.leerling == asked.leerling and asked.positie is not None and positie(row) < asked.positie
            for row in self._klaar(asked.ontvanger, now)
        )

    async def claim_due(self, portion: Portion, max_takes: int) -> tuple[str, ...]:
        self._check_open()
        due = (row.id for row in self._leveringen.values() if is_due(row, portion.now, max_takes))
        return self._claim(Job.EXPIRE, due, portion)

    async def claim_held(self, portion: Portion, under: Under) -> tuple[str, ...]:
        self._check_open()
        held = (
            row.id
            for row in self._leveringen.values()
            if row.status is Leveringstatus.AANGEHOUDEN and self._decided_under[row.id] != under
        )
        return self._claim(Job.REDECIDE, held, portion)

    async def claim_looks(self, portion: Portion, today: dt.date) -> tuple[str, ...]:
        self._check_open()
        due = sorted((day, leerling) for leerling, day in self._kijk_op.items() if day <= today)
        return self._claim(Job.LOOK, (leerling for _, leerling in due), portion)

    async def claim_taken(self, portion: Portion) -> tuple[str, ...]:
        self._check_open()
        late = sorted(
            (t.uiterlijk, t.id)
            for t in self._taken.values()
            if is_open(t) and t.uiterlijk <= portion.now and t.geescaleerd_op is None
        )
        return self._claim(Job.ESCALATE, (taak for _, taak in late), portion)

    async def claim_job(self, job: Job, now: dt.datetime, until: dt.datetime) -> bool:
        self._check_open()
        return bool(self._claim(job, (WHOLE,), Portion(now, until, 1)))

    async def give_back(self, job: Job, ids: Sequence[str]) -> None:
        self._check_open()
        for row in ids:
            self._claims.pop((job, row), None)

    def _claim(self, job: Job, rows: Iterable[str], portion: Portion) -> tuple[str, ...]:
        now = portion.now
        self._claims = {key: until for key, until in self._claims.items() if until > now}
        free = tuple(islice((row for row in rows if (job, row) not in self._claims), portion.limit))
        self._claims |= {(job, row): portion.until for row in free}
        self.commits += bool(free)
        return free

    def _end_claims(self, row: str) -> None:
        for job in Job:
            self._claims.pop((job, row), None)

    async def delivered(self, leerling: str) -> tuple[Levering, ...]:
        self._check_open()
        rows = [row for row in self._leveringen.values() if row.leerling == leerling]
        return tuple(row for row in rows if row.overgedragen is not None)

    async def taak(self, taak: str) -> Taak | None:
        self._check_open()
        return self._taken.get(taak)

    async def taak_by_sleutel(self, partij: str, sleutel: str) -> Taak | None:
        self._check_open()
        found = self._sleutels.get((partij, sleutel))
        return None if found is None else self._taken[found]

    async def taken(self, partij: str, after: int, limit: int) -> tuple[tuple[int, Taak], ...]:
        self._check_open()
        made = enumerate(map(self._taken.get, self._made_for.get(partij, ())), FIRST_TAAK)
        return tuple((n, t) for n, t in made if n > after and t is not None and is_open(t))[:limit]

    async def taken_of(self, leerling: str) -> tuple[Taak, ...]:
        self._check_open()
        return tuple(t for t in self._taken.values() if t.leerling == leerling and is_open(t))

    async def register(self) -> Register:
        self._check_open()
        return self._register

    async def register_at(self, version: int) -> Register | None:
        self._check_open()
        return self._register if version == self._register.version else self._past.get(version)

    async def register_version(self) -> int:
        self._check_open()
        return self._register.version

    async def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...], *, look_again: bool = False
    ) -> bool:
        self._check_open()
        if self._register.version != expected_version:
            return False
        if look_again:
            ready = (v for v in self._leveringen.values() if v.status is Leveringstatus.KLAAR)
            self._kijk_op |= {v.leerling: dt.date.min for v in ready}
        if any(self._register.soorten.values()):
            self._past[expected_version] = self._register
        kept = map(dict, register.soorten.values())
        self._register = Register(expected_version + 1, *kept, stamp=register.stamp)
        self._append(leaves)
        self.commits += 1
        return True

    async def claim_jti(self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime) -> bool:
        self._check_open()
        before = self._jtis.get((client, jti_hash))
        if expires <= now or (before is not None and before > now):
            return False
        self._jtis = {key: until for key, until in self._jtis.items() if until > now}
        self._jtis[client, jti_hash] = expires
        self.commits += 1
        return True

    async def head(self) -> TreeHead:
        self._check_open()
        return TreeHead(self._frontier.size, self._frontier.root())

    async def entries(self, start: int, limit: int) -> tuple[Entry, ...]:
        self._check_open()
        return tuple(self._entries[start : start + limit])

    async def registers(self, before: int, limit: int) -> tuple[Entry, ...]:
        self._check_open()
        found = [e for e in self._entries[:before] if e.soort is EventType.REGISTER_CHANGED]
        return tuple(found[::-1][:limit])

    async def last_leaf(self, soort: EventType) -> bytes | None:
        self._check_open()
        found = (entry.canonical for entry in reversed(self._entries) if entry.soort is soort)
        return next(found, None)

    async def positions_of(self, leaves: Sequence[str]) -> tuple[int | None, ...]:
        self._check_open()
        return tuple(map(self._positions.get, leaves))

    async def details(self, leaves: Sequence[str]) -> dict[str, bytes]:
        self._check_open()
        return {leaf: self._details[leaf] for leaf in leaves if leaf in self._details}

    async def inclusion_proof(self, position: int, size: int) -> Sequence[bytes]:
        self._check_size(size)
        return inclusion_proof(position, size, self)

    async def consistency_proof(self, old: int, size: int) -> Sequence[bytes]:
        self._check_size(size)
        return consistency_proof(old, size, self)

    async def root(self, size: int) -> bytes:
        self._check_size(size)
        return root_at(size, self)

    async def last_checkpoint(self) -> StoredCheckpoint | None:
        self._check_open()
        return self._checkpoint

    async def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        self._check_open()
        last = self._checkpoint.size if self._checkpoint else 0
        if not last <= checkpoint.size <= self._frontier.size:
            raise LedgerBroken("a checkpoint does not lie between the last one and the present size")
        self._checkpoint = checkpoint
        self.commits += 1

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        """Read by adapters/ledger/tree.py, as `nodes` is."""
        return [entry.leaf_hash for entry in self._entries[start:end]]

    def nodes(self, level: int, start: int, end: int) -> list[bytes]:
        return self._nodes[level][start:end]

    def _check_open(self) -> None:
        if self._closed:
            raise RecordUnavailable("the store is closed")

    def _check_size(self, size: int) -> None:
        self._check_open()
        if size > self._frontier.size:
            raise WrongUse("the log is not that long")

    def _klaar(self, ontvanger: str, now: dt.datetime) -> list[Levering]:
        found = [
            row
            for row in self._leveringen.values()
            if row.ontvanger == ontvanger and row.status is Leveringstatus.KLAAR and row.vervalt_op > now
        ]
        return sorted(found, key=positie)

    def _holds(self, change: Change) -> bool:
        if change.of_register not in {None, self._register.version}:
            return False
        if (new := change.new_leerling) is not None and (new.partij, new.blind_index) in self._indexes:
            return False
        if (expect := change.expect) is not None:
            row = self._leerlingen.get(expect.leerling)
            if row is None or not as_expected(expect, row.epoch, row.volgnummer, row.accepted):
                return False
        expected = {write.levering.id: write.expected for write in change.leveringen}
        expected |= {same.levering: same.versie for same in change.unchanged}
        if any(self._versie(levering) != versie for levering, versie in expected.items()):
            return False
        for made in change.taken:
            present = self._present_taak(made.taak)
            if (present.versie if present else None) != made.expected:
                return False
        return all(self._zaakversie(z.row.id) == z.expected for z in change.zaken)

    def _versie(self, levering: str) -> int | None:
        stored = self._leveringen.get(levering)
        return None if stored is None else stored.versie

    def _present_taak(self, taak: Taak) -> Taak | None:
        found = self._sleutels.get((taak.partij, taak.sleutel))
        return None if found is None else self._taken[found]

    def _write_leerling(self, change: Change) -> None:
        counted, stempel = int(bool(change.facts)), change.stempel
        if (new := change.new_leerling) is not None:
            self._leerlingen[new.id] = LeerlingRow(
                new.id,
                new.partij,
                new.ref,
                new.ref,
                new.key,
                new.identity,
                counted,
                counted,
                blind_index=new.blind_index,
            )
            self._indexes[new.partij, new.blind_index] = new.id
            if new.lookalike is not None:
                self._lookalikes[new.id] = new.lookalike
            self._link(new.partij, new.ref, new.id)
        elif (expect := change.expect) is not None and (counted or expect.draw):
            row = self._leerlingen[expect.leerling]
            self._leerlingen[row.id] = replace(row, epoch=row.epoch + counted, volgnummer=row.volgnummer + 1)
        for sent in change.accepted:
            if sent.uitwisseling.leerling in self._leerlingen:
                row = self._leerlingen[sent.uitwisseling.leerling]
                self._leerlingen[row.id] = replace(row, accepted=row.accepted + 1)
        for fact in change.facts:
            self._facts[fact.id] = fact
        target = change.new_leerling.id if change.new_leerling else change.expect and change.expect.leerling
        if stempel is not None and target:
            self._leerlingen[target] = replace(
                self._leerlingen[target], feitenhash=stempel.feitenhash, stamp=stempel.stamp
            )
        if change.kijk_op is not None and target:
            self._kijk_op[target] = change.kijk_op
            self._end_claims(target)

    def _link(self, partij: str, ref: str, leerling: str) -> None:
        if self._known.setdefault((leerling, partij), ref) == ref:
            self._refs[partij, ref] = leerling

    def _write_levering(self, write: LeveringWrite, under: Under | None) -> None:
        if write.enqueue:
            self._positie += 1
        levering = placed(write, self._positie if write.enqueue else None)
        before = self._leveringen.get(levering.id)
        if before is None or before.overgedragen is None:
            self._telt_op[levering.id] = write.event.op
        self._leveringen[levering.id] = levering
        self._decided_under[levering.id] = under or self._decided_under.get(levering.id)
        self._end_claims(levering.id)
        self._events[levering.id].append(write.event)
        if write.content is not None:
            self._contents[levering.id] = write.content
        if write.drop_content:
            self._contents.pop(levering.id, None)

    def _append(self, leaves: tuple[Leaf, ...]) -> None:
        size = self._frontier.size
        hashes = [leaf_hash(leaf.canonical) for leaf in leaves]
        tiles = tiles_completed(size, hashes, self)
        self._frontier = self._frontier.extend(hashes)
        self._entries += [
            Entry(position, leaf.soort, leaf.canonical, hashed)
            for position, (leaf, hashed) in enumerate(zip(leaves, hashes, strict=True), size)
        ]
        self._positions |= {leaf.id: position for position, leaf in enumerate(leaves, size)}
        self._details |= {leaf.id: leaf.detail for leaf in leaves if leaf.detail is not None}
        for tile in tiles:
            self._nodes[tile.level].append(tile.hash)
