"""What an FG reads is what the gateway decided: rows that somebody else wrote in are told as such."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest

from gateway.explain.toezicht import KLOPT_NIET
from tests.flow.test_stamps import Two, alarms
from tests.flow.test_stamps import two as two  # noqa: PLC0414 - a fixture
from tests.flow.test_toezicht import LIST, command, seen
from tests.line import AANBIEDER, LEERLING, OTHER_SCHOOL, SCHOOL, Json, Line, fine, only, problem

NOTHING: Final = (
    *("uitwisselingId", "leerlingId", "afzender", "ontvanger", "rol", "doel", "richting", "soort", "status"),
    *("overgedragen", "uitkomst", "grond", "zonderToestemming"),
)
CHANGED: Final[dict[str, str]] = {
    "the outcome": "'$.besluit.outcome', 'PERMIT'",
    "the ground": "'$.besluit.ground', 'statutory'",
    "the reasons": "'$.besluit.reasons', json('[]')",
    "whose facts the reasons rest on": "'$.besluit.reasons[0].partijen', json('[\"brin:99XX01\"]')",
    "the reasons of a category": "'$.besluit.perCategory.contact', json('[]')",
    "the fields that went": "'$.overgedragen', json('[]')",
    "what went because people agreed": "'$.opToestemming', json('[]')",
    "the policy": "'$.besluit.policyHash', 'x'",
    "the profile": "'$.besluit.profileId', 'x'",
    "the day of the decision": "'$.besluit.asOf', '2020-01-01T00:00:00Z'",
    "the reasons of the state": "'$.redenen', json('[\"PROFESSIONAL_VETO\"]')",
    "since when": "'$.sinds', '2020-01-01T00:00:00Z'",
    "the status": "'$.status', 'bevestigd'",
    "the recipient": "'$.ontvanger', 'agb:99999902'",
    "who had to sign": "'$.besluit.signers', json('[]')",
    "the statements it rests on": "'$.besluit.consentEventIds', json('[]')",
    "the stamp": "'$.stamp', ''",
}


async def taken(line: Line) -> str:
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    (row,) = await seen(line)
    assert row["klopt"] is True
    assert None not in [row[name] for name in NOTHING]
    return only(pushed)


def held_back(row: Json, levering: str) -> None:
    """It is there, it says that it does not hold, and it says nothing else."""
    assert (row["leveringId"], row["klopt"], row["uitleg"]) == (levering, False, KLOPT_NIET)
    assert [row[name] for name in NOTHING] == [None] * len(NOTHING)
    assert (row["redenen"], row["categorieen"], row["velden"]) == ([], [], [])


@pytest.mark.parametrize("what", CHANGED)
def test_whatever_somebody_changed_is_not_told_as_a_fact(two: Two, what: str) -> None:
    """Each thing that an FG is shown: the row comes with `klopt` false and without a word of it."""

    async def story() -> None:
        levering = await two.first(taken)
        two.attack(f"UPDATE levering SET json = json_set(json, {CHANGED[what]})")

        async def look(line: Line) -> None:
            (row,) = await seen(line)
            held_back(row, levering)
            assert "levering" in alarms(line)

        await two.second(look)

    asyncio.run(story())


def test_a_changed_row_is_found_by_every_question(two: Two) -> None:
    """Whoever changed it does not choose by which ground, status or recipient it can still be asked for."""

    async def story() -> None:
        levering = await two.first(taken)
        two.attack(f"UPDATE levering SET json = json_set(json, {CHANGED['the ground']})")

        async def look(line: Line) -> None:
            questions = (
                "grond=consent",
                "grond=zonder_toestemming",
                "status=mislukt",
                "ontvanger=agb:99999902",
            )
            for question in questions:
                (row,) = await seen(line, question)
                held_back(row, levering)
            whole = fine(await line.fg.get(f"{LIST}/{levering}"))
            held_back(whole, levering)
            assert (whole["toelichting"], whole["geschiedenis"]) == (None, [])
            table = await line.fg.get(LIST, {"Accept": "text/csv"})
            assert ";nee;" in table.text
            assert await seen(line, f"partij={OTHER_SCHOOL}") == []
            days = ("--van", "2026-11-16", "--partij", SCHOOL)
            by_command = await command(line, "fg", "leveringen", *days, "--json", "--grond", "statutory")
            (row,) = json.loads(by_command.stdout)["leveringen"]
            held_back(row, levering)
            said = await command(line, "fg", "leveringen", *days)
            assert KLOPT_NIET in said.stdout
            assert AANBIEDER not in said.stdout
            said = await command(line, "fg", "levering", levering, "--partij", SCHOOL)
            assert said.stdout == f"Levering {levering}: {KLOPT_NIET}\n"

        await two.second(look)

    asyncio.run(story())


def test_a_question_about_a_leerling_is_not_led_to_another(two: Two) -> None:
    """The index of a leerling was put on another: no list of the wrong one, and an alarm."""

    async def story() -> None:
        async def both(line: Line) -> None:
            await taken(line)
            await line.gezag(leerling={"leerlingid": "LL-andere"})

        await two.first(both)
        ((index,),) = two.read("SELECT blind_index FROM leerling WHERE id = (SELECT leerling FROM levering)")
        about = "UPDATE leerling SET blind_index = ? WHERE id {} (SELECT leerling FROM levering)"
        two.attack(about.format("="), bytes(32))
        two.attack(about.format("!="), index)

        async def look(line: Line) -> None:
            body = {"partij": SCHOOL, "kijkdoel": "klacht", "leerling": {"leerlingid": LEERLING}}
            answer = await line.fg.post(f"{LIST}/_zoek", body)
            assert problem(answer)[:2] == (503, "verantwoording-onbeschikbaar")
            assert "leerling" in alarms(line)

        await two.second(look)

    asyncio.run(story())


def test_without_the_keys_nobody_says_that_a_row_holds(two: Two, tmp_path: Any) -> None:
    """A copy of the database alone: what is shown says that it was not compared."""

    async def story() -> None:
        async def look(line: Line) -> None:
            levering = await taken(line)
            copy = tmp_path / "kopie.db"
            two.attack("UPDATE levering SET versie = versie")
            import sqlite3

            with sqlite3.connect(two.path) as db:
                db.execute("VACUUM INTO ?", (str(copy),))
            from typer.testing import CliRunner

            from gateway.cli.main import app

            asked = ["fg", "levering", levering, "--partij", SCHOOL, "--database", str(copy)]
            done = await asyncio.to_thread(CliRunner().invoke, app, asked)
            assert done.exit_code == 0, done.output
            assert "niet na te gaan" in done.stdout
            told = await asyncio.to_thread(CliRunner().invoke, app, [*asked, "--json"])
            assert json.loads(told.stdout)["klopt"] is None

        await two.first(look)

    asyncio.run(story())
