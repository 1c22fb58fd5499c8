"""Uitwisseling: one message of one sender about one onderwerp for one doel. Levering: its hand-over to one
recipient, with every state it had.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from schemas.base import Gegevenscategorie, Model
from schemas.decision.decision import Decision, Reden, Redengrond
from schemas.identifiers import Id, PartijId
from schemas.keuze import Keuze
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.opp import OppDeel
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.people.partij import Rol
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.toestemming import Gebruiksdoel, Ontvanger, Richting

Base64 = Annotated[str, StringConstraints(min_length=1)]


class Dossier(Model):
    """A document of a standard, as the sender's system made it: base64 of its bytes, unchanged.

    `ijw`: one start or stop (305, 307), with in `bij` the other starts and stops of the same jeugdige and the
    retours on all of them. They become one coded terugkoppeling; nothing else of them is kept.
    """

    standaard: Literal["oso", "ijw"]
    inhoud: Base64
    bij: Annotated[tuple[Base64, ...], Field(max_length=499)] = ()
    eerder_gemeld: Terugkoppeling | None = None
    """What the school heard last on this, so that something taken back can be withdrawn there too."""
    einde_afgewacht: bool = False
    """Help ended with reason 36 or 37 and no new start followed for so long that it has ended."""


class Bronverwijzing(Model):
    """Says which leerling of the sender this is about, where the dossier itself does not."""

    leerlingid: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Groepsverwijzing(Model):
    """Says which group of the sender this is about, by a key of the sender's own that names nobody."""

    sleutel: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class EigenBericht(Model):
    """A message in our own schema. `inhoud` is what the published schema of that `soort` says."""

    soort: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    inhoud: dict[str, Any]


Velden = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...], Field(max_length=50)
]


_INHOUD = ("dossier", "terugkoppeling", "bericht")


def _one_of_the_contents(schema: dict[str, Any]) -> None:
    """JSON Schema that says a push holds exactly one of the three; who reads an envelope tells the fault."""
    schema["oneOf"] = [
        {
            "title": name,
            "required": [name],
            "properties": {each: {"type": "object" if each == name else "null"} for each in _INHOUD},
        }
        for name in _INHOUD
    ]


class Verzending(Model):
    """The envelope of a push: an OSO dossier names no addressee, so this does.

    Either `dossier` (with or without `opp_deel`), or in answer to a levering `terugkoppeling` or the messages
    of iJw that say the same, or `bericht`: from a school about `leerling`, from jeugdhulp in answer, and from
    anybody about a `groep`, or about his own school or nobody, which has no name.
    """

    model_config = ConfigDict(json_schema_extra=_one_of_the_contents)

    doel: Gebruiksdoel
    ontvangers: Annotated[tuple[Ontvanger, ...], Field(min_length=1, max_length=20)]
    categorieen: Annotated[tuple[Gegevenscategorie, ...], Field(min_length=1, max_length=15)]
    alles_of_niets: bool = False
    """True: hold rather than deliver less than asked."""
    vrije_tekst_nagekeken: bool = False
    """A person at the sender read the free text for this recipient; without it free text stays home."""
    vrije_tekst_gewoon: Velden = ()
    """Fields with free text of which a person at the sender judged that nothing of level 3 stands in them."""
    leerling: Bronverwijzing | None = None
    groep: Groepsverwijzing | None = None
    dossier: Dossier | None = None
    opp_deel: OppDeel | None = None
    in_antwoord_op: Id | None = None
    terugkoppeling: Terugkoppeling | None = None
    bericht: EigenBericht | None = None
    namens: Id | None = None
    """The ouder or leerling who says this, by the id that the sender has for him: the sender hands it in."""


