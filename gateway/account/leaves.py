"""Writing the account: from what happened to the leaf that goes into the ledger in the same commit.

Leaves hold random references, codes and field paths only. What names a user or a system goes into the
detail: encrypted under the leerling's key, so that erasing the key erases it, and committed to by a salted
hash so that it cannot be changed unseen (`audit.md` §2, §6).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from typing import Any, Final

from gateway.account.stamps import Stamps
from gateway.ports.clock import Clock
from gateway.ports.keys import LeafMaker, Vault
from gateway.runtime.namens import handelend, namens
from schemas.account.verantwoording import EventType, Leaf, LedgerEvent
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Decision
from schemas.exchange.uitwisseling import Levering, Uitwisseling
from schemas.messages.berichten import BERICHTEN
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.storage.storage import LeerlingRow, Sealed

ACTIVITEIT: Final = "https://ozlijn.nl/verwerkingen/uitwisseling-onderwijs-jeugdhulp/1"
"""The versioned entry in the register van verwerkingsactiviteiten that every leaf points to (AVG 30)."""
SALT_BYTES: Final = 32

_CATEGORIE = {soort: {b.pad: b.categorie for b in t.bladen} for soort, t in BERICHTEN.items()}


def new_id() -> str:
    """Of 128 random bits."""
    return os.urandom(16).hex()


def commitment(salt: bytes, data: bytes) -> str:
    """A commitment to `data`: SHA-256 over salt and data, in hex.

    Nobody can read `data` from it without the salt, and nobody can find other data that gives the same hash.
    """
    return "sha256:" + hashlib.sha256(salt + data).hexdigest()


def unpacked(detail: bytes) -> Sealed:
    """A stored detail as it was sealed."""
    end = 2 + int.from_bytes(detail[:2])
    return Sealed(detail[2:end], detail[end:])


def instant(at: dt.datetime, precision: str = "milliseconds") -> str:
    """An instant as UTC text in RFC 3339. All texts have one length, so they sort in the order of time."""
    return at.astimezone(dt.UTC).isoformat(timespec=precision).replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Account:
    leaves: LeafMaker
    vault: Vault
    clock: Clock
    stamps: Stamps

    def leaf(
        self,
        soort: EventType,
        row: LeerlingRow | None,
        detail: dict[str, str] | None = None,
        **fields: Any,
    ) -> Leaf:
        """Make one leaf. A leaf with a `detail` needs a leerling, because the leerling's key seals the
        detail.
        """
        event_id = new_id()
        fields.setdefault("leerling_ref", row.owner_ref if row else None)
        acting = namens.get()
        if acting is not None and acting.partij in (fields.get("afzender"), fields.get("ontvanger")):
            fields["op_machtiging"] = True
            detail = {"client": acting.client} | (detail or {})
        if (person := handelend.get()) is not None:
            fields["persoon"] = person.ref
            detail = dict(person.detail) | (detail or {})
        sealed: bytes | None = None
        if detail is not None and row is not None:
            salt, plain = os.urandom(SALT_BYTES), self.leaves.canonical(dict(detail))
            fields["detail_commitment"] = commitment(salt, plain)
            box = self.vault.seal(row.key, salt + plain, b"detail:" + event_id.encode())
            sealed = len(box.key).to_bytes(2) + box.key + box.content
        event = LedgerEvent(
            soort=soort,
            event_id=event_id,
            vastgelegd_op=instant(self.clock.now()),
            verwerkingsactiviteit=ACTIVITEIT,
            **fields,
        )
        canonical = self.leaves.canonical(event.model_dump(mode="json", exclude_none=True))
        return Leaf(event_id, soort, canonical, sealed)

    def requested(self, u: Uitwisseling, row: LeerlingRow, client: str) -> Leaf:
        """The leaf of an acceptance, which its sender may read whole.

        It names the leerling only when the sender owns his record: no other partij may learn that reference.
        """
        own = {"leerling_ref": row.owner_ref, "consent_epoch": row.epoch} if u.afzender == row.owner else {}
        return self.leaf(
            EventType.EXCHANGE_REQUESTED,
            row,
            {"client": client},
            trace_id=u.correlatie,
            uitwisseling=u.id,
            afzender=u.afzender,
            doel=u.doel,
            richting=u.richting,
            onderwerp=_no_leerling(u.onderwerp),
            namens=u.namens,
            categorieen_gevraagd=u.gevraagd,
            **({"leerling_ref": None} | own),
        )

    def decided(self, levering: Levering, row: LeerlingRow, soort: EventType, **more: Any) -> Leaf:
        """The leaf of a decision on one levering: a first one, a later one, or the intent to release that
        rests on it.
        """
        d = levering.besluit
        return self.leaf(
            soort,
            row,
            uitwisseling=levering.uitwisseling,
            levering=levering.id,
            afzender=levering.afzender,
            ontvanger=levering.ontvanger,
            ontvanger_rol=levering.rol,
            ontvanger_persoon=levering.persoon,
            doel=levering.doel,
            richting=levering.richting,
            onderwerp=_no_leerling(levering.onderwerp),
            categorieen_gevraagd=tuple(d.per_category),
            categorieen_vrijgegeven=categories(levering.berichtsoort, d.released),
            **decision_fields(d),
            **more,
        )

    def happened(self, levering: Levering, row: LeerlingRow, soort: EventType, **more: Any) -> Leaf:
        """The leaf that says what happened to a levering otherwise than by a decision."""
        return self.leaf(
            soort,
            row,
            uitwisseling=levering.uitwisseling,
            levering=levering.id,
            afzender=levering.afzender,
            ontvanger=levering.ontvanger,
            ontvanger_rol=levering.rol,
            ontvanger_persoon=levering.persoon,
            doel=levering.doel,
            richting=levering.richting,
            onderwerp=_no_leerling(levering.onderwerp),
            **more,
        )

    def bladhash(self, leaf: Leaf) -> str:
        return base64.b64encode(self.leaves.leaf_hash(leaf.canonical)).decode()


def _no_leerling(onderwerp: Onderwerpsoort) -> Onderwerpsoort | None:
    """What a leaf says of its onderwerp: nothing of a leerling, as in every leaf before there was another."""
    return None if onderwerp is Onderwerpsoort.LEERLING else onderwerp


def decision_fields(d: Decision) -> dict[str, Any]:
    return {
        "outcome": d.outcome,
        "redenen": d.codes,
        "ground": d.ground,
        "decision_id": d.decision_id,
        "policy_hash": d.policy_hash,
        "profiel": d.profile_id,
        "profiel_hash": d.profile_hash,
        "consent_event_ids": d.consent_event_ids,
        "ground_ids": d.ground_ids or None,
        "regels": None if d.regels is None else tuple(sorted({r for of in d.regels.values() for r in of})),
        "consent_epoch": d.consent_epoch,
        "velden_vrijgegeven": d.released,
        "velden_achtergehouden": {r.value: paden for r, paden in d.withheld.items()},
    }


def label(soort: str, pad: str) -> Gegevenscategorie:
    """The category of one field, which is named by its path in a message of this kind."""
    return _CATEGORIE[soort][pad]


def categories(soort: str, velden: tuple[str, ...]) -> tuple[Any, ...]:
    of = _CATEGORIE[soort]
    return tuple(dict.fromkeys(of[v] for v in velden))
