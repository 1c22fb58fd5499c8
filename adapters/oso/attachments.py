"""Attachments: base64 of a ZIP of which only the table of contents is read. Nothing is ever unpacked.

A broken attachment never loses the dossier: it is reported. What is dangerous to whoever opens it later (a
zip bomb) refuses the message.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from typing import Final

from adapters.oso.archive import ENTRY, Entry, listing

MAX_ENCODED: Final = 8 * 1024 * 1024
"""Characters of base64, counted before decoding."""
MAX_ENTRIES: Final = 500
MAX_UNPACKED: Final = 200 * 1024 * 1024
"""Declared bytes of all files in one ZIP together."""
MAX_RATIO: Final = 200
"""Declared unpacked bytes per packed byte, once a ZIP declares more than `RATIO_FROM` bytes."""
RATIO_FROM: Final = 1024 * 1024

MAX_ATTACHMENTS: Final = 200
"""The most attachments in one dossier."""
KINDS: Final = frozenset(
    {
        "pdf",
        "jpg",
        "jpeg",
        "png",
        "doc",
        "docx",
        "odf",
        "odt",
        "ods",
        "odp",
        "xls",
        "xlsx",
        "txt",
        "ppt",
        "pptx",
    }
)
"""Extensions of the kinds of file the standard allows."""

TEXTS: Final = {
    "bijlage.te_veel": "Dit dossier heeft meer bijlagen dan toegestaan.",
    "bijlage.te_groot": "Deze bijlage is groter dan toegestaan en is weggelaten.",
    "bijlage.base64": "De inhoud van deze bijlage is geen geldige base64. De bijlage is weggelaten.",
    "bijlage.zip_kapot": "Het ZIP-bestand van deze bijlage is kapot of afgebroken. Ze blijft genoemd.",
    "bijlage.zipbom": "Dit ZIP-bestand zegt veel meer of veel grotere bestanden te bevatten dan toegestaan.",
    "bijlage.zip_leeg": "In het ZIP-bestand van deze bijlage zit geen bestand.",
    "bijlage.pad": "Een bestandsnaam in deze bijlage is een pad. Pak deze bijlage niet zomaar uit.",
    "bijlage.soort": "In deze bijlage zit een soort bestand dat de standaard niet toestaat.",
    "bijlage.vreemd": (
        "In dit ZIP-bestand staan bytes die bij geen bestand horen, zoals een programma ervoor. Pak deze "
        "bijlage niet zomaar uit."
    ),
    "bijlage.versleuteld": "In deze bijlage zit een versleuteld bestand. Niemand kan het nakijken.",
}
REFUSED: Final = frozenset({"bijlage.te_veel", "bijlage.zipbom"})
"""Problems that refuse the message. All others are only reported."""
_CENTRAL: Final = b"PK\x01\x02"
# A leading separator or drive, a step up, a backslash anywhere, or a character that hides the rest.
_PATH: Final = re.compile(r"^/|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|[\\\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

_ORDINARY: Final = re.compile(r"[A-Za-z0-9_ ()-][A-Za-z0-9_ .()-]*")
"""A name in which nothing can be a path, as nearly all are. Seen in an eighth of the work."""


def inspect(encoded: str) -> tuple[str | None, tuple[str, ...]]:
    """The `sha256:` digest of the decoded bytes, or None, and the codes of what is wrong."""
    if len(encoded) > MAX_ENCODED:
        return None, ("bijlage.te_groot",)
    data = _decode(encoded)
    if not data:
        return None, ("bijlage.base64",)
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    # zipfile makes an object per entry, so they are counted first, unless so few bytes cannot hold too many.
    if len(data) > MAX_ENTRIES * ENTRY and data.count(_CENTRAL) > MAX_ENTRIES:
        return digest, ("bijlage.zipbom",)
    found = listing(data)
    if found is None:
        return digest, ("bijlage.zip_kapot",)
    listed = found.entries
    unpacked = packed = 0
    for _, _, size, packed_size, _ in listed:
        unpacked += size
        packed += packed_size
    # There are more packed bytes than the file has, so entries overlap: the trick of a bomb with a modest
    # ratio per entry.
    if (
        unpacked > MAX_UNPACKED
        or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1))
        or packed > len(data)
    ):
        return digest, ("bijlage.zipbom",)
    problems = _contents(listed)
    return digest, (*problems, "bijlage.vreemd") if found.foreign else problems


def _decode(encoded: str) -> bytes | None:
    try:
        # Most senders write no line breaks, and then nothing need be copied first.
        return binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:
        pass
    try:
        return binascii.a2b_base64("".join(encoded.split()), strict_mode=True)
    except ValueError:
        return None


def _contents(listed: list[Entry]) -> tuple[str, ...]:
    files = 0
    found = set()
    for name, raw_name, _, _, encrypted in listed:
        # raw_name is used, because zipfile cuts a name off at a NUL.
        if _ORDINARY.fullmatch(raw_name) is None and _PATH.search(raw_name):
            found.add("bijlage.pad")
        if name.endswith("/"):
            continue
        files += 1
        if name.rpartition(".")[2].lower() not in KINDS:
            found.add("bijlage.soort")
        if encrypted:
            found.add("bijlage.versleuteld")
    if not files:
        found.add("bijlage.zip_leeg")
    return tuple([code for code in TEXTS if code in found]) if found else ()
