"""Which bodies are the same request under one Idempotency-Key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange.idempotency import MAX_COMMAS, meaning

SAME = {
    "white space": (b'{"a":[1,2]}', b' {\n"a" : [ 1 ,2 ] }\r\n'),
    "order of keys": (b'{"a":1,"b":{"c":2,"d":3}}', b'{"b":{"d":3,"c":2},"a":1}'),
    "number with a fraction": (b"[1]", b"[1.0]"),
    "number with a power": (b"[1200]", b"[1.2e3]"),
    "small number": (b"[0.0012]", b"[12E-4]"),
    "nothing": (b"[0]", b"[-0.00e9]"),
    "escape of a key": (b'{"a":1}', rb'{"\u0061":1}'),
    "pair of escapes": ('["\U0001f600"]'.encode(), rb'["\ud83d\ude00"]'),
    "escape": ('["\u00e9/"]'.encode(), rb'["\u00E9\/"]'),
}

OTHER = {
    "value": (b"[1]", b"[2]"),
    "number and text": (b"[1]", b'["1"]'),
    "its form as a text": (b"[1]", b'["1e0"]'),
    "order of a list": (b"[1,2]", b"[2,1]"),
    "sign": (b"[1]", b"[-1]"),
    "number beyond a float": (b"[9007199254740993]", b"[9007199254740992]"),
    "fraction beyond a float": (b"[0.1]", b"[0.1000000000000000000001]"),
    "true and one": (b"[true]", b"[1]"),
    "null and absent": (b'{"a":null}', b"{}"),
    "capital": (b'["a"]', b'["A"]'),
    "name twice": (b'{"a":2}', b'{"a":1,"a":2}'),
    "list and object": (b"[]", b"{}"),
    "part of a number": (b"[12]", b"[1,2]"),
}


@pytest.mark.parametrize("case", SAME)
def test_json_that_means_the_same_is_the_same(case: str) -> None:
    """However it is written."""
    one, other = SAME[case]
    assert meaning(one) == meaning(other) != one


@pytest.mark.parametrize("case", OTHER)
def test_what_means_something_else_is_not(case: str) -> None:
    """Not by rounding, not by type, and not when two readers would differ."""
    one, other = OTHER[case]
    assert meaning(one) != meaning(other)


NOT_TAKEN = {
    "empty": b"",
    "no JSON": b"{",
    "no UTF-8": b'"\xff"',
    "UTF-16": json.dumps({"a": 1}).encode("utf-16"),
    "NaN": b"[NaN]",
    "name twice": b'{"a":1,"a":2}',
    "deep": b"[" * 100_000,
    "power without end": b"[1e" + b"9" * 10_000 + b"]",
    "many": b"[" + b"1," * (MAX_COMMAS + 1) + b"1]",
}


@pytest.mark.parametrize("case", NOT_TAKEN)
def test_what_is_no_message_is_only_itself(case: str) -> None:
    """It is refused anyway, and costs little until then."""
    assert meaning(NOT_TAKEN[case]) == NOT_TAKEN[case]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, VALUES)
def test_two_values_have_one_meaning_only_when_they_are_equal(one: Any, other: Any) -> None:
    """Written in two ways each."""
    first, again = json.dumps(one).encode(), json.dumps(one, indent=2, sort_keys=True, ensure_ascii=False)
    assert meaning(first) == meaning(again.encode("utf-8", "surrogatepass"))
    typed = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (meaning(first) == meaning(json.dumps(other).encode())) == typed
