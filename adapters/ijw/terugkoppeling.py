"""What a school may hear of help, from the one coded state of all of it. Only makes the message.

Whether it goes is decided elsewhere: a toestemming for it, the profile of who reads, a do-not-exchange flag
(OP003) that comes before everything. The state is that of `hulpstand.py`: made of messages that were
accepted by an empty JW306 or JW308, over all deliveries together, without a raw reason.
"""

from __future__ import annotations

from typing import Final

from adapters.ijw.hulpstand import Einde, Hulpstadium, Hulpstand
from schemas.messages.terugkoppeling import Afloop, Hulpstatus, Terugkoppeling

STATUS: Final = {
    Hulpstadium.GESTART: Hulpstatus.GESTART,
    Hulpstadium.ONDERBROKEN: Hulpstatus.GEPAUZEERD,
    Hulpstadium.HERVAT: Hulpstatus.LOOPT,
    Hulpstadium.BEEINDIGD: Hulpstatus.GESTOPT,
}
AFLOOP: Final = {
    Einde.VOLTOOID: Afloop.AFGEROND,
    Einde.VOORTIJDIG: Afloop.EERDER_GESTOPT,
    Einde.ELDERS: Afloop.GAAT_ELDERS_VERDER,
}
"""How an end is told. An end that is not here is told without a word on how."""
_LOPEND: Final = frozenset({Hulpstatus.GESTART, Hulpstatus.LOOPT})
_HULP: Final = _LOPEND | {Hulpstatus.GEPAUZEERD, Hulpstatus.GESTOPT}
"""What is told of help that began; a hulpvraag that was received or is looked at is another matter."""


def terugkoppeling(
    stand: Hulpstand, *, verteld: Terugkoppeling | None = None, lang_genoeg_gewacht: bool = False
) -> Terugkoppeling | None:
    """What is to be told now; None when there is nothing new to tell, or nothing that may go by itself.

    `verteld` is what the school heard last. When that was taken back the answer is `herroepen`; ask again
    with that as `verteld` for what holds instead. `lang_genoeg_gewacht`: no new start came after an end with
    reason 36 or 37, so it is told as an end without more. How long that is, the standard does not say.

    `sinds` is the first day of a month: a day, or a week, is not told. Help that runs is no news to who heard
    so already: which of several deliveries began, paused or ended meanwhile is not a school's business. An
    end that a person has to tell (02) gives None always.
    """
    if stand.einde is Einde.MENS_BESLIST:
        return None
    nieuw = _bericht(stand)
    wacht = stand.einde is Einde.NOG_NIETS and not lang_genoeg_gewacht
    if verteld is not None and verteld.status in _HULP and _herroepen(stand, nieuw, verteld, wacht=wacht):
        return Terugkoppeling(status=Hulpstatus.HERROEPEN)
    if nieuw is None or wacht or (verteld is not None and _bekend(nieuw, verteld)):
        return None
    return nieuw


def _bericht(stand: Hulpstand) -> Terugkoppeling | None:
    status = STATUS.get(stand.status)
    if status is None:
        return None
    ended = status is Hulpstatus.GESTOPT and stand.einde is not None
    return Terugkoppeling(
        status=status, sinds=stand.maand, afloop=AFLOOP.get(stand.einde) if ended and stand.einde else None
    )


def _herroepen(
    stand: Hulpstand, nieuw: Terugkoppeling | None, verteld: Terugkoppeling, *, wacht: bool
) -> bool:
    """Whether what was told was taken back, and is not just followed by something newer.

    In months: what was taken back and replaced within one month by another status cannot be told apart from
    what follows by itself. It is then not withdrawn but followed up.
    """
    if nieuw is None:
        return True
    if not stand.gecorrigeerd:
        return False
    if _zelfde_soort(nieuw, verteld):
        return wacht or (nieuw.sinds, nieuw.afloop) != (verteld.sinds, verteld.afloop)
    return nieuw.sinds is not None and verteld.sinds is not None and nieuw.sinds < verteld.sinds


def _bekend(nieuw: Terugkoppeling, verteld: Terugkoppeling) -> bool:
    """Whether the school knows. Comes after `_herroepen`: a month that was wrong is withdrawn by now."""
    if nieuw.status in _LOPEND:
        return verteld.status in _LOPEND
    return (nieuw.status, nieuw.sinds, nieuw.afloop) == (verteld.status, verteld.sinds, verteld.afloop)


def _zelfde_soort(nieuw: Terugkoppeling, verteld: Terugkoppeling) -> bool:
    return nieuw.status is verteld.status or {nieuw.status, verteld.status} <= _LOPEND
