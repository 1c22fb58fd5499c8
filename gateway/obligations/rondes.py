"""What the work that time asks for did last, per process: for who runs the gateway.

One sealed row per process, so that with several processes each tells its own. A row is forgotten a week after
its last round: then that process is gone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import AwareDatetime, Field

from gateway.identity.verzegeld import opened, sealed
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.base import Model
from schemas.storage.storage import Keepsoort

_DAYS: Final = 7
_GROEP: Final = "rondes"
_MOST: Final = 100


class Werk(Model):
    """One part of a round."""

    naam: str
    duur_ms: Annotated[int, Field(ge=0)]
    gelukt: bool


class Rondeverslag(Model):
    """One round of one process. `volgende`: when it begins the next, if it still runs."""

    proces: str
    begonnen: AwareDatetime
    volgende: AwareDatetime
    delen: Annotated[tuple[Werk, ...], Field(max_length=20)]


def dit_proces() -> str:
    """Names this process to who runs it: the machine and the number it has there."""
    return f"{platform.node()[:100]}:{os.getpid()}"


@dataclass(frozen=True, slots=True)
class Rondes:
    storage: Storage
    vault: Vault
    clock: Clock

    async def meld(self, begonnen: dt.datetime, seconden: float, delen: Sequence[Werk]) -> None:
        """Say what this process did. Durable; one row, in place of what it said before."""
        now, proces = self.clock.now(), dit_proces()
        ronde = Rondeverslag(
            proces=proces,
            begonnen=begonnen,
            volgende=now + dt.timedelta(seconds=seconden),
            delen=tuple(delen),
        )
        ident = hashlib.sha256(proces.encode()).hexdigest()[:32]
        there = await self.storage.kept(Keepsoort.RONDE, ident)
        row = sealed(
            self.vault,
            Keepsoort.RONDE,
            ident,
            _GROEP,
            ronde,
            versie=0 if there is None else there.versie + 1,
            verloopt=now + dt.timedelta(days=_DAYS),
        )
        await self.storage.keep(row, None if there is None else there.versie)

    async def alle(self) -> tuple[Rondeverslag, ...]:
        """The last round of each process, the latest first."""
        now = self.clock.now()
        rows = await self.storage.kept_in(Keepsoort.RONDE, _GROEP, "", _MOST)
        there = [opened(self.vault, r, Rondeverslag) for r in rows if r.verloopt is None or r.verloopt > now]
        return tuple(sorted(there, key=lambda r: r.begonnen, reverse=True))
