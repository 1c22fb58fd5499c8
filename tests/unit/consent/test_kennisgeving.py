"""Versions of a text: which still carry a toestemming, and what a file of them may not say."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from consent.beleid import Beleid
from consent.kennisgeving import Kennisgeving, carrying, check_kennisgevingen, current
from consent.regio import Regiobeleid


def a_text(versie: int, **kw: Any) -> Kennisgeving:
    data: dict[str, Any] = {
        "id": "oza",
        "versie": versie,
        "titel": "Wat wij delen",
        "tekst": f"Versie {versie}.",
    }
    return Kennisgeving(**(data | kw))


def test_a_text_is_named_and_hashed_as_its_reader_can() -> None:
    """By name and version; the hash is over the very bytes of the text."""
    one = a_text(3, tekst="Vrije keuze: één lijn.\n")
    assert one.ref == "oza-3"
    assert one.hash == "sha256:" + hashlib.sha256("Vrije keuze: één lijn.\n".encode()).hexdigest()


@pytest.mark.parametrize(
    ("again", "carry"),
    [((), [1, 2, 3]), ((1,), [1, 2, 3]), ((2,), [2, 3]), ((3,), [3]), ((3, 2), [3])],
)
def test_a_version_that_asks_again_puts_older_ones_aside(again: tuple[int, ...], carry: list[int]) -> None:
    """The newest one that says so counts, in whatever order they stand; another text is not touched."""
    texts = [a_text(v, opnieuw_vragen=v in again) for v in (3, 1, 2)]
    other = a_text(1, id="verzuim")
    found = current([*texts, other])
    assert sorted(found) == sorted([f"oza-{v}" for v in carry] + ["verzuim-1"])


def test_texts_and_region_both_have_to_name_it() -> None:
    """Neither: any text. One: those. Both: what both name, which may be nothing."""
    one, two = a_text(1), a_text(2)
    assert carrying((), None) is None
    assert carrying((), [one.hash]) == frozenset({one.hash})
    assert carrying([one, two], None) == frozenset({one.hash, two.hash})
    assert carrying([one, two], [two.hash]) == frozenset({two.hash})
    assert carrying([one], [two.hash]) == frozenset()


def test_the_policy_hash_follows_what_carries() -> None:
    """A newer text that asks again is another policy; so is the first text."""
    one, asks = a_text(1), a_text(2, opnieuw_vragen=True)
    made = [Beleid.of((), "", 15, Regiobeleid(), kennisgevingen=k) for k in ((), (one,), (one, asks))]
    assert len({b.hashes for b in made}) == 3
    assert made[2].kennisgevingen == frozenset({asks.hash})


def test_every_fault_of_a_list_is_told_with_its_place() -> None:
    """Form, an unknown field and a double version, and what is right is still read."""
    row: dict[str, Any] = {"id": "oza", "versie": 1, "titel": "t", "tekst": "x"}
    found, faults = check_kennisgevingen([row, row | {"versie": 0}, row, row | {"geheim": 1}, "nee"])
    assert [k.ref for k in found] == ["oza-1"]
    assert [(f.code, f.place) for f in faults] == [
        ("kennisgeving.vorm", "/1/versie"),
        ("kennisgeving.dubbel", "/2"),
        ("kennisgeving.vorm", "/3/geheim"),
        ("kennisgeving.vorm", "/4/"),
    ]
