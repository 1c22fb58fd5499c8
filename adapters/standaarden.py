"""Every standard we read, found by the file itself: for a person with a file and no gateway.

A standard is told by the root of its XML, by `soort` for iJw as JSON, or by being asked for: CSV has no mark
of its own. Nothing here decides, stores or sends.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from adapters import edexml, ijw, oso, schoolcsv, uwlr, xml
from adapters.ijw import JwBericht, envelop, regels, retour
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
from adapters.ijw.verloop import MemoryVerloop
from adapters.ijw.verloopregels import check_verloop
from adapters.ijw.verzoek import draft_315, draft_317
from adapters.schoolcsv.mapping import Kolomafspraak, read_mapping
from schemas.arrangement import Arrangement
from schemas.base import Model
from schemas.bericht import Bericht, Inhoud
from schemas.errors import Fault, InvalidMessage, WrongUse
from schemas.registratie import Registratiecontrole, Registratievertaling, ZonderGegevens
from schemas.toeleiding import AanvraagAntwoord
from schemas.vertaling import Bevinding, Gelezen, Geschreven

__all__ = ["Lezer", "Schrijver", "is_draad"]

ONBEKEND: Final = "onbekend"
_UNKNOWN: Final = Fault(
    "standaard.onbekend",
    "/",
    "Dit is geen bericht van een standaard die OZlijn leest. Voor CSV is een kolomafspraak nodig.",
)
_IN_THE_MESSAGE: Final = 2
"""Level of the rules that one message decides."""
JSON_FORM: Final = "ijwjson"
_ISTANDAARDEN: Final = "http://www.istandaarden.nl/"


class Lezer:
    """Reads file after file; with `reeks` each iJw message is also laid beside those accepted before it.

    `kolommen`: the agreed columns of a CSV (TOML). `volledig`: the files are all messages there ever were, so
    what is not among them was never sent. Raises WrongUse when `kolommen` is wrong. For one thread.
    """

    def __init__(self, today: dt.date, kolommen: bytes | None, *, reeks: bool, volledig: bool) -> None:
        self._today = today
        self._kolommen = read_mapping(kolommen) if kolommen is not None else None
        key = secrets.token_bytes(32)  # of this run alone: nothing of it is kept
        self._verloop = (
            MemoryVerloop(
                lambda bsn: hmac.digest(key, bsn.encode(), "sha256").hex(), volledig=lambda *_: volledig
            )
            if reeks
            else None
        )

    def __call__(self, raw: bytes) -> Gelezen:
        """What the file says, and everything that is wrong or odd in it. Never raises on content."""
        root = xml.root_of(raw)
        if root is not None:
            return self._xml(raw, *root)
        if is_draad(raw):
            return self._ijw(lambda: uit_json(raw), "iJw 3.2")
        if self._kolommen is not None:
            return _csv(raw, self._kolommen)
        return _unreadable(raw)

    def _xml(self, raw: bytes, namespace: str, name: str) -> Gelezen:
        if (soort := ijw.herken(namespace, name)) is not None:
            return self._ijw(lambda: ijw.read(raw), f"iJw 3.2 {soort}")
        if edexml.herken(namespace, name) is not None:
            return _registratie("EDEXML 2.1", raw, edexml.translate, edexml.check)
        in_soap = envelop.is_envelop(namespace, name) and uwlr.NAMESPACE.encode() not in raw
        if uwlr.herken(namespace, name) is not None and not in_soap:
            return _registratie("UWLR 2.2", raw, uwlr.translate, uwlr.check)
        if in_soap:
            return self._envelop(raw)
        if (versie := oso.herken(namespace, name)) is not None:
            return _oso(raw, versie.replace("oso", "OSO"))
        if namespace.startswith(_ISTANDAARDEN):
            return self._ijw(lambda: ijw.read(raw), "iStandaard")
        return _unreadable(raw)

    def _ijw(self, read: Callable[[], JwBericht], naam: str) -> Gelezen:
        try:
            bericht = read()
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())
        naam = f"iJw 3.2 {bericht.soort}"
        found = judge(bericht, self._today, self._verloop)
        if found:
            return Gelezen(naam, None, tuple(Fault(f.code, f.place, f.text) for f in found), ())
        if self._verloop is not None:
            self._verloop.apply(bericht)
        try:
            return Gelezen(naam, gedeeld(bericht), (), ())
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())

    def _envelop(self, raw: bytes) -> Gelezen:
        naam = "StUF-GGk of VSP"
        try:
            found = envelop.unwrap(raw, max_bytes=ijw.MAX_BYTES)
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())
        if isinstance(found, envelop.Foutbericht):
            said = {"code": found.code, "plek": found.plek, "kruisreferentie": found.crossref}
            return Gelezen("StUF Fo01", Inhoud("foutbericht", {k: v for k, v in said.items() if v}), (), ())
        inner = self(found.payload)
        odd = inner.bevindingen
        if not inner.standaard.endswith(found.functie):
            text = "De envelop noemt een ander bericht dan erin zit."
            odd = (Bevinding("envelop.functie", "/", text), *odd)
        return Gelezen(f"{inner.standaard} in {naam}", inner.inhoud, inner.fouten, odd)


def judge(bericht: JwBericht, today: dt.date, verloop: MemoryVerloop | None) -> tuple[Regelfout, ...]:
    """What is wrong with a message its schema accepted: by itself, and then beside the earlier ones."""
    found = regels.check(bericht, today=today)
    if verloop is None or any(f.level == _IN_THE_MESSAGE for f in found):
        return found
    return (*found, *check_verloop(bericht, verloop))


def _oso(raw: bytes, naam: str) -> Gelezen:
    try:
        vertaling = oso.translate(raw, provenance=True)
    except InvalidMessage:
        return _faulty(naam, oso.check(raw))
    herkomst = vertaling.bericht.herkomst
    named = f"{naam} {herkomst.profiel}" if herkomst.profiel else naam
    return Gelezen(named, vertaling.bericht.inhoud(), (), vertaling.bevindingen)


def _csv(raw: bytes, mapping: Kolomafspraak) -> Gelezen:
    return _registratie(
        "CSV", raw, lambda raw: schoolcsv.translate(raw, mapping), lambda raw: schoolcsv.check(raw, mapping)
    )


def _registratie(
    naam: str,
    raw: bytes,
    translate: Callable[[bytes], Registratievertaling | ZonderGegevens],
    check: Callable[[bytes], Registratiecontrole],
) -> Gelezen:
    try:
        found = translate(raw)
    except InvalidMessage:
        said = check(raw)
        return _faulty(naam, (*said.fouten, *said.bevindingen))
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
    """What XML has against it says more than that it is of no standard."""
    faults: tuple[Fault, ...] = (_UNKNOWN,)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
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


class Schrijver:
    """Makes iJw of a file: a request from an arrangement, a retour on a message, or the same in another form.

    `to`: `ijw315` and `ijw317` from an arrangement, `ijw319` from an answer (`extra`: TOML with what those
    do not hold), a retour such as `ijw306` from the message it answers, any `ijwNNN` from the same message
    as JSON, and `ijwjson` for a message as JSON without loss. Raises WrongUse for another `to`,
    InvalidMessage for a wrong `extra`.
    """

    def __init__(self, to: str, today: dt.date, extra: str | None, own: Callable[[bytes], Bericht]) -> None:
        """`own` reads a message in our own schema, or raises InvalidMessage."""
        self._soort = to.replace("ijw", "JW", 1)
        if to != JSON_FORM and self._soort not in ijw.SOORTEN:
            raise WrongUse(
                f"--to kan zijn: {JSON_FORM}, " + ", ".join(s.replace("JW", "ijw") for s in ijw.SOORTEN)
            )
        self._to, self._today, self._own = to, today, own
        ontwerp = _ONTWERPEN.get(self._soort)
        if extra is not None and ontwerp is None:
            raise WrongUse("--aanvulling hoort bij een vorm die van ons eigen bericht wordt gemaakt")
        self._extra = None if extra is None or ontwerp is None else lees_aanvulling(ontwerp.met, extra)

    def __call__(self, raw: bytes) -> Geschreven:
        naam = "iJw 3.2" if self._to == JSON_FORM else f"iJw 3.2 {self._soort}"
        try:
            return Geschreven(naam, self._made(raw), (), ())
        except InvalidMessage as error:
            return Geschreven(naam, None, error.faults, ())

    def _made(self, raw: bytes) -> bytes:
        root = xml.root_of(raw)
        if root is not None:
            bericht = ijw.read(_payload(raw, *root))
        elif is_draad(raw):
            bericht = uit_json(raw)
        else:
            return ijw.write(self._draft(self._own(raw)))
        if self._to == JSON_FORM:
            return naar_json(bericht)
        if bericht.soort == self._soort:
            return ijw.write(bericht)
        answer = retour.make_retour(
            bericht,
            judge(bericht, self._today, None),
            identificatie=retour.new_identificatie(secrets.randbelow),
            dagtekening=self._today,
        )
        if answer is None or answer.soort != self._soort:
            text = f"Van een {bericht.soort} is geen {self._soort} te maken."
            raise InvalidMessage((Fault("ijw.vorm", "/", text),))
        return ijw.write(answer)

    def _draft(self, bericht: Bericht) -> JwBericht:
        ontwerp = _ONTWERPEN.get(self._soort)
        if ontwerp is None or not isinstance(bericht, ontwerp.van):
            text = f"Van dit bericht is geen {self._soort} te maken."
            raise InvalidMessage((Fault("ijw.vorm", "/soort", text),))
        if self._extra is None:
            raise WrongUse("geef met --aanvulling wat dit bericht niet heeft; zie docs/ijw.md")
        return ontwerp.maak(bericht, self._extra)


def _payload(raw: bytes, namespace: str, name: str) -> bytes:
    if not envelop.is_envelop(namespace, name):
        return raw
    found = envelop.unwrap(raw, max_bytes=ijw.MAX_BYTES)
    if isinstance(found, envelop.Foutbericht):
        raise InvalidMessage((Fault("envelop.fout", "/", "Dit is een foutmelding (Fo01), geen bericht."),))
    return found.payload
