"""Copies of messages become one state, held to the rules of one message, and nothing else of them is told."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import itertools

import pytest

from adapters import ijw
from adapters.ijw.kopie import HEEN, lees_kopieen
from adapters.ijw.retour import ANSWERS, make_retour
from adapters.ijw.verloopregels import van_soort
from schemas.errors import InvalidMessage
from schemas.messages.terugkoppeling import Hulpstatus
from schemas.messages.vertaling import Kopiestand, Kopievertaling
from tests.unit.adapters.ijw.test_envelop import b64, fo01, heen, packed, vsp
from tests.unit.adapters.ijw.test_melding import START, START_OK, STOP, STOP_OK, accepted, message
from tests.unit.adapters.ijw.voorbeelden import AGB, ANDER_BSN, BERICHTEN, BSN, bericht

TODAY = dt.date(2026, 12, 1)
S = Kopiestand


def ok(sent: ijw.JwBericht) -> ijw.JwBericht:
    return accepted(sent, f"OK{sent.soort[2:]}")


def read(*berichten: ijw.JwBericht | bytes) -> Kopievertaling:
    raws = [(f"/{i}", b if isinstance(b, bytes) else ijw.write(b)) for i, b in enumerate(berichten)]
    return lees_kopieen(raws, None, afgewacht=False, today=TODAY)


def codes(*berichten: ijw.JwBericht | bytes) -> list[str]:
    with pytest.raises(InvalidMessage) as caught:
        read(*berichten)
    return [f.code for f in caught.value.faults]


TOEWIJZING, ANTWOORD = bericht("JW301"), bericht("JW319")
PAUZE = message(
    "JW307",
    "PAUZE1",
    Begindatum=START.inhoud["Client"]["StartProducten"]["StartProduct"][0]["Begindatum"],
    RedenBeeindiging="20",
)
CASES = [
    ((TOEWIJZING, ok(TOEWIJZING)), S.TOEGEWEZEN),
    ((ANTWOORD, ok(ANTWOORD)), None),
    ((TOEWIJZING, ok(TOEWIJZING), START, START_OK), S.GESTART),
    ((START, START_OK, PAUZE, ok(PAUZE)), S.GEPAUZEERD),
    ((START, START_OK, STOP, STOP_OK), S.GESTOPT),
    ((START, START_OK, STOP), S.GESTART),
]


@pytest.mark.parametrize(("given", "stand"), CASES)
def test_the_state_does_not_depend_on_their_order(given: tuple[ijw.JwBericht, ...], stand: S | None) -> None:
    """Whatever order they come in; only what a retour accepted counts."""
    seen = {read(*order).stand for order in itertools.islice(itertools.permutations(given), 24)}
    assert len(seen) == 1
    assert seen.pop() in ({stand} if stand else {S.AFGEWEZEN, S.IN_ONDERZOEK})


def test_what_is_looked_into_and_what_is_not_is_said() -> None:
    """A rule of one message refuses it; the rules over several are named, each that such a message has."""
    found = read(START, START_OK, TOEWIJZING, ok(TOEWIJZING))
    assert set(found.niet_nagegaan) == {*van_soort("JW301"), *van_soort("JW305")}
    assert "TR056" in found.niet_nagegaan
    broken = copy.deepcopy(START.inhoud)
    broken["Header"]["BerichtIdentificatie"]["Dagtekening"] = "2027-01-01"
    assert codes(ijw.JwBericht("JW305", broken), START_OK) == ["TR135"]


def test_copies_of_two_cases_are_never_laid_side_by_side() -> None:
    """Another jeugdige, or another gemeente or aanbieder, is another case."""
    other = copy.deepcopy(STOP.inhoud)
    other["Client"]["Bsn"] = ANDER_BSN
    assert codes(START, START_OK, ijw.JwBericht("JW307", other)) == ["ijw.client"]
    elders = copy.deepcopy(TOEWIJZING.inhoud)
    elders["Header"]["Ontvanger"] = "99999902"
    assert codes(START, START_OK, ijw.JwBericht("JW301", elders)) == ["ijw.partijen"]


def test_of_two_copies_of_one_message_one_counts_and_they_may_not_differ() -> None:
    """Both sides give what they have: it completes each other, and says nothing twice."""
    aanbieder, college = (START, START_OK), (TOEWIJZING, ok(TOEWIJZING), START, START_OK)
    found = read(*aanbieder, *college)
    assert (found.stand, found.gelezen, found.geteld) == (S.GESTART, 2, 2)
    other = copy.deepcopy(START.inhoud)
    other["Client"]["StartProducten"]["StartProduct"][0]["Begindatum"] = "2026-05-01"
    assert "ijw.verschilt" in codes(START, START_OK, dataclasses.replace(START, inhoud=other))


def test_other_messages_and_what_no_retour_accepts_are_refused() -> None:
    assert codes(bericht("JW315"), START, START_OK) == ["ijw.soort"]
    assert codes(START) == codes(START, STOP_OK) == ["ijw.niet_aanvaard"]
    refusing = make_retour(START, (), identificatie="R9", dagtekening=TODAY)
    assert refusing is not None
    refused = ijw.JwBericht(
        "JW306",
        refusing.inhoud | {"Header": refusing.inhoud["Header"] | {"RetourCodes": {"RetourCode": ["0001"]}}},
    )
    assert codes(START, refused) == ["ijw.niet_aanvaard"]


def test_an_envelope_makes_no_difference() -> None:
    """Of the GGk and of VECOZO; an error of the hub is no message."""
    bare = read(START, START_OK)
    raw, answer = ijw.write(START), ijw.write(START_OK)
    from_ggk = heen(raw).encode()
    from_vsp = vsp(b64(packed(raw))).encode()
    assert read(from_ggk, answer) == read(from_vsp, answer) == bare
    assert codes(fo01("<s:code>StUF055</s:code><s:plek>server</s:plek>").encode(), answer) == ["envelop.fout"]


def test_what_was_taken_back_and_what_a_person_decides_are_told_apart() -> None:
    """A start that was deleted is no help; an end by death is nobody's to tell by itself."""
    weg = message("JW305", "WEG1", StatusAanlevering="3")
    assert read(START, START_OK, weg, ok(weg)).stand is S.HERROEPEN
    over = message(
        "JW307",
        "OVER1",
        RedenBeeindiging="02",
        Begindatum=PAUZE.inhoud["Client"]["StopProducten"]["StopProduct"][0]["Begindatum"],
    )
    ended = read(START, START_OK, over, ok(over))
    assert (ended.stand, ended.terugkoppeling) == (S.MENS_BESLIST, None)
    verder = message(
        "JW307",
        "VERDER1",
        RedenBeeindiging="36",
        Begindatum=PAUZE.inhoud["Client"]["StopProducten"]["StopProduct"][0]["Begindatum"],
    )
    assert read(START, START_OK, verder, ok(verder)).stand is S.WACHT


def test_nothing_of_the_messages_is_in_what_is_told() -> None:
    """No number of a person, product, reason or reference; the two sides are there to compare."""
    found = read(TOEWIJZING, ok(TOEWIJZING), START, START_OK, STOP, STOP_OK)
    assert found.terugkoppeling is not None
    assert found.terugkoppeling.status is Hulpstatus.GESTOPT
    said = repr(dataclasses.asdict(found))
    for value in (BSN, "45A04", "300201", "RedenBeeindiging", "START1"):
        assert value not in said
    assert (found.aanbieder, found.geteld, found.gelezen) == (AGB, 3, 3)


def test_every_kind_that_is_read_has_a_retour_and_rules_over_several() -> None:
    assert set(ANSWERS) >= HEEN
    assert all(van_soort(soort) for soort in HEEN)
    assert set(BERICHTEN) >= HEEN
