"""A small file that is always whole: after a crash it holds what was there or what was written."""

from __future__ import annotations

import os
from pathlib import Path

from schemas.errors import RecordUnavailable, why


def replace_durably(path: Path, content: bytes) -> None:
    """Write the file with mode 0600; it is on the disk when this returns. Raises RecordUnavailable."""
    written = path.with_name(path.name + ".new")
    try:
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise RecordUnavailable(f"{path} is niet te schrijven: {why(error)}") from error
