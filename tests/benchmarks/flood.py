"""What one school feels of another that floods the gateway: its push, quiet and under the flood, in turns.

The flood comes from a process of its own with 64 connections, the pushes of the other school from a third;
quiet and flooded stretches take turns, so that a machine that is busy with something else weighs on both.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx

from gateway.wiring import voorbeelddossier
from tests.benchmarks.exchange import ROOT, Bench, dossier_text, gateway
from tests.faults.load import BIRTH
from tests.line import BORN, envelope
from tests.loopback import Broken, Connection

Json = dict[str, Any]
CONNECTIONS: Final = 64
KINDS: Final = ("pushes", "proef", "lists", "large")
PAUSE: Final = 0.02
"""Between two pushes of the one who is watched: it works, it does not flood."""


def large_dossier(size: int = 6_000_000) -> bytes:
    """The example with an attachment that makes it this large."""
    held = io.BytesIO()
    text = base64.b64encode(os.urandom(size * 9 // 16)).decode()  # twice base64: 3/4 of 3/4
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("toelichting.txt", text)
    content = f"<bestandsinhoud>{base64.b64encode(held.getvalue()).decode()}</bestandsinhoud>"
    raw = re.sub(
        r"<bestandsinhoud>.*?</bestandsinhoud>", lambda _: content, voorbeelddossier().decode(), count=1
    )
    return raw.replace(BORN, BIRTH).encode()


def body_of(raw: bytes) -> bytes:
    return json.dumps(envelope(raw)).encode()


async def flood(order: Json) -> Json:
    """Keeps asking on every connection until the time is over; what was answered, by status."""
    statuses: Counter[str] = Counter()
    small = dossier_text()
    large = body_of(large_dossier()).replace(b"\\n", b"") if order["kind"] == "large" else b""
    ends = time.monotonic() + order["seconds"]
    bearer = {"Authorization": f"Bearer {order['token']}", "Content-Type": "application/json"}

    async def one() -> None:
        conn = Connection(order["port"])
        while time.monotonic() < ends:
            key = {"Idempotency-Key": secrets.token_hex(16)}
            name = f"LL-{secrets.token_hex(6)}"
            try:
                if order["kind"] == "lists":
                    answer = await conn.request("GET", "/v1/uitwisselingen?aantal=200", bearer)
                elif order["kind"] == "large":
                    answer = await conn.request("POST", "/v1/uitwisselingen", bearer | key, large)
                else:
                    body = body_of(small.replace("@LEERLING@", name).encode())
                    path = "/v1/uitwisselingen" + ("/_proef" if order["kind"] == "proef" else "")
                    answer = await conn.request("POST", path, bearer | key, body)
            except Broken:
                statuses["broken"] += 1
                continue
            statuses[str(answer.status)] += 1
            if answer.status == 429 and order["polite"]:
                await asyncio.sleep(float(answer.headers["retry-after"]))
        await conn.close()

    await asyncio.gather(*(one() for _ in range(order["connections"])))
    return dict(statuses)


async def watch(order: Json) -> list[float]:
    """One push after another; milliseconds of each."""
    conn, took = Connection(order["port"]), []
    text = dossier_text().replace("99ZZ", "99XX").replace("<vestigingscode>00<", "<vestigingscode>01<")
    bearer = {"Authorization": f"Bearer {order['token']}", "Content-Type": "application/json"}
    ends = time.monotonic() + order["seconds"]
    while time.monotonic() < ends:
        body = body_of(text.replace("@LEERLING@", f"LL-{secrets.token_hex(6)}").encode())
        key = {"Idempotency-Key": secrets.token_hex(16)}
        begun = time.perf_counter()
        answer = await conn.request("POST", "/v1/uitwisselingen", bearer | key, body)
        if answer.status != 202:
            raise RuntimeError(f"the other school was answered with {answer.status}: {answer.body!r}")
        took.append((time.perf_counter() - begun) * 1_000)
        await asyncio.sleep(PAUSE)
    await conn.close()
    return took


def started(what: str, **order: Any) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.flood", what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(order).encode())
    process.stdin.close()
    process.stdin = None
    return process


def result(process: subprocess.Popen[bytes]) -> Any:
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("a generator failed")
    return json.loads(out)


def memory(pid: int, name: str = "VmHWM") -> float:
    """MB of a process and its children."""
    total = 0.0
    for each in (pid, *_children(pid)):
        try:
            text = Path(f"/proc/{each}/status").read_text(encoding="ascii")
        except OSError:
            continue
        found = re.search(rf"{name}:\s+(\d+)", text)
        total += int(found[1]) / 1_024 if found else 0
    return total


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for each in (task / "children").read_text(encoding="ascii").split():
            yield int(each)
            yield from _children(int(each))


@contextmanager
def prepared(folder: Path) -> Iterator[tuple[Bench, int]]:
    with gateway(folder) as (bench, process):
        with httpx.Client(base_url=f"http://127.0.0.1:{bench.port}", timeout=60) as http:
            http.headers["Authorization"] = f"Bearer {bench.token}"
            for n in range(220):  # so that a list of 200 is one
                body = body_of(dossier_text().replace("@LEERLING@", f"LL-LIJST-{n}").encode())
                headers = {"Idempotency-Key": secrets.token_hex(8), "Content-Type": "application/json"}
                http.post("/v1/uitwisselingen", content=body, headers=headers).raise_for_status()
        yield bench, process.pid


def measure(rounds: int, seconds: float, tell: Callable[[str], None], kinds: tuple[str, ...] = KINDS) -> Json:
    """Per kind of flood: p50 of the other school quiet and flooded, their ratio, and the memory."""
    figures: Json = {}
    for kind in kinds:
        with (
            tempfile.TemporaryDirectory(prefix="ozlijn-flood-") as name,
            prepared(Path(name)) as (bench, pid),
        ):
            quiet: list[float] = []
            flooded: list[float] = []
            answered: Counter[str] = Counter()
            before = memory(pid, "VmRSS")
            for _ in range(rounds):
                quiet += result(started("watch", port=bench.port, token=bench.other, seconds=seconds))
                attack = started(
                    "flood",
                    port=bench.port,
                    token=bench.token,
                    seconds=seconds + 8,
                    kind=kind,
                    connections=CONNECTIONS,
                    polite=True,
                )
                time.sleep(2)
                flooded += result(started("watch", port=bench.port, token=bench.other, seconds=seconds))
                answered.update(result(attack))
            figures[kind] = {
                "quiet p50 ms": statistics.median(quiet),
                "flooded p50 ms": statistics.median(flooded),
                "flooded p95 ms": sorted(flooded)[int(len(flooded) * 0.95)],
                "ratio": statistics.median(flooded) / statistics.median(quiet),
                "pushes": len(flooded),
                "answered": dict(answered),
                "MB before": before,
                "MB at most": memory(pid),
            }
            tell(f"{kind}: {figures[kind]}")
    return figures


def main() -> None:
    order = json.load(sys.stdin)
    json.dump(asyncio.run(flood(order) if sys.argv[1] == "flood" else watch(order)), sys.stdout)


if __name__ == "__main__":
    main()
