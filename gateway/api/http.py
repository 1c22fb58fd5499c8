"""What every request and answer has in common: headers, correlation, bounded reading, problem answers.

Routers stay thin on top of this: `read_json`, `idempotency_key`, `respond`. Handlers read the body
themselves because that is measurably faster than a declared body model; gateway/api/openapi.py declares it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
import re
import time
from collections.abc import Iterable, Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final, TypeVar

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.api.problems import PROBLEMS, UNFORESEEN, answer, answer_error, problem_for, problem_for_status
from gateway.exchange.idempotency import MAX_COMMAS
from gateway.faults import faults_of, faults_of_parameters
from gateway.runtime.logs import Log, correlation
from gateway.runtime.namens import own_request
from schemas.errors import (
    Fault,
    GatewayError,
    InvalidMessage,
    LedgerBroken,
    MessageTooLarge,
    NotFound,
    RecordUnavailable,
    StateBroken,
)
from schemas.events import (
    PROMISE_BROKEN,
    REQUEST_ABANDONED,
    REQUEST_HANDLED,
    REQUEST_REFUSED,
    STATE_BROKEN,
    UNEXPECTED_ERROR,
)

M = TypeVar("M", bound=BaseModel)
E = TypeVar("E", bound=StrEnum)

API_VERSION: Final = "1.0.0"
"""The version of the interface (semver). Its major number is the `/v1` in the path."""
LARGE: Final = 256_000
"""Bytes of a body that is not parsed on the serving loop."""
METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

_CORRELATION: Final = re.compile(
    rb"(?![0-9-]*$)(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE
)
"""A UUID, and not of digits only: what a client sends stands in our log, and no person's number may."""
_TRACEPARENT: Final = re.compile(rb"00-(?![0-9]{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})")
DAY: Final = "20[0-9]{2}-[0-9]{2}-[0-9]{2}"
"""The form of a day in an address."""
_KEY: Final = re.compile(r"[\x20-\x7e]{8,200}")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_NAME: Final = re.compile(r"[a-z0-9-]{3,80}")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")

_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"
_FIXED_HEADERS: Final = (
    (b"api-version", API_VERSION.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"content-security-policy", _NOTHING.encode()),
    (b"x-frame-options", b"DENY"),
)
_SANDBOX_HEADER: Final = (b"ozlijn-omgeving", b"proef")
_FIXED_NAMES: Final = frozenset(name for name, _ in _FIXED_HEADERS)


def refusals(statuses: Iterable[int], *, sandbox: bool = False) -> dict[int, bytes]:
    """By status: what follows the status line when a connection is refused before there is a request.

    It is the same problem answer with the same fixed headers as everywhere, and ends the connection.
    """
    where = (_SANDBOX_HEADER,) if sandbox else ()
    found = {}
    for status in statuses:
        response = answer(problem_for_status(status), headers=[("Connection", "close")])
        lines = (*response.raw_headers, *_FIXED_HEADERS, *where)
        found[status] = (
            b"".join(name + b": " + value + b"\r\n" for name, value in lines) + b"\r\n" + bytes(response.body)
        )
    return found


def install(app: FastAPI, log: Log, *, sandbox: bool = False) -> None:
    """Give `app` the middleware and the problem answers. Once, before its first request."""
    app.add_middleware(Envelope, log=log, sandbox=sandbox)

    @app.exception_handler(GatewayError)
    async def ours(request: Request, error: GatewayError) -> Response:
        return refusal(log, request, error)

    @app.exception_handler(RequestValidationError)
    async def parameters(request: Request, error: RequestValidationError) -> Response:
        faults = faults_of_parameters(error.errors())
        problem = PROBLEMS[InvalidMessage]
        _refused(log, request, problem.status, problem.slug, _codes(faults))
        return answer(problem, faults)

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        problem = problem_for_status(error.status_code)
        _refused(log, request, problem.status, problem.slug, ())
        headers = []
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = [("Allow", error.allow if isinstance(error, NotThis) else _allowed(request))]
        return answer(problem, correlation=correlation.get(), headers=headers)


