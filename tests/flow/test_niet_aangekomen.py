"""A levering that did not arrive becomes a taak of its sender, with what the recipient said, until it goes on
or ends.
"""

from __future__ import annotations

from typing import Any

import pytest

from schemas.exchange.uitwisseling import Weigergrond
from tests.line import AANBIEDER, Json, Line, fine, only, persons, problem, story


async def open_taken(line: Line) -> list[Json]:
    """What the school still has to do because a levering did not arrive."""
    found: list[Json] = fine(await line.school.get("/taken"))["taken"]
    return [t for t in found if t["soort"] == "levering_bekijken"]


async def failed(line: Line) -> tuple[Json, Json, list[Json]]:
    """A levering that its recipient could not read: the leerling, the push and who agreed."""
    leerling, pushed, given = await line.permitted()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    return leerling, pushed, given


def again(pushed: Json) -> str:
    return f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/_herhaal"


async def became(line: Line, taak: Json) -> tuple[str, str]:
    after = fine(await line.school.get(f"/taken/{taak['id']}"))
    assert "gedaan" not in after["links"]
    return after["status"], after["uitkomst"]


@pytest.mark.parametrize("grond", list(Weigergrond))
@story()
async def test_a_refusal_is_a_taak_of_the_sender_with_its_ground(line: Line, grond: Weigergrond) -> None:
    """In the words of the recipient's ground; only the sender has it, once however often it is said, and the
    log names the levering.
    """
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    assert await open_taken(line) == []
    for _ in range(2):
        fine(await line.refuse(only(pushed), grond.value))
    (taak,) = await open_taken(line)
    assert (taak["grond"], taak["leveringId"]) == (grond, only(pushed))
    assert taak["leerlingId"] == leerling["leerlingId"]
    assert "ontvanger" in taak["grondUitleg"]
    assert ("herhaal" in taak["links"]) is (grond is Weigergrond.ONLEESBAAR)
    assert fine(await line.helper.get("/taken"))["taken"] == []
    told = [e for e in line.log_lines() if e["event"] == "levering.refused"]
    assert [(e["levering"], e["ontvanger"], e["grond"]) for e in told] == [
        (only(pushed), AANBIEDER, grond)
    ] * 2


@story("memory", max_takes=1)
async def test_what_nobody_signs_for_is_a_taak_without_a_ground(line: Line) -> None:
    """The recipient said nothing, so no ground is told for him."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    line.later(minutes=15)
    await line.sweep()
    (taak,) = await open_taken(line)
    assert (taak["leveringId"], "grond" in taak) == (only(pushed), False)


@story()
async def test_offering_it_again_ends_the_taak_and_a_next_failure_is_a_next_taak(line: Line) -> None:
    """The first stays as it ended; the link of the taak is the one to offer it again with."""
    _, pushed, _ = await failed(line)
    (first,) = await open_taken(line)
    assert first["links"]["herhaal"] == "/v1" + again(pushed)
    fine(await line.school.post(again(pushed)))
    assert await open_taken(line) == []
    assert await became(line, first) == ("afgehandeld", "herhaald")
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "geen_capaciteit"))
    (second,) = await open_taken(line)
    assert (second["grond"], second["id"] != first["id"]) == ("geen_capaciteit", True)
    assert await became(line, first) == ("afgehandeld", "herhaald")


async def lapses(line: Line, _leerling: Json, _given: list[Json]) -> None:
    line.later(days=30)
    await line.sweep()


async def is_withdrawn(line: Line, _leerling: Json, given: list[Json]) -> None:
    await line.withdraw(given[0])


@pytest.mark.parametrize("end", [lapses, is_withdrawn])
@story("memory")
async def test_the_end_of_the_levering_ends_the_taak(line: Line, end: Any) -> None:
    """Whether its term ended or somebody withdrew: nothing is left to look at."""
    leerling, _, given = await failed(line)
    (taak,) = await open_taken(line)
    await end(line, leerling, given)
    assert await became(line, taak) == ("vervallen", "gaat_niet_door")


@story("memory")
async def test_what_changes_nothing_for_it_leaves_the_taak(line: Line) -> None:
    """A fact that lets it go as before, and a round over what is held: it is still to do."""
    leerling, _, _ = await failed(line)
    before = await open_taken(line)
    await line.agree(leerling, persons(leerling)[0])
    await line.context.rounds.daily()
    assert await open_taken(line) == before


@story("memory")
async def test_the_sender_says_that_he_looked(line: Line) -> None:
    """What was refused for good ends with his word, which stands in the account; it comes back by nothing."""
    leerling, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "niet_voor_ons"))
    (taak,) = await open_taken(line)
    await line.agree(leerling, persons(leerling)[0])
    assert await open_taken(line) == [taak]
    path = taak["links"]["gedaan"].removeprefix("/v1")
    assert (await line.helper.post(path)).status_code == 404
    assert fine(await line.school.post(path))["uitkomst"] == "gedaan"
    assert await open_taken(line) == []
    assert problem(await line.school.post(again(pushed)))[:2] == (409, "niet-mislukt")
