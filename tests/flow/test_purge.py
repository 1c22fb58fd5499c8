"""Forgetting, in a running gateway: what had its time goes, and what happened stays provable."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.runtime.purging import PORTION
from gateway.runtime.settings import REPEAT_DAYS, Settings
from tests.flow.test_operating import events, housekeeping, until
from tests.line import Line, another, envelope, fine, fresh, only, persons, problem, story


@story(answer_days=7, taken_days=30)
async def test_what_had_its_time_goes_and_the_rest_stays(line: Line) -> None:
    """An answer after its days, a taak that ended when nothing is open; the proof can still be made."""
    key, body = fresh(), envelope()
    leerling = await line.gezag()
    first = await line.school.post("/uitwisselingen", body, key=key)
    pushed = first.json()
    (waits,) = fine(await line.school.get("/taken"))["taken"]
    for person in persons(leerling):
        await line.agree(leerling, person)
    assert await line.status(pushed) == "klaar"
    ended = f"/taken/{waits['id']}"
    assert fine(await line.school.get(ended))["status"] == "afgehandeld"

    done = await line.context.purging.run()
    assert done is not None
    assert (done.answers, done.taken) == (0, 0)
    assert await line.context.purging.run() is None  # within the hour
    repeated = await line.school.post("/uitwisselingen", body, key=key)
    assert repeated.content == first.content

    line.later(days=29)  # klaar still: what was said of it may count
    done = await line.context.purging.run()
    assert done is not None
    assert done.answers >= 4
    assert done.taken == 0
    assert fine(await line.school.get(ended))["status"] == "afgehandeld"

    line.later(days=40)
    await line.context.rounds.sweep()
    assert await line.status(pushed) == "vervallen"
    done = await line.context.purging.run()
    assert done is not None
    assert done.taken >= 1
    assert problem(await line.school.get(ended))[0] == 404
    assert [e["answers"] >= 0 for e in events(line, "storage.purged")] == [True] * 3
    await line.context.checkpointer.publish()
    proof = fine(await line.school.get(f"/uitwisselingen/{pushed['uitwisselingId']}/bewijs"))
    assert len(proof["bladeren"]) == 2


@story(answer_days=7, taken_days=30)
async def test_a_notice_of_a_withdrawal_is_never_forgotten(line: Line) -> None:
    """Who received it reads and proves it years later, and the next notice gets the next number."""
    _, pushed, given = await line.permitted()
    await line.take(only(pushed))
    await line.withdraw(given[0])
    (told,) = fine(await line.helper.get("/postbus/intrekkingen"))["intrekkingen"]
    path = f"/postbus/intrekkingen/{told['intrekkingId']}"
    before = fine(await line.helper.get(path))
    line.later(days=3_000)
    await line.context.rounds.sweep()
    assert await line.context.purging.run() is not None
    assert fine(await line.helper.get(path)) == before
    assert (await line.levering(pushed))["intrekkingen"]


@story("sqlite", answer_days=7)
async def test_it_goes_in_steps_and_beside_the_requests(line: Line) -> None:
    """More than fits in one step all goes; housekeeping does it by itself and says how much."""
    await line.push()
    assert line.database is not None
    with closing(sqlite3.connect(line.database)) as db, db:
        names = "partij, request_hash, status, body, at"
        for n in range(2 * PORTION + 1):
            db.execute(
                f"INSERT INTO answer ({names}, key_hash) SELECT {names}, ? FROM answer LIMIT 1",
                (n.to_bytes(32, "big"),),
            )
    line.later(days=8)
    async with housekeeping(line):
        await until(lambda: bool(events(line, "storage.purged")))
    (told,) = events(line, "storage.purged")
    assert told["answers"] == 2 * PORTION + 2
    with closing(sqlite3.connect(line.database)) as db:
        assert db.execute("SELECT count(*) FROM answer").fetchone() == (0,)


@story("sqlite", answer_days=7)
async def test_the_space_of_what_was_forgotten_is_used_again(line: Line) -> None:
    """The same traffic, forgotten each time: the second time takes pages that the first gave back."""
    assert line.database is not None

    def free() -> int:
        with closing(sqlite3.connect(str(line.database))) as db:
            return int(db.execute("PRAGMA freelist_count").fetchone()[0])

    for n in range(40):
        await line.push(raw=another(f"LL-{n}"))
    line.later(days=8)
    assert await line.context.purging.run() is not None
    given_back = free()
    assert given_back > 0
    await line.push(raw=another("LL-0"))
    assert free() < given_back


def test_no_setting_forgets_before_the_promise(tmp_path: Any) -> None:
    """Whoever repeats within the days that the API names gets his first answer, whatever an operator sets."""
    values: dict[str, Any] = {
        "database": str(tmp_path / "x.db"),
        "keys": tmp_path,
        "issuer": "https://lijn.example.nl",
        "log_name": "ozlijn.test/2026",
    }
    assert Settings(**values).answer_days >= REPEAT_DAYS
    assert Settings(**values, answer_days=REPEAT_DAYS).answer_days == REPEAT_DAYS
    with pytest.raises(ValidationError):
        Settings(**values, answer_days=REPEAT_DAYS - 1)
