"""Who looks at a page: what a session tells of the person, and the port that finds the session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final, Protocol

from starlette.requests import Request

from gateway.identity.tokens import Caller


class Werkrol(StrEnum):
    """For which place somebody comes. What he may do there is in the scopes of his Caller."""

    FG = "fg"
    IB = "ib"
    """Intern begeleider, zorgcoördinator or mbo-coach."""
    ONTVANGER = "ontvanger"
    OUDER = "ouder"
    LEERLING = "leerling"
    BEHEERDER = "beheerder"


class Niveau(IntEnum):
    """How sure it is who signed in. The issuer says it (`acr`); the sessions read that as one of these."""

    LAAG = 1
    SUBSTANTIEEL = 2
    HOOG = 3


FRESH: Final = dt.timedelta(minutes=5)
"""After this a login is no longer fresh enough for what asks for a fresh one."""


@dataclass(frozen=True, slots=True)
class Bezoek:
    """One request of somebody who signed in. `csrf` belongs to his session and stands in every form."""

    caller: Caller
    rollen: frozenset[Werkrol]
    csrf: str
    naam: str
    """As the issuer gave it: for his own eyes, in the header of his own pages."""
    niveau: Niveau
    ingelogd_op: dt.datetime

    def reaches(self, niveau: Niveau, now: dt.datetime, *, fresh: bool) -> bool:
        """Whether this login is sure and, if that is asked, fresh enough."""
        return self.niveau >= niveau and not (fresh and now - self.ingelogd_op > FRESH)

    def has(self, rollen: Iterable[Werkrol]) -> bool:
        return not self.rollen.isdisjoint(rollen)


class Sessies(Protocol):
    """Finds who is signed in. It is asked once for each request, so what is ended is ended at once."""

    async def bezoek(self, request: Request) -> Bezoek | None:
        """Who this is, with the roles that the register gives him now; None when nobody is signed in."""
        ...

    async def mogelijk(self) -> bool:
        """Whether there is an issuer at which anybody can sign in now."""
        ...
