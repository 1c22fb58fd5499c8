"""What the ledger says, what is stored and what the clients saw are one story: read after a crash test."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from gateway.runtime.settings import Settings
from gateway.wiring import Keys, stored_checkpoints, verify_ledger, vkey_of
from tests.faults.load import Book


def rows(settings: Settings, sql: LiteralString) -> list[Any]:
    """From whichever database the settings name, beside what runs on it."""
    if settings.shared:
        with psycopg.connect(settings.database) as shared:
            return shared.execute(sql).fetchall()
    with closing(sqlite3.connect(settings.sqlite_path)) as file:
        return file.execute(sql).fetchall()


def verify(settings: Settings, book: Book) -> int:
    """The whole log against every checkpoint that was signed, kept or handed out; its length."""
    notes = {int(note.split("\n")[1]): note for note in stored_checkpoints(settings)}
    notes = dict(sorted((book.checkpoints | notes).items()))
    key = vkey_of(Keys.load(settings.keys), settings.log_name)
    report, size = verify_ledger(settings.database, key, notes.values())
    assert report.findings == ()
    assert size >= max(notes)
    return size


@dataclass(frozen=True)
class Row:
    """Of a levering, as it is stored at the end."""

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
    for levering, row in leveringen.items():
        _one(book, row, at[levering], outcome[levering], len(entries))
    _in_order(leveringen, at)
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
    assert len(intents) >= len(book.payloads.get(row.id, ())), "every take has an intent"
    assert known["exchange.decided"][0] < min(intents, default=size)
    assert (row.status == "afgeleverd") == (len(delivered) == 1) == (row.id in book.signed)
    assert not delivered or intents[0] < delivered[0]
    assert row.status in ("afgeleverd", "aangehouden", "geweigerd", "ingetrokken")
    if outcome.startswith("PERMIT"):
        assert book.payloads.get(row.id), f"{row.id} was permitted and never delivered"
        assert row.id in book.signed


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
