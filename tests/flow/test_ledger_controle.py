"""`ozlijn ledger verify` over what a real gateway left: what is lost or changed is named, and how far it saw.

The log has a checkpoint half way, kept elsewhere and in the database. Everything that is done to it
afterwards is done to the database file.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.ledger.note import VerifierKey
from adapters.ledger.tree import Frontier, leaf_hash
from adapters.ledger.whole import check_whole
from adapters.local.anchor import FileAnchor
from adapters.local.keys import KeyLedgerSigner, Keys
from adapters.stores.sqlite.store import SqliteStorage
from gateway.cli.ledger import ledger_lines, ledger_told
from gateway.wiring import Checked, Note, verify_ledger
from tests.line import HELPER, NOWHERE, OTHER_HELPER, another, open_line, prepare

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Left:
    """What a day left: the file, the key, a checkpoint kept elsewhere, one of all lines, an earlier one."""

    path: Path
    vkey: str
    kept: Note
    whole: Note
    small: Note
    size: int
    covered: int

    def check(self, *notes: Note, anchor: Path | None = None) -> Checked:
        return verify_ledger(
            self.path, self.vkey, notes or (self.kept,), anchor=FileAnchor(anchor) if anchor else None
        )

    def change(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.path)) as db, db:
            for statement in statements:
                assert db.execute(statement).rowcount > 0, statement

    def ask(self, query: str) -> list[Row]:
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute(query).fetchall()

    def leaves(self) -> list[dict[str, Any]]:
        return [json.loads(text) for (text,) in self.ask("SELECT canonical FROM entry ORDER BY position")]

    def last(self, soort: str) -> int:
        return max(i for i, leaf in enumerate(self.leaves()) if leaf["soort"] == soort)

    def rewrite(self, position: int, old: str, new: str) -> None:
        """One line with other words and a hash that fits them: only what was remembered elsewhere tells."""
        (text,) = self.ask(f"SELECT canonical FROM entry WHERE position = {position}")[0]
        changed = text.replace(old.encode(), new.encode())
        assert changed != text
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute(
                "UPDATE entry SET canonical = ?, leaf_hash = ? WHERE position = ?",
                (changed, leaf_hash(changed), position),
            )

    def forget_lines(self, start: int) -> None:
        """The lines from there on are gone, and the head says there never were more."""
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute("DELETE FROM entry WHERE position >= ?", (start,))
            hashes = [h for (h,) in db.execute("SELECT leaf_hash FROM entry ORDER BY position")]
            db.execute("UPDATE state SET frontier = ?", (Frontier().extend(hashes).to_bytes(),))


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("dag")
    prepare("sqlite", folder)

    async def scene() -> Left:
        async with open_line("sqlite", folder) as line:
            _, pushed, given = await line.permitted()
            await line.take(pushed["leveringen"][0]["id"])
            await line.push(ontvangers=[HELPER, OTHER_HELPER])
            half = await line.context.checkpointer.publish()
            first = half.size - 2
            small = line.world.signer.sign_checkpoint(first, await line.world.storage.root(first))
            await line.withdraw(given[0])
            for name in ("een", "twee", "drie"):
                await line.push(raw=another(name))
            head = await line.world.storage.head()
            note = line.world.signer.sign_checkpoint(head.size, head.root)
            return Left(
                folder / "ozlijn.db",
                line.world.signer.vkey,
                Note("bewaard.txt", half.note),
                Note("later.txt", note),
                Note("eerder.txt", small),
                head.size,
                half.size,
            )

    left = asyncio.run(scene())
    with closing(sqlite3.connect(left.path)) as db, db:
        # The gateway signed once more when it stopped. As after a power cut: the lines behind are unsigned.
        db.execute("UPDATE checkpoint SET size = ?, note = ?", (left.covered, left.kept.text))
    return left


@pytest.fixture
def left(day: Left, tmp_path: Path) -> Left:
    shutil.copy(day.path, tmp_path / "ozlijn.db")
    return Left(tmp_path / "ozlijn.db", day.vkey, day.kept, day.whole, day.small, day.size, day.covered)


def found(checked: Checked) -> list[tuple[str, int, int]]:
    return [(f.kind.value, f.position, f.until) for f in checked.report.findings]


def test_what_was_compared_is_said_and_what_nothing_covers(left: Left) -> None:
    """A whole log with lines behind its checkpoints is in order, and says for which lines nobody signed."""
    checked = left.check()
    assert (found(checked), checked.size, checked.report.proven) == ([], left.size, left.covered)
    assert left.covered < left.size
    told = ledger_told(checked)
    assert (told["goed"], told["ongedekt"]) == (True, {"vanaf": left.covered, "tot": left.size})
    assert told["checkpoints"] == [{"bron": "bewaard.txt", "regels": left.covered}]
    assert f"regel {left.covered} t/m {left.size - 1}" in "\n".join(ledger_lines(checked))
    whole = left.check(left.kept, left.whole)
    assert (found(whole), whole.uncovered) == ([], (left.size, left.size))
    assert "Geen checkpoint dekt" not in "\n".join(ledger_lines(whole))


def test_lines_lost_behind_the_checkpoint_are_named(left: Left) -> None:
    """The head still counts them: the first that is missing is named, and the last."""
    left.change(f"DELETE FROM entry WHERE position >= {left.covered + 2}")
    checked = left.check()
    assert found(checked)[0] == ("missing", left.covered + 2, left.size)
    assert next(ledger_lines(checked)).startswith(f"regel {left.covered + 2} t/m {left.size - 1}: ")


def test_lines_lost_together_with_the_head_are_told_by_what_is_stored(left: Left) -> None:
    """Nothing signed and no head knows of them; the facts and uitwisselingen they told of do."""
    facts = {f"feit {leaf['feit']}" for leaf in left.leaves()[left.covered :] if leaf.get("feit")}
    left.forget_lines(left.covered)
    checked = left.check()
    assert {(kind, start == end) for kind, start, end in found(checked)} == {("record_without_leaf", True)}
    abouts = {f.about for f in checked.report.findings}
    assert {about for about in abouts if about.startswith("feit ")} == facts
    assert {about.split()[0] for about in abouts} == {"feit", "uitwisseling", "levering", "intrekking"}


def test_a_line_rewritten_behind_the_checkpoint_is_named(left: Left) -> None:
    """With a hash that fits: an aanname is known by the hash its sender has a receipt for."""
    last = left.last("exchange.requested")
    assert last > left.covered
    left.rewrite(last, '"doel":"arrangement"', '"doel":"toeleiding"')
    checked = left.check()
    assert found(checked)[0] == ("record_without_leaf", last, last + 1)
    ((_, start, end),) = [f for f in found(checked) if f[0] == "head"]
    assert left.covered <= start <= last < end <= left.size
    assert found(left.check(left.kept, left.whole))[0][1] == last


def test_a_decision_rewritten_behind_the_checkpoint_is_found_by_the_head(left: Left) -> None:
    """Nobody has a receipt for it: the stretch it lies in is named, never outside what is unsigned."""
    at = left.last("exchange.decided")
    left.rewrite(at, '"afzender":"brin:99ZZ00"', '"afzender":"brin:99XX01"')
    ((kind, start, end),) = found(left.check())
    assert (kind, start <= at < end) == ("head", True)


def test_the_checkpoint_of_the_gateway_itself_counts_too(left: Left, tmp_path: Path) -> None:
    """A line behind the given checkpoint that the one in the database, or the anchor, signed for."""
    left.rewrite(left.covered - 1, "brin:99ZZ00", "brin:99XX01")
    assert found(left.check(left.small))[0] == ("rewritten", left.covered - 2, left.covered)
    anchor = tmp_path / "anker"
    anchor.write_text(json.dumps({"size": left.size, "note": left.whole.text}))
    left.change("DELETE FROM checkpoint")
    checked = left.check(left.small, anchor=anchor)
    assert [u.source for u in checked.used] == ["eerder.txt", "anker"]
    assert found(checked)[0][0] == "rewritten"


def test_an_anchor_of_more_lines_shows_a_database_that_was_put_back(left: Left, tmp_path: Path) -> None:
    """Lines, head and records all agree; the anchor remembers more than they have. A damaged one is named."""
    anchor = tmp_path / "anker"
    anchor.write_text(json.dumps({"size": left.size, "note": left.whole.text}))
    assert found(left.check(anchor=anchor)) == []
    left.forget_lines(left.size - 1)
    assert ("missing", left.size - 1, left.size) in found(left.check(anchor=anchor))
    anchor.write_text("geen anker")
    wrong = left.check(anchor=anchor).report.findings[0]
    assert (wrong.kind.value, wrong.about) == ("unreadable_checkpoint", "anker")


def test_a_checkpoint_newer_than_the_one_in_a_copy_is_no_rollback(left: Left) -> None:
    """A copy made a moment before the next checkpoint still has all its lines."""
    assert found(left.check(left.whole)) == []
    assert found(left.check(left.whole, left.kept)) == [("rolled_back", left.covered, left.size)]


def test_a_checkpoint_of_another_key_is_named_by_where_it_was_found(left: Left) -> None:
    """It is named by where it was found, even when another checkpoint is right."""
    other = KeyLedgerSigner(Keys.fresh(), "ozlijn.test/2026").sign_checkpoint(left.size, b"\0" * 32)
    checked = left.check(left.kept, Note("vreemd.txt", other))
    (wrong,) = checked.report.findings
    assert (wrong.kind.value, wrong.about) == ("wrong_key", "vreemd.txt")
    assert next(ledger_lines(checked)).startswith("checkpoint (vreemd.txt): ")


LOST = {
    "feit": ("DELETE FROM fact WHERE id = '{id}'", "consent.recorded", "feit"),
    "uitwisseling": ("DELETE FROM uitwisseling WHERE id = '{id}'", "exchange.requested", "uitwisseling"),
    "levering": ("UPDATE levering SET id = id || 'x' WHERE id = '{id}'", "exchange.decided", "levering"),
    "intrekking": ("DELETE FROM taak WHERE id = '{id}'", "withdrawal.notified", "intrekking"),
    "leerling": (
        "UPDATE koppeling SET ref = ref || 'x' WHERE ref = '{id}'",
        "authority.changed",
        "leerlingRef",
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_a_line_about_something_that_is_gone_is_named(what: str, left: Left) -> None:
    """What it names by a random id is looked for, whatever checkpoints cover the line."""
    statement, soort, name = LOST[what]
    at, leaf = next((i, leaf) for i, leaf in enumerate(left.leaves()) if leaf["soort"] == soort)
    left.change(statement.format(id=leaf[name]))
    checked = left.check(left.kept, left.whole)
    first = next(f for f in checked.report.findings if f.kind.value == "leaf_without_record")
    assert first.about == f"{name} {leaf[name]}"
    assert first.position == min(i for i, other in enumerate(left.leaves()) if other.get(name) == leaf[name])
    assert at >= first.position


def test_something_stored_without_a_line_is_named(left: Left) -> None:
    """A fact slipped in beside the log, with the line of another or with none."""
    left.change(
        "INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content, leaf)"
        f" SELECT '{NOWHERE}', leerling, kind, recorded_by, recorded_at, key, content, leaf"
        " FROM fact WHERE n = 1",
        "INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content, leaf)"
        f" SELECT 'e{NOWHERE[1:]}', leerling, kind, recorded_by, recorded_at, key, content, NULL"
        " FROM fact WHERE n = 2",
    )
    ids = [i for (i,) in left.ask("SELECT id FROM fact ORDER BY n DESC LIMIT 2")]
    about = {f.about: f.position == f.until for f in left.check().report.findings}
    assert about == {f"feit {ids[1]}": False, f"feit {ids[0]}": True}
    assert any(line.startswith("zonder regel (feit ") for line in ledger_lines(left.check()))


def test_a_fact_whose_line_was_never_kept_is_found_by_it(left: Left) -> None:
    """Facts of an older release name no line; the line itself names them."""
    left.change("UPDATE fact SET leaf = NULL")
    assert found(left.check()) == []


def test_a_line_that_is_not_found_by_its_own_id_is_named(left: Left) -> None:
    """Its text is whole and signed, but nobody gets a proof of it any more."""
    at = left.last("exchange.requested")
    left.change(f"UPDATE entry SET id = '{NOWHERE}' WHERE position = {at}")
    (finding,) = left.check(left.kept, left.whole).report.findings
    assert (finding.kind.value, finding.about) == (
        "record_without_leaf",
        f"uitwisseling {left.leaves()[at]['uitwisseling']}",
    )


def test_lines_outside_the_head_are_named(left: Left) -> None:
    """Behind the last line and before the first: neither belongs there."""
    columns = "leaf_hash, soort, canonical, detail, NULL"
    left.change(f"INSERT INTO entry SELECT {left.size + 3}, {columns} FROM entry LIMIT 1")
    assert found(left.check())[-1] == ("inserted", left.size, left.size + 4)
    left.change(f"INSERT INTO entry SELECT -5, {columns} FROM entry LIMIT 1")
    assert found(left.check())[0] == ("inserted", -5, -4)


@pytest.mark.parametrize("head", ["x''", "'tekst'", "x'00000000000000ff'"])
def test_a_head_that_is_none_is_a_finding(head: str, left: Left) -> None:
    """A damaged head is a finding, and the lines are checked all the same."""
    left.change(f"UPDATE state SET frontier = {head}")
    checked = left.check(left.kept, left.whole)
    assert (found(checked), checked.size) == ([("head", 0, 0)], left.size)


def test_a_head_of_other_lines_is_told_from_lines_that_changed(left: Left) -> None:
    """Where a signed root covers all lines, it is the head that is wrong, and nothing else is said."""
    (frontier,) = left.ask("SELECT frontier FROM state")[0]
    with closing(sqlite3.connect(left.path)) as db, db:
        db.execute("UPDATE state SET frontier = ?", (frontier[:8] + b"\0" * 32 + frontier[40:],))
    ((kind, start, end),) = found(left.check(left.kept, left.whole))
    assert (kind, start < end <= left.size) == ("head", True)


class Growing:
    """A store to which a running gateway adds while it is read: each page is followed by a new commit."""

    def __init__(self, inner: SqliteStorage, grow: Callable[[], None]) -> None:
        self._inner, self._grow = inner, grow

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def lines(self, start: int, limit: int) -> Any:
        found = self._inner.lines(start, limit)
        self._grow()
        return found


def test_beside_a_running_gateway_nothing_is_missed_or_made_up(tmp_path: Path) -> None:
    """What is added while the check runs has its line and its record, so it is no finding."""

    prepare("sqlite", tmp_path)

    async def scene() -> None:
        async with open_line("sqlite", tmp_path) as line:
            await line.push()
            note = (await line.context.checkpointer.publish()).note
            more: Iterator[int] = iter(range(3))
            loop = asyncio.get_running_loop()

            def grow() -> None:
                if (n := next(more, None)) is not None:
                    coming = line.push(raw=another(f"bij {n}"))
                    asyncio.run_coroutine_threadsafe(coming, loop).result(10)

            def check() -> Checked:
                storage = SqliteStorage.open(tmp_path / "ozlijn.db", gateway=False)
                key = VerifierKey.parse(line.world.signer.vkey)
                try:
                    return check_whole(Growing(storage, grow), key, (Note("nu", note),))
                finally:
                    asyncio.run(storage.close())

            checked = await asyncio.to_thread(check)
            assert checked.report.findings == ()
            assert checked.size < (await line.world.storage.head()).size

    asyncio.run(scene())


def test_the_kept_databases_that_were_once_in_order(case_file: Callable[[str], Path], tmp_path: Path) -> None:
    """A lost tail and a rewritten line behind the checkpoint: the first line is named."""
    folder = case_file("reports/02-ledger-verify-missing-tail")
    key, note = (folder / "vkey.txt").read_text().strip(), Note("cp.txt", (folder / "cp.txt").read_text())
    for name, first in (("missing-tail.db", ("missing", 20, 29)), ("rewritten-tail.db", None)):
        shutil.copyfile(folder / name, tmp_path / name)
        checked = verify_ledger(tmp_path / name, key, (note,))
        assert checked.uncovered == (17, 29)
        assert found(checked)[0] == (first or ("record_without_leaf", 25, 26))
