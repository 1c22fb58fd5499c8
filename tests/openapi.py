"""Holds answers to the OpenAPI document: whatever a test receives must be one of those it describes.

The document lets a reader meet fields he does not know, so that we may add some. Here nothing may come that
it does not describe, so that no field goes undocumented.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any, Final

import httpx2 as httpx
import jsonschema_rs

from gateway.api.openapi import PREFIX
from tests.architecture import codes
from tests.architecture.generated import api_document

Json = dict[str, Any]
_OPEN: Final = frozenset({"Probleem"})
"""May have members of its own per kind of problem (RFC 9457 §3.2)."""


def check(answer: httpx.Response, *, sandbox: bool) -> None:
    """Raises AssertionError when the document describes no such answer to this request."""
    request = answer.request
    operations = _at(request.url.path, sandbox)
    if request.method.lower() not in operations:
        return  # no route of the API: how those are answered has tests of its own
    described = operations[request.method.lower()]["responses"]
    where = f"{request.method} {request.url.path}: {answer.status_code}"
    assert str(answer.status_code) in described, f"{where} is not described"
    media = answer.headers.get("content-type", "").partition(";")[0]
    shapes = described[str(answer.status_code)].get("content", {})
    assert media in shapes, f"{where} as {media} is not described"
    if media == "application/problem+json":
        told = [fault["code"] for fault in answer.json().get("fouten", ())]
        known = explained()
        assert [code for code in told if code not in known] == [], f"{where}: not in docs/codes.md"
    if media.endswith("json"):
        validator = _validator(json.dumps(shapes[media]["schema"]), sandbox)
        faults = [f"{f.instance_path}: {f.message[:300]}" for f in validator.iter_errors(answer.json())]
        assert faults == [], f"{where}: {faults[:5]}"


@cache
def explained() -> frozenset[str]:
    """Every code that docs/codes.md explains; a code list of OSO stands there once for all."""
    found = {row.code for _, _, rows in codes.parts() for row in rows}
    return frozenset(found | {f"lijst.{n}" for n in range(100)} | {f"OS.cat{n:02}" for n in range(100)})


@cache
def _document(*, sandbox: bool) -> Json:
    return closed(api_document(sandbox=sandbox))


@cache
def _operations(sandbox: bool) -> list[tuple[re.Pattern[str], Json]]:
    """Per path, its operations by method. Paths without parameters come first, as a router prefers them."""
    paths = _document(sandbox=sandbox)["paths"]
    return [
        (re.compile(PREFIX + re.sub(r"\{\w+\}", "[^/]+", path)), paths[path])
        for path in sorted(paths, key=lambda p: p.count("{"))
    ]


@lru_cache(maxsize=10_000)
def _at(path: str, sandbox: bool) -> Json:
    return next((ops for form, ops in _operations(sandbox) if form.fullmatch(path)), {})


@cache
def _validator(shape: str, sandbox: bool) -> jsonschema_rs.Draft202012Validator:
    """For answers of one shape, given as JSON.

    Made when the first such answer comes: all of them together take two gigabytes.
    """
    made = _document(sandbox=sandbox)
    return jsonschema_rs.Draft202012Validator(
        json.loads(shape) | {"components": made["components"]}, validate_formats=True
    )


def closed(made: Json) -> Json:
    """With no room for a property that is not described."""
    for title, shape in made["components"]["schemas"].items():
        if "properties" in shape and title not in _OPEN:
            shape.setdefault("additionalProperties", False)
    return made
