"""What a UWLR answer becomes: envelope, versions, steps, profiles, keys and references."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters import edexml, uwlr
from adapters.xml import parser as xml
from schemas.errors import InvalidMessage, UnsupportedMessage
from schemas.messages.registratie import Registratievertaling, Sleutel, Sleutelsoort, ZonderGegevens
from tests.unit.adapters.edexml.school import DATA, L1, SCHOOL, TODAY, Change, add, changed, drop, put
from tests.unit.adapters.uwlr.antwoord import ANSWER, SECRETS, bare, enveloped

AT = "/leerlinggegevens_antwoord/leerlinggegevens"


def translate(raw: bytes, profiel: uwlr.Profiel | None = None) -> Registratievertaling:
    result = uwlr.translate(raw, profiel=profiel, today=TODAY)
    assert isinstance(result, Registratievertaling)
    return result


def codes(raw: bytes) -> list[tuple[str, str]]:
    """The faults of an answer that must be refused; check says the same as translate."""
    with pytest.raises(InvalidMessage) as caught:
        uwlr.translate(raw, today=TODAY)
    assert uwlr.check(raw, today=TODAY).fouten == caught.value.faults
    return [(f.code, f.place) for f in caught.value.faults]


def test_the_made_up_answer_becomes_exactly_the_expected_registration() -> None:
    """Every field lands where the reviewed expectation says, and nothing more."""
    result = translate(ANSWER)
    want = json.loads((DATA / "uwlr" / "antwoord.json").read_text("utf-8"))
    assert result.bericht.inhoud().data == want
    assert uwlr.check(ANSWER, today=TODAY).bevindingen == result.bevindingen


def test_the_official_sample_as_an_answer(standard: Callable[[str], Path]) -> None:
    """The example of EDEXML made into an answer reads as the file does, except the role that UWLR lacks."""
    base = standard("uwlr/EDEXML.Voorbeeld.2.1.xml").read_bytes()
    result = translate(bare(base=base, version=None))
    want = edexml.translate(base, today=TODAY).bericht
    first, *others = want.leerkrachten
    assert result.bericht.leerlingen == want.leerlingen
    assert result.bericht.groepen == want.groepen
    assert result.bericht.leerkrachten[1:] == tuple(others)
    assert [r.code for r in result.bericht.leerkrachten[0].rollen] == ["LRK"]
    assert [r.code for r in first.rollen] == ["TAL"]
    leerling = f"{AT}/leerlingen/leerling"
    assert [(b.code, b.place) for b in result.bevindingen] == [
        ("eckid.weggelaten", f"{leerling}[1]"),
        ("gegeven.weggelaten", f"{leerling}[2]/land"),
        ("nummer.weggelaten", f"{leerling}[2]/bsn"),
        ("gegeven.weggelaten", f"{leerling}[2]/gewicht_nieuw"),
        ("gegeven.niet_overgenomen", f"{leerling}[2]/postcodenl"),
        ("gegeven.weggelaten", f"{leerling}[3]/land_vader"),
        ("gegeven.weggelaten", f"{leerling}[3]/land_moeder"),
        ("nummer.weggelaten", f"{leerling}[3]/bsn_ondwnr-4"),
        ("rol.omschrijving", f"{AT}/leerkrachten/leerkracht[2]/rolomschrijving[1]"),
    ]


def test_our_answers_are_valid_by_the_official_schema(standard: Callable[[str], Path]) -> None:
    """What our schema accepts of the made-up school, the official one accepts in a year that it lists."""
    official = xml.Schema(
        standard("uwlr/UWLR_Leerlinggegevens_v2p2.xsd"), lists=frozenset(), special={}, keyed=frozenset()
    )
    raw = bare(put("school/schooljaar", "2024-2025"))
    document = xml.parse(raw, max_bytes=uwlr.MAX_BYTES)
    assert document.faults(official) == []
    assert translate(raw).bericht.leerlingen


def test_the_envelope_is_optional() -> None:
    """In an envelope or bare, the registration is the same and the places say where it stood."""
    body = bare()
    inside, outside = translate(enveloped(body)), translate(body)
    assert inside.bericht == outside.bericht
    assert [b.place for b in inside.bevindingen] == [f"/Envelope/Body{b.place}" for b in outside.bevindingen]


def test_the_header_is_never_read() -> None:
    """The keys in the header are in nothing that comes out, not of a good answer and not of a wrong one."""
    for raw in (ANSWER, ANSWER.replace(b"<u:geslacht>2", b"<u:geslacht>7"), enveloped(bare())):
        result = uwlr.check(raw, today=TODAY)
        said = repr(result) + (repr(uwlr.translate(raw, today=TODAY)) if result.goed else "")
        assert [secret for secret in SECRETS if secret in said] == []
    tree = xml.parse(ANSWER, max_bytes=uwlr.MAX_BYTES).tree(uwlr._SCHEMA)
    assert "GEHEIM" not in repr(tree)


def test_a_fault_in_an_envelope_has_its_own_place_and_line() -> None:
    """Also when the sender uses prefixes, a place leads to the element."""
    raw = ANSWER.replace(b"<u:geslacht>2", b"<u:geslacht>7").replace(b"2016-02-29", b"x")
    leerling = "/Envelope/Body/leerlinggegevens_antwoord/leerlinggegevens/leerlingen/leerling[1]"
    assert codes(raw) == [
        ("datum.ongeldig", f"{leerling}/geboortedatum"),
        ("xsd.codelijst", f"{leerling}/geslacht"),
    ]


@pytest.mark.parametrize("reden", ["geenwijzigingen", "geengegevens"])
@pytest.mark.parametrize(
    "answer",
    ["leerlinggegevens_antwoord", "structuur_antwoord", "leerlingen_antwoord", "leerkrachten_antwoord"],
)
def test_an_answer_without_content_is_a_value(answer: str, reden: str) -> None:
    """No changes and no data are good answers of their own kind, bare and in an envelope."""
    raw = f'<a:{answer} xmlns:a="{uwlr.NAMESPACE}"><a:{reden}/></a:{answer}>'.encode()
    for each in (raw, enveloped(raw)):
        result = uwlr.translate(each, today=TODAY)
        assert isinstance(result, ZonderGegevens)
        assert result.reden == reden
        assert uwlr.check(each, today=TODAY).goed


@pytest.mark.parametrize(
    "content", [b"", b"<a:geengegevens/><a:geenwijzigingen/>", b"<a:geengegevens>x</a:geengegevens>"]
)
def test_an_answer_must_say_something_and_one_thing(content: bytes) -> None:
    """An empty answer or two at once is refused."""
    raw = b'<a:leerlinggegevens_antwoord xmlns:a="%s">%s</a:leerlinggegevens_antwoord>' % (
        uwlr.NAMESPACE.encode(),
        content,
    )
    assert codes(raw)
    assert codes(enveloped(raw))


def only(*names: str) -> list[Change]:
    return [drop(n) for n in ("vestigingen", "groepen", "leerlingen", "leerkrachten") if n not in names]


STEPS = [
    ("structuur", ("vestigingen", "groepen"), (1, 3, 0, 0)),
    ("leerlingen", ("leerlingen",), (0, 0, 5, 0)),
    ("leerkrachten", ("leerkrachten",), (0, 0, 0, 2)),
]


@pytest.mark.parametrize(("deel", "parts", "counts"), STEPS)
def test_an_answer_in_steps_says_which_part_it_is(
    deel: str, parts: tuple[str, ...], counts: tuple[int, ...]
) -> None:
    """One step holds one part of the school; references to another step are kept and said to be unchecked."""
    raw = bare(*only(*parts), answer=f"{deel}_antwoord", element=f"leerlinggegevens-{deel}")
    result = translate(raw)
    b = result.bericht
    assert b.deel == deel
    assert (len(b.vestigingen), len(b.groepen), len(b.leerlingen), len(b.leerkrachten)) == counts
    unchecked = "verwijzing.niet_gecontroleerd" in {f.code for f in result.bevindingen}
    assert unchecked == (deel != "structuur")
    if b.leerlingen:
        assert b.leerlingen[0].groepen == ("7/8", "plus")


def test_a_step_cannot_hold_another_part() -> None:
    """Leerlingen in an answer about structuur are refused."""
    raw = bare(answer="structuur_antwoord", element="leerlinggegevens-structuur")
    assert [code for code, _ in codes(raw)] == ["xsd.onverwacht"]


def test_a_soap_fault_is_one_clear_fault() -> None:
    """A Fault of the school system is told as such, and what it says is not repeated."""
    said = b"<faultstring>KANARIE</faultstring><detail><x>KANARIE</x></detail>"
    fault = b"<s:Fault><faultcode>s:Server</faultcode>" + said + b"</s:Fault>"
    raw = enveloped(fault)
    assert codes(raw) == [("uwlr.soap_fout", "/Envelope/Body/Fault")]
    assert "KANARIE" not in repr(uwlr.check(raw, today=TODAY))


SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
RESULTS = "http://www.edustandaard.nl/leerresultaten/2/leerresultaten"
REFUSED = [
    ("leerlinggegevens_verzoek", uwlr.NAMESPACE, "uwlr.verzoek"),
    ("structuur_verzoek", uwlr.NAMESPACE, "uwlr.verzoek"),
    ("leerlingen_verzoek", uwlr.NAMESPACE, "uwlr.verzoek"),
    ("leerkrachten_verzoek", uwlr.NAMESPACE, "uwlr.verzoek"),
    ("leerresultaten_verzoek", RESULTS, "uwlr.verzoek"),
    ("leerresultaten_antwoord", RESULTS, "uwlr.resultaten"),
    ("leerlinggegevens_antwoord", "urn:x", "uwlr.namespace"),
    ("leerlinggegevens_antwoord", "", "uwlr.namespace"),
    ("leerlinggegevens", f"{uwlr.NAMESPACE}/x", "uwlr.namespace"),
]


@pytest.mark.parametrize(("name", "namespace", "code"), REFUSED)
def test_what_is_nearly_an_answer_is_refused_as_what_it_is(name: str, namespace: str, code: str) -> None:
    """Bare and in an envelope: a request, results, another namespace. No name of the sender comes back."""
    raw = f'<{name} xmlns="{namespace}"><KANARIE/></{name}>'.encode()
    for each, place in ((raw, "/*"), (enveloped(raw), "/Envelope/Body/*[1]")):
        with pytest.raises(UnsupportedMessage) as caught:
            uwlr.translate(each, today=TODAY)
        assert [(f.code, f.place) for f in caught.value.faults] == [(code, place)]
        assert uwlr.check(each, today=TODAY).fouten == caught.value.faults
    assert uwlr.concerns(namespace, name)


@pytest.mark.parametrize("body", [b"", b"<x/>", bare(), b"<e:Fault/>"])
def test_soap_1_2_is_unsupported(body: bytes) -> None:
    """Only SOAP 1.1 is in the standard, whatever the envelope holds."""
    raw = enveloped(body.replace(b"<e:Fault/>", b'<e:Fault xmlns:e="%s"/>' % SOAP_12.encode()), soap=SOAP_12)
    with pytest.raises(UnsupportedMessage) as caught:
        uwlr.translate(raw, today=TODAY)
    assert [f.code for f in caught.value.faults] == ["uwlr.soap_versie"]


def test_a_fault_of_the_school_system_in_its_own_element() -> None:
    """The schema of the standard has an element for the fault of each step."""
    said = "<faultstring>KANARIE</faultstring>"
    raw = f'<StructuurFault xmlns="{uwlr.NAMESPACE}">{said}</StructuurFault>'.encode()
    assert codes(raw) == [("uwlr.soap_fout", "/*")]
    assert codes(enveloped(raw)) == [("uwlr.soap_fout", "/Envelope/Body/*[1]")]


@pytest.mark.parametrize("content", [b"", b"<x/>", b"<x/><y/>"])
def test_an_envelope_with_anything_else_is_refused(content: bytes) -> None:
    """A body holds exactly one answer."""
    assert codes(enveloped(content))
    assert codes(enveloped(bare() + content if content else b"<x/>"))


@pytest.mark.parametrize("raw", [b"<EDEX/>", b'<x xmlns="%s"/>' % uwlr.NAMESPACE.encode()])
def test_another_root_is_no_uwlr(raw: bytes) -> None:
    """What does not begin as an answer is told so."""
    assert codes(raw) == [("uwlr.wortel", "/*")]


def test_herken() -> None:
    """The root alone says whether a document can be for this adapter."""
    assert uwlr.herken(uwlr.NAMESPACE, "leerlinggegevens_antwoord") == "uwlr"
    assert uwlr.herken(uwlr.NAMESPACE, "structuur_antwoord") == "uwlr"
    assert uwlr.herken(uwlr.SOAP, "Envelope") == "uwlr"
    assert uwlr.herken(uwlr.NAMESPACE, "leerlinggegevens_verzoek") is None
    assert uwlr.herken("", "leerlinggegevens_antwoord") is None


@pytest.mark.parametrize("version", ["2.1", "2.2", "2.2.1"])
def test_a_known_version_gives_no_finding(version: str) -> None:
    """An answer of 2.2 may name itself or the objects in it."""
    result = translate(bare(version=version))
    assert not any(b.code.startswith("uwlr.") for b in result.bevindingen)
    assert result.bericht.herkomst.versie == version


ECK_ID = "https://ketenid.nl/201703/KANARIE"


def test_2_3_is_read_as_2_2_and_said() -> None:
    """The namespace of 2.3 is the same and no schema is public; there the key can be an ECK iD."""
    result = translate(bare(put(f"{L1}/@key", ECK_ID), version="2.3"))
    assert result.bevindingen[0].code == "uwlr.versie_2_3"
    assert result.bericht.herkomst.versie == "2.3"
    assert result.bericht.leerlingen[0].sleutel.soort is Sleutelsoort.ECK_ID
    assert "KANARIE" not in repr(result)


@pytest.mark.parametrize("who", ["leerlingen/leerling", "leerkrachten/leerkracht"])
def test_in_2_3_the_eck_id_can_be_the_only_key(who: str) -> None:
    """It tells them apart in this answer; nothing of it is kept, so nothing of it can go to care."""
    changes = [change for i in (1, 2) for change in (put(f"{who}[{i}]/@eckid", f"{ECK_ID}{i}"),)]
    raw = bare(*changes, *(drop(f"{who}[{i}]/@key") for i in (1, 2)), version="2.3")
    bericht = translate(raw).bericht
    people = bericht.leerlingen if "leerling[" in f"{who}[" else bericht.leerkrachten
    for somebody in people[:2]:
        assert somebody.sleutel == Sleutel(soort=Sleutelsoort.ECK_ID, eck_id_gezien=True)
    assert "KANARIE" not in repr(translate(raw))
    assert "KANARIE" not in json.dumps(bericht.inhoud().data)
    twice = bare(*changes, put(f"{who}[2]/@eckid", f"{ECK_ID}1"), drop(f"{who}[2]/@key"), version="2.3")
    assert codes(twice) == [("eckid.dubbel", f"{AT}/{who}[2]")]


@pytest.mark.parametrize("version", ["2.2", "2.3"])
def test_somebody_has_a_key(version: str) -> None:
    """Without any key, or in 2.2 with an ECK iD alone, nobody can be told from another."""
    place = [("xsd.attribuut_ontbreekt", f"{AT}/{L1}")]
    assert codes(bare(drop(f"{L1}/@key"), drop(f"{L1}/@eckid"), version=version)) == place
    assert codes(bare(drop(f"{L1}/@key"), put(f"{L1}/@eckid", " "), version=version)) == place
    if version == "2.2":
        assert codes(bare(drop(f"{L1}/@key"))) == place


def test_what_2_3_may_put_beside_the_key_is_dropped_and_told() -> None:
    """How 2.3 sends the key of the school system beside the ECK iD is not public; in 2.2 nothing is there."""
    change = put(f"{L1}/@anders", "KANARIE")
    result = translate(bare(change, version="2.3"))
    assert ("attribuut.weggelaten", f"{AT}/{L1}") in {(b.code, b.place) for b in result.bevindingen}
    assert "KANARIE" not in repr(result)
    assert codes(bare(change)) == [("xsd.attribuut", f"{AT}/{L1}")]


def test_no_version_is_read_as_2_2_and_said() -> None:
    """The standard always names one; a missing one stops nothing."""
    result = translate(bare(drop("school/xsdversie")))
    assert (result.bevindingen[0].code, result.bericht.herkomst.versie) == ("uwlr.versie_ontbreekt", "2.2")


@pytest.mark.parametrize("version", ["1.0", "2.4", "3.0"])
def test_another_version_is_unsupported(version: str) -> None:
    """A version we do not know is one clear answer, also in an envelope."""
    for raw in (bare(version=version), enveloped(bare(version=version))):
        with pytest.raises(UnsupportedMessage) as caught:
            uwlr.translate(raw, today=TODAY)
        assert [f.code for f in caught.value.faults] == ["uwlr.versie"]


WEAK = [
    (add("leerlingen", '<leerling key="0071"><roepnaam>x</roepnaam></leerling>'), "sleutel.dubbel"),
    (put(f"{L1}/groep/@key", "weg"), "verwijzing.groep"),
    (put(f"{L1}/samengestelde_groepen/samengestelde_groep/@key", "6"), "verwijzing.samengestelde_groep"),
    (put(f"{L1}/vestiging/@key", "weg"), "verwijzing.vestiging"),
    (put("leerlingen/leerling[2]/@eckid", "https://ketenid.nl/201703/verzonnen"), "eckid.dubbel"),
    (put("groepen/samengestelde_groep/@key", "6"), "sleutel.dubbel"),
    (put("leerkrachten/leerkracht[2]/@key", "m1"), "sleutel.dubbel"),
]


@pytest.mark.parametrize(("change", "code"), WEAK, ids=range(len(WEAK)))
def test_keys_and_references_that_the_official_schema_misses(
    change: Change, code: str, standard: Callable[[str], Path]
) -> None:
    """The key rules of the official schema lack a prefix and see nothing; ours are in code."""
    raw = bare(change, put("school/schooljaar", "2024-2025"))
    found = {c for c, _ in codes(raw)}
    assert code in found
    assert found <= {code, "verwijzing.samengestelde_groep"}
    official = xml.Schema(standard("uwlr/UWLR_Leerlinggegevens_v2p2.xsd"), lists=frozenset(), special={})
    assert xml.parse(raw, max_bytes=uwlr.MAX_BYTES).faults(official) == []


def profile(raw: bytes, profiel: uwlr.Profiel) -> set[tuple[str, str]]:
    found = translate(raw, profiel).bevindingen
    return {(b.code, b.place.rpartition("/")[2]) for b in found if b.code.startswith("profiel.")}


def test_the_smalle_set_warns_of_what_it_forbids() -> None:
    """Names in full, geslacht, vestiging, numbers and dates are too much; nothing is refused for it."""
    too_much = {element for code, element in profile(bare(), uwlr.Profiel.SMAL) if code == "profiel.te_veel"}
    assert too_much == {
        "voornamen",
        "voorletters-1",
        "geslacht",
        "vestiging",
        "bsn",
        "sofinummer",
        "onderwijsnummer",
        "bsn_ondwnr-4",
        "instroomdatum",
        "uitstroomdatum",
        "mutatiedatum",
    }


def test_the_lvs_set_warns_of_what_it_forbids() -> None:
    """Numbers, descent, weight, address, mail and dates are too much; the BSN-4 and geslacht are not."""
    too_much = {element for code, element in profile(bare(), uwlr.Profiel.LVS) if code == "profiel.te_veel"}
    assert {"bsn", "land", "gewicht", "postcodenl", "voornamen", "instroomdatum"} <= too_much
    assert too_much.isdisjoint({"bsn_ondwnr-4", "geslacht", "roepnaam", "achternaam"})


@pytest.mark.parametrize("element", ["geboortedatum", "geslacht", "jaargroep", "roepnaam"])
def test_the_lvs_set_warns_of_what_it_misses(element: str) -> None:
    """A whole leerling misses nothing; one without this misses it; a roepnaam alone is a whole name."""
    others = [drop("leerlingen/leerling[2]") for _ in range(4)]

    def missing(*changes: Change, profiel: uwlr.Profiel = uwlr.Profiel.LVS) -> list[tuple[str, str]]:
        found = translate(bare(*others, *changes), profiel).bevindingen
        return [(b.place, b.text) for b in found if b.code == "profiel.te_weinig"]

    assert missing() == []
    assert missing(drop(f"{L1}/{element}")) == [(f"{AT}/{L1}", f"De set lvs vraagt om {element}.")]
    assert missing(drop(f"{L1}/{element}"), profiel=uwlr.Profiel.SMAL) == []
    only_roepnaam = [drop(f"{L1}/{e}") for e in ("achternaam", "voorvoegsel", "voornamen", "voorletters-1")]
    assert missing(*only_roepnaam) == []


def test_the_sets_of_2_3_are_narrower() -> None:
    """2.3 takes the birth date out of the smalle set, and voorletters and BSN-4 out of the LVS set."""
    raw = bare(version="2.3")
    assert ("profiel.te_veel", "geboortedatum") in profile(raw, uwlr.Profiel.SMAL)
    assert {("profiel.te_veel", "voorletters-1"), ("profiel.te_veel", "bsn_ondwnr-4")} <= profile(
        raw, uwlr.Profiel.LVS
    )


def test_without_a_profile_nothing_is_said_of_it() -> None:
    """Which set was agreed is for the caller to say."""
    assert not any(b.code.startswith("profiel.") for b in translate(ANSWER).bevindingen)


def test_geslacht_is_the_other_way_round_than_in_oso() -> None:
    """1 is a jongen and 2 a meisje, as in EDEXML."""
    said = [lln.geslacht.omschrijving for lln in translate(ANSWER).bericht.leerlingen if lln.geslacht]
    assert said == ["meisje", "jongen", "niet gespecificeerd"]


def test_the_same_school_in_both_standards_is_the_same_registration() -> None:
    """Only herkomst tells an EDEXML file from a UWLR answer."""
    file, answer = edexml.translate(changed(), today=TODAY).bericht, translate(bare()).bericht
    leave = {"herkomst"}
    assert file.model_dump(exclude=leave) == answer.model_dump(exclude=leave)
    assert (file.herkomst.standaard, answer.herkomst.standaard) == ("edexml", "uwlr")
    assert SCHOOL != ANSWER
