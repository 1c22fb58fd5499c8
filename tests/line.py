"""The whole line for a test: the real application over real HTTP, with fictional partijen and their systems.

A story is an async function of one `Line`; `@story()` makes a test of it, on every store. One that names a
store runs on that, and with `--stores` on PostgreSQL too. Nothing is patched. Three things differ from a real
gateway, through its own ports: the business clock stands at NOW and is moved, checkpoints are signed when a
story says so, and the log is strict and kept in a buffer.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import datetime as dt
import functools
import hashlib
import inspect
import io
import json
import re
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx
import psycopg
import pytest
from fastapi import FastAPI
from joserfc import jwt
from psycopg import sql

from adapters.local.keys import create_keys
from adapters.stores.memory import MemoryStorage
from adapters.stores.sqlite.store import SqliteStorage
from gateway.api.routes import Served
from gateway.app import create_app
from gateway.application import Application
from gateway.exchange.sealing import open_content
from gateway.identity.tokens import ASSERTION_TYPE
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.regels import INRICHTING
from gateway.runtime.logs import make_log
from gateway.runtime.settings import Settings
from gateway.web.bezoek import Sessies
from gateway.web.paginas import Paginas
from gateway.wiring import MovableClock, World, memory_world, open_world, voorbeelddossier
from schemas.base import NOOIT
from schemas.events import Level
from schemas.people.partij import Scope
from schemas.storage.storage import Register
from tests import openapi
from tests.callers import ISSUER, Key, es256, public_jwk, sign
from tests.registers import put_register
from tests.stores import STORES, Sequenced, new_database

NOW: Final = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
SCHOOL, OTHER_SCHOOL = "brin:99ZZ00", "brin:99XX01"
AANBIEDER, OTHER_AANBIEDER, FG = "agb:99999901", "agb:99999902", "oin:99999999000000000001"
LEERLING, BORN = "LL-2016-0042", "2016-06-14"
"""Of the example dossier."""
CATEGORIEN: Final = ("contact", "onderwijspositie", "doelen")
HELPER: Final = {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
OTHER_HELPER: Final = {"partij": OTHER_AANBIEDER, "rol": "jeugdhulpverlener"}
IB: Final = {"partij": SCHOOL, "rol": "intern_begeleider"}
FG_SCOPES: Final = (
    "ledger:lezen",
    "taken:lezen",
    "taken:afhandelen",
    "toezicht:lezen",
    "afwegingen:lezen",
    "afwegingen:nabeoordelen",
)
SANDBOX: Final[dict[str, Any]] = {"sandbox": True, "log_name": "proef.ozlijn.test/2026"}
"""Settings of a sandbox: it has all routes."""
NOWHERE: Final = "0" * 32
"""An id nothing has."""

SIGNING_IN: Final = ("jti", "kept")
"""Tables with what signing in leaves."""

Json = dict[str, Any]
Story = Callable[..., Awaitable[None]]
Wrap = Callable[[Storage], Storage]


@dataclass
class Caller:
    """One system of one partij, with its key and its token."""

    http: httpx.AsyncClient
    partij: str
    client_id: str
    key: Key
    token: str = ""

    def headers(self, key: str | None, more: Json | None) -> dict[str, str]:
        sent = {"Authorization": f"Bearer {self.token}"}
        if key is not None:
            sent["Idempotency-Key"] = key
        return sent | (more or {})

    async def get(self, path: str, headers: Json | None = None) -> httpx.Response:
        return await self.http.get(f"/v1{path}", headers=self.headers(None, headers))

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        content: bytes | None = None,
        headers: Json | None = None,
    ) -> httpx.Response:
        """`body` as JSON, or `content` as it is; `key` None sends no Idempotency-Key."""
        if content is None and body is not None:
            content = json.dumps(body).encode()
        sent = self.headers(key, headers)
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        return await self.http.post(f"/v1{path}", content=content, headers=sent)

    async def sign_in(self) -> None:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{ISSUER}/v1/token",
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_hex(8),
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key),
        }
        answer = await self.http.post("/v1/token", data=form)
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]


@dataclass
class Line:
    """What a story has in hands. Helpers assert that they succeed and give the parsed answer."""

    app: FastAPI
    http: httpx.AsyncClient
    clock: MovableClock
    world: World
    log: io.BytesIO
    database: Path | None
    """The SQLite file, when there is one."""
    settings: Settings
    answers: list[httpx.Response] = field(default_factory=list)
    """Every answer given, in order."""
    callers: dict[str, Caller] = field(default_factory=dict)

    @property
    def context(self) -> Application:
        found: Application = self.app.state.context
        return found

    @property
    def school(self) -> Caller:
        return self.callers[SCHOOL]

    @property
    def other_school(self) -> Caller:
        return self.callers[OTHER_SCHOOL]

    @property
    def helper(self) -> Caller:
        return self.callers[AANBIEDER]

    @property
    def other_helper(self) -> Caller:
        return self.callers[OTHER_AANBIEDER]

    @property
    def fg(self) -> Caller:
        return self.callers[FG]

    # ── pushing

    async def push(self, **other: Any) -> Json:
        return accepted(await self.school.post("/uitwisselingen", envelope(**other), key=fresh()))

    async def answer_back(self, levering: str, **other: Any) -> Json:
        """A terugkoppeling of the aanbieder."""
        return accepted(
            await self.helper.post("/uitwisselingen", terugkoppeling(levering, **other), key=fresh())
        )

    async def leveringen(self, pushed: Json, who: Caller | None = None) -> list[Json]:
        found = await (who or self.school).get(f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen")
        assert found.status_code == 200, found.text
        views: list[Json] = found.json()["leveringen"]
        return views

    async def levering(self, pushed: Json, who: Caller | None = None) -> Json:
        """The view of the only levering."""
        (view,) = await self.leveringen(pushed, who)
        return view

    async def status(self, pushed: Json, who: Caller | None = None) -> str:
        return str((await self.levering(pushed, who))["status"])

    # ── facts

    async def gezag(self, **other: Any) -> Json:
        """Joint gezag of two ouders unless told otherwise; the answer has their ids."""
        return recorded(await self.school.post("/gezagsgegevens", gezag(**other), key=fresh()))

    async def agree(self, leerling: Json, persoon: str, **other: Any) -> Json:
        body = toestemming(persoon, leerlingId=leerling["leerlingId"], **other)
        return recorded(await self.school.post("/toestemmingen", body, key=fresh()))

    async def no_elsewhere(self, leerling: Json, levering: str, **over: Any) -> Json:
        """One of the ouders tells the aanbieder that he does not want it, which the school does not know."""
        body = {
            "persoonId": persons(leerling)[0],
            "bereik": bereik(**over),
            "moment": self.clock.now().isoformat(),
            "leveringId": levering,
        }
        return recorded(await self.helper.post("/bezwaren", body, key=fresh()))

    async def both_agree(self, leerling: Json, **other: Any) -> list[Json]:
        return [await self.agree(leerling, p, **other) for p in persons(leerling)]

    async def withdraw(self, given: Json, **other: Any) -> Json:
        body = {"moment": self.clock.now().isoformat()} | other
        path = f"/toestemmingen/{given['toestemmingId']}/intrekkingen"
        return recorded(await self.school.post(path, body, key=fresh()))

    async def permitted(self, **other: Any) -> tuple[Json, Json, list[Json]]:
        """(gezag, what was pushed, the two toestemmingen): one levering that is klaar."""
        leerling = await self.gezag()
        given = await self.both_agree(leerling)
        pushed = await self.push(**other)
        assert await self.status(pushed) == "klaar"
        return leerling, pushed, given

    # ── the recipient

    async def postbus(self, who: Caller | None = None) -> list[Json]:
        found = await (who or self.helper).get("/postbus")
        assert found.status_code == 200, found.text
        items: list[Json] = found.json()["leveringen"]
        return items

    async def try_take(self, levering: str, who: Caller | None = None) -> httpx.Response:
        return await (who or self.helper).post(f"/leveringen/{levering}/_neem")

    async def take(self, levering: str, who: Caller | None = None) -> bytes:
        answer = await self.try_take(levering, who)
        assert answer.status_code == 200, answer.text
        digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
        assert answer.headers["content-digest"] == f"sha-256=:{digest}:"
        return answer.content

    async def try_sign(
        self, levering: str, payload: bytes, who: Caller | None = None, key: Key | None = None, **other: Any
    ) -> httpx.Response:
        caller = who or self.helper
        claims = {
            "soort": "leveringsbewijs",
            "leveringId": levering,
            "inhoudHash": "sha256:" + hashlib.sha256(payload).hexdigest(),
            "ontvangenOp": self.clock.now().isoformat(),
        } | other
        body = {"jws": sign(key or caller.key, claims)}
        return await caller.post(f"/leveringen/{levering}/leveringsbewijzen", body)

    async def sign_for(self, levering: str, payload: bytes, who: Caller | None = None) -> Json:
        return fine(await self.try_sign(levering, payload, who))

    async def refuse(self, levering: str, grond: str, who: Caller | None = None) -> httpx.Response:
        return await (who or self.helper).post(f"/leveringen/{levering}/_weiger", {"grond": grond})

    # ── around it

    async def region(self, text: str | None) -> None:
        """Put the file of a region in the register, or take it away."""
        old = await self.world.storage.register()
        rows = {i: t for i, t in old.beleid.items() if i != INRICHTING}
        rows |= {} if text is None else {INRICHTING: json.dumps({"tekst": text})}
        await self.apply(dataclasses.replace(old, beleid=rows))

    async def apply(self, register: Register) -> None:
        """Replaces the register, as `ozlijn apply` would."""
        await put_register(self.world.storage, self.context.stamps, register, self.context.clock.now())

    def routes(self) -> set[tuple[str, str]]:
        """(method, path) of every route of the application."""
        found = set()
        for route in self.app.routes:
            if isinstance(route, Paginas):
                continue  # pages for people have a table of their own
            assert isinstance(route, Served), type(route)
            if route.endpoint.__name__ != "refuse":  # these only say that a method is not for there
                found |= {(method, route.path) for method in route.methods or ()}
        return found

    async def sweep(self) -> None:
        await self.context.rounds.sweep()

    def later(self, **by: float) -> None:
        """Moves the business clock on, by the arguments of a timedelta."""
        self.clock.advance(dt.timedelta(**by))

    async def ledger(self) -> list[Json]:
        """Every leaf as data, in order, but the one of the register a line begins with."""
        entries = await self.world.storage.entries(0, 100_000)
        told = [json.loads(e.canonical) | {"position": e.position} for e in entries]
        return [leaf for leaf in told if "werkstand" not in leaf]

    def log_lines(self) -> list[Json]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    async def everything(self) -> Json:
        """How much is stored of each kind, and the ledger head: equal before and after means nothing changed.

        What signing in leaves is not counted.
        """
        head = await self.world.storage.head()
        return {"head": (head.size, head.root.hex()), **self.counts()}

    def counts(self) -> dict[str, int]:
        if self.settings.shared:
            with psycopg.connect(self.settings.database) as db:
                tables = [str(name) for (name,) in db.execute(_TABLES)]
                return {table: self._count(db, table) for table in tables if table not in SIGNING_IN}
        if self.database is None:
            store = self.world.storage
            store = getattr(store, "_inner", store)
            kept = {
                n: v
                for n, v in vars(store).items()
                if isinstance(v, dict | list) and n not in ("_jtis", "_kept")
            }
            return {n: len(v) for n, v in kept.items()} | {
                "_events": sum(map(len, vars(store)["_events"].values()))
            }
        with closing(sqlite3.connect(self.database)) as db:
            names = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                n: db.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0]
                for n in names
                if n not in SIGNING_IN
            }

    @staticmethod
    def _count(db: psycopg.Connection[Any], table: str) -> int:
        row = db.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        assert row is not None
        return int(row[0])

    async def kept(self, levering: str) -> Json:
        """What is stored of the content, opened with the gateway's own keys."""
        row = await self.world.storage.levering(levering)
        sealed = await self.world.storage.content(levering)
        assert row is not None
        assert sealed is not None
        leerling = await self.world.storage.leerling(row.leerling)
        assert leerling is not None
        return open_content(self.world.vault, leerling, row, sealed).inhoud.data

    def has_content(self, levering: str) -> bool:
        """Whether a sealed payload is stored for this levering."""
        if self.settings.shared:
            with psycopg.connect(self.settings.database) as db:
                query = "SELECT 1 FROM content JOIN levering ON n = content.levering WHERE id = %s"
                return db.execute(query, (levering,)).fetchone() is not None
        if self.database is None:
            store = self.world.storage
            return levering in vars(getattr(store, "_inner", store))["_contents"]
        with closing(sqlite3.connect(self.database)) as db:
            query = "SELECT count(*) FROM content JOIN levering ON n = content.levering WHERE id = ?"
            return bool(db.execute(query, (levering,)).fetchone()[0])


