"""The budget of issue "Fast": every figure of it and each step of an exchange, from one run, as one table.

What is measured stays open side by side, and the rounds go over all of it in turn, forth and back, so that
what else the machine does weighs on everything alike. A ratio is taken within one round. Of each figure the
median is told, and its spread: the largest less the smallest, over the median.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import httpx2 as httpx

from adapters.ledger.note import VerifierKey
from adapters.ledger.whole import Note, check_whole
from adapters.stores import chosen
from gateway.wiring import Keys, vkey_of
from tests.benchmarks import adapters, growth, start
from tests.benchmarks.engines import Half, Site, bare, postgres, push, site
from tests.benchmarks.exchange import ROOT, SERVE, Json, sign_in
from tests.benchmarks.steps import KNOWN, Step, opened
from tests.line import AANBIEDER, SCHOOL
from tests.postgres import Server

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the budget. `goal` and `stretch` as the issue has them; `high`: more is better."""

    name: str
    unit: str
    goal: float | None
    stretch: float | None = None
    high: bool = False


ROWS: Final = {
    row.name: row
    for row in (
        Row("processor per uitwisseling, SQLite", "ms", 1.3, 0.95),
        Row("R1 op SQLite", "", 0.18, 0.25, high=True),
        Row("aangenomen per seconde, SQLite", "/s", 700, 1_000, high=True),
        Row("processor per uitwisseling, PostgreSQL, twee gateways", "ms", None),
        Row("R1 op PostgreSQL, twee gateways", "", 0.25, 0.4, high=True),
        Row("R5: twee gateways gedeeld door één", "", 1.4, 1.6, high=True),
        Row("p99 gedeeld door p50, 64 onderweg", "", 2),
        Row("ophalen en tekenen, acht clients", "/s", 600, 1_000, high=True),
        Row("ophalen en tekenen, één client op volgorde", "/s", 250, 300, high=True),
        Row("OSO gedeeld door ontleden en schema", "", 0.5, 0.7, high=True),
        Row("EDEXML gedeeld door ontleden en schema", "", 0.5, 0.7, high=True),
        Row("UWLR gedeeld door ontleden en schema", "", 0.5, 0.7, high=True),
        Row("CSV gedeeld door de csv-module", "", 0.3, high=True),
        Row("lijst van 200", "ms", 5),
        Row("ledger verify, zonder vergelijking met wat er is opgeslagen", "regels/s", 100_000, high=True),
        Row("ledger verify, alles", "regels/s", None, high=True),
        Row("ozlijn --help", "s", 0.25),
        Row("ozlijn check, één dossier", "s", 0.5),
        Row("start van serve, veel opgeslagen", "s", 3),
        Row("processor bij veel opgeslagen gedeeld door weinig", "", 1.25, 1.1),
        Row("schijf per uitwisseling na opruimen", "KB", 8),
    )
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is done in one round."""

    seconds: float = 5.0
    pushes: int = 200
    starts: int = 3
    stored: int = 1_000_000
    """Exchanges in the database of which the start is measured."""
    rows: int = 1_000_000
    """Rows in the larger of the two databases of which the cost is compared."""
    kept: int = 400
    """Exchanges of which the disk is measured."""


QUICK: Final = Sizes(seconds=3.0, pushes=20, starts=1, stored=1_000, rows=10_000, kept=30)


class Meter(Protocol):
    """Gives its figures of one round, by name of the row, or the steps with their floors."""

    def __call__(self) -> Figures | list[Step]: ...


@dataclass(slots=True)
class Measured:
    """What all rounds gave."""

    rows: dict[str, list[float]] = field(default_factory=dict)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)
    failed: list[str] = field(default_factory=list)
    """Meters that broke off: what they gave before that is told, and the run goes on without them."""

    def add(self, found: Figures | list[Step]) -> None:
        if isinstance(found, dict):
            for name, value in found.items():
                self.rows.setdefault(ROWS[name].name, []).append(value)
            return
        for step in found:
            self.steps.setdefault(step.name, []).append(step)


# ── what is measured: each is opened once, and then asked once a round


@contextmanager
def steps_meter(folder: Path, sizes: Sizes, _: Server | None) -> Iterator[Meter]:
    with opened(folder / "stappen", min(KNOWN, sizes.pushes)) as (runner, steps):

        def once() -> list[Step]:
            return runner.run(steps.round(sizes.pushes))

        yield once


@contextmanager
def sqlite_meter(folder: Path, sizes: Sizes, _: Server | None) -> Iterator[Meter]:
    """Accepting on SQLite, the list, taking, and the account that all this made."""
    with site("sqlite", folder, None, 1) as made:
        push(made, 0.5)

        def once() -> Figures:
            half = push(made, sizes.seconds)
            commits = bare(made, folder, 10_000, sizes.seconds / 2)
            return {
                "processor per uitwisseling, SQLite": half.cpu_us / 1_000,
                "R1 op SQLite": half.rate / commits,
                "aangenomen per seconde, SQLite": half.rate,
                "p99 gedeeld door p50, 64 onderweg": tail(half),
                "lijst van 200": listed(made),
                "ophalen en tekenen, acht clients": taken(made, 8, sizes.seconds),
                "ophalen en tekenen, één client op volgorde": taken(made, 1, sizes.seconds),
                **verified(made, folder),
            }

        yield once


@contextmanager
def postgres_meter(folder: Path, sizes: Sizes, server: Server | None) -> Iterator[Meter]:
    assert server is not None
    with site("postgres-1", folder, server, 1) as one, site("postgres-2", folder, server, 2) as two:
        for made in (one, two):
            push(made, 0.5)

        def once() -> Figures:
            alone, both = push(one, sizes.seconds), push(two, sizes.seconds)
            commits = bare(two, folder, 10_000, sizes.seconds / 2)
            return {
                "processor per uitwisseling, PostgreSQL, twee gateways": both.cpu_us / 1_000,
                "R1 op PostgreSQL, twee gateways": both.rate / commits,
                "R5: twee gateways gedeeld door één": both.rate / alone.rate,
            }

        yield once


@contextmanager
def adapters_meter(_: Path, sizes: Sizes, __: Server | None) -> Iterator[Meter]:
    named = {
        "OSO gedeeld door ontleden en schema": "oso push",
        "EDEXML gedeeld door ontleden en schema": f"edexml {adapters.PUPILS}",
        "UWLR gedeeld door ontleden en schema": f"uwlr {adapters.PUPILS}",
        "CSV gedeeld door de csv-module": f"csv {adapters.PUPILS}",
    }
    cases = {case.name: case for case in adapters.cases()}
    chosen_cases = {row: cases[name] for row, name in named.items()}

    def once() -> Figures:
        found = adapters.measure(chosen_cases.values(), 1, sizes.seconds / 5, lambda _: None)
        return {row: found[case.name]["ratio"] for row, case in chosen_cases.items()}

    yield once


@contextmanager
def command_meter(_: Path, sizes: Sizes, __: Server | None) -> Iterator[Meter]:
    dossier = next((ROOT / "tests" / "data" / "oso").glob("*.xml"))

    def once() -> Figures:
        return {
            "ozlijn --help": command_seconds(sizes.starts, "--help"),
            "ozlijn check, één dossier": command_seconds(sizes.starts, "check", str(dossier)),
        }

    yield once


@contextmanager
def start_meter(folder: Path, sizes: Sizes, _: Server | None) -> Iterator[Meter]:
    """A gateway that begins again on a file with a great many exchanges, their contents left out."""
    with start.filled(folder, sizes.stored) as again:

        def once() -> Figures:
            return {"start van serve, veel opgeslagen": again()}

        yield once


@contextmanager
def growth_meter(folder: Path, sizes: Sizes, _: Server | None) -> Iterator[Meter]:
    few = min(1_000, sizes.rows)
    with site("weinig", folder, None, 1) as one, site("veel", folder, None, 1) as other:
        for made, rows in ((one, few), (other, sizes.rows)):
            push(made, 0.5)
            growth.fill(made, rows)

        def once() -> Figures:
            first, second = push(one, sizes.seconds), push(other, sizes.seconds)
            return {"processor bij veel opgeslagen gedeeld door weinig": second.cpu_us / first.cpu_us}

        yield once


@contextmanager
def disk_meter(folder: Path, sizes: Sizes, _: Server | None) -> Iterator[Meter]:
    """Once: bytes do not differ from round to round."""
    kilobytes: list[float] = []

    def once() -> Figures:
        if not kilobytes:
            kilobytes.append(start.bytes_kept(folder / "schijf", sizes.kept) / 1_000)
        return {"schijf per uitwisseling na opruimen": kilobytes[0]}

    yield once


Opens = Callable[[Path, Sizes, Server | None], AbstractContextManager[Meter]]
METERS: Final[Mapping[str, Opens]] = {
    "stappen": steps_meter,
    "sqlite": sqlite_meter,
    "postgres": postgres_meter,
    "adapters": adapters_meter,
    "opdrachten": command_meter,
    "start": start_meter,
    "groei": growth_meter,
    "schijf": disk_meter,
}
ENGINES: Final = {"sqlite": tuple(n for n in METERS if n != "postgres"), "postgres": ("postgres",)}
"""What an engine alone is measured by; what knows no engine goes with the default one."""


def measure(
    rounds: int, sizes: Sizes, tell: Callable[[str], None], only: tuple[str, ...] = tuple(METERS)
) -> Measured:
    found = Measured(sizes=sizes)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ozlijn-bench-")))
        server = stack.enter_context(postgres()) if "postgres" in only else None
        meters: dict[str, Meter] = {}
        for name in only:
            begun = time.perf_counter()
            (folder / name).mkdir()
            meters[name] = stack.enter_context(METERS[name](folder / name, sizes, server))
            tell(f"{name}: klaar om te meten na {time.perf_counter() - begun:.0f} s")
        for n in range(rounds):
            for name in [m for m in meters if m not in found.failed][:: 1 if n % 2 == 0 else -1]:
                try:
                    got = meters[name]()
                except Exception:  # noqa: BLE001 - half an hour of other figures must not be lost with it
                    found.failed.append(name)
                    tell(f"ronde {n + 1} {name}: afgebroken\n{traceback.format_exc()}")
                    continue
                found.add(got)
                shown = got if isinstance(got, dict) else {s.name: s.cost for s in got}
                tell(f"ronde {n + 1} {name}: {', '.join(f'{k} {v:.4g}' for k, v in shown.items())}")
    return found


# ── one figure each


def tail(half: Half) -> float:
    times = sorted(half.latencies_ms)
    if not times:
        raise RuntimeError("nothing was answered in the time of a round: measure longer")
    return times[int(len(times) * 0.99)] / statistics.median(times)


def listed(at: Site) -> float:
    """Milliseconds until a list of 200 is there, the median of twenty."""
    with httpx.Client(base_url=f"http://127.0.0.1:{at.ports[0]}", timeout=30) as http:
        http.headers["Authorization"] = f"Bearer {token(at, SCHOOL)}"
        found = []
        for _ in range(20):
            begun = time.perf_counter()
            answer = http.get("/v1/uitwisselingen?aantal=200")
            found.append((time.perf_counter() - begun) * 1_000)
            answer.raise_for_status()
    return statistics.median(found)


def token(at: Site, partij: str) -> str:
    issuer = f"http://127.0.0.1:{at.ports[0]}"
    with httpx.Client(base_url=issuer, timeout=30) as http:
        return sign_in(http, issuer, at.keys[partij], partij)


def taken(at: Site, clients: int, seconds: float) -> float:
    """Taken and signed for in a second, of what was pushed before."""
    order = {
        "port": at.ports[0],
        "token": token(at, AANBIEDER),
        "key": at.keys[AANBIEDER].as_dict(private=True),
        "clients": clients,
        "seconds": seconds / 2,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.take"],
        input=json.dumps(order).encode(),
        check=True,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    result: Json = json.loads(done.stdout)
    if not result["taken"]:
        raise RuntimeError("there was nothing to take")
    return float(result["taken"]) / float(result["seconds"])


class _NoRecords:
    """What is stored beside the account, for who compares nothing with it."""

    def known(self, _: str, ids: Any) -> set[str]:
        return set(ids)

    def notices(self) -> set[str]:
        return set()

    unplaced = notices

    def placed(self) -> tuple[()]:
        return ()


@dataclass(frozen=True, slots=True)
class _Lines:
    frontier: Any
    lines: Any
    tiles: Any
    records: Any


def verified(at: Site, folder: Path) -> Figures:
    """Lines per second of processor, of a copy of the account as it is now."""
    copy = folder / "kopie.db"
    with closing(sqlite3.connect(at.settings.sqlite_path)) as db, closing(sqlite3.connect(copy)) as to:
        db.backup(to)
    key = VerifierKey.parse(vkey_of(Keys.load(at.settings.keys), at.settings.log_name))
    with chosen.open_ledger(str(copy)) as ledger:
        checkpoint = ledger.last_checkpoint()
        assert checkpoint is not None
        kept = [Note("database", checkpoint.note)]
        alone = _Lines(ledger.frontier, ledger.lines, ledger.tiles, _NoRecords())
        found = {}
        for name, store in (
            ("ledger verify, zonder vergelijking met wat er is opgeslagen", alone),
            ("ledger verify, alles", ledger),
        ):
            check_whole(store, key, (), kept)
            begun = time.process_time()
            checked = check_whole(store, key, (), kept)
            found[name] = checked.report.size / (time.process_time() - begun)
            assert checked.report.first is None, checked.report.first
    copy.unlink()
    return found


def command_seconds(times: int, *words: str) -> float:
    """Processor seconds of one run of the command, the median: a busy neighbour counts for little."""
    found = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", SERVE, *words], stdout=subprocess.DEVNULL, check=False, cwd=ROOT
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(found)


# ── told


def spread(values: list[float]) -> float:
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def table(found: Measured) -> str:
    """Markdown: first the budget, then the steps."""
    lines: list[str] = []
    if found.rows:
        lines += [
            "| wat | gemeten | spreiding | te halen | liefst | gehaald |",
            "|---|---:|---:|---:|---:|---|",
        ]
    for name, row in ROWS.items():
        if name in found.rows:
            values = found.rows[name]
            middle = statistics.median(values)
            lines.append(
                f"| {name} | {_shown(middle, row.unit)} | {spread(values):.0%} | {_shown(row.goal, row.unit)}"
                f" | {_shown(row.stretch, row.unit)} | {_verdict(row, middle)} |"
            )
    if found.steps:
        lines += [
            "",
            "| stap van een uitwisseling | processor | ondergrens | gedeeld door ondergrens | spreiding |",
            "|---|---:|---:|---:|---:|",
        ]
    for name, steps in found.steps.items():
        cost = statistics.median(s.cost for s in steps)
        floors = [s.floor for s in steps if s.floor is not None]
        ratios = [s.cost / s.floor for s in steps if s.floor]
        floor = _shown(statistics.median(floors), "µs") if floors else "-"
        ratio = f"{statistics.median(ratios):.1f}".replace(".", ",") if ratios else "-"
        lines.append(
            f"| {name} | {_shown(cost, 'µs')} | {floor} | {ratio} | {spread([s.cost for s in steps]):.0%} |"
        )
    return "\n".join(lines)


def _verdict(row: Row, value: float) -> str:
    def reached(bound: float | None) -> bool:
        return bound is not None and (value >= bound if row.high else value <= bound)

    if row.goal is None:
        return ""
    return "ja, ook liefst" if reached(row.stretch) else "ja" if reached(row.goal) else "nee"


def _shown(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    text = f"{value:,.0f}".replace(",", ".") if abs(value) >= 100 else f"{value:.3g}".replace(".", ",")
    return f"{text} {unit}".strip()


BEGIN: Final = "<!-- begin tabel: python -m tests.benchmarks budget --write -->"
END: Final = "<!-- eind tabel -->"
PAGE: Final = ROOT / "docs" / "snelheid.md"


def written(page: str, found: Measured, rounds: int) -> str:
    """The page with this table in the place of the last one; the text around it is written by hand."""
    begin, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    sizes = found.sizes
    told = (
        f"Eén run van {rounds} ronden, om en om; {os.cpu_count()} kernen, {platform.machine()},"
        f" Python {platform.python_version()}. Veel opgeslagen: {sizes.stored:,} uitwisselingen bij de start,"
        f" {sizes.rows:,} rijen bij de vergelijking van de kosten.".replace(",0", ".0")
    )
    if left := [row.name for row in ROWS.values() if row.name not in found.rows]:
        told += f"\n\nNiet gemeten in deze run: {'; '.join(left)}."
    return f"{page[:begin]}\n\n{told}\n\n{table(found)}\n\n{page[end:]}"


def as_json(found: Measured) -> Json:
    return {
        "rows": found.rows,
        "steps": {n: [{"cost": s.cost, "floor": s.floor} for s in steps] for n, steps in found.steps.items()},
    }
