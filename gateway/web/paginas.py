"""All pages together: one place in the application that finds the page, checks who asks, and runs it.

In this order: is there such a page, who is signed in, may he be here, is he sure enough who he says, and does
a form come from a page of ours. What falls out is always the same page, so it tells nothing.
"""

from __future__ import annotations

import datetime as dt
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from gateway.api.http import refusal
from gateway.application import Application
from gateway.web import (
    aanmelden,
    algemeen,
    beheer,
    bouwstenen,
    fg,
    fg_beeld,
    ib,
    ib_bericht,
    ib_gesprek,
    ib_verzoek,
    ik,
    mijn,
    mijn_bewijzen,
    mijn_brieven,
    mijn_vragen,
    nood,
    opstellen,
    overleggen,
    postvak,
    proefuitgever,
    tafel,
    uitnodigen,
    zaken,
)
from gateway.web.bezoek import Bezoek, Sessies
from gateway.web.bladen import Blad, Bladen, own_path
from gateway.web.formulier import CSRF, Invoer, read_form
from gateway.web.lijn import Neutraal, Onbereikbaar, Opnieuw
from gateway.web.tonen import Omgeving, html, own_files, serve_own
from gateway.web.vraag import Vraag
from schemas.errors import GatewayError, NotAuthenticated, NotAuthorised, NotFound
from schemas.events import UNEXPECTED_ERROR

PLAATSEN: Final[tuple[Bladen, ...]] = (
    algemeen.BLADEN,
    aanmelden.BLADEN,
    proefuitgever.BLADEN,
    uitnodigen.BLADEN,
    uitnodigen.SCHOOL,
    mijn.BLADEN,
    ik.BLADEN,
    ik.OPEN,
    mijn_bewijzen.BLADEN,
    mijn_brieven.BLADEN,
    mijn_vragen.BLADEN,
    bouwstenen.BLADEN,
    ib.BLADEN,
    ib_bericht.BLADEN,
    ib_gesprek.BLADEN,
    ib_gesprek.TAFEL,
    ib_gesprek.POSTVAK,
    ib_gesprek.TAFEL_POSTVAK,
    tafel.BLADEN,
    ib_verzoek.BLADEN,
    beheer.BLADEN,
    postvak.BLADEN,
    *(table for m in (zaken, opstellen, overleggen, nood) for table in (m.SAMEN.school, m.SAMEN.postvak)),
    fg.BLADEN,
    fg_beeld.BLADEN,
)
"""Every place there is. A new one adds its table here, and nothing else."""

_NOT_OURS: Final = ("/v1/", "/metrics/")
_EMPTY: Final = Invoer()
_NOTHING: Final = algemeen.BLADEN.apart("Niet gevonden")
_FAULT: Final = algemeen.BLADEN.apart("Het lukt nu niet")
_BARE: Final[Mapping[str, Any]] = {"wie": None, "f": _EMPTY, "kruimels": (), "gedaan": None, "sleutel": ""}
"""Of a page that is the same for everybody."""