def refusal(log: Log, request: Request, error: GatewayError) -> Response:
    """The answer to an error of ours, and its line in the log: the same for a system and for a page."""
    problem = problem_for(error)
    if isinstance(error, StateBroken):
        log(STATE_BROKEN, exception=error, what=error.what, id=error.ident)
    elif isinstance(error, RecordUnavailable | LedgerBroken) or problem is UNFORESEEN:
        log(PROMISE_BROKEN, exception=error, problem=problem.slug)
    codes = _codes(error.faults) if isinstance(error, InvalidMessage) else ()
    _refused(log, request, problem.status, problem.slug, codes)
    return answer_error(error, correlation=correlation.get())


class Envelope:
    """Pure ASGI middleware: correlation id, trace context, fixed headers on every answer, one log line each.

    `state.own_id` is ours alone (32 random hex digits): the one id of a request that may enter the account.
    The log line has all three ids. The correlation id is the client's if it sent a UUID, else `own_id`.

    An exception nobody foresaw becomes a 500 problem that shows nothing but the correlation id.
    """

    def __init__(self, app: ASGIApp, *, log: Log, sandbox: bool = False) -> None:
        """With `sandbox` every answer says that it comes from a sandbox."""
        self._app = app
        self._log = log
        self._where = (_SANDBOX_HEADER,) if sandbox else ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        fresh = os.urandom(40).hex()  # one read of the random source for the three ids that may be needed
        own_id = fresh[:32]
        given, trace, parent = _identify(scope, fresh[32:64], fresh[64:])
        current = given or own_id
        state = scope.setdefault("state", {})
        state["own_id"], state["correlation"], state["traceparent"] = own_id, current, parent
        own = [(b"x-correlatie-id", current.encode()), (b"traceparent", parent.encode()), *self._where]
        status = 0

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = [(n, v) for n, v in message.get("headers", ()) if n.lower() not in _FIXED_NAMES]
                message = {**message, "headers": [*kept, *_fixed(scope), *own]}
            await send(message)

        token = correlation.set(current)
        try:
            with own_request():
                await self._app(scope, receive, enveloped)
        except ClientDisconnect:
            self._log(REQUEST_ABANDONED, duration_ms=_since(begun), **_what(scope))
            return
        except Exception as error:
            self._log(UNEXPECTED_ERROR, exception=error, **_what(scope))
            if status:
                raise
            await answer(UNFORESEEN, correlation=current)(scope, receive, enveloped)
        finally:
            if status:
                self._log(
                    REQUEST_HANDLED,
                    status=status,
                    duration_ms=_since(begun),
                    trace=trace,
                    own_id=own_id,
                    **_what(scope),
                )
            correlation.reset(token)


def _fixed(scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    """The fixed headers. A page may have one style of its own, named by its hash in `state.style`: nothing
    else may load. Pages for people (gateway/web) say in `state.fixed` what they have instead.
    """
    style, allowed = scope["state"].get("style"), scope["state"].get("fixed", {})
    if style is not None:
        allowed = {b"content-security-policy": f"{_NOTHING}; style-src '{style}'".encode()}
    elif not allowed:
        return _FIXED_HEADERS
    return tuple((name, allowed.get(name, value)) for name, value in _FIXED_HEADERS)


def _identify(scope: Scope, new_trace: str, new_span: str) -> tuple[str | None, str, str]:
    """The correlation id of the client, the trace id, and a traceparent with a span of ours."""
    current = trace = flags = None
    for name, value in scope["headers"]:
        if name == b"x-correlatie-id" and _CORRELATION.fullmatch(value):
            current = value.decode("ascii")
        elif name == b"traceparent" and (found := _TRACEPARENT.fullmatch(value)):
            trace, flags = found[1].decode("ascii"), found[2].decode("ascii")
    trace = trace or new_trace
    return current, trace, f"00-{trace}-{new_span}-{flags or '00'}"


def _what(scope: Scope) -> dict[str, Any]:
    """The template of the path for the log, and never the path itself."""
    method = scope["method"]
    return {
        "method": method if method in METHODS else "other",
        "route": scope.get("template"),
        "client": scope["state"].get("client"),
    }


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1_000, 3)


