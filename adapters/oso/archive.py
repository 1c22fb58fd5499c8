"""The table of contents of a ZIP: the same as zipfile makes of it, but faster when there is nothing special
in it.
"""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Final, NamedTuple

from adapters.xml.zips import Span, has_foreign_bytes, spans_of

ENTRY: Final = 46
"""Bytes of the shortest entry in a table of contents."""
_ENTRY: Final = struct.Struct("<4s 2x B x H 10x L L 3H 8x L")
"""Mark, version, flags, packed and unpacked size, lengths of name, extra fields and comment, place."""
_END: Final = struct.Struct("<4s 8x 2L H")
"""Mark, size of the table of contents, where it says to begin, length of the comment."""
_ENCRYPTED: Final = 0x1
_DESCRIBED: Final = 0x8
_NEWEST: Final = 63
"""The version of the format that zipfile reads, times ten."""
_BROKEN: Final = (
    zipfile.BadZipFile,
    struct.error,
    NotImplementedError,
    ValueError,
    OverflowError,
    EOFError,
    OSError,
)


class Entry(NamedTuple):
    """One file or folder (its name ends with a slash) as the ZIP declares it.

    `name` stops at a NUL, `raw_name` does not.
    """

    name: str
    raw_name: str
    size: int
    packed: int
    encrypted: bool


class Listing(NamedTuple):
    """What is in a ZIP. `foreign` says that it also has bytes that belong to no file."""

    entries: list[Entry]
    foreign: bool


def listing(data: bytes) -> Listing | None:
    """The table of contents, or None when it cannot be read."""
    plain = _plain(data)
    if plain is not None:
        return plain
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
            foreign = has_foreign_bytes(data, spans_of(archive), archive.start_dir)
    except _BROKEN:
        return None
    return Listing(
        [
            Entry(e.filename, e.orig_filename, e.file_size, e.compress_size, bool(e.flag_bits & _ENCRYPTED))
            for e in found
        ],
        foreign,
    )


def _plain(data: bytes) -> Listing | None:
    """What is in a ZIP in the plainest form that most programs write; None for any other, good or bad.

    Plain: nothing behind the table of contents, no ZIP64, and ASCII names without extra fields or comments.
    """
    end = len(data) - _END.size
    if end < 0:
        return None
    mark, size, begin, comment = _END.unpack_from(data, end)
    at = directory = end - size
    if mark != b"PK\x05\x06" or comment or at < 0 or data[end - 20 : end].startswith(b"PK\x06\x07"):
        return None
    # Bytes that somebody puts before a ZIP are not told in its table of contents. As other programs do, we
    # take all places as moved.
    moved = directory - begin
    found: list[Entry] = []
    spans: list[Span] = []
    while at < end:
        if end - at < ENTRY:
            return None
        mark, version, flags, packed, unpacked, length, extra, comment, start = _ENTRY.unpack_from(data, at)
        name = data[at + ENTRY : at + ENTRY + length]
        at += ENTRY + length
        if mark != b"PK\x01\x02" or version > _NEWEST or extra or comment:
            return None
        if at > end or not name.isascii() or b"\0" in name:
            return None
        text = name.decode("ascii")
        found.append(Entry(text, text, unpacked, packed, bool(flags & _ENCRYPTED)))
        spans.append(Span(start + moved, packed, bool(flags & _DESCRIBED)))
    return Listing(found, has_foreign_bytes(data, spans, directory))