class Leveringstatus(Keuze):
    """Design §3. `klaar` covers a levering that was taken under a lease but not yet acknowledged."""

    AANGEHOUDEN = "aangehouden"
    KLAAR = "klaar"
    AFGELEVERD = "afgeleverd"
    BEVESTIGD = "bevestigd"
    GEWEIGERD = "geweigerd"
    INGETROKKEN = "ingetrokken"
    MISLUKT = "mislukt"
    VERVALLEN = "vervallen"


OVERGANGEN: dict[Leveringstatus, frozenset[Leveringstatus]] = {
    Leveringstatus.AANGEHOUDEN: frozenset(
        {
            Leveringstatus.KLAAR,
            Leveringstatus.GEWEIGERD,
            Leveringstatus.INGETROKKEN,
            Leveringstatus.VERVALLEN,
        }
    ),
    Leveringstatus.KLAAR: frozenset(
        {
            Leveringstatus.AFGELEVERD,
            Leveringstatus.AANGEHOUDEN,
            Leveringstatus.GEWEIGERD,
            Leveringstatus.INGETROKKEN,
            Leveringstatus.MISLUKT,
            Leveringstatus.VERVALLEN,
        }
    ),
    Leveringstatus.AFGELEVERD: frozenset({Leveringstatus.BEVESTIGD}),
    Leveringstatus.MISLUKT: frozenset(
        {
            Leveringstatus.KLAAR,
            Leveringstatus.GEWEIGERD,
            Leveringstatus.INGETROKKEN,
            Leveringstatus.VERVALLEN,
        }
    ),
    Leveringstatus.BEVESTIGD: frozenset(),
    Leveringstatus.GEWEIGERD: frozenset(),
    Leveringstatus.INGETROKKEN: frozenset(),
    Leveringstatus.VERVALLEN: frozenset(),
}
"""The state table of design §3; every write of a status is checked against it.

`mislukt` keeps its content for a redelivery, so a refusal, a withdrawal and the term must reach it too
(docs/decisions/0004).
"""

OPEN = frozenset({Leveringstatus.AANGEHOUDEN, Leveringstatus.KLAAR, Leveringstatus.MISLUKT})
"""States in which content is kept."""


class Mens(Keuze):
    """Somebody who speaks or reads for himself, and for no organisation."""

    OUDER = "ouder"
    """With gezag."""
    LEERLING = "leerling"


class Gebeurtenissoort(Keuze):
    """What happened to a levering, in the words of its history."""

    BESLOTEN = "besloten"
    OPNIEUW_BESLOTEN = "opnieuw_besloten"
    OPGEHAALD = "opgehaald"
    NIET_GEGEVEN = "niet_gegeven"
    BEVESTIGD_ONTVANGEN = "bevestigd_ontvangen"
    BEVESTIGD_VERWERKT = "bevestigd_verwerkt"
    DOOR_ONTVANGER_GEWEIGERD = "door_ontvanger_geweigerd"
    ONLEESBAAR_BIJ_ONTVANGER = "onleesbaar_bij_ontvanger"
    OPGEGEVEN = "opgegeven"
    HERHAALD = "herhaald"
    VERLOPEN = "verlopen"


class Weigergrond(Keuze):
    """Why a recipient refuses what it got."""

    NIET_VOOR_ONS = "niet_voor_ons"
    GEEN_CAPACITEIT = "geen_capaciteit"
    ONLEESBAAR = "onleesbaar"
    """A technical fault at the recipient: the levering becomes mislukt and can be redelivered."""


