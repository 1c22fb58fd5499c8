"""Why one levering goes, waits or stays home, told to one kind of reader: sentences for a person, codes for a
program. Field paths, codes and role words only; never a name, never a value.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from schemas.base import Gegevenscategorie, Model
from schemas.decision.decision import Ground, Outcome
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.identifiers import Id, PartijId
from schemas.people.toestemming import Hoedanigheid
from schemas.shown.weergave import Redencode


class Lezersoort(StrEnum):
    """Who reads an explanation. Each reads less than the next; the fg who holds the account reads all.

    The fg of one partij reads what that partij may know.
    """

    ONTVANGER = "ontvanger"
    OUDER = "ouder"
    """An ouder or the leerling himself, through the school."""
    AFZENDER = "afzender"
    FG = "fg"


class Categoriestand(StrEnum):
    """What became of one category that was asked."""

    GAAT_MEE = "gaat_mee"
    GAAT_DEELS_MEE = "gaat_deels_mee"
    WACHT = "wacht"
    BLIJFT_THUIS = "blijft_thuis"
    NIET_AANWEZIG = "niet_aanwezig"
    """Allowed, but the message has nothing of it."""
    NIET_BESCHIKBAAR = "niet_beschikbaar"


class Handelaar(StrEnum):
    """Who can do the next step."""

    AFZENDER = "afzender"
    ONDERTEKENAAR = "ondertekenaar"
    BEHEERDER = "beheerder"
    VANZELF = "vanzelf"


class Normsoort(StrEnum):
    WET = "wet"
    BEROEPSCODE = "beroepscode"
    STANDAARD = "standaard"
    BELEID = "beleid"
    """Our own choice: stricter than the law, or where it is silent (`consent.md`, [P])."""


class Norm(Model):
    """Where a reason has its ground."""

    naam: str
    soort: Normsoort
    gelezen: bool
    """False: nobody of us read the article, others cite it."""
    tekst: str


class Uitlegreden(Model):
    code: Redencode
    tekst: str
    normen: tuple[str, ...]
    """The names of the norms, as in `Uitleg.normen`."""
    partijen: tuple[PartijId, ...]
    """On whose recorded facts it rests; told to an fg only."""


class Ontbrekend(Model):
    """Whose statement is not there yet, as a role."""

    wie: Hoedanigheid | None
    """None while it is not known who decides."""
    tekst: str
    aantal: Annotated[int, Field(ge=1)]


class Categorieuitleg(Model):
    categorie: Gegevenscategorie
    naam: str
    stand: Categoriestand
    tekst: str
    redenen: tuple[Redencode, ...]
    ontbreekt: tuple[Ontbrekend, ...]


class Veldnaam(Model):
    pad: str
    naam: str


class Veldgroep(Model):
    """Fields below one part of a message, with one fate."""

    naam: str
    categorie: Gegevenscategorie | None
    """None: a field we do not know, which therefore stays home."""
    reden: Redencode | None
    """None means that it goes."""
    velden: tuple[Veldnaam, ...]


class Uitlegstap(Model):
    wie: Handelaar
    tekst: str


class Besluitkenmerk(Model):
    """What an fg who holds the account needs to take the decision again. It is told to nobody else."""

    besluit_id: Id
    beleid: str
    profiel: str | None
    epoch: int
    regels: dict[Gegevenscategorie, tuple[str, ...]] = {}
    """Per asked category the rules of a flow that decided, each with its version; none before there were."""


class Peilmoment(Model):
    """On what a decision rested: what was recorded at `op`, and the law of that day in the Netherlands."""

    op: AwareDatetime
    recht_van: dt.date


class Uitlegnu(Model):
    """What would be decided now, under what is recorded now and the law of today. Nothing is done by it.

    Told to the same reader by the same rules. `zelfde`: he reads nothing else in it than in what was decided.
    """

    op: AwareDatetime
    recht_van: dt.date
    zelfde: bool
    uitkomst: Outcome | None
    tekst: str
    grond: Ground | None
    grond_tekst: str
    categorieen: tuple[Categorieuitleg, ...]
    redenen: tuple[Uitlegreden, ...]
    meegegeven: tuple[Veldgroep, ...]
    achtergehouden: tuple[Veldgroep, ...]
    stappen: tuple[Uitlegstap, ...]
    normen: tuple[Norm, ...]
    besluit: Besluitkenmerk | None


class Uitleg(Model):
    """One decision on one levering, explained to one kind of reader: `toen`. Beside it stands what would be
    decided `nu`, each with its moment.

    What rests on another's facts is `nietBeschikbaar`, and looks the same whatever it is. All codes that
    are used in it stand once in `redenen`. Same decision and reader, same explanation, byte for byte.
    """

    lezer: Lezersoort
    uitkomst: Outcome | None
    """None when this reader may know no more than its state."""
    tekst: str
    status: Leveringstatus | None
    """None when it is a decision that is explained and not a levering, or when it is not for this reader."""
    status_tekst: str
    beslist_op: AwareDatetime
    grond: Ground | None
    grond_tekst: str
    categorieen: tuple[Categorieuitleg, ...]
    redenen: tuple[Uitlegreden, ...]
    meegegeven: tuple[Veldgroep, ...]
    achtergehouden: tuple[Veldgroep, ...]
    stappen: tuple[Uitlegstap, ...]
    normen: tuple[Norm, ...]
    besluit: Besluitkenmerk | None
    toen: Peilmoment
    """On what all of the above rests, but for `status`, which is how the levering stands now."""
    nu: Uitlegnu | None = None
    """None for a recipient, who reads what came, and where it cannot be worked out."""
