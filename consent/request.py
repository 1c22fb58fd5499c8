"""What a decision is asked about: one recipient's share of one uitwisseling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from consent.plek import Plek
from consent.voorwaarden import Feiten
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Reden
from schemas.identifiers import Id
from schemas.people.partij import Partij
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting


@dataclass(slots=True)
class Request:
    """One recipient's share of an uitwisseling, without a single value of it.

    `velden` are the paths of the fields that the message has; `weggelaten` those that were left out before,
    with their reason (not asked, kept home by the source). `eigenaar` is the partij whose record of the
    leerling the facts are about. `eerder_toegestaan` says that an earlier decision on this levering was a
    permit. Nothing changes it once it is made; it is not frozen because of what that takes for so many
    fields.
    """

    decision_id: Id
    eigenaar: str
    afzender: str
    ontvanger: Ontvanger
    partij: Partij | None
    """The recipient as it is registered. None when it is unknown."""
    doel: Gebruiksdoel
    richting: Richting
    """As it travels over the line: from a school S2J, to a school J2S, else by the secrecy of the sender.
    Whose toestemming is asked follows from `van`.
    """
    bericht: str
    gevraagd: tuple[Gegevenscategorie, ...]
    velden: tuple[str, ...]
    weggelaten: Mapping[str, Reden] = field(default_factory=dict)
    alles_of_niets: bool = False
    vrije_tekst_nagekeken: bool = False
    vrije_tekst_gewoon: frozenset[str] = frozenset()
    """Free text that a person marked as holding nothing of level 3."""
    eerder_toegestaan: bool = False
    wacht: bool = False
    """The levering already waits for signatures. Agreeing to something else does not end that."""
    consent_epoch: int = 0
    leerling: Id | None = None
    """The leerling as a person, for a record that is bound to him. None when there can be no such record."""
    ontvanger_persoon: str | None = None
    """Who at the recipient asks, when that is known."""
    van: Plek | None = None
    """In which capacity the sender sends. None: that is not known, and then no rule speaks of it."""
    aan: Plek | None = None
    """In which capacity the recipient receives in that role. None: likewise."""
    bekend: Feiten = field(default_factory=Feiten)
    """What the register and the overstap say of this flow. What people stated of it stands in the facts."""
    gestuurd: dt.date | None = None
    """On which day it was sent, where that is not today: what the register let on that day counts."""
    nummer_mag: bool = True
    """Whether the register still has the sender in the capacity in which he sent it. A number asks that."""
    bijlagen: tuple[str, ...] = ()
    """SHA-256 of each file that goes along, as `sha256:...`."""
