"""A withdrawal asks once: not what is asked already, and not what was erased."""

from __future__ import annotations

import asyncio

from tests.flow.test_intrekkingen import KEPT, delivered, notices, read, signed_for, taken, try_answer
from tests.line import Json, Line, fine, only, persons, story


async def agree_again(line: Line, leerling: Json, nth: int = 0) -> Json:
    line.later(hours=1)
    return await line.agree(leerling, persons(leerling)[nth], moment=line.clock.now().isoformat())


async def take_back(line: Line, given: Json) -> None:
    line.later(hours=1)
    await line.withdraw(given)


@story()
async def test_what_was_erased_is_not_asked_again(line: Line) -> None:
    """Who agrees again and takes it back, or the other ouder who does: there is nothing left to erase."""
    leerling, pushed, given = await delivered(line)
    await line.withdraw(given[0])
    (first,) = await notices(line)
    fine(await try_answer(line, first["intrekkingId"]))
    await take_back(line, await agree_again(line, leerling))
    assert await notices(line) == []
    await agree_again(line, leerling)
    await take_back(line, given[1])
    assert await notices(line) == []
    assert [e["soort"] for e in await line.ledger()].count("withdrawal.notified") == 1
    (shown,) = (await line.levering(pushed))["intrekkingen"]
    assert shown["antwoord"]["uitkomst"] == "gewist"


@story()
async def test_what_is_asked_already_is_not_asked_twice(line: Line) -> None:
    """While a notice waits for its answer, a second withdrawal of the same sends none; kept, it does."""
    leerling, pushed, given = await delivered(line)
    await line.withdraw(given[0])
    (first,) = await notices(line)
    before = await read(line, first["intrekkingId"])
    await take_back(line, await agree_again(line, leerling))
    assert [n["intrekkingId"] for n in await notices(line)] == [first["intrekkingId"]]
    assert await read(line, first["intrekkingId"]) == before, "the same bytes, the same term"
    fine(await try_answer(line, first["intrekkingId"], **KEPT))
    await take_back(line, await agree_again(line, leerling))
    (second,) = await notices(line)
    assert second["intrekkingId"] != first["intrekkingId"]
    assert len((await line.levering(pushed))["intrekkingen"]) == 2


@story("memory")
async def test_of_what_was_erased_in_part_only_the_rest_is_asked(line: Line) -> None:
    """Only the fields that are left are asked for, and a category of which nothing is left is not named."""
    leerling, _, given = await delivered(line)
    await line.withdraw(given[0])
    (first,) = await notices(line)
    told = (await read(line, first["intrekkingId"]))["bericht"]
    gone = [v for v in told["velden"] if v.startswith("leerling.")]
    assert 0 < len(gone) < len(told["velden"])
    fine(await try_answer(line, first["intrekkingId"], **KEPT | {"uitkomst": "gedeeltelijk", "gewist": gone}))
    await take_back(line, await agree_again(line, leerling))
    (second,) = await notices(line)
    rest = (await read(line, second["intrekkingId"]))["bericht"]
    assert rest["velden"] == [v for v in told["velden"] if v not in gone]
    assert set(rest["categorieen"]) <= set(told["categorieen"])


@story("memory")
async def test_what_came_again_by_another_levering_is_asked_again(line: Line) -> None:
    """Erased of the first, it was sent once more after a new yes: then it is there again."""
    leerling, pushed, given = await taken(line)
    await line.withdraw(given[0])
    (first,) = await notices(line)
    fine(await try_answer(line, first["intrekkingId"]))
    await agree_again(line, leerling)
    other = await line.push()
    await signed_for(line, other)
    await take_back(line, given[1])
    (second,) = await notices(line)
    assert second["leveringId"] == only(other) != only(pushed)


@story()
async def test_an_answer_at_the_moment_of_a_withdrawal_is_seen(line: Line) -> None:
    """Kept because somebody agrees again, just before he takes it back: he is told again, not missed."""
    leerling, _, given = await delivered(line)
    await line.withdraw(given[0])
    (first,) = await notices(line)
    again = await agree_again(line, leerling)
    line.later(hours=1)
    _, said = await asyncio.gather(line.withdraw(again), try_answer(line, first["intrekkingId"], **KEPT))
    assert said.status_code == 200
    kinds = [e["soort"] for e in await line.ledger()]
    late = kinds.index("withdrawal.answered") > len(kinds) - 1 - kinds[::-1].index("consent.withdrawn")
    assert len(await notices(line)) == (0 if late else 1)
