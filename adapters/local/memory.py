"""What otherwise stands in a file beside the database, for a world that forgets: the demo and tests."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from schemas.errors import LedgerBroken
from schemas.storage.storage import StoredCheckpoint


class MemoryAnchor:
    """An anchor that lives as long as the process: for tests on the memory store."""

    def __init__(self) -> None:
        self._kept: StoredCheckpoint | None = None

    def read(self) -> StoredCheckpoint | None:
        return self._kept

    def replace(self, old: StoredCheckpoint | None, new: StoredCheckpoint) -> None:
        if old != self._kept:
            raise LedgerBroken("another checkpoint was signed last")
        self._kept = new


@dataclass
class MemoryShift:
    """The shift of the clock in a world that forgets."""

    kept: dt.timedelta = field(default_factory=dt.timedelta)

    def read(self) -> dt.timedelta:
        return self.kept

    def write(self, shift: dt.timedelta) -> None:
        self.kept = shift

    def moving(self) -> AbstractContextManager[None]:
        return nullcontext()
