"""What a partij must do before a moment: ask for a statement, check gezag, answer a withdrawal, look back.

A Taak holds references and codes, never a value of a person. It is written in the commit of what caused it,
so nothing that happened can be without its Taak, and its versions are counted like those of a levering.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final

from pydantic import StringConstraints

from schemas.base import Gegevenscategorie, Model
from schemas.decision.decision import Reden
from schemas.exchange.intrekking import Intrekkingsantwoord
from schemas.exchange.uitwisseling import Weigergrond
from schemas.identifiers import Id, PartijId
from schemas.people.regio_delen import Deelcode
from schemas.people.toestemming import (
    Bereik,
    Gebruiksdoel,
    Hoedanigheid,
    Ontvanger,
    Richting,
    ToestemmingFunctie,
)


class Taaksoort(StrEnum):
    TOESTEMMING_VRAGEN = "toestemming_vragen"
    """A levering waits for statements of `personen`."""
    TERUGWEG_VRAGEN = "terugweg_vragen"
    """Something of this school was taken: those who give the ground may say whether an answer may come back.
    Asked every time, whether anybody wants to answer or not, so that it tells nothing.
    """
    DOORWEG_VRAGEN = "doorweg_vragen"
    """Two partijen took something of the owner of this record: those who give the ground may say whether the
    one may tell the other. Asked whether anybody wants to or not, so that it tells nothing.
    """
    GEHEIMHOUDING_VRAGEN = "geheimhouding_vragen"
    """What this partij in jeugdhulp sends waits until its duty of secrecy is lifted."""
    GEZAG_NAGAAN = "gezag_nagaan"
    BEKWAAMHEID_NAGAAN = "bekwaamheid_nagaan"
    GROND_AANVULLEN = "grond_aanvullen"
    """A ground of the law does not say yet what the law makes it say. Once it is stated anew it carries or it
    does not.
    """
    BEZWAAR_BEKIJKEN = "bezwaar_bekijken"
    """Somebody who need not sign objects: it changes no decision, and a person looks at it."""
    OPNIEUW_VRAGEN = "opnieuw_vragen"
    """On a day ahead a statement stops carrying, or another person must sign."""
    INTREKKING_VERWERKEN = "intrekking_verwerken"
    """What this partij received rests on a toestemming that was withdrawn: it must say what it does with
    it.
    """
    OUDERS_INFORMEREN = "ouders_informeren"
    TWEEDE_BLIK = "tweede_blik"
    NABEOORDELEN = "nabeoordelen"
    """For an FG: review a sharing without toestemming."""
    THUISZITTERSTAP = "thuiszitterstap"
    """By the steps that the region agreed on, something is to be done about a leerling who sits at home."""
    ACHTTIEN = "achttien"
    """He turns eighteen, or has just: from then on he alone decides, which is to be talked over with him."""
    VETO_GOLD_NIET = "veto_gold_niet"
    """What a professional of this partij vetoed was shared all the same, as a school must or may by law.

    It is told without what, to whom and by which levering.
    """
    STILTE_BEKIJKEN = "stilte_bekijken"
    """For an FG: a partij did not do in time what it must do."""
    LEVERING_BEKIJKEN = "levering_bekijken"
    """A levering of this partij did not arrive: refused by its recipient, or failed."""
    BESLUIT_BEKIJKEN = "besluit_bekijken"
    """By other rules less of a levering of this partij goes than was decided before, or nothing."""
    POST_GESTUIT = "post_gestuit"
    """A mail to one of `personen` came back. Nothing goes to that address until it is mended."""
    VOORSTEL_BEKIJKEN = "voorstel_bekijken"
    """The FG proposes to change a profile or convenant (`over`, a fact of this partij and of no leerling)."""
    ZAAK_ACTIE = "zaak_actie"
    """An action in a zaak that this partij must do before its day."""
    ZAAK_REGIE = "zaak_regie"
    """The regie of a zaak is offered to this partij."""
    ZAAK_OUDERS = "zaak_ouders"
    """This partij became regisseur: ouders are told, and a leerling who is old enough."""
    ZAAK_HERZIEN = "zaak_herzien"
    """The day comes to look back at a zaak of which this partij is the regisseur."""
    ZAAK_HERINNEREN = "zaak_herinneren"
    """A partner did not do an action in time, or an overleg of the zaak did not come: its regisseur reminds.
    """
    ZAAK_OVERLEG = "zaak_overleg"
    """The day comes of an overleg about a zaak of which this partij is the regisseur, planned or still to
    plan.
    """
    ZAAK_OPROEP = "zaak_oproep"
    """Who takes part in an overleg that is planned is to be called, as many days ahead as its kind says."""
    ZAAK_VERSLAG = "zaak_verslag"
    """An overleg was held: its outcome goes to the table within the days that its kind says."""
    ZAAK_TERUGKOPPELING = "zaak_terugkoppeling"
    """Who gives help in a zaak tells how it goes, within the term that the region agreed."""
    AVG_VERZOEK = "avg_verzoek"
    """An ouder or leerling asked something about data of the leerling (AVG 15 to 18 and 21), and waits for an
    answer.
    """
    ZAAK_OVERDRACHT = "zaak_overdracht"
    """A zaak nears its end: its regisseur prepares what is handed over, by the term of the region."""


ZELF_GEMELD: Final = frozenset(
    {
        Taaksoort.BEZWAAR_BEKIJKEN,
        Taaksoort.OPNIEUW_VRAGEN,
        Taaksoort.OUDERS_INFORMEREN,
        Taaksoort.STILTE_BEKIJKEN,
        Taaksoort.VETO_GOLD_NIET,
        Taaksoort.TERUGWEG_VRAGEN,
        Taaksoort.DOORWEG_VRAGEN,
        Taaksoort.LEVERING_BEKIJKEN,
        Taaksoort.BESLUIT_BEKIJKEN,
        Taaksoort.VOORSTEL_BEKIJKEN,
        Taaksoort.THUISZITTERSTAP,
        Taaksoort.ACHTTIEN,
        Taaksoort.POST_GESTUIT,
        Taaksoort.ZAAK_OUDERS,
        Taaksoort.ZAAK_HERINNEREN,
        Taaksoort.ZAAK_OPROEP,
        Taaksoort.ZAAK_VERSLAG,
        Taaksoort.ZAAK_TERUGKOPPELING,
        Taaksoort.ZAAK_OVERDRACHT,
    }
)
"""Taken of which their own partij can say that they are done."""
GEDAAN: Final = "gedaan"
"""The outcome of a taak that a person called done. Nothing opens it again."""


VAN_ZAAK: Final = frozenset(
    {
        Taaksoort.ZAAK_ACTIE,
        Taaksoort.ZAAK_REGIE,
        Taaksoort.ZAAK_OUDERS,
        Taaksoort.ZAAK_HERZIEN,
        Taaksoort.ZAAK_HERINNEREN,
        Taaksoort.ZAAK_OVERLEG,
        Taaksoort.ZAAK_OPROEP,
        Taaksoort.ZAAK_VERSLAG,
        Taaksoort.ZAAK_TERUGKOPPELING,
        Taaksoort.ZAAK_OVERDRACHT,
    }
)
"""Taken of who takes part in a zaak. They lead nobody to the leerling: a partner may not even know him."""
OVER_NIEMAND: Final = frozenset({Taaksoort.VOORSTEL_BEKIJKEN})
"""Taken that are about no leerling: they stand with what the partij has of its own."""
BLIJFT: Final = frozenset({Taaksoort.INTREKKING_VERWERKEN})
"""Taken that are kept after they ended. A recipient can always read and prove what he was told of a
withdrawal, and the notices of one levering are numbered.
"""


class Taakstatus(StrEnum):
    OPEN = "open"
    AFGEHANDELD = "afgehandeld"
    VERVALLEN = "vervallen"
    """The reason for it is gone."""


class Vraag(Model):
    """What one person is asked to state: in each of these functions, about exactly these cells."""

    persoon: Id
    hoedanigheid: Hoedanigheid
    functies: tuple[ToestemmingFunctie, ...]
    bereik: Bereik


class Taak(Model):
    """One thing to do for one partij about one leerling. Moments are aware UTC.

    `sleutel` names the occasion. A partij never has two taken with one sleutel, so work that runs twice makes
    a taak once. `versie` counts the writes from 0.
    """

    id: Id
    soort: Taaksoort
    partij: PartijId
    leerling: Id
    """Our internal id, which is never told to a partij."""
    sleutel: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    status: Taakstatus = Taakstatus.OPEN
    ontstaan_op: dt.datetime
    uiterlijk: dt.datetime
    """It must be done before this moment; after that it is late."""
    sinds: dt.datetime
    """When it got its present status."""
    over: Id | None = None
    """The fact it is about: a toestemming (by its record) or an afweging."""
    levering: Id | None = None
    personen: tuple[Id, ...] = ()
    vragen: tuple[Vraag, ...] = ()
    """What exactly is asked of these persons, ready to be recorded."""
    redenen: tuple[Reden, ...] = ()
    grond: Weigergrond | None = None
    """What the recipient said when he refused the levering."""
    functies: tuple[ToestemmingFunctie, ...] = ()
    stap: Deelcode | None = None
    """The step of the region, as its file calls it."""
    doel: Gebruiksdoel | None = None
    richting: Richting | None = None
    ontvanger: Ontvanger | None = None
    categorieen: tuple[Gegevenscategorie, ...] = ()
    velden: tuple[str, ...] = ()
    """The paths of the fields it is about."""
    uitkomst: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")] | None = None
    """How it ended, as a code of its soort."""
    ingetrokken_op: dt.datetime | None = None
    """The moment at which the withdrawal it is about was stated."""
    antwoord: Intrekkingsantwoord | None = None
    """The last answer that a recipient gave to it."""
    herinnerd_op: dt.datetime | None = None
    geescaleerd_op: dt.datetime | None = None
    versie: int = 0


TAAK_OVERGANGEN: dict[Taakstatus, frozenset[Taakstatus]] = {
    Taakstatus.OPEN: frozenset({Taakstatus.AFGEHANDELD, Taakstatus.VERVALLEN}),
    Taakstatus.AFGEHANDELD: frozenset({Taakstatus.OPEN}),
    Taakstatus.VERVALLEN: frozenset({Taakstatus.OPEN}),
}
"""A taak that ended can be needed again: then the same taak gets a next version."""
