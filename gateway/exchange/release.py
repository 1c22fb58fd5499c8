"""The one release function: bytes of a message against proof that their release is on record.

How a levering travels is not its business. What `release` returns can be carried by the postbus, and later by
a webhook or another gateway; what it refuses, nobody carries.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from consent.minimise import numbers
from gateway.account.leaves import commitment
from schemas.account.verantwoording import EventType, Leaf
from schemas.decision.decision import Releasable
from schemas.errors import RecordUnavailable
from schemas.exchange.uitwisseling import Levering
from schemas.storage.storage import CommitResult, Committed


@dataclass(frozen=True, slots=True)
class Written:
    """A minimised message in the bytes that say it to the recipient of one levering."""

    levering: Levering
    message: Releasable
    payload: bytes


@dataclass(frozen=True, slots=True)
class Intent:
    """One release as it was announced: its leaf, the salt that opens the commitment in it, and the answer of
    the store.
    """

    leaf: Leaf
    salt: bytes
    recorded: CommitResult


@dataclass(frozen=True, slots=True)
class Released:
    """Bytes for the recipient, with their SHA-256 (hex), for which he signs."""

    levering: Levering
    payload: bytes
    digest: str


def release(releasable: Written, intent: Intent) -> Released:
    """The bytes, when the intent on record is for this levering, this decision and these very bytes.

    Raises RecordUnavailable for any other intent, for an intent that is not on record, and for bytes with a
    number of a person that the intent does not name the rule of.
    """
    if not isinstance(intent.recorded, Committed) or intent.leaf.id not in intent.recorded.leaves:
        raise RecordUnavailable("a release without an intent on record")
    announced = orjson.loads(intent.leaf.canonical)
    wanted = {
        "soort": EventType.EXCHANGE_RELEASE_INTENT.value,
        "levering": releasable.levering.id,
        "ontvanger": releasable.levering.ontvanger,
        "ontvangerPersoon": releasable.levering.persoon,
        "decisionId": releasable.message.decision_id,
    }
    if any(announced.get(name) != value for name, value in wanted.items()):
        raise RecordUnavailable("a release under the intent of another release")
    committed = announced.get("payloadCommitment", "")
    if not hmac.compare_digest(committed, commitment(intent.salt, releasable.payload)):
        raise RecordUnavailable("a release of other bytes than its intent commits to")
    if not _numbers_agree(releasable.message, releasable.payload, announced):
        raise RecordUnavailable("a release with a number that its intent gives no rule for")
    digest = hashlib.sha256(releasable.payload).hexdigest()
    return Released(releasable.levering, releasable.payload, digest)


def _numbers_agree(message: Releasable, carried: bytes, announced: Mapping[str, Any]) -> bool:
    """Whether there is no number of a person in its field, or exactly one: by a rule that the intent names,
    in the field that it names, and nowhere else in the bytes.
    """
    found = numbers(message)
    if not found:
        return True
    by_rule = bool(message.nummer) and set(message.nummer) <= set(announced.get("regels", ()))
    named = set(found) <= set(announced.get("veldenVrijgegeven", ()))
    return by_rule and named and [carried.count(n.encode()) for n in found.values()] == [1]
