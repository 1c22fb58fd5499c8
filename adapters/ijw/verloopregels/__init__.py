"""The rules of iJw over several messages (level 3), and how they go over one message.

A rule compares a message with what is known of earlier, accepted ones (`verloop`) and says where it is
broken. It changes nothing that is known, reads no clock, and is silent when messages from before are missing:
nobody is refused on what he could not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeVar, assert_never

from adapters.ijw.bericht import JwBericht
from adapters.ijw.gelezen import (
    KOP,
    Antwoordbericht,
    Declaratieantwoord,
    Declaratiebericht,
    Gelezen,
    Regiebericht,
    Toewijzingsbericht,
    Verzoekbericht,
    lees,
)
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.verloop import Verloop
from adapters.ijw.verloopregels.antwoord import DECLARATIEANTWOORD
from adapters.ijw.verloopregels.declaratie import DECLARATIE
from adapters.ijw.verloopregels.onthouden import onthouden
from adapters.ijw.verloopregels.regie import REGIE
from adapters.ijw.verloopregels.verloopregel import Verloopregel
from adapters.ijw.verloopregels.verzoek import ANTWOORD, TOEWIJZING, VERZOEK

LEVEL: Final = 3
WACHTBAAR: Final = frozenset(
    {
        "TR019", "TR063", "TR071", "TR074", "TR304", "TR308", "TR322", "TR323", "TR326", "TR332", "TR337",
        "TR338", "TR350", "TR351", "TR355", "TR366", "TR369", "TR374", "TR376", "TR379", "TR382", "TR385",
        "TR388", "TR389", "TR413", "TR414", "TR415",
    }
)  # fmt: skip
"""Rules whose finding may go away when a message that is still under way arrives (OP080): the allocation or
its change, the start, the stop, the taking back, the answer, the credit. The caller may hold the message for
that, within the term of its retour, and check again."""


def identificatie_niet_uniek(m: Gelezen, verloop: Verloop) -> Iterator[str]:
    """A sender uses an Identificatie once per kind of message, and a 323 has one 325 (TR056).

    That of a refused message was not used: it counts as not sent.
    """
    if verloop.gezien(m.kop.soort, m.kop.afzender, m.kop.identificatie) or (
        isinstance(m, Declaratieantwoord) and verloop.beantwoord(m.kop.aanbieder, m.declaratie)
    ):
        yield KOP


ALGEMEEN: Final[tuple[Verloopregel[Gelezen], ...]] = (
    Verloopregel(
        "TR056",
        "9056",
        frozenset({"JW301", "JW305", "JW307", "JW315", "JW317", "JW319", "JW323", "JW325"}),
        "Identificatie is al eerder gebruikt.",
        identificatie_niet_uniek,
    ),
)


@dataclass(frozen=True, slots=True)
class Verloopregels:
    """All rules, by what they look at."""

    algemeen: Sequence[Verloopregel[Gelezen]] = ALGEMEEN
    toewijzing: Sequence[Verloopregel[Toewijzingsbericht]] = TOEWIJZING
    regie: Sequence[Verloopregel[Regiebericht]] = REGIE
    verzoek: Sequence[Verloopregel[Verzoekbericht]] = VERZOEK
    antwoord: Sequence[Verloopregel[Antwoordbericht]] = ANTWOORD
    declaratie: Sequence[Verloopregel[Declaratiebericht]] = DECLARATIE
    declaratieantwoord: Sequence[Verloopregel[Declaratieantwoord]] = DECLARATIEANTWOORD


REGELS: Final = Verloopregels()


def van_soort(soort: str) -> tuple[str, ...]:
    """The codes of the rules over several messages that such a message is held to."""
    every: list[Verloopregel[Any]] = [r for group in fields(REGELS) for r in getattr(REGELS, group.name)]
    return tuple(dict.fromkeys(r.code for r in every if soort in r.soorten))


M = TypeVar("M")


def check_verloop(
    bericht: JwBericht, verloop: Verloop, regels: Verloopregels = REGELS
) -> tuple[Regelfout, ...]:
    """Every finding of level 3, in the order of the rules; for a retour none. Changes nothing in `verloop`.

    For messages that passed level 1 and 2. Stands anything else, but its findings then mean little.
    """
    m = lees(bericht, verloop.pseudoniem)
    if m is None:
        return ()
    verloop = onthouden(verloop)
    own: Iterator[Regelfout]
    match m:
        case Toewijzingsbericht():
            own = _run(regels.toewijzing, m, verloop, bericht.soort)
        case Regiebericht():
            own = _run(regels.regie, m, verloop, bericht.soort)
        case Verzoekbericht():
            own = _run(regels.verzoek, m, verloop, bericht.soort)
        case Antwoordbericht():
            own = _run(regels.antwoord, m, verloop, bericht.soort)
        case Declaratiebericht():
            own = _run(regels.declaratie, m, verloop, bericht.soort)
        case Declaratieantwoord():
            own = _run(regels.declaratieantwoord, m, verloop, bericht.soort)
        case _:
            assert_never(m)
    return (*_run(regels.algemeen, m, verloop, bericht.soort), *own)


def _run(regels: Sequence[Verloopregel[M]], m: M, verloop: Verloop, soort: str) -> Iterator[Regelfout]:
    for regel in regels:
        if soort not in regel.soorten:
            continue
        for place in regel.zoek(m, verloop):
            yield Regelfout(regel.code, place, regel.text, LEVEL, regel.retourcode)
