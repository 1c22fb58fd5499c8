"""What a request to a gemeente needs and an arrangement never has. Whoever sends the request fills it in.

Types only say which shape a value has. Whether values are allowed, together and with the arrangement, is
judged by `verzoek.py`, which names each fault by its place in here (`/aanvulling/producten[1]/einddatum`).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Annotated, Final, TypeVar

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from schemas.allowed import allowed
from schemas.base import Model, Tekst
from schemas.errors import Fault, InvalidMessage
from schemas.identifiers import Agb, Bsn, Gemeentecode
from schemas.toml import read_toml

A = TypeVar("A", bound=Model)
Hoeveelheid = Annotated[int, Field(ge=0)]
MAX_BYTES: Final = 1024 * 1024
_CAMEL: Final = re.compile("[A-Z]")


class Kop(Model):
    """Facts of the message itself. `gemeente` and `aanbieder` are only needed when the arrangement does not
    say them.
    """

    identificatie: Tekst = "ONTWERP"
    """At most twelve characters, never used before by this sender for this kind of message (TR056).

    Left out, it says that this is a draft: the system that sends the message gives it its own.
    """
    dagtekening: dt.date
    gemeente: Gemeentecode | None = None
    aanbieder: Agb | None = None
    xsd_versie: Tekst | None = None


class Naam(Model):
    """The name in the BRP, when it differs from the name in the arrangement."""

    achternaam: Tekst
    voorvoegsel: Tekst | None = None
    voornamen: Tekst | None = None
    voorletters: Tekst | None = None


class Client(Model):
    bsn: Bsn
    naam: Naam | None = None
    geslacht: Tekst | None = None
    """COD046: 0 unknown, 1 male, 2 female."""
    geboortedatum_gebruik: Tekst | None = None
    """COD170, when part of the date of birth is unknown."""
    gezagsdrager_bekend: bool | None = None
    commentaar: Tekst | None = None


class Omvang(Model):
    volume: Hoeveelheid
    eenheid: Tekst
    frequentie: Tekst


class Beschikking(Model):
    nummer: Hoeveelheid
    ingangsdatum: dt.date


class Verwijzer(Model):
    type: Tekst
    naam: Tekst | None = None
    zorgverlenercode: Tekst | None = None


class Product(Model):
    """`categorie` absent: a generic request, within a budget. `code` absent: any product of the category."""

    categorie: Tekst | None = None
    code: Tekst | None = None
    omvang: Omvang | None = None
    budget: Hoeveelheid | None = None
    """In euro cents."""


class AangevraagdProduct(Product):
    """One requested product. Without dates it asks for the period of the arrangement."""

    referentie: Tekst
    """At most 36 characters, never used before by this aanbieder (TR347)."""
    ingangsdatum: dt.date | None = None
    einddatum: dt.date | None = None
    beschikking: Beschikking | None = None
    verwijzer: Verwijzer | None = None
    """When absent, the verwijzer of the whole aanvulling counts."""
    raamcontract: bool | None = None
    commentaar: Tekst | None = None


class Toewijzingsaanvulling(Model):
    """The aanvulling for a 315."""

    kop: Kop
    client: Client
    verwijzer: Verwijzer | None = None
    producten: Annotated[tuple[AangevraagdProduct, ...], Field(min_length=1, max_length=100)]


class Wijziging(Model):
    """What should change in a running allocation. What is absent stays as it was granted."""

    toewijzing: Tekst
    """ToewijzingNummer."""
    gewenste_ingangsdatum: dt.date | None = None
    """When absent: from the day on which the allocation began."""
    einddatum: dt.date | None = None
    zonder_einddatum: bool = False
    omvang: Omvang | None = None
    budget: Hoeveelheid | None = None


class NieuwProduct(Product):
    gewenste_ingangsdatum: dt.date
    einddatum: dt.date | None = None


class Clientnummer(Model):
    bsn: Bsn


class Wijzigingsaanvulling(Model):
    """The aanvulling for a 317. Running allocations that no `wijzigingen` name stay as they are."""

    kop: Kop
    client: Clientnummer
    referentie: Tekst
    reden: Tekst
    """WJ758: 1 the situation of the client changed, 2 the plan changed."""
    wijzigingen: Annotated[tuple[Wijziging, ...], Field(max_length=100)] = ()
    nieuwe_producten: Annotated[tuple[NieuwProduct, ...], Field(max_length=100)] = ()


class Antwoordaanvulling(Model):
    """The aanvulling for a 319. The Kop says who they are, because an answer names neither gemeente nor
    aanbieder.
    """

    kop: Kop
    referentie: Tekst | None = None
    """ReferentieAanbieder of the request, when the answer itself has none."""
    reden: Tekst | None = None
    """WJ759, the reason of a rejection. It stays between gemeente and aanbieder."""


def lees_aanvulling(soort: type[A], toml: str) -> A:
    """An aanvulling from TOML; names as in the classes above.

    Raises InvalidMessage with every wrong place, and no value.
    """
    if len(toml.encode()) > MAX_BYTES:
        raise InvalidMessage((Fault("toml.te_groot", "/aanvulling", "Dit bestand is te groot."),))
    try:
        return soort.model_validate_json(json.dumps(read_toml(toml), default=str))
    except ValidationError as error:
        faults = tuple(
            Fault("aanvulling.vorm", _place(e), _said(e))
            for e in error.errors(include_input=False, include_url=False)
        )
    except (ValueError, RecursionError):
        faults = (Fault("toml", "/aanvulling", "Dit is geen geldige TOML."),)
    raise InvalidMessage(faults)


def _said(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "Dit ontbreekt."
    if error["type"] == "extra_forbidden":
        return "Dit hoort hier niet."
    return f"Dit klopt niet{allowed(error.get('ctx', {}))}."


def _place(error: ErrorDetails) -> str:
    steps = list(error["loc"])
    if error["type"] == "extra_forbidden":
        steps[-1] = "*"  # whoever fills in a file may have put a value where a name belongs
    names = "".join(
        f"[{s + 1}]" if isinstance(s, int) else "/" + _CAMEL.sub(r"_\g<0>", s).lower() for s in steps
    )
    return f"/aanvulling{names}"
