"""What is read in a process of its own: through a real one."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from adapters import oso
from gateway.runtime.aside import FROM_BYTES, MEMORY, Aside
from gateway.wiring import voorbeelddossier
from schemas.errors import Busy, Fault, InvalidMessage, MessageTooLarge

ROOT = Path(__file__).resolve().parents[4]


def with_aside(test: Callable[[Aside], Coroutine[Any, Any, None]]) -> None:
    aside = Aside()
    try:
        asyncio.run(test(aside))
    finally:
        aside.close()


def test_a_translation_comes_back_whole_and_so_do_its_faults() -> None:
    """The same as on the spot; the class of an error, and every fault of it."""
    raw = voorbeelddossier()
    broken = raw.replace(b"<geslacht>", b"<geslagt>", 1)

    async def story(aside: Aside) -> None:
        assert await aside(os.getpid) != os.getpid()
        assert await aside(oso.translate, raw, provenance=True) == oso.translate(raw, provenance=True)
        with pytest.raises(InvalidMessage) as there:
            await aside(oso.translate, broken, provenance=False)
        with pytest.raises(InvalidMessage) as here:
            oso.translate(broken, provenance=False)
        assert there.value.faults == here.value.faults
        with pytest.raises(MessageTooLarge) as large:
            await aside(raises, MessageTooLarge((Fault("a", "b", "c"),)))
        assert large.value.faults == (Fault("a", "b", "c"),)

    with_aside(story)


def raises(error: Exception) -> None:
    raise error


def test_a_lost_process_is_busy_and_the_next_message_gets_a_new_one() -> None:
    """Killed while it works, as when memory runs out: nothing was done, repeat."""

    async def story(aside: Aside) -> None:
        pid = await aside(os.getpid)
        work = asyncio.ensure_future(aside(time.sleep, 30))
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Busy):
            await work
        assert await aside(os.getpid) not in (pid, os.getpid())

    with_aside(story)


def test_work_that_takes_too_long_ends_its_process_and_harms_no_other() -> None:
    """A document that a reader hangs on costs one process: its sender hears Busy, and what another does comes
    back.
    """

    async def story() -> None:
        aside = Aside(processes=2, seconds=3)
        try:
            pids = await asyncio.gather(aside(_pid_after, 0.2), aside(_pid_after, 0.2))
            assert len({*pids, os.getpid()}) == 3
            hangs = asyncio.ensure_future(aside(time.sleep, 60))
            await asyncio.sleep(0.1)
            assert await aside(os.getpid) in pids
            with pytest.raises(Busy):
                await hangs
            assert (aside.lost, aside.done) == (1, 3)
            assert len({await aside(os.getpid), *pids, os.getpid()}) == 4
        finally:
            aside.close()

    asyncio.run(story())


def test_a_process_that_is_renewed_leaves_nothing_undone() -> None:
    """All work that waits while one process ends and the next begins is done, by as many as it takes."""

    async def story() -> None:
        aside = Aside(renewed_after=2)
        try:
            work = [aside(os.getpid) for _ in range(6)]
            pids = await asyncio.wait_for(asyncio.gather(*work), 60)
            assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [2, 2, 2]
            assert (aside.lost, aside.done) == (0, 6)
        finally:
            aside.close()

    asyncio.run(story())


def _pid_after(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def test_work_that_takes_too_much_memory_is_busy() -> None:
    """The bound is that of the process, not of the machine; and the next piece of work is done."""

    async def story(aside: Aside) -> None:
        with pytest.raises(Busy):
            await aside(bytearray, MEMORY)
        assert await aside(len, b"abc") == 3

    with_aside(story)


@pytest.mark.parametrize(("processes", "size", "aside"), [(0, 0, False), (0, FROM_BYTES, True), (1, 0, True)])
def test_with_processes_every_dossier_is_for_them(processes: int, size: int, aside: bool) -> None:
    """Without, only what is large."""
    assert Aside(processes).is_for(size) is aside


PARENT = """
import asyncio, os, sys, time
from gateway.runtime.aside import Aside
async def main():
    aside = Aside()
    print(await aside(os.getpid), flush=True)
    await aside(time.sleep, 60)
asyncio.run(main())
"""


def test_the_process_does_not_outlive_its_gateway() -> None:
    """Not even when that is killed: it would hold memory with dossiers in it."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=ROOT)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and "\nState:\tZ" not in _status(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return "\nState:\tZ"
