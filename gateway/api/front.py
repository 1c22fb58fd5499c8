"""A short way to the routes of /v1, past what every call would otherwise go through without any use.

FastAPI and Starlette put layers around a router: telemetry, a bound on bodies, a stack of what must be
closed, errors of servers, and a list of two hundred routes that is gone through from its beginning. Our
routes use none of it. So a request for one of them goes from its envelope straight to its handler, with the
same answers to errors. Everything else, also what has no route or another method, goes the long way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

from fastapi import FastAPI
from starlette.convertors import StringConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from gateway.api.http import Envelope
from gateway.api.routes import Served
from gateway.runtime.logs import Log

_Handler = Callable[[Request, Exception], Awaitable[Response]]


class Front(FastAPI):
    """FastAPI's application with the short way in front of it, once `shorten` made it."""

    _known: Known
    _envelope: Envelope
    _short: bool | None = None
    """None until the first request, when it is settled whether an operator has requests traced: then all of
    them go the long way, for there it is done."""

    def shorten(self, routes: Iterable[BaseRoute], log: Log, *, sandbox: bool) -> None:
        """Answer these the short way. They must be the first of the router's, in the same order.

        Not for an application with more middleware than its envelope, which would be passed by.
        """
        self._known = Known(routes)
        self._envelope = Envelope(self._answer, log=log, sandbox=sandbox)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self._short is None:
                self._short = hasattr(self, "_known") and not self._native_telemetry.enabled()
            if self._short and self._known.found(scope):
                scope["app"] = self
                await self._envelope(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response: Response = await scope["endpoint"](request)
        except Exception as error:
            handler = self._handler(error)
            if handler is None:
                raise
            response = await handler(request, error)
            error.__traceback__ = None  # an error that is kept by somebody would keep this request alive
        await response(scope, receive, send)

    def _handler(self, error: Exception) -> _Handler | None:
        found = (self.exception_handlers.get(kind) for kind in type(error).__mro__)
        return cast("_Handler | None", next((h for h in found if h is not None), None))


class Known:
    """The route that a list of routes gives a request, without going through the list.

    A path has as many parts as the path of its route, so only those of its method and with as many parts are
    tried, in the order of the list. Of a path without a parameter the answer is always the same, and found
    beforehand.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._formed: dict[tuple[str, int], list[Served]] = {}
        self._exact: dict[tuple[str, str], Served] = {}
        served = [r for r in routes if isinstance(r, Served)]
        for route in served:
            assert all(type(c) is StringConvertor for c in route.param_convertors.values()), "one part each"
            for method in route.methods or ():
                self._formed.setdefault((method, route.path.count("/")), []).append(route)
        for route in served:
            for method in () if route.param_convertors else route.methods or ():
                same = self._formed[method, route.path.count("/")]
                self._exact[method, route.path] = next(r for r in same if r.path_regex.match(route.path))

    def found(self, scope: Scope) -> bool:
        """Whether there is one. If so, the scope says which, as a router would have it say."""
        method, path = scope["method"], scope["path"]
        if scope.get("root_path"):
            return False
        exact = self._exact.get((method, path))
        for route in self._formed.get((method, path.count("/")), ()) if exact is None else (exact,):
            match, told = route.matches(scope)
            if match is Match.FULL:
                scope.update(cast("dict[str, Any]", told))
                return True
        return False
