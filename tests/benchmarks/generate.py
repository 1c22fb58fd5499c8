"""The load generator, a process of its own: keeps so many pushes in flight for so long, and says what it saw.

Reads one JSON order from standard input and writes one JSON result: see `Order` and `Result`. Every request
has an Idempotency-Key of its own; what is answered before the warm-up ends is not counted.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import re
import secrets
import sys
import time
from dataclasses import dataclass

from tests.loopback import Connection


@dataclass(frozen=True, slots=True)
class Order:
    port: int
    token: str
    """Of a client that may push and read the counters."""
    envelope: str
    """JSON of the body with @INHOUD@ where the base64 of the dossier goes."""
    dossier: str
    """Text of the dossier with @LEERLING@ where the leerlingid goes."""
    leerlingen: list[str]
    """Pushed about in turn; empty: a new one every time."""
    in_flight: int
    warm_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    accepted: int
    seconds: float
    latencies_ms: list[float]
    before: dict[str, float]
    """Of /metrics, when nothing was in flight yet; `after`: no longer. So counts are of whole exchanges."""
    after: dict[str, float]


async def _metrics(conn: Connection, token: str) -> dict[str, float]:
    answer = await conn.request("GET", "/metrics", {"Authorization": f"Bearer {token}"})
    if answer.status != 200:
        raise RuntimeError(f"the counters were answered with {answer.status}")
    text = answer.body.decode()
    found = re.findall(r"^([a-z_]+\S*) ([0-9.e+-]+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


async def _run(order: Order) -> Result:
    before_id, after_id = order.dossier.encode().split(b"@LEERLING@")
    head, tail = order.envelope.encode().split(b"@INHOUD@")
    stop = False
    done: list[tuple[float, float]] = []
    sent = 0

    async def push() -> None:
        nonlocal sent
        conn = Connection(order.port)
        headers = {"Authorization": f"Bearer {order.token}", "Content-Type": "application/json"}
        while not stop:
            names = order.leerlingen
            name = names[sent % len(names)] if names else f"LL-{secrets.token_hex(8)}"
            sent += 1
            body = head + base64.b64encode(before_id + name.encode() + after_id) + tail
            begun = time.perf_counter()
            key = {"Idempotency-Key": secrets.token_hex(16)}
            answer = await conn.request("POST", "/v1/uitwisselingen", headers | key, body)
            if answer.status != 202:
                raise RuntimeError(f"a push was answered with {answer.status}: {answer.body[:300]!r}")
            ended = time.perf_counter()
            done.append((ended, ended - begun))
        await conn.close()

    scraper = Connection(order.port)
    before = await _metrics(scraper, order.token)
    workers = [asyncio.create_task(push()) for _ in range(order.in_flight)]
    await asyncio.sleep(order.warm_seconds)
    begun = time.perf_counter()
    await asyncio.sleep(order.seconds)
    ended = time.perf_counter()
    stop = True
    await asyncio.gather(*workers)
    after = await _metrics(scraper, order.token)
    await scraper.close()
    inside = [took * 1_000 for at, took in done if begun <= at < ended]
    return Result(len(inside), ended - begun, inside, before, after)


def main() -> None:
    order = Order(**json.load(sys.stdin))
    json.dump(dataclasses.asdict(asyncio.run(_run(order))), sys.stdout)


if __name__ == "__main__":
    main()
