"""Leveringsbewijs: the recipient signs for the bytes it received, with a key of its own from the register."""

from __future__ import annotations

import re
from typing import Final

import orjson
from joserfc.errors import JoseError

from gateway.account.signatures import public_key, verified_payload
from schemas.errors import Fault, InvalidMessage
from schemas.people.partij import Partij

_HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")
_MEMBERS: Final = {"soort", "leveringId", "inhoudHash", "ontvangenOp"}


def signed_digest(partij: Partij, levering_id: str, token: str) -> str:
    """The SHA-256 (hex) for which the recipient signed.

    Raises InvalidMessage when the signature, the key or the content is not right.
    """
    payload = signed_payload(partij, token)
    if payload is None:
        text = "De handtekening is niet van een sleutel van deze partij."
        raise _fault("leveringsbewijs.handtekening", text)
    return _digest(payload, levering_id)


def signed_payload(partij: Partij, token: str) -> bytes | None:
    """What a partij signed with one of its own keys, or None when none of its keys signed this."""
    for client in partij.clients:
        for key in client.sleutels:
            try:
                return verified_payload(token, public_key(key))
            except (JoseError, ValueError):
                continue
    return None


def _digest(payload: bytes, levering_id: str) -> str:
    try:
        claims = orjson.loads(payload)
    except orjson.JSONDecodeError:
        claims = None
    if not isinstance(claims, dict) or set(claims) != _MEMBERS or claims["soort"] != "leveringsbewijs":
        raise _fault("leveringsbewijs.inhoud", "Er is niet precies getekend voor de vier gevraagde gegevens.")
    digest = _HASH.fullmatch(str(claims["inhoudHash"]))
    if claims["leveringId"] != levering_id or digest is None:
        raise _fault("leveringsbewijs.anders", "Er is getekend voor een andere levering of geen SHA-256.")
    return digest.group(1)


def _fault(code: str, text: str) -> InvalidMessage:
    return InvalidMessage((Fault(code, "/jws", text),))
