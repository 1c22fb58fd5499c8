"""Rows beside the exchanges, sealed: each under a key of its own, and bound to the place where it stands."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

import orjson

from gateway.ports.keys import Vault
from schemas.base import Model
from schemas.errors import RecordUnavailable
from schemas.storage.storage import Keepsoort, Kept, Sealed

M = TypeVar("M", bound=Model)


def sealed(
    vault: Vault,
    soort: Keepsoort,
    ident: str,
    groep: str,
    content: Model,
    *,
    versie: int = 0,
    verloopt: dt.datetime | None = None,
) -> Kept:
    """The row that says `content`. No field of it can be changed, or moved to another row, unseen."""
    key = vault.new_leerling_key()
    box = vault.seal(
        key,
        content.model_dump_json(exclude_none=True).encode(),
        _context(soort, ident, groep, versie, verloopt),
    )
    inhoud = len(key).to_bytes(2) + key + len(box.key).to_bytes(2) + box.key + box.content
    return Kept(soort, ident, groep, versie, verloopt, inhoud)


def opened(vault: Vault, row: Kept, model: type[M]) -> M:
    """What it says. Raises RecordUnavailable when somebody else wrote it."""
    key, rest = _part(row.inhoud)
    wrapped, content = _part(rest)
    context = _context(row.soort, row.id, row.groep, row.versie, row.verloopt)
    return model.model_validate_json(vault.open(key, Sealed(wrapped, content), context))


def _part(data: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(data[:2])
    if len(data) < size + 2:
        raise RecordUnavailable("a sealed row is cut short")
    return data[2 : size + 2], data[size + 2 :]


def _context(soort: Keepsoort, ident: str, groep: str, versie: int, verloopt: dt.datetime | None) -> bytes:
    until = None if verloopt is None else verloopt.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return b"kept:" + orjson.dumps((soort, ident, groep, versie, until))
