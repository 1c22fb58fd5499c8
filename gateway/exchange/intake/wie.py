"""Whose name a message speaks in: the sender's own; and a decision is only that of who took it, or of whom
he mandated in the register.

A school is named by its BRIN, jeugdhulp by its AGB, a gemeente by its code, and every other capacity by the
numbers that it can have. Only what a message says of the sender itself is checked here: whom else it names is
what it is about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gateway.register.regels import Regels
from schemas.errors import Fault
from schemas.identifiers import comparable
from schemas.messages.aanwezigheid import Verzuimsignaal
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht
from schemas.messages.deelnemers import Deelnemer
from schemas.messages.hulpvraag import Hulpvraag, OppUittreksel
from schemas.messages.onderdelen import School
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.overgang import Overstapset
from schemas.messages.toeleiding import AanvraagAntwoord, Toeleidingsbesluit
from schemas.messages.verwijzingen import Schoolverwijzing
from schemas.people.hoedanigheden import EIGENSCHAPPEN
from schemas.people.partij import Kenmerken, Partij, Partijsoort

_INHOUD = "/bericht/inhoud"
WHO: Final[Mapping[str, tuple[str, ...]]] = {
    "hulpvraag": ("school",),
    "opp_uittreksel": ("school",),
    "overstapset": ("school",),
    "ontwikkelingsperspectief": ("school",),
    "verzuimsignaal": ("school",),
    "arrangement": ("scholen", "partners"),
    "toeleidingsbesluit": ("beslotenDoor",),
    "aanvraag_antwoord": ("beantwoordDoor",),
}
"""Where each type of message says who speaks in it or who decided. What else it names of organisations is
what it is about; a test holds that every such field is one or the other.
"""


def own_name_faults(sender: Partij, bericht: Bericht, regels: Regels, op: dt.date) -> Iterator[Fault]:
    """Faults in whom a message names as its sender or as who decided. `op`: the day it is pushed."""
    if sender.soort is Partijsoort.SCHOOL and isinstance(
        bericht, Hulpvraag | OppUittreksel | Overstapset | Ontwikkelingsperspectief | Verzuimsignaal
    ):
        yield from _school(sender, bericht.school, regels)
    if isinstance(bericht, Arrangement):
        yield from _taking_part(sender, "scholen", bericht.scholen)
        yield from _taking_part(sender, "partners", bericht.partners)
    if isinstance(bericht, Toeleidingsbesluit):
        if not regels.may_decide(sender.id, bericht.besloten_door, bericht.soort, bericht.besloten_op):
            text = "Alleen wie dit besloot stuurt dit, of wie op die dag zijn mandaat had in het register."
            yield Fault("besluit.nietVanU", f"{_INHOUD}/beslotenDoor", text)
    elif isinstance(bericht, AanvraagAntwoord):
        yield from _of_a_gemeente(sender, bericht, regels, op)


def own_number_faults(
    sender: Partij,
    aanbieders: Iterable[tuple[str, str]],
    gemeenten: Iterable[tuple[str, str]],
    regels: Regels,
) -> Iterator[Fault]:
    """Faults in between whom messages of a jeugdhulp standard go, each side with its place: who gives them
    must be one of the two, a gemeente by its code and who helps by the AGB. `sender` has its numbers of the
    day.
    """
    if sender.soort is Partijsoort.GEMEENTE:
        for place, code in gemeenten:
            if code != (sender.gemeentecode or sender.id.removeprefix("gemeente:")):
                yield Fault("afzender.andereGemeente", place, "Dit is een andere gemeente dan de afzender.")
        return
    own = {sender.agb or sender.id.removeprefix("agb:")}
    others = {n for p in regels.partijen.values() if p.id != sender.id for n in (p.agb, p.id[4:])}
    numbered = sender.agb is not None or sender.id.startswith("agb:")
    for place, agb in aanbieders:
        if agb not in own and (numbered or agb in others):
            yield Fault("afzender.andereAanbieder", place, "Dit is een andere aanbieder dan de afzender.")


def _of_a_gemeente(sender: Partij, said: AanvraagAntwoord, regels: Regels, op: dt.date) -> Iterator[Fault]:
    """On an aanvraag a gemeente decides: the message names it, and comes from it or on its mandate."""
    place, door = f"{_INHOUD}/beantwoordDoor", said.beantwoord_door
    if door is None:
        yield Fault("besluit.doorWie", place, "Noem de gemeente die op de aanvraag besloot.")
        return
    known = regels.partijen.get(door)
    on = min(said.beantwoord_op, op)
    if (
        known is None
        or known.soort is not Partijsoort.GEMEENTE
        or not regels.may_decide(sender.id, door, said.soort, on)
    ):
        text = "Op een aanvraag besluit een gemeente: zij stuurt dit, of wie haar mandaat heeft."
        yield Fault("besluit.nietVanU", place, text)


def _school(sender: Partij, named: Schoolverwijzing | School, regels: Regels) -> Iterator[Fault]:
    text = "Dit is een andere school dan de afzender."
    for name, said, own in (
        ("brin", named.brin, sender.brin),
        ("vestigingscode", named.vestigingscode, sender.vestigingscode),
    ):
        if said is not None and said != own:
            yield Fault("afzender.andereSchool", f"{_INHOUD}/school/{name}", text)
    others = {_seen(p.naam) for p in regels.partijen.values() if p.id != sender.id}
    naam = _seen(named.naam)
    if named.brin is None and naam != _seen(sender.naam) and naam in others:
        yield Fault("afzender.andereSchool", f"{_INHOUD}/school/naam", text)


def _numbered_by(sender: Partij) -> str:
    """The kind of number by which somebody like the sender is named first."""
    if sender.soort is not Partijsoort.ANDERE or sender.hoedanigheid is None:
        return {Partijsoort.SCHOOL: "brin", Partijsoort.GEMEENTE: "gemeentecode"}.get(sender.soort, "agb")
    kinds = EIGENSCHAPPEN[sender.hoedanigheid].kenmerken
    return next((k.value for k in kinds if k.value in _NAMED), "oin")


_NAMED: Final = frozenset({"agb", "gemeentecode", "swv_nummer", "kvk"})


def _seen(naam: str) -> str:
    """A name as people compare it."""
    return " ".join(comparable(naam).casefold().split())


def _taking_part(sender: Partij, where: str, named: Iterable[Deelnemer]) -> Iterator[Fault]:
    """Where those who are numbered as the sender is are named by number, the sender must be among them."""
    more = sender.kenmerken or Kenmerken()
    own = {
        ("brin", sender.brin),
        ("brin", f"{sender.brin}{sender.vestigingscode}"),
        ("agb", sender.agb),
        ("gemeentecode", sender.gemeentecode),
        ("oin", sender.oin),
        ("kvk", more.kvk),
        ("swv_nummer", more.swv_nummer),
    }
    kind = _numbered_by(sender)
    if where != ("scholen" if kind == "brin" else "partners"):
        return
    said = [{(i.soort, i.waarde) for i in d.identificaties} for d in named]
    if any(s == kind for each in said for s, _ in each) and not any(own & each for each in said):
        text = "De afzender staat hier niet bij; wie meedoet staat er met zijn eigen nummer."
        yield Fault("afzender.doetNietMee", f"{_INHOUD}/{where}", text)
