"""The statements of one SQLite transaction that many changes share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Concatenate, Final, ParamSpec, TypeVar

from adapters.ledger.tree import Frontier, leaf_hash, tiles_completed
from adapters.stores.changes import (
    Present,
    as_expected,
    check_change,
    check_taak,
    check_write,
    closed_at,
    placed,
)
from adapters.stores.moments import moment
from adapters.stores.sqlite import claims
from adapters.stores.sqlite.engine import sqlite3
from adapters.stores.sqlite.rows import Rows
from adapters.stores.stored import ANSWER, stored_answer
from schemas.account.verantwoording import Leaf
from schemas.base import Model
from schemas.errors import LedgerBroken
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Leveringstatus, Uitwisseling
from schemas.storage.storage import (
    FIRST_TAAK,
    WHOLE,
    Adopted,
    AlreadyAnswered,
    Change,
    CommitResult,
    Committed,
    Job,
    Leerlingstempel,
    LeveringWrite,
    Moved,
    NewLeerling,
    Portion,
    Register,
    StoredAnswer,
    StoredCheckpoint,
    StoredFact,
    TaakWrite,
    Unchanged,
    Under,
    ZaakWrite,
)

P = ParamSpec("P")
T = TypeVar("T")
MAX_ROWS: Final = 1_000
"""No statement returns more rows of a list than this, whatever it is asked: they run on the event loop."""
_EXPIRED_AT_ONCE: Final = 16
"""Expired token ids removed per claim: more than come in, and few enough not to be felt."""

FIND_ANSWER: Final = f"{ANSWER} WHERE partij = ? AND key_hash = ?"


class Transaction:
    """Changes in the order in which they come. Each checks everything first and writes only after that.

    A later change in the transaction sees what an earlier one wrote. Nothing is durable, and no result may be
    told, before the caller has committed.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """`connection` holds the write lock, so the sizes that are read here are right although another
        process may have appended.
        """
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
        if any(_versie(self._present(same.levering)[1]) != same.versie for same in change.unchanged):
            return Moved()
        taken = [(made, self._present_taak(made.taak)) for made in change.taken]
        if any(_versie(present) != made.expected for made, present in taken):
            return Moved()
        if any(self._present_zaak(zaak.row.id) != zaak.expected for zaak in change.zaken):
            return Moved()
        for write, (_, present) in pairs:
            check_write(write, present)
        for made, stored in taken:
            check_taak(made.taak, stored)
        return Committed(self._write(change, [(write, n) for write, (n, _) in pairs]))

    def _write(self, change: Change, leveringen: list[tuple[LeveringWrite, int | None]]) -> tuple[str, ...]:
        self.wrote = True
        self._leaves += change.leaves
        leaves = tuple(leaf.id for leaf in change.leaves)
        self._write_leerling(change, leaves)
        for sent in change.accepted:
            self._insert_uitwisseling(sent.uitwisseling, sent.leaves)
        for write, n in leveringen:
            self._write_levering(write, n, change.under)
        for same in change.unchanged:
            self._mark(same, change.under)
        if (link := change.koppeling) is not None:
            self._db.execute(
                "INSERT INTO koppeling (partij, ref, leerling, levering) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (leerling, partij) DO NOTHING",
                (link.partij, link.ref, link.leerling, link.levering),
            )
        for made in change.taken:
            self._write_taak(made)
        for zaak in change.zaken:
            self._write_zaak(zaak)
        if change.answer is not None:
            self._insert_answer(change.answer)
        return leaves

    def apply_register(
        self, register: Register, expected_version: int, leaves: tuple[Leaf, ...], *, look_again: bool
    ) -> bool:
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
        if look_again:
            self._db.execute(
                "UPDATE leerling SET kijk_op = 1 WHERE id IN"
                " (SELECT leerling FROM levering WHERE status = 'klaar')"
            )
        self._leaves += leaves
        return True

    def claim_due(self, portion: Portion, max_takes: int) -> tuple[str, ...]:
        at, free, limit = moment(portion.now), claims.free(Job.EXPIRE, portion), _rows(portion)
        values = (at, at, *free, limit, max_takes, at, *free, limit, limit)
        return self._claimed(Job.EXPIRE, portion, claims.DUE, values)

    def claim_held(self, portion: Portion, under: Under) -> tuple[str, ...]:
        free, limit = claims.free(Job.REDECIDE, portion), _rows(portion)
        values = (str(under), *free, limit, str(under), *free, limit, limit)
        return self._claimed(Job.REDECIDE, portion, claims.HELD, values)

    def claim_looks(self, portion: Portion, today: dt.date) -> tuple[str, ...]:
        values = (today.toordinal(), *claims.free(Job.LOOK, portion), _rows(portion))
        return self._claimed(Job.LOOK, portion, claims.LOOKS, values)

    def claim_taken(self, portion: Portion) -> tuple[str, ...]:
        values = (moment(portion.now), *claims.free(Job.ESCALATE, portion), _rows(portion))
        return self._claimed(Job.ESCALATE, portion, claims.TAKEN, values)

    def claim_job(self, job: Job, portion: Portion) -> bool:
        if not claims.is_free(self._db, job, WHOLE, moment(portion.now)):
            return False
        self.wrote = True
        claims.keep(self._db, job, portion, (WHOLE,))
        return True

    def give_back(self, job: Job, ids: Sequence[str]) -> None:
        self.wrote = True
        claims.give_back(self._db, job, ids)

    def write(
        self, statement: Callable[Concatenate[sqlite3.Connection, P], T], *values: P.args, **named: P.kwargs
    ) -> T:
        """A statement of purge.py or lookalikes.py."""
        self.wrote = True
        return statement(self._db, *values, **named)

    def _claimed(self, job: Job, portion: Portion, sql: str, values: Sequence[object]) -> tuple[str, ...]:
        found = tuple(ident for (ident,) in self._db.execute(sql, values).fetchall())
        if found:
            self.wrote = True
            claims.keep(self._db, job, portion, found)
        return found

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
            self._leaves.append(adopted.leaf)
            self._db.execute("UPDATE state SET stamped_from = ?", (adopted.leaf.id,))

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
            raise LedgerBroken("a checkpoint does not lie between the last one and the present size")
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
            "INSERT INTO entry (position, leaf_hash, soort, canonical, detail, id) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (position, hashed, leaf.soort.value, leaf.canonical, leaf.detail, leaf.id)
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
        if change.of_register not in {None, self._register}:
            return False
        if (new := change.new_leerling) is not None:
            known = self._db.execute(
                "SELECT 1 FROM leerling WHERE owner = ? AND blind_index = ?", (new.partij, new.blind_index)
            ).fetchone()
            if known is not None:
                return False
        if (expect := change.expect) is not None:
            row = self._db.execute(
                "SELECT epoch, volgnummer, accepted FROM leerling WHERE id = ?", (expect.leerling,)
            ).fetchone()
            if row is None or not as_expected(expect, *row):
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
        """The taak with this occasion: one with another id for the same occasion was made meanwhile."""
        row = self._db.execute(
            "SELECT json FROM taak WHERE partij = ? AND sleutel = ?", (taak.partij, taak.sleutel)
        ).fetchone()
        return None if row is None else Taak.model_validate_json(row[0])

    def _present_zaak(self, zaak: str) -> int | None:
        row = self._db.execute("SELECT versie FROM zaak WHERE id = ?", (zaak,)).fetchone()
        return None if row is None else int(row[0])

    def _write_zaak(self, write: ZaakWrite) -> None:
        z = write.row
        ended = None if z.vergeten_op is None else moment(z.vergeten_op)
        self._db.execute(
            "INSERT INTO zaak (id, soort, leerling, versie, key, content, stamp, vergeten_op)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET versie = excluded.versie,"
            " key = excluded.key, content = excluded.content, stamp = excluded.stamp,"
            " vergeten_op = excluded.vergeten_op",
            (z.id, z.soort, z.leerling, z.versie, z.sealed.key, z.sealed.content, z.stamp, ended),
        )
        for partij in write.partijen:
            self._db.execute(
                "INSERT INTO zaakpartij (partij, zaak, nummer) VALUES (?, ?, ?)"
                " ON CONFLICT (partij, zaak) DO NOTHING",
                (partij, z.id, self._draw(partij, "zaak", 1)),
            )

    def _write_taak(self, made: TaakWrite) -> None:
        taak = made.taak
        values = (
            taak.status.value,
            moment(taak.uiterlijk),
            int(taak.geescaleerd_op is not None),
            _json(taak),
            None if (closed := closed_at(taak)) is None else moment(closed),
            taak.id,
        )
        if made.expected is None:
            self._db.execute(
                "INSERT INTO taak (status, uiterlijk, geescaleerd, json, gesloten, id, partij, nummer,"
                " sleutel, leerling) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *values,
                    taak.partij,
                    self._draw(taak.partij, "taak", FIRST_TAAK),
                    taak.sleutel,
                    taak.leerling,
                ),
            )
            return
        self._db.execute(
            "UPDATE taak SET status = ?, uiterlijk = ?, geescaleerd = ?, json = ?, gesloten = ? WHERE id = ?",
            values,
        )
        claims.end(self._db, taak.id)

    def _insert_uitwisseling(self, exchange: Uitwisseling, leaves: tuple[str, ...]) -> None:
        self._db.execute(
            "INSERT INTO uitwisseling (id, afzender, nummer, leaves, json) VALUES (?, ?, ?, ?, ?)",
            (
                exchange.id,
                exchange.afzender,
                self._draw(exchange.afzender, "uitwisseling", 1),
                " ".join(leaves),
                _json(exchange),
            ),
        )
        self._db.execute("UPDATE leerling SET accepted = accepted + 1 WHERE id = ?", (exchange.leerling,))

    def _draw(self, partij: str, soort: str, first: int) -> int:
        """The next number to page by of one partij, the first of which is `first`."""
        (drawn,) = self._db.execute(
            "INSERT INTO nummer (partij, soort, laatste) VALUES (?, ?, ?)"
            " ON CONFLICT (partij, soort) DO UPDATE SET laatste = laatste + 1 RETURNING laatste",
            (partij, soort, first),
        ).fetchone()
        return int(drawn)

    def _write_leerling(self, change: Change, leaves: tuple[str, ...]) -> None:
        counted = bool(change.facts)
        if change.new_leerling is not None:
            self._insert_leerling(change.new_leerling, int(counted), change.stempel)
        elif (expect := change.expect) is not None and (counted or expect.draw):
            self._db.execute(
                "UPDATE leerling SET epoch = epoch + ?, volgnummer = volgnummer + 1,"
                " feitenhash = coalesce(?, feitenhash), stamp = coalesce(?, stamp) WHERE id = ?",
                (int(counted), *_stamped(change.stempel), expect.leerling),
            )
        for fact, leaf in zip_longest(change.facts, leaves[: len(change.facts)]):
            self._insert_fact(fact, leaf)
        if change.kijk_op is not None:
            target = change.new_leerling or change.expect
            assert target is not None, "check_change looked"
            leerling = target.id if isinstance(target, NewLeerling) else target.leerling
            self._db.execute(
                "UPDATE leerling SET kijk_op = ? WHERE id = ?", (change.kijk_op.toordinal(), leerling)
            )
            claims.end(self._db, leerling)

    def _insert_leerling(self, new: NewLeerling, counted: int, stempel: Leerlingstempel | None) -> None:
        self._db.execute(
            "INSERT INTO leerling (id, owner, blind_index, ref, key, identity_key, identity_content, epoch,"
            " volgnummer, lookalike, feitenhash, stamp) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                new.lookalike,
                *_stamped(stempel),
            ),
        )
        self._db.execute(
            "INSERT INTO koppeling (partij, ref, leerling) VALUES (?, ?, ?)", (new.partij, new.ref, new.id)
        )

    def _insert_fact(self, fact: StoredFact, leaf: str | None) -> None:
        self._db.execute(
            "INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content, leaf)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fact.id,
                fact.leerling,
                fact.kind,
                fact.recorded_by,
                moment(fact.recorded_at),
                fact.sealed.key,
                fact.sealed.content,
                leaf,
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

    def _write_levering(self, write: LeveringWrite, n: int | None, under: Under | None) -> None:
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
            "" if under is None else str(under),
            moment(write.event.op),
        )
        if n is None:
            n = self._db.execute(
                "INSERT INTO levering (status, positie, vervalt_op, lease_tot, opgehaald, overgedragen,"
                " versie, json, decided_under, telt_op, id, uitwisseling, leerling, afzender, ontvanger)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *values,
                    levering.id,
                    levering.uitwisseling,
                    levering.leerling,
                    levering.afzender,
                    levering.ontvanger,
                ),
            ).lastrowid
        else:
            self._db.execute(
                "UPDATE levering SET status = ?, positie = ?, vervalt_op = ?, lease_tot = ?, opgehaald = ?,"
                " overgedragen = ?, versie = ?, json = ?,"
                " decided_under = coalesce(nullif(?, ''), decided_under),"
                " telt_op = CASE overgedragen WHEN 1 THEN telt_op ELSE ? END WHERE n = ?",
                (*values, n),
            )
            claims.end(self._db, levering.id)
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

    def _mark(self, same: Unchanged, under: Under | None) -> None:
        self._db.execute("UPDATE levering SET decided_under = ? WHERE id = ?", (str(under), same.levering))
        claims.end(self._db, same.levering)


def _rows(portion: Portion) -> int:
    return max(0, min(portion.limit, MAX_ROWS))


def _stamped(stempel: Leerlingstempel | None) -> tuple[bytes | None, bytes | None]:
    return (None, None) if stempel is None else (stempel.feitenhash, stempel.stamp)


def _versie(present: Present | Taak | None) -> int | None:
    return None if present is None else present.versie


def _json(model: Model) -> str:
    """JSON of a model. One that was copied into a shape that cannot be read again fails here, before it is
    stored.
    """
    return model.model_dump_json(warnings="error")
