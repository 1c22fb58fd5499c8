"""iJw made of a file: a request from an arrangement, a retour on a message, or the same in another form."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from adapters.ijw import MAX_BYTES, SOORTEN, envelop, read, regels, retour, verloopregels, write
from adapters.ijw.aanvulling import (
    Antwoordaanvulling,
    Toewijzingsaanvulling,
    Wijzigingsaanvulling,
    lees_aanvulling,
)
from adapters.ijw.antwoord import draft_319
from adapters.ijw.bericht import JwBericht
from adapters.ijw.draadjson import is_draad, naar_json, uit_json
from adapters.ijw.reeks import a_verloop, dagtekening
from adapters.ijw.toewijzing import verwerk_301
from adapters.ijw.verloop import MemoryVerloop
from adapters.ijw.verloopregels import check_verloop
from adapters.ijw.verzoek import draft_315, draft_317
from adapters.ijw.voortgang import verwerk_305, verwerk_307
from adapters.xml.herkenning import Begin, begin_of
from schemas.base import Model
from schemas.errors import Fault, InvalidMessage, WrongUse
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht
from schemas.messages.toeleiding import AanvraagAntwoord
from schemas.messages.vertaling import Bevinding, Geschreven

_ARRANGEMENT: Final = "OZlijn arrangement"
_VERWERK: Final = {"JW301": verwerk_301, "JW305": verwerk_305, "JW307": verwerk_307}
JSON_FORM: Final = "ijwjson"
_ALONE: Final = Bevinding(
    "ijw.zonder_eerdere",
    "/",
    "Dit retour is gemaakt zonder de eerdere berichten; daarover is niets nagekeken. Zie --eerdere.",
)
_ISTANDAARDEN: Final = "http://www.istandaarden.nl/"


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
        if to != JSON_FORM and self._soort not in SOORTEN:
            raise WrongUse(
                f"--to kan zijn: {JSON_FORM}, " + ", ".join(s.replace("JW", "ijw") for s in SOORTEN)
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
            bericht = read(_payload(raw, begin))
        elif is_draad(raw):
            bericht = uit_json(raw)
        else:
            return write(self._draft(self._own(raw)))
        if self._to == JSON_FORM:
            return naar_json(bericht)
        if bericht.soort == self._soort:
            return write(bericht)
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
        return write(answer)

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
    known: list[tuple[str, JwBericht]] = []
    try:
        arrangement = own(raw)
    except InvalidMessage as error:
        return Geschreven(_ARRANGEMENT, None, error.faults, ())
    for name, each in berichten:
        try:
            begin = begin_of(each)
            known.append((name, read(_payload(each, begin) if begin is not None else each)))
        except InvalidMessage as error:
            faults += [Fault(f.code, f"{name}:{f.place}", f.text, f.line) for f in error.faults]
    if not isinstance(arrangement, Arrangement):
        faults.append(Fault("ijw.vorm", "/soort", "Met --bij hoort een arrangement."))
    if faults or not isinstance(arrangement, Arrangement):
        return Geschreven(_ARRANGEMENT, None, tuple(faults), ())
    for name, bericht in sorted(known, key=lambda row: (row[1].soort, dagtekening(row[1]), row[0])):
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
    found = envelop.unwrap(raw, max_bytes=MAX_BYTES)
    if isinstance(found, envelop.Foutbericht):
        raise InvalidMessage((Fault("envelop.fout", "/", "Dit is een foutmelding (Fo01), geen bericht."),))
    return found.payload
