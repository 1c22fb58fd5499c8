"""The last signed checkpoint in a file beside the database, not in it.

A restored backup brings back an older database but not an older anchor: the gateway then sees that the
log is shorter than what was signed, and stops instead of signing a second history.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

from adapters.local.durable import replace_durably
from schemas.errors import LedgerBroken, RecordUnavailable, why
from schemas.storage.storage import StoredCheckpoint


class FileAnchor:
    """Fits gateway/ports `Anchor`. Any number of processes on one machine may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> StoredCheckpoint | None:
        """The checkpoint in the file. None when there is no file; the caller knows from the database whether
        that is right.

        Raises LedgerBroken for a file that is damaged, RecordUnavailable for one that cannot be read.
        """
        try:
            if self._path.exists() and not self._path.is_file():  # a FIFO would keep us waiting
                raise RecordUnavailable(f"{self._path} cannot be read: it is no ordinary file")
            stored = json.loads(self._path.read_bytes())
            size, note = stored["size"], stored["note"]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RecordUnavailable(f"{self._path} is niet te lezen: {why(error)}") from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise LedgerBroken(f"{self._path} does not hold a checkpoint") from error
        if type(size) is not int or type(note) is not str:
            raise LedgerBroken(f"{self._path} does not hold a checkpoint")
        return StoredCheckpoint(size, note)

    def replace(self, old: StoredCheckpoint | None, new: StoredCheckpoint) -> None:
        """Write the new checkpoint. After a crash or a failure the file holds `old` or `new`, whole."""
        with self._alone():
            if self.read() != old:
                raise LedgerBroken(f"{self._path} does not hold the checkpoint that was signed last")
            replace_durably(self._path, json.dumps({"size": new.size, "note": new.note}).encode())

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds a lock on the folder, because the file itself is replaced. The lock ends with the process."""
        try:
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise RecordUnavailable(f"{self._path} is niet te schrijven: {why(error)}") from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
