"""The counter of who sits at home: the same number whoever counts, over every course of events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.people.thuiszitten import (
    Thuisgebeurtenis,
    Thuisstand,
    Thuiszitten,
    Verzuimsoort,
    thuisstand,
    volgt,
)

DAG = dt.timedelta(1)
EERSTE = dt.date(2026, 9, 1)
G = Thuisgebeurtenis


def every(_: dt.date) -> bool:
    return True


def weekday(on: dt.date) -> bool:
    return on.weekday() < 5


def feit(melding: int, gebeurtenis: G, op: dt.date) -> Thuiszitten:
    return Thuiszitten(
        id=f"{melding:032x}",
        vastgelegd_door="brin:99ZZ00",
        vastgelegd_op=dt.datetime(2026, 11, 30, tzinfo=dt.UTC),
        melding=f"{melding:032x}",
        gebeurtenis=gebeurtenis,
        op=op,
        verzuimsoort=Verzuimsoort.THUISZITTER,
    )


def courses(length: int, offsets: tuple[int, ...]) -> Iterator[list[Thuiszitten]]:
    """Every course of that many events, each on one of these days, that may be recorded."""
    if length == 0:
        yield []
        return
    for before in courses(length - 1, offsets):
        melding = 1 + sum(f.gebeurtenis is G.BEGONNEN for f in before)
        for gebeurtenis in G:
            for offset in offsets:
                op = EERSTE + offset * DAG
                if volgt(thuisstand(before), gebeurtenis, op):
                    number = melding if gebeurtenis is G.BEGONNEN else melding - 1
                    yield [*before, feit(number, gebeurtenis, op)]


def by_hand(course: list[Thuiszitten], op: dt.date, *, aanbod_counts: bool) -> int:
    """Day by day: is he at home on that day, and has he no aanbod, by the last word on or before it."""
    last = [f.melding for f in course if f.gebeurtenis is G.BEGONNEN]
    gone = {f.melding for f in course if f.gebeurtenis is G.HERROEPEN}
    kept = [m for m in last if m not in gone]
    if not kept:
        return 0
    mine = [f for f in course if f.melding == kept[-1]]
    count, on = 0, EERSTE
    while on < op:
        said = [f.gebeurtenis for f in mine if f.op <= on]
        home = bool(said) and said[-1] is not G.TERUG
        count += home and (aanbod_counts or said[-1] is not G.AANBOD)
        on += DAG
    return count


@pytest.mark.parametrize("length", range(5))
def test_every_course_counts_as_by_hand(length: int) -> None:
    """All that can be recorded in up to four events on four days, one of them a weekend later."""
    for course in courses(length, (0, 1, 3, 8)):
        stand = thuisstand(course)
        for offset in (0, 1, 2, 4, 9, 12):
            op = EERSTE + offset * DAG
            found = (0, 0)
            if stand is not None:
                found = stand.dagen_zonder_aanbod(op, every), stand.dagen_thuis(op, every)
            assert found == (
                by_hand(course, op, aanbod_counts=False),
                by_hand(course, op, aanbod_counts=True),
            ), course


@given(st.sampled_from([c for n in range(1, 5) for c in courses(n, (0, 2, 9))]), st.integers(0, 40))
def test_a_step_is_due_on_its_first_day(course: list[Thuiszitten], dagen: int) -> None:
    """On the first day that the counter stands there; None only where it never comes that far.

    Also where weekends do not count.
    """
    stand = thuisstand(course)
    if stand is None:
        return
    for telt in (every, weekday):
        due = stand.bereikt(dagen, telt)
        horizon = EERSTE + 90 * DAG
        if due is None:
            assert stand.dagen_zonder_aanbod(horizon, telt) < dagen
        else:
            assert stand.dagen_zonder_aanbod(due, telt) == dagen
            assert due == stand.sinds or stand.dagen_zonder_aanbod(due - DAG, telt) == dagen - 1 or dagen == 0


def running() -> Thuisstand:
    stand = thuisstand([feit(1, G.BEGONNEN, EERSTE)])
    assert stand is not None
    return stand


def test_nothing_happens_twice_or_before_what_was_there() -> None:
    """Nobody comes back who was not at home, and no day lies before the last that was recorded."""
    stand, later, before = running(), EERSTE + DAG, EERSTE - DAG
    assert not volgt(None, G.TERUG, later)
    assert not volgt(stand, G.BEGONNEN, later)
    assert not volgt(stand, G.AANBOD_WEG, later)
    assert not volgt(stand, G.AANBOD, before)
    assert volgt(stand, G.AANBOD, EERSTE)
    back = thuisstand([feit(1, G.BEGONNEN, EERSTE), feit(1, G.TERUG, later)])
    assert not volgt(back, G.AANBOD, later)
    assert not volgt(back, G.BEGONNEN, EERSTE)
    assert volgt(back, G.BEGONNEN, later)
    assert volgt(back, G.HERROEPEN, before)


def test_the_counter_is_at_nought_on_the_first_day_and_leaves_weekends_out() -> None:
    stand = running()  # a Tuesday
    assert stand.zonder_aanbod
    assert [stand.dagen_zonder_aanbod(EERSTE + n * DAG, weekday) for n in (0, 1, 4, 6, 7)] == [0, 1, 4, 4, 5]
    assert stand.bereikt(0, weekday) == EERSTE
    assert stand.bereikt(20, weekday) == dt.date(2026, 9, 29)
