"""The published schemas at their own addresses, as another system fetches them."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource

from tests.line import Line, fine, only, problem, story


@story("memory")
async def test_every_schema_is_at_the_address_it_names(line: Line) -> None:
    """The index names each schema, and each is at its own `$id`, for somebody who did not log in."""
    index = fine(await line.http.get("/v1/schemas"))
    assert len(index["schemas"]) > 50
    for row in index["schemas"]:
        address = index["basis"] + row["bestand"]
        path = address.removeprefix(line.context.settings.issuer)
        answer = await line.http.get(path)
        assert answer.headers["content-type"] == "application/schema+json"
        assert answer.json()["$id"] == address
    assert problem(await line.http.get("/v1/schemas/v1/bestaat-niet.json")) == (404, "niet-gevonden", ())
    assert problem(await line.http.get("/v1/schemas/v1/..%2f..%2findex.json")) == (404, "niet-gevonden", ())


@story("memory")
async def test_what_is_handed_over_fits_the_schema_that_is_fetched(line: Line) -> None:
    """With nothing but the fetched schemas a recipient can judge what it took, and what was changed fails."""
    index = fine(await line.http.get("/v1/schemas"))
    registry: Registry[object] = Registry()
    fetched = {}
    for row in index["schemas"]:
        schema = (await line.http.get(f"/v1/schemas/{row['bestand']}")).json()
        fetched[row["soort"]] = schema
        registry = registry.with_resource(schema["$id"], Resource.from_contents(schema))
    _, pushed, _ = await line.permitted()
    taken = json.loads(await line.take(only(pushed)))
    check = Draft202012Validator(fetched["ontwikkelingsperspectief.overdracht"], registry=registry)
    assert not list(check.iter_errors(taken))
    assert list(check.iter_errors({**taken, "inhoud": {**taken["inhoud"], "nieuw": 1}}))
