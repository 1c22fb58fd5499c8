"""Envelopes around an iJw message: StUF-GGk on the side of the gemeente, VSP on that of the aanbieder.

Read only. What is certain of StUF-GGk 2.1 (patch 4) comes from its published XSD: the elements read here, and
that a retour travels as Du01. Not certain, so not checked: which envelope a JW325 has, the versions in
`parameters`, and what else an Fo01 says of routing. SOAP around it is read over, and the elements of the
header are read in either namespace.

VSP is known from one test fixture of a third party for iJw 3.0 (about 2021), not from a document of VECOZO:
names, namespaces and the ZIP are as found there. Not certain: how a retour refers to what it answers (here: a
ConversatieId that differs from its own Referentienummer) and how more than one addressee is meant (refused).

An envelope is not written: who the applications are, and the versions that a hub expects, is not known.

One text of XML is at most 10 MB for the parser, so a payload of more than about 7.5 MB has to come bare.
"""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from adapters.ijw.berichten import RETOURS
from adapters.xml import parser as xml
from adapters.xml import zips
from adapters.xml.herkenning import ENVELOPE, FAULT, SOAP, begin_of
from adapters.xml.parser import Node
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage

GGK: Final = "http://www.stufstandaarden.nl/koppelvlak/ggk0210"
STUF: Final = "http://www.egem.nl/StUF/StUF0301"
VSP: Final = "http://schemas.vecozo.nl/berichtuitwisseling"

_HEEN, _RETOUR, _FOUT = "envelopHeenbericht-ggk_Di01", "envelopRetourbericht-ggk_Du01", "Fo01Bericht"
_STUURGEGEVENS: Final = "stuurgegevens zender ontvanger organisatie referentienummer crossRefnummer functie"
_NAMES: Final = {
    SOAP: "Header Body",
    GGK: f"{_HEEN} {_RETOUR} {_STUURGEGEVENS} parameters bericht xmlBestand tekstBestand",
    STUF: f"{_FOUT} {_STUURGEGEVENS} body code plek omschrijving details",
    f"{VSP}/v3": "VerwerkingscontextHeader ConversatieHeader RouteringHeader IndienenBericht Request",
    f"{VSP}/header/v3": "Aspect ConversatieId Afzender Geadresseerden Berichtsubtype",
    f"{VSP}/types/v3": "Sleutel Waarde Rol Code Relatie",
    f"{VSP}/messages/v3": "Bericht Data",
}
_TAGS: Final = tuple(f"{{{ns}}}{name}" for ns, names in _NAMES.items() for name in names.split())
_ROOTS: Final = {(GGK, _HEEN), (GGK, _RETOUR), (STUF, _FOUT), (SOAP, ENVELOPE)}
_ANY_GGK: Final = re.compile(r"https?://www\.stufstandaarden\.nl/\S*?ggk/?(?:([0-9]{2})([0-9]{2}))?(?:/\S*)?")
_ANY_STUF: Final = "http://www.egem.nl/StUF/"
_SPACE: Final = re.compile(r"[ \t\r\n]+")

_TEXTS: Final = {
    "envelop.onbekend": "In deze envelop zit geen bericht dat OZlijn leest (UWLR, StUF-GGk 2.1 of VSP).",
    "envelop.versie": "Deze envelop ({}) heeft een andere versie of namespace dan OZlijn leest: "
    "StUF-GGk 2.1 (ggk0210) en VSP v3.",
    "envelop.soap_versie": "De envelop is geen SOAP 1.1. Een andere versie leest OZlijn niet.",
    "envelop.soap_fout": "Het antwoord is een foutmelding (SOAP Fault) en geen bericht.",
    "envelop.bevestiging": "Dit gaat over het versturen (een bevestiging of foutmelding) en is geen bericht.",
    "envelop.onderdeel": "Dit onderdeel hoort precies een keer in de envelop te staan: {}.",
    "envelop.tekstbestand": "De envelop bevat een tekstbestand; een iJw-bericht is XML.",
    "envelop.base64": "De inhoud van de envelop is geen geldige base64.",
}


