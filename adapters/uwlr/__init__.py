"""UWLR 2.2 and 2.3, the SOAP messages that carry EDEXML objects between a school system and an application.

Only answers with leerlinggegevens, whole or in steps (structuur, leerlingen, leerkrachten), with or without a
SOAP 1.1 envelope. The header of an envelope holds keys to the school's system: its content is never read.

2.3 has the same namespace and no public schema. It is read as 2.2 and the translation says so: what differs
shows as a fault, except what is known. There the ECK iD is the key of a leerling, in `key` or alone in
`eckid`: look at `Sleutel.soort`. It tells leerlingen of one answer apart and goes no further than that.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from adapters.registratie import leerlingen
from adapters.registratie.registratie import findings, finish, refused, report
from adapters.uwlr.profielen import Profiel, warn
from adapters.xml import parser as xml
from adapters.xml.herkenning import BODY, ENVELOPE, FAULT, SOAP, Begin, begin_in, version_said
from adapters.xml.nodes import Found, sub, text
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage
from schemas.messages.registratie import Deel, Registratiecontrole, Registratievertaling, ZonderGegevens

__all__ = ["MAX_BYTES", "SOAP", "Profiel", "check", "concerns", "herken", "translate", "versie"]

MAX_BYTES: Final = 10 * 1024 * 1024
NAMESPACE: Final = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
_FAMILY: Final = "http://www.edustandaard.nl/leerresultaten/"
_ANSWERS: Final[dict[str, tuple[str, Deel]]] = {
    "leerlinggegevens_antwoord": ("leerlinggegevens", "volledig"),
    "structuur_antwoord": ("leerlinggegevens-structuur", "structuur"),
    "leerlingen_antwoord": ("leerlinggegevens-leerlingen", "leerlingen"),
    "leerkrachten_antwoord": ("leerlinggegevens-leerkrachten", "leerkrachten"),
}
"""For each answer, the element with its content, and which part of the school that is."""
_ALONE: Final[dict[str, Deel]] = dict(_ANSWERS.values())
"""The same elements without an answer around them, which the official schema also lets stand at the root."""
_REQUESTS: Final = frozenset({name.replace("_antwoord", "_verzoek") for name in _ANSWERS})
_TEXTS: Final = {
    "uwlr.verzoek": "Dit is een verzoek om gegevens. OZlijn leest alleen antwoorden.",
    "uwlr.soap_versie": "De envelop is geen SOAP 1.1. Een andere versie leest OZlijn niet.",
    "uwlr.soap_fout": "Het schoolsysteem antwoordt met een foutmelding (SOAP Fault) en niet met gegevens.",
    "uwlr.namespace": "Dit lijkt UWLR, maar de namespace is niet die van leerlinggegevens in UWLR 2.",
    "uwlr.resultaten": "Dit bericht van UWLR gaat over resultaten. OZlijn leest alleen leerlinggegevens.",
    "uwlr.wortel": "Dit is geen antwoord met leerlinggegevens volgens UWLR: het begint anders.",
}
_SCHEMA: Final = xml.Schema(
    Path(__file__).with_name("soap.xsd"), lists=leerlingen.LISTS, special={}, keyed=leerlingen.KEYED
)
_2_3: Final = "2.3"
_KNOWN: Final = frozenset({"2.1", "2.2", "2.2.1"})
"""The versions that a 2.2 answer can give of itself: of UWLR, or of the EDEXML objects in it."""


def herken(namespace: str, name: str) -> str | None:
    """`uwlr` when a document with this root is for this adapter: an answer, or any SOAP 1.1 envelope."""
    ours = (namespace == NAMESPACE and name in {*_ANSWERS, *_ALONE}) or (namespace, name) == (SOAP, ENVELOPE)
    return "uwlr" if ours else None


def concerns(namespace: str, name: str) -> bool:
    """Whether this adapter has something to say of an element, at the root or in SOAP, if only a refusal."""
    return namespace.startswith(_FAMILY) or name in {*_ANSWERS, *_ALONE, *_REQUESTS}


def versie(raw: bytes) -> str | None:
    """The version that an answer gives of itself, whether we read it or not. None when it gives none or
    cannot be parsed.
    """
    try:
        document = xml.parse(raw, max_bytes=MAX_BYTES)
    except InvalidMessage:
        return None
    begin = begin_in(document)
    answer = begin.message[1]
    steps = [_ANSWERS[answer][0]] if answer in _ANSWERS else []
    above = [(SOAP, BODY), (NAMESPACE, answer)] if begin.body is not None else []
    path = [*above, *((NAMESPACE, step) for step in (*steps, "school", "xsdversie"))]
    return version_said(document, tuple(f"{{{namespace}}}{name}" for namespace, name in path))


def translate(
    raw: bytes, *, today: dt.date, profiel: Profiel | None = None, max_bytes: int = MAX_BYTES
) -> Registratievertaling | ZonderGegevens:
    """Translate one answer, or raise with every fault found.

    `today`: nobody in it is born after that day. `profiel` adds findings about the agreed set.

    Raises MessageTooLarge, UnsupportedMessage (a request, SOAP 1.2, another version) or InvalidMessage
    (faults in document order; `uwlr.soap_fout` when the school system answered with a SOAP Fault). No fault,
    finding or exception holds a value of the answer. Safe to call from several threads.
    """
    result = _read(raw, today, profiel, max_bytes)
    if isinstance(result, Registratiecontrole):
        raise InvalidMessage(result.fouten)
    return result


def check(
    raw: bytes, *, today: dt.date, profiel: Profiel | None = None, max_bytes: int = MAX_BYTES
) -> Registratiecontrole:
    """Everything `translate` would say of this answer, as a value."""
    try:
        return report(_read(raw, today, profiel, max_bytes))
    except InvalidMessage as error:
        return refused(error)


def _read(
    raw: bytes, today: dt.date, profiel: Profiel | None, max_bytes: int
) -> Registratievertaling | ZonderGegevens | Registratiecontrole:
    document = xml.parse(raw, max_bytes=max_bytes)
    _refuse_what_is_no_answer(begin_in(document), document)
    structure = document.faults(_SCHEMA)
    part = _part(document, structure)
    school = sub(part.gegevens, "school")
    version = text(school, "xsdversie") or None
    odd = _version(version, f"{part.place}/school", document) if part.gegevens else []
    if not structure and not part.gegevens and part.reden is not None:
        return ZonderGegevens(part.reden)
    if not part.gegevens:
        return Registratiecontrole(tuple(structure), findings(odd, document.line))
    newer = version == _2_3
    reader = leerlingen.Reader(part.gegevens, part.place, part.deel, today, eck_id_is_key=newer)
    if profiel is not None:
        there = f"{part.place}/leerlingen"
        warn(profiel, sub(part.gegevens, "leerlingen"), there, reader.tally, version_2_3=newer)
    herkomst: dict[str, Any] = {
        "standaard": "uwlr",
        "versie": version or "2.2",
        "datum": leerlingen.day(text(school, "aanmaakdatum")),
    }
    return finish(document, reader, structure, odd, herkomst)


class _Part(NamedTuple):
    """What an answer holds, and where."""

    gegevens: xml.Node
    place: str
    deel: Deel
    reden: Literal["geenwijzigingen", "geengegevens"] | None
    """Why there are no gegevens, when the answer says so."""


def _part(document: xml.Document, structure: list[Fault]) -> _Part:
    root = document.tree(_SCHEMA, valid=not structure)
    if document.name in _ALONE:
        return _Part(root, f"/{document.name}", _ALONE[document.name], None)
    name, answer, place = document.name, root, f"/{document.name}"
    if document.name == ENVELOPE:
        body = sub(root, BODY)
        name = next((n for n in _ANSWERS if n in body), "leerlinggegevens_antwoord")
        answer, place = sub(body, name), f"/Envelope/Body/{name}"
    element, deel = _ANSWERS[name]
    reden: Literal["geenwijzigingen", "geengegevens"] | None = None
    if "geenwijzigingen" in answer:
        reden = "geenwijzigingen"
    elif "geengegevens" in answer:
        reden = "geengegevens"
    return _Part(sub(answer, element), f"{place}/{element}", deel, reden)


def _fault(code: str, place: str, document: xml.Document) -> Fault:
    return Fault(code, place, _TEXTS[code], document.line(place))


def _refuse_what_is_no_answer(begin: Begin, document: xml.Document) -> None:
    """Raises in the words that fit best; for an envelope that fits none, the schema says what is wrong."""
    namespace, name = begin.message
    in_soap = begin.name == ENVELOPE
    place = "/Envelope/Body/*[1]" if in_soap else "/*"
    if in_soap and begin.namespace != SOAP:
        raise UnsupportedMessage((_fault("uwlr.soap_versie", "/*", document),))
    if (namespace, name) == (SOAP, FAULT):
        raise InvalidMessage((_fault("uwlr.soap_fout", "/Envelope/Body/Fault", document),))
    if namespace == NAMESPACE and name.endswith(FAULT):
        raise InvalidMessage((_fault("uwlr.soap_fout", place, document),))
    if namespace.startswith(_FAMILY) and name.endswith("_verzoek"):
        raise UnsupportedMessage((_fault("uwlr.verzoek", place, document),))
    if namespace.startswith(_FAMILY) and name.startswith("leerresultaten"):
        raise UnsupportedMessage((_fault("uwlr.resultaten", place, document),))
    if namespace != NAMESPACE and concerns(namespace, name):
        raise UnsupportedMessage((_fault("uwlr.namespace", place, document),))
    if herken(begin.namespace, begin.name) is None:
        raise InvalidMessage((_fault("uwlr.wortel", "/*", document),))


def _version(version: str | None, school: str, document: xml.Document) -> list[Found]:
    place = f"{school}/xsdversie"
    if version is None:
        said = "Het antwoord noemt geen versie; het is gelezen als UWLR 2.2."
        return [Found("uwlr.versie_ontbreekt", school, said)]
    if version == _2_3:
        said = "Dit is UWLR 2.3. Daarvan is geen schema openbaar; het is gelezen als 2.2."
        return [Found("uwlr.versie_2_3", place, said)]
    if version not in _KNOWN:
        said = "Deze versie van UWLR leest OZlijn niet; wel 2.2 en 2.3."
        raise UnsupportedMessage((Fault("uwlr.versie", place, said, document.line(place)),))
    return []
