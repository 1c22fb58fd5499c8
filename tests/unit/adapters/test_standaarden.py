"""Of which standard a file is: by what the parser meets, and refused by the adapter that knows it best."""

from __future__ import annotations

import datetime as dt
from typing import Final

import pytest

from adapters import edexml, uwlr
from adapters.ijw import SOORTEN, write
from adapters.ijw.envelop import GGK, STUF, VSP, system
from adapters.standaarden import Bestandslezer
from adapters.xml.herkenning import SOAP, Begin, begin_of
from schemas.messages.vertaling import Gelezen
from tests.unit.adapters.edexml.school import SCHOOL, changed, drop, put
from tests.unit.adapters.ijw.berichten import Change, bericht
from tests.unit.adapters.ijw.berichten import put as put_
from tests.unit.adapters.ijw.test_envelop import fo01, heen, in_soap, vsp
from tests.unit.adapters.ijw.voorbeelden import golden
from tests.unit.adapters.uwlr.antwoord import ANSWER, bare, enveloped

SOAP_12: Final = "http://www.w3.org/2003/05/soap-envelope"
LATER: Final = dt.date(2027, 1, 10)


def read(raw: bytes | str) -> Gelezen:
    return Bestandslezer(LATER, None)(raw.encode() if isinstance(raw, str) else raw, "x.xml")


def said(raw: bytes | str) -> tuple[str, list[str]]:
    """The standard that is named, and the faults."""
    found = read(raw)
    return found.standaard, [f.code for f in found.fouten]


GOOD = [
    (SCHOOL, "EDEXML 2.1"),
    (ANSWER, "UWLR 2.2"),
    (bare(), "UWLR 2.2"),
    (heen(), "iJw 3.2 JW305 in StUF-GGk"),
    (in_soap(heen()), "iJw 3.2 JW305 in StUF-GGk"),
    (fo01("<s:code>IB005</s:code>"), "StUF Fo01"),
    *((golden(soort), f"iJw 3.2 {soort}") for soort in SOORTEN),
]
NAMES = f"{uwlr.NAMESPACE} {GGK} {SOAP} <EDEX> http://www.istandaarden.nl/ijw/3_2/jw305/schema"


@pytest.mark.parametrize(("raw", "standaard"), GOOD)
def test_a_comment_before_or_behind_the_root_changes_nothing(raw: bytes | str, standaard: str) -> None:
    """Names of every other standard in comments and instructions, also far over 64 KB of them."""
    raw = raw.encode() if isinstance(raw, str) else raw
    assert said(raw) == (standaard, [])
    body = raw.partition(b"?>")[2] if raw.startswith(b"<?xml") else raw
    comment = f"<!-- {NAMES} -->".encode()
    assert said(comment + body + comment) == (standaard, [])
    assert said(comment * 1_000 + b"<?x y?>" * 1_000 + body) == (standaard, [])


@pytest.mark.parametrize(("raw", "standaard"), GOOD[:6])
@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1"])
def test_the_encoding_changes_nothing(raw: bytes | str, standaard: str, codec: str) -> None:
    """UTF-16 in every form, a byte order mark, and an old encoding that is declared."""
    text = raw if isinstance(raw, str) else raw.decode()
    text = text.partition("?>")[2] if text.startswith("<?xml") else text
    mark = "\ufeff" if codec.startswith("utf-16-") else ""
    declared = {"iso-8859-1": '<?xml version="1.0" encoding="iso-8859-1"?>'}.get(codec, "")
    encoded = (mark + declared + text.lstrip()).encode(codec, "xmlcharrefreplace")
    assert said(encoded) == (standaard, [])


def test_a_root_tag_far_into_a_file_is_found() -> None:
    """Also when the tag itself is longer than 64 KB: a sender may declare what he likes in it."""
    much = b"".join(b' xmlns:n%d="urn:x"' % i for i in range(6_000))
    assert len(much) > 64 * 1024
    assert said(SCHOOL.replace(b"<EDEX", b"<EDEX" + much)) == ("EDEXML 2.1", [])
    assert said(ANSWER.replace(b"<soap:Body", b"<soap:Body" + much)) == ("UWLR 2.2", [])


def test_a_long_header_is_read_over() -> None:
    """What an envelope carries is told by its Body, wherever that stands and whatever the Header holds."""
    header = f"<a:Body xmlns:a='{SOAP}'>{'<x/>' * 20_000}</a:Body>".encode()
    assert said(ANSWER.replace(b"<soap:Header>", b"<soap:Header>" + header)) == ("UWLR 2.2", [])


