"""What the starts and stops of one jeugdige say together, as the coded terugkoppeling to his school.

The aanbieder hands over the messages as they were sent and answered. Nothing of them is kept: not the number
of the client, not the product, not the reason. A start or stop counts only with the retour that accepted it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from adapters.ijw.hulpstand import stand_van
from adapters.ijw.kopie import HULP, geboren, lees_reeks
from adapters.ijw.lezer import partijen
from adapters.ijw.terugkoppeling import terugkoppeling
from adapters.ijw.verloop import MemoryVerloop
from schemas.errors import Fault, InvalidMessage
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.messages.vertaling import Antwoordvertaling

_HEADER: Final = "/Bericht/Header"
_NIETS: Final = "Hier is voor een school niets nieuws over te melden, of een mens moet het doen."


def translate_meldingen(
    berichten: Sequence[tuple[str, bytes]],
    verteld: Terugkoppeling | None,
    *,
    afgewacht: bool,
    today: dt.date,
) -> Antwoordvertaling:
    """The terugkoppeling over `berichten`, each with the place it came from; their order means nothing.

    `verteld` is what the school heard last, as the sender knows it. `afgewacht`: an end with reason 36 or 37
    was waited on long enough to be one. Raises InvalidMessage with all faults of all messages, places behind
    that of the message, and when there is nothing that may go by itself.
    """
    gestuurd, geteld = lees_reeks(berichten, HULP, today=today)
    verloop = MemoryVerloop(lambda _: "client", volledig=lambda *_: False)
    for _, heen in geteld:
        verloop.apply(heen)
    made = terugkoppeling(stand_van(verloop, "client"), verteld=verteld, lang_genoeg_gewacht=afgewacht)
    if made is None:
        raise InvalidMessage((Fault("ijw.niets_te_melden", berichten[0][0], _NIETS),))
    sides = [(place, *partijen(b)) for place, b in gestuurd]
    return Antwoordvertaling(
        made,
        geboren(gestuurd),
        tuple((f"{place}{_HEADER}/Afzender", agb) for place, _, agb in sides),
        tuple((f"{place}{_HEADER}/Ontvanger", gemeente) for place, gemeente, _ in sides),
    )