@dataclass(frozen=True, slots=True)
class Envelop:
    """A payload and where it travels. The codes are those on the envelope: nothing compares them with the
    payload, and in a retour they differ from the Header by design.
    """

    soort: Literal["stuf-ggk", "vsp"]
    afzender: str
    """CBS code of a gemeente or AGB code of an aanbieder."""
    ontvanger: str
    functie: str
    """Name of the message on the envelope ("JW305")."""
    referentie: str
    crossref: str | None
    """Reference of what this answers."""
    retour: bool
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Foutbericht:
    """An Fo01: the hub could not deliver. Texts of the hub can quote a message, so keep them out of logs."""

    code: str
    plek: str | None
    omschrijving: str | None = field(repr=False)
    details: str | None = field(repr=False)
    crossref: str | None


def is_envelop(namespace: str, name: str) -> bool:
    """Whether a document element with this namespace and local name can be an envelope."""
    return (namespace, name) in _ROOTS


def concerns(namespace: str, name: str) -> bool:
    """Whether this adapter has something to say of an element, at the root or in SOAP, if only a refusal."""
    return system(namespace, name) is not None


def system(namespace: str, name: str) -> str | None:
    """The name of the envelope that has such an element, with its version as far as the namespace says it."""
    ggk = _ANY_GGK.fullmatch(namespace)
    if namespace == GGK:
        return "StUF-GGk"
    if ggk is not None:
        return f"StUF-GGk {int(ggk[1])}.{ggk[2]}" if ggk[1] else "StUF-GGk"
    if name in {_HEEN, _RETOUR}:
        return "StUF-GGk"
    if namespace.startswith(_ANY_STUF) or name == _FOUT:
        return "StUF"
    return "VSP" if namespace.startswith(VSP) else None


def unwrap(raw: bytes, *, max_bytes: int) -> Envelop | Foutbericht:
    """Open one envelope. `max_bytes` bounds the envelope, what is in it, and what a ZIP in it unpacks to.

    The payload is not parsed. Raises InvalidMessage (no envelope, or one that is not whole),
    UnsupportedMessage (another version of it or of SOAP, an acknowledgement, a text file), MessageTooLarge.
    """
    document = xml.parse(raw, max_bytes=max_bytes)
    in_soap = document.name == ENVELOPE
    if not in_soap and not is_envelop(document.namespace, document.name):
        raise _refusal(document.namespace, document.name, "/*")
    if in_soap and document.namespace != SOAP:
        raise _unsupported("envelop.soap_versie", "/Envelope")
    content = document.pick(_TAGS)
    if not in_soap:
        return _stuf(_At(content, f"/{document.name}"), document.name)
    soap = _At(content, "/Envelope")
    body = soap.sub("Body")
    for name in (_HEEN, _RETOUR, _FOUT):
        if name in body.node:
            return _stuf(body.sub(name), name)
    if "IndienenBericht" in body.node:
        return _vsp(soap.sub("Header"), body, max_bytes)
    begin = begin_of(raw)
    carried = begin.body if begin is not None else None
    raise _refusal(*(carried or ("", "")), "/Envelope/Body")


def _refusal(namespace: str, name: str, place: str) -> InvalidMessage:
    """Why an element that is no envelope we read is none, in the words that fit it best."""
    if (namespace, name) == (SOAP, FAULT):
        return _invalid("envelop.soap_fout", place)
    known = system(namespace, name)
    if known is None:
        return _invalid("envelop.onbekend", place)
    if namespace in {GGK, STUF, f"{VSP}/v3"}:
        return _unsupported("envelop.bevestiging", place)
    return _unsupported("envelop.versie", place, known)


def _unsupported(code: str, place: str, name: str = "") -> UnsupportedMessage:
    return UnsupportedMessage((Fault(code, place, _TEXTS[code].format(name)),))


