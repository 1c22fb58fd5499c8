"""Lists in pages: by numbers of each partij's own, also those that an older gateway handed out links to."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.line import SCHOOL, Json, Line, fine, only, problem, story
from tests.release_data import restored_line

TOO_HIGH: Final = 10**15


async def pages(
    line: Line, path: str, name: str, cursor: str, size: int
) -> list[tuple[list[str], int | None]]:
    """Every page to the end: the ids in it and its cursor."""
    found: list[tuple[list[str], int | None]] = []
    following: int | None = None
    while not found or following is not None:
        query = f"?aantal={size}" + ("" if following is None else f"&{name}={following}")
        page = fine(await line.school.get(path + query))
        items = page[path.strip("/")]
        following = page[cursor]
        found.append(([_id(item) for item in items], following))
    return found


def _id(item: Json) -> str:
    return str(item["id"])


@story()
async def test_a_cursor_tells_nothing_about_others(line: Line) -> None:
    """However much else happens in between, the numbers of this school go down by one."""
    mine = []
    for _ in range(4):
        mine.append((await line.push())["uitwisselingId"])
        await line.gezag(leerling={"leerlingid": f"LL-{len(mine)}"})  # some lines of the account between them
    found = await pages(line, "/uitwisselingen", "voor", "volgende", 1)
    assert [ids for ids, _ in found] == [[u] for u in reversed(mine)] + [[]]
    assert [cursor for _, cursor in found] == [4, 3, 2, 1, None]


@story()
async def test_nothing_is_older_than_the_first(line: Line) -> None:
    """`voor=0` and `voor=1` are the empty end of the list, and no beginning."""
    await line.push()
    for voor in (0, 1):
        page = fine(await line.school.get(f"/uitwisselingen?voor={voor}"))
        assert page == {"uitwisselingen": [], "volgende": None}
    assert len(fine(await line.school.get("/uitwisselingen?voor=2"))["uitwisselingen"]) == 1
    assert problem(await line.school.get(f"/uitwisselingen?voor={TOO_HIGH + 1}"))[0] == 400


@story()
async def test_an_expired_levering_is_not_in_the_way(line: Line) -> None:
    """Before any job came by: it is not listed, and the next one about the same leerling can be taken."""
    _, first, _ = await line.permitted()
    line.later(days=10)
    second = await line.push()
    assert [i["leveringId"] for i in await line.postbus()] == [only(first)]
    line.later(days=20, seconds=1)
    assert [i["leveringId"] for i in await line.postbus()] == [only(second)]
    assert (await line.try_take(only(first))).status_code == 404
    await line.take(only(second))


def test_links_of_an_older_gateway_leave_nothing_out(release_0_1_0: Path) -> None:
    """From every old cursor: all that came after it is there, in the old order, and the end is reached."""
    with closing(sqlite3.connect(release_0_1_0)) as db:
        sent = db.execute(
            "SELECT position, id FROM uitwisseling WHERE afzender = ? ORDER BY position DESC", (SCHOOL,)
        ).fetchall()
        todo = db.execute(
            "SELECT n, id FROM taak WHERE partij = ? AND status = 'open' ORDER BY n", (SCHOOL,)
        ).fetchall()
        facts = db.execute(
            "SELECT id FROM fact WHERE kind = 'toestemming' AND recorded_by = ?", (SCHOOL,)
        ).fetchall()
    assert len(sent) > 3
    assert len(todo) > 1

    async def scene() -> None:
        async with restored_line(release_0_1_0.parent) as line:
            for at, (position, _) in enumerate(sent):
                page = fine(await line.school.get(f"/uitwisselingen?voor={position}&aantal=200"))
                ids = [_id(u) for u in page["uitwisselingen"]]
                assert ids[-len(sent) + at + 1 :] == [u for _, u in sent[at + 1 :]] or at == len(sent) - 1
            for at, (n, _) in enumerate(todo):
                page = fine(await line.school.get(f"/taken?na={n}&aantal=200"))
                ids = [_id(t) for t in page["taken"]]
                assert set(ids) >= {t for _, t in todo[at + 1 :]}
                assert ids == [t for _, t in todo]
            listed = await pages(line, "/uitwisselingen", "voor", "volgende", 2)
            assert [u for ids, _ in listed for u in ids] == [u for _, u in sent]
            assert max(cursor or 0 for _, cursor in listed) < len(sent)
            listed = await pages(line, "/taken", "na", "na", 1)
            assert [t for ids, _ in listed for t in ids] == [t for _, t in todo]
            await line.context.checkpointer.publish()
            for _, u in sent:
                proof = fine(await line.school.get(f"/uitwisselingen/{u}/bewijs"))
                decided = await line.world.storage.leveringen(u)
                assert [b["soort"] for b in proof["bladeren"]] == [
                    "exchange.requested",
                    *["exchange.decided"] * len(decided),
                ]
            for (fact,) in facts:
                leaf = await line.world.storage.fact_leaf(fact)
                assert leaf is not None
                (position,) = await line.world.storage.positions_of((leaf,))
                assert position is not None
                assert (await line.ledger())[position]["feit"] == fact
            new = await line.push()
            first = fine(await line.school.get("/uitwisselingen?aantal=1"))
            assert _id(first["uitwisselingen"][0]) == new["uitwisselingId"]

    asyncio.run(scene())