class Levering(Model):
    """One row per recipient. Moments are aware UTC. Holds no content: that is sealed apart.

    `positie` is the place in the recipient's postbus, given when it becomes klaar, rising in commit order
    among all that goes to him. `vastgelegde_hash` is a keyed fingerprint (hex) of the bytes
    of the first take: a plain hash of so small a message could be guessed back. `versie` counts the writes.
    """

    id: Id
    uitwisseling: Id
    leerling: Id
    afzender: PartijId
    ontvanger: PartijId
    rol: Rol
    doel: Gebruiksdoel
    richting: Richting
    berichtsoort: str
    status: Leveringstatus
    besluit: Decision
    gestaged: tuple[str, ...] | None = None
    """The paths of the fields in the sealed content. None means those of `besluit.released`. It only ever
    gets smaller.
    """
    redenen: tuple[Reden, ...] = ()
    """The reasons of the present state, when those are not the reasons of the decision (refused by the
    recipient, lapsed).
    """
    sinds: dt.datetime
    vervalt_op: dt.datetime
    positie: int | None = None
    lease_tot: dt.datetime | None = None
    opgehaald: int = 0
    vastgelegde_hash: str | None = None
    overgedragen: tuple[str, ...] | None = None
    """The paths of the fields that the recipient received at the first take, whatever was decided since."""
    op_toestemming: tuple[Gegevenscategorie, ...] | None = None
    """The categories of what the recipient received that went because people agreed.

    None for what was handed over before this was kept: then all of it went because people agreed, as there
    was no other ground yet.
    """
    versie: int = 0
    onderwerp: Onderwerpsoort = Onderwerpsoort.LEERLING
    """What `leerling` is the id of. Whatever a release before this wrote is about a leerling."""
    persoon: Id | None = None
    """The ouder or leerling himself to whom `ontvanger` gives it, by the id that it has for him."""
    namens: Mens | None = None
    """What the person is of the leerling who says this and whose words `afzender` handed in."""
    geopend: tuple[str, ...] | None = None
    """The paths of what the recipient says he used of it. None: he said nothing, which is not that he used
    nothing.
    """
    stamp: str = ""
    """Keyed MAC (hex) over what a hand-over rests on. Empty in a row that an older release wrote."""

    @property
    def aan(self) -> Ontvanger:
        """Who reads it."""
        return Ontvanger(partij=self.ontvanger, rol=self.rol, persoon_id=self.persoon)

    @property
    def inhoudsvelden(self) -> tuple[str, ...]:
        """The paths of the fields in the sealed content."""
        return self.besluit.released if self.gestaged is None else self.gestaged


class Leveringstand(Model):
    """How a levering stands: the few fields of it that a list tells. The decision, which is most of what is
    stored, is not even read.
    """

    model_config = ConfigDict(extra="ignore")

    id: Id
    uitwisseling: Id
    ontvanger: PartijId
    rol: Rol
    status: Leveringstatus
    redenen: tuple[Reden, ...] = ()
    sinds: dt.datetime
    vastgelegde_hash: str | None = None
    persoon: Id | None = None


class Leveringgebeurtenis(Model):
    """One line of a levering's history; append-only, ordered by `volgnummer` from 1."""

    volgnummer: int
    op: dt.datetime
    soort: Gebeurtenissoort
    status: Leveringstatus
    redenen: tuple[Redengrond, ...] = ()


class Uitwisseling(Model):
    """What was asked, without content. `gevraagd` are the categories of the push."""

    id: Id
    afzender: PartijId
    leerling: Id
    doel: Gebruiksdoel
    richting: Richting
    berichtsoort: str
    gevraagd: tuple[Gegevenscategorie, ...]
    alles_of_niets: bool
    vrije_tekst_nagekeken: bool
    vrije_tekst_gewoon: tuple[str, ...] = ()
    ontvangen_op: dt.datetime
    correlatie: str
    bladhash: str
    """Standard base64 of the RFC 6962 leaf hash of its `exchange.requested` event."""
    in_antwoord_op: Id | None = None
    onderwerp: Onderwerpsoort = Onderwerpsoort.LEERLING
    van: Partijhoedanigheid | None = None
    """In which capacity it was sent. None: several stood behind the id of the sender, or it is of before
    capacities were kept. Then the register says it.
    """
    namens: Id | None = None
    """The person in whose name it was sent, by the id that the sender has for him."""
    stamp: str = ""
    """Keyed MAC (hex) over what a decision rests on; empty in what an older release wrote."""
