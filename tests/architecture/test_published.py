"""The committed schemas are what the code publishes, and keep what was promised at the last release."""

from __future__ import annotations

import json

from schemas.compatibiliteit import unpromised
from schemas.publicatie import UITGAVEN, publish
from tests.architecture.published import FOLDER, RELEASED, documents


def test_committed_copy_is_fresh() -> None:
    """`python -m tests.architecture.published` writes schemas/jsonschema anew."""
    committed = {
        p.relative_to(FOLDER).as_posix(): p.read_bytes() for p in FOLDER.rglob("*.json") if p != RELEASED
    }
    assert sorted(committed) == sorted(publish())
    assert [name for name, data in publish().items() if committed[name] != data] == []


def test_nothing_released_is_broken() -> None:
    """What breaks senders or readers needs a new major version of that document (docs/schemas.md)."""
    released = json.loads(RELEASED.read_bytes())
    assert len(released) > 50
    richtingen = {u.pad: u.richting for u in UITGAVEN}
    assert unpromised(released, documents(), richtingen) == []
