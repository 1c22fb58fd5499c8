"""UWLR 2.2, the SOAP messages that carry EDEXML objects between a school system and an application.

Only answers with leerlinggegevens, whole or in steps (structuur, leerlingen, leerkrachten), with or without a
SOAP 1.1 envelope. The header of an envelope holds keys to the school's system: its content is never read.

2.3 has the same namespace and no public schema. It is read as 2.2 and the translation says so: what differs
shows as a fault. There the ECK iD can be the key of a leerling, so look at `Sleutel.soort`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from adapters.registratie import leerlingen
from adapters.registratie.registratie import findings, finish, refused, report
from adapters.uwlr.profielen import Profiel, warn
from adapters.xml import parser as xml
from adapters.xml.nodes import Found, sub, text
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage
from schemas.messages.registratie import Deel, Registratiecontrole, Registratievertaling, ZonderGegevens

__all__ = ["MAX_BYTES", "Profiel", "check", "herken", "translate"]

MAX_BYTES: Final = 10 * 1024 * 1024
NAMESPACE: Final = "http://www.edustandaard.nl/leerresultaten/2/leerlinggegevens"
SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_ANSWERS: Final[dict[str, tuple[str, Deel]]] = {
    "leerlinggegevens_antwoord": ("leerlinggegevens", "volledig"),
    "structuur_antwoord": ("leerlinggegevens-structuur", "structuur"),
    "leerlingen_antwoord": ("leerlinggegevens-leerlingen", "leerlingen"),
    "leerkrachten_antwoord": ("leerlinggegevens-leerkrachten", "leerkrachten"),
}
"""By answer: the element with its content, and what part of the school that is."""
_SCHEMA: Final = xml.Schema(
    Path(__file__).with_name("soap.xsd"), lists=leerlingen.LISTS, special={}, keyed=leerlingen.KEYED
)
_KNOWN: Final = frozenset({"2.1", "2.2", "2.2.1"})
"""What a 2.2 answer can call itself: the version of UWLR, or of the EDEXML objects in it."""


def herken(namespace: str, name: str) -> str | None:
    """`uwlr` when a document with this root is for this adapter: an answer, or any SOAP 1.1 envelope."""
    ours = (namespace == NAMESPACE and name in _ANSWERS) or (namespace == SOAP and name == "Envelope")
    return "uwlr" if ours else None


def translate(
    raw: bytes, *, profiel: Profiel | None = None, max_bytes: int = MAX_BYTES
) -> Registratievertaling | ZonderGegevens:
    """Translate one answer, or raise with every fault found. `profiel` adds findings about the agreed set.

    Raises MessageTooLarge, UnsupportedMessage (a request, SOAP 1.2, another version) or InvalidMessage
    (faults in document order; `uwlr.soap_fout` when the school system answered with a SOAP Fault). No fault,
    finding or exception holds a value of the answer. Safe to call from several threads.
    """
    result = _read(raw, profiel, max_bytes)
    if isinstance(result, Registratiecontrole):
        raise InvalidMessage(result.fouten)
    return result


def check(raw: bytes, *, profiel: Profiel | None = None, max_bytes: int = MAX_BYTES) -> Registratiecontrole:
    """Everything `translate` would say of this answer, as a value."""
    try:
        return report(_read(raw, profiel, max_bytes))
    except InvalidMessage as error:
        return refused(error)


def _read(
    raw: bytes, profiel: Profiel | None, max_bytes: int
) -> Registratievertaling | ZonderGegevens | Registratiecontrole:
    document = xml.parse(raw, max_bytes=max_bytes)
    _check_root(document)
    structure = document.faults(_SCHEMA)
    root = document.tree(_SCHEMA, valid=not structure)
    place = f"/{document.name}"
    if document.name == "Envelope":
        body = sub(root, "Body")
        if "Fault" in body:
            said = "Het schoolsysteem antwoordt met een foutmelding (SOAP Fault) en niet met gegevens."
            raise InvalidMessage((_fault("uwlr.soap_fout", "/Envelope/Body/Fault", said, document),))
        name = next((n for n in _ANSWERS if n in body), "leerlinggegevens_antwoord")
        place, answer = f"/Envelope/Body/{name}", sub(body, name)
        empty = body.get(name) == ""
    else:
        name, answer, empty = document.name, root, not root
    element, deel = _ANSWERS[name]
    return _answer(document, structure, answer, (f"{place}/{element}", element, deel), profiel, empty=empty)


def _answer(
    document: xml.Document,
    structure: list[Fault],
    answer: xml.Node,
    where: tuple[str, str, Deel],
    profiel: Profiel | None,
    *,
    empty: bool,
) -> Registratievertaling | ZonderGegevens | Registratiecontrole:
    place, element, deel = where
    gegevens = sub(answer, element)
    school = sub(gegevens, "school")
    version = text(school, "xsdversie")
    odd = _version(version, f"{place}/school", document) if gegevens else []
    if not structure and not gegevens and not empty:
        return ZonderGegevens("geenwijzigingen" if "geenwijzigingen" in answer else "geengegevens")
    if not gegevens:
        return Registratiecontrole(tuple(structure), findings(odd, document.line))
    reader = leerlingen.Reader(gegevens, place, deel)
    if profiel is not None:
        there = f"{place}/leerlingen"
        warn(profiel, sub(gegevens, "leerlingen"), there, reader.tally, version_2_3=version == "2.3")
    herkomst: dict[str, Any] = {
        "standaard": "uwlr",
        "versie": version or "2.2",
        "datum": leerlingen.day(text(school, "aanmaakdatum")),
    }
    return finish(document, reader, structure, odd, herkomst)


def _fault(code: str, place: str, said: str, document: xml.Document) -> Fault:
    return Fault(code, place, said, document.line(place))


def _check_root(document: xml.Document) -> None:
    if herken(document.namespace, document.name) is not None:
        return
    if document.namespace == NAMESPACE and document.name.endswith("_verzoek"):
        said = "Dit is een verzoek om gegevens. OZlijn leest alleen antwoorden."
        raise UnsupportedMessage((Fault("uwlr.verzoek", "/*", said, 1),))
    if document.name == "Envelope":
        said = "De envelop is geen SOAP 1.1. Een andere versie leest OZlijn niet."
        raise UnsupportedMessage((Fault("uwlr.soap_versie", "/*", said, 1),))
    said = "Dit is geen antwoord met leerlinggegevens volgens UWLR: het begint anders."
    raise InvalidMessage((Fault("uwlr.wortel", "/*", said, 1),))


def _version(version: str | None, school: str, document: xml.Document) -> list[Found]:
    place = f"{school}/xsdversie"
    if version is None:
        said = "Het antwoord noemt geen versie; het is gelezen als UWLR 2.2."
        return [Found("uwlr.versie_ontbreekt", school, said)]
    if version == "2.3":
        said = "Dit is UWLR 2.3. Daarvan is geen schema openbaar; het is gelezen als 2.2."
        return [Found("uwlr.versie_2_3", place, said)]
    if version not in _KNOWN:
        said = "Deze versie van UWLR leest OZlijn niet; wel 2.2 en 2.3."
        raise UnsupportedMessage((_fault("uwlr.versie", place, said, document),))
    return []
