"""An anonymous question has no field for a person, and what identifies somebody in its text is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.identifiers import passes_elfproef
from schemas.messages.anonieme_vraag import AnoniemeVraag, herkenbaar
from schemas.messages.bericht import Bericht
from tests.builders import a_bsn
from tests.strategies import ONDERWIJSNUMMER

NAMES = ("Noor", "Daan van Verzinsel", "Zoë-Éva")


def a_question(text: str) -> AnoniemeVraag:
    return AnoniemeVraag.model_validate_json(json.dumps({"onderwerp": "leren", "vraag": text}))


def codes(text: str, names: tuple[str, ...] = ()) -> list[str]:
    return [f.code for f in herkenbaar(a_question(text), names)]


def test_structure_has_nobody() -> None:
    """The question has a subject and a text, no more; it is no message and cannot be sent as one."""
    assert list(AnoniemeVraag.model_fields) == ["onderwerp", "vraag"]
    assert not issubclass(AnoniemeVraag, Bericht)
    for field in ("leerling", "school", "naam", "afzender", "bsn", "zaak"):
        with pytest.raises(ValidationError):
            AnoniemeVraag.model_validate_json(json.dumps({"onderwerp": "leren", "vraag": "?", field: "x"}))


@pytest.mark.parametrize("size", [0, 2_001])
def test_bounded(size: int) -> None:
    """A question without text, or longer than 2 000 characters, is refused."""
    with pytest.raises(ValidationError):
        a_question("a" * size)


BSN = a_bsn()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Het gaat om {BSN}.", ["bsn"]),
        (f"nr {BSN[:4]}.{BSN[4:6]}.{BSN[6:]}", ["bsn"]),
        (f"nr {BSN[:3]} {BSN[3:6]} {BSN[6:]}, groep 7", ["bsn"]),
        (f"nr{BSN}x", ["bsn"]),
        ("nr " + "".join(chr(0xFF10 + int(d)) for d in BSN), ["bsn"]),
        (f"nr {BSN[:4]}\u200b{BSN[4:]}", ["bsn"]),
        (f"nr {ONDERWIJSNUMMER}", ["bsn"]),
        ("Mail n.verzonnen@school.example", ["email"]),
        ("Bel 06-00000000", ["telefoon"]),
        ("Bel (000) 000 00 00", ["telefoon"]),
        ("Bel +31 6 00 12 99 98", ["telefoon"]),
        ("Geboren 14-03-2017", ["datum"]),
        ("Geboren 14/3/17", ["datum"]),
        ("Geboren 2017-03-14", ["datum"]),
        ("Geboren 14 maart 2017", ["datum"]),
        ("Geboren 14 Mrt. '17", ["datum"]),
        ("Woont op 9999 ZZ 12", ["adres"]),
        ("Woont op 9999zz, nummer 12", ["adres"]),
        ("Dorpsstraat 12, 9999 ZZ", ["straat", "adres"]),
        ("Woont Lange Dreef 4b", ["straat"]),
        (f"nr {BSN[:4]}/{BSN[4:6]}/{BSN[6:]}", ["bsn"]),
        ("Bel 06/00000000", ["telefoon"]),
        ("n.verzonnen [at] school.example", ["email"]),
        ("https://ketenid.nl/201703/" + "ab" * 64, ["eckid"]),
        ("Leerling 0071 van ons", ["leerlingnummer"]),
        ("stamnr. 12345 slaat", ["leerlingnummer"]),
        ("van school 99ZZ00", ["leerlingnummer"]),
        ("Noor slaat", ["naam"]),
        ("NOORS gedrag", ["naam"]),
        ("Noor's gedrag", ["naam"]),
        ("Wat doe ik met daan  van\nverzinsel?", ["naam"]),
        ("zoe-eva huilt", ["naam"]),
        (f"Noor, 14-03-2017, {BSN}", ["bsn", "datum", "naam"]),
    ],
)
def test_refused(text: str, expected: list[str]) -> None:
    """Each kind of identifier is seen, in the ways people write it; several at once are all told."""
    assert codes(text, NAMES) == [f"anoniem.{e}" for e in expected]


@pytest.mark.parametrize(
    "text",
    [
        "Wat werkt als een kind van een jaar of acht bij elke overgang boos wordt?",
        "Er zijn 24 leerlingen in groep 7, en 3 van hen praten niet.",
        "Sinds september 2026 gaat het minder; in 2026 om 9 uur begint de les.",
        "In november zijn er 12 gesprekken van 45 minuten.",
        "Bladzijde 123456789 bestaat niet.",
        "Is noordelijk wonen een reden?",
        "Het arrangement kost 1.250.000 euro.",
        "Daan is geen bekende naam zonder het vervolg.",
    ],
)
def test_accepted(text: str) -> None:
    """An ordinary question, with ages, numbers and a school year, is not refused."""
    assert codes(text, NAMES) == []


def test_what_it_does_not_see() -> None:
    """A name nobody gave, and a description that fits one child, are not seen: as its docstring says."""
    assert codes("Sterre, het meisje in de rolstoel uit groep 7, wil niet naar gym.", NAMES) == []
    assert "Not seen" in (herkenbaar.__doc__ or "")


@pytest.mark.parametrize("names", [("",), (" - ",), ()])
def test_empty_names_match_nothing(names: tuple[str, ...]) -> None:
    """A known name without letters refuses nothing."""
    assert codes("Een gewone vraag - zonder meer.", names) == []


def test_message_helps_and_echoes_nothing() -> None:
    """The refusal says what to take away and what to do instead, and repeats nothing of the text."""
    faults = herkenbaar(a_question(f"Noor Geheim17, {BSN}, n@geheim17.example, 06-00000000"), NAMES)
    assert len(faults) == 4
    for fault in faults:
        assert fault.place == "/vraag"
        assert "Haal dit weg" in fault.text
        assert "hulpvraag" in fault.text
        for secret in ("Noor", "eheim17", BSN, "00000000"):
            assert secret not in str(fault)


@given(st.text(max_size=60), st.integers(0, 10**9 - 1), st.text(max_size=60))
def test_any_number_is_seen(before: str, number: int, after: str) -> None:
    """Every number of nine digits that passes the elfproef is seen, whatever text stands around it."""
    digits = f"{number:09}"
    if passes_elfproef(digits):
        assert "anoniem.bsn" in codes(f"{before} | {digits} | {after}")
