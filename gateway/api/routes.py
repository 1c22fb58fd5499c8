"""A table of routes: module functions that get the application as an argument."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.application import Application

Handler = Callable[[Application, Request], Awaitable[Response]]


class Route(NamedTuple):
    method: str
    path: str
    handler: Handler
    operation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Routes:
    """A table that is filled while its module is imported, and bound to an application later."""

    table: list[Route] = field(default_factory=list)

    def get(self, path: str, **operation: Any) -> Callable[[Handler], Handler]:
        return self._enter("GET", path, operation)

    def post(self, path: str, **operation: Any) -> Callable[[Handler], Handler]:
        return self._enter("POST", path, operation)

    def router(self, ctx: Application) -> APIRouter:
        """A router with all routes of this table, bound to one application."""
        api = APIRouter()
        for method, path, handler, operation in self.table:
            api.add_api_route(
                path, _bound(handler, ctx), methods=[method], name=handler.__name__, **operation
            )
        return api

    def _enter(self, method: str, path: str, operation: dict[str, Any]) -> Callable[[Handler], Handler]:
        def enter(handler: Handler) -> Handler:
            self.table.append(Route(method, path, handler, operation))
            return handler

        return enter


def _bound(handler: Handler, ctx: Application) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        return await handler(ctx, request)

    return handle
