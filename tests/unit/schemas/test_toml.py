"""TOML that somebody else wrote, and what would keep its parser busy for minutes."""

from __future__ import annotations

import pytest

from schemas.bounds import MOST_VALUES, too_many_values
from schemas.toml import MAX_PARTS, MAX_SIGNS, read_toml

LONG = {
    "key": ".".join("a" * 50_000) + " = 1",
    "table": "[" + ".".join("a" * 50_000) + "]",
    "quoted": '"a" . ' * 50_000 + "a = 1",
    "long parts": ".".join(["a" * 300] * 1_000) + " = 1",
    "long quoted parts": ".".join(['"' + "a" * 300 + '"'] * 1_000) + " = 1",
    "inline": "x = { " + ".".join("b" * 50_000) + " = 1 }",
}


@pytest.mark.parametrize("case", LONG)
def test_a_key_of_very_many_parts_is_no_toml_of_ours(case: str) -> None:
    """Told before it is parsed: at once, whatever its length."""
    with pytest.raises(ValueError, match="more parts"):
        read_toml(LONG[case])


def test_keys_and_texts_of_an_ordinary_length_are_read() -> None:
    """As many parts as may be, and any number of keys and of points in a text."""
    text = ".".join("a" * MAX_PARTS) + " = 1\nb = 'Een. Twee. Drie.'\n" + "c.d = '1.2.3'\n"
    read = read_toml(text + "".join(f"k{i}.l = {i}\n" for i in range(1_000)))
    assert read["b"] == "Een. Twee. Drie."
    assert read["k999"] == {"l": 999}


@pytest.mark.parametrize("piece", ["[a]\n", "a = 1\n", "a.b = 1\n", "[[a]]\n"])
def test_very_many_keys_and_tables_are_no_toml_of_ours(piece: str) -> None:
    """Told before they are parsed: the parser takes about a kilobyte for each."""
    with pytest.raises(ValueError, match="more keys and tables"):
        read_toml(piece * (MAX_SIGNS + 1))


def test_a_text_without_an_end_takes_no_longer_than_others() -> None:
    """Whatever it is made of, each sign is looked at a few times at most."""
    for piece in ("a", '"', "'", '"a', "a ", "a.", '\\"'):
        with pytest.raises(ValueError):
            read_toml(piece * 100_000)


def test_a_document_with_very_many_values_is_known_before_it_is_read() -> None:
    """Counted by what begins or parts them; a long text is none."""
    assert not too_many_values(b'{"a": "' + b"x" * (2 * MOST_VALUES) + b'"}')
    for value in (b"{},", b"[],", b"1,"):
        assert too_many_values(b"[" + value * MOST_VALUES + b"1]")
    assert not too_many_values(b"[" + b"1," * (MOST_VALUES - 1) + b"1]")
    assert too_many_values(b"[" + b"1," * MOST_VALUES + b"1]")
