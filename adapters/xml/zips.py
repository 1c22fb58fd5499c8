"""Opening a ZIP that somebody else made: one file, of a bounded size, under no name.

Names inside a ZIP are never used, so there is no path to escape from. What is bounded is counted before it is
unpacked, and once more while it is, because the table of contents can lie.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from enum import StrEnum
from typing import Final

MAX_ENTRIES: Final = 10
"""Entries of any kind; a folder is one too."""
MAX_RATIO: Final = 200
"""Declared unpacked bytes per packed byte, once a file declares more than `RATIO_FROM` bytes."""
RATIO_FROM: Final = 1024 * 1024

_CENTRAL: Final = b"PK\x01\x02"
_ENCRYPTED: Final = 0x1
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others unpack far more per byte, and nobody in these chains uses them."""
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    EOFError,
    OSError,
)


class Damage(StrEnum):
    """Why a ZIP is not opened."""

    BROKEN = "zip.kapot"
    COUNT = "zip.aantal"
    BOMB = "zip.bom"
    ENCRYPTED = "zip.versleuteld"


TEXTS: Final = {
    Damage.BROKEN: "Het ZIP-bestand is kapot, afgebroken of op een onbekende manier ingepakt.",
    Damage.COUNT: "Het ZIP-bestand bevat niet precies een bestand.",
    Damage.BOMB: "Het ZIP-bestand bevat veel meer dan toegestaan.",
    Damage.ENCRYPTED: "Het ZIP-bestand heeft een wachtwoord.",
}


def only_file(data: bytes, *, max_bytes: int) -> bytes | Damage:
    """The content of the one file in a ZIP, at most `max_bytes` long."""
    # zipfile makes an object per entry, so count them before it does.
    if data.count(_CENTRAL) > MAX_ENTRIES:
        return Damage.BOMB
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(files) != 1:
                return Damage.COUNT
            wrong = _wrong(files[0], max_bytes)
            if wrong is not None:
                return wrong
            with archive.open(files[0]) as file:
                content = file.read(max_bytes + 1)
    except _BROKEN:
        return Damage.BROKEN
    return content if len(content) <= max_bytes else Damage.BOMB


def _wrong(entry: zipfile.ZipInfo, max_bytes: int) -> Damage | None:
    if entry.flag_bits & _ENCRYPTED:
        return Damage.ENCRYPTED
    if entry.compress_type not in _METHODS:
        return Damage.BROKEN
    ratio_allowed = entry.file_size <= MAX_RATIO * max(entry.compress_size, 1)
    if entry.file_size > max_bytes or (entry.file_size > RATIO_FROM and not ratio_allowed):
        return Damage.BOMB
    return None
