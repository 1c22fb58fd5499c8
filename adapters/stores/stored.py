"""From rows to values, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from pydantic import ValidationError

from adapters.stores.moments import instant
from schemas.base import Model
from schemas.errors import StateBroken
from schemas.storage.storage import LeerlingRow, Sealed, StoredAnswer, StoredFact, ZaakRow

M = TypeVar("M", bound=Model)

LEERLING: Final = (
    "SELECT l.id, l.owner, l.ref, k.ref, l.key, l.identity_key, l.identity_content, l.epoch, l.volgnummer,"
    " l.accepted, l.blind_index, l.feitenhash, l.stamp FROM koppeling k JOIN leerling l ON l.id = k.leerling"
)
ANSWER: Final = "SELECT partij, key_hash, request_hash, status, body, at, stamp FROM answer"


ZAAK: Final = (
    "SELECT z.n, z.id, z.soort, z.leerling, z.versie, z.key, z.content, z.stamp, z.vergeten_op FROM zaak z"
)


def zaak_row(row: Any) -> ZaakRow:
    """A zaak from a row of ZAAK."""
    _, ident, soort, leerling, versie, key, content, stamp, vergeten_op = row
    ended = None if vergeten_op is None else instant(vergeten_op)
    return ZaakRow(ident, soort, leerling, versie, Sealed(key, content), stamp, ended)


def leerling_row(row: Any) -> LeerlingRow:
    """A leerling from a row of LEERLING. A missing stamp is an empty one, which is as wrong as any stamp that
    is not ours.
    """
    ident, owner, owner_ref, ref, key, identity_key, identity_content, *rest = row
    epoch, volgnummer, accepted, blind_index, feitenhash, stamp = rest
    return LeerlingRow(
        ident,
        owner,
        owner_ref,
        ref,
        key,
        Sealed(identity_key, identity_content),
        epoch,
        volgnummer,
        accepted,
        blind_index,
        feitenhash or b"",
        stamp or b"",
    )


def stored_answer(row: Any) -> StoredAnswer:
    """A stored answer from a row of ANSWER."""
    partij, key_hash, request_hash, status, body, at, stamp = row
    return StoredAnswer(partij, key_hash, request_hash, status, body, instant(at), stamp or b"")


def fact_row(row: Any) -> StoredFact:
    ident, leerling, kind, recorded_by, recorded_at, key, content = row
    return StoredFact(ident, leerling, kind, recorded_by, instant(recorded_at), Sealed(key, content))


def read(kind: type[M], text: str) -> M:
    """A model from stored text.

    Raises StateBroken for what no gateway wrote, without the text of the error, which quotes it.
    """
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        raise StateBroken(kind.__name__.lower(), "") from None
