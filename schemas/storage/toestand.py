"""What a database is like, seen from outside and without a key: for who looks after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from schemas.storage.storage import Register


@dataclass(frozen=True, slots=True)
class Toestand:
    """What could be seen. A part that this schema does not have, or that could not be read, is None or empty.

    `settings` are the engine's own names with their values; it holds nothing of what is stored.
    """

    engine: str
    """Its name and version, for people."""
    version: tuple[int, ...]
    there: bool
    """False: there is nothing here yet."""
    revision: str | None = None
    wanted: str = ""
    """The revision of this code."""
    moving: bool = False
    """It is being filled from another one, or was left for another one."""
    settings: dict[str, str] = field(default_factory=dict)
    now: dt.datetime | None = None
    """What its own clock says, where it has one, at the moment `asked` that ours said."""
    asked: dt.datetime | None = None
    last_line: dt.datetime | None = None
    """When the last line of the account was written."""
    size: int | None = None
    """How many lines the account has."""
    signed: int | None = None
    """How many of them the last checkpoint in it covers."""
    register: Register | None = None
