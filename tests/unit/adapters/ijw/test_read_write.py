"""Reading and writing iJw: what is read is what was sent, what is written is read back the same."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import ijw
from adapters.ijw.berichten import BASISSCHEMA, NAMESPACES, schema
from adapters.xml import parser as xml
from schemas.errors import InvalidMessage, MessageTooLarge, UnsupportedMessage
from tests.unit.adapters.ijw.strategies import berichten, full
from tests.unit.adapters.ijw.voorbeelden import ALS_JSON, BERICHTEN, DATA, as_json, bericht, golden

SAMPLES = ("JW301", "JW302", "JW305", "JW306", "JW307", "JW308", "JW316", "JW317", "JW319", "JW320")
BROKEN = {
    "JW315": [
        f"/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[{n}]/ToewijzingEinddatum" for n in (1, 2)
    ],
    "JW318": ["/Bericht/Client/Verzoek/RetourCode[1]"],
}


def canonical(raw: bytes) -> str:
    """C14N 2.0 with its own prefixes, without comments and without the white space between elements.

    Text of elements without children is compared to the character, spaces at its ends included.
    """
    root = ET.fromstring(raw)
    for element in root.iter():
        if len(element):
            assert not (element.text or "").strip()
            element.text = None
        assert not (element.tail or "").strip()
        element.tail = None
    return ET.canonicalize(ET.tostring(root, encoding="unicode"), rewrite_prefixes=True)


@pytest.mark.parametrize("soort", SAMPLES)
def test_an_official_example_comes_back_the_same(standard: Callable[[str], Path], soort: str) -> None:
    """Reading and writing a valid example gives the same document."""
    raw = standard(f"ijw/examples/{soort}-ijw-3.2.xml").read_bytes()
    read = ijw.read(raw)
    assert read.soort == soort
    assert canonical(ijw.write(read)) == canonical(raw)


@pytest.mark.parametrize("soort", BROKEN)
def test_an_official_example_with_faults_is_refused(standard: Callable[[str], Path], soort: str) -> None:
    """The two examples that are known to be wrong are refused at the places that are wrong."""
    raw = standard(f"ijw/examples/{soort}-ijw-3.2.xml").read_bytes()
    with pytest.raises(InvalidMessage) as caught:
        ijw.read(raw)
    assert [f.place for f in caught.value.faults] == BROKEN[soort]


@pytest.mark.parametrize("soort", ijw.SOORTEN)
def test_our_own_examples_are_written_byte_for_byte(soort: str) -> None:
    """The kept file is what writing its content gives, and reading it gives that content."""
    assert ijw.write(bericht(soort)) == golden(soort)
    assert ijw.read(golden(soort)) == bericht(soort)
    assert b"FICTIEF" in golden(soort)


@pytest.mark.parametrize("soort", ALS_JSON)
def test_our_own_examples_read_as_the_kept_content(soort: str) -> None:
    """What reading gives is what was agreed, not only what writing started from."""
    kept = (DATA / f"{soort}.json").read_bytes()
    assert ijw.read(golden(soort)).inhoud == orjson.loads(kept)
    assert as_json(soort) == kept


@pytest.mark.parametrize("soort", ijw.SOORTEN)
def test_what_is_written_has_the_form_of_the_standard(soort: str) -> None:
    """UTF-8 without BOM, a declaration, CR/LF everywhere, the usual prefixes and no other."""
    raw = golden(soort)
    number = soort.lower()
    assert raw.startswith(
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<{number}:Bericht xmlns:ijw="{BASISSCHEMA}" '
        f'xmlns:{number}="{NAMESPACES[soort]}">\r\n'.encode()
    )
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert raw.endswith(f"</{number}:Bericht>\r\n".encode())
    prefixes = {tag.lstrip("/").split(":")[0] for tag in raw.decode().split("<")[2:]}
    assert prefixes == {"ijw", number}


@pytest.mark.parametrize("soort", ijw.SOORTEN)
@settings(max_examples=settings().max_examples // 8)
@given(data=st.data())
def test_any_message_is_read_back_the_same(soort: str, data: st.DataObject) -> None:
    """Whatever the schema allows survives writing and reading, to the character."""
    message = data.draw(berichten(soort))
    assert ijw.read(ijw.write(message)) == message


def test_a_retour_repeats_a_number_as_it_was_sent() -> None:
    """Leading zeros and spaces that XML allows around a number or date are kept, not tidied."""
    raw = golden("JW305").replace(b">300201<", b"> 000300201 <").replace(b">2026-04-14<", b">\t2026-04-14\n<")
    read = ijw.read(raw)
    first, second = read.inhoud["Client"]["StartProducten"]["StartProduct"]
    assert first["ToewijzingNummer"] == " 000300201 "
    assert second["Begindatum"] == "\t2026-04-14\n"
    assert ijw.read(ijw.write(read)) == read


def test_line_ends_bom_prefixes_and_comments_make_no_difference() -> None:
    """The same message in another dress is the same message."""
    raw, want = golden("JW301"), bericht("JW301")
    assert ijw.read(raw.replace(b"\r\n", b"\n")) == want
    assert ijw.read(b"\xef\xbb\xbf" + raw) == want
    assert ijw.read(raw.replace(b'version="1.0" encoding="UTF-8"', b'version="1.0"')) == want
    assert ijw.read(raw.replace(b"jw301:", b"").replace(b"xmlns:jw301=", b"xmlns=")) == want
    assert ijw.read(raw.replace(b"ijw:", b"jw301x:").replace(b"xmlns:ijw=", b"xmlns:jw301x=")) == want
    assert ijw.read(raw.replace(b"<jw301:Client>", b"<!-- x --><?y z?>\n<jw301:Client>")) == want


def test_a_schema_location_is_allowed_and_not_followed(tmp_path: Path) -> None:
    """The usual exception to "no attributes" is read over; what it points at is not opened."""
    (tmp_path / "x.xsd").write_text("no schema at all")
    attribute = (
        f'<jw305:Bericht xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{NAMESPACES["JW305"]} {(tmp_path / "x.xsd").as_uri()}"'
    )
    raw = golden("JW305").replace(b"<jw305:Bericht", attribute.encode(), 1)
    assert ijw.read(raw) == bericht("JW305")


@pytest.mark.parametrize(
    ("namespace", "name", "code"),
    [
        ("http://www.istandaarden.nl/ijw/3_0/jw305/schema", "Bericht", "ijw.versie"),
        ("http://www.istandaarden.nl/ijw/3_1/jw305/schema", "Bericht", "ijw.versie"),
        ("http://www.istandaarden.nl/ijw/2_4/jw305/schema", "Bericht", "ijw.versie"),
        ("http://www.istandaarden.nl/ijw/4_0/jw305/schema", "Bericht", "ijw.versie"),
        ("http://www.istandaarden.nl/ijw/KANARIE/jw305/schema", "Bericht", "ijw.versie"),
        ("http://www.istandaarden.nl/iwmo/3_2/wmo305/schema", "Bericht", "ijw.standaard"),
        ("http://www.istandaarden.nl/iwlz/3_2/wlz/schema", "Bericht", "ijw.standaard"),
        ("http://www.istandaarden.nl/ijw/3_2/jw309/schema", "Bericht", "ijw.bericht"),
        (BASISSCHEMA, "Bericht", "ijw.bericht"),
        ("http://www.istandaarden.nl/ijw/3_2/jw305/schema", "KANARIE", "ijw.wortel"),
        ("http://www.istandaarden.nl/ijw/3_2/JW305/schema", "Bericht", "ijw.bericht"),
        ("urn:KANARIE", "Bericht", "ijw.wortel"),
        ("", "Bericht", "ijw.wortel"),
    ],
)
def test_another_document_is_refused_by_one_clear_fault(namespace: str, name: str, code: str) -> None:
    """Another release or standard is not read as this one, and is not answered with a list of faults."""
    declared = f' xmlns="{namespace}"' if namespace else ""
    with pytest.raises(InvalidMessage) as caught:
        ijw.read(f"<{name}{declared}><x/></{name}>".encode())
    assert [f.code for f in caught.value.faults] == [code]
    assert isinstance(caught.value, UnsupportedMessage) == (code != "ijw.wortel")
    assert "KANARIE" not in repr(caught.value.faults)
    assert ijw.herken(namespace, name) is None


def test_each_message_is_recognised_by_its_root() -> None:
    """Namespace and name of the document element say which message it is."""
    assert [ijw.herken(NAMESPACES[s], "Bericht") for s in ijw.SOORTEN] == list(ijw.SOORTEN)
    for soort in ijw.SOORTEN:
        document = xml.parse(golden(soort), max_bytes=ijw.MAX_BYTES)
        assert ijw.herken(document.namespace, document.name) == soort


def test_a_message_over_the_bound_is_refused() -> None:
    """25 MB unless the caller says otherwise."""
    with pytest.raises(MessageTooLarge):
        ijw.read(golden("JW305") + b" " * ijw.MAX_BYTES)
    with pytest.raises(MessageTooLarge):
        ijw.read(golden("JW305"), max_bytes=1_000)


def changed(soort: str, change: Callable[[Any], object]) -> ijw.JwBericht:
    inhoud = deepcopy(BERICHTEN[soort])
    change(inhoud)
    return ijw.JwBericht(soort, inhoud)


def start(inhoud: Any) -> Any:
    return inhoud["Client"]["StartProducten"]["StartProduct"]


ROW = "/Bericht/Client/StartProducten/StartProduct"


UNWRITABLE: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "unknown class": (lambda b: b.update(KANARIE="x"), "schrijven.onbekend", "/Bericht/*"),
    "unknown value": (lambda b: b["Client"].update(KANARIE="x"), "schrijven.onbekend", "/Bericht/Client/*"),
    "attribute": (
        lambda b: b["Client"].update({"Bsn@x": "KANARIE"}),
        "schrijven.onbekend",
        "/Bericht/Client/*",
    ),
    "node for text": (lambda b: start(b)[1].update(Begindatum={}), "schrijven.tekst", f"{ROW}[2]/Begindatum"),
    "number for text": (
        lambda b: start(b)[1].update(Begindatum=1),
        "schrijven.tekst",
        f"{ROW}[2]/Begindatum",
    ),
    "text for node": (lambda b: b.update(Client="KANARIE"), "schrijven.onderdelen", "/Bericht/Client"),
    "list for node": (lambda b: b.update(Client=[b["Client"]]), "schrijven.onderdelen", "/Bericht/Client"),
    "text in list": (lambda b: start(b).append("KANARIE"), "schrijven.onderdelen", f"{ROW}[3]"),
    "node for list": (
        lambda b: b["Client"]["StartProducten"].update(StartProduct=start(b)[0]),
        "schrijven.lijst",
        ROW,
    ),
}


@pytest.mark.parametrize("character", ["\0", "\x01", "\x1b", "\x0b", "\ud800", "\uffff"], ids=repr)
def test_a_character_xml_does_not_know_is_not_written(character: str) -> None:
    """A control character has no form in XML, not even escaped."""
    message = changed("JW305", lambda b: b["Client"]["Naam"].update(Voornamen=f"KANARIE{character}"))
    with pytest.raises(InvalidMessage) as caught:
        ijw.write(message)
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("schrijven.teken", "/Bericht/Client/Naam/Voornamen")
    assert "KANARIE" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(("change", "code", "place"), UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_cannot_be_written_is_said_without_its_value(
    change: Callable[[Any], object], code: str, place: str
) -> None:
    """Names no schema knows and values of another shape raise and are not emitted."""
    with pytest.raises(InvalidMessage) as caught:
        ijw.write(changed("JW305", change))
    assert [(f.code, f.place) for f in caught.value.faults] == [(code, place)]
    assert "KANARIE" not in repr(caught.value.faults) + "".join(traceback.format_exception(caught.value))


REFUSED: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "value": (lambda b: b["Client"].update(Bsn="KANARIE"), "RS037", "/Bericht/Client/Bsn"),
    "missing": (lambda b: b["Client"].pop("Bsn"), "xsd.onverwacht", "/Bericht/Client/Geboortedatum"),
    "empty": (
        lambda b: start(b)[1].update(Begindatum=""),
        "xsd.onverwacht",
        f"{ROW}[2]/StatusAanlevering",
    ),
    "empty list": (lambda b: start(b).clear(), "xsd.ontbreekt", "/Bericht/Client"),
    "no client": (lambda b: b.pop("Client"), "xsd.ontbreekt", "/Bericht"),
    "other code": (lambda b: b["Header"].update(BerichtCode="436"), "RS047", "/Bericht/Header/BerichtCode"),
}


@pytest.mark.parametrize(("change", "code", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_schema_refuses_is_not_written(
    change: Callable[[Any], object], code: str, place: str
) -> None:
    """A message that no receiver would accept raises with the faults a receiver would find."""
    with pytest.raises(InvalidMessage) as caught:
        ijw.write(changed("JW305", change))
    assert [(f.code, f.place) for f in caught.value.faults] == [(code, place)]
    assert "KANARIE" not in repr(caught.value.faults)


def test_everything_wrong_is_said_at_once() -> None:
    """A message that cannot be written for several reasons names them all, in the order of the schema."""

    def spoil(b: Any) -> None:
        b["Client"]["Bsn"] = 1
        b["Client"]["Naam"]["Voornamen"] = "\0"
        b["Client"]["x"] = ""

    with pytest.raises(InvalidMessage) as caught:
        ijw.write(changed("JW305", spoil))
    assert [f.code for f in caught.value.faults] == [
        "schrijven.onbekend",
        "schrijven.tekst",
        "schrijven.teken",
    ]


def test_what_is_empty_is_left_out() -> None:
    """No value, an empty text, an empty list and what holds only those are not written at all."""

    def empty(b: Any) -> None:
        b["Client"] |= {
            "JuridischeStatus": None,
            "Commentaar": "",
            "Communicatie": {"Vorm": "", "Taal": None},
        }
        b["Client"]["Relaties"] = {"Relatie": []}

    raw = ijw.write(changed("JW301", empty))
    inhoud = ijw.read(raw).inhoud
    assert b"/>" not in raw
    assert set(inhoud["Client"]) == set(BERICHTEN["JW301"]["Client"]) - {
        "Commentaar",
        "Communicatie",
        "Relaties",
    }


def test_an_empty_group_that_the_schema_lets_pass_is_not_sent_on() -> None:
    """`<Adres/>` is valid XML for iJw but an empty element all the same: it is read, and left out again."""
    begin, _, rest = golden("JW301").partition(b"<jw301:Periode>")
    raw = begin + b"<jw301:Periode/>" + rest.partition(b"</jw301:Periode>")[2]
    read = ijw.read(raw)
    assert read.inhoud["Client"]["Contactgegevens"]["Contact"][1]["Periode"] == {}
    assert "Periode" not in ijw.read(ijw.write(read)).inhoud["Client"]["Contactgegevens"]["Contact"][1]


def test_the_order_of_the_schema_is_followed() -> None:
    """In which order a dict was filled makes no difference."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: turned(v) for k, v in reversed(value.items())}
        return [turned(v) for v in value] if isinstance(value, list) else value

    for soort in ijw.SOORTEN:
        assert ijw.write(ijw.JwBericht(soort, turned(BERICHTEN[soort]))) == golden(soort)


