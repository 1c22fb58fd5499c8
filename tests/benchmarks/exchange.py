"""What an accepted exchange costs here, in ratios: measured on the real process, over HTTP, on SQLite.

One round is: one writer that commits the bytes an exchange stores, one row a commit; then pushes about a new
leerling each time; then pushes about leerlingen whose ouders have agreed. Every ratio is taken within one
round, so that what else the machine does touches both halves; when rounds differ too much there is none.
"""

from __future__ import annotations

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
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
from joserfc import jwt

from gateway.identity.tokens import ASSERTION_TYPE
from gateway.runtime.settings import Settings, read_settings
from gateway.wiring import voorbeelddossier
from tests.callers import Key, es256
from tests.faults.load import BIRTH, TODAY, agreement
from tests.faults.processes import register_toml
from tests.faults.test_crash import EVERYBODY
from tests.line import BORN, LEERLING, OTHER_SCHOOL, SCHOOL, client_of, envelope, gezag, partijen

ROOT: Final = Path(__file__).resolve().parents[2]
IN_FLIGHT: Final = 64
KNOWN: Final = 200
"""Leerlingen with recorded toestemming: more than are in flight."""
MAX_SPREAD: Final = 0.40
"""Rounds that differ more than this (largest less smallest, over the median) say nothing."""
GOALS: Final = {"R1": 0.20, "C1": 1 / 8, "C5": 1.0}
SERVE: Final = "from gateway.cli.main import main; main()"
PROFILED: Final = (
    "import cProfile, sys; from gateway.cli.main import app\n"
    "profile = cProfile.Profile()\n"
    "try: profile.runcall(app, standalone_mode=False)\n"
    "except BaseException: pass\n"
    "finally: profile.dump_stats({file!r})"
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bench:
    """A running gateway with its register and the leerlingen of the second variant."""

    settings: Settings
    port: int
    token: str
    known: list[str]
    other: str
    """Token of another school."""


@dataclass(frozen=True, slots=True)
class Half:
    """One variant in one round."""

    rate: float
    stored_bytes: float
    latencies_ms: list[float]
    per_exchange: dict[str, float]
    steps_us: dict[str, float]
    cpu_us: float
    """Processor time of the gateway per accepted exchange."""


def dossier_text() -> str:
    """The example dossier without its indentation: about 10 KB."""
    text = voorbeelddossier().decode().replace(LEERLING, "@LEERLING@").replace(BORN, BIRTH)
    return re.sub(r">\s+<", "><", text)


@contextmanager
def gateway(folder: Path, code: str = SERVE) -> Iterator[tuple[Bench, subprocess.Popen[bytes]]]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    issuer, home = f"http://127.0.0.1:{port}", folder / "lijn"
    kept = {n: v for n, v in os.environ.items() if not n.upper().startswith("OZLIJN_")}
    environment = kept | {"PYTHONPATH": str(ROOT)}
    keys: dict[str, Key] = {partij: es256() for partij in EVERYBODY}

    def run(*words: str) -> None:
        subprocess.run(
            [sys.executable, "-c", SERVE, *words], check=True, env=environment, stdout=subprocess.DEVNULL
        )

    run("init", str(home), "--adres", issuer)
    (home / "partijen.toml").write_text(register_toml(partijen(keys)), encoding="utf-8")
    file = home / "ozlijn.toml"
    run("apply", str(home / "partijen.toml"), "--settings", str(file))
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--settings", str(file)],
            env=environment | {"OZLIJN_PORT": str(port)},
            stdout=log,
            stderr=log,
        )
        try:
            with httpx.Client(base_url=issuer, timeout=30) as http:
                wait_ready(http)
                token = sign_in(http, issuer, keys[SCHOOL])
                http.headers["Authorization"] = f"Bearer {token}"
                known = [agreed(http, n) for n in range(KNOWN)]
                other = sign_in(http, issuer, keys[OTHER_SCHOOL], OTHER_SCHOOL)
            yield Bench(read_settings(file), port, token, known, other), process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def wait_ready(http: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            if http.get("/v1/gereedheid").status_code == 200:
                return
        except httpx.TransportError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("the gateway did not start")
        time.sleep(0.05)


def sign_in(http: httpx.Client, issuer: str, key: Key, partij: str = SCHOOL) -> str:
    now, name = int(time.time()), client_of(partij)
    claims = {"iss": name, "sub": name, "aud": f"{issuer}/v1/token", "iat": now, "exp": now + 60}
    assertion = jwt.encode({"alg": "ES256", "kid": key.kid}, claims | {"jti": secrets.token_hex(8)}, key)
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    answer = http.post("/v1/token", data=form)
    answer.raise_for_status()
    return str(answer.json()["access_token"])


def agreed(http: httpx.Client, n: int) -> str:
    name = f"LL-BEKEND-{n:04}"

    def post(path: str, body: Json) -> Json:
        answer = http.post(f"/v1{path}", json=body, headers={"Idempotency-Key": secrets.token_hex(8)})
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    checked = f"{TODAY.year}-01-01"
    body = gezag(leerling={"leerlingid": name}, geboortedatum=BIRTH, gecontroleerdOp=checked)
    found = post("/gezagsgegevens", body)
    for p in found["personen"]:
        post("/toestemmingen", agreement(found["leerlingId"], p["persoonId"]))
    return name


def push(bench: Bench, leerlingen: list[str], seconds: float, pid: int) -> Half:
    """Load from another process; counts only what was answered after the warm-up."""
    body = envelope()
    body["dossier"] = {"standaard": "oso", "inhoud": "@INHOUD@"}
    order = {
        "port": bench.port,
        "token": bench.token,
        "envelope": json.dumps(body),
        "dossier": dossier_text(),
        "leerlingen": leerlingen,
        "in_flight": IN_FLIGHT,
        "warm_seconds": 0.7,
        "seconds": seconds,
    }
    size, rows, cpu = (
        _stored(bench.settings.sqlite_path),
        _exchanges(bench.settings.sqlite_path),
        processor_seconds(pid),
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.generate"],
        input=json.dumps(order).encode(),
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    stored = _exchanges(bench.settings.sqlite_path) - rows
    cpu = processor_seconds(pid) - cpu
    result: Json = json.loads(done.stdout)
    change = {n: v - result["before"].get(n, 0) for n, v in result["after"].items()}
    accepted = change["ozlijn_uitwisselingen_total"]
    return Half(
        rate=result["accepted"] / result["seconds"],
        stored_bytes=(_stored(bench.settings.sqlite_path) - size) / stored,
        latencies_ms=result["latencies_ms"],
        per_exchange={
            "C1": change["ozlijn_transacties_total"] / accepted,
            "C5 parses": change["ozlijn_xml_ontledingen_total"] / accepted,
            "C5 validations": change["ozlijn_schemacontroles_total"] / accepted,
        },
        steps_us={
            name: value / accepted * 1e6
            for metric, value in change.items()
            if (name := _step(metric)) is not None and value
        },
        cpu_us=cpu / stored * 1e6,
    )


def _step(metric: str) -> str | None:
    found = re.fullmatch(r'ozlijn_stap_seconden_sum\{stap="([a-z_ ]+)"\}', metric)
    return found[1] if found else None


def processor_seconds(pid: int) -> float:
    """Seconds of processor time a process has used, kernel included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _tables(db: sqlite3.Connection) -> dict[str, list[str]]:
    names = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {n: [r[1] for r in db.execute(f'PRAGMA table_info("{n}")')] for n in names}


def _stored(path: Path) -> int:
    """Bytes of all values in all rows, without what SQLite adds."""
    with closing(sqlite3.connect(path)) as db:
        total = 0
        for table, columns in _tables(db).items():
            lengths = " + ".join(f'coalesce(length(CAST("{c}" AS BLOB)), 0)' for c in columns)
            total += db.execute(f'SELECT coalesce(sum({lengths}), 0) FROM "{table}"').fetchone()[0]
        return total


def _exchanges(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM uitwisseling").fetchone()[0])


def bare(folder: Path, size: int, seconds: float) -> float:
    """Commits a second of one writer: one row of `size` bytes each, WAL and synchronous FULL."""
    path = folder / f"bare-{secrets.token_hex(4)}.db"
    row = os.urandom(size)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE kept (n INTEGER PRIMARY KEY, bytes BLOB)")
        for _ in range(100):
            db.execute("INSERT INTO kept (bytes) VALUES (?)", (row,))
        begun, count = time.perf_counter(), 0
        while (passed := time.perf_counter() - begun) < seconds:
            db.execute("INSERT INTO kept (bytes) VALUES (?)", (row,))
            count += 1
    path.unlink()
    return count / passed


def measure(rounds: int, seconds: float, tell: Callable[[str], None]) -> Json:
    """All rounds. The order of the three halves turns from round to round."""
    found: dict[str, list[Half]] = {"nieuw": [], "bekend": []}
    ratios: dict[str, list[float]] = {"nieuw": [], "bekend": []}
    with tempfile.TemporaryDirectory(prefix="ozlijn-bench-") as name:
        folder = Path(name)
        with gateway(folder) as (bench, process):
            variants: dict[str, list[str]] = {"nieuw": [], "bekend": bench.known}
            size = {
                v: int(push(bench, known, 0.5, process.pid).stored_bytes) for v, known in variants.items()
            }
            for n in range(rounds):
                order = ["nieuw", "bekend"][:: 1 if n % 2 else -1]
                for variant in order:
                    leerlingen = variants[variant]
                    if n % 2:
                        commits = bare(folder, size[variant], seconds / 2)
                        half = push(bench, leerlingen, seconds, process.pid)
                    else:
                        half = push(bench, leerlingen, seconds, process.pid)
                        commits = bare(folder, size[variant], seconds / 2)
                    found[variant].append(half)
                    ratios[variant].append(half.rate / commits)
                    tell(
                        f"round {n + 1} {variant}: {half.rate:.0f}/s, bare {commits:.0f}/s,"
                        f" R1 {half.rate / commits:.3f}, {half.cpu_us:.0f} us"
                    )
    return {v: _summary(found[v], ratios[v], size[v]) for v in found}


def _summary(halves: list[Half], ratios: list[float], size: int) -> Json:
    spread = (max(ratios) - min(ratios)) / statistics.median(ratios)
    latencies = sorted(t for h in halves for t in h.latencies_ms)
    steps = sorted({s for h in halves for s in h.steps_us})

    def median(pick: Callable[[Half], float]) -> float:
        return statistics.median(map(pick, halves))

    figures: Json = {
        "R1": statistics.median(ratios),
        "R1 per round": ratios,
        "R1 spread": spread,
        "judged": spread <= MAX_SPREAD,
        "accepted per second": median(lambda h: h.rate),
        "gateway CPU us": median(lambda h: h.cpu_us),
        "stored bytes": size,
        "p50 ms": statistics.median(latencies),
        "p99 ms": latencies[int(len(latencies) * 0.99)],
    }
    for name in ("C1", "C5 parses", "C5 validations"):
        figures[name] = median(lambda h, n=name: h.per_exchange[n])  # type: ignore[misc]
    figures["steps us"] = {s: median(lambda h, n=s: h.steps_us.get(n, 0.0)) for s in steps}  # type: ignore[misc]
    # Of the steps that work: recording waits for the disk together with everybody else.
    figures["share of the decision"] = median(
        lambda h: h.steps_us["decide"] / sum(t for s, t in h.steps_us.items() if s != "record")
    )
    return figures


def table(figures: Json) -> str:
    """The figures for a person: one column per variant."""
    lines = [f"{'':24}" + "".join(f"{v:>12}" for v in figures)]
    some = next(iter(figures.values()))

    def line(name: str, values: list[str]) -> None:
        lines.append(f"{name:24}" + "".join(f"{v:>12}" for v in values))

    for name, value in some.items():
        if isinstance(value, float | int) and not isinstance(value, bool):
            line(name, [f"{f[name]:.3g}" if f[name] < 100 else f"{f[name]:.0f}" for f in figures.values()])
    for step in some["steps us"]:
        line(f"  {step} us", [f"{f['steps us'].get(step, 0):.0f}" for f in figures.values()])
    verdicts = []
    for f in figures.values():
        good = f["R1"] >= GOALS["R1"] and f["C1"] <= GOALS["C1"] and f["C5 parses"] == GOALS["C5"]
        verdicts.append("no verdict" if not f["judged"] else "goals met" if good else "goals missed")
    line("", verdicts)
    return "\n".join(lines)


def profile(seconds: float, file: Path, *, known: bool) -> None:
    """A run under cProfile, which slows everything down: for where the time goes, never for how much."""
    with (
        tempfile.TemporaryDirectory(prefix="ozlijn-bench-") as name,
        gateway(Path(name), PROFILED.format(file=str(file))) as (bench, process),
    ):
        push(bench, bench.known if known else [], seconds, process.pid)
