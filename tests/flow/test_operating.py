"""What an operator leans on: a sound register, housekeeping that goes on, counters not for all."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import FrameType

import pytest

from gateway.jobs.housekeeping import housekeep
from gateway.ports.storage import Storage
from gateway.register.regels import shipped_profiles
from schemas.errors import RecordUnavailable
from schemas.storage.storage import Job, Portion, Register, TreeHead, Under
from tests.faults.faulty import FaultyStorage
from tests.line import Json, Line, accepted, envelope, fine, fresh, only, open_line, problem, story


async def clash(line: Line) -> Register:
    """Puts a register in place as a newer gateway may find it; gives the sound one back."""
    old = await line.world.storage.register()
    own = shipped_profiles()[0].model_copy(update={"id": "eigen-profiel"})
    broken = Register(0, old.partijen, {own.id: own.model_dump_json(exclude_defaults=True)})
    await line.apply(broken)
    return old


def broken_register(line: Line) -> list[Json]:
    return [e for e in line.log_lines() if e.get("problem") == "register"]


@story()
async def test_a_register_that_is_no_policy_is_our_fault(line: Line) -> None:
    """Nothing is accepted, previewed or handed over, and nothing is lost; once repaired all goes on."""
    _, pushed, _ = await line.permitted()
    old = await clash(line)
    before = await line.everything()
    ours = (503, "verantwoording-onbeschikbaar", ())
    key = fresh()
    assert problem(await line.school.post("/uitwisselingen", envelope(), key=key)) == ours
    assert problem(await line.school.post("/uitwisselingen/_proef", envelope())) == ours
    assert problem(await line.try_take(only(pushed))) == ours
    assert problem(await line.http.get("/v1/gereedheid")) == ours
    assert await line.everything() == before
    (said,) = broken_register(line)
    assert (said["event"], said["level"]) == ("gateway.promise_broken", "error")
    await line.apply(old)
    accepted(await line.school.post("/uitwisselingen", envelope(), key=key))
    assert fine(await line.http.get("/v1/gereedheid")) == {"status": "gereed"}
    await line.take(only(pushed))


@story()
async def test_under_a_register_that_is_no_policy_nothing_is_permitted(line: Line) -> None:
    """The policy for what must be recorded anyhow knows the partijen and has no profile at all."""
    old = await clash(line)
    regels = await line.context.regels.current_or_deny()
    assert regels.beleid.profielen == {}
    assert regels.partijen.keys() == old.partijen.keys()
    assert len(broken_register(line)) == 1
    assert await line.context.regels.current_or_deny() is regels
    assert len(broken_register(line)) == 1


@story()
async def test_a_withdrawal_is_recorded_under_a_register_that_is_no_policy(line: Line) -> None:
    """Whatever our register is, who withdraws is heard, and what waited does not go."""
    _, pushed, given = await line.permitted()
    await clash(line)
    await line.withdraw(given[0])
    assert (await line.status(pushed)) in ("ingetrokken", "geweigerd")
    assert not line.has_content(only(pushed))


# ── the jobs beside the requests


class Unsound(FaultyStorage):
    """Fails as nobody foresaw while `broken`, and gives two leveringen that are due at a time."""

    def __init__(self, inner: Storage) -> None:
        super().__init__(inner)
        self.broken = False

    async def claim_due(self, portion: Portion, max_takes: int) -> tuple[str, ...]:
        self._look()
        return await self._inner.claim_due(dataclasses.replace(portion, limit=2), max_takes)

    async def claim_held(self, portion: Portion, under: Under) -> tuple[str, ...]:
        self._look()
        return await self._inner.claim_held(portion, under)

    async def head(self) -> TreeHead:
        self._look()
        return await self._inner.head()

    def _look(self) -> None:
        if self.broken:
            raise ZeroDivisionError


def unsound(line: Line) -> Unsound:
    store = line.world.storage
    assert isinstance(store, Unsound)
    return store


@contextlib.asynccontextmanager
async def housekeeping(line: Line) -> AsyncIterator[None]:
    job = asyncio.create_task(housekeep(line.context, 0.01))
    try:
        yield
        assert not job.done()
    finally:
        job.cancel()


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not seen():  # noqa: ASYNC110 - it looks at a log
            await asyncio.sleep(0.01)


def events(line: Line, name: str, problem: str | None = None) -> list[Json]:
    return [e for e in line.log_lines() if e["event"] == name and e.get("problem") == problem]


@story("memory", wrap=Unsound)
async def test_each_round_says_what_it_did_and_what_failed(line: Line) -> None:
    """For who runs the gateway only; a process that fell silent is told so, and is gone a week later."""
    assert fine(await line.school.get("/beheer/rondes"))["rondes"] == []
    unsound(line).broken = True
    async with housekeeping(line):
        await until(lambda: bool(events(line, "gateway.promise_broken", "housekeeping")))
        await asyncio.sleep(0.05)
        (ronde,) = fine(await line.school.get("/beheer/rondes"))["rondes"]
    assert [d["werk"] for d in ronde["delen"]] == ["termijnen", "dagen", "taken", "overleg", "opruimen"]
    assert not all(d["gelukt"] for d in ronde["delen"])
    assert not ronde["teLaat"]
    line.later(minutes=6)
    assert fine(await line.school.get("/beheer/rondes"))["rondes"][0]["teLaat"]
    line.later(days=8)
    assert fine(await line.school.get("/beheer/rondes"))["rondes"] == []


@story(wrap=Unsound)
async def test_housekeeping_goes_on_after_anything(line: Line) -> None:
    """What nobody foresaw is in the log, and the next round does the work."""
    _, pushed, _ = await line.permitted()
    unsound(line).broken = True
    line.later(days=31)
    async with housekeeping(line):
        await until(lambda: len(events(line, "gateway.promise_broken", "housekeeping")) >= 3)
        assert await line.status(pushed) == "klaar"
        assert not events(line, "housekeeping.done")
        unsound(line).broken = False
        await until(lambda: bool(events(line, "housekeeping.done")))
    assert await line.status(pushed) == "vervallen"


@story(wrap=Unsound)
async def test_one_round_does_all_that_is_due(line: Line) -> None:
    """More than comes back at once lapses in the same round; the day's work is done once."""
    await line.permitted()
    for _ in range(4):
        await line.push()
    async with housekeeping(line):
        line.later(days=31)
        await until(lambda: len(events(line, "housekeeping.done")) >= 3)
    rounds = [e["expired"] for e in events(line, "housekeeping.done")]
    assert [n for n in rounds if n] == [5]


