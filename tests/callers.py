"""Fictional clients with keys of their own, and a small application to call: for tests of HTTP and tokens."""

from __future__ import annotations

import io
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from adapters.local.clock import SystemClock
from gateway.api.http import idempotency_key, install, path_id, read_json, respond, whole_number
from gateway.api.openapi import PREFIX, openapi_document, operation
from gateway.api.routes import OPENAPI, Served, described, served
from gateway.api.token import ROUTES as TOKEN
from gateway.identity.tokens import ASSERTION_TYPE, Authenticator
from gateway.ports.storage import Storage
from gateway.runtime.logs import make_log
from schemas.errors import GatewayError
from schemas.people.partij import Partij, Scope
from schemas.storage.storage import Register
from tests.registers import fresh_stamps, put_register

ISSUER = "http://127.0.0.1:8080"
TOKEN_URL = f"{ISSUER}/v1/token"
CANARY = "KANARIE-4711"
"""Planted in inputs; must not come back anywhere."""
MAX_BODY = 50_000
STAMPS = fresh_stamps()

Key = ECKey | OKPKey


def es256(kid: str = "es-1") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid})


def ed25519(kid: str = "ed-1") -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid})


def public_jwk(key: Key) -> dict[str, Any]:
    known = ("kty", "crv", "x", "y", "kid")
    return {name: value for name, value in key.as_dict(private=False).items() if name in known}


@dataclass
class OwnKey:
    """The gateway's token key."""

    key: Key = field(default_factory=ed25519)

    @property
    def private_jwk(self) -> dict[str, str]:
        made: dict[str, str] = dict(self.key.as_dict(private=True))  # type: ignore[arg-type]
        return made


@dataclass
class FictionalClient:
    """A school's system. Change `keys` or `scopes` and register it again to take them away."""

    client_id: str = "lvs-de-kring"
    partij: str = "brin:99XX00"
    keys: list[Key] = field(default_factory=lambda: [es256(), ed25519()])
    scopes: list[Scope] = field(default_factory=lambda: [Scope.VERZENDEN, Scope.LEZEN])

    def register(self, version: int = 0) -> Register:
        client = {
            "clientId": self.client_id,
            "scopes": [scope.value for scope in self.scopes],
            "sleutels": [public_jwk(key) for key in self.keys],
        }
        partij = {"id": self.partij, "soort": "school", "naam": "De Kring (fictief)", "clients": [client]}
        return Register(version, {self.partij: json.dumps(partij)}, {})

    def claims(self, **other: Any) -> dict[str, Any]:
        """Claims of a good assertion, changed by `other`; None leaves one out."""
        now = int(time.time())
        good = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": TOKEN_URL,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_hex(8),
        }
        return {name: value for name, value in {**good, **other}.items() if value is not None}

    def assertion(self, key: Key | None = None, **other: Any) -> str:
        return sign(key or self.keys[0], self.claims(**other))


def sign(key: Key, claims: dict[str, Any], **header: Any) -> str:
    alg = "Ed25519" if isinstance(key, OKPKey) else "ES256"
    made = {"alg": alg, "kid": key.kid, "typ": "JWT", **header}
    return jwt.encode({n: v for n, v in made.items() if v is not None}, claims, key, registry=_Any([alg]))


class _Any(JWSRegistry):
    """Signs with any algorithm, so that tests can make what must be refused."""

    def __init__(self, algorithms: list[str]) -> None:
        super().__init__(algorithms=algorithms)
        self.strict_check_header = False

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


