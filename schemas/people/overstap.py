"""A leerling goes to another school: what his two schools recorded of handing him over.

The school that he leaves offers, before it sends anything; the school that he goes to says that it is one of
its own leerlingen, or that he is not. Each step is a fact in the record of the school that offers, and never
changes. Records are never merged: an acceptance only says which record of the other school is about him.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Literal

from schemas.identifiers import Id, PartijId
from schemas.people.gronden import Onderwijssector
from schemas.people.toestemming import Vastgelegd

ONGEDAAN_BINNEN: Final = dt.timedelta(days=14)
"""So long after an acceptance each of the two schools can undo it."""


class Overstapsoort(StrEnum):
    VERTREK = "vertrek"
    """He leaves this school for that one."""
    AANMELDING = "aanmelding"
    """He is aangemeld there, and has not left."""


class Overstapstap(StrEnum):
    AANGEBODEN = "aangeboden"
    AANVAARD = "aanvaard"
    GEWEIGERD = "geweigerd"
    ONGEDAAN = "ongedaan"


class Overstapweigering(StrEnum):
    """Why the other school does not know him as its own."""

    NIET_BIJ_ONS = "niet_bij_ons"
    ANDERE_LEERLING = "andere_leerling"
    """What came does not fit whom it knows by that name."""


class Overstap(Vastgelegd):
    """One step. The first has its own id as `overstap`; every later one repeats what the first said."""

    feit: Literal["overstap"] = "overstap"
    overstap: Id
    stap: Overstapstap
    naar: PartijId
    soort: Overstapsoort
    per: dt.date
    """The first day at that school, or the day of the aanmelding."""
    van_sector: Onderwijssector | None = None
    naar_sector: Onderwijssector | None = None
    levering: Id | None = None
    """What the other school received and signed for, by which it knew whom this is about."""
    leerling_daar: Id | None = None
    """Our internal id of its own record of him; told to nobody."""
    grond: Overstapweigering | None = None

    @property
    def vo_naar_mbo(self) -> bool | None:
        """None where a sector was not named."""
        if self.van_sector is None or self.naar_sector is None:
            return None
        vo = self.van_sector in (Onderwijssector.VO, Onderwijssector.VSO)
        return vo and self.naar_sector is Onderwijssector.MBO

    def ongedaan_tot(self) -> dt.datetime:
        """For an acceptance: until when it can be undone, itself not included."""
        return self.vastgelegd_op + ONGEDAAN_BINNEN


STAAT: Final = frozenset({Overstapstap.AANGEBODEN, Overstapstap.AANVAARD})


def stappen(overstappen: Iterable[Overstap], overstap: str) -> tuple[Overstap, ...]:
    """The steps of one overstap, in order of recording."""
    return tuple(o for o in overstappen if o.overstap == overstap)


def lopend(overstappen: Iterable[Overstap], naar: str) -> Overstap | None:
    """The last step of the overstap to that school that stands: offered or accepted. None: there is none."""
    last = {o.overstap: o for o in overstappen if o.naar == naar}
    return next((o for o in reversed(last.values()) if o.stap in STAAT), None)
