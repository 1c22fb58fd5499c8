"""A database of the release before gets its stamps once, after every row was held to the account."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.jobs.holding import hold_once
from gateway.wiring import verify_rows
from tests.callers import Key
from tests.line import Line, open_line, prepare
from tests.release_data import restored_line


def write(path: Path, *statements: str) -> None:
    """Write in the database as an intruder would; every statement must hit a row."""
    with closing(sqlite3.connect(path)) as db:
        for sql in statements:
            assert db.execute(sql).rowcount > 0, sql
        db.commit()


def one(path: Path, sql: str) -> Any:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchone()[0]


def alarms(line: Line) -> set[tuple[str, str]]:
    return {(e["what"], e["id"]) for e in line.log_lines() if e["event"] == "state.broken"}


def start(path: Path) -> set[tuple[str, str]]:
    """One life of the gateway, and the alarms of its start."""

    async def life() -> set[tuple[str, str]]:
        async with restored_line(path.parent) as line:
            return alarms(line)

    return asyncio.run(life())


LACK = (
    "SELECT (SELECT count(*) FROM leerling WHERE stamp IS NULL) + (SELECT count(*) FROM answer WHERE stamp IS"
    " NULL) + (SELECT count(*) FROM levering WHERE coalesce(json_extract(json, '$.stamp'), '') = '')"
    " + (SELECT count(*) FROM uitwisseling WHERE coalesce(json_extract(json, '$.stamp'), '') = '')"
    " + (SELECT count(*) FROM state WHERE register_stamp IS NULL)"
    " + (SELECT count(DISTINCT version) FROM register_past) - (SELECT count(*) FROM register_past_stamp)"
)
ADOPTED = "SELECT count(*) FROM entry WHERE soort = 'state.adopted'"


def test_all_that_the_release_before_left_is_adopted_once(release_0_1_0: Path) -> None:
    """Nothing lacks its stamp, nothing is named, the account says so, and a second start adds nothing."""
    assert start(release_0_1_0) == set()
    assert (one(release_0_1_0, LACK), one(release_0_1_0, ADOPTED)) == (0, 1)
    rows = one(release_0_1_0, "SELECT count(*) FROM entry")
    assert start(release_0_1_0) == set()
    assert one(release_0_1_0, "SELECT count(*) FROM entry") == rows
    broken, counted = verify_rows(release_0_1_0)
    assert (broken, counted.facts, counted.leveringen) == ([], 45, 20)


def test_a_new_database_has_nothing_to_adopt(tmp_path: Path) -> None:
    """Its first line says that everything is stamped, so emptied stamps bring no adoption there either."""
    prepare("sqlite", tmp_path)
    path = tmp_path / "ozlijn.db"

    async def life(keys: dict[str, Key] | None) -> dict[str, Key]:
        async with open_line("sqlite", tmp_path, keys=keys) as line:
            if keys is None:
                await line.permitted()
            return {partij: caller.key for partij, caller in line.callers.items()}

    keys = asyncio.run(life(None))
    write(path, "UPDATE leerling SET stamp = NULL", "UPDATE answer SET stamp = NULL")
    asyncio.run(life(keys))
    assert one(path, ADOPTED) == 0
    assert one(path, "SELECT count(*) FROM leerling WHERE stamp IS NOT NULL") == 0


BEFORE = {
    # what somebody did before the first start of this release, and which row of which kind is named
    "a fact is gone": ("DELETE FROM fact WHERE kind = 'bezwaar'", "feit"),
    "a fact is another's": ("UPDATE fact SET recorded_by = 'brin:99XX01' WHERE kind = 'bezwaar'", "feit"),
    "an epoch was set back": ("UPDATE leerling SET epoch = epoch - 1 WHERE epoch = 6", "leerling"),
    "a levering goes elsewhere": (
        "UPDATE levering SET json = json_set(json, '$.ontvanger', 'agb:99999902') WHERE status = 'mislukt'",
        "levering",
    ),
    "a levering is klaar again": (
        "UPDATE levering SET json = json_set(json, '$.status', 'klaar') WHERE status = 'ingetrokken'",
        "levering",
    ),
    "a message asks more": (
        "UPDATE uitwisseling SET json = json_set(json, '$.doel', 'toeleiding') WHERE position = 2",
        "uitwisseling",
    ),
    "the register": (
        "UPDATE register SET json = json_set(json, '$.naam', 'Een ander')",
        "register",
    ),
    "an older register": ("DELETE FROM register_past WHERE id = 'agb:99999901'", "register"),
}


@pytest.mark.parametrize("name", BEFORE)
def test_what_does_not_hold_is_not_adopted_and_named(release_0_1_0: Path, name: str) -> None:
    """Only that row is left without a stamp, and is named; all others get theirs."""
    sql, what = BEFORE[name]
    write(release_0_1_0, sql)

    async def life() -> set[tuple[str, str]]:
        async with restored_line(release_0_1_0.parent, signs_in=what != "register") as line:
            return alarms(line)

    named = asyncio.run(life())
    assert {kind for kind, _ in named} == {what}
    assert len(named) == 1
    assert one(release_0_1_0, LACK) == 1


def test_emptied_stamps_do_not_bring_a_second_adoption(release_0_1_0: Path) -> None:
    """Stamps that were removed are not given again, not even when the database denies the adoption: the
    account knows of it.
    """
    start(release_0_1_0)
    write(
        release_0_1_0,
        "UPDATE leerling SET stamp = NULL, feitenhash = NULL",
        "UPDATE state SET stamped_from = NULL",
    )

    async def life() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            answer = await line.school.post("/uitwisselingen", {}, key="x")
            assert answer.status_code == 400
            with pytest.raises(AssertionError, match="503"):
                await line.push()
            assert {kind for kind, _ in alarms(line)} == {"leerling"}

    asyncio.run(life())
    assert one(release_0_1_0, ADOPTED) == 1
    assert one(release_0_1_0, "SELECT count(*) FROM leerling WHERE stamp IS NOT NULL") == 0


# ── held to the account, without keys


AFTER = {
    # what somebody did, and what is found
    "a fact is gone": ("DELETE FROM fact WHERE kind = 'bezwaar'", "feit"),
    "a fact was added": (
        (
            "INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content, leaf)"
            " SELECT 'f', leerling, kind, recorded_by, recorded_at, key, content, leaf FROM fact LIMIT 1"
        ),
        "feit",
    ),
    "of another kind": ("UPDATE fact SET kind = 'gezag' WHERE kind = 'bezwaar'", "feit"),
    "of another": ("UPDATE fact SET recorded_by = 'brin:99XX01' WHERE kind = 'bezwaar'", "feit"),
    "of another leerling": (
        (
            "UPDATE fact SET leerling = (SELECT min(id) FROM leerling WHERE id != fact.leerling)"
            " WHERE kind = 'bezwaar'"
        ),
        "feit",
    ),
    "counters set back": (
        "UPDATE leerling SET volgnummer = volgnummer - 1 WHERE owner = 'brin:99XX01'",
        "leerling",
    ),
    "a levering is gone": ("DELETE FROM levering WHERE status = 'vervallen'", "levering"),
    "a levering was put back": (
        "UPDATE levering SET json = json_set(json, '$.status', 'klaar') WHERE status = 'afgeleverd'",
        "levering",
    ),
}


@pytest.mark.parametrize("name", AFTER)
def test_what_differs_from_the_account_is_found(release_0_1_0: Path, name: str) -> None:
    """By `ledger verify`, which has no keys, and by the daily job, as an alarm."""
    sql, what = AFTER[name]
    start(release_0_1_0)
    with closing(sqlite3.connect(release_0_1_0)) as db:
        assert db.execute(sql).rowcount > 0
        db.commit()
    broken, _ = verify_rows(release_0_1_0)
    assert {b.what for b in broken} == {what}

    async def life() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            assert await hold_once(line.context) == len(broken)
            assert alarms(line) == {(b.what, b.ident) for b in broken}

    asyncio.run(life())


def test_an_erased_leerling_is_no_alarm(release_0_1_0: Path) -> None:
    """His key is destroyed, with or without his facts: that is how erasure is done."""
    start(release_0_1_0)
    write(release_0_1_0, "UPDATE leerling SET key = x'' WHERE owner = 'brin:99XX01'")
    broken, counted = verify_rows(release_0_1_0)
    assert (broken, counted.erased) == ([], 1)


def test_what_comes_meanwhile_is_no_difference(release_0_1_0: Path) -> None:
    """Facts and leveringen that are recorded while the job runs are held to the lines that came with them."""

    async def life() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            pushed = 0

            async def busy() -> None:
                nonlocal pushed
                for _ in range(3):
                    await line.push()
                    pushed += 1

            found, _ = await asyncio.gather(hold_once(line.context), busy())
            assert (found, pushed, alarms(line)) == (0, 3, set())

    asyncio.run(life())
