"""The twelve traps of iJw 3.2 that the fact base warns of, each by name."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from adapters.ijw import JwBericht, read, write
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.regels import check
from adapters.ijw.retour import ANSWERS, make_retour, new_identificatie
from schemas.errors import InvalidMessage
from tests.unit.adapters.ijw.berichten import TODAY, Change, again, bericht, drop, get, put

START, STOP = "Client/StartProducten/StartProduct", "Client/StopProducten/StopProduct"
ALLOCATED = "Client/ToegewezenProducten/ToegewezenProduct"


def codes(soort: str, *changes: Change) -> set[str]:
    return {f.code for f in check(bericht(soort, *changes), today=TODAY)}


def retour(heen: JwBericht, *fouten: Regelfout, **own: Any) -> JwBericht:
    more: dict[str, Any] = {"identificatie": "R1", "dagtekening": TODAY} | own
    answer = make_retour(heen, fouten, **more)
    assert answer is not None
    return answer


@pytest.mark.parametrize("soort", [s for s in ANSWERS if s != "JW323"])
def test_trap_01_a_retour_does_not_swap_sender_and_receiver(soort: str) -> None:
    """Afzender, Ontvanger and BerichtIdentificatie of a retour are those of what it answers."""
    heen = bericht(soort)
    sent, answer = heen.inhoud["Header"], retour(heen).inhoud["Header"]
    for name in ("Afzender", "Ontvanger", "BerichtIdentificatie", "XsdVersie"):
        assert answer[name] == sent[name]


@pytest.mark.parametrize("soort", [s for s in ANSWERS if s != "JW323"])
def test_trap_02_accepted_is_a_header_without_codes(soort: str) -> None:
    """An accepted message gets a header without codes, and not one with 0200."""
    answer = retour(bericht(soort)).inhoud
    assert list(answer) == ["Header"]
    assert "RetourCodes" not in answer["Header"]


def test_trap_03_the_schema_gives_no_retour_and_a_rule_only_0001() -> None:
    """What the schema refuses never becomes a message to answer; a broken rule is not named."""
    with pytest.raises(InvalidMessage):
        read(write(bericht("JW305")).replace(b"<jw305:Geslacht>2<", b"<jw305:Geslacht>7<"))
    heen = bericht("JW305", put(f"{START}[1]/StatusAanlevering", "9"))
    answer = retour(heen, *check(heen, today=TODAY)).inhoud
    assert list(answer) == ["Header"]
    assert answer["Header"]["RetourCodes"] == {"RetourCode": ["0001"]}


def test_trap_04_inside_a_composite_the_namespace_changes() -> None:
    """What a composite holds is of the basisschema, also in a retour, and its RetourCodes are not."""
    heen = bericht("JW305")
    fout = Regelfout("TR326", f"/Bericht/{START}[1]", "Er is al een start.", 3, "9326")
    raw = write(retour(heen, fout))
    for tag in (b"<jw306:Product>", b"<ijw:Categorie>", b"<jw306:Naam>", b"<ijw:Achternaam>"):
        assert tag in raw
    for tag in (b"<jw306:RetourCodes>", b"<jw306:RetourCode>9326<", b"<ijw:Dagtekening>"):
        assert tag in raw


def test_trap_05_an_identificatie_has_twelve_characters_at_most() -> None:
    """Ours has twelve; a UUID is refused there, and fits as ReferentieAanbieder."""
    uuid = "8a554e87-5a3e-4c55-8a1e-0123456789ab"
    assert write(retour(bericht("JW315"), identificatie=new_identificatie(lambda n: n - 1)))
    with pytest.raises(InvalidMessage):
        write(retour(bericht("JW315"), identificatie=uuid))
    path = "Client/AangevraagdeProducten/AangevraagdProduct[1]/ReferentieAanbieder"
    assert write(bericht("JW315", put(path, uuid)))


@pytest.mark.parametrize("soort", ANSWERS)
def test_trap_06_the_berichtcode_is_not_the_number_of_the_message(soort: str) -> None:
    """Its schema fixes the code, and accepts no other: what we make has the right one."""
    answer = retour(bericht(soort))
    assert read(write(answer)).soort == ANSWERS[soort]
    assert answer.inhoud["Header"]["BerichtCode"] != answer.soort.removeprefix("JW")


def test_trap_07_codes_keep_their_zeros_and_numbers_have_none() -> None:
    """A municipality is text; a ToewijzingNummer is the same number with zeros before it."""
    heen = bericht("JW305", put(f"{START}[1]/ToewijzingNummer", "0001"))
    answer = read(write(retour(heen, Regelfout("TR019", f"/Bericht/{START}[1]", "Onbekend.", 3, "9019"))))
    assert get(answer, "Header/Ontvanger") == "0363"
    assert get(answer, f"{START}[1]/ToewijzingNummer") == "0001"
    assert codes("JW305", put(f"{START}[1]/ToewijzingNummer", "0002")) == {"TR101"}


@pytest.mark.parametrize(
    ("soort", "path", "value", "rule"),
    [
        ("JW305", f"{START}[1]/StatusAanlevering", "2", "CS058"),
        ("JW307", f"{STOP}[1]/StatusAanlevering", "9", "CS058"),
        ("JW301", f"{ALLOCATED}[1]/RedenWijziging", "01", "CS336"),
        ("JW301", "Client/Naam/NaamGebruik", "5", "CS050"),
    ],
)
def test_trap_08_the_schema_allows_more_than_the_rules(soort: str, path: str, value: str, rule: str) -> None:
    """Values that the schema still has are refused by a rule."""
    assert write(bericht(soort, put(path, value)))
    assert codes(soort, put(path, value)) == {rule}


def test_trap_09_delete_and_insert_of_one_key_do_not_fit_in_one_message() -> None:
    """The status is no part of the key; reason and end date of a stop are."""
    deleted = put("StatusAanlevering", "3")
    assert codes("JW305", again(f"{START}[1]", deleted)) == {"TR101"}
    assert codes("JW307", again(f"{STOP}[1]", deleted)) == {"TR101"}
    assert codes("JW305", again(f"{START}[1]", deleted, put("ToewijzingIngangsdatum", "2026-03-01"))) == {
        "TR101"
    }
    assert codes("JW307", again(f"{STOP}[1]", deleted, put("RedenBeeindiging", "20"))) == set()
    assert codes("JW307", again(f"{STOP}[1]", deleted, put("Einddatum", "2026-04-11"))) == set()
    assert codes("JW305", again(f"{START}[1]", deleted, put("Begindatum", "2026-04-03"))) == set()


def test_trap_10_starts_and_stops_lie_in_the_past_and_20_is_a_stop_like_another() -> None:
    """After the dagtekening is wrong whatever the reason; 20 breaks no rule of one message."""
    assert codes("JW305", put(f"{START}[1]/Begindatum", "2026-04-16")) == {"TR134"}
    assert codes("JW307", put(f"{STOP}[1]/Einddatum", "2026-04-16")) == {"TR134"}
    temporary = put(f"{STOP}[1]/RedenBeeindiging", "20")
    assert codes("JW307", temporary) == set()
    assert codes("JW307", temporary, put(f"{STOP}[1]/Einddatum", "2026-04-16")) == {"TR134"}


def test_trap_11_an_allocation_comes_back_under_its_number_in_a_later_message() -> None:
    """The same number again is fine there; twice in one message, even with a later date, is not.

    That a 301 holds all current allocations is for who remembers them (OP087).
    """
    later = [
        put(f"{ALLOCATED}[1]/Toewijzingsdatum", "2026-04-15"),
        put(f"{ALLOCATED}[1]/RedenWijziging", "04"),
    ]
    assert codes("JW301", *later) == set()
    both = again(f"{ALLOCATED}[1]", put("Toewijzingsdatum", "2026-04-15"))
    assert codes("JW301", both) == {"TR101", "TR302"}


ADRES = "Client/Contactgegevens/Contact[1]/Adres"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (drop(f"{ADRES}/LandCode"), "CD005"),
        (drop(f"{ADRES}/Huis"), "CD025"),
        (put(f"{ADRES}/Postcode", "1234 AB"), "CS089"),
    ],
)
def test_trap_12_postcode_country_and_house_number_go_together(change: Change, rule: str) -> None:
    """A postcode has a country, a Dutch address a house number, a Dutch postcode no space."""
    assert codes("JW301", change) == {rule}


def test_the_day_of_the_receiver_decides_what_is_the_future() -> None:
    """The clock is an argument: the same message is too early on one day and in time on the next."""
    heen = bericht("JW305")
    assert [f.retourcode for f in check(heen, today=dt.date(2026, 4, 14))] == ["8848"]
    assert check(heen, today=dt.date(2026, 4, 15)) == ()
