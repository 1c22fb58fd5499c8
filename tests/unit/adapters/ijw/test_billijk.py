"""Nobody is refused on what he could not know (OP095), the order of arrival (OP080), or for a correction."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.ijw.bericht import JwBericht
from tests.unit.adapters.ijw.gevallen import FEB, MRT, P1, goedgekeurd
from tests.unit.adapters.ijw.verkeer import (
    ANDERE_BSN,
    VERBLIJF,
    gevonden,
    m301,
    m305,
    m315,
    m317,
    m323,
    m325,
    prestatie,
    start,
    toewijzing,
    verloop,
    verwijderd,
)

BEFORE, DAY, AFTER = "2026-04-30", "2026-05-01", "2026-05-02"
KORT = {"eind": "2026-01-31", "reden": "05"}


def changed(day: str, **change: str) -> list[JwBericht]:
    return [m301(), m301(toewijzing(datum=day, **change), dag=day)]


# The message is of 1 May; the second history is there when the gemeente changed its mind on `day`.
History = Callable[[str], list[JwBericht]]
CROSSING: dict[str, tuple[History, JwBericht]] = {
    "TR019": (lambda day: [m301(), m301(verwijderd(datum=day))], m305(start(FEB))),
    "TR308": (lambda day: changed(day, **KORT), m323("D1", P1)),
    "TR322": (
        lambda day: [
            m301(toewijzing(omvang=("8", "04", "6"))),
            m323("D0", prestatie("R0", periode="2026-01", volume="3"), periode="2026-01"),
            m301(toewijzing(omvang=("6", "04", "6"), datum=day)),
        ],
        m323("D1", P1),
    ),
    "TR350": (lambda day: changed(day, **KORT), m317(zelfde=["100"])),
    "TR351": (
        lambda day: changed(day, **KORT),
        m317(anders=[{"ToewijzingNummer": "100", "GewensteIngangsdatum": "2026-06-01", "Omvang": {}}]),
    ),
    "TR349": (
        lambda day: [m301(), m301(toewijzing("101", VERBLIJF, datum=day))],
        m317(zelfde=["100"]),
    ),
}


@pytest.mark.parametrize("code", CROSSING)
def test_what_crossed_a_message_is_not_held_against_it(code: str) -> None:
    """A 301 of before the Dagtekening counts; one of that day or later may not have been there yet."""
    history, bericht = CROSSING[code]
    assert {found for found, _ in gevonden(bericht, verloop(*history(BEFORE)))} == {code}
    assert gevonden(bericht, verloop(*history(DAY))) == set()
    assert gevonden(bericht, verloop(*history(AFTER))) == set()


def test_a_change_that_makes_it_right_counts_from_when_it_is_there() -> None:
    """Right by the version before it, or by a later one: either is enough."""
    history = [m301(toewijzing(eind="2026-01-31")), m301(toewijzing(datum=AFTER))]
    assert gevonden(m323("D1", P1), verloop(*history)) == set()


def test_only_the_last_version_from_before_counts() -> None:
    """What was overruled before the message was written, its sender knew to be overruled."""
    history = [m301(), m301(toewijzing(datum=FEB, **KORT)), m301(toewijzing(datum=MRT, **KORT))]
    assert {code for code, _ in gevonden(m323("D1", P1), verloop(*history))} == {"TR308"}


def test_claims_that_arrive_in_another_order_than_they_were_made() -> None:
    """The claim of January, made first, is right also when that of February is already there (TR318)."""
    late = m323("D1", prestatie("R1", periode="2026-01"), periode="2026-01", opgesteld="2026-02-03")
    known = verloop(m301(), m323("D2", prestatie("R2"), opgesteld="2026-03-03"))
    assert gevonden(late, known) == set()


def test_a_month_is_claimed_once() -> None:
    """A month is claimed once, also when both claims are of one day."""
    one, other = (m323(f"D{n}", prestatie(f"R{n}", periode=p)) for n, p in ((1, "2026-01"), (2, "2026-02")))
    assert {code for code, _ in gevonden(other, verloop(m301(), one))} == {"TR318"}


def test_two_months_on_one_day_are_right() -> None:
    """Which of them was first cannot be known, and does not matter."""
    known = verloop(m301(), m323("D2", prestatie("R2"), opgesteld="2026-03-03"))
    early = m323("D1", prestatie("R1", periode="2026-01"), periode="2026-01", opgesteld="2026-03-03")
    assert gevonden(early, known) == set()


def test_what_was_claimed_can_be_taken_back_after_the_allocation_was_shortened() -> None:
    """A credit repeats a debit that was right when it was approved (IV085)."""
    known = verloop(m301(), *goedgekeurd(P1), m301(toewijzing(datum=MRT, **KORT)))
    credit = m323("D1", prestatie("R2", vorig="R1"), periode="2026-03")
    assert gevonden(credit, known) == set()


def test_a_credit_makes_room_for_what_the_same_message_claims() -> None:
    """Wherever in the message it stands (OP366)."""
    total = toewijzing(omvang=("8", "04", "6"))
    known = verloop(m301(total), *goedgekeurd(P1, periode="2026-02"))
    again = [prestatie("R3", volume="8"), prestatie("R2", vorig="R1")]
    assert gevonden(m323("D1", *again, periode="2026-03"), known) == set()
    assert {code for code, _ in gevonden(m323("D1", again[0], periode="2026-03"), known)} == {
        "TR322",
        "TR389",
    }


def test_a_refused_row_counts_for_nothing_but_its_number() -> None:
    """It may be claimed again, under another number, and takes no room."""
    total = toewijzing(omvang=("8", "04", "6"))
    claim = m323("D0", P1)
    refused = [claim, *refusal(claim)]
    known = verloop(m301(total), *refused)
    assert gevonden(m323("D1", prestatie("R3"), periode="2026-03"), known) == set()
    assert {code for code, _ in gevonden(m323("D1", P1, periode="2026-03"), known)} == {"TR314"}


def refusal(claim: JwBericht) -> list[JwBericht]:
    return [m325(claim, P1)]


def test_an_unchanged_allocation_may_be_repeated_with_its_reference() -> None:
    """A 301 holds all current allocations (OP087), and repeats an unchanged one as it was (IV013, TR379)."""
    granted = toewijzing(ref="V1")
    known = verloop(m315("V1"), m301(granted))
    assert gevonden(m301(granted, toewijzing("101", VERBLIJF)), known) == set()


def test_two_unchanged_allocations_that_overlap_are_as_the_gemeente_made_them() -> None:
    """The sender must name both (TR349), so he is not refused for it (TR361)."""
    known = verloop(m301(toewijzing(), toewijzing("101")))
    assert gevonden(m317(zelfde=["100", "101"]), known) == set()


def test_an_allocation_of_another_is_not_compared_with() -> None:
    """That it belongs to another is one finding (TR351), and nothing is told of what it holds."""
    known = verloop(m301(), m301(toewijzing("200", VERBLIJF, omvang=None), bsn=ANDERE_BSN))
    wens = {"ToewijzingNummer": "200", "GewensteIngangsdatum": "2026-03-01", "Omvang": {}}
    found = gevonden(m317(zelfde=["100"], anders=[wens]), known)
    assert {code for code, _ in found} == {"TR351"}
