"""What is looked at before anybody's statement: may this partij receive, and does a professional forbid it.
Pure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from consent.rules import Authorities
from schemas.decision.decision import Reden
from schemas.identifiers import PartijId
from schemas.people.partij import Partij
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, ProfessioneelVeto, Richting


def veto(
    who: Authorities, richting: Richting, doel: Gebruiksdoel, sides: Iterable[PartijId], as_of: dt.datetime
) -> frozenset[str]:
    """The partijen among `sides` of which a professional vetoes this (Jeugdwet 7.3.11(3)).

    A veto binds what that jeugdhulpverlener discloses, so nobody else's veto counts. Of each professional his
    newest word counts; at one instant the veto does.
    """
    newest: dict[tuple[str, str], ProfessioneelVeto] = {}
    for v in sorted(who.vetos, key=lambda v: (v.moment, v.besluit == "veto")):
        if v.moment <= as_of and v.richting is richting and doel in v.doelen and v.vastgelegd_door in sides:
            newest[v.vastgelegd_door, v.professional] = v
    return frozenset(partij for (partij, _), v in newest.items() if v.besluit == "veto")


def recipient_problem(ontvanger: Ontvanger, partij: Partij | None) -> Reden | None:
    """The recipient must be connected and receive in that role."""
    if partij is None or partij.id != ontvanger.partij or partij.aflevering is None:
        return Reden.RECIPIENT_UNKNOWN
    if ontvanger.rol not in partij.rollen:
        return Reden.RECIPIENT_ROLE_MISMATCH
    return None
