"""The register as a store keeps it."""

from __future__ import annotations

import dataclasses

from schemas.storage.storage import Register, Under


def test_every_kind_of_row_is_written_and_read_back() -> None:
    """Each field but version and stamp is a kind of its own: a new one cannot be forgotten by a store."""
    found = Register(3, {"a": "1"}, {"b": "2"}, {"c": "3"}, {"d": "4"}, {"e": "5"})
    names = [f.name for f in dataclasses.fields(Register) if f.name not in {"version", "stamp"}]
    assert list(found.soorten.values()) == [getattr(found, name) for name in names]
    assert Register(3, *found.soorten.values()) == found
    assert len(set(found.soorten)) == len(names)


def test_under_what_was_decided_is_told_by_register_and_policy() -> None:
    """It is stored as this text and compared with it, so either of the two makes another one."""
    assert str(Under(3, "ab")) == "3:ab"
    assert len({str(Under(r, p)) for r in (3, 4) for p in ("ab", "ac")}) == 4
