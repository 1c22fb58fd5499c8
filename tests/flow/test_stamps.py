"""Somebody writes in the database and has neither keys nor anchor: nothing goes out on what he wrote.

Each attack is made on the file of a real gateway between two of its lives, as an intruder would.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from schemas.base import Model
from schemas.decision.decision import Decision
from schemas.errors import StateBroken
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.partijcodes import Partijhoedanigheid
from tests.callers import Key, es256, public_jwk
from tests.flow.test_berichten import agree, known, push
from tests.line import (
    AANBIEDER,
    HELPER,
    OTHER_AANBIEDER,
    Caller,
    Json,
    Line,
    accepted,
    another,
    client_of,
    envelope,
    fresh,
    only,
    open_line,
    prepare,
    story,
)

OTHER: Final = "LL-2016-0099"


class Two:
    """Two lives of one gateway, and what somebody does to its database between them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "ozlijn.db"
        self.keys: dict[str, Key] = {}
        prepare("sqlite", folder)

    async def first(self, tell: Callable[[Line], Any]) -> Any:
        async with open_line("sqlite", self.folder) as line:
            found = await tell(line)
            self.keys = {partij: caller.key for partij, caller in line.callers.items()}
        return found

    def attack(self, sql: str, *values: object) -> None:
        with closing(sqlite3.connect(self.path)) as db:
            done = db.execute(sql, values)
            assert done.rowcount > 0, "the attack must have hit something"
            db.commit()

    def read(self, sql: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute(sql, values).fetchall()

    async def second(self, tell: Callable[[Line], Any]) -> Any:
        async with open_line("sqlite", self.folder, keys=self.keys) as line:
            return await tell(line)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def alarms(line: Line) -> set[str]:
    return {entry["what"] for entry in line.log_lines() if entry["event"] == "state.broken"}


async def permitted_twice(line: Line) -> str:
    """A levering of each of two leerlingen, klaar; the first of them."""
    _, pushed, _ = await line.permitted()
    other = await line.gezag(leerling={"leerlingid": OTHER})
    await line.both_agree(other)
    await line.push(raw=another(OTHER))
    return only(pushed)


async def stays_home(line: Line, levering: str, alarm: str) -> None:
    """Refused with nothing said about why, nothing in the account, and an alarm in the log."""
    before = await line.world.storage.head()
    answer = await line.try_take(levering)
    assert answer.status_code in (404, 503), answer.text
    assert alarm in alarms(line)
    assert await line.world.storage.head() == before


def run(story: Any) -> None:
    asyncio.run(story)


def test_a_withdrawal_that_was_deleted_still_counts(two: Two) -> None:
    """The row is gone, the levering set back to klaar with its content: nothing goes. Others go on."""

    async def story() -> None:
        async def withdraw(line: Line) -> tuple[str, str]:
            _, pushed, given = await line.permitted()
            other = await line.gezag(leerling={"leerlingid": OTHER})
            await line.both_agree(other)
            free = only(await line.push(raw=another(OTHER)))
            backup = two.path.with_name("backup")
            with closing(sqlite3.connect(two.path)) as db, closing(sqlite3.connect(backup)) as copy:
                db.backup(copy)
            await line.withdraw(given[0])
            assert await line.status(pushed) == "ingetrokken"
            return only(pushed), free

        levering, free = await two.first(withdraw)
        two.attack("DELETE FROM fact WHERE n = (SELECT max(n) FROM fact)")
        # As it was: the levering and its content are put back whole, their stamps with them.
        with closing(sqlite3.connect(two.path)) as db:
            db.execute("ATTACH ? AS old", (str(two.path.with_name("backup")),))
            for table, key in (("levering", "n"), ("content", "levering")):
                db.execute(
                    f"INSERT OR REPLACE INTO {table} SELECT * FROM old.{table} WHERE {key} ="
                    " (SELECT n FROM old.levering WHERE id = ?)",
                    (levering,),
                )
            db.commit()

        async def take(line: Line) -> None:
            await stays_home(line, levering, "feiten")
            assert await line.take(free)

        await two.second(take)

    run(story())


def test_a_key_that_was_added_does_not_sign_in(two: Two) -> None:
    """Neither that key nor any other signs in, until the register is applied again."""

    async def story() -> None:
        levering = await two.first(permitted_twice)
        mine = es256("es-2")
        ((text,),) = two.read("SELECT json FROM register WHERE id = ?", AANBIEDER)
        forged = json.loads(text)
        forged["clients"][0]["sleutels"].append(public_jwk(mine))
        two.attack("UPDATE register SET json = ? WHERE id = ?", json.dumps(forged), AANBIEDER)
        real = dict(two.keys)
        two.keys = {}

        async def nobody(line: Line) -> None:
            helper = Caller(line.http, AANBIEDER, client_of(AANBIEDER), mine)
            with pytest.raises(AssertionError, match="verantwoording-onbeschikbaar"):
                await helper.sign_in()
            assert "register" in alarms(line)
            register = await line.world.storage.register()
            await line.apply(replace(register, partijen={**register.partijen, AANBIEDER: text}))
            with pytest.raises(AssertionError, match="invalid_client"):
                await helper.sign_in()
            helper.key = real[AANBIEDER]
            await helper.sign_in()
            assert await line.take(levering, helper)

        await two.second(nobody)

    run(story())


def test_an_older_register_is_not_put_back(two: Two) -> None:
    """With the stamp it had: the account said something else last."""

    async def story() -> None:
        async def changed(line: Line) -> None:
            register = await line.world.storage.register()
            helper = json.loads(register.partijen[AANBIEDER]) | {"naam": "Nieuwe naam (fictief)"}
            register.partijen[AANBIEDER] = json.dumps(helper)
            await line.apply(register)

        await two.first(changed)
        two.attack("DELETE FROM register")
        two.attack("INSERT INTO register SELECT kind, id, json FROM register_past WHERE version = 1")
        two.attack(
            "UPDATE state SET register_version = 1, register_stamp ="
            " (SELECT stamp FROM register_past_stamp WHERE version = 1)"
        )
        with pytest.raises(AssertionError, match="503"):
            await two.second(lambda line: line.push())

    run(story())


ROWS: Final[dict[str, tuple[str, str]]] = {
    # (what is written, the alarm)
    "recorded_by": ("UPDATE fact SET recorded_by = 'brin:99XX01'", "feit"),
    "kind": ("UPDATE fact SET kind = 'gezag' WHERE kind = 'toestemming'", "feit"),
    "recorded_at": ("UPDATE fact SET recorded_at = recorded_at - 1", "feit"),
    "epoch set back": ("UPDATE leerling SET epoch = epoch - 1", "leerling"),
    "volgnummer set back": ("UPDATE leerling SET volgnummer = volgnummer - 1", "leerling"),
    "stamp emptied": ("UPDATE leerling SET stamp = NULL, feitenhash = NULL", "leerling"),
    "another owner": ("UPDATE leerling SET owner = 'brin:99XX01'", "leerling"),
    "rol": (
        "UPDATE levering SET json = json_set(json, '$.rol', 'intern_begeleider')",
        "levering",
    ),
    "levering without a stamp": ("UPDATE levering SET json = json_set(json, '$.stamp', '')", "levering"),
    "levering with nonsense": ("UPDATE levering SET json = json_set(json, '$.stamp', 'geen')", "levering"),
    "looked after": (
        "UPDATE uitwisseling SET json = json_set(json, '$.allesOfNiets', json('true'))",
        "uitwisseling",
    ),
    "free text marked ordinary": (
        "UPDATE uitwisseling SET json = json_set(json, '$.vrijeTekstGewoon', json('[\"vraag\"]'))",
        "uitwisseling",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_was_changed_is_not_used(two: Two, name: str) -> None:
    """In another life of the gateway nothing goes on it."""
    sql, alarm = ROWS[name]

    async def story() -> None:
        levering = await two.first(permitted_twice)
        two.attack(sql)
        await two.second(lambda line: stays_home(line, levering, alarm))

    run(story())


@story("memory")
async def test_a_stamp_names_all_that_a_decision_rests_on(line: Line) -> None:
    """Of a levering and of its uitwisseling: no field can be another one, but for what only people read."""
    await agree(line, await known(line), "toeleiding", "S2J", HELPER)
    pushed = accepted(
        await line.school.post("/uitwisselingen", push("hulpvraag", vrijeTekstGewoon=["vraag"]), key=fresh())
    )
    stamps, storage = line.context.stamps, line.context.storage
    v = await storage.levering(only(pushed))
    assert v is not None
    found = await storage.uitwisseling(v.uitwisseling)
    assert found is not None
    stamps.check_levering(v)
    stamps.check_uitwisseling(found[0])
    rows: tuple[tuple[Model, Callable[[Any], None], set[str]], ...] = (
        (v, stamps.check_levering, {"sinds", "positie", "redenen"}),
        (found[0], stamps.check_uitwisseling, {"correlatie", "ontvangen_op"}),
    )
    for row, check, free in rows:
        fields = set(type(row).model_fields)
        assert free <= fields
        for name in fields - free:
            with pytest.raises(StateBroken):
                check(row.model_copy(update={name: another_value(getattr(row, name), line.clock.now())}))


@story("memory")
async def test_a_stamp_of_before_holds_for_what_has_no_mark(line: Line) -> None:
    """As it was made before marks on free text, capacities, another onderwerp and people were named in it: it
    is still the stamp of that row, and of no row with any of these.
    """
    await known(line)
    pushed = accepted(await line.school.post("/uitwisselingen", push("hulpvraag"), key=fresh()))
    found = await line.context.storage.uitwisseling(pushed["uitwisselingId"])
    assert found is not None
    u = found[0].model_copy(update={"van": None})  # no capacity was kept
    assert u.vrije_tekst_gewoon == ()
    before = orjson.dumps(
        (
            *(u.id, u.afzender, u.leerling, u.doel, u.richting, u.berichtsoort, u.gevraagd),
            *(u.alles_of_niets, u.vrije_tekst_nagekeken, u.in_antwoord_op, u.bladhash),
        )
    )
    old = u.model_copy(update={"stamp": line.context.vault.mac("uitwisseling", before).hex()})
    line.context.stamps.check_uitwisseling(old)
    for more in (
        {"vrije_tekst_gewoon": ("vraag",)},
        {"van": Partijhoedanigheid.ONDERWIJS},
        {"onderwerp": Onderwerpsoort.GROEP},
        {"namens": u.id},
    ):
        with pytest.raises(StateBroken):
            line.context.stamps.check_uitwisseling(old.model_copy(update=more))


def another_value(value: Any, at: dt.datetime) -> Any:
    """Something else of about the same kind."""
    if value is None:
        return at
    if isinstance(value, bool):
        return not value
    if isinstance(value, Decision):
        return value.model_copy(update={"released": ()})
    if isinstance(value, dt.datetime):
        return value + dt.timedelta(seconds=1)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, tuple):
        return ()
    return f"{value}x"


def test_a_levering_is_not_sent_to_another(two: Two) -> None:
    """The columns and the stored levering itself both name another partij; he is not shown it either."""

    async def story() -> None:
        levering = await two.first(permitted_twice)
        two.attack(
            "UPDATE levering SET ontvanger = ?, json = json_set(json, '$.ontvanger', ?)",
            OTHER_AANBIEDER,
            OTHER_AANBIEDER,
        )

        async def take(line: Line) -> None:
            assert await line.postbus(line.other_helper) == []
            assert "levering" in alarms(line)
            answer = await line.try_take(levering, line.other_helper)
            assert answer.status_code == 503
            assert (await line.other_helper.get(f"/leveringen/{levering}")).status_code == 503

        await two.second(take)

    run(story())


def test_a_levering_stands_in_its_own_postbus_only(two: Two) -> None:
    """Only the column a query looks for was changed."""

    async def story() -> None:
        levering = await two.first(permitted_twice)
        two.attack("UPDATE levering SET ontvanger = ?", OTHER_AANBIEDER)

        async def take(line: Line) -> None:
            assert await line.postbus(line.other_helper) == []
            assert (await line.try_take(levering, line.other_helper)).status_code == 404
            assert (await line.other_helper.get(f"/leveringen/{levering}")).status_code == 404

        await two.second(take)

    run(story())


def test_facts_of_two_leerlingen_are_not_swapped(two: Two) -> None:
    """Facts cannot be swapped: neither with what is sealed in them, nor by their columns alone."""

    async def story() -> None:
        levering = await two.first(permitted_twice)
        two.attack("UPDATE fact SET leerling = (SELECT id FROM leerling WHERE id != fact.leerling)")
        await two.second(lambda line: stays_home(line, levering, "feiten"))

    run(story())


def test_a_stored_answer_is_not_changed(two: Two) -> None:
    """What was answered is answered again, or nothing is."""

    async def story() -> None:
        body = envelope()
        first = await two.first(lambda line: line.school.post("/uitwisselingen", body, key="sleutel-1"))
        assert first.status_code == 202
        two.attack("UPDATE answer SET body = CAST('{}' AS BLOB)")

        async def again(line: Line) -> None:
            answer = await line.school.post("/uitwisselingen", body, key="sleutel-1")
            assert (answer.status_code, alarms(line)) == (503, {"answer"})

        await two.second(again)

    run(story())


def test_what_somebody_wrote_gets_no_stamp_of_ours(two: Two) -> None:
    """Time and new facts go past it: it stays as unusable as it was, and a no is still recorded."""

    async def story() -> None:
        async def waiting(line: Line) -> list[Json]:
            return (await line.permitted())[2]

        given = await two.first(waiting)
        two.attack("UPDATE levering SET json = json_set(json, '$.ontvanger', ?)", OTHER_AANBIEDER)
        before = two.read("SELECT json FROM levering")

        async def later(line: Line) -> None:
            await line.withdraw(given[0])
            line.later(days=31)
            await line.sweep()
            await line.context.rounds.daily()
            assert "levering" in alarms(line)

        await two.second(later)
        assert two.read("SELECT json FROM levering") == before
        assert len(two.read("SELECT id FROM fact WHERE kind = 'toestemming'")) == len(given) + 1

    run(story())