# ── bodies


def fresh() -> str:
    return secrets.token_hex(8)


def encoded(raw: bytes) -> Json:
    return {"standaard": "oso", "inhoud": base64.b64encode(raw).decode()}


def dossier(*swaps: tuple[str, str]) -> bytes:
    """The example dossier with texts replaced; every one of them must be there."""
    raw = voorbeelddossier().decode()
    for old, new in swaps:
        assert old in raw, old
        raw = raw.replace(old, new)
    return raw.encode()


def another(leerlingid: str) -> bytes:
    """The example dossier of somebody else at the same school."""
    return dossier((LEERLING, leerlingid))


def envelope(raw: bytes | None = None, **other: Any) -> Json:
    body = {
        "doel": "arrangement",
        "ontvangers": [HELPER],
        "categorieen": list(CATEGORIEN),
        "vrijeTekstNagekeken": True,
        "dossier": encoded(raw if raw is not None else voorbeelddossier()),
    } | other
    return {n: v for n, v in body.items() if v is not None}


def terugkoppeling(levering: str, **other: Any) -> Json:
    return {
        "doel": "afstemming",
        "ontvangers": [IB],
        "categorieen": ["jeugdhulp", "contact", "doelen"],
        "vrijeTekstNagekeken": True,
        "inAntwoordOp": levering,
        "terugkoppeling": {
            "status": "gestart",
            "sinds": "2026-11-20",
            "contactpersoon": {"naam": "J. Verzonnen", "telefoon": "000-0000000"},
            "adviezen": ["vaste_plek"],
        },
    } | other


