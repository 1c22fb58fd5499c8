"""What one request may cost and what of it may stay: bounded bodies, and no id of a client's own making."""

from __future__ import annotations

import pytest

from gateway.api.context import SMALL_BODY
from tests.line import NOWHERE, Line, envelope, fresh, problem, story

SMALL = (
    "/gezagsgegevens",
    "/toestemmingen",
    f"/toestemmingen/{NOWHERE}/intrekkingen",
    "/bekwaamheidsoordelen",
    "/bezwaren",
    "/professionele-vetos",
    f"/leveringen/{NOWHERE}/leveringsbewijzen",
    f"/leveringen/{NOWHERE}/_weiger",
)
"""Whose body brings no dossier."""


@story("memory")
@pytest.mark.parametrize("path", SMALL)
async def test_a_body_without_a_dossier_is_small(line: Line, path: str) -> None:
    """One byte over its own bound is a 413, though a push may be much larger; at the bound it is read."""
    await line.gezag()
    before = await line.everything()
    for size, refused in ((SMALL_BODY + 1, True), (SMALL_BODY, False)):
        content = b"x" * size
        answer = await line.school.post(path, content=content, key=fresh())
        assert (problem(answer)[0] == 413) == refused
    assert await line.everything() == before
    large = envelope() | {"dossier": {"standaard": "oso", "inhoud": "A" * (2 * SMALL_BODY)}}
    assert problem(await line.school.post("/uitwisselingen", large, key=fresh()))[0] == 400
