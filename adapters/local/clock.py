"""The clocks that the gateway goes by: that of the machine, and one that a demo or a test moves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


class SystemClock:
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)


@dataclass
class MovableClock:
    """A business clock that starts at the time it is given and runs on from there: for the demo and for
    tests.
    """

    offset: dt.timedelta = field(default_factory=dt.timedelta)

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.offset

    def move_to(self, at: dt.datetime) -> None:
        self.offset = at - dt.datetime.now(dt.UTC)
