"""The one coded state of help that a school may hear of."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from itertools import permutations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ijw.bericht import JwBericht
from adapters.ijw.hulpstand import (
    EINDEN,
    Einde,
    Hulpstadium,
    Hulpstand,
    hulpstand,
    stand_van,
)
from adapters.ijw.verloop import Hulplevering, Start, Stop
from adapters.ijw.verloopregels import check_verloop
from tests.unit.adapters.ijw.verkeer import (
    ANDERE_AANBIEDER,
    ANDERE_BSN,
    BSN,
    m301,
    m305,
    m307,
    pseudonym,
    start,
    stop,
    toewijzing,
    verloop,
)

S = Hulpstadium
FEB, MRT, APR, MEI = "2026-02-10", "2026-03-10", "2026-04-10", "2026-05-10"


def stand(status: Hulpstadium, month: int | None = None, einde: Einde | None = None) -> Hulpstand:
    return Hulpstand(status, None if month is None else dt.date(2026, month, 1), einde)


def levering(starts: list[str], *stops: tuple[str, str, str], gecorrigeerd: bool = False) -> Hulplevering:
    return Hulplevering(
        frozenset(Start("45", "45A04", begin) for begin in starts),
        frozenset(Stop("45", "45A04", *row) for row in stops),
        gecorrigeerd,
    )


LOOPT = levering([FEB])
PAUZE = levering([FEB], (FEB, "20", MRT))
HERVAT = levering([FEB, APR], (FEB, "20", MRT))
KLAAR = levering([FEB], (FEB, "31", MRT))

ONE = {
    "nothing": (levering([]), stand(S.GEEN)),
    "started": (LOOPT, stand(S.GESTART, 2)),
    "interrupted": (PAUZE, stand(S.ONDERBROKEN, 3)),
    "resumed": (HERVAT, stand(S.HERVAT, 4)),
    "ended": (KLAAR, stand(S.BEEINDIGD, 3, Einde.VOLTOOID)),
    "ended after a pause": (
        levering([FEB], (FEB, "20", MRT), (FEB, "33", APR)),
        stand(S.BEEINDIGD, 4, Einde.VOORTIJDIG),
    ),
    "ended on the day of the pause": (
        levering([FEB], (FEB, "20", MRT), (FEB, "38", MRT)),
        stand(S.BEEINDIGD, 3, Einde.ELDERS),
    ),
    "ended after it was resumed": (
        levering([FEB, APR], (FEB, "20", MRT), (APR, "31", MEI)),
        stand(S.BEEINDIGD, 5, Einde.VOLTOOID),
    ),
    "begun again after an end": (levering([FEB, APR], (FEB, "31", MRT)), stand(S.GESTART, 4)),
    "paused again": (levering([FEB, APR], (FEB, "20", MRT), (APR, "20", MEI)), stand(S.ONDERBROKEN, 5)),
    "a stop from before this gateway": (
        levering([], (FEB, "31", MRT)),
        stand(S.BEEINDIGD, 3, Einde.VOLTOOID),
    ),
    "two ends, the later counts": (
        levering([FEB], (FEB, "38", APR), (FEB, "31", MRT)),
        stand(S.BEEINDIGD, 4, Einde.ELDERS),
    ),
    "two ends on one day, the more serious counts": (
        levering([FEB], (FEB, "37", MRT), (FEB, "31", MRT)),
        stand(S.BEEINDIGD, 3, Einde.NOG_NIETS),
    ),
    "waiting for another allocation": (
        levering([FEB], (FEB, "36", MRT)),
        stand(S.BEEINDIGD, 3, Einde.NOG_NIETS),
    ),
    "death": (levering([FEB], (FEB, "02", MRT)), stand(S.BEEINDIGD, 3, Einde.MENS_BESLIST)),
    "a reason that is not known": (
        levering([FEB], (FEB, "77", MRT)),
        stand(S.BEEINDIGD, 3, Einde.MENS_BESLIST),
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_one_delivery(name: str) -> None:
    """The state is that of the starts and stops that hold."""
    rows, expected = ONE[name]
    assert hulpstand([rows]) == expected


MANY = {
    "one still runs": ([LOOPT, KLAAR], stand(S.GESTART, 2)),
    "one runs, one pauses": ([levering([APR]), PAUZE], stand(S.GESTART, 4)),
    "beside one that never paused": ([HERVAT, LOOPT], stand(S.GESTART, 2)),
    "all that runs was paused": ([HERVAT, KLAAR], stand(S.HERVAT, 4)),
    "the first of two": ([levering([MRT]), LOOPT], stand(S.GESTART, 2)),
    "one pauses, one ended later": ([PAUZE, levering([FEB], (FEB, "31", APR))], stand(S.ONDERBROKEN, 4)),
    "the last to end tells how": (
        [KLAAR, levering([FEB], (FEB, "38", APR))],
        stand(S.BEEINDIGD, 4, Einde.ELDERS),
    ),
    "on one day, waiting counts before an end": (
        [KLAAR, levering([FEB], (FEB, "37", MRT))],
        stand(S.BEEINDIGD, 3, Einde.NOG_NIETS),
    ),
    "help goes on under another allocation": (
        [levering([FEB], (FEB, "36", MRT)), levering([MRT])],
        stand(S.GESTART, 3),
    ),
    "death, while another seems to run": (
        [levering([FEB], (FEB, "02", MRT)), levering([APR])],
        stand(S.BEEINDIGD, 3, Einde.MENS_BESLIST),
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_several_deliveries_are_one_state(name: str) -> None:
    """Whatever order they are counted in, and however often the same."""
    rows, expected = MANY[name]
    for order in permutations([*rows, *rows]):
        assert hulpstand(order) == expected


@pytest.mark.parametrize(("one", "other"), list(product(ONE, ONE)))
def test_help_ended_only_when_the_last_delivery_did(one: str, other: str) -> None:
    """Of every two deliveries: one that runs means help runs, unless a person must decide."""
    (first, alone), (second, beside) = ONE[one], ONE[other]
    both = hulpstand([first, second])
    apart = {alone.status, beside.status}
    if Einde.MENS_BESLIST in (alone.einde, beside.einde):
        assert both.einde is Einde.MENS_BESLIST
    elif apart & {S.GESTART, S.HERVAT}:
        assert both.status in (S.GESTART, S.HERVAT)
    elif S.ONDERBROKEN in apart:
        assert both.status is S.ONDERBROKEN
    else:
        assert both.status is (S.BEEINDIGD if S.BEEINDIGD in apart else S.GEEN)
    assert both == hulpstand([second, first])
    assert (both.einde is not None) == (both.status is S.BEEINDIGD)
    assert (both.maand is None) == (both.status is S.GEEN)


def test_a_deleted_start_withdraws_what_was_told() -> None:
    """There is no help, and the mark says that something else may have been told."""
    known = verloop(m301(), m305(start(FEB)), m305(start(FEB, status="3")))
    assert stand_van(known, pseudonym(BSN)) == Hulpstand(S.GEEN, gecorrigeerd=True)


def test_a_deleted_stop_withdraws_what_was_told() -> None:
    """Help runs as before the stop, and the mark says so."""
    rows = [stop(FEB, "31", MRT), stop(FEB, "31", MRT, status="3")]
    known = verloop(m301(), m305(start(FEB)), *(m307(row) for row in rows))
    assert stand_van(known, pseudonym(BSN)) == Hulpstand(S.GESTART, dt.date(2026, 2, 1), gecorrigeerd=True)


def test_a_refused_message_makes_no_state() -> None:
    """A stop that the rules refuse is not applied, so nothing ended."""
    known = verloop(m301(), m305(start(FEB)))
    assert check_verloop(m307(stop(MRT, "31", APR)), known)
    assert stand_van(known, pseudonym(BSN)) == stand(S.GESTART, 2)


def test_only_this_jeugdige_and_what_the_caller_counts() -> None:
    """Another jeugdige makes no difference, nor a provider that is no party in the case."""
    known = verloop(
        m301(),
        m305(start(FEB)),
        m305(start(MRT, nummer="7"), bsn=ANDERE_BSN),
        m307(stop(FEB, "31", MRT)),
        m305(start(APR, nummer="9"), aanbieder=ANDERE_AANBIEDER),
    )
    assert stand_van(known, pseudonym(BSN)) == stand(S.GESTART, 4)
    assert stand_van(known, pseudonym(BSN), lambda key: key.aanbieder != ANDERE_AANBIEDER) == stand(
        S.BEEINDIGD, 3, Einde.VOLTOOID
    )
    assert stand_van(known, "nobody") == stand(S.GEEN)


def test_every_reason_of_the_standard_has_its_word(standard: Callable[[str], Path]) -> None:
    """JZ588 in full, but for 20, which is no end."""
    lists = json.loads(standard("../domain/ijw-3.2.json").read_text())["codelists"]
    assert set(EINDEN) == {entry["code"] for entry in lists["JZ588"]} - {"20"}


def test_the_words_do_not_give_the_reason() -> None:
    """Who broke it off, or why, cannot be read back: each word but the plain end stands for several codes."""
    per_word = {einde: [code for code, word in EINDEN.items() if word is einde] for einde in Einde}
    assert len(per_word[Einde.VOORTIJDIG]) == 4
    assert len(per_word[Einde.ELDERS]) == len(per_word[Einde.NOG_NIETS]) == 2


DAYS = st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30)).map(str)
REASONS = st.sampled_from(["20", *EINDEN])
LEVERING = st.builds(
    levering,
    st.lists(DAYS, max_size=3),
    st.tuples(DAYS, REASONS, DAYS),
    gecorrigeerd=st.booleans(),
)


@given(st.lists(LEVERING, max_size=4))
def test_the_state_is_coarse_whatever_is_known(leveringen: list[Hulplevering]) -> None:
    """A word, the first of a month, a word, a mark: no day, code or count, also of impossible histories."""
    status, maand, einde, gecorrigeerd = hulpstand(leveringen)
    assert isinstance(status, Hulpstadium)
    assert maand is None or maand.day == 1
    assert einde is None or isinstance(einde, Einde)
    assert isinstance(gecorrigeerd, bool)
    assert not any(sign.isdigit() for sign in f"{status}{einde}")


@given(st.lists(LEVERING, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_deliveries_makes_no_difference(leveringen, shuffle) -> None:  # type: ignore[no-untyped-def]
    """The state is of the set."""
    before = hulpstand(leveringen)
    shuffle.shuffle(leveringen)
    assert hulpstand(leveringen) == before


ROWS: list[JwBericht] = [
    m301(toewijzing(), toewijzing("101")),
    m305(start(FEB)),
    m305(start(MRT, nummer="101")),
    m307(stop(FEB, "20", MRT)),
    m307(stop(FEB, "38", APR)),
    m307(stop(MRT, "31", APR, nummer="101")),
    m307(stop(MRT, "31", APR, nummer="101", status="3")),
    m307(stop(MRT, "34", MEI, nummer="101")),
]


@given(st.permutations(ROWS))
def test_the_order_of_arrival_makes_no_difference(arrival: list[JwBericht]) -> None:
    """Also when a stop comes before its start, or a deletion before what it deletes."""
    expected = Hulpstand(S.BEEINDIGD, dt.date(2026, 5, 1), Einde.VOORTIJDIG, gecorrigeerd=True)
    assert stand_van(verloop(*arrival), pseudonym(BSN)) == expected
