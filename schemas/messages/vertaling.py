"""What an adapter makes of the bytes it got."""

from __future__ import annotations

import base64
import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from schemas.decision.decision import Reden
from schemas.errors import Fault
from schemas.messages.bericht import Bericht, Inhoud
from schemas.messages.terugkoppeling import Terugkoppeling

B = TypeVar("B", bound=Bericht)


@dataclass(frozen=True, slots=True)
class Bevinding:
    """Something odd that does not stop the message: dropped, repaired or only reported.

    Same rules as a Fault: a place and a rule, never a value.
    """

    code: str
    place: str
    text: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Weglating:
    """Something in the source that does not become part of the message, and why. Never its value.

    `reden` is a short fixed code and `tekst` says it in words. `aantal` is 1 for one place; more for places
    that differ only in their positions, written `[]`, once a document has too many of them.
    """

    pad: str
    reden: str
    tekst: str
    regel: int | None = None
    aantal: int = 1


@dataclass(frozen=True, slots=True)
class Leerlingsleutel:
    """How the sender's own system names the leerling: only to find him again, through a blind index."""

    brin: str
    vestigingscode: str
    leerlingid: str | None


@dataclass(frozen=True, slots=True)
class Bijlageinhoud:
    """The bytes of one attachment, kept apart from the message and decoded only when asked for.

    `hash` and `soort` are those of the Bijlage it belongs to; two attachments with the same bytes have the
    same hash. `problemen` are the codes of its findings: bytes with any are not fit to be opened.
    """

    hash: str
    soort: str
    problemen: tuple[str, ...] = ()
    encoded: str = field(default="", repr=False)
    """Base64 as the sender wrote it, line breaks included: shared with the parsed document, not copied."""

    def inhoud(self) -> bytes:
        """The ZIP as sent. Decodes anew at every call; nothing is unpacked."""
        return base64.b64decode("".join(self.encoded.split()), validate=True)


@dataclass(frozen=True, slots=True)
class Vertaling(Generic[B]):
    """A message in the shared schema, with what the source says against passing parts of it on.

    `beperkingen` maps a field path (list positions as `[]`) to the reason why the source itself keeps it
    home: OPT-UIT, no agreement, no permission. A restriction holds for every occurrence of that path in
    `bericht`. The source can only restrict: nothing in here ever permits.
    """

    bericht: B
    beperkingen: dict[str, Reden]
    bevindingen: tuple[Bevinding, ...]
    leerling: Leerlingsleutel
    bijlagen: tuple[Bijlageinhoud, ...] = ()
    """In the order of `bericht.bijlagen`, where the message has those. For storage apart, never to send."""
    weggelaten: tuple[Weglating, ...] = ()
    """All that the source says and `bericht` does not, in the order of the source. Only when asked for."""


@dataclass(frozen=True, slots=True)
class Antwoordvertaling:
    """What messages of a jeugdhulp standard say to a school, and whom they are about, which is only used to
    compare.
    """

    bericht: Terugkoppeling
    geboortedatum: dt.date | None
    """None when the messages do not say it for sure."""
    afzenders: tuple[tuple[str, str], ...] = ()
    """The AGB of whom each message names as its sender, behind the place where it stands."""
    gemeenten: tuple[tuple[str, str], ...] = ()
    """The code of the gemeente that each message goes to, likewise."""


class Kopiestand(StrEnum):
    """How help stands by copies of the messages about it, over all of it together."""

    IN_ONDERZOEK = "in_onderzoek"
    AFGEWEZEN = "afgewezen"
    TOEGEWEZEN = "toegewezen"
    """Allocated; it has not begun, and may never begin."""
    GESTART = "gestart"
    GEPAUZEERD = "gepauzeerd"
    GESTOPT = "gestopt"
    HERROEPEN = "herroepen"
    """What was told before was taken back."""
    WACHT = "wacht"
    """It ended in a way that a new start usually follows."""
    MENS_BESLIST = "mens_beslist"
    """Nothing may be done by itself with how it ended."""


@dataclass(frozen=True, slots=True)
class Kopievertaling:
    """What copies of messages come to that went their own way. It never says what help it is."""

    stand: Kopiestand
    maand: dt.date | None
    """The first day of the month in which that began; None where there is no help."""
    terugkoppeling: Terugkoppeling | None
    """What a school may be told of it, after a decision; None when there is nothing new."""
    gemeente: str
    aanbieder: str
    geboortedatum: dt.date | None
    """Only to compare; None when the messages do not say it for sure."""
    geteld: int
    """How many were accepted, of those that were read."""
    gelezen: int
    niet_nagegaan: tuple[str, ...]
    """The rules over several messages, which nobody looked into."""


@dataclass(frozen=True, slots=True)
class Gelezen:
    """What one file says, for somebody who wants to see it rather than send it.

    `standaard` is the name people know it by ("OSO 2019.1 POSWV", "iJw 3.2 JW305"). `inhoud` is None when the
    faults leave nothing to show; with faults and content both, the content is what could be read in full.
    """

    standaard: str
    inhoud: Inhoud | None
    fouten: tuple[Fault, ...]
    bevindingen: tuple[Bevinding, ...]
    weggelaten: tuple[Weglating, ...] = ()
    """What the file says and `inhoud` does not. Empty for a standard that does not report it."""


@dataclass(frozen=True, slots=True)
class Geschreven:
    """The same for a message written in another form: `uitvoer` is None when it could not be made."""

    standaard: str
    uitvoer: bytes | None
    fouten: tuple[Fault, ...]
    bevindingen: tuple[Bevinding, ...]
    weggelaten: tuple[Weglating, ...] = ()
