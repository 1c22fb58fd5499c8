"""Between rows and values."""

from __future__ import annotations

from typing import Any, Final

from schemas.exchange.uitwisseling import Levering
from schemas.storage.storage import LeerlingRow, Sealed

LEERLING: Final = (
    "SELECT l.id, l.owner, l.ref, k.ref, l.key, l.identity_key, l.identity_content, l.epoch, l.volgnummer,"
    " l.accepted FROM koppeling k JOIN leerling l ON l.id = k.leerling"
)
LEVERING: Final = "SELECT l.json, l.positie FROM levering l"


def levering_row(row: Any) -> Levering:
    """The position is drawn while the row is written, so it stands in its column only."""
    text, positie, *_ = row
    found = Levering.model_validate_json(text)
    return found if found.positie == positie else found.model_copy(update={"positie": positie})


def leerling_row(row: Any) -> LeerlingRow:
    """Of a row of LEERLING."""
    ident, owner, owner_ref, ref, key, identity_key, identity_content, *counters = row
    return LeerlingRow(ident, owner, owner_ref, ref, key, Sealed(identity_key, identity_content), *counters)
