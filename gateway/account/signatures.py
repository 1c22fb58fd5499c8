"""Signatures of partijen: their public keys, and what was signed with them (JWS, RFC 7515).

A key is used with the one algorithm that belongs to it and no other. Everything that is checked here comes
from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

from joserfc import jws, jwt
from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

from schemas.errors import RecordUnavailable
from schemas.people.partij import Jwk

Key = ECKey | OKPKey


ALGORITHMS: Final = {"P-256": "ES256", "Ed25519": "Ed25519"}


@lru_cache(maxsize=1_024)
def public_key(jwk: Jwk) -> Key:
    """The key in the form that joserfc takes. Raises RecordUnavailable when the coordinates are no point of
    the curve.

    Kept, because every receipt asks for the key of its signer. It is what the JWK itself says, and whether
    somebody may use that says the register.
    """
    try:
        return import_key(jwk.model_dump(exclude_none=True))
    except ValueError as error:
        raise RecordUnavailable("a stored key is not a key") from error


def import_key(value: Mapping[str, str]) -> Key:
    return OKPKey.import_key(dict(value)) if value["kty"] == "OKP" else ECKey.import_key(dict(value))


class _Registry(JWSRegistry):
    """Allows the one algorithm that belongs to the key. We do not use joserfc's own choice because it warns
    about EdDSA.
    """

    def __init__(self, algorithm: str) -> None:
        super().__init__(algorithms=[algorithm])
        self._names = (algorithm, "EdDSA") if algorithm == "Ed25519" else (algorithm,)

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in self._names:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""Exceptions that the libraries raise beside their own errors, for headers and claims of unexpected types."""


R = TypeVar("R")


def _checked(read: Callable[[], R]) -> R:
    try:
        return read()
    except UNREADABLE as error:
        raise ValueError("not a token") from error


REGISTRIES: Final = {curve: _Registry(algorithm) for curve, algorithm in ALGORITHMS.items()}


def verified(token: str, key: Key) -> jwt.Token:
    """The JWS once its signature is checked; nothing else of it is checked here. Raises JoseError or
    ValueError.
    """
    return _checked(lambda: jwt.decode(token, key, registry=REGISTRIES[key.curve_name]))


def verified_payload(token: str, key: Key) -> bytes:
    """The payload of a compact JWS that was signed with `key`, under the algorithm of that key.

    Raises JoseError or ValueError.
    """
    return _checked(lambda: _payload(token, key))


def _payload(token: str, key: Key) -> bytes:
    return jws.deserialize_compact(token.encode("ascii"), key, registry=REGISTRIES[key.curve_name]).payload


def verified_detached(token: str, payload: bytes, key: Key) -> dict[str, Any]:
    """The header of a JWS whose payload stands elsewhere (RFC 7515, appendix F). Raises JoseError or
    ValueError.
    """
    return _checked(lambda: _header(token, payload, key))


def _header(token: str, payload: bytes, key: Key) -> dict[str, Any]:
    registry = REGISTRIES[key.curve_name]
    found = jws.deserialize_compact(token.encode("ascii"), key, registry=registry, payload=payload)
    # the library checks a payload that came along in the token, instead of the one we passed
    if found.payload != payload:
        raise ValueError("signed for something else")
    return found.headers()
