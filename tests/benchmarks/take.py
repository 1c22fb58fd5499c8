"""Clients of one recipient, in a process of their own: they list, take and sign for what waits for them.

Reads one JSON order from standard input and writes one JSON result: how many were taken and signed for,
and in how many seconds. Each client takes what it finds until the time is over or nothing waits any more. An
answer that says "not now" (429, 503) is waited out.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import hashlib
import json
import sys
import time
from dataclasses import dataclass
from typing import Any, Final

from joserfc.jwk import ECKey

from tests.callers import sign
from tests.loopback import Answer, Connection

NOT_NOW: Final = (429, 503)


@dataclass(frozen=True, slots=True)
class Order:
    port: int
    token: str
    """Of a client that may take."""
    key: dict[str, Any]
    """Private JWK of that client."""
    clients: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    taken: int
    seconds: float


class _Recipient:
    """What its clients share: what waits, and how many are done."""

    def __init__(self, order: Order) -> None:
        self._order, self._key = order, ECKey.import_key(order.key)
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._given: set[str] = set()
        self._listing = asyncio.Lock()
        self._ends = time.perf_counter() + order.seconds
        self.taken = 0

    async def client(self) -> None:
        conn = Connection(self._order.port)
        while time.perf_counter() < self._ends and (levering := await self._next(conn)) is not None:
            await self._take_and_sign(conn, levering)
            self.taken += 1
        await conn.close()

    async def _next(self, conn: Connection) -> str | None:
        async with self._listing:  # one of them looks what there is, for all of them
            if self._waiting.empty():
                found = await self._asked(conn, "GET", "/postbus?aantal=200")
                new = [each["leveringId"] for each in json.loads(found.body)["leveringen"]]
                for ident in (i for i in new if i not in self._given):
                    self._given.add(ident)
                    self._waiting.put_nowait(ident)
        return None if self._waiting.empty() else self._waiting.get_nowait()

    async def _take_and_sign(self, conn: Connection, levering: str) -> None:
        found = await self._asked(conn, "POST", f"/leveringen/{levering}/_neem")
        claims = {
            "soort": "leveringsbewijs",
            "leveringId": levering,
            "inhoudHash": "sha256:" + hashlib.sha256(found.body).hexdigest(),
            "ontvangenOp": dt.datetime.now(dt.UTC).isoformat(),
        }
        body = json.dumps({"jws": sign(self._key, claims)}).encode()
        await self._asked(conn, "POST", f"/leveringen/{levering}/leveringsbewijzen", body)

    async def _asked(self, conn: Connection, method: str, path: str, body: bytes | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {self._order.token}"}
        headers |= {} if body is None else {"Content-Type": "application/json"}
        while True:
            answer = await conn.request(method, f"/v1{path}", headers, body)
            if answer.status in (200, 201):
                return answer
            if answer.status not in NOT_NOW:
                raise RuntimeError(f"{method} was answered with {answer.status}: {answer.body[:200]!r}")
            await asyncio.sleep(min(1.0, float(answer.headers.get("retry-after", "0.1"))))


async def run(order: Order) -> Result:
    begun, recipient = time.perf_counter(), _Recipient(order)
    await asyncio.gather(*(recipient.client() for _ in range(order.clients)))
    return Result(recipient.taken, time.perf_counter() - begun)


def main() -> None:
    order = Order(**json.load(sys.stdin))
    json.dump(dataclasses.asdict(asyncio.run(run(order))), sys.stdout)


if __name__ == "__main__":
    main()
