"""What counts as an address for mail: one plain address, and nothing that could end a header or a command."""

from __future__ import annotations

import pytest

from schemas.people.post import MAX_ADRES, is_adres


@pytest.mark.parametrize(
    "text", ["mira@voorbeeld.example", "m.v+school@post.voorbeeld.example", "o'b@a-b.example"]
)
def test_a_plain_address_is_one(text: str) -> None:
    assert is_adres(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mira",
        "mira@voorbeeld",
        "mira@voorbeeld.example\n",
        "mira@voorbeeld.example\r\nBcc: x@voorbeeld.example",
        "mira@voorbeeld.example, x@voorbeeld.example",
        "Mira <mira@voorbeeld.example>",
        "mira @voorbeeld.example",
        ".mira@voorbeeld.example",
        "mira@-voorbeeld.example",
        "mi\u200bra@voorbeeld.example",
        "a" * 64 + "@" + "b." * 94 + "example",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_adres(text)


def test_an_address_is_no_longer_than_a_server_takes() -> None:
    host = ".".join(["b" * 60] * 3) + ".example"
    fits = "a" * (MAX_ADRES - len(host) - 1) + "@" + host
    assert is_adres(fits)
    assert not is_adres("a" + fits)
