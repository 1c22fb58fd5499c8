"""What a school hears follows from the state of help alone: coarse, by month, withdrawn when it was wrong."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ijw.bericht import JwBericht
from adapters.ijw.hulpstand import EINDEN, Einde, Hulpstadium, Hulpstand, stand_van
from adapters.ijw.terugkoppeling import terugkoppeling
from schemas.messages.terugkoppeling import Afloop, Hulpstatus, Terugkoppeling
from tests.unit.adapters.ijw.arrangementen import gestart, gestopt
from tests.unit.adapters.ijw.verkeer import pseudonym, verloop
from tests.unit.adapters.ijw.voorbeelden import BSN

S, H = Hulpstadium, Hulpstatus
MAART, APRIL, MEI = (dt.date(2026, m, 1) for m in (3, 4, 5))


def verteld(
    status: Hulpstatus, sinds: dt.date | None = APRIL, afloop: Afloop | None = None
) -> Terugkoppeling:
    """Only what ended can have been told with how it ended."""
    ended = status is Hulpstatus.GESTOPT
    return Terugkoppeling(status=status, sinds=sinds, afloop=afloop if ended else None)


@pytest.mark.parametrize(
    ("status", "told"),
    [(S.GESTART, H.GESTART), (S.ONDERBROKEN, H.GEPAUZEERD), (S.HERVAT, H.LOOPT), (S.BEEINDIGD, H.GESTOPT)],
)
def test_status(status: Hulpstadium, told: Hulpstatus) -> None:
    """Started, interrupted, resumed and ended are told as such, with the month and nothing more."""
    assert terugkoppeling(Hulpstand(status, APRIL)) == verteld(told)


CATEGORIES: Final[dict[str, Afloop | None]] = {
    "31": Afloop.AFGEROND,
    "32": Afloop.EERDER_GESTOPT,
    "33": Afloop.EERDER_GESTOPT,
    "34": Afloop.EERDER_GESTOPT,
    "35": Afloop.EERDER_GESTOPT,
    "38": Afloop.GAAT_ELDERS_VERDER,
    "39": Afloop.GAAT_ELDERS_VERDER,
}


@pytest.mark.parametrize(("reden", "afloop"), CATEGORIES.items())
def test_categories(reden: str, afloop: Afloop) -> None:
    """How help ended is told in three words that say not who and not why."""
    found = terugkoppeling(Hulpstand(S.BEEINDIGD, MEI, EINDEN[reden]))
    assert found == verteld(H.GESTOPT, MEI, afloop)


def test_every_reason() -> None:
    """Of the reasons without a category 36 and 37 wait and 02 is for a person; there are no others."""
    assert {r: EINDEN[r] for r in EINDEN.keys() - CATEGORIES.keys()} == {
        "36": Einde.NOG_NIETS,
        "37": Einde.NOG_NIETS,
        "02": Einde.MENS_BESLIST,
    }


def test_waiting() -> None:
    """An end that a new start mostly follows is not told, until who waits says it was long enough."""
    stand = Hulpstand(S.BEEINDIGD, MEI, Einde.NOG_NIETS)
    told = verteld(H.GESTART)
    assert terugkoppeling(stand, verteld=told) is None
    assert terugkoppeling(stand, verteld=told, lang_genoeg_gewacht=True) == verteld(H.GESTOPT, MEI)


@pytest.mark.parametrize("told", [None, verteld(H.GESTART), verteld(H.GESTOPT, MEI, Afloop.AFGEROND)])
@pytest.mark.parametrize("gecorrigeerd", [False, True])
def test_never_by_itself(told: Terugkoppeling | None, gecorrigeerd: bool) -> None:
    """What a person has to tell is never told by the gateway, nor is anything withdrawn because of it."""
    stand = Hulpstand(S.BEEINDIGD, MEI, Einde.MENS_BESLIST, gecorrigeerd)
    assert terugkoppeling(stand, verteld=told, lang_genoeg_gewacht=True) is None


def test_nothing_to_tell() -> None:
    """No help is no message; and what a school heard of its question before help began is not withdrawn."""
    assert terugkoppeling(Hulpstand(S.GEEN)) is None
    assert terugkoppeling(Hulpstand(S.GEEN), verteld=verteld(H.IN_BEHANDELING)) is None


def test_told_once() -> None:
    """The same state is told once; a started help is new to who heard only that the question came in."""
    stand = Hulpstand(S.BEEINDIGD, MEI, Einde.VOLTOOID)
    told = terugkoppeling(stand)
    assert told is not None
    assert terugkoppeling(stand, verteld=told) is None
    started = Hulpstand(S.GESTART, APRIL)
    assert terugkoppeling(started, verteld=verteld(H.ONTVANGEN)) == verteld(H.GESTART)


@pytest.mark.parametrize("status", [S.GESTART, S.HERVAT])
def test_one_of_several(status: Hulpstadium) -> None:
    """Another delivery that runs on when the first has ended is no news: it would show there are several."""
    assert terugkoppeling(Hulpstand(status, MEI), verteld=verteld(H.GESTART)) is None


@pytest.mark.parametrize(
    ("stand", "told"),
    [
        (Hulpstand(S.GEEN, gecorrigeerd=True), verteld(H.GESTART)),
        (Hulpstand(S.GESTART, MEI, gecorrigeerd=True), verteld(H.GESTART, APRIL)),
        (Hulpstand(S.GESTART, APRIL, gecorrigeerd=True), verteld(H.GESTOPT, MEI, Afloop.AFGEROND)),
        (Hulpstand(S.GESTART, APRIL, gecorrigeerd=True), verteld(H.GEPAUZEERD, MEI)),
        (
            Hulpstand(S.BEEINDIGD, MEI, Einde.VOORTIJDIG, gecorrigeerd=True),
            verteld(H.GESTOPT, MEI, Afloop.AFGEROND),
        ),
        (Hulpstand(S.BEEINDIGD, MEI, Einde.NOG_NIETS, gecorrigeerd=True), verteld(H.GESTOPT, MEI)),
    ],
    ids=["start", "start in another month", "end", "interruption", "how it ended", "end to be waited for"],
)
def test_withdrawn(stand: Hulpstand, told: Terugkoppeling) -> None:
    """What was told and then deleted is withdrawn; after that comes what holds instead, if anything."""
    assert terugkoppeling(stand, verteld=told) == Terugkoppeling(status=H.HERROEPEN)
    instead = terugkoppeling(stand, verteld=Terugkoppeling(status=H.HERROEPEN))
    assert instead == terugkoppeling(stand)


@pytest.mark.parametrize(
    ("stand", "told"),
    [
        (Hulpstand(S.BEEINDIGD, MEI, Einde.VOLTOOID), verteld(H.GESTART)),
        (Hulpstand(S.ONDERBROKEN, MEI), verteld(H.GESTART)),
        (Hulpstand(S.GESTART, MEI), verteld(H.GESTOPT, APRIL, Afloop.AFGEROND)),
        (Hulpstand(S.HERVAT, MEI), verteld(H.GEPAUZEERD)),
        (Hulpstand(S.BEEINDIGD, MEI, Einde.VOLTOOID, gecorrigeerd=True), verteld(H.GESTART)),
    ],
)
def test_followed_up(stand: Hulpstand, told: Terugkoppeling) -> None:
    """What follows by itself withdraws nothing, also when something was corrected long ago."""
    found = terugkoppeling(stand, verteld=told)
    assert found is not None
    assert found == terugkoppeling(stand)


def test_from_messages() -> None:
    """From the messages themselves: started, ended, and the end taken back."""
    stop = {"Begindatum": "2026-04-13", "Einddatum": "2026-08-31", "RedenBeeindiging": "33"}
    known = verloop(gestart(dag="2026-05-01"))
    first = terugkoppeling(stand_van(known, pseudonym(BSN)))
    assert first == verteld(H.GESTART)
    known = verloop(gestart(), _named(gestopt(stop), "STOP1"))
    second = terugkoppeling(stand_van(known, pseudonym(BSN)), verteld=first)
    assert second == verteld(H.GESTOPT, dt.date(2026, 8, 1), Afloop.EERDER_GESTOPT)
    known.apply(_named(gestopt(stop | {"StatusAanlevering": "3"}), "STOP2"))
    third = terugkoppeling(stand_van(known, pseudonym(BSN)), verteld=second)
    assert third == Terugkoppeling(status=H.HERROEPEN)
    assert terugkoppeling(stand_van(known, pseudonym(BSN)), verteld=third) == first


def _named(message: JwBericht, name: str) -> JwBericht:
    message.inhoud["Header"]["BerichtIdentificatie"]["Identificatie"] = name
    return message


months = st.sampled_from([MAART, APRIL, MEI])
standen = st.builds(Hulpstand, st.sampled_from(S), months, st.none() | st.sampled_from(Einde), st.booleans())
berichten = st.none() | st.builds(verteld, st.sampled_from(H), months, st.none() | st.sampled_from(Afloop))


@given(standen, berichten, st.booleans())
def test_it_ends(stand: Hulpstand, told: Terugkoppeling | None, waited: bool) -> None:
    """Asking again after each message stops within two, and every month told is the first day of one."""
    for _ in range(3):
        found = terugkoppeling(stand, verteld=told, lang_genoeg_gewacht=waited)
        if found is None:
            return
        assert found.sinds is None or found.sinds.day == 1
        assert set(found.inhoud().data) <= {"status", "sinds", "afloop"}
        told = found
    pytest.fail("there is always something more to tell")
