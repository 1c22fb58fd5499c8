"""The statements of one SQLite transaction that many changes share."""

from __future__ import annotations

import datetime as dt
import sqlite3
from itertools import zip_longest
from typing import Final

from adapters.ledger.tree import Frontier, leaf_hash, tiles_completed
from adapters.stores.changes import Present, check_change, check_taak, check_write, placed
from adapters.stores.sqlite.rows import Rows, instant, moment
from schemas.account.verantwoording import Leaf
from schemas.base import Model
from schemas.errors import LogBroken
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.storage.storage import (
    Adopted,
    AlreadyAnswered,
    Change,
    CommitResult,
    Committed,
    Leerlingstempel,
    LeveringWrite,
    Moved,
    NewLeerling,
    Register,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
)

_EXPIRED_AT_ONCE: Final = 16
"""Expired token ids removed per claim: more than come in, and few enough not to be felt."""

FIND_ANSWER: Final = (
    "SELECT partij, key_hash, request_hash, status, body, at, stamp FROM answer"
    " WHERE partij = ? AND key_hash = ?"
)


def stored_answer(row: tuple[str, bytes, bytes, int, bytes, int, bytes | None]) -> StoredAnswer:
    return StoredAnswer(*row[:5], at=instant(row[5]), stamp=row[6] or b"")


