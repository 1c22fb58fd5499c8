"""One request for a page, as its handler gets it: who asks, the line, the form, and how to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from consent.leeftijd import AMSTERDAM
from gateway.application import Application
from gateway.web.bezoek import Bezoek
from gateway.web.bladen import Blad
from gateway.web.formulier import Invoer
from gateway.web.lijn import Lijn, Neutraal, new_key
from gateway.web.tonen import Omgeving, html


@dataclass(frozen=True, slots=True)
class Vraag:
    """What a handler has in hands. `wie` is None only on a page for everybody."""

    app: Application
    request: Request
    blad: Blad
    wie: Bezoek | None
    invoer: Invoer
    """The form of a POST, with its token already checked; empty for a GET."""
    omgeving: Omgeving

    @property
    def bezoek(self) -> Bezoek:
        """Who is signed in, on a page that has roles."""
        if self.wie is None:
            raise Neutraal
        return self.wie

    @property
    def lijn(self) -> Lijn:
        """The operations of /v1, as this person."""
        return Lijn(self.app, self.request, self.bezoek.caller)

    @property
    def nu(self) -> dt.datetime:
        """Now on the clock of the business, in Dutch time."""
        return self.app.clock.now().astimezone(AMSTERDAM)

    def pad(self, name: str) -> str:
        """A part of the address."""
        found: str = self.request.path_params[name]
        return found

    def vraagt(self, name: str, mag: Iterable[str] | None = None) -> str | None:
        """A filter in the address: None when it is not there, is there twice or is not one of `mag`."""
        given = self.request.query_params.getlist(name)
        if len(given) != 1 or not given[0] or (mag is not None and given[0] not in mag):
            return None
        return given[0]

    def toon(
        self,
        sjabloon: str,
        *,
        invoer: Invoer | None = None,
        kruimels: Sequence[tuple[str, str]] = (),
        status: int = HTTPStatus.OK,
        form_to: Sequence[str] = (),
        **meer: Any,
    ) -> Response:
        """The page from its template. With faults in `invoer` it is a 422 and its title says so.

        `kruimels` are (path, name) of the pages above it. `form_to`: other hosts to which a form may lead.
        In the template: `f` is the form, `nu` now, `sleutel` a fresh Idempotency-Key, `gedaan` what was just
        done, and everything in `meer`.
        """
        f = self.invoer if invoer is None else invoer
        if f.fouten and status == HTTPStatus.OK:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        return html(
            self.request,
            self.omgeving,
            sjabloon,
            status,
            form_to=form_to,
            blad=self.blad,
            wie=self.wie,
            f=f,
            nu=self.nu,
            sleutel=f.sleutel or new_key(),
            gedaan=self.vraagt("gedaan"),
            kruimels=kruimels,
            **meer,
        )

    def naar(self, path: str, **query: str | None) -> Response:
        """On to another page, with GET: after a form was done, so that going back or again does nothing."""
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        return RedirectResponse(f"{path}?{asked}" if asked else path, HTTPStatus.SEE_OTHER)

    def bestand(self, inhoud: bytes, media: str, naam: str) -> Response:
        """A file to keep. `naam` holds no name of a person."""
        headers = {"Content-Disposition": f'attachment; filename="{naam}"'}
        return Response(inhoud, media_type=media, headers=headers)
