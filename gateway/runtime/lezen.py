"""Reading a file that somebody named: an ordinary one, bounded, and no other.

Who opens a FIFO waits for its other end, a device may have no end, and a name may mean another file a moment
later. So it is opened without waiting, and what was opened is what is looked at.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from gateway.runtime.tonen import shown
from schemas.errors import WrongUse, why


def read_file(path: Path, most: int) -> bytes:
    """At most `most` bytes and one more, so that the caller sees that there are more. Raises WrongUse."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise WrongUse(f"{shown(path)} is geen gewoon bestand")
        with os.fdopen(handle, "rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as error:  # a name with a null character is a ValueError
        told = why(error) if isinstance(error, OSError) else "geen bruikbare naam"
        raise WrongUse(f"{shown(path)} is niet te lezen: {told}") from error


def read_at_most(path: Path, most: int) -> bytes:
    """The whole file. Raises WrongUse, also when it is larger than `most` bytes."""
    raw = read_file(path, most)
    if len(raw) > most:
        raise WrongUse(f"{shown(path)} is groter dan {most // 1_000_000} MB")
    return raw
