"""The short way gives a request the route that the list of all routes gives it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from starlette.routing import BaseRoute, Match

from gateway.api.front import Known
from gateway.api.http import METHODS
from gateway.app import _routes

ID = "0123456789abcdef" * 2
ROUTES = _routes(sandbox=True)


def scope_of(method: str, path: str, root: str = "") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "root_path": root, "headers": []}


def first_of(routes: list[BaseRoute], scope: dict[str, Any]) -> dict[str, Any] | None:
    found = (route.matches(scope) for route in routes)
    return next((dict(told) for match, told in found if match is Match.FULL), None)


def paths() -> Iterator[str]:
    """Of every route its path with an id and with what looks like an action, and what is nearly its path."""
    for route in ROUTES:
        template = str(getattr(route, "path", ""))
        for filled in (ID, "_proef"):
            path = re.sub(r"\{\w+\}", filled, template)
            yield from (path, f"{path}\n", f"{path}/")
    yield from ("", "/", "/v1", "/v1/", "/hulp", "/v1/niets", f"/v1/leveringen//{ID}", "//v1/uitwisselingen")


def test_it_is_the_first_of_the_list() -> None:
    known = Known(ROUTES)
    short = 0
    for path in dict.fromkeys(paths()):
        of_path = [r for r in ROUTES if r.matches(scope_of("GET", path))[0] is not Match.NONE]
        for method in (*METHODS, "BREW"):
            scope = scope_of(method, path)
            wanted = first_of(of_path, scope)
            assert known.found(scope) is (wanted is not None), (method, path)
            if wanted is not None:
                short += 1
                assert {name: scope[name] for name in wanted} == wanted, (method, path)
    assert short > len(ROUTES)


def test_an_application_below_another_path_goes_the_long_way() -> None:
    known = Known(ROUTES)
    assert known.found(scope_of("POST", "/v1/uitwisselingen"))
    assert not known.found(scope_of("POST", "/v1/uitwisselingen", "/v1"))
