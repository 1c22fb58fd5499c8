"""People who sign in: how sure it is, what that lets them do, and how the register names them."""

from __future__ import annotations

import datetime as dt

import pytest

from schemas.people.mensen import (
    EISEN,
    MEDEWERKER,
    SCOPES,
    Betrouwbaarheid,
    Eis,
    Handeling,
    Mensrol,
    Niveau,
    Persoon,
    Uitgever,
    Zelf,
    kenmerk,
    waarden,
)
from schemas.people.partij import Scope
from tests.builders import an_id

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


def person(*rollen: Mensrol, niveau: Niveau = Niveau.SUBSTANTIEEL, minutes: int = 0) -> Persoon:
    since = NOW - dt.timedelta(minutes=minutes)
    return Persoon("a" * 32, frozenset(rollen), niveau, since, "Iris Verzonnen", {"sub": "geheim-sub"})


def test_a_higher_level_is_enough_for_a_lower_one() -> None:
    assert Niveau.HOOG.haalt(Niveau.LAAG)
    assert Niveau.LAAG.haalt(Niveau.LAAG)
    assert not Niveau.LAAG.haalt(Niveau.SUBSTANTIEEL)


@pytest.mark.parametrize(
    ("eis", "holds"),
    [
        (Eis(handeling=Handeling.LEZEN, niveau=Niveau.LAAG), True),
        (Eis(handeling=Handeling.LEZEN, niveau=Niveau.HOOG), False),
        (Eis(handeling=Handeling.TOESTEMMEN, niveau=Niveau.LAAG, vers_minuten=10), True),
        (Eis(handeling=Handeling.TOESTEMMEN, niveau=Niveau.LAAG, vers_minuten=9), False),
    ],
    ids=["lower", "higher", "just fresh", "no longer fresh"],
)
def test_a_login_is_held_to_level_and_age(eis: Eis, holds: bool) -> None:
    assert person(minutes=10).voldoet(eis, NOW) is holds


def test_what_a_person_may_is_what_his_roles_may() -> None:
    assert person(Mensrol.FG, Mensrol.BEHEERDER).scopes == SCOPES[Mensrol.FG] | SCOPES[Mensrol.BEHEERDER]
    assert person().scopes == frozenset()


def test_who_acts_for_himself_does_no_operation_of_his_school() -> None:
    """An ouder or leerling acts as a person of his own; only who works there acts for the partij."""
    assert not SCOPES[Mensrol.OUDER] | SCOPES[Mensrol.LEERLING]
    assert {r for r in Mensrol if SCOPES[r]} == MEDEWERKER
    assert Scope.PROEFKLOK not in frozenset().union(*SCOPES.values())


def test_every_action_asks_something_and_what_is_grave_asks_a_fresh_login() -> None:
    assert EISEN.keys() == set(Handeling)
    assert {h for h, e in EISEN.items() if e.vers_minuten is None} == {Handeling.LEZEN}
    assert {h for h, e in EISEN.items() if not e.niveau.haalt(Niveau.SUBSTANTIEEL)} == {Handeling.LEZEN}


def test_no_name_of_a_person_is_shown_by_accident() -> None:
    assert "Iris" not in repr(person())
    assert "geheim-sub" not in repr(person())


@pytest.mark.parametrize(
    ("leeftijd", "samen", "volwassen"),
    [(15, True, False), (16, False, False), (17, False, False), (18, False, True)],
)
def test_an_ouder_is_asked_until_sixteen_and_reads_on_until_eighteen(
    leeftijd: int, samen: bool, volwassen: bool
) -> None:
    zelf = Zelf(an_id("leerling"), an_id("ref"), an_id("persoon"), leeftijd)
    assert (zelf.samen, zelf.volwassen) == (samen, volwassen)


def test_the_same_name_at_two_issuers_is_two_people() -> None:
    assert kenmerk("https://a.example", "x") != kenmerk("https://b.example", "x")
    assert kenmerk("https://a.example", "x") == kenmerk("https://a.example", "x")


def test_an_issuer_is_asked_for_what_is_enough_and_an_unknown_answer_is_none() -> None:
    by = Uitgever(
        id="proef",
        naam="Proef",
        issuer="https://uitgever.example",
        client_id="ozlijn",
        betrouwbaarheid=(
            Betrouwbaarheid(acr="hoog", niveau=Niveau.HOOG),
            Betrouwbaarheid(acr="sms", niveau=Niveau.SUBSTANTIEEL),
            Betrouwbaarheid(acr="ww", niveau=Niveau.LAAG),
        ),
    )
    assert by.acr_values(Niveau.SUBSTANTIEEL) == ("sms", "hoog")
    assert by.niveau("ww") is Niveau.LAAG
    assert by.niveau("zelf bedacht") is None
    assert by.niveau(None) is None


def test_a_claim_is_one_text_or_a_list_of_them() -> None:
    claims = {"een": "ib", "lijst": ["ib", 4, "fg"], "getal": 4}
    assert waarden(claims, "een") == {"ib"}
    assert waarden(claims, "lijst") == {"ib", "fg"}
    assert waarden(claims, "getal") == frozenset()
    assert waarden(claims, "ontbreekt") == frozenset()
