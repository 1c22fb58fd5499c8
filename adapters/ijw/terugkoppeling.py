"""What a school may hear of help, from how all of it stands. Only makes the message.

Whether it goes is decided elsewhere: a toestemming for it, the profile of who reads, a do-not-exchange flag
(OP003) that comes before everything. The message is made from the state and never from one message, because
messages come in out of order; and all deliveries become one status, because how many there are shows how
complex it is. The category of an end is coarser than the code on purpose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas.arrangement import Arrangement
from schemas.terugkoppeling import Afloop, Hulpstatus, Terugkoppeling
from schemas.toewijzing import Leveringstand, Toewijzingstatus, Voortgang

AFLOOP: Final[dict[str, Afloop]] = {
    "31": Afloop.AFGEROND,
    "32": Afloop.EERDER_GESTOPT,
    "33": Afloop.EERDER_GESTOPT,
    "34": Afloop.EERDER_GESTOPT,
    "35": Afloop.EERDER_GESTOPT,
    "38": Afloop.GAAT_ELDERS_VERDER,
    "39": Afloop.GAAT_ELDERS_VERDER,
}
"""How an end is told, by RedenBeeindiging."""
WACHTEN: Final = frozenset({"36", "37"})
"""Mostly a changed allocation, followed by a new start: nothing is told yet."""
NOOIT_VANZELF: Final = frozenset({"02"})
"""A person decides what is told, when and by whom."""


@dataclass(frozen=True, slots=True)
class Leveringstoestand:
    """How one delivery stands after every start and stop that was accepted, and none that was not.

    `sinds`: the day of the last start or stop. `reden`: the RedenBeeindiging of a stop. `hervat`: it was
    interrupted before.
    """

    stand: Leveringstand
    sinds: dt.date | None = None
    reden: str | None = None
    hervat: bool = False


def toestanden(arrangement: Arrangement) -> tuple[Leveringstoestand, ...]:
    """How the help of an arrangement stands, for one whose voortgang was made of accepted messages only."""
    return tuple(
        _toestand(t.voortgang)
        for t in arrangement.toewijzingen
        if t.status is not Toewijzingstatus.VERWIJDERD
    )


def terugkoppeling(
    leveringen: Iterable[Leveringstoestand],
    *,
    verteld: Terugkoppeling | None = None,
    lang_genoeg_gewacht: bool = False,
) -> Terugkoppeling | None:
    """What is to be told now; None when there is nothing new to tell, or nothing that may go by itself.

    `leveringen` holds what an empty JW306 or JW308 has accepted: a message without its retour, or with a retour
    that refuses it, does not count. `verteld` is what the school heard last. `lang_genoeg_gewacht`: no new
    start came after an end with reason 36 or 37, so now it is told as an end without category. How long that
    is, the standard does not say.

    `sinds` is the first day of the month it happened in: a day, or even a week, is not told. Someone's death
    (02), in any of the deliveries, gives None always.
    """
    standen = [s for s in leveringen if s.stand is not Leveringstand.NIET_GESTART]
    if any(s.reden in NOOIT_VANZELF for s in standen):
        return None
    nieuw = _status(standen, lang_genoeg_gewacht=lang_genoeg_gewacht)
    if nieuw is None and not standen and verteld is not None:
        nieuw = Terugkoppeling(status=Hulpstatus.HERROEPEN)
    return None if nieuw is None or _zelfde(nieuw, verteld) else nieuw


def _status(standen: list[Leveringstoestand], *, lang_genoeg_gewacht: bool) -> Terugkoppeling | None:
    lopend = [s for s in standen if s.stand is Leveringstand.GESTART]
    if lopend:
        hervat = all(s.hervat for s in lopend)
        return _bericht(Hulpstatus.LOOPT if hervat else Hulpstatus.GESTART, min(_dagen(lopend), default=None))
    laatste = max(_dagen(standen), default=None)
    if any(s.stand is Leveringstand.TIJDELIJK_GESTOPT for s in standen):
        return _bericht(Hulpstatus.GEPAUZEERD, laatste)
    if not standen:
        return None
    redenen = {s.reden for s in standen if s.sinds == laatste}
    if redenen & WACHTEN and not lang_genoeg_gewacht:
        return None
    afloop = {AFLOOP.get(reden or "") for reden in redenen}
    # Two ends on one day that differ: which of them counts for the school, nobody said.
    return _bericht(Hulpstatus.GESTOPT, laatste, afloop.pop() if len(afloop) == 1 else None)


def _bericht(status: Hulpstatus, dag: dt.date | None, afloop: Afloop | None = None) -> Terugkoppeling:
    return Terugkoppeling(status=status, sinds=dag and dag.replace(day=1), afloop=afloop)


def _dagen(standen: list[Leveringstoestand]) -> list[dt.date]:
    return [s.sinds for s in standen if s.sinds is not None]


def _zelfde(nieuw: Terugkoppeling, verteld: Terugkoppeling | None) -> bool:
    if verteld is None:
        return False
    return (nieuw.status, nieuw.sinds, nieuw.afloop) == (verteld.status, verteld.sinds, verteld.afloop)


def _toestand(voortgang: tuple[Voortgang, ...]) -> Leveringstoestand:
    if not voortgang:
        return Leveringstoestand(Leveringstand.NIET_GESTART)
    laatste, eerder = voortgang[-1], voortgang[:-1]
    gestart = laatste.stand is Leveringstand.GESTART
    return Leveringstoestand(
        laatste.stand,
        laatste.op,
        laatste.reden.code if laatste.reden else None,
        gestart and bool(eerder) and eerder[-1].stand is Leveringstand.TIJDELIJK_GESTOPT,
    )
