"""What it costs to find what one leerling's people said, with few and with a great many statements of others.

Two gateways side by side on SQLite, alike but for the statements of other leerlingen in the store. Each
lookup finds the leerling by the sender's key, opens everything recorded about him anew (nothing is kept
between lookups) and decides. The two take turns, leerling by leerling, so that both meet the same machine.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Final

from consent.decide import decide
from gateway.case.case import Cases, Identity
from schemas.decision.decision import Outcome
from tests.builders import a_request
from tests.line import BORN, SCHOOL, Json, Line, open_line, persons, prepare

OWN: Final = 40
"""Leerlingen that are looked up, with gezag and two statements each."""
PER_LEERLING: Final = 4
"""Statements of each of the others."""


def measure(rounds: int, tell: Callable[[str], None], others: tuple[int, int] = (1_000, 1_000_000)) -> Json:
    with tempfile.TemporaryDirectory(prefix="ozlijn-bench-") as name:
        for count in others:
            (Path(name) / str(count)).mkdir()
            prepare("sqlite", Path(name) / str(count))
        times = asyncio.run(_all(Path(name), rounds, others, tell))
    middle = {n: {step: statistics.median(t) for step, t in by_step.items()} for n, by_step in times.items()}
    few, many = others
    ratios = {step: middle[many][step] / middle[few][step] for step in middle[few]}
    for step, ratio in ratios.items():
        tell(
            f"{step:22} {middle[few][step] * 1e6:7.0f} us at {few}, "
            f"{middle[many][step] * 1e6:7.0f} us at {many}: ratio {ratio:.2f}"
        )
    return {"median seconds": {str(n): m for n, m in middle.items()}, "ratio": ratios}


async def _all(
    folder: Path, rounds: int, others: tuple[int, int], tell: Callable[[str], None]
) -> dict[int, dict[str, list[float]]]:
    async with AsyncExitStack() as stack:
        lines: dict[int, tuple[Line, list[str]]] = {}
        for count in others:
            home = folder / str(count)
            line = await stack.enter_async_context(open_line("sqlite", home))
            names = [f"LL-{n:03}" for n in range(OWN)]
            for name in names[: OWN // 2]:
                await _known(line, name)
            begun = time.perf_counter()
            fill(home / "ozlijn.db", count)
            tell(f"{count} statements of others stored in {time.perf_counter() - begun:.0f} s")
            for name in names[OWN // 2 :]:  # half of ours are recorded before all the others, half after
                await _known(line, name)
            lines[count] = (line, names)
        times: dict[int, dict[str, list[float]]] = {n: defaultdict(list) for n in others}
        for n in range(rounds + 2):
            for name in random.sample(lines[others[0]][1], OWN):
                for count in random.sample(others, 2):
                    took = await _looked_up(lines[count][0], name)
                    if n >= 2:
                        for step, seconds in took.items():
                            times[count][step].append(seconds)
        return times


async def _known(line: Line, name: str) -> None:
    leerling = await line.gezag(leerling={"leerlingid": name})
    assert len(persons(leerling)) == 2
    await line.both_agree(leerling)
    line.answers.clear()


async def _looked_up(line: Line, name: str) -> dict[str, float]:
    """Seconds per step."""
    storage, vault, regels = line.world.storage, line.world.vault, await line.context.regels.current()
    at = [time.perf_counter()]
    index = vault.blind_index(SCHOOL, Identity("99ZZ", "00", name, None).index_text())
    row = await storage.leerling_by_index(SCHOOL, index)
    at.append(time.perf_counter())
    assert row is not None
    case = await Cases(storage, vault, line.context.stamps, size=0).load(row)
    at.append(time.perf_counter())
    request = a_request(eigenaar=SCHOOL, afzender=SCHOOL)
    decision = decide(request, case.consents, case.authorities, (), None, regels.beleid, line.clock.now())
    at.append(time.perf_counter())
    assert decision.outcome is not Outcome.ERROR
    assert case.authorities.geboortedatum is not None
    assert case.authorities.geboortedatum.isoformat() == BORN
    steps = ("find the leerling", "load and open his facts", "decide")
    return dict(zip(steps, (b - a for a, b in itertools.pairwise(at)), strict=True)) | {
        "together": at[-1] - at[0]
    }


def fill(database: Path, statements: int) -> None:
    """Puts that many statements of other leerlingen into the store, as long as real ones, of no meaning."""
    leerlingen = max(1, statements // PER_LEERLING)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")  # only while it is filled
        (size,) = db.execute("SELECT max(length(content)) FROM fact WHERE kind = 'toestemming'").fetchone()
        db.execute("BEGIN IMMEDIATE")
        db.execute("CREATE TEMP TABLE ander (n INTEGER PRIMARY KEY, id TEXT)")
        db.execute(
            "INSERT INTO ander"
            " WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < ?)"
            " SELECT n, lower(hex(randomblob(16))) FROM c",
            (leerlingen,),
        )
        db.execute(
            "INSERT INTO leerling"
            " (id, owner, blind_index, ref, key, identity_key, identity_content, epoch, volgnummer)"
            " SELECT id, ?, randomblob(32), lower(hex(randomblob(16))), randomblob(60),"
            " randomblob(60), randomblob(150), ?, ? FROM ander",
            (SCHOOL, PER_LEERLING, PER_LEERLING),
        )
        db.execute(
            "INSERT INTO fact (id, leerling, kind, recorded_by, recorded_at, key, content)"
            " WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < ?)"
            " SELECT lower(hex(randomblob(16))), a.id, 'toestemming', ?, 0, randomblob(60), randomblob(?)"
            " FROM c JOIN ander a ON a.n = (c.n * 7919) % ?",
            (statements, SCHOOL, size, leerlingen),
        )
        db.execute("COMMIT")
        db.execute("DROP TABLE ander")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
