"""The message types there are, by their name on the wire."""

from __future__ import annotations

from schemas.arrangement import Arrangement
from schemas.bericht import Bericht
from schemas.opp import Ontwikkelingsperspectief
from schemas.terugkoppeling import Terugkoppeling

BERICHTEN: dict[str, type[Bericht]] = {
    b.soort: b for b in (Ontwikkelingsperspectief, Arrangement, Terugkoppeling)
}
