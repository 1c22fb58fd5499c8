"""A /v1 operation called by a page, in process, as the person who signed in.

The route's own handler runs, with its own turn, bounds, checks and Idempotency-Key: a page can do nothing
that the same person could not do as a caller of the API, and gets the same neutral answers.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Message

from gateway.api.http import refusal
from gateway.api.openapi import PREFIX
from gateway.api.problems import answer, problem_for_status
from gateway.api.routes import Endpoint, bound
from gateway.api.tables import table
from gateway.application import Application
from gateway.identity.tokens import KNOWN, Caller
from gateway.runtime.namens import own_request
from schemas.errors import GatewayError, NotSure

Json = dict[str, Any]


class Neutraal(Exception):
    """It is not there, or not for this person: the page that says so never tells which."""


class Opnieuw(Exception):
    """This person may do it after a login that is surer or fresher; nothing was done. `niveau`: how sure."""

    def __init__(self, niveau: str) -> None:
        super().__init__(niveau)
        self.niveau = niveau


class Onbereikbaar(Exception):
    """It could not be done now, and nothing was. `status` is that of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Fout:
    """One fault in what was sent: its code, its place in the body (a JSON pointer), and a Dutch text."""

    code: str
    plaats: str
    tekst: str


@dataclass(frozen=True, slots=True)
class Probleem:
    """An expected no: what was sent is not taken, and why. `slug` is the end of the problem's type."""

    status: int
    slug: str
    titel: str
    tekst: str
    fouten: tuple[Fout, ...]
    body: Json


class _Place(NamedTuple):
    method: str
    form: re.Pattern[str]
    endpoint: Endpoint


@cache
def _places(*, sandbox: bool) -> tuple[_Place, ...]:
    return tuple(_Place(r.method, compile_path(r.path)[0], bound(r)) for r in table(sandbox=sandbox))


_NEUTRAL: Final = frozenset((HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND))
_LATER: Final = frozenset((HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS))


@dataclass(frozen=True, slots=True)
class Lijn:
    """The line as one person may use it, within one request for a page."""

    ctx: Application
    request: Request
    caller: Caller

    async def get(self, path: str, /, **query: object) -> Json:
        """What the operation answers. `path` begins with /v1; a query parameter that is None is left out.

        Raises Neutraal, Onbereikbaar. A wrong parameter is Neutraal too: an address that nobody gave out.
        """
        found = await self.call("GET", path, query=query)
        if isinstance(found, Probleem):
            raise Neutraal
        return _json(found)

    async def download(self, path: str, media: str, /, **query: object) -> bytes:
        """The same in another media type, as bytes: a table, or a file to keep."""
        found = await self.call("GET", path, query=query, accept=media)
        if isinstance(found, Probleem):
            raise Neutraal
        return bytes(found.body)

    async def post(
        self, path: str, body: object = None, /, *, key: str | None = None, **query: object
    ) -> Json | Probleem:
        """What the operation answers, or the expected no. `key` is the Idempotency-Key: of a form, so that
        sending it twice is sending it once.

        Raises Neutraal, Onbereikbaar.
        """
        found = await self.call("POST", path, body=body, key=key, query=query)
        return found if isinstance(found, Probleem) else _json(found)

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        key: str | None = None,
        query: Mapping[str, object] | None = None,
        accept: str = "application/json",
    ) -> Response | Probleem:
        """One operation, with its answer as it is.

        Raises Neutraal, Opnieuw, Onbereikbaar, and LookupError when there is no such operation: a mistake in
        a page.
        """
        endpoint, found = _find(method, path.removeprefix(PREFIX), sandbox=self.ctx.settings.sandbox)
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        content = b"" if body is None else orjson.dumps(body)
        request = self._request(method, path, found, urlencode(asked, doseq=True), content, key, accept)
        try:
            with own_request():
                answered = await endpoint(request)
        except NotSure as error:
            raise Opnieuw(error.niveau) from error
        except GatewayError as error:
            answered = refusal(self.ctx.log, request, error)
        except HTTPException as error:
            answered = answer(problem_for_status(error.status_code))
        return _sorted(answered)

    def _request(
        self,
        method: str,
        path: str,
        path_params: Mapping[str, Any],
        query: str,
        content: bytes,
        key: str | None,
        accept: str,
    ) -> Request:
        headers = [(b"accept", accept.encode()), (b"content-length", str(len(content)).encode())]
        if content:
            headers.append((b"content-type", b"application/json"))
        if key is not None:
            headers.append((b"idempotency-key", key.encode("ascii", "replace")))
        outer = self.request.scope
        state = {name: outer["state"][name] for name in ("own_id", "correlation", "traceparent")}
        scope = {
            "type": "http",
            "app": outer["app"],
            "http_version": "1.1",
            "method": method,
            "scheme": outer["scheme"],
            "server": outer.get("server"),
            "client": outer.get("client"),
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": headers,
            "path_params": dict(path_params),
            "state": state,
            KNOWN: self.caller,
        }
        left = [content]

        async def receive() -> Message:
            if left:
                return {"type": "http.request", "body": left.pop(), "more_body": False}
            return {"type": "http.disconnect"}

        return Request(scope, receive)


def new_key() -> str:
    """An Idempotency-Key for a form that is shown now."""
    return secrets.token_hex(16)


def _find(method: str, path: str, *, sandbox: bool) -> tuple[Endpoint, Mapping[str, Any]]:
    for place in _places(sandbox=sandbox):
        if place.method == method and (found := place.form.match(path)) is not None:
            return place.endpoint, found.groupdict()
    raise LookupError(f"there is no operation {method} {re.sub('[0-9a-f]{32}', '…', path)}")


def _sorted(answered: Response) -> Response | Probleem:
    status = answered.status_code
    if status < HTTPStatus.BAD_REQUEST:
        return answered
    if status in _NEUTRAL:
        raise Neutraal
    if status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Onbereikbaar(status)
    body = orjson.loads(answered.body)
    faults = tuple(Fout(f["code"], f["plaats"], f["tekst"]) for f in body.get("fouten", ()))
    slug = body["type"].rpartition("/")[2]
    return Probleem(status, slug, body["title"], body["detail"], faults, body)


def _json(answered: Response) -> Json:
    if not answered.body:
        return {}
    found: Json = orjson.loads(answered.body)
    return found
