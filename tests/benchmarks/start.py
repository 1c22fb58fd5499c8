"""What stays of an exchange on the disk, and how soon a gateway serves again when there are a great many."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import httpx2 as httpx

from tests.benchmarks import growth
from tests.benchmarks.engines import push, site
from tests.benchmarks.exchange import ROOT, SERVE
from tests.line import another, open_line, prepare

KNOWN: Final = 20
"""Leerlingen about whom is pushed in turn when the disk is measured."""
PURGED_DAYS: Final = 40
"""After so many days answers to repeated requests are forgotten (`answer_days` is 30)."""


@contextmanager
def filled(folder: Path, stored: int) -> Iterator[Callable[[], float]]:
    """Gives what starts a gateway on a database with so many exchanges: wall seconds until it is ready.

    The rows are those of real exchanges without their contents, which no start reads; the account keeps the
    lines of the few that were really pushed, because a start reads at most 255 hashes of each 256 of it.
    """
    with site("start", folder, None, 1) as made:
        push(made, 0.5)
    growth.fill_file(made.settings.sqlite_path, stored, lean=True)
    settings = folder / "start" / "ozlijn.toml"

    def again() -> float:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        kept = {n: v for n, v in os.environ.items() if not n.upper().startswith("OZLIJN_")}
        environment = kept | {"PYTHONPATH": str(ROOT), "OZLIJN_PORT": str(port)}
        call = [sys.executable, "-c", SERVE, "serve", "--settings", str(settings)]
        begun = time.perf_counter()
        process = subprocess.Popen(call, env=environment, stdout=subprocess.DEVNULL)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
                while process.poll() is None:
                    try:
                        if http.get("/v1/gereedheid").status_code == 200:
                            return time.perf_counter() - begun
                    except httpx.TransportError:
                        time.sleep(0.01)
            raise RuntimeError("the gateway ended before it was ready")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)

    yield again


def bytes_kept(folder: Path, exchanges: int) -> float:
    """Bytes of the SQLite file per exchange that was delivered and signed for, after what had its time is
    forgotten. Pages that are free count as free.
    """
    folder.mkdir()
    prepare("sqlite", folder)
    file = folder / "ozlijn.db"

    async def story() -> tuple[int, int]:
        async with open_line("sqlite", folder) as line:
            for n in range(KNOWN):
                leerling = await line.gezag(leerling={"leerlingid": f"LL-{n}"})
                await line.both_agree(leerling)
            before = used(file)
            for n in range(exchanges):
                sent = await line.push(raw=another(f"LL-{n % KNOWN}"))
                levering = sent["leveringen"][0]["id"]
                await line.sign_for(levering, await line.take(levering))
                line.answers.clear()
            line.clock.advance(dt.timedelta(days=PURGED_DAYS))
            await line.context.purging.run()
            return before, used(file)

    before, after = asyncio.run(story())
    return (after - before) / exchanges


def used(file: Path) -> int:
    """Bytes of the pages that hold something."""
    with closing(sqlite3.connect(file)) as db:
        query = "SELECT (p.page_count - f.freelist_count) * s.page_size FROM pragma_page_count p,"
        return int(db.execute(f"{query} pragma_freelist_count f, pragma_page_size s").fetchone()[0])
