"""What a clerk sees: one readable state with its reason, what to do next, and everything tried before."""

from __future__ import annotations

from typing import Final

import pytest

from schemas.exchange.uitwisseling import Leveringstatus
from tests.line import (
    LEERLING,
    Json,
    Line,
    another,
    fine,
    only,
    persons,
    story,
)

CALM: Final = {"afgeleverd", "bevestigd"}
"""States in which there is nothing left to do."""


def readable(view: Json) -> None:
    assert view["uitleg"].endswith(".")
    assert view["status"] in set(Leveringstatus)
    assert bool(view["volgendeStap"]) is (view["status"] not in CALM)
    for reason in view["redenen"]:
        assert reason["uitleg"].endswith(".")
        assert reason["uitleg"] != reason["code"]
    assert [h["volgnummer"] for h in view["geschiedenis"]] == list(range(1, len(view["geschiedenis"]) + 1))
    assert all(h["tekst"].endswith(".") for h in view["geschiedenis"])
    assert view["geschiedenis"][-1]["status"] == view["status"]
    moments = [h["op"] for h in view["geschiedenis"]]
    assert moments == sorted(moments)


@story("memory")
async def test_every_state_is_readable(line: Line) -> None:
    """In every state: a sentence, a next step unless all is done, and a history that ends there."""
    _, pushed, given = await line.permitted()
    seen = {}

    async def look() -> Json:
        view = await line.levering(pushed)
        readable(view)
        seen[view["status"]] = view
        return view

    await look()
    payload = await line.take(only(pushed))
    assert (await look())["leaseTot"].startswith("2026-11-22T10:15:")
    await line.sign_for(only(pushed), payload)
    await look()
    fine(await line.helper.post(f"/leveringen/{only(pushed)}/_verwerkt"))
    await look()
    pushed = await line.push()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    await look()
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/_herhaal"
    fine(await line.school.post(path))
    await line.withdraw(given[0])
    view = await look()
    assert [h["gebeurtenis"] for h in view["geschiedenis"]] == [
        "besloten",
        "opgehaald",
        "onleesbaar_bij_ontvanger",
        "herhaald",
        "opnieuw_besloten",
    ]
    pushed = await line.push()
    await look()
    pushed = await line.push(raw=another("anders"))
    await look()
    line.later(days=31)
    await line.sweep()
    await look()
    assert seen.keys() == set(Leveringstatus)
    assert len({v["uitleg"] for v in seen.values()}) == len(seen)


@pytest.mark.parametrize("grond", ["niet_voor_ons", "geen_capaciteit"])
@story("memory")
async def test_what_was_taken_is_never_called_unshared(line: Line, grond: str) -> None:
    """A recipient that refuses had it in hands: nowhere does the clerk read that nothing was shared."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), grond))
    view = await line.levering(pushed)
    readable(view)
    assert "niets gedeeld" not in str(view)
    assert "opgehaald" in view["uitleg"]


@story("memory")
async def test_what_was_withdrawn_after_a_take_is_never_called_unshared(line: Line) -> None:
    """It is never called unshared, not even when it was withdrawn between the first take and the
    acknowledgement.
    """
    _, pushed, given = await line.permitted()
    await line.take(only(pushed))
    await line.withdraw(given[0])
    view = await line.levering(pushed)
    readable(view)
    assert "niets gedeeld" not in str(view)
    assert "voordat het bericht was opgehaald" not in str(view)


@story("memory")
async def test_the_sender_finds_its_uitwisselingen_back(line: Line) -> None:
    """Newest first, each with the state of its leveringen; no content and no name in the list."""
    _, first, _ = await line.permitted()
    second = await line.push(raw=another("anders"))
    answer = await line.school.get("/uitwisselingen")
    listed = fine(answer)["uitwisselingen"]
    assert [u["id"] for u in listed] == [second["uitwisselingId"], first["uitwisselingId"]]
    assert [u["leveringen"][0]["status"] for u in listed] == ["aangehouden", "klaar"]
    assert LEERLING not in answer.text
    assert "Fenna" not in answer.text
    one = fine(await line.school.get(f"/uitwisselingen/{first['uitwisselingId']}"))
    assert one == listed[1]
    view = fine(await line.school.get(one["links"]["leveringen"].removeprefix("/v1")))["leveringen"][0]
    assert fine(await line.school.get(view["links"]["zelf"].removeprefix("/v1"))) == view


@story("memory")
async def test_the_next_step_changes_with_what_is_missing(line: Line) -> None:
    """From gezag to the first ouder to the second: each time another thing to do."""
    pushed = await line.push()
    steps = [(await line.levering(pushed))["volgendeStap"]]
    leerling = await line.gezag()
    steps.append((await line.levering(pushed))["volgendeStap"])
    for p in persons(leerling):
        await line.agree(leerling, p)
        steps.append((await line.levering(pushed))["volgendeStap"])
    assert len(set(steps)) == 4
    assert "gezag" in steps[0]
