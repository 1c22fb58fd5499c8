"""Every kind of fact that is recorded about a leerling, told apart by its `feit`. Facts are only ever
added.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.people.afweging import Afweging, Nabeoordeling, TweedeBlik, Uitstel, Vrijgave
from schemas.people.gronden import Grondverklaring
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.overstap import Overstap
from schemas.people.registratie import Leerlingregistratie
from schemas.people.thuiszitten import Thuiszitten
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bezwaar,
    Gezagsgegevens,
    ProfessioneelVeto,
    Toestemming,
)
from schemas.people.toezicht import Inzage, Nagekeken, Steekproef, Steekproefoordeel, Voorstel

Feit = Annotated[
    Toestemming
    | Gezagsgegevens
    | Bekwaamheidsoordeel
    | Bezwaar
    | ProfessioneelVeto
    | Grondverklaring
    | Omstandigheid
    | Afweging
    | TweedeBlik
    | Vrijgave
    | Uitstel
    | Nabeoordeling
    | Leerlingregistratie
    | Overstap
    | Thuiszitten
    | Inzage
    | Steekproef
    | Steekproefoordeel
    | Nagekeken
    | Voorstel,
    Field(discriminator="feit"),
]