def _refused(log: Log, request: Request, status: int, problem: str, codes: tuple[str, ...]) -> None:
    client = request.scope["state"].get("client")
    log(REQUEST_REFUSED, status=status, problem=problem, codes=codes, client=client)


def _codes(faults: tuple[Fault, ...]) -> tuple[str, ...]:
    return tuple(sorted({fault.code for fault in faults}))[:50]


class NotThis(HTTPException):
    """A path that is there, but not for this method; `allow` names those it is there for."""

    def __init__(self, allow: str) -> None:
        super().__init__(HTTPStatus.METHOD_NOT_ALLOWED)
        self.allow = allow


def _allowed(request: Request) -> str:
    """All methods of the path, over all routes, because Starlette names those of the first match only."""
    routes = request.app.router.routes
    found = []
    for method in METHODS:
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in routes):
            found.append(method)
    return ", ".join(found)


# Reading.


async def read_body(request: Request, max_bytes: int, seconds: float = 60.0) -> bytes:
    """The whole body, at most `max_bytes`, within `seconds`.

    Raises MessageTooLarge before reading when Content-Length says so, else as soon as the count passes it.
    A body that takes longer is answered with 408, a compressed one with 415.
    """
    if request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415)
    if announced(request, 0) > max_bytes:
        raise _too_large()
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > max_bytes:
                    raise _too_large()
                chunks.append(chunk)
    except TimeoutError as error:
        raise HTTPException(408) from error
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def announced(request: Request, otherwise: int) -> int:
    """How many bytes its head says that the body has; `otherwise` when it says nothing."""
    given = request.headers.get("content-length", "")
    return int(given) if _NUMBER.fullmatch(given) else otherwise


async def read_json(request: Request, model: type[M], max_bytes: int, seconds: float = 60.0) -> M:
    """The body as `model`, strictly. Raises InvalidMessage with all faults; another media type is a 415.

    Nesting is bounded by the parser (200 levels). A name that occurs twice in one object is refused: two
    readers of such a message would each see another one.
    """
    return parse_json(await read_json_bytes(request, max_bytes, seconds), model)


async def read_json_bytes(request: Request, max_bytes: int, seconds: float = 60.0) -> bytes:
    """The bytes of a JSON body, for a caller who needs them as well as what they say."""
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    if media.strip().lower() != "application/json" or not _utf8(parameters):
        raise HTTPException(415)
    return await read_body(request, max_bytes, seconds)


async def parse_large_json(raw: bytes, model: type[M], *, plain: bool = False) -> M:
    """As `parse_json`; a large one in a thread, which lets others in between."""
    if len(raw) < LARGE:
        return parse_json(raw, model, plain=plain)
    return await asyncio.to_thread(parse_json, raw, model, plain=plain)


