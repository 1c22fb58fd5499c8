"""AVG-verzoek: what an ouder or leerling asks about data of the leerling, and what became of it.

The steps are kept in order and none is ever changed: what he asked, that it takes longer and why, the answer,
and what he wrote after it. The words are of people, so all of it is stored sealed.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from schemas.base import Model
from schemas.identifiers import Id, PartijId

MAX_WORDS: Final = 4_000
MAX_STEPS: Final = 40
Woorden = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WORDS)]


class Avgrecht(StrEnum):
    """What is asked, by the article of the AVG that gives it."""

    INZAGE = "inzage"
    """Article 15."""
    CORRECTIE = "correctie"
    """Article 16."""
    WISSING = "wissing"
    """Article 17."""
    BEPERKING = "beperking"
    """Article 18."""
    BEZWAAR = "bezwaar"
    """Article 21."""
    OPMERKING = "opmerking"
    """Something that he wants the school to know. The law gives no term for it; we ask the same one."""


class Avguitkomst(StrEnum):
    GEDAAN = "gedaan"
    DEELS = "deels"
    NIET = "niet"


class Avgstatus(StrEnum):
    OPEN = "open"
    BEANTWOORD = "beantwoord"
    INGETROKKEN = "ingetrokken"


class Gevraagd(Model):
    soort: Literal["gevraagd"] = "gevraagd"
    recht: Avgrecht
    woorden: Woorden
    over: Id | None = None
    """His own statement that it is about."""
    mee: Annotated[tuple[PartijId, ...], Field(max_length=50)] = ()
    """Of an opmerking: to whom it may go along, when the school shares."""


class Vervolgd(Model):
    """He adds something; of what was answered already it asks anew."""

    soort: Literal["vervolgd"] = "vervolgd"
    woorden: Woorden


class Verlengd(Model):
    """It takes two months more, because it is hard or there are many (article 12(3))."""

    soort: Literal["verlengd"] = "verlengd"
    woorden: Woorden


class Beantwoord(Model):
    soort: Literal["beantwoord"] = "beantwoord"
    uitkomst: Avguitkomst
    woorden: Woorden


class Ingetrokken(Model):
    """He needs no answer any more."""

    soort: Literal["ingetrokken"] = "ingetrokken"


Stap = Annotated[Gevraagd | Vervolgd | Verlengd | Beantwoord | Ingetrokken, Field(discriminator="soort")]


class Avgstap(Model):
    """One step. `uiterlijk`: until when who must answer has, from this step on; None: nothing is awaited."""

    op: dt.datetime
    uiterlijk: dt.datetime | None = None
    stap: Stap


class Avgverzoek(Model):
    """All of one request, from its first step."""

    id: Id
    partij: PartijId
    """Who must answer."""
    persoon_id: Id
    """Who asked, as that partij recorded him in the gezag."""
    stappen: Annotated[tuple[Avgstap, ...], Field(min_length=1, max_length=MAX_STEPS)]

    @property
    def eerste(self) -> Gevraagd:
        found = self.stappen[0].stap
        assert isinstance(found, Gevraagd), "a request begins with what is asked"
        return found

    @property
    def status(self) -> Avgstatus:
        last = self.stappen[-1].stap
        if isinstance(last, Beantwoord):
            return Avgstatus.BEANTWOORD
        return Avgstatus.INGETROKKEN if isinstance(last, Ingetrokken) else Avgstatus.OPEN

    @property
    def uiterlijk(self) -> dt.datetime | None:
        return self.stappen[-1].uiterlijk

    @property
    def verlengbaar(self) -> bool:
        """Once for each question, while it waits."""
        waits = (s for s in self.stappen if s.uiterlijk == self.uiterlijk)
        return self.status is Avgstatus.OPEN and not any(isinstance(s.stap, Verlengd) for s in waits)

    def na(self, stap: Avgstap) -> Avgverzoek:
        return self.model_copy(update={"stappen": (*self.stappen, stap)})


AVGVERZOEK: Final[TypeAdapter[Avgverzoek]] = TypeAdapter(Avgverzoek)
