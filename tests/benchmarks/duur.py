"""Ten minutes at saturation: whether memory stays flat, the slowest answers stay bounded, and nothing fails.

One school keeps 64 pushes in flight about leerlingen whose ouders agreed, and eight clients of the recipient
take and sign for what comes, all the time. Of each stretch of it: how many were accepted, the median and the
99th percentile, and the memory of the gateway with its children. Allowed answers to a push are 202, and 429
and 503, which say: not now.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
from joserfc.jwk import ECKey

from tests.benchmarks import take
from tests.benchmarks.engines import Site, postgres, site
from tests.benchmarks.exchange import IN_FLIGHT, ROOT, Json, dossier_text, sign_in
from tests.benchmarks.flood import memory
from tests.line import AANBIEDER, SCHOOL, envelope
from tests.loopback import Broken, Connection

STRETCHES: Final = 20
"""The run is told in so many stretches."""
TAKERS: Final = 8
TOKEN_SECONDS: Final = 60.0
ALLOWED: Final = frozenset({"202", "429", "503"})
MAX_GROWTH: Final = 1.10
"""Memory at the end over that after the first half: more is a leak."""
MAX_TAIL: Final = 4.0
"""The worst 99th percentile of a stretch over the median of all stretches."""


def measure(seconds: float, engine: str, tell: Callable[[str], None]) -> Json:
    """Run that long, and say of each stretch and of the whole whether it holds."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ozlijn-duur-")))
        server = stack.enter_context(postgres()) if engine == "postgres" else None
        at = stack.enter_context(site("duur", folder, server, 2 if server else 1))
        loads = [_started("push", at, n, seconds) for n in range(len(at.ports))]
        takers = _started("take", at, 0, seconds)
        megabytes = _watched(at, seconds)
        results = [_result(load) for load in loads]
        taken = _result(takers)["taken"]
    stretches = [_stretch([r["stretches"][n] for r in results], megabytes[n]) for n in range(STRETCHES)]
    for n, stretch in enumerate(stretches):
        tell(
            f"{n + 1:2}: {stretch['accepted per second']:.0f}/s, p50 {stretch['p50 ms']:.0f} ms,"
            f" p99 {stretch['p99 ms']:.0f} ms, {stretch['MB']:.0f} MB, {stretch['answers']}"
        )
    told = judged(stretches)
    tell(f"opgehaald en getekend: {taken}; {told}")
    return {"stretches": stretches, "taken": taken, "judged": told}


