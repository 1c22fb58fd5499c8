"""People who are signed in, for tests of pages that are not about signing in."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx2 as httpx
from starlette.requests import Request

from gateway.identity.tokens import Caller
from gateway.web.bezoek import Bezoek, Niveau, Werkrol
from schemas.people.mensen import Mensrol, Persoon
from schemas.people.mensen import Niveau as Level
from schemas.people.partij import Scope
from tests.line import Line

COOKIE = "ozlijn-test"


@dataclass
class Bezoekers:
    """Sessions in memory, found by a cookie; nobody logged in for them."""

    in_: dict[str, Bezoek] = field(default_factory=dict)

    async def bezoek(self, request: Request) -> Bezoek | None:
        return self.in_.get(request.cookies.get(COOKIE, ""))

    async def mogelijk(self) -> bool:
        return True


@dataclass
class Bezoeker:
    """One person with a browser that runs no script."""

    http: httpx.AsyncClient
    cookie: str
    wie: Bezoek

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers={"Cookie": f"{COOKIE}={self.cookie}", **headers})

    async def post(
        self, path: str, velden: Mapping[str, str | list[str]] | None = None, **headers: str
    ) -> httpx.Response:
        """A form of ours, with its token."""
        sent = {"csrf": self.wie.csrf, **(velden or {})}
        return await self.http.post(path, data=sent, headers={"Cookie": f"{COOKIE}={self.cookie}", **headers})

    async def upload(
        self, path: str, files: list[tuple[str, bytes]], field: str = "bestanden", **velden: str
    ) -> httpx.Response:
        """A form with files. Without any, the field is there and empty, as a browser sends it."""
        sent = [(field, (name, raw)) for name, raw in files or [("", b"")]]
        return await self.http.post(
            path,
            data={"csrf": self.wie.csrf, **velden},
            files=sent,
            headers={"Cookie": f"{COOKIE}={self.cookie}"},
        )


async def sign_in(
    line: Line,
    sessies: Bezoekers,
    partij: str,
    rol: Werkrol,
    scopes: Iterable[Scope] = (),
    niveau: Niveau = Niveau.HOOG,
    ago: dt.timedelta = dt.timedelta(0),
    name: str = "Iris Verzonnen",
) -> Bezoeker:
    """Somebody of this partij, who may do what these scopes say."""
    partijen = await line.context.authenticator.partijen.current()
    since = dt.datetime.now(dt.UTC) - ago
    person = Persoon(
        secrets.token_hex(16), frozenset({Mensrol(rol.value)}), Level[niveau.name], since, name, {}
    )

    async def holds() -> int:
        return (await line.context.authenticator.partijen.current()).version

    caller = Caller(
        f"persoon:{person.ref}",
        partijen.by_id[partij],
        frozenset(scopes),
        "sessie",
        int(time.time()) + 600,
        persoon=person,
        houdt=holds,
    )
    wie = Bezoek(caller, frozenset({rol}), secrets.token_hex(16), name, niveau, since)
    cookie = secrets.token_hex(8)
    sessies.in_[cookie] = wie
    return Bezoeker(line.http, cookie, wie)