@pytest.mark.parametrize("soort", ijw.SOORTEN)
def test_the_version_of_our_own_xsd_is_filled_in(soort: str) -> None:
    """A message that does not say with which XSD it was made says it after writing; what it says stays."""
    name = (
        "XsdVersieRetour" if soort in {"JW302", "JW306", "JW308", "JW316", "JW318", "JW320"} else "XsdVersie"
    )
    message = changed(soort, lambda b: b["Header"].pop(name))
    header = ijw.read(ijw.write(message, versie="3.2.1")).inhoud["Header"]
    assert header[name] == {"BasisschemaXsdVersie": "3.2.1", "BerichtXsdVersie": "3.2.1"}
    assert ijw.read(ijw.write(message)).inhoud["Header"][name] == ijw.xsd_versie("1.0.0")
    assert ijw.write(bericht(soort), versie="3.2.1") == golden(soort)


def test_an_unknown_message_is_not_written() -> None:
    """A kind outside iJw 3.2 has no schema to follow."""
    with pytest.raises(UnsupportedMessage):
        ijw.write(ijw.JwBericht("JW309", {}))


@pytest.mark.parametrize("text", ["<&>\"'", "]]>", "a\rb", "a\nb", "a\tb", "&#13;", "😀 é \u2028 \x85"])
def test_any_text_is_escaped_right(text: str) -> None:
    """What means something in XML comes back as the text it was."""
    message = changed("JW301", lambda b: b["Client"].update(Commentaar=f"x{text}x"))
    assert ijw.read(ijw.write(message)) == message


def test_a_name_that_repeats_is_a_list_wherever_it_stands() -> None:
    """Contact repeats below Contactgegevens and not below Relatie, and is a list below both."""
    relatie = ijw.read(golden("JW301")).inhoud["Client"]["Relaties"]["Relatie"][0]
    assert isinstance(relatie["Contact"], list)
    assert schema("JW301").lists == {"Relatie", "Contact", "ToegewezenProduct"}
    assert schema("JW325").lists == {"Client", "Prestatie", "RetourCode"}
    assert isinstance(ijw.read(golden("JW305")).inhoud["Client"], dict)
    assert isinstance(full("JW323").inhoud["Declaratie"]["Clienten"]["Client"], list)
