"""Time as the business sees it."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from typing import Protocol


class Clock(Protocol):
    """The business clock: what day it is for toestemming, gezag and terms. Injected; tests move it."""

    def now(self) -> dt.datetime: ...


class Shift(Protocol):
    """How far the business clock of a sandbox is ahead; outlives the process."""

    def read(self) -> dt.timedelta:
        """Nothing when it was never moved."""
        ...

    def write(self, shift: dt.timedelta) -> None:
        """Durable when it returns."""
        ...

    def moving(self) -> AbstractContextManager[None]:
        """For as long as it lasts nobody else moves the clock. Raises Busy while another process does."""
        ...
