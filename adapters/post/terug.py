"""Mail that came back: reports of non-delivery (RFC 3464) in the Maildir where a mail server puts them.

Only reports of our own mail count. They are found by the Message-ID of the mail that comes back inside, which
is random and known to nobody but who got that mail. Of everything else nothing is read or kept.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from pathlib import Path
from typing import Final

from schemas.people.post import Teruggekomen

MAX_BYTES: Final = 500_000
MAX_PARTS: Final = 20
_NAAM: Final = re.compile(r"[^/\0]{1,255}")
_KENMERK: Final = re.compile(r"<([A-Za-z0-9_-]{20,64})@[^<>\s]{1,255}>")
_FINAL: Final = re.compile(r"5\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Terugmap:
    """A Maildir. Its mail is read from `new`, where a server delivers and nobody else looks."""

    folder: Path

    def lees(self, hoogstens: int) -> list[Teruggekomen]:
        try:
            if not os.access(self.folder / "new", os.W_OK):
                return []  # what cannot be taken away would be read again in every round
            names = sorted(path.name for path in (self.folder / "new").iterdir())[:hoogstens]
        except OSError:
            return []
        return [Teruggekomen(name, self._kenmerk(name)) for name in names]

    def weg(self, naam: str) -> None:
        if _NAAM.fullmatch(naam) and naam not in (".", ".."):
            with suppress(OSError):  # a folder in it, say: that is no mail, and holds up none
                (self.folder / "new" / naam).unlink(missing_ok=True)

    def _kenmerk(self, naam: str) -> str | None:
        path = self.folder / "new" / naam
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                return None
            return kenmerk_van(path.read_bytes())
        except Exception:  # noqa: BLE001 - anybody may send mail there, and the parser has faults of its own
            return None


def kenmerk_van(raw: bytes) -> str | None:
    """Of which mail of ours this report says that it will never arrive; None: it says nothing like that."""
    report = message_from_bytes(raw, policy=compat32)
    if report.get_content_type() != "multipart/report":
        return None
    parts = report.get_payload()
    if not isinstance(parts, list) or len(parts) > MAX_PARTS:
        return None
    failed, kenmerk = False, None
    for part in parts:
        if not isinstance(part, Message):
            return None
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed = failed or _failed(part)
        elif kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                kenmerk = kenmerk or _named(inner[0])
        elif kind == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            if isinstance(text, bytes):
                kenmerk = kenmerk or _named(message_from_bytes(text, policy=compat32))
    return kenmerk if failed else None


def _failed(part: Message) -> bool:
    """Whether one recipient failed for good: there is one of each mail of ours."""
    rows = part.get_payload()
    if not isinstance(rows, list):
        return False
    return any(
        isinstance(row, Message)
        and str(row.get("Action", "")).strip().lower() == "failed"
        and _FINAL.match(str(row.get("Status", "")).strip()) is not None
        for row in rows[:MAX_PARTS]
    )


def _named(mail: Message) -> str | None:
    found = _KENMERK.fullmatch(str(mail.get("Message-ID", "")).strip())
    return None if found is None else found[1]
