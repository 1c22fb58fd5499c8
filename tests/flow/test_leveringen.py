"""What an operator sees of leveringen that wait, are held or failed: the command, and the gauges."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from gateway.cli.main import app
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.storage.storage import Standing
from tests.faults.faulty import FaultyStorage
from tests.line import AANBIEDER, SCHOOL, Line, another, fine, only, story


async def command(line: Line, *arguments: str) -> tuple[int, str]:
    file = line.settings.keys.parent / "ozlijn.toml"
    kept = ("database", "keys", "issuer", "log_name")
    file.write_text("".join(f"{n} = {json.dumps(str(getattr(line.settings, n)))}\n" for n in kept))
    asked = ["leveringen", "--settings", str(file), *arguments]
    done = await asyncio.to_thread(CliRunner().invoke, app, asked)
    return done.exit_code, done.output


async def listed(line: Line, *arguments: str) -> dict[str, Any]:
    code, out = await command(line, *arguments, "--json")
    assert code == 0, out
    found: dict[str, Any] = json.loads(out)
    return found


@story("sqlite")
async def test_an_operator_finds_what_is_stuck(line: Line) -> None:
    """Who sends what to whom, since when, why and what can be done, page by page; nothing of a leerling."""
    assert await command(line) == (0, "Er staat niets open.\n")
    assert await listed(line) == {"leveringen": [], "na": None}
    leerling, failed, _ = await line.permitted()
    await line.take(only(failed))
    fine(await line.refuse(only(failed), "onleesbaar"))
    line.later(minutes=1)
    held = await line.push(raw=another("anders"))
    line.later(minutes=1)
    ready = await line.push()
    found = await listed(line)
    assert [v["leveringId"] for v in found["leveringen"]] == [only(p) for p in (failed, held, ready)]
    one, two, three = found["leveringen"]
    assert [v["status"] for v in (one, two, three)] == ["mislukt", "aangehouden", "klaar"]
    assert (one["afzender"], one["ontvanger"], one["uitwisselingId"]) == (
        SCHOOL,
        AANBIEDER,
        failed["uitwisselingId"],
    )
    assert (one["redenen"], one["gebeurtenis"]) == ([], "onleesbaar_bij_ontvanger")
    assert "opnieuw aanbieden" in one["volgendeStap"]
    assert "GEZAG_UNVERIFIED" in two["redenen"]
    assert two["volgendeStap"].startswith("Controleer het gezag")
    assert leerling["leerlingId"] not in json.dumps(found)

    assert [v["status"] for v in (await listed(line, "--status", "klaar"))["leveringen"]] == ["klaar"]
    first = await listed(line, "--aantal", "2")
    assert first == {"leveringen": [one, two], "na": only(held)}
    assert await listed(line, "--aantal", "2", "--na", only(held)) == {"leveringen": [three], "na": None}
    _, text = await command(line, "--aantal", "1")
    assert f"mislukt sinds {one['sinds']}: levering {only(failed)}" in text
    assert f"Er is meer: --na {only(failed)}" in text


@story("sqlite")
async def test_what_is_over_is_listed_when_it_is_asked_for(line: Line) -> None:
    """In order of acceptance, beside what is open or alone; a cursor of another list is wrong use."""
    _, first, _ = await line.permitted()
    await line.take(only(first))
    fine(await line.refuse(only(first), "geen_capaciteit"))
    second = await line.push()
    (refused,) = (await listed(line, "--status", "geweigerd"))["leveringen"]
    assert (refused["leveringId"], refused["redenen"]) == (only(first), ["RECIPIENT_DECLINED"])
    both = ("--status", "geweigerd", "--status", "klaar", "--aantal", "1")
    page = await listed(line, *both)
    assert [v["leveringId"] for v in page["leveringen"]] == [only(first)]
    rest = await listed(line, *both, "--na", page["na"])
    assert ([v["leveringId"] for v in rest["leveringen"]], rest["na"]) == ([only(second)], None)
    assert await command(line, "--status", "vervallen") == (0, "Geen leveringen met deze status.\n")
    for wrong in (("--na", page["na"]), (*both, "--na", only(first)), ("--status", "weg")):
        assert (await command(line, *wrong))[0] != 0


def gauges(text: str) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels["status"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("ozlijn_leveringen")
    }


@story()
async def test_what_waits_is_measured_at_the_scrape(line: Line) -> None:
    """How many per status, a zero where there are none, and how long the first has it."""

    async def scraped() -> dict[tuple[str, str], float]:
        answer = await line.http.get("/metrics", headers=line.school.headers(None, None))
        found = gauges(answer.text)
        return {k: v // 3600 if k[0].endswith("seconden") else v for k, v in found.items()}  # in whole hours

    assert await scraped() == {("ozlijn_leveringen", s): 0 for s in ("aangehouden", "klaar", "mislukt")}
    _, pushed, _ = await line.permitted()
    line.later(hours=5)
    await line.push()
    assert await scraped() == {
        ("ozlijn_leveringen", "aangehouden"): 0,
        ("ozlijn_leveringen", "klaar"): 2,
        ("ozlijn_leveringen", "mislukt"): 0,
        ("ozlijn_leveringen_oudste_seconden", "klaar"): 5,
    }
    await line.take(only(pushed))
    fine(await line.refuse(only(pushed), "onleesbaar"))
    line.later(hours=2)
    found = await scraped()
    assert found["ozlijn_leveringen", "mislukt"] == found["ozlijn_leveringen", "klaar"] == 1
    assert found["ozlijn_leveringen_oudste_seconden", "mislukt"] == 2
    assert found["ozlijn_leveringen_oudste_seconden", "klaar"] == 2


class Silent(FaultyStorage):
    """A store that cannot say what is open."""

    async def standing(self, most: int) -> dict[Leveringstatus, Standing]:
        raise RecordUnavailable(f"no answer for {most}")


@story("memory", wrap=Silent)
async def test_counters_are_told_when_the_store_cannot_say_what_is_open(line: Line) -> None:
    """The gauges are absent, which an operator can see; a zero would be untrue."""
    await line.permitted()
    answer = await line.http.get("/metrics", headers=line.school.headers(None, None))
    assert (answer.status_code, gauges(answer.text)) == (200, {})
    assert "ozlijn_uitwisselingen_total 1.0" in answer.text
