"""What people stated, and who may state it: toestemming, gezag, bekwaamheid, bezwaar, veto.

All of it is append-only: a fact is recorded, never changed; the state at an instant is derived by
`consent.decide`. Persons are random references made when gezag is recorded; names stay with the school's
encrypted record. `toestemming` is four different things (`consent.md` §1): always say which.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, AwareDatetime, Field, StringConstraints

from schemas.base import Gegevenscategorie, Model, Tekst
from schemas.identifiers import Id, PartijId
from schemas.keuze import Keuze
from schemas.people.partij import Rol

Hash = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
Toelichting = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


def _persoon(before: str, name: str = "persoonId") -> Any:
    """A person's id, which is `persoonId` wherever it is written. What was stored or sent under the name that
    this field had before is read as well (docs/begrippen.md).
    """
    return Field(validation_alias=AliasChoices(name, before), serialization_alias=name)


class ToestemmingFunctie(Keuze):
    AVG_BASIS = "avg_basis"
    """Ground for processing: AVG 6(1)(a), 9(2)(a). Under 16 the wettelijk vertegenwoordiger (UAVG 5)."""
    SECRECY_WAIVER = "secrecy_waiver"
    """Lifts the professional's geheimhouding. From 12 the youth himself (Jeugdwet 7.3.11, 7.3.15)."""
    CARE_CONSENT = "care_consent"
    """Agrees to receive jeugdhulp (Jeugdwet 7.3.4). Never carries an exchange."""
    OPP_AGREEMENT = "opp_agreement"
    """Instemming with the handelingsdeel (school law). Never carries an exchange."""


class Richting(Keuze):
    S2J = "S2J"
    """School to jeugdhulp."""
    J2S = "J2S"
    """Jeugdhulp to school."""


class Gebruiksdoel(Keuze):
    """What an exchange is for (P1 to P7 of `consent.md` §3)."""

    OPP = "opp"
    ARRANGEMENT = "arrangement"
    TOELEIDING = "toeleiding"
    AFSTEMMING = "afstemming"
    VERZUIM = "verzuim"
    OVERSTAP = "overstap"
    VEILIGHEID = "veiligheid"


class Hoedanigheid(Keuze):
    LEERLING = "leerling"
    OUDER = "ouder"
    VOOGD = "voogd"
    GI_VOOGD = "gi_voogd"
    CURATOR = "curator"
    MENTOR = "mentor"
    BEWINDVOERDER = "bewindvoerder"
    BIJZONDERE_CURATOR = "bijzondere_curator"
    ANDER = "ander"
    """Somebody around the child who is none of these: pleegouder, stiefouder, new partner. With `gezag` he is
    who holds gezag together with a parent (BW 1:253t), and signs as such.
    """


class Ontvanger(Model):
    """Organisation and role there: a role alone is never enough. Or an ouder or the leerling himself."""

    partij: PartijId
    rol: Rol
    persoon_id: Id | None = None
    """The person himself, by the id that `partij` has for him: with the role `zelf` and no other. It gives it
    to him, by its own system, and is who sends it.
    """


def _nobody(afzender: PartijId | None) -> bool:
    """Left out where nobody is named, so that what was said before anybody could be is written as it was."""
    return afzender is None


class Bereik(Model):
    """The cells a statement covers: every combination of what is listed. No wildcards."""

    richting: Richting
    """With `afzender`: the column of the signer table that follows from the secrecy of that sender."""
    afzender: Annotated[PartijId | None, Field(exclude_if=_nobody)] = None
    """From whom it goes. None: as it was said before anybody could name him, of what goes from the school of
    the leerling to jeugdhulp (S2J) or from there back to that school (J2S), and of no other flow.
    """
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    categorieen: Annotated[tuple[Gegevenscategorie, ...], Field(min_length=1, max_length=15)]
    ontvangers: Annotated[tuple[Ontvanger, ...], Field(min_length=1, max_length=50)]


