"""Each step of accepting one exchange: its processor time, and the least that the same work can cost.

One gateway in this process on SQLite; dossiers about leerlingen whose ouders agreed go straight into the
application, one at a time. So there is no network, no waiting for others, and no commit of several together:
what a step costs is seen, and not how many fit in a second (that is `exchange`).

A floor is the same bytes through the barest call of the library that does the work: lxml and its XSD,
orjson, one AES-GCM with a fresh key, one Ed25519, one INSERT and its commit; for the decision one look-up per
category and signer, for minimising one per field. A step and its floor take turns, so what else the machine
does touches both. A step that is new here has no floor yet.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import hmac
import json
import os
import re
import secrets
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.ledger.canonical import canonical
from adapters.ledger.tree import leaf_hash
from gateway.ports.keys import Vault
from tests.benchmarks.adapters import ADAPTERS, xml_floor
from tests.line import Line, another, envelope, open_line, prepare

KNOWN: Final = 40
"""Leerlingen about whom is pushed in turn."""
REST: Final = "HTTP, toegang, envelop, antwoord"
NAMES: Final = {
    "translate": "vertalen",
    "find": "leerling en feiten vinden",
    "decide": "beslissen",
    "minimise": "minimaliseren en klaarzetten",
    "seal": "verzegelen",
    "receipt": "ontvangstbewijs",
    "record": "vastleggen, in de lus",
}
"""How the steps that the gateway measures itself are called in the table; another keeps its own name."""
COMMIT: Final = "vastleggen, in de schrijver"
WHOLE: Final = "hele uitwisseling"
OF_WHICH_LEAVES: Final = "(waarvan regels van de verantwoording)"
LEAVES: Final = 2
"""Of one exchange with one recipient."""
CONTENT_BYTES: Final = 4_000
"""About what is sealed of one dossier."""


@dataclass(frozen=True, slots=True)
class Step:
    """Microseconds of processor per exchange, of one round. No `floor`: the step is new here."""

    name: str
    cost: float
    floor: float | None


class _Clock:
    """Adds up the processor time of this thread inside each step. What runs inside another counts once."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.thread_time()
        self._inner.append(0.0)
        try:
            yield
        finally:
            took = time.thread_time() - begun
            self.spent[name] += took - self._inner.pop()
            self._inner[-1] += took


class _TimedVault:
    """A vault whose sealing is a step of its own."""

    def __init__(self, vault: Vault, clock: _Clock) -> None:
        self._vault, self._clock = vault, clock

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._vault, name)
        if name not in ("seal", "open", "new_key"):
            return found

        def timed(*given: Any, **named: Any) -> Any:
            with self._clock.step("seal"):
                return found(*given, **named)

        return timed


