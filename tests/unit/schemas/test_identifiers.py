"""Numbers and codes: accepted when right, and a BSN never shown."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Model
from schemas.identifiers import (
    ODDITIES,
    Agb,
    Bestuursnummer,
    Brin,
    Bsn,
    Gemeentecode,
    Id,
    Kenmerk,
    Kvk,
    Lrk,
    Medewerkernaam,
    Oin,
    Onderwijsnummer,
    PartijId,
    Rio,
    SwvNummer,
    Vestigingscode,
    comparable,
    name_oddities,
    oddities,
    passes_elfproef,
    passes_onderwijsproef,
)
from tests.builders import a_bsn, an_id

GOOD = a_bsn()
BAD = GOOD[:-1] + str((int(GOOD[-1]) + 1) % 10)


class Holder(Model):
    bsn: Bsn
    other: Bsn | None = None


def by_check_digit(number: str) -> bool:
    """The elfproef the other way round: the last digit is what the first eight leave over after eleven."""
    rest = sum(int(digit) * (9 - place) for place, digit in enumerate(number[:8])) % 11
    return number[8] == str(rest) and set(number) != {"0"}


def test_elfproef_over_the_whole_range() -> None:
    """Every 9973rd nine-digit number, and a whole thousand, pass exactly when the check digit is right."""
    numbers = [*range(0, 10**9, 9973), *range(999_900_000, 999_901_000)]
    passing = 0
    for n in numbers:
        number = f"{n:09}"
        assert passes_elfproef(number) is by_check_digit(number)
        passing += passes_elfproef(number)
    assert 0.08 < passing / len(numbers) < 0.10


@given(st.text(alphabet="0123456789٣ \n-.", max_size=11))
def test_elfproef_wants_nine_ascii_digits(text: str) -> None:
    """Anything but nine ASCII digits fails, whatever its sum."""
    nine = len(text) == 9 and all(c in "0123456789" for c in text)
    assert passes_elfproef(text) is (nine and by_check_digit(text))


def test_test_numbers() -> None:
    """The builders' numbers are of the test range, pass, and differ."""
    numbers = {a_bsn(n) for n in range(5)}
    assert len(numbers) == 5
    assert all(n.startswith("9999") and passes_elfproef(n) for n in numbers)


def test_bsn_is_masked() -> None:
    """No way of turning a BSN into text shows its digits, but `reveal`."""
    bsn = Bsn(GOOD)
    holder = Holder(bsn=bsn)
    shown = [repr(bsn), str(bsn), f"{bsn}", f"{bsn!r}", "%s" % bsn, repr([bsn]), repr(holder), str(holder)]  # noqa: UP031
    assert not [s for s in shown if GOOD in s]
    assert bsn.reveal() == GOOD
    assert not hasattr(bsn, "__dict__")
    with pytest.raises(TypeError) as caught:
        format(bsn, ">20")
    assert GOOD not in str(caught.value)


def test_bsn_equality() -> None:
    """Two of the same digits are one, in a set too; a string is never a BSN."""
    assert Bsn(GOOD) == Bsn(GOOD)
    assert len({Bsn(GOOD), Bsn(GOOD), Bsn(a_bsn(1))}) == 2
    assert Bsn(GOOD) != GOOD
    assert hash(Bsn(GOOD)) != hash(GOOD)


def test_refusal_shows_nothing() -> None:
    """A wrong number is refused without its digits, in the error and in its traceback."""
    with pytest.raises(ValueError) as caught:
        Bsn(BAD)
    assert BAD not in "".join(traceback.format_exception_only(caught.value))


@pytest.mark.parametrize(
    "value", [BAD, GOOD + "\n", int(GOOD), GOOD.encode(), "", None, "000000000"], ids=repr
)
def test_pydantic_refusal_shows_nothing(value: Any) -> None:
    """The same through a model: no digit in the error, in what it says as text or as data."""
    with pytest.raises(ValidationError) as caught:
        Holder.model_validate({"bsn": value})
    said = str(caught.value) + repr(caught.value) + str(caught.value.errors(include_input=False))
    assert GOOD not in said
    assert BAD not in said
    assert "geen geldig burgerservicenummer" in said


def test_pydantic_accepts() -> None:
    """A right number is read from text and from a BSN, and written as its digits."""
    read = Holder.model_validate_json(json.dumps({"bsn": GOOD}))
    assert read.bsn == Bsn(GOOD)
    assert Holder(bsn=read.bsn) == read
    assert json.loads(read.model_dump_json()) == {"bsn": GOOD, "other": None}
    assert read.model_dump()["bsn"] == GOOD


@pytest.mark.parametrize(
    ("number", "passes"),
    [
        ("100000004", True),
        ("200000002", False),  # leaves five, but does not begin with 10
        ("10000000", False),
        ("1000000O4", False),
        ("000000000", False),
    ],
)
def test_onderwijsproef(number: str, passes: bool) -> None:
    """An onderwijsnummer is nine digits that begin with 10 and leave five, so it is never also a BSN."""
    assert passes_onderwijsproef(number) is passes
    assert not passes_elfproef(number)