def judged(stretches: list[Json]) -> Json:
    """Whether it holds, by what the module promises."""
    half = len(stretches) // 2
    middle = statistics.median(s["MB"] for s in stretches[half : half + max(1, half // 2)])
    end = statistics.median(s["MB"] for s in stretches[-max(1, half // 2) :])
    tails = [s["p99 ms"] for s in stretches if s["p99 ms"]]
    answers = set().union(*(s["answers"] for s in stretches))
    return {
        "memory flat": end <= middle * MAX_GROWTH,
        "p99 bounded": max(tails) <= MAX_TAIL * statistics.median(tails),
        "no other answers": answers <= ALLOWED,
        "MB at the end over the middle": round(end / middle, 3),
        "worst p99 over median p99": round(max(tails) / statistics.median(tails), 2),
        "answers": sorted(answers),
    }


def _stretch(parts: list[Json], megabytes: float) -> Json:
    times = sorted(t for part in parts for t in part["ms"])
    answers: Counter[str] = Counter()
    for part in parts:
        answers.update(part["answers"])
    return {
        "accepted per second": answers["202"] / parts[0]["seconds"],
        "p50 ms": statistics.median(times) if times else 0.0,
        "p99 ms": times[int(len(times) * 0.99)] if times else 0.0,
        "answers": dict(answers),
        "MB": megabytes,
    }


def _watched(at: Site, seconds: float) -> list[float]:
    """Megabytes of all gateways together, at the end of each stretch."""
    found = []
    for _ in range(STRETCHES):
        time.sleep(seconds / STRETCHES)
        found.append(sum(memory(pid, "VmRSS") for pid in at.serving))
    return found


def _started(what: str, at: Site, n: int, seconds: float) -> subprocess.Popen[bytes]:
    order = {
        "ports": at.ports,
        "port": at.ports[n],
        "keys": {p: at.keys[p].as_dict(private=True) for p in (SCHOOL, AANBIEDER)},
        "leerlingen": at.known[n :: len(at.ports)],
        "in_flight": IN_FLIGHT // len(at.ports),
        "seconds": seconds,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.duur", what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(order).encode())
    process.stdin.close()
    process.stdin = None
    return process


def _result(process: subprocess.Popen[bytes]) -> Any:
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("a generator failed")
    return json.loads(out)


class _Token:
    """A token that is renewed before it ends, on a thread of its own."""

    def __init__(self, order: Json, partij: str) -> None:
        self._issuer = f"http://127.0.0.1:{order['ports'][0]}"
        self._key, self._partij = ECKey.import_key(order["keys"][partij]), partij
        self.text = self._fresh()
        threading.Thread(target=self._renew, daemon=True).start()

    def _fresh(self) -> str:
        with httpx.Client(base_url=self._issuer, timeout=30) as http:
            return sign_in(http, self._issuer, self._key, self._partij)

    def _renew(self) -> None:
        while True:
            time.sleep(TOKEN_SECONDS)
            with contextlib.suppress(httpx.HTTPError):  # a gateway that is too busy: the old one still holds
                self.text = self._fresh()


async def _push(order: Json) -> Json:
    before_id, after_id = dossier_text().encode().split(b"@LEERLING@")
    body = envelope()
    body["dossier"] = {"standaard": "oso", "inhoud": "@INHOUD@"}
    head, tail = json.dumps(body).encode().split(b"@INHOUD@")
    token, length = _Token(order, SCHOOL), order["seconds"] / STRETCHES
    stretches: list[Json] = [{"seconds": length, "answers": Counter(), "ms": []} for _ in range(STRETCHES)]
    begun, sent = time.perf_counter(), 0

    async def one() -> None:
        nonlocal sent
        conn = Connection(order["port"])
        while (now := time.perf_counter()) - begun < order["seconds"]:
            name = order["leerlingen"][sent % len(order["leerlingen"])]
            sent += 1
            headers = {
                "Authorization": f"Bearer {token.text}",
                "Content-Type": "application/json",
                "Idempotency-Key": secrets.token_hex(16),
            }
            whole = head + base64.b64encode(before_id + name.encode() + after_id) + tail
            stretch = stretches[min(STRETCHES - 1, int((now - begun) / length))]
            try:
                answer = await conn.request("POST", "/v1/uitwisselingen", headers, whole)
            except Broken:
                stretch["answers"]["broken"] += 1
                continue
            stretch["answers"][str(answer.status)] += 1
            if answer.status == 202:
                stretch["ms"].append((time.perf_counter() - now) * 1_000)
            else:
                await asyncio.sleep(min(1.0, float(answer.headers.get("retry-after", "0.1"))))
        await conn.close()

    await asyncio.gather(*(one() for _ in range(order["in_flight"])))
    return {"stretches": stretches}


async def _take(order: Json) -> Json:
    """One round of `take` after the other, each with a token that holds."""
    token, taken = _Token(order, AANBIEDER), 0
    ends = time.perf_counter() + order["seconds"]
    while (left := ends - time.perf_counter()) > 0:
        asked = take.Order(
            order["ports"][0], token.text, order["keys"][AANBIEDER], TAKERS, min(left, TOKEN_SECONDS / 2)
        )
        taken += (await take.run(asked)).taken
        await asyncio.sleep(0.1)
    return {"taken": taken}


def main() -> None:
    order = json.load(sys.stdin)
    json.dump(asyncio.run(_push(order) if sys.argv[1] == "push" else _take(order)), sys.stdout)


if __name__ == "__main__":
    main()