def _invalid(code: str, place: str, name: str = "") -> InvalidMessage:
    return InvalidMessage((Fault(code, place, _TEXTS[code].format(name)),))


@dataclass(frozen=True, slots=True)
class _At:
    """A part of an envelope in which every element is there once or not at all."""

    node: Node
    place: str

    def _one(self, name: str, kind: type) -> Any:
        found = self.node.get(name, ())
        if len(found) != 1 or not isinstance(found[0], kind):
            raise _invalid("envelop.onderdeel", self.place, name)
        return found[0]

    def sub(self, name: str) -> _At:
        return _At(self._one(name, dict), f"{self.place}/{name}")

    def text(self, name: str) -> str:
        text = str(self._one(name, str)).strip()
        if not text:
            raise _invalid("envelop.onderdeel", self.place, name)
        return text

    def optional(self, name: str) -> str | None:
        """The text when there is one; for what only informs, so two of them are as good as none."""
        found = self.node.get(name, ())
        return (found[0].strip() or None) if len(found) == 1 and isinstance(found[0], str) else None


def _stuf(at: _At, name: str) -> Envelop | Foutbericht:
    if name == _FOUT:
        return _fout(at)
    header, bericht = at.sub("stuurgegevens"), at.sub("parameters").sub("bericht")
    if "tekstBestand" in bericht.node:
        text = _TEXTS["envelop.tekstbestand"]
        raise UnsupportedMessage((Fault("envelop.tekstbestand", bericht.place, text),))
    return Envelop(
        soort="stuf-ggk",
        afzender=header.sub("zender").text("organisatie"),
        ontvanger=header.sub("ontvanger").text("organisatie"),
        functie=header.text("functie"),
        referentie=header.text("referentienummer"),
        crossref=header.text("crossRefnummer") if name == _RETOUR else None,
        retour=name == _RETOUR,
        payload=_decoded(bericht.text("xmlBestand"), f"{bericht.place}/xmlBestand"),
    )


def _fout(at: _At) -> Foutbericht:
    body = at.sub("body")
    header = at.sub("stuurgegevens") if "stuurgegevens" in at.node else _At({}, at.place)
    return Foutbericht(
        code=body.text("code"),
        plek=body.optional("plek"),
        omschrijving=body.optional("omschrijving"),
        details=body.optional("details"),
        crossref=header.optional("crossRefnummer"),
    )


def _vsp(header: _At, body: _At, max_bytes: int) -> Envelop:
    route = header.sub("RouteringHeader")
    context = header.sub("VerwerkingscontextHeader")
    conversation = header.sub("ConversatieHeader").text("ConversatieId")
    aspects = [_At(a, f"{context.place}/Aspect") for a in context.node.get("Aspect", ()) if type(a) is dict]
    references = [a.text("Waarde") for a in aspects if a.text("Sleutel") == "Referentienummer"]
    if len(references) != 1:
        raise _invalid("envelop.onderdeel", context.place, "Referentienummer")
    bericht = body.sub("IndienenBericht").sub("Request").sub("Bericht")
    place = f"{bericht.place}/Data"
    unpacked = zips.only_file(_decoded(bericht.text("Data"), place), max_bytes=max_bytes)
    if isinstance(unpacked, zips.Damage):
        raise InvalidMessage((Fault(unpacked.value, place, zips.TEXTS[unpacked]),))
    functie = route.text("Berichtsubtype")
    return Envelop(
        soort="vsp",
        afzender=route.sub("Afzender").text("Code"),
        ontvanger=route.sub("Geadresseerden").sub("Relatie").text("Code"),
        functie=functie,
        referentie=references[0],
        crossref=conversation if conversation != references[0] else None,
        retour=functie in RETOURS or functie == "JW325",
        payload=unpacked,
    )


def _decoded(encoded: str, place: str) -> bytes:
    data = None
    with suppress(binascii.Error, ValueError):
        data = base64.b64decode(_SPACE.sub("", encoded), validate=True)
    if data is None:
        raise _invalid("envelop.base64", place)
    return data