class Steps:
    """Gives the steps of one round at a time, from one gateway that stays open."""

    def __init__(self, line: Line, clock: _Clock, folder: Path, known: int) -> None:
        self._line, self._clock, self._folder = line, clock, folder
        self._names = [f"LL-STAP-{n:03}" for n in range(known)]
        self._sent = 0

    async def prepare(self) -> None:
        for name in self._names:
            leerling = await self._line.gezag(leerling={"leerlingid": name})
            await self._line.both_agree(leerling)
        self._line.answers.clear()
        metrics: Any = self._line.context.metrics
        metrics.step = self._clock.step
        await self._pushed(len(self._names))  # the first push makes what is made once

    async def round(self, pushes: int) -> list[Step]:
        gc.collect()
        gc.freeze()
        before = await self._line.world.storage.head()
        self._clock.spent.clear()
        thread, process = time.thread_time(), time.process_time()
        await self._pushed(pushes)
        thread, process = time.thread_time() - thread, time.process_time() - process
        spent = {name: seconds / pushes * 1e6 for name, seconds in self._clock.spent.items()}
        gc.unfreeze()
        leaves = await self._line.world.storage.entries(before.size, 200)
        floors = await self._floors([entry.canonical for entry in leaves])
        ours = floors.pop("our leaves")
        rest = thread / pushes * 1e6 - sum(spent.values())
        steps = [Step(REST, rest, floors["rest"])]
        steps += [Step(NAMES.get(name, name), cost, floors.get(name)) for name, cost in spent.items()]
        steps.append(Step(COMMIT, (process - thread) / pushes * 1e6, floors["commit"]))
        whole = Step(WHOLE, process / pushes * 1e6, sum(floors.values()))
        return [*steps, whole, Step(OF_WHICH_LEAVES, ours, floors["leaves"])]

    async def _pushed(self, count: int) -> None:
        caller = self._line.school
        for _ in range(count):
            name = self._names[self._sent % len(self._names)]
            self._sent += 1
            status = await _post(self._line.app, caller.token, json.dumps(envelope(_dossier(name))).encode())
            assert status == 202, status

    # ── the least that the same work can cost

    async def _floors(self, leaves: list[bytes]) -> dict[str, float]:
        raw = _dossier(self._names[0])
        body = json.dumps(envelope(raw)).encode()
        bare = xml_floor(ADAPTERS / "oso" / "gegevensset_2019.xsd")
        documents = [orjson.loads(leaf) for leaf in leaves]
        content, kek, signer = os.urandom(CONTENT_BYTES), os.urandom(32), Ed25519PrivateKey.generate()
        digest = hashlib.sha256(content).digest()

        def sealed() -> bytes:
            key = AESGCM.generate_key(256)
            return aes_key_wrap(kek, key) + AESGCM(key).encrypt(os.urandom(12), content, b"")

        return {
            "rest": await _spent_in_app(body),
            "translate": _least(lambda: bare(raw)),
            "find": self._find_floor(kek),
            **self._stored_floors(),
            "seal": _least(sealed),
            "receipt": _least(lambda: signer.sign(digest)),
            "leaves": _least(lambda: [_leaf(d) for d in documents]) / len(documents) * LEAVES,
            "our leaves": _least(lambda: [leaf_hash(canonical(d)) for d in documents])
            / len(documents)
            * LEAVES,
            "commit": self._commit_floor(),
        }

    def _stored_floors(self) -> dict[str, float]:
        """Of what was made of the last push: one look-up per asked category and signer, one per field of the
        message, and the JSON of its rows written once.
        """
        with closing(sqlite3.connect(self._folder / "ozlijn.db")) as db:
            query = "SELECT l.json, u.json FROM levering l JOIN uitwisseling u ON u.id = l.uitwisseling"
            rows = [
                orjson.loads(text) for text in db.execute(f"{query} ORDER BY l.n DESC LIMIT 1").fetchone()
            ]
        besluit = rows[0]["besluit"]
        people = [str(signer) for signer in besluit["signers"]]
        said = {(c, p): True for c in besluit["perCategory"] for p in people}
        kept = frozenset(besluit["released"])
        fields = [*kept, *(path for paths in besluit["withheld"].values() for path in paths)]
        return {
            "decide": _least(lambda: all(said[c, p] for c in besluit["perCategory"] for p in people)),
            "minimise": _least(lambda: [path for path in fields if path in kept]),
            "record": _least(lambda: [orjson.dumps(row) for row in rows]),
        }

    def _find_floor(self, key: bytes) -> float:
        query = "SELECT id FROM leerling WHERE owner = ? AND blind_index = ?"
        with closing(sqlite3.connect(self._folder / "ozlijn.db")) as db:
            return _least(
                lambda: db.execute(query, ("brin:99ZZ00", hmac.digest(key, b"LL-1", "sha256"))).fetchone()
            )

    def _commit_floor(self) -> float:
        """One INSERT of as many bytes as an exchange stores, and its commit, synchronous FULL."""
        path, row = self._folder / "bare.db", os.urandom(10_000)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("CREATE TABLE IF NOT EXISTS kept (n INTEGER PRIMARY KEY, bytes BLOB)")
            return _least(lambda: db.execute("INSERT INTO kept (bytes) VALUES (?)", (row,)), least=0.02)


def _dossier(name: str) -> bytes:
    """The example without its indentation: about 10 KB."""
    return re.sub(rb">\s+<", b"><", another(name))


def _leaf(fields: Any) -> bytes:
    return hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).digest()


def _least(work: Callable[[], object], least: float = 0.01) -> float:
    """Microseconds of processor of one call: the best of three stretches of at least so many seconds."""
    work()
    found = []
    for _ in range(3):
        count, begun = 0, time.process_time()
        while (passed := time.process_time() - begun) < least:
            work()
            count += 1
        found.append(passed / count)
    return min(found) * 1e6


async def _spent_in_app(body: bytes) -> float:
    """A bare application that reads such a body, its JSON and its base64, and answers 202."""

    async def take(request: Request) -> Response:
        told = orjson.loads(await request.body())
        base64.b64decode(told["dossier"]["inhoud"])
        return Response(b"{}", 202)

    app = Starlette(routes=[Route("/v1/uitwisselingen", take, methods=["POST"])])

    found = []
    for _ in range(3):
        begun = time.thread_time()
        for _ in range(50):
            await _post(app, "geen", body)
        found.append((time.thread_time() - begun) / 50)
    return min(found) * 1e6


async def _post(app: Any, token: str, body: bytes) -> int:
    headers = [
        (b"host", b"localhost"),
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
        (b"idempotency-key", secrets.token_hex(16).encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": "/v1/uitwisselingen",
        "raw_path": b"/v1/uitwisselingen",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 443),
        "state": {},
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, send)
    return status


@contextmanager
def opened(folder: Path, known: int = KNOWN) -> Iterator[tuple[asyncio.Runner, Steps]]:
    """A gateway in this process, and the loop on which it is asked for its steps."""
    folder.mkdir()
    prepare("sqlite", folder)
    clock = _Clock()

    def timed(vault: Vault) -> Vault:
        made: Any = _TimedVault(vault, clock)
        return cast("Vault", made)

    with asyncio.Runner() as runner:
        line = open_line("sqlite", folder, wrap_vault=timed)
        steps = Steps(runner.run(line.__aenter__()), clock, folder, known)
        try:
            runner.run(steps.prepare())
            yield runner, steps
        finally:
            runner.run(line.__aexit__(None, None, None))
