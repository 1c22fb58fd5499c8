"""Which overstap stands, of all that two schools recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.people.gronden import Onderwijssector as S
from schemas.people.overstap import Overstap, Overstapsoort, Overstapstap, lopend, stappen

OP = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)
SCHOLEN = ("brin:99XX01", "brin:99YY02")


def stap(number: int, wat: Overstapstap, naar: str = SCHOLEN[0], **other: Any) -> Overstap:
    ident = f"{number:032x}"
    return Overstap(
        id=ident,
        vastgelegd_door="brin:99ZZ00",
        vastgelegd_op=OP,
        overstap=ident,
        stap=wat,
        naar=naar,
        soort=Overstapsoort.VERTREK,
        per=OP.date(),
        **other,
    )


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(Overstapstap), st.sampled_from(SCHOLEN)), max_size=8
    )
)
def test_what_stands_was_offered_there_and_not_ended_since(recorded: list[tuple[int, Any, str]]) -> None:
    """Of any steps in any order: never one that ended, never one to another school, and never None while
    there is one.
    """
    every = [stap(n, wat, naar) for n, wat, naar in recorded]
    for naar in SCHOLEN:
        here = [o for o in every if o.naar == naar]
        ends = {o.overstap: [x for x in here if x.overstap == o.overstap][-1] for o in here}
        stands = [o for o in ends.values() if o.stap.value in ("aangeboden", "aanvaard")]
        found = lopend(every, naar)
        assert found in stands if stands else found is None


def test_the_steps_of_one_overstap_keep_their_order() -> None:
    first, other, last = (
        stap(1, Overstapstap.AANGEBODEN),
        stap(2, Overstapstap.AANGEBODEN),
        stap(1, Overstapstap.AANVAARD),
    )
    assert stappen([first, other, last], first.overstap) == (first, last)


@pytest.mark.parametrize(
    ("van", "naar", "said"),
    [
        (S.VO, S.MBO, True),
        (S.VSO, S.MBO, True),
        (S.PO, S.VO, False),
        (S.PO, S.MBO, False),
        (S.VO, S.VO, False),
        (None, S.MBO, None),
        (S.VO, None, None),
    ],
)
def test_vo_to_mbo_is_known_from_both_sectors_only(van: S | None, naar: S | None, said: bool | None) -> None:
    assert stap(1, Overstapstap.AANGEBODEN, van_sector=van, naar_sector=naar).vo_naar_mbo is said


def test_an_acceptance_can_be_undone_for_fourteen_days() -> None:
    assert stap(1, Overstapstap.AANVAARD).ongedaan_tot() == dt.datetime(2026, 12, 14, 9, tzinfo=dt.UTC)