UNREAD = [
    (
        "leerlinggegevens_verzoek",
        f'<v:leerlinggegevens_verzoek xmlns:v="{uwlr.NAMESPACE}"/>',
        "UWLR",
        "uwlr.verzoek",
    ),
    (
        "verzoek in SOAP",
        in_soap(f'<v:structuur_verzoek xmlns:v="{uwlr.NAMESPACE}"/>'),
        "UWLR",
        "uwlr.verzoek",
    ),
    ("no namespace", "<leerlinggegevens_antwoord/>", "UWLR", "uwlr.namespace"),
    ("SOAP 1.2", enveloped(bare(), soap=SOAP_12), "UWLR", "uwlr.soap_versie"),
    ("SOAP 1.2, GGk", in_soap(heen()).replace(SOAP, SOAP_12), "StUF-GGk", "envelop.soap_versie"),
    ("SOAP 1.2, what not", in_soap("<x/>").replace(SOAP, SOAP_12), "SOAP", "envelop.soap_versie"),
    (
        "Fault",
        in_soap("<e:Fault><faultstring>KANARIE</faultstring></e:Fault>"),
        "SOAP Fault",
        "uwlr.soap_fout",
    ),
    ("SOAP with what not", in_soap("<KANARIE/>"), "SOAP", "envelop.onbekend"),
    ("SOAP with nothing", in_soap(""), "SOAP", "envelop.onderdeel"),
    ("GGk 3.10", heen().replace("ggk0210", "ggk0310"), "StUF-GGk 3.10", "envelop.versie"),
    (
        "GGk elsewhere",
        heen().replace(GGK, "http://www.stufstandaarden.nl/sectormodel/ggk/0210"),
        "StUF-GGk 2.10",
        "envelop.versie",
    ),
    ("GGk without a version", heen().replace(GGK, "urn:KANARIE"), "StUF-GGk", "envelop.versie"),
    ("GGk 3.10 in SOAP", in_soap(heen().replace("ggk0210", "ggk0310")), "StUF-GGk 3.10", "envelop.versie"),
    ("StUF 3.02", fo01("").replace("StUF0301", "StUF0302"), "StUF", "envelop.versie"),
    ("Bv03", f'<s:Bv03Bericht xmlns:s="{STUF}"/>', "StUF", "envelop.bevestiging"),
    (
        "answer of VSP",
        in_soap(f'<a:IndienenBerichtResponse xmlns:a="{VSP}/v3"/>'),
        "VSP",
        "envelop.bevestiging",
    ),
    ("VSP v4", vsp("x").replace("/v3", "/v4"), "VSP", "envelop.versie"),
    ("EDEX", changed().replace(b"<EDEX", b'<EDEX xmlns="urn:KANARIE"'), "EDEXML", "edexml.namespace"),
    ("iJw 3.0", golden("JW305").replace(b"3_2", b"3_0"), "iJw 3.0 JW305", "ijw.versie"),
    (
        "iWmo",
        golden("JW305").replace(b"ijw/3_2/jw305", b"iwmo/3_1/wmo305"),
        "iWmo 3.1 WMO305",
        "ijw.standaard",
    ),
    ("iJw", golden("JW305").replace(b"ijw/3_2/jw305", b"ijw/KANARIE/jw305"), "iStandaard", "ijw.versie"),
    ("Bericht", "<Bericht/>", "iJw", "ijw.wortel"),
    ("dossier", "<dossier/>", "OSO", "oso.wortel"),
    ("something else", "<html/>", "onbekend", "standaard.onbekend"),
    ("a ZIP", b"PK\x03\x04KANARIE", "onbekend", "standaard.ingepakt"),
    ("gzip", b"\x1f\x8b\x08KANARIE", "onbekend", "standaard.ingepakt"),
    ("an old spreadsheet", b"\xd0\xcf\x11\xe0KANARIE", "onbekend", "standaard.ingepakt"),
    ("DOCTYPE", "<!DOCTYPE EDEX><EDEX/>", "onbekend", "xml.doctype"),
    ("DOCTYPE in UTF-16", "<!DOCTYPE EDEX><EDEX/>".encode("utf-16"), "onbekend", "xml.doctype"),
]


@pytest.mark.parametrize(
    ("raw", "standaard", "code"), [row[1:] for row in UNREAD], ids=[row[0] for row in UNREAD]
)
def test_what_is_not_read_is_refused_in_the_words_of_its_adapter(
    raw: bytes | str, standaard: str, code: str
) -> None:
    """Not as something unknown, and without a value of the sender."""
    assert said(raw) == (standaard, [code])
    assert "KANARIE" not in repr(read(raw))


@pytest.mark.parametrize(
    ("said_version", "standaard"),
    [
        ("2.1", "EDEXML 2.1"),
        ("2.0", "EDEXML 2.0"),
        ("1.0.3", "EDEXML 1.0.3"),
        (" 3.0 ", "EDEXML 3.0"),
        ("KANARIE", "EDEXML"),
        ("1.KANARIE", "EDEXML"),
        (None, "EDEXML"),
    ],
)
def test_the_version_that_is_named_is_that_of_the_file(said_version: str | None, standaard: str) -> None:
    """Read or refused; what is no version is not repeated."""
    change = drop("school/xsdversie") if said_version is None else put("school/xsdversie", said_version)
    assert read(changed(change)).standaard == standaard
    faulty = changed(change, put("leerlingen/leerling[1]/geslacht", "7"))
    assert read(faulty).standaard == standaard
    as_uwlr = standaard.replace("EDEXML", "UWLR")
    for raw in (bare(change, version=None), enveloped(bare(change, version=None))):
        assert read(raw).standaard == as_uwlr


