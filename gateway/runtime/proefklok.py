"""The clock of a sandbox: the day can be moved forward, and everything that days bring happens in order.

Only the business clock moves: tokens, their assertions and TLS keep to the real time. It never goes back,
because the account does not either. It exists in a sandbox only, and a sandbox has a ledger of its own
(settings.py).
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from consent.leeftijd import AMSTERDAM, day
from gateway.ports.clock import Clock, Shift
from gateway.ports.storage import Storage
from schemas.account.verantwoording import LedgerEvent
from schemas.errors import Fault, InvalidMessage

MAX_DAYS: Final = 800
"""The most days of one move: a school year and the next one, so that the answer comes within minutes."""


class Proefklok:
    """Fits gateway/ports `Clock`. It runs on from where it was put, also after a restart."""

    def __init__(self, base: Clock, kept: Shift) -> None:
        """Start at the shift that was kept. Raises WrongUse, RecordUnavailable."""
        self._base, self._kept = base, kept
        self._shift = kept.read()

    def now(self) -> dt.datetime:
        return self._base.now() + self._shift

    def move_to(self, at: dt.datetime) -> None:
        """Move the clock forward. The new time is stored before anybody sees it. Nothing happens when it is
        later already.
        """
        shift = at - self._base.now()
        if shift > self._shift:
            self._kept.write(shift)
            self._shift = shift

    def refresh(self) -> None:
        """Take over the shift from the store: another process may have moved the clock further."""
        self._shift = max(self._shift, self._kept.read())

    def moving(self) -> AbstractContextManager[None]:
        """While this lasts nobody else moves the clock. Raises Busy."""
        return self._kept.moving()

    async def not_before(self, storage: Storage) -> None:
        """Never be earlier than the last line of the account, whatever became of the stored shift."""
        size = (await storage.head()).size
        for entry in await storage.entries(max(0, size - 1), 1):
            last = LedgerEvent.model_validate_json(entry.canonical).vastgelegd_op
            self.move_to(dt.datetime.fromisoformat(last))


@dataclass(frozen=True, slots=True)
class Ronde:
    """What one round of housekeeping did, as numbers of leveringen and taken."""

    verlopen: int = 0
    opgegeven: int = 0
    te_laat: int = 0
    opnieuw_besloten: int = 0

    def plus(self, other: Ronde) -> Ronde:
        return Ronde(
            self.verlopen + other.verlopen,
            self.opgegeven + other.opgegeven,
            self.te_laat + other.te_laat,
            self.opnieuw_besloten + other.opnieuw_besloten,
        )


class Reis:
    """Moves the clock through the days, one mover at a time."""

    def __init__(self, klok: Proefklok, ronde: Callable[[], Awaitable[Ronde]]) -> None:
        """`ronde` does everything that is due at the present moment."""
        self.klok, self._ronde = klok, ronde
        self._lock = asyncio.Lock()

    async def to(self, at: dt.datetime) -> tuple[int, Ronde]:
        """Move to `at`, with a round at the start of each Dutch day on the way and at `at` itself.

        Gives how many days that were, and what the rounds did together. Raises InvalidMessage for a moment
        that is past or too far. An error of a round ends the move on that day, and it is safe to go on from
        there.
        """
        async with self._lock:
            with self.klok.moving():
                return await self._to(at)

    async def _to(self, at: dt.datetime) -> tuple[int, Ronde]:
        self.klok.refresh()
        start = day(self.klok.now())
        self._check(at, start)
        days, done = (day(at) - start).days, Ronde()
        for n in range(1, days + 1):
            midnight = dt.datetime.combine(start + dt.timedelta(days=n), dt.time(), AMSTERDAM)
            self.klok.move_to(midnight.astimezone(dt.UTC))
            done = done.plus(await self._ronde())
            await asyncio.sleep(0)  # others are served between two days
        self.klok.move_to(at)
        return days, done.plus(await self._ronde())

    def _check(self, at: dt.datetime, start: dt.date) -> None:
        if at < self.klok.now():
            text = "De klok gaat alleen vooruit."
            raise InvalidMessage((Fault("proefklok.terug", "/nu", text),))
        if (day(at) - start).days > MAX_DAYS:
            text = f"Ga hoogstens {MAX_DAYS} dagen per keer vooruit."
            raise InvalidMessage((Fault("proefklok.teVer", "/nu", text),))


def carry_over(old: Shift, new: Shift) -> None:
    """Copy the shift, so that a sandbox which moves to another store tells the same time there. Raises
    RecordUnavailable.
    """
    new.write(old.read())
