"""Where a message came from: its source, what that source left open, and where each field stood in it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from schemas.base import Model, Tekst, VrijeTekst


class Inzage(Model):
    """What ouders saw and said of the dossier for ANOTHER transfer: three facts, none of them consent."""

    voorlopig: bool
    ingezien: bool | None = None
    datum: dt.date | None = None
    akkoord: Literal["Ja", "Nee", "Onbekend"] | None = None
    reden_niet_akkoord: VrijeTekst | None = None
    toestemming: Literal["Ja", "Nee", "Onbekend"] | None = None


class Veldherkomst(Model):
    """Where one field came from: its path in the shared schema and the place in the sender's document."""

    veld: Tekst
    pad: Tekst


class Leemte(Model):
    """Something the source does not have, and why: opted out, forbidden, or not filled in."""

    veld: Tekst
    reden: Literal["opt_uit", "verboden", "niet_gevuld", "niet_in_standaard"]


class Herkomst(Model):
    """Where the message came from. Never leaves: it is for the sender's own account and for explanation."""

    standaard: Tekst
    versie: Tekst
    profiel: Tekst | None = None
    bron: Tekst
    bron_versie: Tekst | None = None
    datum: dt.date | None = None
    deeldossier: Tekst | None = None
    validatieversie: Tekst | None = None
    overdrachtsoort: Tekst | None = None
    aanleverpunt: Tekst | None = None
    categorie_status: dict[str, str] = {}
    inzage: Inzage | None = None
    velden: tuple[Veldherkomst, ...] = ()
    leemtes: tuple[Leemte, ...] = ()
