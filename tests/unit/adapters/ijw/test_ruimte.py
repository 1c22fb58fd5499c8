"""How much an allocation allows in a period, and which products overlap, against the plain definitions."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ijw.verloopregels import check_verloop
from adapters.ijw.verloopregels.ruimte import laatste_dag, sundays, weeks
from tests.unit.adapters.ijw.verkeer import Node, gevonden, m301, m317, m323, nieuw, prestatie, toewijzing
from tests.unit.adapters.ijw.verkeer import verloop as known

DAYS = st.dates(dt.date(2025, 12, 1), dt.date(2027, 2, 28))


@given(DAYS, st.integers(0, 80))
def test_weeks_and_sundays_are_counted_right(first: dt.date, more: int) -> None:
    """As when each day is looked at: the weeks of the calendar, Monday to Sunday, and the Sundays."""
    days = [first + dt.timedelta(n) for n in range(more + 1)]
    assert weeks(days[0], days[-1]) == len({day.isocalendar()[:2] for day in days})
    assert sundays(days[0], days[-1]) == sum(day.isoweekday() == 7 for day in days)


@pytest.mark.parametrize(
    ("month", "last"), [("2026-02", "28"), ("2028-02", "29"), ("2026-04", "30"), ("2026-12", "31")]
)
def test_a_month_ends_on_its_last_day(month: str, last: str) -> None:
    """Leap years included."""
    assert laatste_dag(f"{month}-10") == f"{month}-{last}"


# Omvang of the allocation, unit of the row, and the most a row of February 2026 may hold.
RUIMTE = [
    (("2", "04", "1"), "04", 56),
    (("2", "04", "1"), "01", 56 * 60),
    (("2", "04", "2"), "04", 10),
    (("2", "82", "2"), "82", 8),
    (("5000", "83", "2"), "83", 20_000),
    (("2", "84", "2"), "84", 10),
    (("7", "16", "4"), "16", 7),
    (("9", "04", "6"), "04", 9),
    (("90", "01", "4"), "01", 90),
]


@pytest.mark.parametrize(("omvang", "eenheid", "most"), RUIMTE)
def test_a_row_fits_or_is_one_too_many(omvang: tuple[str, str, str], eenheid: str, most: int) -> None:
    """TR321: per day, week, month or in all; a week that is touched counts, but for output a Sunday."""
    history = known(m301(toewijzing(omvang=omvang)))

    def codes(volume: int) -> set[str]:
        claim = m323("D1", prestatie("R1", volume=str(volume), eenheid=eenheid))
        return {fout.code for fout in check_verloop(claim, history)} & {"TR321"}

    assert codes(most) == set()
    assert codes(most + 1) == {"TR321"}


# Omvang of an allocation of 1 January to 15 March 2026, and the most all rows together may hold.
TOTAAL = [
    (("1", "04", "1"), 74),
    (("3", "04", "2"), 33),
    (("3", "82", "2"), 33),
    (("10", "04", "4"), 30),
    (("10", "04", "6"), 10),
]


@pytest.mark.parametrize(("omvang", "most"), TOTAAL)
def test_all_rows_fit_or_are_one_too_many(omvang: tuple[str, str, str], most: int) -> None:
    """TR322: over the whole allocation, what was claimed before and is not refused included."""
    before = m323("D0", prestatie("R0", periode="2026-01", volume="4", eenheid=omvang[1]), periode="2026-01")
    history = known(m301(toewijzing(omvang=omvang, eind="2026-03-15")), before)

    def codes(volume: int) -> set[str]:
        claim = m323("D1", prestatie("R1", volume=str(volume), eenheid=omvang[1]))
        return {fout.code for fout in check_verloop(claim, history)} & {"TR322"}

    assert codes(most - 4) == set()
    assert codes(most - 3) == {"TR322"}


PRODUCT = st.sampled_from([None, ("44",), ("45",), ("45", "45A04"), ("45", "45A05")])
MONTH = st.sampled_from(["2026-06-01", "2026-07-01", "2026-08-01"])
END = st.sampled_from([None, "2026-06-30", "2026-07-01", "2026-09-30"])
Wens = tuple[str, tuple[str, ...] | None, str, str | None]
WENSEN = st.lists(st.tuples(st.sampled_from(["zelfde", "anders", "extra"]), PRODUCT, MONTH, END), max_size=5)


@given(WENSEN)
def test_an_overlap_is_found_as_by_comparing_all(wensen: list[Wens]) -> None:
    """TR361 finds what comparing each two rows finds."""
    history = known(
        m301(
            *(
                toewijzing(str(i), product, ingang=begin, eind=end)
                for i, (_, product, begin, end) in enumerate(wensen)
            )
        )
    )
    anders: list[Node] = [
        {"ToewijzingNummer": str(i), "GewensteIngangsdatum": begin} | ({"Einddatum": end} if end else {})
        for i, (soort, _, begin, end) in enumerate(wensen)
        if soort == "anders"
    ]
    verzoek = m317(
        zelfde=[str(i) for i, w in enumerate(wensen) if w[0] == "zelfde"],
        anders=anders,
        extra=[nieuw(w[1], w[2], w[3]) for w in wensen if w[0] == "extra"],
    )
    found = "TR361" in {code for code, _ in gevonden(verzoek, history)}
    assert found == any(clash(one, other) for one, other in combinations(wensen, 2))


def clash(one: Wens, other: Wens) -> bool:
    if one[0] == other[0] and one[0] != "anders":
        return False
    first, second = one[1], other[1]
    same = first is None or second is None or first[: len(second)] == second[: len(first)]
    return same and one[2] <= (other[3] or "9999") and other[2] <= (one[3] or "9999")
