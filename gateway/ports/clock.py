"""Time as the business sees it."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from typing import Protocol


class Clock(Protocol):
    """The business clock: what day it is for toestemming, gezag and terms. It is passed in, so that a test
    can move it.
    """

    def now(self) -> dt.datetime: ...


class Shift(Protocol):
    """How far the business clock of a sandbox is ahead, kept for after the process ended."""

    def read(self) -> dt.timedelta:
        """How far it is ahead; nothing when it was never moved."""
        ...

    def write(self, shift: dt.timedelta) -> None:
        """Store the shift, which is durable when this returns."""
        ...

    def moving(self) -> AbstractContextManager[None]:
        """While this lasts nobody else moves the clock. Raises Busy while another process does."""
        ...