@dataclass
class World:
    """An application with a token endpoint, routes that need a scope, and one for each thing that fails."""

    client: FictionalClient
    storage: Storage
    http: TestClient
    logged: io.BytesIO
    own_key: OwnKey
    authenticator: Authenticator

    def post_token(self, assertion: str, **other: str) -> Any:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            **other,
        }
        return self.http.post("/v1/token", data={name: value for name, value in form.items() if value})

    def token(self, **other: str) -> str:
        answer = self.post_token(self.client.assertion(), **other)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    def get(self, token: str | None, path: str = "/v1/wie", **headers: str) -> Any:
        given = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.http.get(path, headers={**given, **headers})

    def apply(self, register: Register) -> None:
        async def replace() -> None:
            await put_register(self.storage, STAMPS, register)

        assert self.http.portal is not None
        self.http.portal.call(replace)

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logged.getvalue().splitlines()]


@contextmanager
def world(
    storage: Storage,
    client: FictionalClient | None = None,
    own_key: OwnKey | None = None,
    failures: dict[str, BaseException] | None = None,
) -> Iterator[World]:
    """`failures`: GET /v1/stuk/{name} raises the error of that name."""
    client, own_key = client or FictionalClient(), own_key or OwnKey()
    logged = io.BytesIO()
    log = make_log(logged, strict=True)
    authenticator = Authenticator(storage, STAMPS, own_key, ISSUER, TOKEN_URL, 600, SystemClock())
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    install(app, log)
    own = [route for route in _router(authenticator, failures or {}).routes if isinstance(route, APIRoute)]
    shown = [*described(TOKEN.table), *own]
    app.router.routes += [
        *served(TOKEN.table),
        *(Served(r.path.removeprefix(PREFIX), r.endpoint, *(r.methods or ()), prefix=PREFIX) for r in own),
        OPENAPI,
    ]
    app.get("/v1/getallen/{getal}", include_in_schema=False)(_declared)
    app.state.context = SimpleNamespace(authenticator=authenticator, log=log)
    app.state.document = lambda: json.dumps(openapi_document(shown, f"{ISSUER}/v1"))
    with TestClient(app, raise_server_exceptions=False) as http:
        made = World(client, storage, http, logged, own_key, authenticator)
        assert http.portal is not None
        try:
            made.apply(client.register())
            yield made
        finally:
            http.portal.call(storage.close)


async def _declared(getal: int, q: int = 0) -> Response:
    return respond(200, {"getal": getal + q})


def _router(authenticator: Authenticator, failures: dict[str, BaseException]) -> APIRouter:
    router = APIRouter(prefix=PREFIX)
    told: dict[str, Any] = {"tag": "Proef", "summary": "Proef.", "description": "Alleen voor tests."}

    @router.get("/wie", **operation(id="leesWie", scope=Scope.LEZEN, **told))
    async def who(request: Request) -> Response:
        caller = await authenticator.require(request, Scope.LEZEN)
        return respond(200, {"client": caller.client_id, "partij": caller.partij.id})

    @router.get("/postbus", **operation(id="leesPostbus", scope=Scope.POSTBUS, **told))
    async def postbus(request: Request) -> Response:
        await authenticator.require(request, Scope.POSTBUS)
        return respond(204)

    @router.post("/partijen", **operation(id="maakPartij", body=Partij, answer=Partij, **told))
    async def make(request: Request) -> Response:
        return respond(200, await read_json(request, Partij, MAX_BODY, seconds=0.5))

    @router.get("/partijen", **operation(id="leesPartijen", **told))
    async def numbers(request: Request) -> Response:
        return respond(200, {"limiet": whole_number(request, "limiet", 20, 1, 100)})

    @router.post("/sleutels", **operation(id="maakSleutel", idempotent=True, **told))
    async def key(request: Request) -> Response:
        return respond(200, {"lengte": len(idempotency_key(request))})

    @router.get("/partijen/{partij}", **operation(id="leesPartij", **told))
    async def one(request: Request) -> Response:
        return respond(200, {"id": path_id(request, "partij")})

    @router.get("/stuk/{naam}", include_in_schema=False)
    async def broken(request: Request) -> Response:
        error = failures[request.path_params["naam"]]
        if isinstance(error, GatewayError):
            raise error
        raise RuntimeError(f"made for a test: {CANARY}") from error

    return router
