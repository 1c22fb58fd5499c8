"""An exchange whose dossier is read in another process: a real one, with the same answers."""

from __future__ import annotations

import os
import signal

from gateway.wiring import voorbeelddossier
from tests.line import Json, Line, envelope, fresh, only, story

BROKEN = voorbeelddossier().replace(b"<geslacht>", b"<geslagt>", 1)


async def told_and_given(line: Line) -> tuple[list[Json], Json, bytes]:
    """The faults of a broken dossier, what a good one would give, and what its recipient gets of it."""
    refused = await line.school.post("/uitwisselingen", envelope(BROKEN), key=fresh())
    assert refused.status_code == 400, refused.text
    shown = await line.school.post("/uitwisselingen/_proef", envelope())
    assert shown.status_code == 200, shown.text
    levering = only(await line.push())
    given = await line.take(levering)
    await line.sign_for(levering, given)
    return refused.json()["fouten"], shown.json(), given


@story("memory", translate_processes=1)
async def test_an_exchange_read_in_another_process_is_the_same_exchange(line: Line) -> None:
    """The same faults, findings and bytes as when it is read where it came in."""
    aside = line.context.aside
    await line.both_agree(await line.gezag())
    there = await told_and_given(line)
    assert aside.done == 2
    aside.processes = 0
    here = await told_and_given(line)
    assert aside.done == 2
    assert there == here


@story("memory", translate_processes=1)
async def test_a_push_that_loses_its_reader_is_repeated(line: Line) -> None:
    """Killed unseen: the sender hears that nothing was done, and the same request is accepted."""
    aside, key = line.context.aside, fresh()
    os.kill(await aside(os.getpid), signal.SIGKILL)
    lost = await line.school.post("/uitwisselingen", envelope(), key=key)
    assert lost.status_code == 503, lost.text
    again = await line.school.post("/uitwisselingen", envelope(), key=key)
    assert again.status_code == 202, again.text
    assert aside.lost == 1