@dataclass(eq=False)
class Paginas(BaseRoute):
    """Everything that is not an operation for systems. `sessies` None: nobody can sign in here."""

    ctx: Application
    sessies: Sessies | None = None
    bladen: tuple[Blad, ...] = field(init=False)
    omgeving: Omgeving = field(init=False)

    def __post_init__(self) -> None:
        sandbox = self.ctx.settings.sandbox
        self.bladen = tuple(b for p in PLAATSEN if sandbox or not p.sandbox for b in p.table)
        self.omgeving = Omgeving(sandbox, self.sessies is not None)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """All that does not begin as an address for systems does; also what is no page, to say so."""
        if scope["type"] != "http" or f"{scope['path']}/".startswith(_NOT_OURS):
            return Match.NONE, {}
        return Match.FULL, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        await (await self.answer(request))(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The page, or the one page that says nothing."""
        scope = request.scope
        if (own := own_files().get(scope["path"])) is not None and scope["method"] in ("GET", "HEAD"):
            scope["template"] = "/stijl"
            return serve_own(request, own)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        blad, found = _find(self.bladen, method, scope["path"])
        scope["template"] = None if blad is None else blad.path
        scope["path_params"] = dict(found)
        wie: Bezoek | None = None
        try:
            wie = await self._who(request)
            if blad is None:
                return self._nothing(request)
            return await self._run(request, blad, wie)
        except (Neutraal, NotFound, NotAuthorised, NotAuthenticated):
            return self._nothing(request)
        except Onbereikbaar as error:
            return self._fault(request, error.status)
        except GatewayError as error:
            return self._fault(request, refusal(self.ctx.log, request, error).status_code)
        except HTTPException as error:
            return self._fault(request, error.status_code)
        except Exception as error:  # noqa: BLE001 - whatever it is, a person gets a page and the log the error
            client = None if wie is None else wie.caller.client_id
            self.ctx.log(
                UNEXPECTED_ERROR, exception=error, method=method, route=scope["template"], client=client
            )
            return self._fault(request, HTTPStatus.INTERNAL_SERVER_ERROR)

    async def _who(self, request: Request) -> Bezoek | None:
        return None if self.sessies is None else await self.sessies.bezoek(request)

    async def _run(self, request: Request, blad: Blad, wie: Bezoek | None) -> Response:
        if blad.rollen:
            if wie is None:
                return self._sign_in(request, blad)
            if not wie.has(blad.rollen):
                raise Neutraal
            request.state.client = wie.caller.client_id
        invoer = _EMPTY
        if blad.changes:
            invoer = await read_form(request, blad.hoogstens, self.ctx.settings.body_seconds)
            _from_us(request, wie, invoer, self.ctx.settings.issuer)
        vraag = Vraag(self.ctx, request, blad, wie, invoer, await self._around())
        if wie is not None and not wie.reaches(blad.niveau, _machine_time(), fresh=blad.fresh):
            return _again(vraag, blad.niveau.name.lower())
        try:
            return await blad.handler(vraag)
        except Opnieuw as error:
            return _again(vraag, error.niveau)

    async def _around(self) -> Omgeving:
        """With whether anybody can sign in: that is in the register, and can change at any moment."""
        possible = self.sessies is not None and await self.sessies.mogelijk()
        return replace(self.omgeving, inloggen=possible)

    def _sign_in(self, request: Request, blad: Blad) -> Response:
        """A page that is read is come back to; a form that was sent is not done afterwards."""
        if blad.changes or not self.omgeving.inloggen:
            return RedirectResponse("/aanmelden", HTTPStatus.SEE_OTHER)
        back = own_path(request.scope["path"])
        return RedirectResponse(f"/aanmelden?naar={back}", HTTPStatus.SEE_OTHER)

    def _nothing(self, request: Request) -> Response:
        """The same bytes for whoever asks, whatever he asked."""
        return html(request, self.omgeving, "niets.html", HTTPStatus.NOT_FOUND, blad=_NOTHING, **_BARE)

    def _fault(self, request: Request, status: int) -> Response:
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return self._nothing(request)
        return html(request, self.omgeving, "storing.html", status, blad=_FAULT, **_BARE)


def _again(vraag: Vraag, niveau: str) -> Response:
    """Sign in once more, at least so sure. A form that was sent is not done afterwards."""
    back = "/begin" if vraag.blad.changes else own_path(vraag.request.scope["path"])
    return vraag.toon("opnieuw.html", status=HTTPStatus.FORBIDDEN, terug=back, niveau=niveau)


def _machine_time() -> dt.datetime:
    """Logins live by the clock of the machine: that of a sandbox can be moved."""
    return dt.datetime.fromtimestamp(time.time(), dt.UTC)


def _find(bladen: tuple[Blad, ...], method: str, path: str) -> tuple[Blad | None, Mapping[str, str]]:
    for blad in bladen:
        if blad.method == method and (found := blad.form.fullmatch(path)) is not None:
            return blad, found.groupdict()
    return None, {}


def _from_us(request: Request, wie: Bezoek | None, invoer: Invoer, issuer: str) -> None:
    """Refuse a form that another site had this browser send. Raises Neutraal.

    The browser says where a form comes from; and the form of somebody who is signed in carries the token of
    his session, which no other site can read.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if site != "same-origin" or origin not in (None, issuer, _own_origin(request)):
        raise Neutraal
    if wie is not None and not hmac.compare_digest(invoer.tekst(CSRF).encode(), wie.csrf.encode()):
        raise Neutraal


def _own_origin(request: Request) -> str:
    """Where the browser thinks it is: behind a proxy that is another name than ours."""
    return f"{request.scope['scheme']}://{request.headers.get('host', '')}"