class Bewijsmiddel(Model):
    """How a statement was made and recorded. Hashes prove which text was shown and which paper signed.

    Each methode has demands of its own: consent/bewijsmiddel.py.
    """

    methode: Literal["digitaal_ondertekend", "papier_gescand", "mondeling_twee_getuigen"]
    bewijs_hash: Hash
    """The hash of the signed document, of the scan, or of the report of what was said, which both getuigen
    signed.
    """
    getuigen: Annotated[tuple[Tekst, ...], Field(max_length=2)] = ()
    """Name or function of each who heard it said: stored encrypted, as vastlegger is."""
    ondertekend_op: dt.date | None = None
    """The day on the paper: it comes on record later."""
    kennisgeving_ref: Tekst
    kennisgeving_hash: Hash
    taal: Tekst = "nl"
    vastlegger: Tekst
    """Name or function of who recorded it: personal data of an employee, stored encrypted."""
    vrijwillig: Toelichting | None = None
    """What was said about refusing, and who was present."""


class Gebeurtenis(Keuze):
    GEGEVEN = "gegeven"
    GEWEIGERD = "geweigerd"
    INGETROKKEN = "ingetrokken"


class Toestemmingstand(Keuze):
    """How one statement stands on a day, from its own events alone: not whether it is enough."""

    GEGEVEN = "gegeven"
    NOG_NIET_GELDIG = "nog_niet_geldig"
    VERLOPEN = "verlopen"
    GEWEIGERD = "geweigerd"
    INGETROKKEN = "ingetrokken"


class Vastgelegd(Model):
    """Common to all recorded facts. `vastgelegd_*` are filled by the gateway, not by the caller."""

    id: Id
    vastgelegd_door: PartijId
    vastgelegd_op: AwareDatetime


Uitdrukkelijk = bool | Annotated[tuple[Gegevenscategorie, ...], Field(max_length=15)]


class Toestemming(Vastgelegd):
    """One statement of one person about a set of cells.

    `record` is the same for a statement and its withdrawal. `moment` is when the person stated it (paper
    comes in later), `geldig_vanaf` and `geldig_tot_en_met` are calendar days in Europe/Amsterdam, both
    inclusive. For a withdrawal the scope is that of the statement withdrawn.
    """

    feit: Literal["toestemming"] = "toestemming"
    record: Id
    gebeurtenis: Gebeurtenis
    functie: ToestemmingFunctie
    ondertekenaar: Annotated[Id, _persoon("ondertekenaar")]
    hoedanigheid: Hoedanigheid
    bereik: Bereik
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date
    uitdrukkelijk: Uitdrukkelijk
    """The categories to which people agreed separately, as level 3 needs (AVG 9(2)(a)).

    A record of older form, with one `true`, counts when `bereik` is exactly one category: then the one tick
    can only have been about that. One tick for several categories was about none of them separately.
    """
    andere_ouder_geinformeerd: bool = False
    """The signing parent declares that the other one knows and agrees (BW 1:253i(1))."""
    bewijs: Bewijsmiddel | None = None


class Gezagsoort(Keuze):
    GEZAMENLIJK = "gezamenlijk"
    EENHOOFDIG = "eenhoofdig"
    VOOGD = "voogd"
    GI_VOOGD = "gi_voogd"
    ONBEKEND = "onbekend"


class Gezagsbron(Keuze):
    GEZAGSREGISTER = "gezagsregister"
    RECHTERLIJKE_UITSPRAAK = "rechterlijke_uitspraak"
    BRP = "brp"
    VERKLARING_OUDER = "verklaring_ouder"
    """A parent's own word: enough for level 1 only."""


class Gezagspersoon(Model):
    persoon: Annotated[Id, _persoon("persoon")]
    hoedanigheid: Hoedanigheid
    gezag: bool
    naam: Tekst | None = None


class VervangendeToestemming(Model):
    """Court order in a dispute between parents (BW 1:253a): stands in for the statement of one of the two.

    Never for both, never for a voogd or GI, and only in the functies and cells it names.
    """

    vervangt: Annotated[Id, _persoon("vervangt")]
    functies: Annotated[tuple[ToestemmingFunctie, ...], Field(min_length=1)]
    bereik: Bereik
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date
    document_ref: Tekst


