"""The number of the leerling, in the one field that a message has for it.

A message that may be sent on a flow whose rule gives a number (`nummer` in consent/stromen.toml) has this
field; no other message has it, and no text takes one. Whether it goes is decided by that rule, for the pair
and the doel, and never by toestemming (UAVG 46).
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.base import OP_REGEL, Model
from schemas.base import Gegevenscategorie as G
from schemas.identifiers import Bsn, Onderwijsnummer


class Persoonsnummer(Model):
    """The persoonsgebonden nummer of the leerling: his BSN, or for who has none the onderwijsnummer of DUO.

    Which of the two it is says the name of the field, and each has check digits of its own.
    """

    bsn: Annotated[Bsn | None, G.NUMMER, OP_REGEL] = None
    onderwijsnummer: Annotated[Onderwijsnummer | None, G.NUMMER, OP_REGEL] = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.bsn is None) is (self.onderwijsnummer is None):
            raise PydanticCustomError("nummer", "noem één nummer: het bsn of het onderwijsnummer")
        return self


class Hulpnummer(Model):
    """The number between who help a jeugdige: his BSN (Jeugdwet 7.2.1), and never the number of a school."""

    bsn: Annotated[Bsn, G.NUMMER, OP_REGEL]
