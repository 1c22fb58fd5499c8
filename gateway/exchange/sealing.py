"""How the content of a levering is sealed under its leerling's key, and opened again.

Content is opened under the context it was sealed under, which names the levering: what is sealed for one
levering cannot be read as that of another. Only the hand-over opens it.

A salt and the message as JSON are sealed. From the first take on, the bytes that went are sealed with them: a
later release may write the same message in other bytes, and the recipient must get the same ones again. The
byte after the salt tells the two forms apart, because JSON of a message begins with a brace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import orjson

from gateway.account.leaves import SALT_BYTES
from gateway.ports.keys import Vault
from schemas.exchange.uitwisseling import Levering
from schemas.messages.bericht import Inhoud
from schemas.storage.storage import LeerlingRow, Sealed

_TAKEN: Final = b"\x01"
_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Content:
    """What a levering holds. `salt` opens the commitment in the account to the bytes that go."""

    salt: bytes
    inhoud: Inhoud
    first_bytes: bytes | None = None
    """The bytes of the first take. None before it, and when a release that kept no bytes handed it over."""


def seal_content(vault: Vault, row: LeerlingRow, levering: str, content: Content) -> Sealed:
    message = orjson.dumps(content.inhoud.data)
    if content.first_bytes is not None:
        message = _TAKEN + len(message).to_bytes(_LENGTH_BYTES) + message + content.first_bytes
    return vault.seal(row.key, content.salt + message, _context(levering))


def open_content(vault: Vault, row: LeerlingRow, levering: Levering, sealed: Sealed) -> Content:
    """Open the content of a levering. Raises RecordUnavailable when it does not open."""
    plain = vault.open(row.key, sealed, _context(levering.id))
    salt, message, first = plain[:SALT_BYTES], plain[SALT_BYTES:], None
    if message.startswith(_TAKEN):
        start = len(_TAKEN) + _LENGTH_BYTES
        end = start + int.from_bytes(message[len(_TAKEN) : start])
        message, first = message[start:end], message[end:]
    return Content(salt, Inhoud(levering.berichtsoort, orjson.loads(message)), first)


def fingerprint(vault: Vault, levering: str, digest: str) -> str:
    """What is kept of the SHA-256 (hex) of the bytes that went.

    It is keyed, so that nobody can find a small message by trying all of them.
    """
    return vault.fingerprint(f"levering\0{levering}\0{digest}".encode()).hex()


def _context(levering: str) -> bytes:
    return b"levering:" + levering.encode()
