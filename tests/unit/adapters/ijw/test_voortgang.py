"""JW305 and JW307 become the voortgang of a toewijzing, whatever order they come in."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ijw.bericht import JwBericht
from adapters.ijw.voortgang import verwerk_305, verwerk_307
from schemas.errors import InvalidMessage
from schemas.messages.arrangement import Arrangement
from schemas.messages.onderdelen import Code
from schemas.messages.toewijzing import Hulpverloopstand, Voortgang
from tests.unit.adapters.ijw.arrangementen import (
    a_toewijzing,
    an_arrangement,
    day,
    een_groep,
    gestart,
    gestopt,
    met_budget,
    places,
)
from tests.unit.adapters.ijw.voorbeelden import ANDER_BSN, bericht

START = "/Bericht/Client/StartProducten/StartProduct"
WEG = {"StatusAanlevering": "3"}


def start(op: str) -> Voortgang:
    return Voortgang(stand=Hulpverloopstand.GESTART, op=day(op))


def stop(begin: str, op: str, reden: str = "31") -> Voortgang:
    stand = Hulpverloopstand.TIJDELIJK_GESTOPT if reden == "20" else Hulpverloopstand.GESTOPT
    return Voortgang(stand=stand, op=day(op), begonnen_op=day(begin), reden=Code(code=reden, stelsel="JZ588"))


def stopped(begin: str, op: str, reden: str = "31", **kw: Any) -> JwBericht:
    return gestopt({"Begindatum": begin, "Einddatum": op, "RedenBeeindiging": reden} | kw)


def process(arrangement: Arrangement, *messages: JwBericht) -> Arrangement:
    for message in messages:
        verwerk = verwerk_305 if message.soort == "JW305" else verwerk_307
        arrangement = verwerk(arrangement, message)
    return arrangement


def one() -> Arrangement:
    return an_arrangement(toewijzingen=[a_toewijzing(), met_budget()])


def steps(*messages: JwBericht) -> tuple[Voortgang, ...]:
    return process(one(), *messages).toewijzingen[0].voortgang


def test_started_and_stopped() -> None:
    """A start and its stop stand at the allocation they name, and at no other."""
    after = process(one(), gestart(), stopped("2026-04-13", "2026-08-31"))
    assert after.toewijzingen[0].voortgang == (start("2026-04-13"), stop("2026-04-13", "2026-08-31"))
    assert after.toewijzingen[0].hulpverloopstand is Hulpverloopstand.GESTOPT
    assert after.toewijzingen[1].voortgang == ()


def test_interrupted() -> None:
    """Reason 20 is an interruption; a new start and then an end follow it."""
    found = steps(
        gestart(),
        stopped("2026-04-13", "2026-05-01", "20"),
        gestart({"Begindatum": "2026-06-01"}),
        stopped("2026-06-01", "2026-07-01", "32"),
    )
    assert [v.stand for v in found] == ["gestart", "tijdelijk_gestopt", "gestart", "gestopt"]


def test_interrupted_for_good() -> None:
    """A definitive stop may follow a temporary one of the same start, also in the same days."""
    found = steps(gestart(), stopped("2026-04-13", "2026-05-01"), stopped("2026-04-13", "2026-05-01", "20"))
    assert found[-1] == stop("2026-04-13", "2026-05-01")


def test_every_order() -> None:
    """Four messages in every order give the same voortgang (OP080)."""
    messages = [
        gestart(),
        stopped("2026-04-13", "2026-05-01", "20"),
        gestart({"Begindatum": "2026-06-01"}),
        stopped("2026-06-01", "2026-07-01"),
    ]
    assert len({steps(*order) for order in itertools.permutations(messages)}) == 1


def test_deleted() -> None:
    """What is deleted was never sent: its key may be used again."""
    assert steps(gestart(), gestart(WEG)) == ()
    assert steps(gestart(), gestart(WEG), gestart()) == (start("2026-04-13"),)
    again = steps(gestart(), stopped("2026-04-13", "2026-05-01"), stopped("2026-04-13", "2026-05-01", **WEG))
    assert again == (start("2026-04-13"),)


def test_corrected_in_one_message() -> None:
    """Delete and insert in one message is a correction, whichever row comes first."""
    rows = {"Begindatum": "2026-04-20"}, WEG
    for order in (rows, rows[::-1]):
        assert steps(gestart(), gestart(*order)) == (start("2026-04-20"),)


def test_repeated() -> None:
    """A message that comes twice changes nothing."""
    assert steps(gestart(), gestart()) == (start("2026-04-13"),)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"ToewijzingNummer": "9"}, "ijw.geen_toewijzing"),
        ({"ToewijzingNummer": None}, "ijw.geen_toewijzing"),
        (WEG, "ijw.niets_te_verwijderen"),
        (WEG | {"Begindatum": "2026-04-14"}, "ijw.niets_te_verwijderen"),
    ],
)
def test_row_that_fits_nothing(row: dict[str, Any], code: str) -> None:
    """A row without its allocation, or that deletes what is not there, is a fault; all of them are told."""
    with pytest.raises(InvalidMessage) as caught:
        process(one(), gestart({"ToewijzingNummer": "8"}, {"Begindatum": "2026-09-09"}, row))
    assert places(caught.value.faults) == {("ijw.geen_toewijzing", f"{START}[1]"), (code, f"{START}[3]")}


@pytest.mark.parametrize(
    "toewijzing",
    [
        a_toewijzing(aanbieder="99999902"),
        a_toewijzing(gemeente="0344"),
        a_toewijzing(status="verwijderd"),
    ],
    ids=["another aanbieder", "another gemeente", "deleted"],
)
def test_not_its_allocation(toewijzing: Any) -> None:
    """A start belongs to an allocation of this gemeente and this aanbieder that was not deleted."""
    with pytest.raises(InvalidMessage) as caught:
        process(an_arrangement(toewijzingen=[toewijzing]), gestart())
    assert places(caught.value.faults) == {("ijw.geen_toewijzing", f"{START}[1]")}


def test_number_as_kept_elsewhere() -> None:
    """Leading zeros in the arrangement or the message make no difference."""
    arrangement = an_arrangement(toewijzingen=[a_toewijzing(nummer="000300201", aanbieder=None)])
    assert process(arrangement, gestart()).toewijzingen[0].voortgang == (start("2026-04-13"),)


def test_date_we_do_not_hold() -> None:
    """A day our types do not hold is a fault without the value."""
    with pytest.raises(InvalidMessage) as caught:
        process(one(), stopped("2026-04-13", "12026-01-01"))
    assert ("ijw.datum", "/Bericht/Client/StopProducten/StopProduct[1]/Einddatum") in places(
        caught.value.faults
    )


@pytest.mark.parametrize(
    ("arrangement", "message", "code"),
    [
        (an_arrangement(**een_groep()), gestart(), "ijw.collectief"),
        (an_arrangement(), bericht("JW301"), "ijw.soort"),
    ],
)
def test_refused(arrangement: Arrangement, message: JwBericht, code: str) -> None:
    """Help for a group has no start of its own, and another message is no start."""
    with pytest.raises(InvalidMessage) as caught:
        verwerk_305(arrangement, message)
    assert {f.code for f in caught.value.faults} == {code}


def test_somebody_else() -> None:
    """A start of another client never ends up with this leerling, when the number is known."""
    leerling = one().individueel
    assert leerling is not None
    data = leerling.model_dump(mode="json") | {}
    data["leerling"]["bsn"] = ANDER_BSN
    with pytest.raises(InvalidMessage):
        process(an_arrangement(individueel=data, toewijzingen=[a_toewijzing()]), gestart())


days = st.sampled_from(["2026-04-13", "2026-05-01", "2026-06-01"])
messages = st.lists(
    st.one_of(
        st.builds(lambda d: gestart({"Begindatum": d}), days),
        st.builds(stopped, days, days, st.sampled_from(["20", "31", "36"])),
    ),
    max_size=4,
)


@given(messages, st.randoms(use_true_random=False))
def test_any_order(sent: list[JwBericht], random: Any) -> None:
    """Whatever is reported, the order of processing does not show; voortgang goes start by start."""
    shuffled = random.sample(sent, len(sent))
    found = steps(*sent)
    assert steps(*shuffled) == found
    begins = [v.begonnen_op or v.op for v in found]
    assert begins == sorted(begins)
