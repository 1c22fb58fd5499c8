"""A privacyconvenant as files: the TOML that was agreed, and beside it a detached signature (`NAME.jws`).

The signature is a JWS whose payload is the file, byte for byte, and stands elsewhere (RFC 7515, appendix F).
Its `typ` says what it is for: a signature of the same key under something else is none under a convenant.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from pydantic import ValidationError

from consent.convenant import Convenant, hash_of, parse_convenant
from gateway.account.signatures import Key, import_key, public_key, verified_detached
from gateway.runtime.lezen import read_at_most
from schemas.errors import Fault, GatewayError, InvalidMessage, WrongUse, why
from schemas.people.partij import Jwk

TYPE: Final = "ozlijn-convenant+jws"
MAX_BYTES: Final = 1_000_000
_UNSIGNED: Final = "De handtekening hoort niet bij dit bestand en de sleutel van de instellingen."


def text_of(path: Path) -> str:
    try:
        return read_at_most(path, MAX_BYTES).decode()
    except UnicodeDecodeError:
        raise WrongUse(f"{path} is geen tekst") from None


def signature_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.jws")


def signed_convenant(path: Path, key: str | None) -> tuple[Convenant, str]:
    """The convenant, and the form in which it is stored: its text with the signature, so that it stays
    provable.

    `key` is a public JWK as JSON. Raises WrongUse, or InvalidMessage when the content or the signature is
    wrong.
    """
    if key is None:
        raise WrongUse("zet eerst convenant_key in de instellingen: de sleutel die een convenant ondertekent")
    public = _public_key(key)
    text = text_of(path)
    try:
        signature = read_at_most(signature_file(path), MAX_BYTES).decode("ascii").strip()
    except UnicodeDecodeError:
        signature = ""
    faults: tuple[Fault, ...] = ()
    if not _is_signed(text, signature, public):
        faults = (Fault("convenant.handtekening", "/", _UNSIGNED),)
    try:
        convenant = parse_convenant(text)
    except InvalidMessage as error:
        raise InvalidMessage((*faults, *error.faults)) from None
    if faults:
        raise InvalidMessage(faults)
    return convenant, orjson.dumps({"tekst": text, "handtekening": signature}).decode()


def stored_convenant(stored: str, key: str | None) -> tuple[str, Convenant]:
    """The convenant from its stored form (see `signed_convenant`), and the hash of its text.

    With a `key` the signature is checked again: otherwise somebody who writes in the database could open what
    the partijen did not agree to. Without a key nobody can tell. Raises InvalidMessage, ValueError, WrongUse.
    """
    found = orjson.loads(stored)
    text = found["tekst"]
    if key is not None and not _is_signed(text, found["handtekening"], _public_key(key)):
        raise InvalidMessage((Fault("convenant.handtekening", "/", _UNSIGNED),))
    return hash_of(text), parse_convenant(text)


def _public_key(key: str) -> Key:
    try:
        return public_key(Jwk.model_validate_json(key))
    except (ValidationError, GatewayError):
        raise WrongUse("convenant_key is geen openbare sleutel (JWK)") from None


def _is_signed(text: str, signature: str, public: Key) -> bool:
    try:
        header = verified_detached(signature, text.encode(), public)
    except (JoseError, ValueError):
        return False
    return header.get("typ") == TYPE


def sign_convenant(path: Path, key: bytes) -> tuple[Path, str]:
    """Write the signature beside the convenant; gives that file and the public key for the settings.

    Raises InvalidMessage when the convenant itself is wrong, and WrongUse when a file or key is.
    """
    text = text_of(path)
    parse_convenant(text)
    try:
        secret = import_key(orjson.loads(key))
        algorithm = "ES256" if secret.key_type == "EC" else "Ed25519"
        made = jws.serialize_compact({"alg": algorithm, "typ": TYPE}, text, secret, algorithms=[algorithm])
        public = Jwk.model_validate_json(orjson.dumps(_public(secret.as_dict(private=False))))
    except (JoseError, ValueError, TypeError, LookupError, AttributeError):
        raise WrongUse("dit is geen geheime sleutel van ozlijn sleutel") from None
    target = signature_file(path)
    try:
        target.write_text(f"{jws.detach_content(made)}\n", encoding="ascii")
    except OSError as error:
        raise WrongUse(f"{target} is niet te maken: {why(error)}") from error
    return target, public.model_dump_json(exclude_none=True)


def _public(found: Mapping[str, object]) -> dict[str, object]:
    return {n: v for n, v in found.items() if n in Jwk.model_fields}