@story()
async def test_without_a_policy_nothing_that_waits_is_denied(line: Line) -> None:
    """The daily round leaves held leveringen alone while the register is no policy."""
    await line.gezag()
    pushed = await line.push()
    assert await line.status(pushed) == "aangehouden"
    async with housekeeping(line):
        await asyncio.sleep(0)
        await clash(line)
        line.later(days=1)
        await until(lambda: bool(events(line, "gateway.promise_broken", "housekeeping")))
    assert await line.status(pushed) == "aangehouden"
    assert line.has_content(only(pushed))


def test_a_gateway_that_cannot_sign_stops(tmp_path: Path) -> None:
    """Whatever ends the signing: it is in the log, the process is told to stop, and its end says so."""
    stopped: list[int] = []

    def told(number: int, _: FrameType | None) -> None:
        stopped.append(number)

    before = signal.signal(signal.SIGTERM, told)
    logged: list[Json] = []

    async def scene() -> None:
        async with open_line("memory", tmp_path, Unsound, checkpoint_seconds=0.02) as line:
            unsound(line).broken = True
            await until(lambda: bool(stopped))
            logged.extend(events(line, "gateway.promise_broken", "ledger"))

    try:
        with pytest.raises(RecordUnavailable):
            asyncio.run(scene())
    finally:
        signal.signal(signal.SIGTERM, before)
    assert stopped == [signal.SIGTERM]
    (said,) = logged
    assert "ZeroDivisionError" in said["exception"][0]["type"]


class Full(FaultyStorage):
    """Reads as ever and can write nothing: what a full disk comes to."""

    full = False

    async def claim_job(self, job: Job, now: dt.datetime, until: dt.datetime) -> bool:
        if self.full:
            raise RecordUnavailable("database or disk is full")
        return await self._inner.claim_job(job, now, until)


@story("memory", wrap=Full)
async def test_who_cannot_write_is_not_ready(line: Line) -> None:
    """However well it reads: a push would be a 503 too. It lives, and is ready once there is room."""
    store = line.world.storage
    assert isinstance(store, Full)
    store.full = True
    refused = await line.http.get("/v1/gereedheid")
    assert problem(refused) == (503, "verantwoording-onbeschikbaar", ())
    assert fine(await line.http.get("/v1/gezondheid"))["status"] == "in orde"
    store.full = False
    assert fine(await line.http.get("/v1/gereedheid")) == {"status": "gereed"}


@story()
async def test_asking_whether_it_is_ready_writes_and_leaves_nothing_behind(line: Line) -> None:
    """Every time, by everybody: no row is added by it, and nobody keeps another from it."""
    fine(await line.http.get("/v1/gereedheid"))
    before, commits = line.counts(), line.world.storage.commits
    for _ in range(5):
        fine(await line.http.get("/v1/gereedheid"))
    assert line.world.storage.commits >= commits + 5
    assert line.counts() == before