def parse_json(raw: bytes, model: type[M], *, plain: bool = False) -> M:
    """The same as `read_json`, for bytes that are already there. `plain`: they were read before, within the
    bound on commas, and no object in them has a name twice.
    """
    if not plain and raw.count(b",") > MAX_COMMAS:
        raise InvalidMessage((Fault("json.teVeel", "", "het bericht heeft te veel velden of elementen"),))
    try:
        parsed = model.model_validate_json(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        raise InvalidMessage(faults_of(error, model)) from None
    if not plain and _has_duplicates(raw):
        raise InvalidMessage((Fault("json.dubbelVeld", "", "een object noemt hetzelfde veld tweemaal"),))
    return parsed


def _utf8(parameters: str) -> bool:
    return parameters.strip().lower().replace('"', "") in ("", "charset=utf-8")


def _has_duplicates(raw: bytes) -> bool:
    found = False

    def check(pairs: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len(pairs) != len(dict(pairs))

    json.loads(raw, object_pairs_hook=check, parse_int=str, parse_float=str)
    return found


def _too_large() -> MessageTooLarge:
    return MessageTooLarge((Fault("bericht.teGroot", "", "het bericht is groter dan toegestaan"),))


def idempotency_key(request: Request) -> str:
    """The Idempotency-Key: required, once, 8 to 200 printable ASCII characters. Raises InvalidMessage."""
    given = request.headers.getlist("idempotency-key")
    if not given:
        raise _header_fault("idempotentie.ontbreekt", "verplicht bij dit verzoek")
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise _header_fault(
            "idempotentie.ongeldig", "moet een keer voorkomen, 8 tot 200 leesbare ASCII-tekens"
        )
    return given[0]


def _header_fault(code: str, text: str) -> InvalidMessage:
    return InvalidMessage((Fault(code, "header Idempotency-Key", text),))


def path_id(request: Request, name: str) -> str:
    """An id of ours from the path. Anything that cannot be one is simply not found."""
    value = request.path_params[name]
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise NotFound
    return value


def path_name(request: Request, name: str) -> str:
    """The name of something in the register. Anything that cannot be one is simply not found."""
    value = request.path_params[name]
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise NotFound
    return value


def prefers(request: Request, media: str) -> bool:
    """Whether the caller asks for this media type and not for JSON, which every other answer is."""
    given = request.headers.getlist("accept")
    asked = {each.partition(";")[0].strip().lower() for line in given for each in line.split(",")}
    return media in asked and "application/json" not in asked


def text_parameter(request: Request, name: str, form: str) -> str | None:
    """A query parameter of this form, None when it is not there. Raises InvalidMessage, without the value."""
    given = request.query_params.getlist(name)
    if not given:
        return None
    if len(given) > 1 or not re.fullmatch(form, given[0], re.ASCII):
        raise InvalidMessage((Fault("parameter.vorm", f"query {name}", "heeft niet de vorm die hier hoort"),))
    return given[0]


def day_parameter(request: Request, name: str) -> dt.date | None:
    """A day as a query parameter, None when it is not there. Raises InvalidMessage."""
    given = text_parameter(request, name, DAY)
    try:
        return None if given is None else dt.date.fromisoformat(given)
    except ValueError:
        raise InvalidMessage((Fault("parameter.dag", f"query {name}", "is geen bestaande dag"),)) from None


def choice_parameter(request: Request, name: str, kinds: type[E]) -> E | None:
    """One of some words as a query parameter, None when it is not there. Raises InvalidMessage."""
    given = request.query_params.getlist(name)
    if not given:
        return None
    if len(given) == 1 and given[0] in [kind.value for kind in kinds]:
        return kinds(given[0])
    text = f"moet een van deze zijn: {', '.join(kind.value for kind in kinds)}"
    raise InvalidMessage((Fault("parameter.keuze", f"query {name}", text),))


def whole_number(request: Request, name: str, default: int, minimum: int, maximum: int) -> int:
    """A query parameter. Raises InvalidMessage when it is there and is not a number in this range."""
    given = request.query_params.getlist(name)
    if not given:
        return default
    if len(given) == 1 and _NUMBER.fullmatch(given[0]) and minimum <= int(given[0]) <= maximum:
        return int(given[0])
    text = f"moet een geheel getal van {minimum} tot en met {maximum} zijn"
    raise InvalidMessage((Fault("parameter.getal", f"query {name}", text),))


def id_parameter(request: Request, name: str) -> str | None:
    """An id of ours as a query parameter, None when it is not there. Raises InvalidMessage."""
    return _cursor(request, name, _ID)


def name_parameter(request: Request, name: str) -> str | None:
    """The same as `id_parameter`, for the name of something in the register."""
    return _cursor(request, name, _NAME)


def _cursor(request: Request, name: str, form: re.Pattern[str]) -> str | None:
    given = request.query_params.getlist(name)
    if not given:
        return None
    if len(given) > 1 or not form.fullmatch(given[0]):
        raise InvalidMessage((Fault("parameter.id", f"query {name}", "moet een waarde zijn die u kreeg"),))
    return given[0]


# Answering.


def respond(
    status: int,
    body: bytes | BaseModel | Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Response:
    """An answer: bytes as they are, a model or mapping as JSON, and None as an empty body without a media
    type.
    """
    if body is None:
        return Response(status_code=status, headers=headers)
    if isinstance(body, BaseModel):
        content = body.model_dump_json(by_alias=True).encode()
    else:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
    return Response(content, status, headers=headers, media_type=media_type)
