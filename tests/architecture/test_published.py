"""The committed schemas are what the code publishes, and keep what was promised at the last release."""

from __future__ import annotations

import json

from schemas.publication.compatibiliteit import promises, unpromised
from schemas.publication.publicatie import UITGAVEN, publish
from tests.architecture.published import FOLDER, RELEASED, current

RELEASES = json.loads(RELEASED.read_bytes())


def test_committed_copy_is_fresh() -> None:
    """`python -m tests.architecture.published` writes schemas/jsonschema anew."""
    committed = {
        p.relative_to(FOLDER).as_posix(): p.read_bytes() for p in FOLDER.rglob("*.json") if p != RELEASED
    }
    assert sorted(committed) == sorted(publish())
    assert [name for name, data in publish().items() if committed[name] != data] == []


def test_nothing_released_is_broken() -> None:
    """What breaks senders or readers needs a new major version of that document (docs/schemas.md)."""
    released = {pad: entry["schema"] for pad, entry in RELEASES.items()}
    assert len(released) > 50
    richtingen = {u.pad: u.richting for u in UITGAVEN}
    assert unpromised(released, current(), richtingen) == []


def test_what_is_added_has_a_new_minor() -> None:
    """A document that says more than at the last release has a higher version than it had then."""
    now = current()
    same_version = {u.pad for u in UITGAVEN if u.pad in RELEASES and RELEASES[u.pad]["versie"] == u.versie}
    changed = [pad for pad in sorted(same_version) if promises(now[pad]) != RELEASES[pad]["schema"]]
    assert changed == []
    for uitgave in UITGAVEN:
        before = RELEASES.get(uitgave.pad, {"versie": "0.0"})["versie"]
        assert [int(n) for n in uitgave.versie.split(".")] >= [int(n) for n in before.split(".")]
