"""Every standard we read, found by the file itself: for a person with a file and no gateway.

A standard is told by the root of its XML and by what an envelope carries, by `soort` for iJw as JSON, or by
being asked for: CSV has no mark of its own. What looks like a standard and is not read is refused by the
adapter of that standard, in its own words. Nothing here decides, stores or sends.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

import orjson

from adapters import edexml, ijw, oso, schoolcsv, uwlr
from adapters.ijw import JwBericht, envelop, regels, retour, verloopregels
from adapters.ijw.aanvulling import (
    Antwoordaanvulling,
    Toewijzingsaanvulling,
    Wijzigingsaanvulling,
    lees_aanvulling,
)
from adapters.ijw.antwoord import draft_319
from adapters.ijw.draadjson import is_draad, naar_json, uit_json
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.retourcodes import HUBFOUTEN
from adapters.ijw.toewijzing import verwerk_301
from adapters.ijw.verloop import MemoryVerloop, aanvaard
from adapters.ijw.verloopregels import check_verloop
from adapters.ijw.verzoek import draft_315, draft_317
from adapters.ijw.voortgang import verwerk_305, verwerk_307
from adapters.schoolcsv.mapping import Kolomafspraak, read_mapping
from adapters.xml import parser as xml
from adapters.xml.herkenning import ENVELOPE, FAULT, SOAP, Begin, begin_of
from adapters.xml.nodes import sub, text
from schemas.base import Model
from schemas.errors import Fault, InvalidMessage, UnsupportedMessage, WrongUse
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht, Inhoud
from schemas.messages.registratie import Registratiecontrole, Registratievertaling, ZonderGegevens
from schemas.messages.toeleiding import AanvraagAntwoord
from schemas.messages.vertaling import Bevinding, Gelezen, Geschreven

__all__ = ["Bestandslezer", "Bestandsschrijver", "into_arrangement", "is_draad", "read_registratie"]

ONBEKEND: Final = "onbekend"
_UNKNOWN: Final = Fault(
    "standaard.onbekend",
    "/",
    "Dit is geen bericht van een standaard die OZlijn leest. Voor CSV is een kolomafspraak nodig.",
)
_EMPTY: Final = Fault("standaard.leeg", "/", "Dit bestand is leeg.")
_PACKED: Final = Fault(
    "standaard.ingepakt",
    "/",
    "Dit is een ingepakt bestand of een rekenblad. Pak het uit, of bewaar het als CSV.",
)
_PACKERS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0")
"""How a ZIP, gzip, 7z, RAR and an old spreadsheet begin."""
_ARRANGEMENT: Final = "OZlijn arrangement"
_VERWERK: Final = {"JW301": verwerk_301, "JW305": verwerk_305, "JW307": verwerk_307}
JSON_FORM: Final = "ijwjson"
_HEEN: Final = {answer: heen for heen, answer in retour.ANSWERS.items() if answer != "JW325"}
_ALONE: Final = Bevinding(
    "ijw.zonder_eerdere",
    "/",
    "Dit retour is gemaakt zonder de eerdere berichten; daarover is niets nagekeken. Zie --eerdere.",
)
_OTHER_FUNCTION: Final = Bevinding("envelop.functie", "/", "De envelop noemt een ander bericht dan erin zit.")
_ISTANDAARDEN: Final = "http://www.istandaarden.nl/"
_SOORT: Final = re.compile(
    r"http://www\.istandaarden\.nl/(i[a-z]{2,3})/([0-9])_([0-9])/([a-z]{2,3}[0-9]{3})/schema"
)
_OSO_DOSSIER: Final = "dossier"
_WIDE: Final = (b"\xff\xfe<\0", b"\xfe\xff\0<", b"\0<")
"""How XML begins in UTF-16; without a mark and little end first it begins with `<` as any other."""


class _GelezenBericht(NamedTuple):
    file: str
    bericht: JwBericht
    refused: bool
    """It was refused by a rule of one message. It counts as never sent, but still hears what it has against
    the others.
    """


class _Schoolstandaard(Protocol):
    """What EDEXML and UWLR have in common."""

    def translate(self, raw: bytes, *, today: dt.date) -> Registratievertaling | ZonderGegevens: ...

    def check(self, raw: bytes, *, today: dt.date) -> Registratiecontrole: ...

    def versie(self, raw: bytes) -> str | None: ...


class Bestandslezer:
    """Reads file after file. `kolommen`: the agreed columns of a CSV (TOML); wrong ones raise WrongUse."""

    def __init__(self, today: dt.date, kolommen: bytes | None) -> None:
        self._today = today
        self._kolommen = read_mapping(kolommen) if kolommen is not None else None
        self._reeks: list[_GelezenBericht] = []

    def __call__(self, raw: bytes, name: str) -> Gelezen:
        """What the file says, and everything that is wrong or odd in it. Never raises on content."""
        begin = begin_of(raw)
        if begin is not None:
            return self._xml(raw, name, begin)
        if is_draad(raw):
            return self._ijw(lambda: uit_json(raw), name, "iJw 3.2")
        if self._kolommen is not None:
            return self._csv(raw, self._kolommen)
        return _unreadable(raw)

    def naast_elkaar(self, *, volledig: bool) -> tuple[MemoryVerloop, dict[str, tuple[Fault, ...]]]:
        """What the iJw messages read so far have against each other, by name of the file; and their course.

        They go in the order of their dagtekening and then of their names, because messages arrive in any
        order (OP080). A message that is refused (here, by its own content, or by a retour among them) counts
        as never sent. `volledig` says that these are all there ever were, so what is not among them was never
        sent.
        """
        verloop = a_verloop(volledig=volledig)
        refused = {
            (_HEEN[b.soort], *_identity(b)) for _, b, _ in self._reeks if b.soort in _HEEN and not aanvaard(b)
        }
        found: dict[str, tuple[Fault, ...]] = {}
        for row in sorted(self._reeks, key=lambda row: (_dagtekening(row.bericht), row.file)):
            broken = check_verloop(row.bericht, verloop)
            if broken:
                found[row.file] = _as_faults(broken)
            elif not row.refused and (row.bericht.soort, *_identity(row.bericht)) not in refused:
                verloop.apply(row.bericht)
        return verloop, found

    def _xml(self, raw: bytes, file: str, begin: Begin) -> Gelezen:
        namespace, name = begin.message
        if begin.name == ENVELOPE and begin.namespace == SOAP and begin.message == (SOAP, FAULT):
            return self._school("SOAP Fault", raw, uwlr)
        if uwlr.concerns(namespace, name):
            return self._school("UWLR", raw, uwlr)
        if begin.name == ENVELOPE or envelop.concerns(namespace, name):
            return self._envelop(raw, file, envelop.system(namespace, name) or "SOAP")
        if edexml.concerns(name):
            return self._school("EDEXML", raw, edexml)
        if namespace.startswith(_ISTANDAARDEN) or name == "Bericht":
            return self._ijw(lambda: ijw.read(raw), file, _istandaard(namespace))
        versie = oso.herken(namespace, name)
        if versie is not None or name == _OSO_DOSSIER:
            return _oso(raw, (versie or "oso").replace("oso", "OSO"), self._today)
        return _unreadable(raw)

    def _school(self, naam: str, raw: bytes, standaard: _Schoolstandaard) -> Gelezen:
        """The message is named with the version that the file gives of itself, whether we read it or not."""
        said, today = standaard.versie(raw), self._today
        return _registratie(
            f"{naam} {said}" if said else naam,
            lambda: standaard.translate(raw, today=today),
            lambda: standaard.check(raw, today=today),
        )

    def _csv(self, raw: bytes, mapping: Kolomafspraak) -> Gelezen:
        today = self._today
        return _registratie(
            "CSV",
            lambda: schoolcsv.translate(raw, mapping, today=today),
            lambda: schoolcsv.check(raw, mapping, today=today),
        )

    def _ijw(self, read: Callable[[], JwBericht], file: str, naam: str) -> Gelezen:
        try:
            bericht = read()
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())
        naam = f"iJw 3.2 {bericht.soort}"
        found = regels.check(bericht, today=self._today)
        self._reeks.append(_GelezenBericht(file, bericht, refused=bool(found)))
        if found:
            return Gelezen(naam, None, _as_faults(found), ())
        try:
            return Gelezen(naam, gedeeld(bericht), (), ())
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())

    def _envelop(self, raw: bytes, file: str, naam: str) -> Gelezen:
        try:
            found = envelop.unwrap(raw, max_bytes=ijw.MAX_BYTES)
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())
        if isinstance(found, envelop.Foutbericht):
            said = {
                "code": found.code,
                "betekenis": HUBFOUTEN.get(found.code),
                "plek": found.plek,
                "kruisreferentie": found.crossref,
            }
            return Gelezen("StUF Fo01", Inhoud("foutbericht", {k: v for k, v in said.items() if v}), (), ())
        inner = self._ijw(lambda: ijw.read(found.payload), file, "iJw")  # an envelope never holds an envelope
        odd = inner.bevindingen
        if inner.standaard.startswith("iJw 3.2") and not inner.standaard.endswith(found.functie):
            odd = (
                Bevinding("envelop.functie", "/", "De envelop noemt een ander bericht dan erin zit."),
                *odd,
            )
        return Gelezen(f"{inner.standaard} in {naam}", inner.inhoud, inner.fouten, odd)


def read_registratie(
    raw: bytes, kolommen: bytes | None, *, today: dt.date
) -> Registratievertaling | ZonderGegevens:
    """The registration of a school in a file that it sent, recognised by what is in it.

    `kolommen`: the agreed columns of a CSV, which nothing else has. Raises MessageTooLarge,
    UnsupportedMessage or InvalidMessage with every fault; none of them holds a value of the file.
    """
    begin = begin_of(raw)
    if begin is None:
        if kolommen is not None and raw.strip():
            mapping = schoolcsv.read_sent_mapping(kolommen, "/kolommen")
            return schoolcsv.translate(raw, mapping, today=today)
        raise InvalidMessage(_unreadable(raw).fouten)
    if kolommen is not None:
        said = "Dit is XML; een kolomafspraak hoort bij een CSV."
        raise InvalidMessage((Fault("kolommen.overbodig", "/kolommen", said),))
    if uwlr.concerns(*begin.message) or begin.message == (SOAP, FAULT):
        return uwlr.translate(raw, today=today)
    if edexml.concerns(begin.message[1]):
        return edexml.translate(raw, today=today)
    said = "Dit is geen registratie van leerlingen: geen EDEXML en geen antwoord van UWLR."
    raise UnsupportedMessage((Fault("registratie.onbekend", "/*", said),))


def a_verloop(*, volledig: bool) -> MemoryVerloop:
    """For one run only: the key of its pseudonyms is kept nowhere."""
    key = secrets.token_bytes(32)
    return MemoryVerloop(
        lambda bsn: hmac.digest(key, bsn.encode(), "sha256").hex(), volledig=lambda *_: volledig
    )


def _istandaard(namespace: str) -> str:
    """The name of an iStandaard as people know it: "iWmo 3.1 WMO305"."""
    known = _SOORT.fullmatch(namespace)
    if known is None:
        return "iStandaard" if namespace.startswith(_ISTANDAARDEN) else "iJw"
    return f"i{known[1][1:].capitalize()} {known[2]}.{known[3]} {known[4].upper()}"


def _as_faults(found: tuple[Regelfout, ...]) -> tuple[Fault, ...]:
    faults = tuple(Fault(f.code, f.place, f.text) for f in found[: xml.MAX_FAULTS])
    if len(found) > xml.MAX_FAULTS:
        more = found[xml.MAX_FAULTS].place
        faults = (*faults, Fault("ijw.meer", more, "Er zijn meer fouten dan hier worden genoemd."))
    return faults


def _identity(bericht: JwBericht) -> tuple[str | None, str | None]:
    """The fields of the message it answers that a retour repeats."""
    header = sub(bericht.inhoud, "Header")
    return text(header, "Afzender"), text(sub(header, "BerichtIdentificatie"), "Identificatie")


def _dagtekening(bericht: JwBericht) -> str:
    return text(sub(sub(bericht.inhoud, "Header"), "BerichtIdentificatie"), "Dagtekening") or ""


def _oso(raw: bytes, naam: str, today: dt.date) -> Gelezen:
    try:
        vertaling = oso.translate(raw, provenance=True, weglatingen=True, today=today)
    except InvalidMessage:
        return _faulty(naam, oso.check(raw, today=today))
    herkomst = vertaling.bericht.herkomst
    named = f"{naam} {herkomst.profiel}" if herkomst.profiel else naam
    return Gelezen(named, vertaling.bericht.inhoud(), (), vertaling.bevindingen, vertaling.weggelaten)


def _registratie(
    naam: str,
    translate: Callable[[], Registratievertaling | ZonderGegevens],
    check: Callable[[], Registratiecontrole],
) -> Gelezen:
    try:
        found = translate()
    except InvalidMessage:
        control = check()
        return _faulty(naam, (*control.fouten, *control.bevindingen))
    if isinstance(found, ZonderGegevens):
        return Gelezen(naam, Inhoud("zonder_gegevens", {"reden": found.reden}), (), found.bevindingen)
    return Gelezen(naam, found.bericht.inhoud(), (), found.bevindingen)


def _faulty(naam: str, said: Iterable[Fault | Bevinding]) -> Gelezen:
    rows = tuple(said)
    return Gelezen(
        naam,
        None,
        tuple(f for f in rows if isinstance(f, Fault)),
        tuple(b for b in rows if isinstance(b, Bevinding)),
    )


def _unreadable(raw: bytes) -> Gelezen:
    """What XML has against the file says more than that it is of no standard."""
    faults: tuple[Fault, ...] = (_UNKNOWN,) if raw.strip() else (_EMPTY,)
    if raw.startswith(_PACKERS):
        faults = (_PACKED,)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or raw.startswith(_WIDE):
        try:
            xml.parse(raw, max_bytes=ijw.MAX_BYTES)
        except InvalidMessage as error:
            faults = error.faults
    return Gelezen(ONBEKEND, None, faults, ())


@dataclass(frozen=True, slots=True)
class _Ontwerp:
    """How an iJw message is drafted: of which message of ours, with what filled in by hand."""

    van: type[Bericht]
    met: type[Model]
    maak: Callable[[Any, Any], JwBericht]


_ONTWERPEN: Final = {
    "JW315": _Ontwerp(Arrangement, Toewijzingsaanvulling, draft_315),
    "JW317": _Ontwerp(Arrangement, Wijzigingsaanvulling, draft_317),
    "JW319": _Ontwerp(AanvraagAntwoord, Antwoordaanvulling, draft_319),
}


def over_meer(to: str) -> tuple[str, ...]:
    """The codes of the rules over several messages for one form of iJw."""
    return tuple(dict.fromkeys(verloopregels.van_soort(to.replace("ijw", "JW", 1))))


class Bestandsschrijver:
    """Makes iJw of a file: a request from an arrangement, a retour on a message, or the same in another form.

    `to`: `ijw315` and `ijw317` from an arrangement, `ijw319` from an answer (`extra`: TOML with what those
    do not hold), a retour such as `ijw306` from the message it answers, any `ijwNNN` from the same message
    as JSON, and `ijwjson` for a message as JSON without loss. Raises WrongUse for another `to`,
    InvalidMessage for a wrong `extra`.
    """

    def __init__(
        self,
        to: str,
        today: dt.date,
        extra: str | None,
        own: Callable[[bytes], Bericht],
        verloop: MemoryVerloop | None,
    ) -> None:
        """`own` reads a message in our own schema, or raises InvalidMessage.

        `verloop`: what went before, for a retour; without it a retour is made with a warning, because no
        rule could be held to an earlier message.
        """
        self._soort = to.replace("ijw", "JW", 1)
        if to != JSON_FORM and self._soort not in ijw.SOORTEN:
            raise WrongUse(
                f"--to kan zijn: {JSON_FORM}, " + ", ".join(s.replace("JW", "ijw") for s in ijw.SOORTEN)
            )
        self._to, self._today, self._own, self._verloop = to, today, own, verloop
        ontwerp = _ONTWERPEN.get(self._soort)
        if extra is not None and ontwerp is None:
            raise WrongUse("--aanvulling hoort bij een vorm die van ons eigen bericht wordt gemaakt")
        self._extra = None if extra is None or ontwerp is None else lees_aanvulling(ontwerp.met, extra)

    def __call__(self, raw: bytes) -> Geschreven:
        naam = "iJw 3.2" if self._to == JSON_FORM else f"iJw 3.2 {self._soort}"
        alone = self._verloop is None and self._soort in retour.ANSWERS.values()
        try:
            return Geschreven(naam, self._made(raw), (), (_ALONE,) if alone else ())
        except InvalidMessage as error:
            return Geschreven(naam, None, error.faults, ())

    def _made(self, raw: bytes) -> bytes:
        begin = begin_of(raw)
        if begin is not None and self._soort in _ONTWERPEN and not _is_ijw(begin):
            said = "Hier hoort een bericht in ons eigen schema (JSON), of een iJw-bericht."
            raise InvalidMessage((Fault("ijw.vorm", "/", said),))
        if begin is not None:
            bericht = ijw.read(_payload(raw, begin))
        elif is_draad(raw):
            bericht = uit_json(raw)
        else:
            return ijw.write(self._draft(self._own(raw)))
        if self._to == JSON_FORM:
            return naar_json(bericht)
        if bericht.soort == self._soort:
            return ijw.write(bericht)
        verloop = self._verloop or a_verloop(volledig=False)
        broken = (*regels.check(bericht, today=self._today), *check_verloop(bericht, verloop))
        answer = retour.make_retour(
            bericht,
            broken,
            identificatie=retour.new_identificatie(secrets.randbelow),
            dagtekening=self._today,
        )
        if answer is None or answer.soort != self._soort:
            said = f"Van een {bericht.soort} is geen {self._soort} te maken."
            raise InvalidMessage((Fault("ijw.vorm", "/", said),))
        return ijw.write(answer)

    def _draft(self, bericht: Bericht) -> JwBericht:
        ontwerp = _ONTWERPEN.get(self._soort)
        if ontwerp is None or not isinstance(bericht, ontwerp.van):
            said = f"Van dit bericht is geen {self._soort} te maken."
            raise InvalidMessage((Fault("ijw.vorm", "/soort", said),))
        if self._extra is None:
            raise WrongUse("geef met --aanvulling wat dit bericht niet heeft; zie docs/ijw.md")
        return ontwerp.maak(bericht, self._extra)


def into_arrangement(
    raw: bytes, berichten: Iterable[tuple[str, bytes]], own: Callable[[bytes], Bericht]
) -> Geschreven:
    """An arrangement (our JSON) with 301, 305 and 307 worked into it, or every fault of all of them.

    The allocations come first: a start belongs to one, in whatever order the files come.
    """
    faults: list[Fault] = []
    read: list[tuple[str, JwBericht]] = []
    try:
        arrangement = own(raw)
    except InvalidMessage as error:
        return Geschreven(_ARRANGEMENT, None, error.faults, ())
    for name, each in berichten:
        try:
            begin = begin_of(each)
            read.append((name, ijw.read(_payload(each, begin) if begin is not None else each)))
        except InvalidMessage as error:
            faults += [Fault(f.code, f"{name}:{f.place}", f.text, f.line) for f in error.faults]
    if not isinstance(arrangement, Arrangement):
        faults.append(Fault("ijw.vorm", "/soort", "Met --bij hoort een arrangement."))
    if faults or not isinstance(arrangement, Arrangement):
        return Geschreven(_ARRANGEMENT, None, tuple(faults), ())
    for name, bericht in sorted(read, key=lambda row: (row[1].soort, _dagtekening(row[1]), row[0])):
        try:
            arrangement = _VERWERK.get(bericht.soort, verwerk_301)(arrangement, bericht)
        except InvalidMessage as error:
            faults += [Fault(f.code, f"{name}:{f.place}", f.text) for f in error.faults]
    if faults:
        return Geschreven(_ARRANGEMENT, None, tuple(faults), ())
    inhoud = arrangement.inhoud()
    return Geschreven(_ARRANGEMENT, orjson.dumps({"soort": inhoud.soort, "inhoud": inhoud.data}), (), ())


def _is_ijw(begin: Begin) -> bool:
    return envelop.is_envelop(begin.namespace, begin.name) or begin.namespace.startswith(_ISTANDAARDEN)


def _payload(raw: bytes, begin: Begin) -> bytes:
    if not envelop.is_envelop(begin.namespace, begin.name):
        return raw
    found = envelop.unwrap(raw, max_bytes=ijw.MAX_BYTES)
    if isinstance(found, envelop.Foutbericht):
        raise InvalidMessage((Fault("envelop.fout", "/", "Dit is een foutmelding (Fo01), geen bericht."),))
    return found.payload
