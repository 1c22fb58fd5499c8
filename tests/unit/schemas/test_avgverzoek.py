"""What an ouder or leerling asks about data of the leerling: how a request stands after each of its steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.people.avgverzoek import (
    MAX_WORDS,
    Avgrecht,
    Avgstap,
    Avgstatus,
    Avguitkomst,
    Avgverzoek,
    Beantwoord,
    Gevraagd,
    Ingetrokken,
    Verlengd,
    Vervolgd,
)
from tests.builders import an_id

BEGIN = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
MAAND, DRIE = BEGIN + dt.timedelta(days=30), BEGIN + dt.timedelta(days=91)
GEVRAAGD = Gevraagd(recht=Avgrecht.INZAGE, woorden="Wat weet u van ons?")
VERLENGD = Verlengd(woorden="Het is veel.")
VERVOLGD = Vervolgd(woorden="Ook van de foto's.")
BEANTWOORD = Beantwoord(uitkomst=Avguitkomst.GEDAAN, woorden="Dit is alles.")


def verzoek(*stappen: tuple[Any, dt.datetime | None]) -> Avgverzoek:
    first = Avgverzoek(
        id=an_id("verzoek"),
        partij="oin:00000001234567890000",
        persoon_id=an_id("persoon"),
        stappen=(Avgstap(op=BEGIN, uiterlijk=MAAND, stap=GEVRAAGD),),
    )
    for n, (stap, uiterlijk) in enumerate(stappen, 1):
        first = first.na(Avgstap(op=BEGIN + dt.timedelta(days=n), uiterlijk=uiterlijk, stap=stap))
    return first


@pytest.mark.parametrize(
    ("stappen", "status", "verlengbaar"),
    [
        ([], Avgstatus.OPEN, True),
        ([(VERLENGD, DRIE)], Avgstatus.OPEN, False),
        ([(VERLENGD, DRIE), (VERVOLGD, DRIE)], Avgstatus.OPEN, False),
        ([(BEANTWOORD, None)], Avgstatus.BEANTWOORD, False),
        ([(Ingetrokken(), None)], Avgstatus.INGETROKKEN, False),
        ([(BEANTWOORD, None), (VERVOLGD, MAAND + dt.timedelta(days=9))], Avgstatus.OPEN, True),
    ],
    ids=["asked", "longer", "longer and more", "answered", "taken back", "asked anew"],
)
def test_its_last_step_says_how_it_stands(
    stappen: list[tuple[Any, dt.datetime | None]],
    status: Avgstatus,
    verlengbaar: bool,
) -> None:
    """It may be put off once for each question; a question after an answer is a new one."""
    made = verzoek(*stappen)
    expected = stappen[-1][1] if stappen else MAAND
    assert (made.status, made.uiterlijk, made.verlengbaar) == (status, expected, verlengbaar)
    assert made.eerste == GEVRAAGD


def test_what_is_stored_is_read_as_it_was_and_words_are_bounded() -> None:
    made = verzoek((VERLENGD, DRIE), (BEANTWOORD, None))
    assert Avgverzoek.model_validate_json(made.model_dump_json(by_alias=True)) == made
    for words in ("", "   ", "a" * (MAX_WORDS + 1)):
        with pytest.raises(ValidationError):
            Vervolgd(woorden=words)
