"""What the gateway shows of an exchange: its answers as models, so that others can check what they read.

Reason codes are text and no list: codes are only ever added, and a reader must cope with a new one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.base import Gegevenscategorie, Model
from schemas.decision.decision import Outcome, Standpunt
from schemas.exchange.intrekking import Bewaargrond, Intrekkingsuitkomst, Wetsartikel
from schemas.exchange.uitwisseling import Gebeurtenissoort, Leveringstatus, Mens
from schemas.identifiers import Id, PartijId
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Hoedanigheid, Richting

Redencode = Annotated[str, StringConstraints(pattern=r"^(nietBeschikbaar|[A-Z][A-Z_]*)$")]
Pad = Annotated[str, StringConstraints(pattern=r"^/v1/[a-zA-Z0-9/_-]+$")]
Aantal = Annotated[int, Field(ge=0)]


class Bevindingweergave(Model):
    """The same as `vertaling.Bevinding`."""

    code: str
    plaats: str
    tekst: str
    regel: int | None


class Ondertekend(Model):
    soort: Literal["ontvangstbewijs"]
    jws: str


class Geadresseerde(Model):
    id: Id
    ontvanger: PartijId
    rol: Rol


class Uitwisselinglinks(Model):
    zelf: Pad
    leveringen: Pad
    bewijs: Pad


class Aanname(Model):
    """The 202: what was taken in, with a signed receipt. No outcomes: those are read by GET."""

    uitwisseling_id: Id
    ontvangen_op: AwareDatetime
    leveringen: tuple[Geadresseerde, ...]
    bevindingen: tuple[Bevindingweergave, ...]
    ontvangstbewijs: Ondertekend
    links: Uitwisselinglinks


class Leveringsamenvatting(Geadresseerde):
    persoon_id: Id | None = None
    """The ouder or leerling himself, to whom `ontvanger` gives it."""
    status: Leveringstatus
    sinds: AwareDatetime
    uitleg: str


class Uitwisselingweergave(Model):
    id: Id
    soort: str
    onderwerp: Onderwerpsoort = Onderwerpsoort.LEERLING
    doel: Gebruiksdoel
    richting: Richting
    categorieen: tuple[Gegevenscategorie, ...]
    alles_of_niets: bool
    ontvangen_op: AwareDatetime
    in_antwoord_op: Id | None
    namens: Id | None = None
    """The ouder or leerling in whose name it was sent."""
    leveringen: tuple[Leveringsamenvatting, ...]
    links: Uitwisselinglinks


class Redenweergave(Model):
    code: Redencode
    uitleg: str
    volgende_stap: str


class Categorieweergave(Model):
    categorie: Gegevenscategorie
    redenen: tuple[Redencode, ...]


class Achtergehouden(Model):
    reden: Redencode
    uitleg: str
    velden: tuple[str, ...]


class Ondertekenaarweergave(Model):
    persoon_id: Id | None
    hoedanigheid: Hoedanigheid | None
    standpunt: Standpunt
    uitleg: str
    zonder: tuple[Gegevenscategorie, ...]


class Gebeurtenisweergave(Model):
    volgnummer: Annotated[int, Field(ge=1)]
    op: AwareDatetime
    gebeurtenis: Gebeurtenissoort
    tekst: str
    status: Leveringstatus
    redenen: tuple[Redenweergave, ...]


class Intrekkingantwoordweergave(Model):
    """What the recipient answered, for both sides."""

    uitkomst: Intrekkingsuitkomst
    uitleg: str
    grond: Bewaargrond | None
    grond_uitleg: str | None
    wetsartikel: Wetsartikel | None
    gewist: tuple[str, ...]
    ontvangen_op: AwareDatetime


class Intrekkingweergave(Model):
    """A withdrawal after hand-over, as the sender follows it."""

    ingetrokken_op: AwareDatetime
    gemeld_op: AwareDatetime
    antwoord_voor: AwareDatetime
    categorieen: tuple[Gegevenscategorie, ...]
    velden: tuple[str, ...]
    geescaleerd_op: AwareDatetime | None
    antwoord: Intrekkingantwoordweergave | None
    uitleg: str


class Leveringlinks(Model):
    zelf: Pad


class Leveringweergave(Leveringsamenvatting):
    """One levering with its decision, as its sender reads it."""

    uitwisseling_id: Id
    volgende_stap: str
    uitkomst: Outcome
    redenen: tuple[Redenweergave, ...]
    categorieen: tuple[Categorieweergave, ...]
    meegegeven: tuple[str, ...]
    achtergehouden: tuple[Achtergehouden, ...]
    ondertekenaars: tuple[Ondertekenaarweergave, ...]
    opgehaald: Aantal
    lease_tot: AwareDatetime | None
    vervalt_op: AwareDatetime
    intrekkingen: tuple[Intrekkingweergave, ...]
    geschiedenis: tuple[Gebeurtenisweergave, ...]
    links: Leveringlinks


class Postbuslinks(Model):
    neem: Pad


class Postbusitem(Model):
    """What waits for a recipient: no names, no categories, no content."""

    levering_id: Id
    soort: str
    onderwerp: Onderwerpsoort = Onderwerpsoort.LEERLING
    doel: Gebruiksdoel
    rol: Rol
    afzender: PartijId
    klaar_sinds: AwareDatetime
    persoon_id: Id | None = None
    """To whom you give it: an ouder or the leerling himself."""
    namens: Mens | None = None
    """What the person is who says this; the sender handed it in."""
    links: Postbuslinks


class Postbuslijst(Model):
    leveringen: tuple[Postbusitem, ...]
    na: Id | None


class Postbusstand(Model):
    """The state of one levering as its recipient reads it."""

    levering_id: Id
    status: Literal[Leveringstatus.KLAAR, Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD]
    sinds: AwareDatetime
    opgehaald: Aantal
    lease_tot: AwareDatetime | None