class Vertegenwoordiging(Model):
    """Court order that lets somebody decide for the leerling, within its scope and its dates.

    A bijzondere curator for a child whose interests conflict with those of who has gezag (BW 1:250); a
    curator, mentor or bewindvoerder for an adult (UAVG 5(2), Jeugdwet 7.3.15(2)). Both days inclusive;
    `geldig_tot_en_met` None: until somebody ends it by name (`Gezagsgegevens.beeindigde_uitspraken`).
    """

    persoon: Annotated[Id, _persoon("persoon")]
    hoedanigheid: Literal[
        Hoedanigheid.BIJZONDERE_CURATOR, Hoedanigheid.CURATOR, Hoedanigheid.MENTOR, Hoedanigheid.BEWINDVOERDER
    ]
    functies: Annotated[tuple[ToestemmingFunctie, ...], Field(min_length=1)]
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    categorieen: Annotated[tuple[Gegevenscategorie, ...], Field(min_length=1, max_length=15)]
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date | None = None
    document_ref: Tekst
    betreft_goederen: bool = False
    """For bewind: the doelen named here are about the goods under bewind. Without that it carries nothing
    here.
    """


class BeeindigdeUitspraak(Model):
    """Ends a court order by name: the order, and whom it let decide or whose statement it replaced."""

    document_ref: Tekst
    persoon: Annotated[Id, _persoon("persoon")]


class Geboorteprecisie(Keuze):
    """How much of a birth date is known: the BRP has dates without a day or without a month."""

    DAG = "dag"
    MAAND = "maand"
    JAAR = "jaar"


class Gezagsgegevens(Vastgelegd):
    """Who holds gezag over one leerling, as checked on a date. The newest check says completely who does.

    It is valid for twelve months after `gecontroleerd_op` at most, or until `geldig_tot_en_met`. What
    protects the leerling does not lapse because a newer record is silent about it: court orders and
    `afgeschermd_voor` stay until a record ends them by name. A record that names an order again replaces what
    was known of that order.
    """

    feit: Literal["gezag"] = "gezag"
    geboortedatum: dt.date
    geboorteprecisie: Geboorteprecisie = Geboorteprecisie.DAG
    """What is known of `geboortedatum`. What is not known may be any day of that month or year."""
    leerling: Annotated[Id, _persoon("leerling", "leerlingPersoonId")]
    """The leerling as a person who can sign."""
    soort: Gezagsoort
    personen: tuple[Gezagspersoon, ...]
    bron: Gezagsbron
    gecontroleerd_op: dt.date
    gecontroleerd_door: Tekst
    geldig_tot_en_met: dt.date | None = None
    document_ref: Tekst | None = None
    vervangende_toestemmingen: tuple[VervangendeToestemming, ...] = ()
    vertegenwoordigingen: tuple[Vertegenwoordiging, ...] = ()
    afgeschermd_voor: tuple[PartijId, ...] = ()
    """Partijen that must get nothing about this leerling (protected party)."""
    beeindigde_uitspraken: tuple[BeeindigdeUitspraak, ...] = ()
    niet_meer_afgeschermd_voor: tuple[PartijId, ...] = ()
    """Ends the protection against these partijen."""


class Maatregel(Keuze):
    GEEN = "geen"
    CURATELE = "curatele"
    MENTORSCHAP = "mentorschap"
    BEWIND = "bewind"


class Bekwaamheidsoordeel(Vastgelegd):
    """A professional's judgement whether the leerling can weigh his interests in this matter.

    Per matter (`doelen`); the newest per doel counts. Without one the leerling is held capable.
    """

    feit: Literal["bekwaamheid"] = "bekwaamheid"
    wilsbekwaam: bool
    maatregel: Maatregel = Maatregel.GEEN
    beeindigde_maatregelen: Annotated[tuple[Maatregel, ...], Field(max_length=4)] = ()
    """The measures that ended. A measure that a later judgement does not mention is still there."""
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1)]
    beoordelaar: Tekst
    functie: Tekst
    moment: AwareDatetime
    motivering: Toelichting


class Bezwaar(Vastgelegd):
    """An objection of anybody around the leerling. Of a required signer it counts as a refusal."""

    feit: Literal["bezwaar"] = "bezwaar"
    persoon: Annotated[Id, _persoon("persoon")]
    bereik: Bereik
    moment: AwareDatetime
    toelichting: Toelichting | None = None


class ProfessioneelVeto(Vastgelegd):
    """A professional judges that sharing would not be good care (Jeugdwet 7.3.11(3)), whoever agreed.

    The newest per recorder counts: `besluit` opgeheven lifts it. It binds what that jeugdhulpverlener
    discloses, and stops no duty or power of a school by law.
    """

    feit: Literal["veto"] = "veto"
    besluit: Literal["veto", "opgeheven"]
    richting: Richting
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1)]
    professional: Tekst
    moment: AwareDatetime
    motivering: Toelichting
