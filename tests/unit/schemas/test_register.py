"""The register as a store keeps it."""

from __future__ import annotations

import dataclasses

from schemas.storage.storage import Change, Register, Under


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


def test_a_change_is_of_the_older_of_two_registers() -> None:
    """What was let in under one register and decided under another has seen it change."""
    under = Under(3, "hash")
    assert Change().of_register is None
    assert Change(under=under).of_register == 3
    assert Change(register=2).of_register == 2
    assert Change(register=2, under=under).of_register == Change(register=4, under=Under(2, "h")).of_register
