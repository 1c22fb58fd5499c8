"""Envelopes: what is in them comes out untouched with its routing, and a bad one does no harm."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from contextlib import suppress

import pytest

from adapters import ijw
from adapters.ijw import envelop
from adapters.ijw.envelop import GGK, STUF, VSP, Envelop, Foutbericht, unwrap
from adapters.xml import zips
from adapters.xml.herkenning import SOAP
from schemas.errors import Fault, InvalidMessage, MessageTooLarge, UnsupportedMessage
from tests.unit.adapters.ijw.voorbeelden import AGB, GEMEENTE, golden

REFERENCE, OTHER = "0b0f9a52-2f6c-4a7e-9d57-000000000001", "0b0f9a52-2f6c-4a7e-9d57-000000000002"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def stuf(root: str, functie: str, content: str, cross: str = "") -> str:
    sent = f"<s:crossRefnummer>{cross}</s:crossRefnummer>" if cross else ""
    return (
        f'<g:{root} xmlns:g="{GGK}" xmlns:s="{STUF}"><g:stuurgegevens><s:berichtcode>x</s:berichtcode>'
        f"<s:zender><s:organisatie>{AGB}</s:organisatie><s:applicatie>Fictief</s:applicatie></s:zender>"
        f"<s:ontvanger><s:organisatie>{GEMEENTE}</s:organisatie><s:applicatie>GGk</s:applicatie></s:ontvanger>"
        f"<s:referentienummer>{REFERENCE}</s:referentienummer><s:tijdstipBericht>20260415</s:tijdstipBericht>"
        f"{sent}<s:functie>{functie}</s:functie></g:stuurgegevens><g:parameters>"
        f"<g:applicatieVersie>0001</g:applicatieVersie><g:bericht>{content}</g:bericht></g:parameters></g:{root}>"
    )


def heen(payload: bytes = golden("JW305")) -> str:
    return stuf("envelopHeenbericht-ggk_Di01", "JW305", f"<g:xmlBestand>{b64(payload)}</g:xmlBestand>")


def in_soap(body: str, header: str = "") -> str:
    return f'<e:Envelope xmlns:e="{SOAP}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'


def packed(*contents: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for n, content in enumerate(contents):
            archive.writestr(f"../../etc/{n}.xml", content)
    return buffer.getvalue()


def vsp(data: str, functie: str = "JW305", conversation: str = REFERENCE) -> str:
    return in_soap(
        f'<a:IndienenBericht xmlns:a="{VSP}/v3"><a:Request><m:Bericht xmlns:m="{VSP}/messages/v3">'
        f"<m:Data>{data}</m:Data></m:Bericht></a:Request></a:IndienenBericht>",
        f'<a:VerwerkingscontextHeader xmlns:a="{VSP}/v3" xmlns:h="{VSP}/header/v3" xmlns:t="{VSP}/types/v3">'
        "<h:Aspect><t:Sleutel>Applicatie</t:Sleutel><t:Waarde>Fictief</t:Waarde></h:Aspect><h:Aspect>"
        f"<t:Sleutel>Referentienummer</t:Sleutel><t:Waarde>{REFERENCE}</t:Waarde></h:Aspect>"
        f'</a:VerwerkingscontextHeader><a:ConversatieHeader xmlns:a="{VSP}/v3" xmlns:h="{VSP}/header/v3">'
        f"<h:ConversatieId>{conversation}</h:ConversatieId></a:ConversatieHeader>"
        f'<a:RouteringHeader xmlns:a="{VSP}/v3" xmlns:h="{VSP}/header/v3" xmlns:t="{VSP}/types/v3">'
        f"<h:Afzender><t:Rol>Instelling</t:Rol><t:Code>{AGB}</t:Code></h:Afzender><h:Geadresseerden>"
        f"<t:Relatie><t:Rol>Gemeente</t:Rol><t:Code>{GEMEENTE}</t:Code></t:Relatie></h:Geadresseerden>"
        f"<h:Berichttype>JW</h:Berichttype><h:Berichtsubtype>{functie}</h:Berichtsubtype></a:RouteringHeader>",
    )


def fo01(body: str) -> str:
    return (
        f'<s:Fo01Bericht xmlns:s="{STUF}"><s:stuurgegevens><s:crossRefnummer>{REFERENCE}</s:crossRefnummer>'
        f"</s:stuurgegevens><s:body>{body}</s:body></s:Fo01Bericht>"
    )


def opened(text: str | bytes, max_bytes: int = ijw.MAX_BYTES) -> Envelop | Foutbericht:
    return unwrap(text if isinstance(text, bytes) else text.encode(), max_bytes=max_bytes)


def faults(text: str, max_bytes: int = ijw.MAX_BYTES) -> tuple[Fault, ...]:
    with pytest.raises(InvalidMessage) as caught:
        opened(text, max_bytes)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return caught.value.faults


@pytest.mark.parametrize("wrap", [str, in_soap], ids=["bare", "soap"])
def test_a_heenbericht_of_the_ggk_is_opened(wrap: type[str]) -> None:
    """The payload comes out byte for byte, with who sent it to whom under which reference."""
    assert opened(wrap(heen())) == Envelop(
        soort="stuf-ggk",
        afzender=AGB,
        ontvanger=GEMEENTE,
        functie="JW305",
        referentie=REFERENCE,
        crossref=None,
        retour=False,
        payload=golden("JW305"),
    )


def test_a_retour_of_the_ggk_says_what_it_answers() -> None:
    """A Du01 has the reference of the Di01."""
    content = f"<g:xmlBestand>\n {b64(golden('JW306'))}\n</g:xmlBestand>"
    result = opened(stuf("envelopRetourbericht-ggk_Du01", "JW306", content, cross=OTHER))
    assert isinstance(result, Envelop)
    assert (result.retour, result.crossref, result.payload) == (True, OTHER, golden("JW306"))
    missing = faults(stuf("envelopRetourbericht-ggk_Du01", "JW306", content))
    assert [(f.code, f.place) for f in missing] == [
        ("envelop.onderdeel", "/envelopRetourbericht-ggk_Du01/stuurgegevens")
    ]


@pytest.mark.parametrize(
    ("functie", "conversation", "crossref", "retour"),
    [("JW305", REFERENCE, None, False), ("JW306", OTHER, OTHER, True), ("JW325", OTHER, OTHER, True)],
)
def test_an_envelope_of_the_vsp_is_opened(
    functie: str, conversation: str, crossref: str | None, retour: bool
) -> None:
    """The one file in the ZIP comes out, whatever it is called."""
    assert opened(vsp(b64(packed(golden("JW305"))), functie, conversation)) == Envelop(
        soort="vsp",
        afzender=AGB,
        ontvanger=GEMEENTE,
        functie=functie,
        referentie=REFERENCE,
        crossref=crossref,
        retour=retour,
        payload=golden("JW305"),
    )


@pytest.mark.parametrize("wrap", [str, in_soap], ids=["bare", "soap"])
def test_an_error_of_the_hub_is_a_result(wrap: type[str]) -> None:
    """An Fo01 is an answer with a code, and its texts stay out of a repr."""
    body = (
        "<s:code>StUF055</s:code><s:plek>client</s:plek><s:omschrijving>KANARIE</s:omschrijving>"
        "<s:details>KANARIE-2</s:details><s:detailsXML><s:x/></s:detailsXML>"
    )
    result = opened(wrap(fo01(body)))
    assert result == Foutbericht("StUF055", "client", "KANARIE", "KANARIE-2", REFERENCE)
    assert "KANARIE" not in repr(result)
    bare = opened(wrap(fo01("<s:code>StUF055</s:code><s:details/>")))
    assert bare == Foutbericht("StUF055", None, None, None, REFERENCE)


def test_what_is_in_an_envelope_stays_out_of_its_repr() -> None:
    """A payload is a message about a child."""
    assert "Bericht" not in repr(opened(heen()))


def test_an_error_without_routing_is_read() -> None:
    """What an Fo01 says of routing is not certain, so it may be absent."""
    text = f'<s:Fo01Bericht xmlns:s="{STUF}"><s:body><s:code>IB005</s:code></s:body></s:Fo01Bericht>'
    assert opened(text) == Foutbericht("IB005", None, None, None, None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (golden("JW305").decode(), "envelop.onbekend"),
        ("<x/>", "envelop.onbekend"),
        (in_soap("<x/>"), "envelop.onbekend"),
        (in_soap(""), "envelop.onderdeel"),
        (f'<e:Envelope xmlns:e="{SOAP}"/>', "envelop.onderdeel"),
        (f'<g:envelopHeenbericht-ggk_Di01 xmlns:g="{GGK}"/>', "envelop.onderdeel"),
        (heen().replace("xmlBestand", "y"), "envelop.onderdeel"),
        (heen().replace(AGB, " "), "envelop.onderdeel"),
        (heen().replace("<s:functie>", "<s:functie>KANARIE</s:functie><s:functie>"), "envelop.onderdeel"),
        (heen().replace("<g:xmlBestand>", "<g:xmlBestand>KANARIE!"), "envelop.base64"),
        (heen().replace("<g:xmlBestand>", "<g:xmlBestand>é"), "envelop.base64"),
        (vsp("KANARIE!"), "envelop.base64"),
        (vsp(""), "envelop.onderdeel"),
        (vsp(b64(b"KANARIE")), "zip.kapot"),
        (vsp(b64(packed(b"x")[:-9])), "zip.kapot"),
        (vsp(b64(packed())), "zip.aantal"),
        (vsp(b64(packed(b"KANARIE", b"KANARIE"))), "zip.aantal"),
        (vsp(b64(packed(*[b"x"] * 11))), "zip.bom"),
        (vsp(b64(packed(b"0" * 20_000_000))), "zip.bom"),
        (vsp(b64(packed(b"x", method=zipfile.ZIP_BZIP2))), "zip.kapot"),
        (vsp(b64(packed(b"x"))).replace("Referentienummer", "KANARIE"), "envelop.onderdeel"),
        (
            vsp(b64(packed(b"x"))).replace("</t:Relatie>", "</t:Relatie><t:Relatie/>"),
            "envelop.onderdeel",
        ),
        ("<!DOCTYPE x []>" + heen(), "xml.doctype"),
    ],
    ids=lambda value: None if len(value) > 30 else value,
)
def test_a_bad_envelope_is_one_fault_that_repeats_nothing(text: str, code: str) -> None:
    """No envelope, a missing or doubled part, broken base64, a ZIP that is broken, full or a bomb."""
    found = faults(text)
    assert [f.code for f in found] == [code]
    assert "KANARIE" not in repr(found)


def test_a_text_file_is_not_supported() -> None:
    """The same envelope carries files of other standards that are no XML."""
    with pytest.raises(UnsupportedMessage):
        opened(stuf("envelopHeenbericht-ggk_Di01", "JW305", "<g:tekstBestand>x</g:tekstBestand>"))


def test_an_envelope_and_its_content_are_bounded() -> None:
    """The bound of the caller holds for the envelope and for what a ZIP in it unpacks to."""
    with pytest.raises(MessageTooLarge):
        opened(heen(), max_bytes=500)
    random_bytes = random.Random(1).randbytes(3_000)
    fits = opened(vsp(b64(packed(random_bytes))), max_bytes=6_000)
    assert isinstance(fits, Envelop)
    hidden = vsp(b64(packed(b"ab" * 4_000)))
    assert [f.code for f in faults(hidden, max_bytes=6_000)] == ["zip.bom"]


def lying(content: bytes, declared: int) -> bytes:
    """A ZIP whose table of contents and entry say another size than the content has."""
    real, said = (n.to_bytes(4, "little") for n in (len(content), declared))
    return packed(content).replace(real, said)


def test_a_zip_that_lies_about_its_size_is_not_believed() -> None:
    """Reading stops at the bound, whatever the ZIP declares."""
    for declared in (1, 100, 2**31):
        result = zips.only_file(lying(b"x" * 70_001, declared), max_bytes=50_000)
        assert isinstance(result, zips.Damage)


def test_an_encrypted_zip_is_not_opened() -> None:
    """There is no password to open it with."""
    data = bytearray(packed(b"x"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    assert zips.only_file(bytes(data), max_bytes=100) is zips.Damage.ENCRYPTED


def test_a_folder_beside_the_file_does_not_count() -> None:
    """A ZIP made from a folder has an entry for the folder too."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.mkdir("map")
        archive.writestr("map/a.xml", b"a")
    assert zips.only_file(buffer.getvalue(), max_bytes=100) == b"a"


def test_a_damaged_zip_does_nothing_unforeseen() -> None:
    """Any damage gives the file, or a reason why not."""
    rng = random.Random(7)
    whole = packed(golden("JW305"))
    for _ in range(500):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        assert isinstance(zips.only_file(bytes(data), max_bytes=100_000), bytes | zips.Damage)


def test_a_damaged_envelope_does_nothing_unforeseen() -> None:
    """Any damage gives an envelope or the one refusal."""
    rng = random.Random(9)
    for base in (heen(), vsp(b64(packed(golden("JW305")))), fo01("<s:code>x</s:code>")):
        for _ in range(200):
            data = bytearray(base.encode())
            at = rng.randrange(len(data))
            data[at : at + rng.randint(0, 9)] = rng.choice([b"", b"<", b"</g:bericht>", b"\xff", b"x"])
            with suppress(InvalidMessage):
                opened(bytes(data))


def test_an_envelope_is_recognised_by_its_root() -> None:
    """What may be an envelope is known before it is opened; a message is none."""
    assert envelop.is_envelop(SOAP, "Envelope")
    assert envelop.is_envelop(STUF, "Fo01Bericht")
    assert not envelop.is_envelop(GGK, "Bericht")
