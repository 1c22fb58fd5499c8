"""How far the clock of a sandbox was moved, in a file beside the anchor: it must outlive a restart."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from contextlib import AbstractContextManager
from pathlib import Path

from adapters.local.durable import replace_durably
from schemas.errors import RecordUnavailable, WrongUse, why


class FileShift:
    """Fits gateway/ports `Shift`. One gateway writes it; the lock on its database sees to that."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dt.timedelta:
        """Raises WrongUse for a file that is damaged, RecordUnavailable for one that cannot be read."""
        try:
            found = json.loads(self._path.read_bytes())["microseconden"]
            return dt.timedelta(microseconds=int(found))
        except FileNotFoundError:
            return dt.timedelta()
        except OSError as error:
            raise RecordUnavailable(f"{self._path} is niet te lezen: {why(error)}") from error
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise WrongUse(f"{self._path} is beschadigd: hierin staat de stand van de proefklok") from error

    def write(self, shift: dt.timedelta) -> None:
        text = json.dumps({"microseconden": shift // dt.timedelta(microseconds=1)})
        replace_durably(self._path, text.encode())

    def moving(self) -> AbstractContextManager[None]:
        return contextlib.nullcontext()
