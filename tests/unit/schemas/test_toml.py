"""TOML that somebody else wrote, and what would keep its parser busy for minutes."""

from __future__ import annotations

import pytest

from schemas.toml import MAX_PARTS, read_toml

LONG = {
    "key": ".".join("a" * 50_000) + " = 1",
    "table": "[" + ".".join("a" * 50_000) + "]",
    "quoted": '"a" . ' * 50_000 + "a = 1",
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