@pytest.mark.parametrize("version", ["2.2", "2.3", "9.9"])
def test_a_step_of_uwlr_names_its_version(version: str) -> None:
    """Each kind of answer says it in its own element; an answer without content says none."""
    raw = bare(
        drop("leerlingen"), drop("leerkrachten"), answer="structuur_antwoord",
        element="leerlinggegevens-structuur", version=version,
    )  # fmt: skip
    assert read(raw).standaard == f"UWLR {version}"
    nothing = f'<a:structuur_antwoord xmlns:a="{uwlr.NAMESPACE}"><a:geengegevens/></a:structuur_antwoord>'
    assert read(nothing).standaard == "UWLR"


def test_the_beginning_of_a_document() -> None:
    """Root and body; no root at all in what the parser must refuse before it reads one."""
    assert begin_of(b"<a/>") == Begin("", "a", None)
    assert begin_of(b'<a xmlns="urn:x"><Body><b/></Body></a>') == Begin("urn:x", "a", None)
    assert begin_of(in_soap("<b/>").encode()) == Begin(SOAP, "Envelope", ("", "b"))
    assert begin_of(in_soap("").encode()) == Begin(SOAP, "Envelope", None)
    assert begin_of(b"<Envelope><Header><Body><b/></Body></Header>") == Begin("", "Envelope", None)
    assert begin_of(b"<Envelope><Body><b/></Bod") == Begin("", "Envelope", ("", "b"))
    for raw in (b"", b"  ", b"x", b"<", b"<!-- <a/> -->", b"<!DOCTYPE a><a/>", b"PK\x03\x04"):
        assert begin_of(raw) is None


def test_more_elements_than_any_standard_has_are_not_counted_one_by_one() -> None:
    """A flood is refused before anybody looks for what it carries."""
    flood = b"<Envelope><Header>" + b"<a/>" * 1_500_001 + b"</Header><Body><b/></Body></Envelope>"
    assert begin_of(flood) is None
    assert said(flood) == ("onbekend", ["xml.te_veel_elementen"])


def test_versions_of_what_cannot_be_parsed() -> None:
    """A version is asked of any bytes."""
    assert edexml.versie(b"<EDEX><school>") is None
    assert uwlr.versie(b"<") is None
    assert edexml.versie(b"<EDEX><school>2.1</school></EDEX>") is None


def test_a_namespace_tells_the_version_of_an_envelope() -> None:
    """As the hubs write it: two figures before the point and two behind it."""
    assert system("http://www.stufstandaarden.nl/koppelvlak/ggk0310", "x") == "StUF-GGk 3.10"
    assert system("https://www.stufstandaarden.nl/koppelvlak/ggk", "x") == "StUF-GGk"
    assert system(f"{VSP}/v9", "x") == "VSP"
    assert system("urn:x", "x") is None


TOTAL = put_("Declaratie/TotaalIngediendBedrag/TotaalBedrag", "1")
MONTH = put_("Declaratie/DeclaratiePeriode", {"Begindatum": "2021-01-01", "Einddatum": "2021-01-31"})


@pytest.mark.parametrize(
    ("changes", "alone", "beside"),
    [
        ((), set(), set()),
        ((TOTAL,), {"TR358"}, set()),
        ((MONTH,), set(), {"TR319"}),
        ((TOTAL, MONTH), {"TR358"}, {"TR319"}),
    ],
)
def test_rules_of_every_level_are_told_together(
    changes: tuple[Change, ...], alone: set[str], beside: set[str]
) -> None:
    """A rule of one message that is broken hides none over several messages, nor the other way round."""
    lezer = Bestandslezer(LATER, None)
    found = lezer(write(bericht("JW323", *changes)), "a.xml")
    assert {f.code for f in found.fouten} == alone
    _, others = lezer.naast_elkaar(volledig=False)
    assert {f.code for f in others.get("a.xml", ())} == beside


def test_a_message_that_breaks_a_rule_of_its_own_was_never_sent() -> None:
    """Its number may be used by the next one, and a start in it is no start."""
    wrong, right = bericht("JW305", put_("Client/Bsn", "999999999")), bericht("JW305")
    lezer = Bestandslezer(LATER, None)
    for name, message in (("a", wrong), ("b", right), ("c", right)):
        lezer(write(message), name)
    _, others = lezer.naast_elkaar(volledig=False)
    assert "TR056" not in {f.code for f in others.get("a", ())} | {f.code for f in others.get("b", ())}
    assert "TR056" in {f.code for f in others["c"]}
