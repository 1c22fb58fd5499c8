"""Attachments: base64 of a ZIP of which only the table of contents is read. Nothing is ever unpacked.

A broken attachment never loses the dossier: it is reported. What is dangerous to whoever opens it later (a
zip bomb) refuses the message.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import struct
import zipfile
from typing import Final

MAX_ENCODED: Final = 8 * 1024 * 1024
"""Characters of base64, counted before decoding."""
MAX_ENTRIES: Final = 500
MAX_UNPACKED: Final = 200 * 1024 * 1024
"""Declared bytes of all files in one ZIP together."""
MAX_RATIO: Final = 200
"""Declared unpacked bytes per packed byte, once a ZIP declares more than `RATIO_FROM` bytes."""
RATIO_FROM: Final = 1024 * 1024

MAX_ATTACHMENTS: Final = 200
"""In one dossier."""

TEXTS: Final = {
    "bijlage.te_veel": "Dit dossier heeft meer bijlagen dan toegestaan.",
    "bijlage.te_groot": "Deze bijlage is groter dan toegestaan en is weggelaten.",
    "bijlage.base64": "De inhoud van deze bijlage is geen geldige base64. De bijlage is weggelaten.",
    "bijlage.zip_kapot": "Het ZIP-bestand van deze bijlage is kapot of afgebroken. Ze blijft genoemd.",
    "bijlage.zipbom": "Dit ZIP-bestand zegt veel meer of veel grotere bestanden te bevatten dan toegestaan.",
}
REFUSED: Final = frozenset({"bijlage.te_veel", "bijlage.zipbom"})
"""What refuses the message; everything else is only reported."""
_CENTRAL: Final = b"PK\x01\x02"
_BROKEN: Final = (
    zipfile.BadZipFile,
    struct.error,
    NotImplementedError,
    ValueError,
    OverflowError,
    EOFError,
    OSError,
)


def inspect(encoded: str) -> tuple[str | None, str | None]:
    """(`sha256:` digest of the decoded bytes or None, code of what is wrong or None)."""
    if len(encoded) > MAX_ENCODED:
        return None, "bijlage.te_groot"
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None, "bijlage.base64"
    if not data:
        return None, "bijlage.base64"
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    # zipfile makes an object per entry, so count them before it does.
    if data.count(_CENTRAL) > MAX_ENTRIES:
        return digest, "bijlage.zipbom"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except _BROKEN:
        return digest, "bijlage.zip_kapot"
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    # More packed bytes than the file has: entries overlap, the trick of a bomb with a modest ratio per entry.
    if (
        unpacked > MAX_UNPACKED
        or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1))
        or packed > len(data)
    ):
        return digest, "bijlage.zipbom"
    return digest, None
