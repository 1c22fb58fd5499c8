"""Facts of the source that stand beside a plan and are no part of it: each keeps its own category."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from schemas.base import Gegevenscategorie as G
from schemas.base import Model, Tekst
from schemas.identifiers import Brin, Vestigingscode
from schemas.messages.onderdelen import Code


class Schooljaar(Model):
    schooljaar: Annotated[Tekst, G.ONDERWIJSPOSITIE]
    groepscode: Annotated[Tekst, G.ONDERWIJSPOSITIE]
    groepsnaam: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    leerjaar: Annotated[Code, G.ONDERWIJSPOSITIE]
    van: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    tot: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    brin: Annotated[Brin, G.ONDERWIJSPOSITIE]
    vestigingscode: Annotated[Vestigingscode, G.ONDERWIJSPOSITIE]
    schoolsoort: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    # It names a kind of special education, and so can tell of a limitation, as in School.type.
    schooltype: Annotated[Tekst | None, G.GEZONDHEID] = None
    elementcode: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    elementomschrijving: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    schoolsoortomschrijving: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None


class Overstapadvies(Model):
    """Advice from po to vo: another fact than the uitstroombestemming, and never mapped onto it."""

    advies: Code | None = None
    wensouders: Code | None = None
    wensleerling: Code | None = None
    herzienadvies: Code | None = None
    profiel: Tekst | None = None


class Verzuim(Model):
    """Totals of the last twelve months. Absent is unknown, never zero; half-days and hours are not added."""

    dagdelen_geoorloofd: int | None = None
    dagdelen_ongeoorloofd: int | None = None
    uren_geoorloofd: int | None = None
    uren_ongeoorloofd: int | None = None
    meer_dan_25_procent: Annotated[bool | None, Field(alias="meerDan25Procent")] = None
    frequentie_ongeoorloofd: int | None = None
    contact_leerplicht: bool | None = None
    rmc_melding: bool | None = None


class Eindtoetsdomein(Model):
    code: Code
    omschrijving: Tekst | None = None
    referentieniveau: Code | None = None


class Eindtoetsonderdeel(Eindtoetsdomein):
    domeinen: tuple[Eindtoetsdomein, ...] = ()


class Eindtoets(Model):
    """The test at the end of primary school. `toetsadvies` is what the test advises, not the school."""

    deelgenomen: Annotated[bool, G.LEERRESULTATEN]
    toetssoort: Annotated[Code | None, G.LEERRESULTATEN] = None
    toetsniveau: Annotated[Code | None, G.LEERRESULTATEN] = None
    omschrijving: Annotated[Tekst | None, G.LEERRESULTATEN] = None
    datum: Annotated[dt.date | None, G.LEERRESULTATEN] = None
    # Who need not take the test often has a limitation.
    ontheffing: Annotated[Code | None, G.GEZONDHEID] = None
    standaardscore: Annotated[int | None, G.LEERRESULTATEN] = None
    toetsadvies: Annotated[Tekst | None, G.LEERRESULTATEN] = None
    onderdelen: Annotated[tuple[Eindtoetsonderdeel, ...], G.LEERRESULTATEN] = ()


class Stage(Model):
    """A work placement. It can support the uitstroombestemming; it is no doel."""

    van: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    tot: Annotated[dt.date | None, G.ONDERWIJSPOSITIE] = None
    soort: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    rol: Annotated[Tekst | None, G.ONDERWIJSPOSITIE] = None
    # A sheltered workplace names a limitation.
    organisatie: Annotated[Tekst | None, G.GEZONDHEID] = None


class Referentie(Model):
    code: Tekst
    groep: Tekst
    waarde: Tekst
    kwalificatie: Tekst | None = None


class Score(Model):
    opgaven: int | None = None
    goed: int | None = None
    fout: int | None = None
    gelezen: int | None = None
    tijd: Tekst | None = None
    vaardigheidsscore: Tekst | None = None
    schaal: Tekst | None = None
    interval_laag: Tekst | None = None
    interval_hoog: Tekst | None = None
    referenties: tuple[Referentie, ...] = ()


class Toetsonderdeel(Score):
    code: Tekst
    naam: Tekst | None = None


class Toets(Score):
    """One test. Decimals stay text as sent: a score is quoted, not computed with."""

    toetscode: Tekst
    leergebied: Tekst | None = None
    naam: Tekst | None = None
    versie: Tekst | None = None
    datum: dt.date
    leerjaar: Code | None = None
    didactische_leeftijd: int | None = None
    onderdelen: tuple[Toetsonderdeel, ...] = ()


class Cijfer(Model):
    waarde: Tekst | None = None
    kwalificatie: Tekst | None = None


class Cijferonderdeel(Model):
    naam: Tekst
    waarde: Tekst | None = None
    kwalificatie: Tekst | None = None
    datum: dt.date | None = None
    leerjaar: Code | None = None
    periode: Tekst | None = None


class Cijferlijst(Model):
    naam: Tekst
    onderdelen: tuple[Cijferonderdeel, ...] = ()
    scores: tuple[Cijfer, ...] = ()
    datum: dt.date | None = None
    leerjaar: Code
    periode: Tekst | None = None


class Diagnose(Model):
    codes: Annotated[tuple[Tekst, ...], G.GEZONDHEID]
    naam: Annotated[Tekst | None, G.GEZONDHEID] = None
    datum: Annotated[dt.date | None, G.GEZONDHEID] = None
    doorwie: Annotated[Tekst | None, G.DERDEN] = None
    instantie: Annotated[Tekst | None, G.GEZONDHEID] = None


class Bronfeiten(Model):
    """Facts of the source that stand beside the plan and are no part of it."""

    schoolloopbaan: tuple[Schooljaar, ...] = ()
    terugplaatsing_brin: Annotated[Brin | None, G.ONDERWIJSPOSITIE] = None
    overstapadvies: Annotated[Overstapadvies | None, G.LEERRESULTATEN] = None
    verzuim: Annotated[Verzuim | None, G.VERZUIM] = None
    eindtoets: Eindtoets | None = None
    toetsen: Annotated[tuple[Toets, ...], G.LEERRESULTATEN] = ()
    # A test of intelligence or development says something about the person, not about what was learnt.
    onderzoeken: Annotated[tuple[Toets, ...], G.GEZONDHEID] = ()
    cijferlijsten: Annotated[tuple[Cijferlijst, ...], G.LEERRESULTATEN] = ()
    stages: tuple[Stage, ...] = ()
    diagnoses: tuple[Diagnose, ...] = ()
    medicijngebruik: Annotated[bool | None, G.GEZONDHEID] = None
