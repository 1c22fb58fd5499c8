"""What callers send: request bodies that are not themselves part of the shared vocabulary.

A person is `persoonId` everywhere. What it was called before, each in its own place, is still read.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import AliasChoices, AwareDatetime, Field, StringConstraints

from schemas.base import Model, Tekst
from schemas.exchange.uitwisseling import (
    Base64,
    Bronverwijzing,
    EigenBericht,
    Groepsverwijzing,
    Leveringstatus,
    Verzending,
    Weigergrond,
)
from schemas.identifiers import Gemeentecode, Id, Kenmerk, Medewerkernaam, PartijId
from schemas.messages.terugkoppeling import Terugkoppeling
from schemas.people.afweging import Afwegingsverslag, Naoordeel, Veldnoodzaak, Weegfunctie
from schemas.people.avgverzoek import Avguitkomst, Woorden
from schemas.people.gronden import Grondsoort, Informeren, Onderwijssector, Verzuimgrond
from schemas.people.omstandigheden import Omstandigheidsoort
from schemas.people.overstap import Overstapsoort, Overstapweigering
from schemas.people.partijcodes import Partijfunctie
from schemas.people.post import Adres
from schemas.people.thuiszitten import Thuisgebeurtenis, Verzuimsoort
from schemas.people.toestemming import (
    BeeindigdeUitspraak,
    Bereik,
    Bewijsmiddel,
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsbron,
    Gezagsoort,
    Hash,
    Hoedanigheid,
    Maatregel,
    Ontvanger,
    Richting,
    Toelichting,
    ToestemmingFunctie,
    Uitdrukkelijk,
    Vertegenwoordiging,
    VervangendeToestemming,
)
from schemas.people.toezicht import (
    Afspraaknaam,
    Kijkdoel,
    Puntoordeel,
    Steekproefpunt,
    Veldpad,
    Voorstelsoort,
)
from schemas.shown.toezicht import Grondvraag
from schemas.zaak.overleg import Overlegopening, Overlegstap
from schemas.zaak.stappen import Geopend, Stap

NA: Final = "^[0-9]{1,16}-[0-9a-f]{32}$"
"""The form of `na` in a list of an FG."""


VERSCHIL: Final = "^[0-9]{1,12}-[0-9a-f]{32}$"
"""The form of the id of a difference: when it was shown, and of which file."""


class ToezichtVerzoek(Model):
    """One leerling, by the id that the partij's own system gave him or by the one that we gave the partij.

    A leerlingid is about a person, so it stands in a body and never in an address.
    """

    partij: PartijId
    leerling: Bronverwijzing | None = None
    leerling_id: Id | None = None
    kijkdoel: Kijkdoel
    van: dt.date | None = None
    tot: dt.date | None = None
    grond: Grondvraag | None = None
    status: Leveringstatus | None = None
    ontvanger: PartijId | None = None
    na: Annotated[str, StringConstraints(pattern=NA)] | None = None
    aantal: Annotated[int, Field(ge=1, le=1000)] = 200


class VraagVerzoek(Model):
    """A question about one leerling, who is named as in ToezichtVerzoek."""

    partij: PartijId
    leerling: Bronverwijzing | None = None
    leerling_id: Id | None = None
    kijkdoel: Kijkdoel
    van: dt.date | None = None
    tot: dt.date | None = None
    na: Annotated[str, StringConstraints(pattern=NA)] | None = None


class ToonVerzoek(Model):
    levering_id: Id
    kijkdoel: Kijkdoel


class SteekproefVerzoek(Model):
    partij: PartijId
    van: dt.date
    tot: dt.date
    zaad: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,40}$")]
    """The same seed gives the same cases."""
    aantal: Annotated[int, Field(ge=1, le=200)] = 20


class SteekproefoordeelVerzoek(Model):
    levering_id: Id
    punten: dict[Steekproefpunt, Puntoordeel]
    toelichting: Toelichting | None = None


class VoorstelVerzoek(Model):
    partij: PartijId
    soort: Voorstelsoort
    afspraak: Afspraaknaam
    velden: Annotated[tuple[Veldpad, ...], Field(max_length=100)] = ()
    toelichting: Toelichting


class NagekekenVerzoek(Model):
    partij: PartijId
    grootte: Annotated[int, Field(ge=0, le=10**15)]
    wortel: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    """Standard base64, as an answer gave it."""


class ProefklokVerzoek(Model):
    nu: AwareDatetime


class OverLeerling(Model):
    """Tells which leerling is meant: by the id of a gezagsregistratie, or by a levering that you received."""

    leerling_id: Id | None = None
    levering_id: Id | None = None
    taak_id: Id | None = None
    """Of a taak of yours."""


class ZaakVerzoek(OverLeerling):
    """A zaak about a leerling whom you know, a group of yours, your school, or nobody."""

    groep: Groepsverwijzing | None = None
    zaak: Geopend


class ZaakstapVerzoek(Model):
    stap: Stap


class ToetsVerzoek(Model):
    """A plan to be held to the principles. It is not kept."""

    bericht: EigenBericht


class OverlegVerzoek(Model):
    zaak_id: Id
    overleg: Overlegopening


class OverlegstapVerzoek(Model):
    stap: Overlegstap


class InbrengVerzoek(Model):
    """A message for some who sit at the table."""

    verzending: Verzending


class Registerbestand(Model):
    """One file of a register. Its name only says which signature belongs to which convenant."""

    naam: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    inhoud: Base64


class Registervoorstel(Model):
    """The whole register as files: partijen, and with them convenanten, the region and the law."""

    bestanden: Annotated[tuple[Registerbestand, ...], Field(min_length=1, max_length=100)]


class Registertoepassing(Registervoorstel):
    versie: Annotated[int, Field(ge=0)]
    """Of the register against which the difference was shown."""
    verwijder: bool = False
    """Take away what is not in the files."""


class Registratieaanbod(Model):
    """A file with the registration of a school, recognised by what is in it."""

    inhoud: Base64
    """The bytes of the file, unchanged, in base64."""
    kolommen: Annotated[str, StringConstraints(min_length=1, max_length=100_000)] | None = None
    """For a CSV, which has no mark of its own: the agreed columns, as TOML."""


class Registratiekeuze(Model):
    leerlingid: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    kenmerk: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    """Of this leerling in the difference: what was shown of him must still hold."""


class Registratieovername(Registratieaanbod):
    """The same file again, with the difference that was shown of it and who was chosen from that."""

    verschil: Annotated[str, StringConstraints(pattern=VERSCHIL)]
    leerlingen: Annotated[tuple[Registratiekeuze, ...], Field(min_length=1, max_length=500)]


class Registratieherstel(Model):
    telt: Id
    """The registration that counts now; another one means that somebody was here meanwhile."""
    terug_naar: Id | None
    """The earlier one that must count again; null: none."""


class GezagspersoonVerzoek(Model):
    persoon_id: Id | None = None
    """The id of a person who was recorded before; left out for a new person."""
    nieuw: bool = False
    """Nobody who was recorded before, also where somebody of before is missing now."""
    hoedanigheid: Hoedanigheid
    gezag: bool
    naam: Tekst | None = None


class GezagsgegevensVerzoek(Model):
    leerling: Bronverwijzing | None = None
    """Of a school: its own leerling."""
    levering_id: Id | None = None
    """Of who received or sent something: the leerling of that levering, as this partij knows him."""
    taak_id: Id | None = None
    """Likewise, of a taak of this partij."""
    geboortedatum: dt.date
    geboorteprecisie: Geboorteprecisie = Geboorteprecisie.DAG
    soort: Gezagsoort
    personen: Annotated[tuple[GezagspersoonVerzoek, ...], Field(max_length=20)]
    bron: Gezagsbron
    gecontroleerd_op: dt.date
    gecontroleerd_door: Medewerkernaam
    geldig_tot_en_met: dt.date | None = None
    document_ref: Kenmerk | None = None
    vervangende_toestemmingen: Annotated[tuple[VervangendeToestemming, ...], Field(max_length=20)] = ()
    vertegenwoordigingen: Annotated[tuple[Vertegenwoordiging, ...], Field(max_length=20)] = ()
    afgeschermd_voor: Annotated[tuple[PartijId, ...], Field(max_length=50)] = ()
    beeindigde_uitspraken: Annotated[tuple[BeeindigdeUitspraak, ...], Field(max_length=20)] = ()
    niet_meer_afgeschermd_voor: Annotated[tuple[PartijId, ...], Field(max_length=50)] = ()


class ToestemmingVerzoek(OverLeerling):
    ondertekenaar: Annotated[Id, Field(validation_alias=AliasChoices("persoonId", "ondertekenaar"))]
    besluit: Literal["gegeven", "geweigerd"]
    functie: ToestemmingFunctie
    bereik: Bereik
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date
    uitdrukkelijk: Uitdrukkelijk = ()
    andere_ouder_geinformeerd: bool = False
    bewijs: Bewijsmiddel | None = None


class IntrekkingVerzoek(Model):
    moment: AwareDatetime
    bewijs: Bewijsmiddel | None = None


class BekwaamheidVerzoek(OverLeerling):
    wilsbekwaam: bool
    maatregel: Maatregel = Maatregel.GEEN
    beeindigde_maatregelen: Annotated[tuple[Maatregel, ...], Field(max_length=4)] = ()
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    beoordelaar: Medewerkernaam
    functie: Tekst
    moment: AwareDatetime
    motivering: Toelichting


class BezwaarVerzoek(OverLeerling):
    persoon: Annotated[Id, Field(validation_alias=AliasChoices("persoonId", "persoon"))]
    bereik: Bereik
    moment: AwareDatetime
    toelichting: Toelichting | None = None


class VetoVerzoek(OverLeerling):
    besluit: Literal["veto", "opgeheven"]
    richting: Richting
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    professional: Tekst
    """Not held to the rules for a new name: a no must be heard, however the name of its maker is written."""
    moment: AwareDatetime
    motivering: Toelichting


class GrondverklaringVerzoek(OverLeerling):
    soort: Grondsoort
    ontvanger: Ontvanger
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    grondstuk_ref: Kenmerk
    grondstuk_hash: Hash
    noodzaak_hash: Hash
    verklaard_door: Medewerkernaam
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date
    informeren: Informeren
    verzuimgrond: Verzuimgrond | None = None
    sector: Onderwijssector | None = None
    woongemeente: Gemeentecode | None = None


class OmstandigheidVerzoek(OverLeerling):
    """What is so, and what is not, of what you send to this recipient for these doelen."""

    ontvanger: Ontvanger
    doelen: Annotated[tuple[Gebruiksdoel, ...], Field(min_length=1, max_length=7)]
    wel: Annotated[tuple[Omstandigheidsoort, ...], Field(max_length=30)] = ()
    niet: Annotated[tuple[Omstandigheidsoort, ...], Field(max_length=30)] = ()
    noodzaak_hash: Hash | None = None
    stuk_ref: Kenmerk | None = None
    functie: Partijfunctie | None = None
    verklaard_door: Medewerkernaam
    informeren: Informeren | None = None
    moment: AwareDatetime
    geldig_vanaf: dt.date
    geldig_tot_en_met: dt.date


class WegerVerzoek(Model):
    medewerker: Medewerkernaam
    """The name that you yourselves use for this colleague, always the same."""
    functie: Weegfunctie


class AfwegingVerzoek(OverLeerling):
    """A weighing, which is always made for the doel `veiligheid`. A second look comes in a request of its
    own.
    """

    richting: Richting
    ontvanger: Ontvanger
    ontvanger_persoon: Medewerkernaam
    zorgcodes: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")], ...],
        Field(min_length=1, max_length=20),
    ]
    verslag: Afwegingsverslag
    velden: Annotated[tuple[Veldnoodzaak, ...], Field(min_length=1, max_length=500)]
    informeren: Informeren
    opsteller: WegerVerzoek
    acuut: Toelichting | None = None
    moment: AwareDatetime
    venster_van: AwareDatetime
    venster_tot: AwareDatetime
    aantal_vrijgaven: Annotated[int, Field(ge=1, le=10)] = 1


class TweedeBlikVerzoek(Model):
    door: WegerVerzoek
    akkoord: bool
    moment: AwareDatetime
    toelichting: Toelichting


class UitstelVerzoek(Model):
    informeren: Informeren
    moment: AwareDatetime


class NabeoordelingVerzoek(Model):
    oordeel: Naoordeel
    toelichting: Toelichting
    moment: AwareDatetime


class LeveringsbewijsVerzoek(Model):
    """A compact JWS by one of your registered keys over `{soort, leveringId, inhoudHash, ontvangenOp}`."""

    jws: Annotated[str, StringConstraints(min_length=20, max_length=4_000, pattern=r"^[A-Za-z0-9_.-]+$")]


class IntrekkingsantwoordVerzoek(Model):
    """A compact JWS by one of your registered keys over an Intrekkingsantwoord."""

    jws: Annotated[str, StringConstraints(min_length=20, max_length=60_000, pattern=r"^[A-Za-z0-9_.-]+$")]


class ZoekVerzoek(Model):
    leerlingid: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class WeigeringVerzoek(Model):
    grond: Weigergrond


class Medekopieen(Model):
    """Copies of the other side of the same case, who has the organisation of the caller work with them."""

    partij: PartijId
    berichten: Annotated[tuple[Base64, ...], Field(min_length=1, max_length=100)]


class GebruikVerzoek(Model):
    geopend: Annotated[
        tuple[Annotated[str, StringConstraints(min_length=1, max_length=200)], ...], Field(max_length=500)
    ]
    """The paths of the fields that were used, as they stand in what was received."""


class KopieVerzoek(Model):
    berichten: Annotated[tuple[Base64, ...], Field(min_length=1, max_length=100)]
    """The messages and their retours as they were sent, each bare or in its envelope."""
    levering_id: Id
    """A levering about this leerling that the caller sent or received."""
    mede: Medekopieen | None = None
    """Put together with those of the other side: only on a machtiging of that partij, of today."""
    eerder_gemeld: Terugkoppeling | None = None
    einde_afgewacht: bool = False


class AvgAntwoordVerzoek(Model):
    stap: Annotated[int, Field(ge=1, le=100)]
    uitkomst: Avguitkomst
    woorden: Woorden


class AvgVerlengingVerzoek(Model):
    stap: Annotated[int, Field(ge=1, le=100)]
    woorden: Woorden


class ThuiszittenVerzoek(Model):
    leerling_id: Id
    """A leerling of the school's own."""
    gebeurtenis: Thuisgebeurtenis
    op: dt.date
    verzuimsoort: Verzuimsoort | None = None
    """With `begonnen`, and only then."""


class OverstapVerzoek(Model):
    leerling_id: Id
    """A leerling of the school's own."""
    naar: PartijId
    soort: Overstapsoort
    per: dt.date
    van_sector: Onderwijssector | None = None
    naar_sector: Onderwijssector | None = None


class OverstapbesluitVerzoek(Model):
    besluit: Literal["aanvaard", "geweigerd"]
    leerling_id: Id | None = None
    """The leerling of the school's own who this is."""
    grond: Overstapweigering | None = None


class UitnodigingVerzoek(Model):
    """Whom to invite, and where to when it goes by mail."""

    persoon_id: Id
    adres: Adres | None = Field(default=None, repr=False)


class UitnodigingStopVerzoek(Model):
    persoon_id: Id
