"""How the content of a levering is sealed under its leerling's key, and opened again.

Content is opened under the context it was sealed under, which names the levering: what is sealed for one
levering cannot be read as that of another. Only the hand-over opens it.
"""

from __future__ import annotations

from typing import Any

import orjson

from gateway.account.leaves import SALT_BYTES
from gateway.ports.keys import Vault
from schemas.exchange.uitwisseling import Levering
from schemas.messages.bericht import Inhoud
from schemas.storage.storage import LeerlingRow, Sealed


def seal_content(vault: Vault, row: LeerlingRow, levering: str, salt: bytes, data: dict[str, Any]) -> Sealed:
    return vault.seal(row.key, salt + orjson.dumps(data), b"levering:" + levering.encode())


def open_content(vault: Vault, row: LeerlingRow, levering: Levering, sealed: Sealed) -> tuple[bytes, Inhoud]:
    """The salt of its commitment, and the message. Raises RecordUnavailable when it does not open."""
    plain = vault.open(row.key, sealed, b"levering:" + levering.id.encode())
    return plain[:SALT_BYTES], Inhoud(levering.berichtsoort, orjson.loads(plain[SALT_BYTES:]))


def fingerprint(vault: Vault, levering: str, digest: str) -> str:
    """What is kept of a SHA-256 (hex) of delivered bytes: keyed, so that nobody can try small messages."""
    return vault.fingerprint(f"levering\0{levering}\0{digest}".encode()).hex()
