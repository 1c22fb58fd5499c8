"""What an accepted exchange costs on each engine, with one gateway process and with two; and how that grows.

One round is: for each variant bare durable commits of the bytes an exchange stores, and pushes about
leerlingen whose ouders have agreed, through real processes over HTTP. Every ratio is taken within one round,
so that what else the machine does touches both halves. PostgreSQL waits for the disk and has one worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import psycopg

from gateway.runtime.settings import Settings, read_settings
from tests.benchmarks.exchange import (
    IN_FLIGHT,
    KNOWN,
    MAX_SPREAD,
    ROOT,
    SERVE,
    Json,
    agreed,
    dossier_text,
    processor_seconds,
    sign_in,
    wait_ready,
)
from tests.benchmarks.exchange import bare as bare_sqlite
from tests.callers import Key, es256
from tests.faults.processes import register_toml
from tests.faults.test_crash import EVERYBODY
from tests.line import SCHOOL, envelope, partijen
from tests.postgres import Server

DURABLE: Final = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
BARE_WRITERS: Final = 16
"""Connections that commit one row each at a time, for the bare half on PostgreSQL."""


@dataclass
class Site:
    """A gateway of one or more processes on one database, with known leerlingen."""

    name: str
    settings: Settings
    ports: list[int]
    key: Key
    """Of the school that pushes. Its tokens are short-lived, so each round signs in anew."""
    known: list[str]
    serving: list[int]
    """Process ids of the gateways."""
    worker: list[int]
    server: Server | None
    url: str
    keys: dict[str, Key] = field(default_factory=dict)
    """Of every partij in the register."""


@dataclass(frozen=True, slots=True)
class Half:
    rate: float
    cpu_us: float
    worker_us: float
    commits: float
    stored_bytes: float
    wal_ratio: float | None
    latencies_ms: list[float]


@contextmanager
def site(name: str, folder: Path, server: Server | None, processes: int) -> Iterator[Site]:
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(processes):
            free = stack.enter_context(closing(socket.socket()))
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
    issuer, home = f"http://127.0.0.1:{ports[0]}", folder / name
    environment = {n: v for n, v in os.environ.items() if not n.upper().startswith("OZLIJN_")}
    environment |= {"PYTHONPATH": str(ROOT)}
    keys: dict[str, Key] = {partij: es256() for partij in EVERYBODY}
    file = home / "ozlijn.toml"

    def run(*words: str) -> None:
        call = [sys.executable, "-c", SERVE, *words]
        subprocess.run(call, check=True, env=environment, stdout=subprocess.DEVNULL)

    run("init", str(home), "--adres", issuer)
    url = ""
    if server is not None:
        database = f"bench_{secrets.token_hex(4)}"
        url = server.url(database)
        with psycopg.connect(server.url("postgres"), autocommit=True) as db:
            db.execute(f'CREATE DATABASE "{database}"')
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"^database = .*$", lambda _: f'database = "{url}"', text, flags=re.MULTILINE))
        run("migrate", "--settings", str(file))
    (home / "partijen.toml").write_text(register_toml(partijen(keys)), encoding="utf-8")
    run("apply", str(home / "partijen.toml"), "--settings", str(file))
    started: list[subprocess.Popen[bytes]] = []
    with (home / "log").open("wb") as log:

        def start(command: str, port: int) -> int:
            call = [sys.executable, "-c", SERVE, command, "--settings", str(file)]
            began = subprocess.Popen(
                call, env=environment | {"OZLIJN_PORT": str(port)}, stdout=log, stderr=log
            )
            started.append(began)
            return began.pid

        try:
            worker = [start("worker", ports[0])] if server is not None else []
            serving = [start("serve", port) for port in ports]
            for port in ports:
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
                    wait_ready(http)
            with httpx.Client(base_url=issuer, timeout=30) as http:
                token = sign_in(http, issuer, keys[SCHOOL])
                http.headers["Authorization"] = f"Bearer {token}"
                known = [agreed(http, n) for n in range(KNOWN)]
            yield Site(
                name, read_settings(file), ports, keys[SCHOOL], known, serving, worker, server, url, keys
            )
        finally:
            for process in started:
                process.send_signal(signal.SIGTERM)
            for process in started:
                process.wait(60)


def push(at: Site, seconds: float) -> Half:
    """Load from one process per gateway; what is in flight is shared among them."""
    body = envelope()
    body["dossier"] = {"standaard": "oso", "inhoud": "@INHOUD@"}
    exchanges, size, wal = _exchanges(at), _stored(at), _wal(at)
    cpu = sum(map(processor_seconds, at.serving))
    worker = sum(map(processor_seconds, at.worker))
    results: list[Json] = [{} for _ in at.ports]
    issuer = f"http://127.0.0.1:{at.ports[0]}"
    with httpx.Client(base_url=issuer, timeout=30) as http:
        token = sign_in(http, issuer, at.key)

    def load(n: int) -> None:
        order = {
            "port": at.ports[n],
            "token": token,
            "envelope": json.dumps(body),
            "dossier": dossier_text(),
            "leerlingen": at.known[n :: len(at.ports)],
            "in_flight": IN_FLIGHT // len(at.ports),
            "warm_seconds": 0.7,
            "seconds": seconds,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.generate"],
            input=json.dumps(order).encode(),
            check=True,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        results[n] = json.loads(done.stdout)

    threads = [threading.Thread(target=load, args=(n,)) for n in range(len(at.ports))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu = sum(map(processor_seconds, at.serving)) - cpu
    worker = sum(map(processor_seconds, at.worker)) - worker
    stored = _exchanges(at) - exchanges
    bytes_stored = _stored(at) - size
    written = _wal(at)

    def change(metric: str) -> float:
        return sum(float(r["after"][metric]) - float(r["before"].get(metric, 0)) for r in results)

    return Half(
        rate=sum(r["accepted"] / r["seconds"] for r in results),
        cpu_us=cpu / stored * 1e6,
        worker_us=worker / stored * 1e6,
        commits=change("ozlijn_transacties_total") / change("ozlijn_uitwisselingen_total"),
        stored_bytes=bytes_stored / stored,
        wal_ratio=None if written is None or wal is None else (written - wal) / bytes_stored,
        latencies_ms=[t for r in results for t in r["latencies_ms"]],
    )


def _one(at: Site, query: str) -> Any:
    if at.server is None:
        with closing(sqlite3.connect(at.settings.sqlite_path)) as db:
            return db.execute(query).fetchone()[0]
    with psycopg.connect(at.url, autocommit=True) as pg:
        row = pg.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]


def _exchanges(at: Site) -> int:
    return int(_one(at, "SELECT count(*) FROM uitwisseling"))


def _stored(at: Site) -> int:
    """Bytes that the database has, tables and indexes; measured alike on both engines."""
    if at.server is None:
        return int(_one(at, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    return int(_one(at, "SELECT pg_database_size(current_database())"))


def _wal(at: Site) -> int | None:
    if at.server is None:
        return None
    return int(_one(at, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"))


def bare(at: Site, folder: Path, size: int, seconds: float) -> float:
    """Durable commits a second of one row of `size` bytes: one writer on SQLite, sixteen on PostgreSQL."""
    if at.server is None:
        return bare_sqlite(folder, size, seconds)
    return asyncio.run(_bare_postgres(at.url, size, seconds))


async def _bare_postgres(url: str, size: int, seconds: float) -> float:
    row, count = os.urandom(size), 0
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as db:
        await db.execute("CREATE TABLE IF NOT EXISTS bare (n bigserial PRIMARY KEY, bytes bytea)")
    begun = time.perf_counter()

    async def write() -> None:
        nonlocal count
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as db:
            while time.perf_counter() - begun < seconds:
                await db.execute("INSERT INTO bare (bytes) VALUES (%b)", (row,), binary=True)
                count += 1

    await asyncio.gather(*(write() for _ in range(BARE_WRITERS)))
    rate = count / (time.perf_counter() - begun)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as db:
        await db.execute("DROP TABLE bare")
    return rate


@contextmanager
def postgres() -> Iterator[Server]:
    """A server that waits for the disk, as a real one does."""
    with tempfile.TemporaryDirectory(prefix="ozlijn-pg-", dir="/tmp") as name:
        server = Server(Path(name), settings=DURABLE)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def measure(rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
    """All rounds; the order of the variants turns from round to round."""
    with tempfile.TemporaryDirectory(prefix="ozlijn-bench-") as name, postgres() as server:
        folder = Path(name)
        with contextlib.ExitStack() as stack:
            sites = [
                stack.enter_context(site("sqlite-1", folder, None, 1)),
                stack.enter_context(site("postgres-1", folder, server, 1)),
                stack.enter_context(site("postgres-2", folder, server, 2)),
            ]
            halves: dict[str, list[Half]] = {s.name: [] for s in sites}
            ratios: dict[str, list[float]] = {s.name: [] for s in sites}
            for s in sites:
                push(s, 0.5)
            for n in range(rounds):
                for s in sites[:: 1 if n % 2 else -1]:
                    half = push(s, seconds)
                    commits = bare(s, folder, 10_000, seconds / 2)
                    halves[s.name].append(half)
                    ratios[s.name].append(half.rate / commits)
                    tell(
                        f"round {n + 1} {s.name}: {half.rate:.0f}/s, bare {commits:.0f}/s, R1 "
                        f"{half.rate / commits:.3f}, gateway {half.cpu_us:.0f} us,"
                        f" worker {half.worker_us:.0f} us"
                    )
    figures = {name: _summary(halves[name], ratios[name]) for name in halves}
    both = zip(halves["postgres-2"], halves["postgres-1"], strict=True)
    r5 = [two.rate / one.rate for two, one in both]
    figures["R5"] = {"median": statistics.median(r5), "per round": r5}
    return figures


def _summary(halves: list[Half], ratios: list[float]) -> Json:
    spread = (max(ratios) - min(ratios)) / statistics.median(ratios)
    latencies = sorted(t for h in halves for t in h.latencies_ms)
    wal = [h.wal_ratio for h in halves if h.wal_ratio is not None]
    return {
        "R1": statistics.median(ratios),
        "R1 per round": ratios,
        "R1 spread": spread,
        "judged": spread <= MAX_SPREAD,
        "accepted per second": statistics.median(h.rate for h in halves),
        "gateway CPU us": statistics.median(h.cpu_us for h in halves),
        "worker CPU us": statistics.median(h.worker_us for h in halves),
        "C1": statistics.median(h.commits for h in halves),
        "C2": statistics.median(wal) if wal else None,
        "database bytes": statistics.median(h.stored_bytes for h in halves),
        "p50 ms": statistics.median(latencies),
        "p99 ms": latencies[int(len(latencies) * 0.99)],
    }
