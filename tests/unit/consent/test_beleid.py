"""Policy as data: what a profile must be, and that the policy hash names everything that steers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from typing import Any, cast

import pytest

from consent.beleid import Beleid, Proportionaliteitsprofiel, check_profiel, number_faults, parse_profiel
from consent.convenant import Afspraak, Afspraken, Convenant
from consent.decide import decide_as_if_agreed
from consent.grenzen import Grenzen
from consent.leeftijd import midnight
from consent.recht import parse_wet, with_changes
from consent.recht_nu import HUIDIG
from consent.regio import Regiobeleid
from consent.stromen import met_wijziging
from schemas.base import NOOIT
from schemas.base import Gegevenscategorie as G
from schemas.errors import InvalidMessage
from schemas.messages.berichten import BERICHTEN
from schemas.people.partij import Rol
from schemas.people.partijcodes import Partijhoedanigheid as P
from schemas.people.toestemming import Gebruiksdoel, Richting
from tests.builders import (
    NOW,
    PROFIELEN,
    a_profiel,
    a_request,
    authorities,
    beleid,
    hash_of,
    profiel_data,
    profielen,
    stromen,
)


def field(pad: str, **kw: Any) -> dict[str, Any]:
    return {"pad": pad, "waarom": "Nodig voor de test.", "norm": "AVG 5"} | kw


OK = field("school.naam")


def faults_of(**kw: Any) -> set[tuple[str, str]]:
    with pytest.raises(InvalidMessage) as caught:
        check_profiel(profiel_data(**kw))
    return {(f.code, f.place) for f in caught.value.faults}


def test_shipped_profiles() -> None:
    """The shipped profiles load, agree with their file names, and differ in doel, role, direction or type."""
    assert {p.id for p in profielen()} == {f.stem for f in PROFIELEN.glob("*.toml")}
    of_cases = Beleid.of(profielen(), rules_hash="").profielen.values()
    assert sum(map(len, of_cases)) == len(profielen()) > 0


@pytest.mark.parametrize("profiel", profielen(), ids=lambda p: p.id)
def test_shipped_fields_may_leave(profiel: Proportionaliteitsprofiel) -> None:
    """Every field of a shipped profile exists, may leave, and says why it is needed and by which norm. Of
    what no agreement opens only the number, where the table gives it.
    """
    leaf = {b.pad: b for b in BERICHTEN[profiel.bericht].bladen}
    assert list(number_faults(profiel, stromen())) == []
    for veld in profiel.velden:
        assert leaf[veld.pad].categorie not in NOOIT or leaf[veld.pad].op_regel
        assert len(veld.waarom) >= 10
        assert veld.norm
    assert profiel.velden == tuple({v.pad: v for v in profiel.velden}.values())


def test_valid() -> None:
    """A small profile is accepted as data and as TOML, with the same hash."""
    toml = """
        id = "fictief-profiel"
        versie = 1
        doel = "arrangement"
        rol = "jeugdhulpverlener"
        richting = "S2J"
        bericht = "ontwikkelingsperspectief"
        [[velden]]
        pad = "handelingsdeel.doelen[].omschrijving"
        waarom = "Nodig voor de test."
        norm = "AVG 5"
        nakijken = true
    """
    assert parse_profiel(toml) == check_profiel(profiel_data())
    assert parse_profiel(toml).hash == check_profiel(profiel_data()).hash


def test_refusals_are_told_together() -> None:
    """Unknown fields, fields that never leave and doubles are refused in one answer, each with its place."""
    velden = [field("school.naam"), field("verzonnen"), field("leerling.bsn"), field("gezag[].rol.code")]
    velden += [field("school.naam"), field("herkomst.bron"), field("school.*"), field("*")]
    velden += [
        {"pad": "leerling.bsn"},
        cast("dict[str, Any]", 3),
        field("bronfeiten.diagnoses[].naam", waarom="Te kort."),
    ]
    assert faults_of(velden=velden, versie=0) == {
        ("profiel.veld", "/velden/1/pad"),
        ("profiel.nooit", "/velden/2/pad"),
        ("profiel.nooit", "/velden/3/pad"),
        ("profiel.dubbel", "/velden/4/pad"),
        ("profiel.nooit", "/velden/5/pad"),
        ("profiel.joker", "/velden/6/pad"),
        ("profiel.joker", "/velden/7/pad"),
        ("profiel.vorm", "/velden/8/waarom"),
        ("profiel.vorm", "/velden/8/norm"),
        ("profiel.vorm", "/velden/9"),
        ("profiel.vorm", "/velden/10/waarom"),
        ("profiel.vorm", "/versie"),
    }


@pytest.mark.parametrize(
    ("pad", "marks", "codes"),
    [
        ("bronfeiten.diagnoses[].naam", {}, {"uitdrukkelijk"}),
        ("bronfeiten.diagnoses[].naam", {"uitdrukkelijk": True}, set()),
        ("bronfeiten.diagnoses[].naam", {"uitdrukkelijk": True, "nakijken": True}, {"nakijken"}),
        ("leerlingStem[].eigenWoorden", {}, {"uitdrukkelijk", "nakijken"}),
        ("leerlingStem[].eigenWoorden", {"uitdrukkelijk": True}, {"nakijken"}),
        ("leerlingStem[].eigenWoorden", {"uitdrukkelijk": True, "nakijken": True}, set()),
        ("perspectief.onderbouwing", {}, {"nakijken"}),
        ("perspectief.onderbouwing", {"nakijken": True, "uitdrukkelijk": True}, {"uitdrukkelijk"}),
        ("school.brin", {"nakijken": True, "uitdrukkelijk": True}, {"nakijken", "uitdrukkelijk"}),
    ],
)
def test_marks(pad: str, marks: dict[str, Any], codes: set[str]) -> None:
    """What needs an uitdrukkelijke toestemming or a review is marked so, and nothing else is."""
    data = profiel_data(velden=[OK, field(pad, **marks)])
    if not codes:
        assert pad in check_profiel(data).paden
        return
    with pytest.raises(InvalidMessage) as caught:
        check_profiel(data)
    faults = caught.value.faults
    assert {(f.code, f.place) for f in faults} == {(f"profiel.{c}", f"/velden/1/{c}") for c in codes}
    told = [("zet erbij" in f.text, bool(marks.get(f.code.removeprefix("profiel.")))) for f in faults]
    assert all(add is not there for add, there in told)


@pytest.mark.parametrize(
    ("kw", "place"),
    [
        pytest.param({"velden": [OK, OK | {"waarom": "Te kort."}]}, "/velden/1/waarom", id="short"),
        pytest.param({"velden": [OK, {"pad": "x", "norm": "x"}]}, "/velden/1/waarom", id="no reason"),
        pytest.param({"velden": [OK, OK | {"norm": ""}]}, "/velden/1/norm", id="no norm"),
        pytest.param({"velden": []}, "/velden", id="no fields"),
        pytest.param({"doel": "reclame"}, "/doel", id="unknown doel"),
        pytest.param({"bericht": "nieuwsbrief"}, "/bericht", id="unknown message"),
        pytest.param(
            {"velden": [OK, OK | {"waarom": "Twee regels\nvan reden."}]}, "/velden/1/waarom", id="lines"
        ),
        pytest.param({"velden": "school.naam"}, "/velden", id="no list"),
        pytest.param({"versie": 0}, "/versie", id="version 0"),
        pytest.param({"id": "Met Spaties"}, "/id", id="wrong id"),
        pytest.param({"extra": 1}, "/extra", id="unknown key"),
        pytest.param({"rol": float("nan")}, "/rol", id="not a number"),
    ],
)
def test_form(kw: dict[str, Any], place: str) -> None:
    """A profile that is not complete and exact is refused, with the place and never the value."""
    with pytest.raises(InvalidMessage) as caught:
        check_profiel(profiel_data(**kw))
    faults = caught.value.faults
    assert [f.place for f in faults if f.code == "profiel.vorm"] == [place]
    assert {f.code for f in faults} <= {"profiel.vorm", "profiel.dubbel"}
    assert "reclame" not in str([faults, caught.value])


def test_not_toml() -> None:
    """What is no TOML is an invalid message like any other, however deep it goes."""
    for text in ("id = ", "id = " + "[" * 20_000):
        with pytest.raises(InvalidMessage) as caught:
            parse_profiel(text)
        assert [f.code for f in caught.value.faults] == ["toml"]


def test_clash() -> None:
    """Two profiles for one case are refused, one profile twice is not."""
    one, other = a_profiel(), a_profiel(id="ander-profiel")
    with pytest.raises(InvalidMessage) as caught:
        Beleid.of([one, other], rules_hash="")
    assert [f.code for f in caught.value.faults] == ["profiel.botst"]
    assert len(Beleid.of([one, one], rules_hash="").profielen) == 1


def test_every_type_of_message_has_its_own_labels() -> None:
    """The policy knows the category of each path of each type, and none of a type that does not exist."""
    for soort, bericht in BERICHTEN.items():
        assert beleid().labels(soort) == {blad.pad: blad.categorie for blad in bericht.bladen}
    assert beleid().labels("onbekend") == {}


def test_a_path_has_the_category_of_the_type_that_is_decided_about() -> None:
    """The same path under another category in another type does not carry over."""
    asked = a_request(G.CONTACT, velden=("school.naam",))
    policy = dataclasses.replace(beleid(), velden={**beleid().velden, "ander": {"school.naam": G.GEZONDHEID}})
    who = authorities()
    assert decide_as_if_agreed(asked, who, policy, NOW).released == ("school.naam",)
    other = dataclasses.replace(asked, bericht="ander")
    assert decide_as_if_agreed(other, who, policy, NOW).released == ()


ELEVEN = """
[[leeftijd]]
id = "jeugdige_mee"
versie = 2
jaren = 11
wet = [{ artikel = "Jeugdwet 7.3.15" }]
geldigVanaf = 2027-01-01
"""
V53 = """
[[regel]]
id = "V53"
versie = 2
wat = "Van jeugdhulp aan school, zoals het wordt"
kracht = "toestemming"
van = ["jeugdhulp"]
aan = ["onderwijs"]
doelen = ["arrangement"]
soorten = ["contact"]
kolom = ["J2S"]
wet = [{{ artikel = "Jeugdwet 7.3.11(1)", zeker = "feitenbasis" }}]
geldigVanaf = {}
"""
KEY = (Gebruiksdoel.ARRANGEMENT, Rol.JEUGDHULPVERLENER, Richting.S2J, "ontwikkelingsperspectief")
BASE = Beleid({KEY: (a_profiel("school.naam"),)}, rules_hash="1")
CONVENANT = Convenant(
    id="convenant-fictie",
    versie=1,
    titel="Fictief",
    geldig_van=NOW.date(),
    geldig_tot_en_met=NOW.date(),
    partijen=("brin:99ZZ00", "agb:99999901"),
    afspraken=(Afspraak(doel=Gebruiksdoel.OPP, berichten=("terugkoppeling",)),),
)
CHANGES: list[dict[str, Any]] = [
    {"rules_hash": "2"},
    {"gezag_max_maanden": 11},
    {"besluit_minuten": 14},
    {"kennisgevingen": frozenset()},
    {"kennisgevingen": frozenset({hash_of("a")})},
    {"kennisgevingen": frozenset({hash_of("a"), hash_of("b")})},
    {"regio": Regiobeleid(tweede_blik_uren=12)},
    {"regio": Regiobeleid(beide_ouders=True)},
    {"stromen": None},
    {"stromen": stromen()},
    {"stromen": met_wijziging(stromen(), V53.format("2020-01-01"))},
    {"afspraken": Afspraken({}, verplicht=True)},
    {"afspraken": Afspraken({"hash-1": CONVENANT})},
    {"afspraken": Afspraken({"hash-2": CONVENANT})},
    {"afspraken": Afspraken({"hash-1": CONVENANT, "hash-2": CONVENANT})},
    {"inrichting": "hash-3"},
    {"grenzen": Grenzen(vrijgaven=1)},
    {"profielen": {}},
    {"profielen": {(Gebruiksdoel.OPP, *KEY[1:]): (a_profiel("school.naam"),)}},
    {"profielen": {KEY: (a_profiel("school.brin"),)}},
    {"profielen": {KEY: (a_profiel("school.naam", versie=2),)}},
    {"profielen": {(*KEY[:3], "opp_uittreksel"): (a_profiel("school.naam", bericht="opp_uittreksel"),)}},
    {"profielen": {KEY: (check_profiel(profiel_data(velden=[OK | {"waarom": "Om iets anders."}])),)}},
    {"profielen": {KEY: (check_profiel(profiel_data(velden=[OK | {"norm": "AVG 6"}])),)}},
    {"recht": with_changes(HUIDIG, parse_wet(ELEVEN.replace("2027", "2020")))},
    {
        "recht": with_changes(HUIDIG, parse_wet(ELEVEN.replace("= 11", "= 10"))),
        "wet_van": dt.date(2027, 6, 1),
    },
    {"velden": {**BASE.velden, "terugkoppeling": {"status": G.NUMMER}}},
]


def test_hash_changes_with_anything() -> None:
    """Each change of the policy gives another hash, and the same policy gives the same."""
    hashes = [BASE.hash_on(NOW), *(dataclasses.replace(BASE, **change).hash_on(NOW) for change in CHANGES)]
    assert len(set(hashes)) == len(hashes)
    assert dataclasses.replace(BASE).hash_on(NOW) == BASE.hash_on(NOW)


def test_a_change_that_begins_later_is_another_policy_from_its_day_on() -> None:
    """Of before that day the hash is what it was: what is decided now is decided by the law of now."""
    later = dataclasses.replace(BASE, recht=with_changes(HUIDIG, parse_wet(ELEVEN)))
    first = midnight(dt.date(2027, 1, 1))
    before = first - dt.timedelta(microseconds=1)
    assert later.hash_on(before) == BASE.hash_on(before) == BASE.hash_on(first)
    assert later.hash_on(first) != BASE.hash_on(first)
    assert later.hash_on(first) == dataclasses.replace(later, wet_van=dt.date(2027, 2, 1)).hash_on(NOW)
    assert set(later.hashes) == {later.hash_on(before), later.hash_on(first)}


def test_two_versions_of_a_profile_each_hold_their_days() -> None:
    """The first day of the next is the first that the former does not hold; on one day there is one."""
    day_one = dt.date(2027, 1, 1)
    old, new = (
        a_profiel("school.naam", geldig_tot=day_one),
        a_profiel("school.brin", id="nieuw", geldig_vanaf=day_one),
    )
    policy = Beleid.of([old, new], rules_hash="", stromen=stromen())
    first = midnight(day_one)
    assert policy.profiel(KEY, first - dt.timedelta(microseconds=1), None, None) is old
    assert policy.profiel(KEY, first, None, None) is new
    assert [*policy.now(NOW)] == [*policy.now(NOW)] == [old]
    assert [*policy.now(first)] == [new]
    assert policy.dagen[-1] == day_one
    assert policy.hash_on(NOW) != policy.hash_on(first)
    asked = a_request(G.CONTACT, velden=("school.naam", "school.brin"))
    gone = [decide_as_if_agreed(asked, authorities(), policy, at).released for at in (NOW, first)]
    assert gone == [("school.naam",), ("school.brin",)]
    with pytest.raises(InvalidMessage):
        Beleid.of([old, new, a_profiel(id="derde")], rules_hash="")


def test_a_profile_is_about_those_whom_it_names() -> None:
    """One that names nobody is about a school and the other side of before; each pair has one at most."""
    there = a_profiel("school.naam")
    named = a_profiel("school.brin", id="wijkteam", van=(P.JGZ,), aan=(P.TOEGANG,))
    policy = Beleid.of([there, named], rules_hash="")
    assert policy.profiel(KEY, NOW, P.ONDERWIJS, P.JEUGDHULP) is there
    assert policy.profiel(KEY, NOW, P.JGZ, P.TOEGANG) is named
    assert policy.profiel(KEY, NOW, None, None) is there
    for van, aan in ((P.JGZ, P.JEUGDHULP), (P.WMO, P.TOEGANG), (P.ONDERWIJS, P.JGZ), (P.JGZ, None)):
        assert policy.profiel(KEY, NOW, van, aan) is None
    back = a_profiel(richting="J2S")
    assert back.tussen(P.JEUGDHULP, P.ONDERWIJS)
    assert not back.tussen(P.ONDERWIJS, P.JEUGDHULP)
    counted = a_profiel("schooljaar", bericht="populatiemeting", rol="toegangsmedewerker")
    assert counted.tussen(P.JGZ, P.WMO)
    both = (P.ONDERWIJS, P.JEUGDHULP)
    with pytest.raises(InvalidMessage):
        Beleid.of([there, a_profiel(id="zelfde", van=both, aan=both)], rules_hash="")


def test_who_is_named_enters_the_hash_only_where_somebody_is() -> None:
    """So a profile of before keeps the hash that recorded decisions name."""
    bare = a_profiel()
    text = bare.model_dump_json(exclude={"van", "aan"})
    assert bare.hash == hashlib.sha256(text.encode()).hexdigest()
    hashes = {bare.hash, a_profiel(van=(P.JGZ,)).hash, a_profiel(aan=(P.JGZ,)).hash}
    assert len(hashes) == 3


def test_every_part_is_changed_once() -> None:
    """The changes above touch every field the policy has, so a new one cannot be forgotten."""
    assert {name for change in CHANGES for name in change} == {f.name for f in dataclasses.fields(Beleid)}


def test_hash_does_not_depend_on_order() -> None:
    """In whatever order profiles were read, the policy is the same."""
    one, other = a_profiel(), a_profiel(id="ander-profiel", doel="opp")
    hashes = {Beleid.of(order, rules_hash="").hash_on(NOW) for order in ([one, other], [other, one])}
    assert len(hashes) == 1


def test_one_profile_per_type_of_message() -> None:
    """Two types under one doel, role and direction stand beside each other, and each decides of its own."""
    whole, part = (
        a_profiel("school.naam"),
        a_profiel("school.brin", id="uittreksel", bericht="opp_uittreksel"),
    )
    policy = Beleid.of([whole, part], rules_hash="", stromen=stromen())
    assert len(policy.profielen) == 2
    asked = a_request(G.CONTACT, velden=("school.naam", "school.brin"))
    for soort, pad in (("ontwikkelingsperspectief", "school.naam"), ("opp_uittreksel", "school.brin")):
        decision = decide_as_if_agreed(dataclasses.replace(asked, bericht=soort), authorities(), policy, NOW)
        assert decision.released == (pad,)
        assert decision.profile_hash == policy.profielen[(*KEY[:3], soort)][0].hash
