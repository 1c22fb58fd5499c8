"""A gateway on this computer with invented partijen, each a client of its own over real HTTP.

For the demo, and for playing a practice.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import hashlib
import io
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import orjson
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from consent.leeftijd import AMSTERDAM
from gateway.app import create_app, edge_of
from gateway.runtime.logs import Log, make_log
from gateway.runtime.server import listen, serve_in_thread
from gateway.runtime.settings import Settings
from gateway.wiring import MovableClock, apart, apply_to, create_keys, memory_world, open_world, vkey_of
from gateway.worker import work as run_beside
from schemas.errors import WrongUse
from schemas.people.partij import Client, Jwk, Scope
from schemas.storage.storage import Register

ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(slots=True)
class System:
    """One party's own system, as a client of the gateway."""

    client_id: str
    partij: str
    key: ECKey
    token: str = ""

    @classmethod
    def fresh(cls, client_id: str, partij: str) -> System:
        return cls(client_id, partij, ECKey.generate_key("P-256", {"kid": f"{client_id}-1"}))

    def as_client(self, *scopes: Scope) -> Client:
        public = self.key.as_dict(private=False)
        names = ("kty", "crv", "x", "y", "kid")
        jwk = Jwk.model_validate_json(orjson.dumps({n: public[n] for n in names}))
        return Client(client_id=self.client_id, scopes=scopes, sleutels=(jwk,))

    def assertion(self, audience: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": audience,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_hex(16),
        }
        return jwt.encode({"alg": "ES256", "kid": f"{self.client_id}-1"}, claims, self.key)

    def sign(self, claims: dict[str, str]) -> str:
        header = {"alg": "ES256", "kid": f"{self.client_id}-1"}
        return jws.serialize_compact(header, orjson.dumps(claims), self.key)


@dataclass(slots=True)
class Proeflijn:
    """A running gateway, and how a system calls it."""

    settings: Settings
    vkey: str
    clock: MovableClock
    http: httpx2.Client
    ahead: dt.timedelta = dt.timedelta()
    """How far the clock of a sandbox was moved over the API."""

    def now(self) -> dt.datetime:
        """What time it is on this line."""
        return self.clock.now() + self.ahead

    def call(
        self, who: System | None, method: str, path: str, body: Any = None, key: str | None = None
    ) -> httpx2.Response:
        headers = {}
        if who is not None:
            headers["Authorization"] = f"Bearer {who.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.http.request(method, path, json=body, headers=headers)

    def post(self, who: System, path: str, body: Any) -> dict[str, Any]:
        return self.expect(self.call(who, "POST", path, body, secrets.token_hex(12)))

    def get(self, who: System, path: str) -> dict[str, Any]:
        return self.expect(self.call(who, "GET", path))

    def expect(self, answer: httpx2.Response) -> dict[str, Any]:
        """The answer's JSON; a story that meets a problem it did not ask for has failed."""
        found: dict[str, Any] = answer.json()
        if answer.status_code >= 400:  # noqa: PLR2004 - where HTTP's errors begin
            faults = "; ".join(f"{f['plaats']}: {f['tekst']} [{f['code']}]" for f in found.get("fouten", ()))
            raise WrongUse(f"de gateway nam dit niet aan: {faults or found['title']}")
        return found

    def log_in(self, who: System) -> None:
        answer = self.http.post(
            "/v1/token",
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION,
                "client_assertion": who.assertion(self.settings.token_url),
            },
        )
        who.token = self.expect(answer)["access_token"]

    def receive(self, who: System, levering: str) -> dict[str, Any]:
        """Take, sign, confirm: as a recipient's system does."""
        answer = self.call(who, "POST", f"/v1/leveringen/{levering}/_neem")
        content = self.expect(answer)
        digest = hashlib.sha256(answer.content).hexdigest()
        signed = who.sign(
            {
                "soort": "leveringsbewijs",
                "leveringId": levering,
                "inhoudHash": f"sha256:{digest}",
                "ontvangenOp": self.now().isoformat(),
            }
        )
        self.post(who, f"/v1/leveringen/{levering}/leveringsbewijzen", {"jws": signed})
        confirmed = self.post(who, f"/v1/leveringen/{levering}/_verwerkt", None)
        return {
            "hash": f"sha256:{digest}",
            "inhoud": content,
            "leveringsbewijs": signed,
            "status": confirmed["status"],
        }


GEHEUGEN: Final = "geheugen"
"""The store of a line that forgets."""


@contextlib.contextmanager
def running(
    systems: Sequence[System],
    register: Register,
    log_name: str,
    today: dt.date | None,
    *,
    sandbox: bool = False,
    opslag: str | None = None,
) -> Iterator[Proeflijn]:
    """A gateway on this computer; everything it keeps is removed afterwards. Every system is logged in.

    `opslag`: nothing is SQLite in a temporary folder, GEHEUGEN is memory, and the address of a PostgreSQL
    database is a new database on that server, with a worker beside the gateway.
    """
    with contextlib.ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="ozlijn-demo-")))
        sock = kept.enter_context(listen("127.0.0.1", 0))
        forgets = opslag == GEHEUGEN
        database = (
            str(folder / "ozlijn.db") if opslag is None or forgets else kept.enter_context(apart(opslag))
        )
        settings = Settings(
            database=database,
            keys=folder / "sleutels",
            anchor=folder / "anker",
            issuer=f"http://127.0.0.1:{sock.getsockname()[1]}",
            log_name=log_name,
            checkpoint_seconds=0.3,
            sandbox=sandbox,
        )
        clock, log = MovableClock(), make_log(io.BytesIO(), strict=True)
        if today is not None:
            clock.move_to(dt.datetime.combine(today, dt.time(12), AMSTERDAM))
        world = memory_world(settings) if forgets else None
        vkey = vkey_of(create_keys(settings.keys), log_name) if world is None else world.signer.vkey
        apply_to(settings, register, log, clock.now(), world)
        app = create_app(settings, world or open_world(settings), log, clock)
        if settings.shared:
            kept.enter_context(_worker(settings, clock, log))
        kept.enter_context(serve_in_thread(app, sock, edge=edge_of(app)))
        http = kept.enter_context(httpx2.Client(base_url=settings.issuer, timeout=30))
        line = Proeflijn(settings, vkey, clock, http)
        for system in systems:
            line.log_in(system)
        yield line


@contextlib.contextmanager
def _worker(settings: Settings, clock: MovableClock, log: Log) -> Iterator[None]:
    """What a shared database needs beside the gateway, until the block ends."""
    loop, told = asyncio.new_event_loop(), asyncio.Event()
    work = run_beside(settings, open_world(settings), log, told, clock)
    thread = threading.Thread(target=loop.run_until_complete, args=(work,), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(told.set)
        thread.join()
        loop.close()
