"""A table of routes: module functions that get the application as an argument.

The routes of a table are made once per process and serve every application: a request says to which one it
came. They are Starlette's own, for no handler declares anything that FastAPI could read; what it takes and
gives is told for the OpenAPI document only (gateway/api/openapi.py).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from fastapi.routing import APIRoute
from starlette import routing
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from gateway.api.http import METHODS, NotThis
from gateway.api.openapi import NEEDS, PREFIX, Needs
from gateway.application import Application
from gateway.identity.tokens import FORMER, Caller
from gateway.runtime.turns import Lane, fairly
from schemas.account.verantwoording import EventType
from schemas.errors import NotAuthorised, NotFound
from schemas.storage.storage import Change

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
Handler = Callable[[Application, Request], Coroutine[Any, Any, Response]]


class Route(NamedTuple):
    method: str
    path: str
    handler: Handler
    operation: dict[str, Any]
    lane: Lane

    @property
    def needs(self) -> Needs:
        return NEEDS[self.operation["operation_id"]]


@dataclass(frozen=True, slots=True)
class Routes:
    """A table that is filled while its module is imported."""

    table: list[Route] = field(default_factory=list)

    def get(self, path: str, **operation: Any) -> Callable[[Handler], Handler]:
        return self._enter("GET", path, operation, Lane.ORDINARY)

    def post(self, path: str, lane: Lane = Lane.ORDINARY, **operation: Any) -> Callable[[Handler], Handler]:
        """`lane`: what goes before what, when many ask at once."""
        return self._enter("POST", path, operation, lane)

    def put(self, path: str, **operation: Any) -> Callable[[Handler], Handler]:
        return self._enter("PUT", path, operation, Lane.ORDINARY)

    def _enter(
        self, method: str, path: str, operation: dict[str, Any], lane: Lane
    ) -> Callable[[Handler], Handler]:
        def enter(handler: Handler) -> Handler:
            self.table.append(Route(method, path, handler, operation, lane))
            return handler

        return enter


class Served(routing.Route):
    """Answers these methods and no other: not HEAD either, which Starlette adds to GET."""

    def __init__(self, path: str, endpoint: Endpoint, *methods: str, prefix: str = "") -> None:
        super().__init__(prefix + path, endpoint)
        self.methods = set(methods)
        self._told = path

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        if match is not Match.NONE:
            found["template"] = self._told  # for the log
        return match, found


def served(table: Iterable[Route]) -> list[Served]:
    """The routes of these rows under `/v1`, for applications that have their context in `state`."""
    rows = list(table)
    return [
        *_actions([(row.method, row.path) for row in rows]),
        *(Served(row.path, bound(row), row.method, prefix=PREFIX) for row in rows),
    ]


def described(table: Iterable[Route]) -> list[APIRoute]:
    """The same routes as FastAPI would serve them: for the OpenAPI document, which it makes of them."""
    return [APIRoute(PREFIX + row.path, bound(row), methods=[row.method], **row.operation) for row in table]


async def _document(request: Request) -> Response:
    made = await asyncio.to_thread(request.app.state.document)
    return Response(made, media_type="application/json", headers={"Access-Control-Allow-Origin": "*"})


OPENAPI: Final = Served(f"{PREFIX}/openapi.json", _document, "GET")
"""The document, for everybody and every web page. `app.state.document` makes it when it is first asked."""


def bound(route: Route) -> Endpoint:
    """The handler in its turn: who asks is known first, for each partij has its share."""
    one_record = route.method == "GET" and "{" in route.path

    async def openly(request: Request) -> Response:
        return await route.handler(request.app.state.context, request)

    async def fair(request: Request) -> Response:
        ctx: Application = request.app.state.context
        caller = await ctx.authenticator.authenticate(request)
        visit = request.state.visit = ctx.turns.visit(caller.partij.id, route.lane)

        async def answer() -> Response:
            try:
                return await route.handler(ctx, request)
            except NotFound:
                if not one_record:
                    raise
                return await _of_former(ctx, request, caller, route.handler)

        return await fairly(visit, answer, at_once=not route.needs.body)

    return fair if route.needs.token else openly


async def _of_former(ctx: Application, request: Request, caller: Caller, handler: Handler) -> Response:
    """One record of a partij that by now goes on as the caller, read in his own name: the account says so
    before it is given. Raises NotFound when it is of none of these, as for anybody else.
    """
    for former in await ctx.authenticator.formers(caller):
        request.scope[FORMER] = former
        try:
            found = await handler(ctx, request)
            account, reader = ctx.zaken.ports.account, caller.partij.id
            leaf = account.leaf(EventType.SUCCESSION_READ, None, afzender=former, ontvanger=reader)
            await ctx.storage.commit(Change(leaves=(leaf,)))
        except (NotFound, NotAuthorised):
            continue
        else:
            return found
        finally:
            del request.scope[FORMER]
    raise NotFound


def _actions(known: list[tuple[str, str]]) -> list[Served]:
    """Says 405 where the name of an action would be taken for an id: `GET …/_proef` asks for no `_proef`.

    These stand before the routes themselves.
    """
    forms = {path: routing.compile_path(path)[0] for _, path in known}
    made = []
    for path in forms:
        shown = re.sub(r"\{\w+\}", "0", path)
        if any(other != path and form.fullmatch(shown) for other, form in forms.items()):
            own = sorted({method for method, where in known if where == path})
            others = sorted(set(METHODS) - set(own))
            made.append(Served(path, not_allowed(", ".join(own)), *others, prefix=PREFIX))
    return made


def not_allowed(allow: str) -> Endpoint:
    async def refuse(_: Request) -> Response:
        raise NotThis(allow)

    return refuse
