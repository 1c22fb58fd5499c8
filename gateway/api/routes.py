"""A table of routes: module functions that get the application as an argument."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.api.openapi import NEEDS, Needs
from gateway.application import Application
from gateway.runtime.turns import Lane, fairly

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
    """A table that is filled while its module is imported, and bound to an application later."""

    table: list[Route] = field(default_factory=list)

    def get(self, path: str, **operation: Any) -> Callable[[Handler], Handler]:
        return self._enter("GET", path, operation, Lane.ORDINARY)

    def post(self, path: str, lane: Lane = Lane.ORDINARY, **operation: Any) -> Callable[[Handler], Handler]:
        """`lane`: what goes before what, when many ask at once."""
        return self._enter("POST", path, operation, lane)

    def put(self, path: str, **operation: Any) -> Callable[[Handler], Handler]:
        return self._enter("PUT", path, operation, Lane.ORDINARY)

    def router(self, ctx: Application) -> APIRouter:
        """A router with all routes of this table, bound to one application."""
        api = APIRouter()
        for route in self.table:
            api.add_api_route(
                route.path,
                _bound(route, ctx),
                methods=[route.method],
                name=route.handler.__name__,
                **route.operation,
            )
        return api

    def _enter(
        self, method: str, path: str, operation: dict[str, Any], lane: Lane
    ) -> Callable[[Handler], Handler]:
        def enter(handler: Handler) -> Handler:
            self.table.append(Route(method, path, handler, operation, lane))
            return handler

        return enter


def _bound(route: Route, ctx: Application) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """The handler in its turn: who asks is known first, for each partij has its share."""

    async def openly(request: Request) -> Response:
        return await route.handler(ctx, request)

    async def fair(request: Request) -> Response:
        caller = await ctx.authenticator.authenticate(request)
        visit = request.state.visit = ctx.turns.visit(caller.partij.id, route.lane)
        return await fairly(visit, lambda: route.handler(ctx, request), at_once=not route.needs.body)

    return fair if route.needs.token else openly