def gezag(**other: Any) -> Json:
    body = {
        "leerling": {"leerlingid": LEERLING},
        "geboortedatum": BORN,
        "soort": "gezamenlijk",
        "personen": [{"hoedanigheid": "ouder", "gezag": True}, {"hoedanigheid": "ouder", "gezag": True}],
        "bron": "gezagsregister",
        "gecontroleerdOp": "2026-11-01",
        "gecontroleerdDoor": "administratie",
    } | other
    return {n: v for n, v in body.items() if v is not None}


def bereik(**other: Any) -> Json:
    return {
        "richting": "S2J",
        "doelen": ["arrangement"],
        "categorieen": list(CATEGORIEN),
        "ontvangers": [HELPER],
    } | other


def bereik_terug(**other: Any) -> Json:
    return bereik(
        **{
            "richting": "J2S",
            "doelen": ["afstemming"],
            "categorieen": ["jeugdhulp", "contact", "doelen"],
            "ontvangers": [IB],
        }
        | other
    )


def toestemming(persoon: str, **other: Any) -> Json:
    body = {
        "persoonId": persoon,
        "besluit": "gegeven",
        "functie": "avg_basis",
        "bereik": bereik(),
        "moment": "2026-11-21T10:00:00Z",
        "geldigVanaf": "2026-11-21",
        "geldigTotEnMet": "2027-07-31",
        "bewijs": bewijs(),
    } | other
    body.setdefault("uitdrukkelijk", [c for c in body["bereik"]["categorieen"] if c not in NOOIT])
    return {n: v for n, v in body.items() if v is not None}