def test_an_onderwijsnummer_is_another_kind_of_number() -> None:
    """It is masked and refused like a BSN, and is never equal to one; neither is read as the other."""
    number = Onderwijsnummer("100000004")
    assert "1000" not in repr(number) + str(number)
    assert number == Onderwijsnummer("100000004")
    assert number != Bsn(GOOD)
    assert TypeAdapter(Onderwijsnummer).validate_python("100000004") == number
    for kind, wrong in ((Onderwijsnummer, GOOD), (Bsn, "100000004")):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(wrong)
        with pytest.raises(ValueError):
            kind(wrong)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        pytest.param(Brin, ["99ZZ", "00AA"], ["9ZZ", "99zz", "99ZZ0", "ZZ99", "99ZZ\n", ""], id="brin"),
        pytest.param(Vestigingscode, ["00", "17"], ["0", "000", "0a", "٣٣"], id="vestigingscode"),
        pytest.param(Oin, ["0" * 20], ["0" * 19, "0" * 21, "0" * 19 + "x"], id="oin"),
        pytest.param(Agb, ["99999901"], ["9999990", "999999012", "9999990a"], id="agb"),
        pytest.param(Kvk, ["99999999"], ["9999999", "999999999"], id="kvk"),
        pytest.param(SwvNummer, ["PO9999", "VO0001"], ["SO9999", "PO999", "po9999"], id="swv"),
        pytest.param(Lrk, ["999999999"], ["99999999", "9999999999"], id="lrk"),
        pytest.param(Rio, ["999X999"], ["9999999", "999x999", "99X999"], id="rio"),
        pytest.param(Bestuursnummer, ["99999"], ["9999", "999999"], id="bestuursnummer"),
        pytest.param(Gemeentecode, ["0344"], ["344", "03444", "O344"], id="gemeentecode"),
        pytest.param(
            Id, [an_id("a")], ["", "g" * 32, "A" * 32, "a" * 31, "a" * 33, f"{'a' * 32}\n"], id="id"
        ),
        pytest.param(
            PartijId,
            ["oin:" + "0" * 20, "agb:99999901", "brin:99ZZ00", "gemeente:0344"],
            ["agb:9999990", "brin:99ZZ", "bsn:" + GOOD, "agb:99999901 ", "gemeente:0344\n", "AGB:99999901"],
            id="partij",
        ),
    ],
)
def test_codes(kind: Any, right: list[str], wrong: list[str]) -> None:
    """A code is accepted in its exact form only."""
    adapter = TypeAdapter(kind)
    for value in right:
        assert adapter.validate_python(value) == value
    for value in wrong:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


SAME = (
    "Z-1",
    "Z-1 ",
    "\tZ-1",
    "Z\u200b-1",
    "\ufeffZ-1",
    "Z-1\u00a0",
    "Z-\u00ad1",
    "Z\u3164-1",
    "Z-1\ufe0f",
    "Z-1\u0000",
)


@pytest.mark.parametrize("text", SAME[1:])
def test_identifiers_that_look_the_same_are_the_same_to_compare(text: str) -> None:
    """What is not shown and what stands around it makes no difference; as a new one each is refused."""
    assert comparable(text) == "Z-1"
    assert oddities(text)


@pytest.mark.parametrize("text", ["Z-1", "z-1", "Z 1", "0042", "\u00e9", "\u4e2d", "Z-\u0661", "\U0001f600"])
def test_what_a_reader_can_tell_apart_is_left_as_it_is(text: str) -> None:
    """Capitals, zeros, white space inside and letters of any script are that system's own."""
    assert (comparable(text), oddities(text)) == (text, ())


def test_each_oddity_is_named() -> None:
    """All at once, each by its code; a text that shows nothing is none."""
    assert oddities(" Z\u200b-e\u0301 ") == ("kenmerk.onzichtbaar", "kenmerk.rand", "kenmerk.nfc")
    assert oddities("\u3164") == ("kenmerk.onzichtbaar", "kenmerk.leeg")
    assert oddities("") == ("kenmerk.leeg",)
    assert set(ODDITIES) == {f"kenmerk.{n}" for n in ("onzichtbaar", "rand", "nfc", "leeg")}


@given(st.text())
def test_comparing_changes_nothing_more_the_second_time(text: str) -> None:
    """And a text is as a new one must be exactly when it is its own form and not empty."""
    form = comparable(text)
    assert comparable(form) == form
    assert (not oddities(text)) == (form == text != "")
    assert form == "" or not oddities(form)


def test_a_name_may_be_in_any_normal_form() -> None:
    """One keyboard makes one sign of a letter and its accent, another two: both name the same employee."""
    adapter: TypeAdapter[str] = TypeAdapter(Medewerkernaam)
    for name in ("Zo\u00eb", "Zoe\u0308"):
        assert (adapter.validate_python(name), comparable(name)) == (name, "Zo\u00eb")
        assert name_oddities(name) == ()
    for odd in (" Zoe\u0308", "Zoe\u0308\u200b", "\u3164"):
        with pytest.raises(ValidationError) as caught:
            adapter.validate_python(odd)
        assert [e["type"] for e in caught.value.errors()] == ["kenmerk"]


def test_a_kenmerk_is_as_it_looks() -> None:
    """As a field of a request: taken, or refused under one code without its text."""
    adapter: TypeAdapter[str] = TypeAdapter(Kenmerk)
    assert adapter.validate_python("stuk 1") == "stuk 1"
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python("stuk 1\u200b")
    assert [e["type"] for e in caught.value.errors()] == ["kenmerk"]