class Transaction:
    """Changes in the order in which they come; each checks everything first and writes only then.

    What came earlier in the same transaction is seen by what comes later. Nothing is durable, and no
    result may be told, before the caller has committed.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """`connection` holds the write lock: sizes are read here, another process may have appended."""
        self._db = connection
        frontier, self._positie, self._register = connection.execute(
            "SELECT frontier, positie, register_version FROM state"
        ).fetchone()
        self._frontier = Frontier.from_bytes(frontier)
        self._first_positie = self._positie
        self._leaves: list[Leaf] = []
        self.wrote = False

    def apply(self, change: Change) -> CommitResult:
        check_change(change)
        if (answer := change.answer) is not None:
            row = self._db.execute(FIND_ANSWER, (answer.partij, answer.key_hash)).fetchone()
            if row is not None:
                return AlreadyAnswered(stored_answer(row))
        if not self._holds(change):
            return Moved()
        found = [self._present(write.levering.id) for write in change.leveringen]
        pairs = list(zip(change.leveringen, found, strict=True))
        if any(_versie(present) != write.expected for write, (_, present) in pairs):
            return Moved()
        taken = [(made, self._present_taak(made.taak)) for made in change.taken]
        if any(_versie(present) != made.expected for made, present in taken):
            return Moved()
        for write, (_, present) in pairs:
            check_write(write, present)
        for made, stored in taken:
            check_taak(made.taak, stored)
        return Committed(self._write(change, [(write, n) for write, (n, _) in pairs]))

    def _write(self, change: Change, leveringen: list[tuple[LeveringWrite, int | None]]) -> tuple[int, ...]:
        self.wrote = True
        positions = self._append(change.leaves)
        self._write_leerling(change, positions)
        if (exchange := change.uitwisseling) is not None:
            self._db.execute(
                "INSERT INTO uitwisseling (position, id, afzender, json) VALUES (?, ?, ?, ?)",
                (positions[0], exchange.id, exchange.afzender, _json(exchange)),
            )
        for write, n in leveringen:
            self._write_levering(write, n)
        if (link := change.koppeling) is not None:
            self._db.execute(
                "INSERT INTO koppeling (partij, ref, leerling, levering) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (leerling, partij) DO NOTHING",
                (link.partij, link.ref, link.leerling, link.levering),
            )
        for made in change.taken:
            self._write_taak(made.taak)
        if change.answer is not None:
            self._insert_answer(change.answer)
        return positions

    def apply_register(self, register: Register, expected_version: int, leaves: tuple[Leaf, ...]) -> bool:
        if self._register != expected_version:
            return False
        self.wrote = True
        self._db.execute(
            "INSERT INTO register_past (version, kind, id, json) SELECT ?, kind, id, json FROM register",
            (self._register,),
        )
        self._db.execute(
            "INSERT INTO register_past_stamp (version, stamp) SELECT ?, register_stamp FROM state"
            " WHERE register_stamp IS NOT NULL",
            (self._register,),
        )
        self._register += 1
        self._db.execute("DELETE FROM register")
        self._db.executemany(
            "INSERT INTO register (kind, id, json) VALUES (?, ?, ?)",
            [(kind, key, text) for kind, rows in register.soorten.items() for key, text in rows.items()],
        )
        self._db.execute(
            "UPDATE state SET register_version = ?, register_stamp = ?", (self._register, register.stamp)
        )
        self._append(leaves)
        return True

    def adopt(self, adopted: Adopted) -> None:
        self.wrote = True
        self._db.executemany(
            "UPDATE leerling SET feitenhash = ?, stamp = ? WHERE id = ?",
            [(made.feitenhash, made.stamp, ident) for ident, made in adopted.leerlingen.items()],
        )
        self._db.executemany(
            "UPDATE levering SET json = ? WHERE id = ? AND versie = ?",
            [(_json(v), v.id, v.versie) for v in adopted.leveringen],
        )
        self._db.executemany(
            "UPDATE uitwisseling SET json = ? WHERE id = ?",
            [(_json(u), u.id) for u in adopted.uitwisselingen],
        )
        self._db.executemany(
            "UPDATE answer SET stamp = ? WHERE partij = ? AND key_hash = ?",
            [(a.stamp, a.partij, a.key_hash) for a in adopted.answers],
        )
        for version, stamp in adopted.registers.items():
            if version == self._register:
                self._db.execute("UPDATE state SET register_stamp = ?", (stamp,))
            else:
                self._db.execute(
                    "INSERT OR REPLACE INTO register_past_stamp (version, stamp) VALUES (?, ?)",
                    (version, stamp),
                )
        if adopted.leaf is not None:
            (position,) = self._append((adopted.leaf,))
            self._db.execute("UPDATE state SET stamped_from = ?", (position,))

    def claim_jti(self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime) -> bool:
        until, present = moment(expires), moment(now)
        if until <= present:
            return False
        row = self._db.execute(
            "SELECT expires FROM jti WHERE client = ? AND jti_hash = ?", (client, jti_hash)
        ).fetchone()
        if row is not None and row[0] > present:
            return False
        self.wrote = True
        self._db.execute(
            "INSERT OR REPLACE INTO jti (client, jti_hash, expires) VALUES (?, ?, ?)",
            (client, jti_hash, until),
        )
        self._db.execute(
            "DELETE FROM jti WHERE (client, jti_hash) IN"
            " (SELECT client, jti_hash FROM jti WHERE expires <= ? ORDER BY expires LIMIT ?)",
            (present, _EXPIRED_AT_ONCE),
        )
        return True

    def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        row = self._db.execute("SELECT size FROM checkpoint").fetchone()
        if not (row[0] if row else 0) <= checkpoint.size <= self._frontier.size + len(self._leaves):
            raise LogBroken("a checkpoint does not lie between the last one and the present size")
        self.wrote = True
        self._db.execute(
            "INSERT OR REPLACE INTO checkpoint (id, size, note) VALUES (1, ?, ?)",
            (checkpoint.size, checkpoint.note),
        )

    def finish(self) -> None:
        """Write what the changes share: the ledger rows, the tree and the counters."""
        if not self._leaves:
            self._save_counters()
            return
        size = self._frontier.size
        hashes = [leaf_hash(leaf.canonical) for leaf in self._leaves]
        tiles = tiles_completed(
            size, hashes, Rows(lambda sql, values: self._db.execute(sql, values).fetchall())
        )
        self._frontier = self._frontier.extend(hashes)
        self._db.executemany(
            "INSERT INTO entry (position, leaf_hash, soort, canonical, detail) VALUES (?, ?, ?, ?, ?)",
            [
                (position, hashed, leaf.soort.value, leaf.canonical, leaf.detail)
                for position, (hashed, leaf) in enumerate(zip(hashes, self._leaves, strict=True), size)
            ],
        )
        self._db.executemany(
            "INSERT INTO node (level, idx, hash) VALUES (?, ?, ?)",
            [(tile.level, tile.index, tile.hash) for tile in tiles],
        )
        self._save_counters()

    def _save_counters(self) -> None:
        if self._leaves or self._positie != self._first_positie:
            self._db.execute(
                "UPDATE state SET frontier = ?, positie = ?", (self._frontier.to_bytes(), self._positie)
            )

    def _holds(self, change: Change) -> bool:
        if (new := change.new_leerling) is not None:
            known = self._db.execute(
                "SELECT 1 FROM leerling WHERE owner = ? AND blind_index = ?", (new.partij, new.blind_index)
            ).fetchone()
            if known is not None:
                return False
        if (expect := change.expect) is not None:
            row = self._db.execute(
                "SELECT epoch, volgnummer FROM leerling WHERE id = ?", (expect.leerling,)
            ).fetchone()
            if row is None or row[0] != expect.epoch or expect.volgnummer not in (None, row[1]):
                return False
        return True

    def _present(self, levering: str) -> tuple[int | None, Present | None]:
        row = self._db.execute(
            "SELECT n, versie, status, positie FROM levering WHERE id = ?", (levering,)
        ).fetchone()
        if row is None:
            return None, None
        return row[0], Present(row[1], Leveringstatus(row[2]), row[3])

    def _present_taak(self, taak: Taak) -> Taak | None:
        """By its occasion: another id for the same one is a taak that was made meanwhile."""
        row = self._db.execute(
            "SELECT json FROM taak WHERE partij = ? AND sleutel = ?", (taak.partij, taak.sleutel)
        ).fetchone()
        return None if row is None else Taak.model_validate_json(row[0])

    def _write_taak(self, taak: Taak) -> None:
        self._db.execute(
            "INSERT INTO taak (id, partij, sleutel, leerling, status, uiterlijk, geescaleerd, json)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status,"
            " uiterlijk = excluded.uiterlijk, geescaleerd = excluded.geescaleerd, json = excluded.json",
            (
                taak.id,
                taak.partij,
                taak.sleutel,
                taak.leerling,
                taak.status.value,
                moment(taak.uiterlijk),
                int(taak.geescaleerd_op is not None),
                _json(taak),
            ),
        )

    def _append(self, leaves: tuple[Leaf, ...]) -> tuple[int, ...]:
        start = self._frontier.size + len(self._leaves)
        self._leaves += leaves
        return tuple(range(start, start + len(leaves)))

    def _write_leerling(self, change: Change, positions: tuple[int, ...]) -> None:
        counted = bool(change.facts)
        if change.new_leerling is not None:
            self._insert_leerling(change.new_leerling, int(counted), change.stempel)
        elif (expect := change.expect) is not None and (counted or expect.draw):
            self._db.execute(
                "UPDATE leerling SET epoch = epoch + ?, volgnummer = volgnummer + 1,"
                " feitenhash = coalesce(?, feitenhash), stamp = coalesce(?, stamp) WHERE id = ?",
                (int(counted), *_stamped(change.stempel), expect.leerling),
            )
        for fact, position in zip_longest(change.facts, positions[: len(change.facts)]):
            self._insert_fact(fact, position)
        if change.kijk_op is not None:
            target = change.new_leerling or change.expect
            assert target is not None, "check_change looked"
            leerling = target.id if isinstance(target, NewLeerling) else target.leerling
            self._db.execute(
                "UPDATE leerling SET kijk_op = ? WHERE id = ?", (change.kijk_op.toordinal(), leerling)
            )

    def _insert_leerling(self, new: NewLeerling, counted: int, stempel: Leerlingstempel | None) -> None:
        self._db.execute(
            "INSERT INTO leerling (id, owner, blind_index, ref, key, identity_key, identity_content, epoch,"
            " volgnummer, feitenhash, stamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new.id,
                new.partij,
                new.blind_index,
                new.ref,
                new.key,
                new.identity.key,
                new.identity.content,
                counted,
                counted,
                *_stamped(stempel),
            ),
        )
        self._db.execute(
            "INSERT INTO koppeling (partij, ref, leerling) VALUES (?, ?, ?)", (new.partij, new.ref, new.id)
        )

    def _insert_fact(self, fact: StoredFact, position: int | None) -> None:
        self._db.execute(
            "INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content, position)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fact.id,
                fact.leerling,
                fact.kind,
                fact.recorded_by,
                moment(fact.recorded_at),
                fact.sealed.key,
                fact.sealed.content,
                position,
            ),
        )

    def _insert_answer(self, answer: StoredAnswer) -> None:
        self._db.execute(
            "INSERT INTO answer (partij, key_hash, request_hash, status, body, at, stamp)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                answer.partij,
                answer.key_hash,
                answer.request_hash,
                answer.status,
                answer.body,
                moment(answer.at),
                answer.stamp,
            ),
        )

    def _write_levering(self, write: LeveringWrite, n: int | None) -> None:
        if write.enqueue:
            self._positie += 1
        levering = placed(write, self._positie if write.enqueue else None)
        values = (
            levering.status.value,
            levering.positie,
            moment(levering.vervalt_op),
            None if levering.lease_tot is None else moment(levering.lease_tot),
            levering.opgehaald,
            int(levering.overgedragen is not None),
            levering.versie,
            _json(levering),
        )
        if n is None:
            n = self._db.execute(
                "INSERT INTO levering (status, positie, vervalt_op, lease_tot, opgehaald, overgedragen,"
                " versie, json, id, uitwisseling, leerling, ontvanger)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, levering.id, levering.uitwisseling, levering.leerling, levering.ontvanger),
            ).lastrowid
        else:
            self._db.execute(
                "UPDATE levering SET status = ?, positie = ?, vervalt_op = ?, lease_tot = ?, opgehaald = ?,"
                " overgedragen = ?, versie = ?, json = ? WHERE n = ?",
                (*values, n),
            )
        self._db.execute(
            "INSERT INTO event (levering, volgnummer, json) VALUES (?, ?, ?)",
            (n, write.event.volgnummer, _json(write.event)),
        )
        if (content := write.content) is not None:
            self._db.execute(
                "INSERT INTO content (levering, key, content) VALUES (?, ?, ?)"
                " ON CONFLICT (levering) DO UPDATE SET key = excluded.key, content = excluded.content",
                (n, content.key, content.content),
            )
        if write.drop_content:
            self._db.execute("DELETE FROM content WHERE levering = ?", (n,))


def _stamped(stempel: Leerlingstempel | None) -> tuple[bytes | None, bytes | None]:
    return (None, None) if stempel is None else (stempel.feitenhash, stempel.stamp)


def _versie(present: Present | Taak | None) -> int | None:
    return None if present is None else present.versie


def _json(model: Model) -> str:
    """A model that was copied into a shape it cannot be read from fails here, before it is stored."""
    return model.model_dump_json(warnings="error")
