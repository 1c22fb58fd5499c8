"""The Storage port in memory: the same contract as the databases, gone when the process ends.

For demonstrations and fast tests. Every method is one step of the event loop, which is all that
serialisability asks here.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
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
from adapters.stores.changes import Present, check_change, check_taak, check_write, placed
from schemas.account.verantwoording import EventType, Leaf
from schemas.errors import LogBroken, RecordUnavailable, WrongUse
from schemas.exchange.taak import Taak, Taakstatus
from schemas.exchange.uitwisseling import OPEN, Levering, Leveringgebeurtenis, Leveringstatus, Uitwisseling
from schemas.storage.storage import (
    Adopted,
    AlreadyAnswered,
    Change,
    CommitResult,
    Committed,
    Entry,
    LeerlingRow,
    LeveringWrite,
    Moved,
    Register,
    Sealed,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
    TreeHead,
)


class MemoryStorage:
    """Fits gateway/ports `Storage`, where the promises of each method stand."""

    def __init__(self) -> None:
        self._closed = False
        self._answers: dict[tuple[str, bytes], StoredAnswer] = {}
        self._leerlingen: dict[str, LeerlingRow] = {}
        self._indexes: dict[tuple[str, bytes], str] = {}
        self._refs: dict[tuple[str, str], str] = {}
        self._known: dict[tuple[str, str], str] = {}
        self._facts: dict[str, StoredFact] = {}
        self._fact_positions: dict[str, int] = {}
        self._uitwisselingen: dict[str, tuple[Uitwisseling, int]] = {}
        self._leveringen: dict[str, Levering] = {}
        self._events: dict[str, list[Leveringgebeurtenis]] = defaultdict(list)
        self._contents: dict[str, Sealed] = {}
        self._taken: dict[str, Taak] = {}
        self._sleutels: dict[tuple[str, str], str] = {}
        self._kijk_op: dict[str, dt.date] = {}
        self._positie = 0
        self._register = Register(0)
        self._past: dict[int, Register] = {}
        self._jtis: dict[tuple[str, bytes], dt.datetime] = {}
        self._entries: list[Entry] = []
        self._nodes: dict[int, list[bytes]] = defaultdict(list)
        self._frontier = Frontier()
        self._checkpoint: StoredCheckpoint | None = None
        self._stamped_from: int | None = None
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

    def _keep(self, change: Change) -> tuple[int, ...]:
        self._write_leerling(change)
        positions = self._append(change.leaves)
        self._fact_positions |= {f.id: p for f, p in zip(change.facts, positions, strict=False)}
        if (exchange := change.uitwisseling) is not None:
            self._uitwisselingen[exchange.id] = (exchange, positions[0])
        for write in change.leveringen:
            self._write_levering(write)
        if (link := change.koppeling) is not None:
            self._link(link.partij, link.ref, link.leerling)
        for made in change.taken:
            self._taken[made.taak.id] = made.taak
            self._sleutels[made.taak.partij, made.taak.sleutel] = made.taak.id
        if (answer := change.answer) is not None:
            self._answers[answer.partij, answer.key_hash] = answer
        self.commits += 1
        return positions

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

    async def fact_position(self, fact: str) -> int | None:
        self._check_open()
        return self._fact_positions.get(fact)

    async def uitwisseling(self, uitwisseling: str) -> tuple[Uitwisseling, int] | None:
        self._check_open()
        return self._uitwisselingen.get(uitwisseling)

    async def uitwisselingen(
        self, afzender: str, before: int | None, limit: int
    ) -> tuple[tuple[int, Uitwisseling], ...]:
        self._check_open()
        sent = [
            (position, sent) for sent, position in self._uitwisselingen.values() if sent.afzender == afzender
        ]
        earlier = [row for row in reversed(sent) if before is None or row[0] < before]
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

    async def postbus(self, ontvanger: str, after: str | None, limit: int) -> tuple[Levering, ...]:
        self._check_open()
        klaar, first = self._klaar(ontvanger), dict[str, Levering]()
        for row in klaar:
            first.setdefault(row.leerling, row)
        passed = next((_positie(row) for row in klaar if row.id == after), 0)
        return tuple(row for row in first.values() if _positie(row) > passed)[:limit]

    async def is_first_in_line(self, levering: str) -> bool:
        self._check_open()
        asked = self._leveringen.get(levering)
        return asked is not None and not any(
            row.leerling == asked.leerling and asked.positie is not None and _positie(row) < asked.positie
            for row in self._klaar(asked.ontvanger)
        )

    async def due(self, now: dt.datetime, max_takes: int, limit: int) -> tuple[Levering, ...]:
        self._check_open()
        found = [row for row in self._leveringen.values() if _is_due(row, now, max_takes)]
        return tuple(found[:limit])

    async def held(self, after: str, limit: int) -> tuple[Levering, ...]:
        self._check_open()
        found = [
            row
            for row in self._leveringen.values()
            if row.status is Leveringstatus.AANGEHOUDEN and row.id > after
        ]
        return tuple(sorted(found, key=lambda row: row.id)[:limit])

    async def delivered(self, leerling: str) -> tuple[Levering, ...]:
        self._check_open()
        rows = [row for row in self._leveringen.values() if row.leerling == leerling]
        return tuple(row for row in rows if row.overgedragen is not None)

    async def all_leveringen(self, after: int, limit: int) -> tuple[tuple[int, Levering], ...]:
        self._check_open()
        return tuple(islice(enumerate(self._leveringen.values(), 1), after, after + limit))

    async def taak(self, taak: str) -> Taak | None:
        self._check_open()
        return self._taken.get(taak)

    async def taak_by_sleutel(self, partij: str, sleutel: str) -> Taak | None:
        self._check_open()
        found = self._sleutels.get((partij, sleutel))
        return None if found is None else self._taken[found]

    async def taken(self, partij: str, after: int, limit: int) -> tuple[tuple[int, Taak], ...]:
        self._check_open()
        found = [(n, t) for n, t in enumerate(self._taken.values(), 1) if t.partij == partij and _is_open(t)]
        return tuple((n, t) for n, t in found if n > after)[:limit]

    async def taken_of(self, leerling: str) -> tuple[Taak, ...]:
        self._check_open()
        return tuple(t for t in self._taken.values() if t.leerling == leerling and _is_open(t))

    async def taken_due(self, now: dt.datetime, limit: int) -> tuple[Taak, ...]:
        self._check_open()
        found = [
            t for t in self._taken.values() if _is_open(t) and t.uiterlijk <= now and t.geescaleerd_op is None
        ]
        return tuple(sorted(found, key=lambda t: t.uiterlijk)[:limit])

    async def to_look_at(
        self, today: dt.date, after: tuple[dt.date, str] | None, limit: int
    ) -> tuple[tuple[dt.date, LeerlingRow], ...]:
        self._check_open()
        due = sorted((day, leerling) for leerling, day in self._kijk_op.items() if day <= today)
        later = [key for key in due if after is None or key > after]
        return tuple((day, self._leerlingen[leerling]) for day, leerling in later[:limit])

    async def leerlingen(self, after: str, limit: int) -> tuple[LeerlingRow, ...]:
        self._check_open()
        later = sorted(ident for ident in self._leerlingen if ident > after)[:limit]
        return tuple(self._leerlingen[ident] for ident in later)

    async def all_uitwisselingen(self, after: int, limit: int) -> tuple[tuple[int, Uitwisseling], ...]:
        self._check_open()
        found = [(position, u) for u, position in self._uitwisselingen.values() if position > after]
        return tuple(found[:limit])

    async def answers(self, after: tuple[str, bytes] | None, limit: int) -> tuple[StoredAnswer, ...]:
        self._check_open()
        later = sorted(key for key in self._answers if after is None or key > after)[:limit]
        return tuple(self._answers[key] for key in later)

    async def stamped_from(self) -> int | None:
        self._check_open()
        return self._stamped_from

    async def adopt(self, adopted: Adopted) -> None:
        self._check_open()
        for ident, made in adopted.leerlingen.items():
            self._leerlingen[ident] = replace(
                self._leerlingen[ident], feitenhash=made.feitenhash, stamp=made.stamp
            )
        for levering in adopted.leveringen:
            if self._leveringen[levering.id].versie == levering.versie:
                self._leveringen[levering.id] = levering
        for sent in adopted.uitwisselingen:
            self._uitwisselingen[sent.id] = sent, self._uitwisselingen[sent.id][1]
        for answer in adopted.answers:
            self._answers[answer.partij, answer.key_hash] = answer
        for version, stamp in adopted.registers.items():
            if version == self._register.version:
                self._register = replace(self._register, stamp=stamp)
            elif version in self._past:
                self._past[version] = replace(self._past[version], stamp=stamp)
        if adopted.leaf is not None:
            (self._stamped_from,) = self._append((adopted.leaf,))
        self.commits += 1

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
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...]
    ) -> bool:
        self._check_open()
        if self._register.version != expected_version:
            return False
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

    async def last_entry(self, soort: EventType) -> Entry | None:
        self._check_open()
        return next((entry for entry in reversed(self._entries) if entry.soort is soort), None)

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
            raise LogBroken("a checkpoint does not lie between the last one and the present size")
        self._checkpoint = checkpoint
        self.commits += 1

    def leaf_hashes(self, start: int, end: int) -> list[bytes]:
        """For adapters/ledger/tree.py, as is `nodes`."""
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

    def _klaar(self, ontvanger: str) -> list[Levering]:
        found = [
            row
            for row in self._leveringen.values()
            if row.ontvanger == ontvanger and row.status is Leveringstatus.KLAAR
        ]
        return sorted(found, key=_positie)

    def _holds(self, change: Change) -> bool:
        if (new := change.new_leerling) is not None and (new.partij, new.blind_index) in self._indexes:
            return False
        if (expect := change.expect) is not None:
            row = self._leerlingen.get(expect.leerling)
            if row is None or row.epoch != expect.epoch or expect.volgnummer not in (None, row.volgnummer):
                return False
        for write in change.leveringen:
            stored = self._leveringen.get(write.levering.id)
            if (stored.versie if stored else None) != write.expected:
                return False
        for made in change.taken:
            present = self._present_taak(made.taak)
            if (present.versie if present else None) != made.expected:
                return False
        return True

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
                new.blind_index,
            )
            self._indexes[new.partij, new.blind_index] = new.id
            self._link(new.partij, new.ref, new.id)
        elif (expect := change.expect) is not None and (counted or expect.draw):
            row = self._leerlingen[expect.leerling]
            self._leerlingen[row.id] = replace(row, epoch=row.epoch + counted, volgnummer=row.volgnummer + 1)
        for fact in change.facts:
            self._facts[fact.id] = fact
        target = change.new_leerling.id if change.new_leerling else change.expect and change.expect.leerling
        if stempel is not None and target:
            self._leerlingen[target] = replace(
                self._leerlingen[target], feitenhash=stempel.feitenhash, stamp=stempel.stamp
            )
        if change.kijk_op is not None and target:
            self._kijk_op[target] = change.kijk_op

    def _link(self, partij: str, ref: str, leerling: str) -> None:
        if self._known.setdefault((leerling, partij), ref) == ref:
            self._refs[partij, ref] = leerling

    def _write_levering(self, write: LeveringWrite) -> None:
        if write.enqueue:
            self._positie += 1
        levering = placed(write, self._positie if write.enqueue else None)
        self._leveringen[levering.id] = levering
        self._events[levering.id].append(write.event)
        if write.content is not None:
            self._contents[levering.id] = write.content
        if write.drop_content:
            self._contents.pop(levering.id, None)

    def _append(self, leaves: tuple[Leaf, ...]) -> tuple[int, ...]:
        size = self._frontier.size
        hashes = [leaf_hash(leaf.canonical) for leaf in leaves]
        tiles = tiles_completed(size, hashes, self)
        self._frontier = self._frontier.extend(hashes)
        self._entries += [
            Entry(position, leaf.soort, leaf.canonical, hashed)
            for position, (leaf, hashed) in enumerate(zip(leaves, hashes, strict=True), size)
        ]
        for tile in tiles:
            self._nodes[tile.level].append(tile.hash)
        return tuple(range(size, size + len(leaves)))


def _positie(row: Levering) -> int:
    return 0 if row.positie is None else row.positie


def _is_open(taak: Taak) -> bool:
    return taak.status is Taakstatus.OPEN


def _is_due(row: Levering, now: dt.datetime, max_takes: int) -> bool:
    lapsed = row.lease_tot is not None and row.lease_tot <= now
    return (row.status in OPEN and row.vervalt_op <= now) or (
        row.status is Leveringstatus.KLAAR and lapsed and row.opgehaald >= max_takes
    )
