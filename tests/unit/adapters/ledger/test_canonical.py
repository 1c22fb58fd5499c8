"""Canonical JSON equals an independent RFC 8785 writer on what we allow, and refuses the rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from adapters.ledger.canonical import MAX_DEPTH, MAX_INTEGER, canonical, commitment
from schemas.errors import InvalidMessage, WrongUse


class _Soort(StrEnum):
    EEN = "een"


keys = st.text(st.characters(max_codepoint=127), max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)


@given(values)
def test_equals_an_independent_writer(value: Any) -> None:
    """Every allowed value is written as the rfc8785 package writes it, byte for byte."""
    assert canonical(value) == rfc8785.dumps(value)


def test_every_control_character_and_the_first_planes() -> None:
    """Escapes are the ones of RFC 8785 §3.2.2.2, character by character."""
    for code in [*range(0x300), 0x2028, 0x2029, 0xD7FF, 0xE000, 0xFEFF, 0xFFFF, 0x10000, 0x10FFFF]:
        assert canonical([chr(code)]) == rfc8785.dumps([chr(code)])


REFUSED = {
    "float": 1.0,
    "nan": float("nan"),
    "too-large": 2**53,
    "too-small": -(2**53),
    "decimal": Decimal(1),
    "tuple": (1,),
    "set": {1},
    "bytes": b"1",
    "date": dt.date(2026, 1, 1),
    "enum": _Soort.EEN,
    "number-as-key": {1: 1},
    "accent-in-key": {"geëist": 1},
    "enum-as-key": {_Soort.EEN: 1},
    "half-a-surrogate": "\ud800",
}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_refused_without_an_echo(value: Any) -> None:
    """What two writers might spell differently is refused, wherever it stands, and not repeated."""
    for place in (value, [value], {"veld": {"lijst": [0, value]}}):
        with pytest.raises(InvalidMessage) as refused:
            canonical(place)
        assert "geëist" not in repr(refused.value.faults)
    assert refused.value.faults[0].place in ("/veld/lijst/1", "/")


def test_depth_is_bounded() -> None:
    """Nesting beyond the bound is refused instead of exhausting the stack."""
    value: list[Any] = []
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    canonical(value)
    endless: list[Any] = []
    endless.append(endless)
    for deep in ([value], endless):
        with pytest.raises(InvalidMessage):
            canonical(deep)


def test_commitment_binds_salt_and_detail() -> None:
    """A commitment is the hash of salt and canonical detail, so key order does not count."""
    salt = bytes(range(32))
    made = commitment(salt, {"b": 1, "a": 2})
    assert made == sha256(salt + b'{"a":2,"b":1}').digest() == commitment(salt, {"a": 2, "b": 1})
    assert made != commitment(bytes(32), {"a": 2, "b": 1})
    assert made != commitment(salt, {"a": 2, "b": 2})
    with pytest.raises(WrongUse):
        commitment(salt[:31], {})
