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
    tests. It can also be made to stand still, for what happens in the last second of a day.
    """

    offset: dt.timedelta = field(default_factory=dt.timedelta)
    standing: dt.datetime | None = None

    def now(self) -> dt.datetime:
        return self.standing or dt.datetime.now(dt.UTC) + self.offset

    def move_to(self, at: dt.datetime) -> None:
        self.offset, self.standing = at - dt.datetime.now(dt.UTC), None

    def stand_at(self, at: dt.datetime) -> None:
        """It is this time until the clock is moved again."""
        self.standing = at

    def advance(self, by: dt.timedelta) -> None:
        """It becomes that much later, whether the clock runs or stands."""
        if self.standing is None:
            self.offset += by
        else:
            self.standing += by