def bewijs(**other: Any) -> Json:
    return {
        "methode": "digitaal_ondertekend",
        "bewijsHash": "sha256:" + "0" * 64,
        "kennisgevingRef": "kennisgeving/1",
        "kennisgevingHash": "sha256:" + "1" * 64,
        "vastlegger": "intern begeleider",
    } | other


def veto(**other: Any) -> Json:
    return {
        "besluit": "veto",
        "richting": "S2J",
        "doelen": ["arrangement"],
        "professional": "hulpverlener 1",
        "moment": "2026-11-22T09:00:00Z",
        "motivering": "Fictieve motivering.",
    } | other


# ── reading answers


def fine(answer: httpx.Response, status: int = 200) -> Json:
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


def accepted(answer: httpx.Response) -> Json:
    return fine(answer, 202)


def recorded(answer: httpx.Response) -> Json:
    return fine(answer, 201)


def problem(answer: httpx.Response) -> tuple[int, str, tuple[str, ...]]:
    """(status, last part of the type, codes of the faults), after looking at what every problem must have."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    return (
        answer.status_code,
        body["type"].rpartition("/")[2],
        tuple(f["code"] for f in body.get("fouten", ())),
    )


def persons(leerling: Json) -> list[str]:
    """The ids of those with gezag."""
    return [p["persoonId"] for p in leerling["personen"] if p["gezag"]]


def only(pushed: Json) -> str:
    """The id of the only levering."""
    (one,) = pushed["leveringen"]
    return str(one["id"])


def codes(view: Json) -> set[str]:
    return {r["code"] for r in view["redenen"]}


VARYING: Final = re.compile(r"^(x-correlatie-id|traceparent|date)$")


def shape(answer: httpx.Response) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """All of an answer that a caller can compare; values that differ per request are left out, not names."""
    headers = [(n, "" if VARYING.match(n) else v) for n, v in answer.headers.multi_items()]
    return answer.status_code, answer.content, tuple(headers)


# ── the scene


def partijen(keys: dict[str, Key]) -> Register:
    every = [scope.value for scope in Scope]

    def made(partij: str, soort: str, scopes: Iterable[str], **other: Any) -> str:
        client = {
            "clientId": client_of(partij),
            "scopes": list(scopes),
            "sleutels": [public_jwk(keys[partij])],
        }
        return json.dumps(
            {"id": partij, "soort": soort, "naam": f"{soort} (fictief)", "clients": [client]} | other
        )

    box = {"aflevering": {"soort": "postbus"}}
    ib, helper = {"rollen": ["intern_begeleider"]}, {"rollen": ["jeugdhulpverlener"]}
    return Register(
        0,
        {
            SCHOOL: made(SCHOOL, "school", every, brin="99ZZ", vestigingscode="00", **box, **ib),
            OTHER_SCHOOL: made(OTHER_SCHOOL, "school", every, brin="99XX", vestigingscode="01", **box, **ib),
            AANBIEDER: made(AANBIEDER, "jeugdhulpaanbieder", every, **box, **helper),
            OTHER_AANBIEDER: made(OTHER_AANBIEDER, "jeugdhulpaanbieder", every, **box, **helper),
            FG: made(FG, "fg", FG_SCOPES, toezichtOp=[SCHOOL, AANBIEDER]),
        },
    )


def client_of(partij: str) -> str:
    return "systeem-" + re.sub(r"[^a-z0-9]", "-", partij.lower())


_TABLES: Final = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
ADDRESS: Final = "database.url"
"""The file in a prepared folder that names its PostgreSQL database."""


def _database(engine: str, folder: Path) -> str:
    return (folder / ADDRESS).read_text() if engine == "postgres" else str(folder / "ozlijn.db")


@functools.cache
def _template() -> Path:
    """An empty database with its schema and a set of keys, made once per process."""
    folder = Path(tempfile.mkdtemp(prefix="ozlijn-test-"))
    create_keys(folder / "keys")

    async def make() -> None:
        await SqliteStorage.open(folder / "ozlijn.db").close()

    asyncio.run(make())
    return folder


def prepare(engine: str, folder: Path, request: pytest.FixtureRequest | None = None) -> None:
    """Puts keys and an empty database, or the address of one, into `folder`, if the engine needs them."""
    if engine == "memory":
        return
    template = _template()
    shutil.copytree(template / "keys", folder / "keys")
    if engine == "postgres":
        assert request is not None, "who runs on PostgreSQL asks for a database"
        (folder / ADDRESS).write_text(new_database(request))
    else:
        shutil.copy(template / "ozlijn.db", folder / "ozlijn.db")


def _open_world(engine: str, settings: Settings) -> World:
    if engine == "memory":
        return memory_world(settings, MemoryStorage())
    world = open_world(settings)
    if engine == "postgres":
        return dataclasses.replace(world, storage=Sequenced.open(settings.database))
    return world


@asynccontextmanager
async def open_line(
    engine: str,
    folder: Path,
    wrap: Wrap | None = None,
    wrap_vault: Callable[[Vault], Vault] | None = None,
    keys: dict[str, Key] | None = None,
    sessies: Sessies | None = None,
    **settings: Any,
) -> AsyncIterator[Line]:
    """A running gateway. `wrap` puts a store of its own around the real one, `wrap_vault` a vault, `sessies`
    says who is signed in on the pages.

    `keys`: of the clients in a register that `folder` has already; without them it gets a fresh one.
    """
    values: dict[str, Any] = {
        "database": _database(engine, folder),
        "keys": folder / "keys",
        "issuer": ISSUER,
        "log_name": "ozlijn.test/2026",
        "checkpoint_seconds": 60,
    }
    made = Settings(**(values | settings))
    clock = MovableClock()
    clock.move_to(NOW)
    world = _open_world(engine, made)
    if wrap is not None:
        world = dataclasses.replace(world, storage=wrap(world.storage))
    if wrap_vault is not None:
        world = dataclasses.replace(world, vault=wrap_vault(world.vault))
    log = io.BytesIO()
    app = create_app(made, world, make_log(log, Level.DEBUG, strict=True), clock, sessies)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ISSUER) as http,
    ):
        line = Line(app, http, clock, world, log, made.sqlite_path if engine == "sqlite" else None, made)

        if made.shared:
            await line.context.checkpointer.publish()  # as a worker does when it starts

        async def remember(answer: httpx.Response) -> None:
            await answer.aread()
            openapi.check(answer, sandbox=made.sandbox)
            line.answers.append(answer)

        http.event_hooks = {"response": [remember]}
        if keys is None:
            keys = {p: es256() for p in (SCHOOL, OTHER_SCHOOL, AANBIEDER, OTHER_AANBIEDER, FG)}
            await line.apply(partijen(keys))
        for partij, key in keys.items():
            caller = Caller(http, partij, client_of(partij), key)
            await caller.sign_in()
            line.callers[partij] = caller
        yield line


def story(*engines: str, wrap: Wrap | None = None, **settings: Any) -> Callable[[Story], Callable[..., None]]:
    """Makes a test of an async story; its further parameters are pytest's (parametrised values, fixtures)."""

    def make(tell: Story) -> Callable[..., None]:
        asked = inspect.signature(tell).parameters

        def test(engine: str, tmp_path: Path, request: pytest.FixtureRequest, **more: Any) -> None:
            prepare(engine, tmp_path, request)
            if "request" in asked:
                more["request"] = request

            async def scene() -> None:
                async with open_line(engine, tmp_path, wrap, **settings) as line:
                    await tell(line, **more)

            asyncio.run(scene())

        functools.update_wrapper(test, tell)
        del test.__wrapped__  # type: ignore[attr-defined]
        wanted = list(inspect.signature(tell).parameters.values())[1:]
        names = ("engine", "tmp_path", "request")
        own = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
        rest = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in wanted if p.name not in names]
        test.__signature__ = inspect.Signature([*own, *rest])  # type: ignore[attr-defined]
        on = list(engines or STORES)
        more = [] if "postgres" in on or engines == ("sqlite",) else ["postgres"]
        chosen = [*on, *(pytest.param(name, marks=pytest.mark.stores) for name in more)]
        marked: Callable[..., None] = pytest.mark.parametrize("engine", chosen)(test)
        return marked

    return make
