"""What a person says who has no key of his own: the log signs that he said it, signed in as himself.

It is weaker than a signature with a key that only the partij has: it shows that this gateway saw that person
say it, and not that he did. So it names the person by his reference and how sure his login was, and it is
taken only from the very person it names, while he is signed in.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
from typing import Final

import orjson

from gateway.ports.keys import LedgerSigner
from schemas.errors import Fault, InvalidMessage
from schemas.people.mensen import Persoon

_PARTS: Final = 3


def signed_for(signer: LedgerSigner, persoon: Persoon, levering: str, digest: str, now: dt.datetime) -> str:
    """A leveringsbewijs of a person for the bytes with this SHA-256 (hex), as a compact JWS of the log."""
    words = {
        "soort": "leveringsbewijs",
        "leveringId": levering,
        "inhoudHash": f"sha256:{digest}",
        "ontvangenOp": now.astimezone(dt.UTC).isoformat(),
        "persoon": persoon.ref,
        "niveau": persoon.niveau.value,
    }
    return signer.sign_receipt(orjson.dumps(words))


def answered(signer: LedgerSigner, persoon: Persoon, words: dict[str, object]) -> str:
    """What a person answers, as a compact JWS of the log."""
    return signer.sign_receipt(orjson.dumps({"persoon": persoon.ref, "gezegd": words}))


def digest_of(signer: LedgerSigner, persoon: Persoon, levering: str, token: str) -> str:
    """The SHA-256 (hex) that this person signed for. Raises InvalidMessage when it is not his word."""
    said = _said(signer, token)
    hash_ = str(said.get("inhoudHash", ""))
    fits = (said.get("soort"), said.get("leveringId"), said.get("persoon")) == (
        "leveringsbewijs",
        levering,
        persoon.ref,
    )
    if not fits or not hash_.startswith("sha256:"):
        raise _fault()
    return hash_.removeprefix("sha256:")


def answer_of(signer: LedgerSigner, persoon: Persoon, token: str) -> bytes:
    """What this person answered, as JSON. Raises InvalidMessage when it is not his word."""
    said = _said(signer, token)
    if said.get("persoon") != persoon.ref or not isinstance(said.get("gezegd"), dict):
        raise _fault()
    return orjson.dumps(said["gezegd"])


def _said(signer: LedgerSigner, token: str) -> dict[str, object]:
    """What the log signed here. A signature of Ed25519 is the same each time, so signing again tells it."""
    parts = token.split(".")
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        said = orjson.loads(payload) if len(parts) == _PARTS else None
    except (IndexError, binascii.Error, ValueError):
        raise _fault() from None
    if not isinstance(said, dict) or not hmac.compare_digest(signer.sign_receipt(payload), token):
        raise _fault()
    return said


def _fault() -> InvalidMessage:
    text = "Dit is niet getekend door wie is ingelogd."
    return InvalidMessage((Fault("leveringsbewijs.handtekening", "/jws", text),))
