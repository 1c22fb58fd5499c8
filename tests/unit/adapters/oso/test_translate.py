"""What a dossier becomes: fields, restrictions, gaps, origins and findings."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from adapters import oso
from adapters.xml import parser as xml
from schemas.decision.decision import Reden
from schemas.errors import InvalidMessage, UnsupportedMessage
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.vertaling import Vertaling
from tests.unit.adapters.oso.dossier import FULL, NS, PLAIN, L, S, add, codes, drop, mutate, put

GOLDEN = Path(__file__).parents[3] / "data" / "oso" / "poswv.json"
K = "metadata/categorie_uitlevering"
LEAVES = {leaf.pad for leaf in Ontwikkelingsperspectief.bladen}


def translate(raw: bytes, *, provenance: bool = False) -> Vertaling[Ontwikkelingsperspectief]:
    return oso.translate(raw, provenance=provenance)


def pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: pruned(v) for k, v in value.items() if v not in (None, [])}
    return [pruned(v) for v in value] if isinstance(value, list) else value


def test_the_synthetic_dossier_becomes_exactly_the_expected_message() -> None:
    """Every field of the synthetic dossier lands where the reviewed expectation says, and nothing more."""
    result = translate(PLAIN)
    assert pruned(result.bericht.model_dump(mode="json")) == json.loads(GOLDEN.read_text("utf-8"))
    assert result.beperkingen == {}
    assert result.bevindingen == ()
    assert (result.leerling.brin, result.leerling.vestigingscode, result.leerling.leerlingid) == (
        "99ZZ",
        "00",
        "LL-2016-0042",
    )


def test_a_dossier_without_leerlingid_gives_a_key_without_one() -> None:
    """A pupil without a key in the sending system is still translated."""
    assert translate(mutate(drop(f"{L}/leerlingid"))).leerling.leerlingid is None


def test_one_parse_and_one_validation_per_translation() -> None:
    """A translation parses once and validates once."""
    parses, validations = xml.COUNTERS.parses, xml.COUNTERS.validations
    translate(PLAIN, provenance=True)
    assert (xml.COUNTERS.parses - parses, xml.COUNTERS.validations - validations) == (1, 1)


@pytest.mark.parametrize("base", [PLAIN, FULL], ids=["plain", "full"])
def test_every_filled_field_says_where_it_came_from(base: bytes) -> None:
    """With provenance each filled leaf has exactly one place in the dossier, and without it none has."""
    bericht = translate(base, provenance=True).bericht
    origins = [o.veld for o in bericht.herkomst.velden]
    assert len(origins) == len(set(origins))
    filled = {p for p in concrete(bericht.model_dump(mode="json"), "") if not p.startswith("herkomst.")}
    # Of no source: the cautious default for every attachment.
    filled = {p for p in filled if not p.endswith(".gevoeligheid")}
    missing = filled - set(origins)
    assert missing == set()
    assert translate(base).bericht.herkomst.velden == ()


def concrete(value: Any, path: str) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(concrete(v, f"{path}.{k}".lstrip(".")) for k, v in value.items()))
    if isinstance(value, list):
        return set().union(*(concrete(v, f"{path}[{i}]") for i, v in enumerate(value)))
    return set() if value is None else {path}


def test_an_origin_is_a_place_that_holds_the_value() -> None:
    """The place of a field, read as XPath in the dossier, holds the text that the field has."""
    import xml.etree.ElementTree as ET

    root = ET.fromstring(PLAIN)
    message = translate(PLAIN, provenance=True).bericht
    bericht = message.model_dump(mode="json")
    places = {o.veld: o.pad for o in message.herkomst.velden}
    assert (
        places["bronfeiten.toetsen[1].naam"]
        == f"/dossier/{L}/toetslijst/toets[3]/toetsidentificatie/toetsnaam"
    )
    for field, place in places.items():
        if (
            "@" in place
            or place.endswith("]")
            or field.endswith((".stelsel", ".hash", "geslacht.omschrijving"))
        ):
            continue
        steps = "/".join(f"{{{NS}}}{s}" for s in place.split("/")[2:])
        element = root.find(steps)
        assert element is not None, place
        value: Any = bericht
        for step in field.replace("[", ".").replace("]", "").split("."):
            value = value[int(step)] if step.isdigit() else value[step]
        text = element.text or ""
        assert str(value).lower() == text.lower(), field


@pytest.mark.parametrize("answer", ["Nee", "Onbekend"])
def test_no_agreement_keeps_every_filled_field_home(answer: str) -> None:
    """akkoord Nee or Onbekend restricts every field the dossier filled, and no other."""
    result = translate(mutate(put("inzage/akkoord", answer)))
    assert set(result.beperkingen.values()) == {Reden.FIELD_SOURCE_NOT_AGREED}
    assert set(result.beperkingen) <= LEAVES
    assert {"leerling.naamdelen.achternaam", "bronfeiten.toetsen[].naam"} <= set(result.beperkingen)
    assert "perspectief.onderbouwing" not in result.beperkingen
    filled = set(map(generic, concrete(result.bericht.model_dump(mode="json"), "")))
    assert filled == {generic(p) for p in result.beperkingen}


def generic(path: str) -> str:
    import re

    path = re.sub(r"\[\d+\]", "[]", path)
    return "herkomst.categorieStatus" if path.startswith("herkomst.categorieStatus") else path


@pytest.mark.parametrize("answer", ["Nee", "Onbekend"])
def test_no_permission_wins_from_no_agreement(answer: str) -> None:
    """toestemming Nee or Onbekend restricts likewise, also when ouders did not agree either."""
    result = translate(mutate(put("inzage/toestemming", answer), put("inzage/akkoord", "Nee")))
    assert set(result.beperkingen.values()) == {Reden.FIELD_SOURCE_NO_PERMISSION}


def test_absent_inzage_restricts_nothing_and_is_a_gap() -> None:
    """Without inzage nothing is known: nothing is restricted, and herkomst says it is missing."""
    result = translate(mutate(drop("inzage")))
    assert result.beperkingen == {}
    assert result.bericht.herkomst.inzage is None
    assert ("herkomst.inzage", "niet_gevuld") in gaps(result)


def gaps(result: Vertaling[Ontwikkelingsperspectief]) -> set[tuple[str, str]]:
    return {(g.veld, g.reden) for g in result.bericht.herkomst.leemtes}


# (category, block and its place, a leaf path it fills)
SWITCHES = [
    ("ouderinzage", "/dossier/inzage", "herkomst.inzage.akkoord"),
    ("oudersverzorgers", f"/dossier/{L}/verzorger[1]", "gezag[].persoon.achternaam"),
    ("schoolloopbaan", f"/dossier/{L}/schoolloopbaanlijst", "bronfeiten.schoolloopbaan[].schooljaar"),
    ("overstapadvies", f"/dossier/{L}/overstapadvies", "bronfeiten.overstapadvies.profiel"),
    ("onderwijsondersteuning", f"/dossier/{S}/diagnose[1]", "bronfeiten.diagnoses[].codes[]"),
    ("onderwijsondersteuning", f"/dossier/{S}/toelichting_onderwijsbehoeften", "plan.ingangsdatum"),
    ("onderwijsondersteuning", f"/dossier/{S}/tlv[1]", "besluiten.tlv[].categorie"),
    ("verzuim", f"/dossier/{L}/verzuim", "bronfeiten.verzuim.dagdelenGeoorloofd"),
    ("toetsresultaten", f"/dossier/{L}/toetslijst", "bronfeiten.onderzoeken[].naam"),
    ("handelingsplannen", f"/dossier/{S}/handelingsplan[1]", "handelingsdeel.begeleiding[].wat"),
    ("cijferlijsten", f"/dossier/{L}/cijferlijstlijst", "bronfeiten.cijferlijsten[].naam"),
    ("bijlagedocs", f"/dossier/{L}/overigdocumentlijst", "bijlagen[].naam"),
    ("vve", f"/dossier/{L}/voorschools", None),
]


@pytest.mark.parametrize("state", ["OPT-UIT", "VERBODEN"])
@pytest.mark.parametrize(("category", "place", "leaf"), SWITCHES, ids=[p for _, p, _ in SWITCHES])
def test_a_category_that_is_switched_off_is_dropped_reported_and_restricted(
    category: str, place: str, leaf: str | None, state: str
) -> None:
    """A block of a switched-off category that is there anyway is left out, reported and restricted."""
    result = translate(mutate(put(f"{K}/cat_{category}", state), base=FULL))
    assert place in {f.place for f in result.bevindingen}
    assert all(f.line for f in result.bevindingen)
    if leaf is not None:
        assert result.beperkingen[leaf] is Reden.FIELD_SOURCE_OPT_OUT
        filled = {generic(p) for p in concrete(result.bericht.model_dump(mode="json"), "")}
        if leaf != "bijlagen[].naam":
            assert leaf not in filled


def test_handelingsplan_stays_when_only_onderwijsondersteuning_is_switched_off() -> None:
    """A handelingsplan has a category of its own although it stands in onderwijsondersteuning."""
    result = translate(mutate(put(f"{K}/cat_onderwijsondersteuning", "OPT-UIT")))
    assert result.bericht.handelingsdeel is not None
    assert result.bericht.plan is None
    assert ("plan", "opt_uit") in gaps(result)


def test_gaps_say_why() -> None:
    """A gap is opted out, forbidden, not filled in, or not in the standard at all."""
    changes = (
        put(f"{K}/cat_verzuim", "OPT-UIT"),
        put(f"{K}/cat_cijferlijsten", "VERBODEN"),
        drop(f"{L}/verzuim"),
    )
    found = gaps(translate(mutate(*changes)))
    assert {
        ("bronfeiten.verzuim", "opt_uit"),
        ("bronfeiten.cijferlijsten", "verboden"),
        ("bronfeiten.overstapadvies", "niet_gevuld"),
        ("perspectief", "niet_in_standaard"),
    } <= found
    assert ("bronfeiten.toetsen", "niet_gevuld") not in found


def test_secret_contacts_and_placeholders_are_dropped() -> None:
    """A secret number is dropped, and so is a placeholder that is not marked secret."""
    raw = mutate(put(f"{L}/communicatielijst/communicatie/geheim", "false"))
    numbers = [c.waarde for c in translate(raw).bericht.leerling.communicatie]
    assert numbers == ["fen@fictief.example"]


def test_a_deceased_caretaker_stays_and_is_marked() -> None:
    """A deceased caretaker is kept with overleden true, so that nobody is asked to sign for him."""
    assert translate(mutate(put(f"{L}/verzorger/overleden", "1"))).bericht.gezag[0].overleden is True


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("leergebied", "Intelligentie"),
        ("toetsnaam", "WISC-V (NL)"),
        ("toetsnaam", "Sociaal-emotionele vragenlijst"),
    ],
)
def test_a_test_of_the_person_is_an_onderzoek(field: str, value: str) -> None:
    """A test about intelligence or behaviour is health data, whatever its score is called."""
    raw = mutate(put(f"{L}/toetslijst/toets/toetsidentificatie/{field}", value))
    facts = translate(raw).bericht.bronfeiten
    assert facts is not None
    assert [t.toetscode for t in facts.onderzoeken] == ["FICT-RW-M6", "FICT-INT"]


@pytest.mark.parametrize("code", ["IQ", "DQ"])
def test_an_iq_or_dq_score_makes_an_onderzoek(code: str) -> None:
    """One IQ or DQ score makes the whole test health data."""
    raw = mutate(put(f"{L}/toetslijst/toets[3]/resultaat/referentiescore/codereferentiescore", code))
    facts = translate(raw).bericht.bronfeiten
    assert facts is not None
    assert [t.toetscode for t in facts.onderzoeken] == ["FICT-INT", "FICT-TL-M6"]


def test_leerjaar_is_that_of_the_latest_school_year_whatever_the_order() -> None:
    """The latest row of the schoolloopbaan gives leerjaar, also when it does not stand last."""
    raw = mutate(put(f"{L}/schoolloopbaanlijst/schoolloopbaan/schooljaar", "2027-2028"))
    year = translate(raw).bericht.leerling.leerjaar
    assert year is not None
    assert (year.code, year.stelsel) == ("5", "oso-13")


def test_every_name_in_a_cijferlijst_begins_a_list_of_its_own() -> None:
    """The repeating group in a cijferlijst is split, and each list keeps its own marks."""
    extra = (
        "<naam>tweede</naam><onderdeel><naam>deel</naam><score><waarde>8</waarde></score></onderdeel>"
        "<score><waarde>9</waarde></score>"
    )
    raw = mutate(add(f"{L}/cijferlijstlijst/cijferlijst/cijferlijstTypelijst", extra), base=FULL)
    bericht = translate(raw, provenance=True).bericht
    assert bericht.bronfeiten is not None
    second = bericht.bronfeiten.cijferlijsten[1]
    assert (second.naam, second.onderdelen[0].waarde, second.scores[0].waarde) == ("tweede", "8", "9")
    places = {o.veld: o.pad for o in bericht.herkomst.velden}
    assert places["bronfeiten.cijferlijsten[1].scores[0].waarde"].endswith(
        "cijferlijstTypelijst/score[2]/waarde"
    )


def test_a_date_with_a_time_zone_is_that_day() -> None:
    """xs:date allows a time zone; the day stays the day."""
    plan = translate(mutate(put(f"{S}/opp/opp_ingangdatum", "2026-09-15+02:00"))).bericht.plan
    assert plan is not None
    assert str(plan.ingangsdatum) == "2026-09-15"


# --- what we do not read


@pytest.mark.parametrize("year", ["2016", "2020", "2022", "2024", "1.1", "1.2"])
def test_another_year_in_the_namespace_is_unsupported(year: str) -> None:
    """A dossier of another year is one clear answer that names what is read."""
    with pytest.raises(UnsupportedMessage) as caught:
        translate(PLAIN.replace(b"gegevensset/2019/", f"gegevensset/{year}/".encode()))
    assert [f.code for f in caught.value.faults] == ["oso.versie"]
    assert "2019.1" in caught.value.faults[0].text


def test_another_standaardversie_is_unsupported() -> None:
    """The version in the header counts too: namespace and header must say the same year."""
    with pytest.raises(UnsupportedMessage) as caught:
        translate(mutate(put("metadata/standaardversie", "2020.1")))
    place = "/dossier/metadata/standaardversie"
    assert [(f.code, f.place) for f in caught.value.faults] == [("oso.versie", place), ("OG.02", place)]


def test_two_years_in_one_dossier_are_unsupported_at_both_places() -> None:
    """When namespace and header name two years that are both read, nothing says which one is wrong."""
    with pytest.raises(UnsupportedMessage) as caught:
        translate(mutate(put("metadata/standaardversie", "2018.1")))
    assert [(f.code, f.place) for f in caught.value.faults] == [
        ("oso.versie", "/dossier"),
        ("oso.versie", "/dossier/metadata/standaardversie"),
        ("OG.02", "/dossier/metadata/standaardversie"),
    ]


@pytest.mark.parametrize(
    ("profile", "codes"),
    [
        ("POVO", ["oso.profiel", "PaO.SO02"]),
        ("OVERIG", ["oso.profiel", "PaO.SO02"]),
        ("XXXX", ["oso.profiel", "PaO.SO02", "lijst.16"]),
        ("POSWV\u00a0", ["oso.profiel", "PaO.SO02", "lijst.16"]),
    ],
)
def test_another_transfer_in_a_swv_dossier_is_unsupported(profile: str, codes: list[str]) -> None:
    """A swv-dossier is POSWV or VOSWV; any other transfer in it, known or not, is one clear answer."""
    with pytest.raises(UnsupportedMessage) as caught:
        translate(mutate(put("metadata/overstap", profile)))
    assert [f.code for f in caught.value.faults] == codes
    assert {f.place for f in caught.value.faults} == {"/dossier/metadata/overstap"}


def test_an_overstapdossier_must_say_which() -> None:
    """Without overstap it breaks OVa.SO01, and what the three profiles share is still checked."""
    changes = (drop("metadata/overstap"), put("overdrachtsoort", "overstapdossier"))
    found = {code for code, _ in codes(mutate(*changes))}
    assert {"OVa.SO01", "OVa.LL12"} <= found
    assert "OVa.LL13" not in found


@pytest.mark.parametrize(
    "raw",
    [
        b"<html/>",
        b"<dossier/>",
        b'<dossier xmlns="urn:x"/>',
        f'<dossiers xmlns="{NS}"/>'.encode(),
        f'<leerling xmlns="{NS}"/>'.encode(),
    ],
)
def test_another_root_is_no_dossier(raw: bytes) -> None:
    """A document with another root is refused as not being an OSO dossier."""
    with pytest.raises(InvalidMessage) as caught:
        translate(raw)
    assert not isinstance(caught.value, UnsupportedMessage)
    assert [f.code for f in caught.value.faults] == ["oso.wortel"]


# --- attachments

DOC = f"{S}/toelichting_onderwijsbehoeften/document/bestandsinhoud"


def zipped(*sizes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, size in enumerate(sizes):
            archive.writestr(f"f{i}", b"\0" * size)
    return out.getvalue()


def with_attachment(data: bytes) -> bytes:
    return mutate(put(DOC, base64.b64encode(data).decode()))


def test_an_attachment_is_named_and_hashed() -> None:
    """An attachment is known by name, kind, description and the digest of its bytes; line breaks are fine."""
    data = zipped(10)
    raw = mutate(put(DOC, base64.encodebytes(data).decode()))
    (attachment,) = translate(raw).bericht.bijlagen
    assert attachment.hash == "sha256:" + hashlib.sha256(data).hexdigest()
    assert attachment.soort == "onderwijsbehoeften"


def holding(*names: str, flag: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.filename = name  # zipfile would cut it off at a NUL
            archive.writestr(info, b"fictief")
            archive.filelist[-1].flag_bits |= flag
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        pytest.param(holding("a.pdf", "map/b.TXT", "map/"), (), id="good"),
        pytest.param(zipped(10)[:-8], ("bijlage.zip_kapot",), id="cut off"),
        pytest.param(b"geen zip", ("bijlage.zip_kapot",), id="no zip"),
        pytest.param(holding(), ("bijlage.zip_leeg",), id="empty"),
        pytest.param(holding("map/"), ("bijlage.zip_leeg",), id="only a folder"),
        pytest.param(holding("a.exe"), ("bijlage.soort",), id="program"),
        pytest.param(holding("zonder"), ("bijlage.soort",), id="no extension"),
        pytest.param(holding("a.pdf", "b.zip"), ("bijlage.soort",), id="zip in zip"),
        pytest.param(holding("../../a.txt"), ("bijlage.pad",), id="step up"),
        pytest.param(holding("/etc/a.txt"), ("bijlage.pad",), id="absolute"),
        pytest.param(holding("C:a.txt"), ("bijlage.pad",), id="drive"),
        pytest.param(holding("map\\a.txt"), ("bijlage.pad",), id="backslash"),
        pytest.param(holding("a\u202efdp.txt"), ("bijlage.pad",), id="written backwards"),
        pytest.param(holding("a.txt", flag=1), ("bijlage.versleuteld",), id="encrypted"),
        pytest.param(holding("../a.js"), ("bijlage.pad", "bijlage.soort"), id="two at once"),
    ],
)
def test_a_bad_zip_is_reported_and_the_attachment_stays_named(data: bytes, problems: tuple[str, ...]) -> None:
    """What is wrong inside is found from the table of contents; the dossier, name, digest and bytes stay."""
    result = translate(with_attachment(data))
    assert tuple(f.code for f in result.bevindingen) == problems
    assert all(f.line for f in result.bevindingen)
    (content,) = result.bijlagen
    assert (content.problemen, content.inhoud()) == (problems, data)
    assert [b.hash for b in result.bericht.bijlagen] == [content.hash]


def test_the_bytes_stand_beside_the_message_in_its_order() -> None:
    """Each attachment of the message has its bytes beside it, and they have the digest the message names."""
    result = translate(FULL)
    assert len(result.bijlagen) == 11
    for named, content in zip(result.bericht.bijlagen, result.bijlagen, strict=True):
        assert (named.hash, named.soort) == (content.hash, content.soort)
        assert named.hash == "sha256:" + hashlib.sha256(content.inhoud()).hexdigest()
        assert (named.gevoeligheid, named.toegankelijk_voor) == ("bijzonder", ())
    assert "inhoud" not in result.bericht.model_dump_json().replace("bestandsinhoud", "")


def test_a_bad_attachment_loses_no_other() -> None:
    """One without readable bytes is left out of both lists; the others keep their place in each."""
    raw = mutate(put(f"{S}/diagnose/document/bestandsinhoud", "!!!!"), base=FULL)
    result = translate(raw)
    assert [f.code for f in result.bevindingen] == ["bijlage.base64"]
    assert [b.soort for b in result.bericht.bijlagen] == [b.soort for b in result.bijlagen]
    assert len(result.bijlagen) == 10


@pytest.mark.parametrize("content", ["!!!!", "AAA", "UEsDBA==*", " "])
def test_bad_base64_is_a_finding_and_the_attachment_is_left_out(content: str) -> None:
    """Content that is not base64 is reported and the attachment left out; the rest is translated."""
    result = translate(mutate(put(DOC, content)))
    assert [f.code for f in result.bevindingen] == ["bijlage.base64"]
    assert result.bericht.bijlagen == ()


def test_an_attachment_over_the_bound_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much base64 is reported before it is decoded."""
    from adapters.oso import attachments

    monkeypatch.setattr(attachments, "MAX_ENCODED", 100)
    result = translate(with_attachment(zipped(10) * 2))
    assert result.bijlagen == ()
    assert [f.code for f in result.bevindingen] == ["bijlage.te_groot"]


@pytest.mark.parametrize(
    "data",
    [zipped(5_000_000), zipped(*[0] * 501), zipped(*[40_000_000] * 6)],
    ids=["ratio", "entries", "total"],
)
def test_a_zip_bomb_refuses_the_message(data: bytes) -> None:
    """A ZIP that declares far more than it holds is a fault at its place."""
    assert codes(with_attachment(data)) == [
        ("bijlage.zipbom", f"/{S}/toelichting_onderwijsbehoeften/document[1]/bestandsinhoud")
    ]


def test_overlapping_entries_are_a_zip_bomb() -> None:
    """A ZIP whose entries together pack more bytes than the file has is a bomb with overlapping entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", b"x" * 20_000)
        for i in range(9):
            copy = zipfile.ZipInfo(f"c{i}")
            first = archive.infolist()[0]
            copy.file_size, copy.compress_size, copy.header_offset = first.file_size, first.compress_size, 0
            copy.CRC, copy.compress_type = first.CRC, first.compress_type
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
    assert [c for c, _ in codes(with_attachment(out.getvalue()))] == ["bijlage.zipbom"]
