"""What the ledger says, what is stored and what the clients saw are one story: read after a crash test."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from gateway.explain.views import moment
from gateway.runtime.settings import Settings
from gateway.wiring import Keys, Note, anchor_of, verify_ledger, vkey_of
from schemas.exchange.uitwisseling import Gebeurtenissoort, Leveringgebeurtenis
from tests.faults.load import Book
from tests.faults.processes import START_SECONDS


def rows(settings: Settings, sql: LiteralString) -> list[Any]:
    """From whichever database the settings name, beside what runs on it."""
    if settings.shared:
        with psycopg.connect(settings.database) as shared:
            return shared.execute(sql).fetchall()
    with closing(sqlite3.connect(settings.sqlite_path)) as file:
        return file.execute(sql).fetchall()


def wait_placed(settings: Settings) -> None:
    """Until every leaf has its place and is signed for: on PostgreSQL a worker sees to that."""
    deadline = time.monotonic() + START_SECONDS
    while settings.shared:
        waiting = rows(settings, "SELECT count(*) FROM leaf_waiting")[0][0]
        size = rows(settings, "SELECT count(*) FROM entry")[0][0]
        signed = rows(settings, "SELECT size FROM checkpoint")[0][0]
        if not waiting and signed == size:
            return
        assert time.monotonic() < deadline, f"{waiting} leaves wait, {signed} of {size} are signed"
        time.sleep(0.05)


def verify(settings: Settings, book: Book) -> int:
    """The whole log against every checkpoint that was signed, kept or handed out; its length."""
    given = [Note(f"bewaard {size}", note) for size, note in sorted(book.checkpoints.items())]
    key = vkey_of(Keys.load(settings.keys), settings.log_name)
    checked = verify_ledger(settings.database, key, given, anchor=anchor_of(settings))
    assert checked.report.findings == ()
    assert checked.size >= max(used.size for used in checked.used)
    return checked.size


@dataclass(frozen=True)
class Row:
    """A levering as it is stored at the end."""

    id: str
    leerling: str
    ontvanger: str
    status: str


def one_story(settings: Settings, book: Book) -> None:
    """Every promise to a client, held to the ledger and to what is stored, when nothing waits any more."""
    entries = rows(settings, "SELECT canonical, leaf_hash FROM entry ORDER BY position")
    stored = rows(settings, "SELECT id, leerling, ontvanger, status FROM levering")
    leveringen = {row[0]: Row(*row) for row in stored}
    hashes = {base64.b64encode(h).decode() for _, h in entries}
    assert book.leaves <= hashes, "a receipt names a leaf that is not in the ledger"
    at, outcome, facts = _read([json.loads(text) for text, _ in entries])
    for fact, withdrawal in book.recorded.items():
        assert facts[fact] == ("consent.withdrawn" if withdrawal else "consent.recorded")
    told = {v["id"] for p in book.pushes.values() for v in json.loads(p.answer or b"")["leveringen"]}
    assert set(leveringen) == told, "what is stored is what was accepted"
    taken = _taken(settings)
    for levering, row in leveringen.items():
        _one(book, row, at[levering], outcome[levering], len(entries))
        _each_take(settings, book, levering, taken.get(levering, []), at[levering])
    _in_order(leveringen, at)
    _as_sent(leveringen, book)
    assert not book.looks, "everything that was seen was held to what was seen before"
    assert book.came > len(leveringen) / 20, "the order of the postbus was hardly put to the test"
    assert sum(row.status == "afgeleverd" for row in leveringen.values()) > len(leveringen) / 4, (
        "the load did too little"
    )


Places = dict[str, list[int]]
"""By kind of leaf, its positions in the ledger."""


def _read(leaves: list[dict[str, Any]]) -> tuple[dict[str, Places], dict[str, str], dict[str, str]]:
    """Per levering where its leaves stand and how it was decided last, and the leaf of every fact."""
    at: dict[str, Places] = {}
    withdrawn: set[str] = set()
    facts: dict[str, str] = {}
    outcome: dict[str, str] = {}
    for position, leaf in enumerate(leaves):
        soort, leerling = leaf["soort"], leaf.get("leerlingRef", "")
        if soort == "consent.withdrawn":
            withdrawn.add(leerling)
        elif soort == "consent.recorded":
            withdrawn.discard(leerling)
        elif soort == "exchange.release_intent":
            assert leerling not in withdrawn, f"released at {position} after a withdrawal"
        if "feit" in leaf:
            facts[leaf["feit"]] = soort
        if "levering" in leaf:
            at.setdefault(leaf["levering"], {}).setdefault(soort, []).append(position)
            outcome[leaf["levering"]] = leaf.get("outcome", outcome.get(leaf["levering"], ""))
    return at, outcome, facts


def _one(book: Book, row: Row, known: Places, outcome: str, size: int) -> None:
    assert "exchange.decided" in known
    intents, delivered = known.get("exchange.release_intent", []), known.get("exchange.delivered", [])
    assert len(intents) >= len(book.takes.get(row.id, ())), "every take has an intent"
    assert known["exchange.decided"][0] < min(intents, default=size)
    assert (row.status == "afgeleverd") == (len(delivered) == 1) == (row.id in book.signed)
    assert not delivered or intents[0] < delivered[0]
    assert row.status in ("afgeleverd", "aangehouden", "geweigerd", "ingetrokken")
    if outcome.startswith("PERMIT"):
        assert book.takes.get(row.id), f"{row.id} was permitted and never delivered"
        assert row.id in book.signed


def _taken(settings: Settings) -> dict[str, list[dt.datetime]]:
    """By levering, when it was taken as its stored history says."""
    found: dict[str, list[dt.datetime]] = {}
    sql: LiteralString = (
        "SELECT l.id, e.json FROM levering l JOIN event e ON e.levering = l.n ORDER BY e.volgnummer"
    )
    for levering, text in rows(settings, sql):
        told = Leveringgebeurtenis.model_validate_json(text)
        if told.soort is Gebeurtenissoort.OPGEHAALD:
            found.setdefault(levering, []).append(told.op)
    return found


def _each_take(settings: Settings, book: Book, levering: str, taken: list[dt.datetime], at: Places) -> None:
    """Whatever was given stands in the account as an intent of its own, which came with that very take."""
    intents = len(at.get("exchange.release_intent", ()))
    assert len(taken) == intents, f"{levering} was taken {len(taken)} times and announced {intents} times"
    lease = dt.timedelta(minutes=settings.lease_minutes)
    moments = [moment(at + lease) for at in taken]
    for take in book.takes.get(levering, ()):
        assert take.lease in moments, f"{levering} was given without an intent"
        moments.remove(take.lease)


def _as_sent(leveringen: dict[str, Row], book: Book) -> None:
    """What the school heard of before it sent the next was signed for before that one was given."""
    lines: dict[tuple[str, str], list[str]] = {}
    for row in leveringen.values():
        if row.id in book.takes:
            lines.setdefault((row.leerling, row.ontvanger), []).append(row.id)
    for line in lines.values():
        heard = sorted((v for v in line if leveringen[v].status == "afgeleverd"), key=book.heard)
        signed, before = -1, 0
        for levering in sorted(line, key=lambda v: book.pushed[v].asked):
            while before < len(heard) and book.heard(heard[before]) < book.pushed[levering].asked:
                signed = max(signed, book.signing[heard[before]])
                before += 1
            assert book.takes[levering][0].heard > signed, f"{levering} was given before its turn"


def _in_order(leveringen: dict[str, Row], at: dict[str, Places]) -> None:
    """About one leerling a recipient signed for what came earlier before what came later left."""
    lines: dict[tuple[str, str], list[Row]] = {}
    for row in leveringen.values():
        if row.status == "afgeleverd":
            lines.setdefault((row.leerling, row.ontvanger), []).append(row)
    for line in lines.values():
        signed = -1
        for places in sorted((at[row.id] for row in line), key=_came):
            assert places["exchange.release_intent"][0] > signed, "one left before its turn"
            signed = places["exchange.delivered"][0]


def _came(places: Places) -> int:
    """Where the ledger says that it came into the postbus: the last decision before it first left."""
    first = places["exchange.release_intent"][0]
    return max(position for position in places["exchange.decided"] if position < first)
