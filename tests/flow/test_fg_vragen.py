"""The questions of an FG over a generated year: each answer is that of a recount from lines and facts."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.explain.toezicht import periode
from gateway.toezicht.vraag import Gevraagd
from tests.hertelling import Hertelling
from tests.jaar import Jaar, een_jaar
from tests.line import AANBIEDER, FG, SCHOOL, Json, Line, fine, fresh, prepare, recorded

VAN: Final = dt.date(2026, 1, 1)
TOT: Final = dt.date(2027, 1, 1)
EXCHANGES: Final = 2_000
LONG: Final = 50_000


async def answered(
    jaar: Jaar,
    nummer: int,
    partijen: tuple[str, ...],
    leerling: str | None = None,
    van: dt.date = VAN,
    tot: dt.date = TOT,
) -> list[Json]:
    """All rows of one question, over the whole year unless told otherwise."""
    at = periode(partijen, van, tot, VAN)
    if leerling is not None:
        row = await jaar.line.world.storage.leerling_by_ref(SCHOOL, leerling)
        assert row is not None
        at = type(at)(at.partijen, at.van, at.tot, row.id)
    found = await jaar.line.context.toezicht.geheel(Gevraagd(nummer, at, FG))
    assert found.kloptNiet == 0
    return found.rijen


def told(rows: list[Json], *columns: str) -> Counter[Any]:
    """The rows by what these columns say."""
    return Counter(tuple(_plain(r[c]) for c in columns) for r in rows)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def alone(rows: list[Json], column: str) -> Counter[Any]:
    return Counter(r[column] for r in rows)


def counted(rows: list[Json], keys: int, *columns: str) -> dict[Any, Any]:
    made = {}
    for r in rows:
        values = tuple(r[c] for c in columns)
        made[values[:keys] if keys > 1 else values[0]] = values[keys:]
    return made


async def compare(jaar: Jaar, partijen: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    """For each question the answer and the recount, where they are not the same."""
    line = jaar.line
    again = await Hertelling.read(
        line.world.storage, line.world.vault, partijen, line.clock.now(), frozenset(jaar.unreadable)
    )

    async def rows(nummer: int) -> list[Json]:
        return await answered(jaar, nummer, partijen)

    pairs: dict[str, tuple[Any, Any]] = {}
    two = await rows(2)
    got2 = Counter(
        (r["partij"], r["wat"], r["client"], r["medewerker"] is not None, r["feitId"]) for r in two
    )
    pairs["2"] = (got2, again.vraag_2())
    columns = ("leveringId", "afzender", "velden", "doorAfzenderVastgelegd", "zelfdeVelden", "getekend")
    pairs["3"] = (told(await rows(3), *columns), again.vraag_3())
    got4 = {(r["ontvanger"], r["rol"], r["soort"], r["veld"]): r["keren"] for r in await rows(4)}
    pairs["4"] = (Counter(got4), again.vraag_4())
    pairs["8"] = (told(await rows(8), "leveringId", "velden", "client"), again.vraag_8())
    pairs["9"] = (told(await rows(9), "uitwisselingId", "rollen", "velden"), again.vraag_9())
    pairs["15"] = (told(await rows(15), "leveringId", "ontvanger", "velden", "uitkomst"), again.vraag_15())
    got20 = {(r["partij"], r["soort"], r["kant"]): r["regels"] for r in await rows(20)}
    pairs["20"] = (Counter(got20), again.vraag_20())
    tree = ("partij", "grootteToen", "wortelToen", "grootteNu", "wortelNu", "klopt")
    pairs["19"] = (told(await rows(19), *tree), again.vraag_19())
    points = await rows(21)
    while again.signed != (await _signed(line)):  # a checkpoint is signed every minute
        again.signed, points = await _signed(line), await rows(21)
    pairs["21"] = (told(points, "wat", "grootte", "klopt"), again.vraag_21())
    pairs["22"] = (told(await rows(22), "bladId", "wat", "uitkomst"), again.vraag_22())
    pairs["23"] = (told(await rows(23), "partij", "door", "kijkdoel", "client"), again.vraag_23())
    if partijen == (SCHOOL,):  # elsewhere what rests on facts of the school is hidden, which no line tells
        pairs |= await _of_the_school(jaar, again)
    return {n: pair for n, pair in pairs.items() if pair[0] != pair[1]}


async def _signed(line: Line) -> str | None:
    found = await line.world.storage.last_checkpoint()
    return None if found is None else found.note


async def _of_the_school(jaar: Jaar, again: Hertelling) -> dict[str, tuple[Any, Any]]:
    line = jaar.line
    pairs: dict[str, tuple[Any, Any]] = {}

    async def rows(nummer: int) -> list[Json]:
        return await answered(jaar, nummer, (SCHOOL,))

    for ref in [k.ref for k in jaar.kinds[::7]]:
        got = await answered(jaar, 1, (SCHOOL,), ref)
        pairs[f"1 {ref}"] = (told(got, "leveringId", "ontvanger", "doel", "velden"), again.vraag_1(ref))
    names = ("profiel", "soort", "veld", "gevraagd", "mee", "thuis", "gemeld", "geopend")
    pairs["5"] = (counted(await rows(5), 3, *names), again.vraag_5())
    few = ("profiel", "leveringen", "mee", "gemeld", "geopend")
    pairs["6"] = (counted(await rows(6), 1, *few), again.vraag_6())
    seven = await rows(7)
    got7 = {(r["afzender"], r["profiel"], r["soort"], r["veld"], r["reden"]): r["keren"] for r in seven}
    pairs["7"] = (Counter(got7), again.vraag_7())
    pairs["10"] = (told(await rows(10), "leveringId", "ontvanger", "velden"), again.vraag_10())
    pairs["11"] = (told(await rows(11), "afwegingId", "leveringId", "wat"), again.vraag_11())
    pairs["12"] = (_rates(await rows(12)), again.vraag_12())
    pairs["13"] = (alone(await rows(13), "leveringId"), again.vraag_13())
    pairs["14"] = (told(await rows(14), "leveringId", "wat", "toestemmingId"), again.vraag_14())
    pairs["16"] = (told(await rows(16), "leerlingId", "wordt", "op", "leveringen"), again.vraag_16())
    pairs["17"] = (told(await rows(17), "leerlingId", "gecontroleerdOp", "leveringen"), again.vraag_17())
    new = (await line.context.regels.current()).beleid.hash_on(line.clock.now())
    again_from, until = (
        dt.date(2026, 8, 20),
        dt.date(2026, 9, 12),
    )  # the profile changes on the first of September
    found = await answered(jaar, 18, (SCHOOL,), None, again_from, until)
    eighteen = [r for r in found if r["verschil"] != "nietNaTeRekenen"]
    expected = again.vraag_18(new, "contactpersoon.telefoon", again_from, until)
    pairs["18"] = (alone(eighteen, "leveringId"), expected)
    return pairs


def _rates(rows: list[Json]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for r in rows:
        key = (r["afzender"], r["maand"])
        n, used, people = made.get(key, (r["leveringen"], 0, []))
        if r["medewerker"] is None:
            used = r["afwegingen"]
        else:
            people = sorted([*people, r["afwegingen"]])
        made[key] = (n, used, people)
    return made


async def looks_and_checks(jaar: Jaar) -> None:
    """The FG looks at a few people, for a doel, and says up to where he knows the account: what questions 19,
    21 and 23 tell.
    """
    line = jaar.line
    await line.fg.sign_in()
    await line.context.checkpointer.publish()
    boom = fine(await line.fg.get("/toezicht/vragen/vraag-21"))["boom"]
    for partij in (SCHOOL, AANBIEDER):
        body = {"partij": partij, "grootte": boom["grootte"], "wortel": boom["wortel"]}
        recorded(await line.fg.post("/toezicht/nagekeken", body, key=fresh()))
    for kind in jaar.kinds[:3]:
        body = {"partij": SCHOOL, "leerlingId": kind.ref, "kijkdoel": "klacht", "van": "2026-01-01"}
        found = fine(await line.fg.post("/toezicht/vragen/vraag-1/_zoek", body))
        for row in found["rijen"][:1]:
            asked = {"leveringId": row["leveringId"], "kijkdoel": "inzageverzoek"}
            assert fine(await line.fg.post("/toezicht/_toon", asked))["leerlingid"] == kind.name


RICH: Final[dict[int, dict[str, int]]] = {
    2: {"wat": 9, "client": 2, "medewerker": 2},
    4: {"ontvanger": 2, "rol": 2, "veld": 8, "keren": 5},
    5: {"profiel": 3, "veld": 8, "thuis": 3, "geopend": 5},
    6: {"profiel": 3, "geopend": 3},
    7: {"profiel": 3, "veld": 5, "reden": 4},
    8: {"leveringId": 100, "velden": 1},
    9: {"velden": 1},
    10: {"grond": 2, "rol": 2, "afwegingId": 5, "verklaringId": 5},
    11: {"wat": 5},
    12: {"maand": 11, "medewerker": 3, "afwegingen": 3},
    13: {"van": 2},
    14: {"wat": 3},
    15: {"uitkomst": 2, "teLaat": 2, "velden": 2},
    16: {"wordt": 2},
    17: {"dagen": 10},
    18: {"erbij": 1, "weg": 1, "verschil": 1},
    19: {"partij": 1},
    20: {"soort": 12, "kant": 2},
    21: {"wat": 5},
    22: {"wat": 2},
    23: {"kijkdoel": 2, "wat": 2, "leerlingId": 3},
}
"""Of each question, how many different values some columns have at least over the year of the school: an
answer of one kind of row proves little. Questions 1 and 3 are asked of some leerlingen and of the recipient.
"""
RECEIVED: Final[dict[int, dict[str, int]]] = {
    3: {"doel": 2, "getekend": 2, "velden": 2},
    22: {"wat": 1, "uitkomst": 2},
}
"""The same of who received."""


async def poor(jaar: Jaar, partij: str, rich: dict[int, dict[str, int]]) -> dict[str, int]:
    """The columns in which less stands than should."""
    found = {}
    for nummer, columns in rich.items():
        rows = await answered(jaar, nummer, (partij,))
        for column, least in columns.items():
            n = len({str(r[column]) for r in rows})
            if n < least:
                found[f"{nummer} {column}"] = n
    return found


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.stores)])
@pytest.mark.timeout(7_200)
def test_each_answer_is_that_of_a_recount_from_lines_and_facts_alone(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Over a generated year, of a sender and of a recipient; and all have something to count.

    With `--long` the year has 50,000 exchanges, with `--stores` it is played on PostgreSQL too.
    """

    exchanges = LONG if request.config.getoption("--long") else EXCHANGES

    async def story() -> None:
        async with een_jaar(engine, tmp_path, exchanges) as jaar:
            await looks_and_checks(jaar)
            for partijen in ((SCHOOL,), (AANBIEDER,)):
                different = await compare(jaar, partijen)
                assert different == {}, partijen
            wrong = {(r["leveringId"], r["wat"]) for r in await answered(jaar, 14, (SCHOOL,))}
            assert wrong == set(jaar.wrong.items()), "what went by a fault, and nothing else"
            assert await poor(jaar, SCHOOL, RICH) == {}
            assert await poor(jaar, AANBIEDER, RECEIVED) == {}

    prepare(engine, tmp_path, request)
    asyncio.run(story())
