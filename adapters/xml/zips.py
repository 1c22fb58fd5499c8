"""Opening a ZIP that somebody else made: one file, of a bounded size, under no name.

Names inside a ZIP are never used, so there is no path to escape from. What is bounded is counted before it is
unpacked, and once more while it is, because the table of contents can lie.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple

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
    FOREIGN = "zip.vreemd"


TEXTS: Final = {
    Damage.BROKEN: "Het ZIP-bestand is kapot, afgebroken of op een onbekende manier ingepakt.",
    Damage.COUNT: "Het ZIP-bestand bevat niet precies een bestand.",
    Damage.BOMB: "Het ZIP-bestand bevat veel meer dan toegestaan.",
    Damage.ENCRYPTED: "Het ZIP-bestand heeft een wachtwoord.",
    Damage.FOREIGN: "In het ZIP-bestand staan bytes die bij geen bestand horen, zoals een programma ervoor.",
}

_LOCAL: Final = struct.Struct("<4s 22x 2H")
"""Mark, and the lengths of name and extra fields, of what stands before a packed file."""
_END: Final = struct.Struct("<4s 16x H")
"""Mark, and the length of the comment, of the end of a ZIP."""
_DESCRIBED: Final = 0x8
"""Sizes and checksum stand behind the packed file as well."""
_DESCRIPTION: Final = 24
"""Bytes of that, at most."""


class Span(NamedTuple):
    """Where one file stands in a ZIP, by its table of contents."""

    at: int
    packed: int
    described: bool


def has_foreign_bytes(data: bytes, spans: Iterable[Span], directory: int) -> bool:
    """Whether a ZIP holds bytes before, between or behind its files. `directory`: where its table begins.

    Programs find a ZIP by its end and pass over all else. So an executable with a ZIP behind it opens as a
    ZIP for who looks inside, and runs for who gives it another name.
    """
    here = slack = 0
    for span in sorted(spans):
        if not here <= span.at <= here + slack or span.at + _LOCAL.size > len(data):
            return True
        mark, name, extra = _LOCAL.unpack_from(data, span.at)
        if mark != b"PK\x03\x04":
            return True
        here = span.at + _LOCAL.size + name + extra + span.packed
        slack = _DESCRIPTION if span.described else 0
    if not here <= directory <= here + slack:
        return True
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + _END.size > len(data):
        return True
    _, comment = _END.unpack_from(data, end)
    return bool(end + _END.size + comment != len(data))


def spans_of(archive: zipfile.ZipFile) -> list[Span]:
    return [
        Span(entry.header_offset, entry.compress_size, bool(entry.flag_bits & _DESCRIBED))
        for entry in archive.infolist()
    ]


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
            if has_foreign_bytes(data, spans_of(archive), archive.start_dir):
                return Damage.FOREIGN
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
