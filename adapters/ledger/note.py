"""Signed notes and checkpoints in the C2SP formats signed-note, tlog-checkpoint and tlog-cosignature.

Keys of other kinds (C2SP recommends ML-DSA-44 for new witnesses) get a row in `_CHECKS` and a line
in `_PUBLIC_KEY_SIZES`; the formats need no change for them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.errors import (
    Fault,
    InvalidMessage,
    MessageTooLarge,
    NotAuthenticated,
    UnsupportedMessage,
    WrongUse,
)

ED25519: Final = 0x01
COSIGNATURE_V1: Final = 0x04
MAX_NOTE_BYTES: Final = 512 * 1024
MAX_SIGNATURES: Final = 64
"""Verifiers must accept 16; a post-quantum signature is about 3 kB of text."""
MAX_NUMBER: Final = 2**63 - 1

_HASH_SIZE = 32
_KEY_ID_SIZE = 4
_TIME_SIZE = 8
_DASH = "\N{EM DASH} "
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_HEX_ID = re.compile(r"[0-9a-f]{8}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_PUBLIC_KEY_SIZES = {ED25519: 32, COSIGNATURE_V1: 32}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says about itself: its name, how many leaves it has, and which root. Nothing of it is
    believed yet.
    """

    origin: str
    size: int
    root: bytes

    def format(self) -> str:
        """The text that is signed; three lines, for we write and accept no extension lines."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Raises InvalidMessage unless `text` is exactly what `format` writes."""
        match text.split("\n"):
            case [origin, size, root, ""] if origin:
                return cls(origin, decimal(size), hash64(root))
            case _:
                raise malformed("een checkpoint heeft precies drie regels")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under and the kind of signature it makes."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise WrongUse("a key name is not empty and has no spaces, plus signs or line breaks")

    @property
    def key_id(self) -> bytes:
        """Four bytes, which are enough to find a key and not enough to trust one."""
        material = b"%s\n%c%s" % (self.name.encode(), self.kind, self.public)
        return sha256(material).digest()[:_KEY_ID_SIZE]

    def format(self) -> str:
        """The `vkey` text: name, key id in hex and the key, joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Raises InvalidMessage for a malformed `vkey`, UnsupportedMessage for a kind we cannot check."""
        parts = text.split("+", 2)
        if len(parts) != 3 or not _is_name(parts[0]) or not _HEX_ID.fullmatch(parts[1]):  # noqa: PLR2004 - name, id, key
            raise malformed("een sleutel is naam+kenmerk+base64")
        name, key_id, encoded = parts
        material = decode64(encoded)
        if not material:
            raise malformed("een sleutel is naam+kenmerk+base64")
        key = cls(name, material[0], material[1:])
        if key.kind not in _PUBLIC_KEY_SIZES:
            raise UnsupportedMessage((_fault("dit soort sleutel kennen wij niet"),))
        if len(key.public) != _PUBLIC_KEY_SIZES[key.kind] or key.key_id.hex() != key_id:
            raise malformed("het kenmerk hoort niet bij deze sleutel")
        return key


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """Signs notes as a log (`kind` ED25519) or as a witness (`kind` COSIGNATURE_V1).

    One private key may not witness under two names: the cosigned text does not hold the name.
    """

    name: str
    private: Ed25519PrivateKey
    kind: int = ED25519

    @classmethod
    def from_seed(cls, name: str, seed: bytes, kind: int = ED25519) -> NoteSigner:
        """`seed` is the 32 secret bytes of RFC 8032."""
        try:
            return cls(name, Ed25519PrivateKey.from_private_bytes(seed), kind)
        except ValueError as error:
            raise WrongUse("an Ed25519 seed is 32 bytes") from error

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(self.name, self.kind, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """One signature line over `text`, which must end in a newline."""
        if self.kind != ED25519:
            raise WrongUse("a witness signs with a time")
        return self._line(text, self.private.sign(text.encode()))

    def cosign(self, text: str, at: int) -> str:
        """One cosignature line over the checkpoint text; `at` is in whole seconds since 1970, UTC."""
        if self.kind != COSIGNATURE_V1 or not 0 <= at <= MAX_NUMBER:
            raise WrongUse("only a witness signs with a time, and not before 1970")
        return self._line(text, at.to_bytes(_TIME_SIZE, "big") + self.private.sign(_cosigned(text, at)))

    def _line(self, text: str, signature: bytes) -> str:
        if not text.endswith("\n") or _CONTROL.search(text):
            raise WrongUse("a note text ends in a newline and has no control characters")
        return f"{_DASH}{self.name} {encode64(self.verifier.key_id + signature)}\n"


class Signature(NamedTuple):
    """A signature that was checked. Only that of a witness has `at` (seconds since 1970)."""

    key: VerifierKey
    at: int | None


class Opened(NamedTuple):
    """The text of a note, with the signatures that are right."""

    text: str
    signatures: tuple[Signature, ...]


class OpenedCheckpoint(NamedTuple):
    """A checkpoint that its log signed, with the witnesses that saw it."""

    checkpoint: Checkpoint
    witnesses: tuple[Signature, ...]


def sign_checkpoint(checkpoint: Checkpoint, signer: NoteSigner) -> str:
    """The note to publish. Signing twice gives the same bytes; witnesses' lines are simply added behind it.

    The caller must know that this checkpoint is consistent with every one signed before.
    """
    if checkpoint.origin != signer.name:
        raise WrongUse("a log signs under its own origin")
    text = checkpoint.format()
    return f"{text}\n{signer.sign(text)}"


def open_note(note: str | bytes, keys: Iterable[VerifierKey]) -> Opened:
    """Check a signed note against the keys we know.

    Signatures of unknown keys are ignored. Raises InvalidMessage for a malformed note, NotAuthenticated
    when a known key's signature fails or when no known key signed: nothing in the note is then worth
    reading.
    """
    text, lines = _parts(note)
    known = {(key.name, key.key_id): key for key in keys}
    good: list[Signature] = []
    for name, raw in lines:
        key = known.get((name, raw[:_KEY_ID_SIZE]))
        if key is None:
            continue
        signature = _CHECKS[key.kind](key, text, raw[_KEY_ID_SIZE:])
        if signature is None:
            raise NotAuthenticated("a signature under a known key does not hold")
        if signature not in good:
            good.append(signature)
    if not good:
        raise NotAuthenticated("no known key signed this note")
    return Opened(text, tuple(good))


def open_checkpoint(
    note: str | bytes, log: VerifierKey, witnesses: Iterable[VerifierKey] = ()
) -> OpenedCheckpoint:
    """Check a checkpoint of one log: its own key must have signed, under its own name.

    Raises as `open_note`; a note that only witnesses signed is NotAuthenticated.
    """
    text, signatures = open_note(note, (log, *witnesses))
    checkpoint = Checkpoint.parse(text)
    if checkpoint.origin != log.name or all(signature.key != log for signature in signatures):
        raise NotAuthenticated("the log itself did not sign this checkpoint")
    return OpenedCheckpoint(checkpoint, tuple(s for s in signatures if s.key != log))


def _check_ed25519(key: VerifierKey, text: str, raw: bytes) -> Signature | None:
    return Signature(key, None) if _holds(key.public, raw, text.encode()) else None


def _check_cosignature(key: VerifierKey, text: str, raw: bytes) -> Signature | None:
    at = int.from_bytes(raw[:_TIME_SIZE], "big")
    if at > MAX_NUMBER or not _holds(key.public, raw[_TIME_SIZE:], _cosigned(text, at)):
        return None
    return Signature(key, at)


_CHECKS: dict[int, Callable[[VerifierKey, str, bytes], Signature | None]] = {
    ED25519: _check_ed25519,
    COSIGNATURE_V1: _check_cosignature,
}


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _holds(public: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _parts(note: str | bytes) -> tuple[str, list[tuple[str, bytes]]]:
    try:
        data = note.encode() if isinstance(note, str) else note
        if len(data) > MAX_NOTE_BYTES:
            raise MessageTooLarge((_fault("te groot voor een ondertekende notitie"),))
        decoded = data.decode()
    except UnicodeError as error:
        raise malformed("geen geldige UTF-8") from error
    if _CONTROL.search(decoded):
        raise malformed("besturingstekens zijn niet toegestaan")
    text, blank, tail = decoded.rpartition("\n\n")
    if not blank or not text or not tail.endswith("\n"):
        raise malformed("tekst, lege regel en handtekeningregels worden verwacht")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise malformed("te veel handtekeningen")
    return text + "\n", [_signature_line(line) for line in lines]


def _signature_line(line: str) -> tuple[str, bytes]:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2 or not _is_name(parts[0]):  # noqa: PLR2004 - name and signature
        raise malformed("onleesbare handtekeningregel")
    raw = decode64(parts[1])
    if len(raw) <= _KEY_ID_SIZE:
        raise malformed("onleesbare handtekeningregel")
    return parts[0], raw


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def encode64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decode64(text: str) -> bytes:
    """The bytes of base64 in the one spelling that RFC 4648 §4 gives them. Raises InvalidMessage for any
    other.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise malformed("geen geldige base64") from error
    if encode64(data) != text:
        raise malformed("geen geldige base64")
    return data


def hash64(text: str) -> bytes:
    """A SHA-256 hash from base64. Raises InvalidMessage for another length."""
    data = decode64(text)
    if len(data) != _HASH_SIZE:
        raise malformed("een hash is 32 bytes")
    return data


def decimal(text: str) -> int:
    """A number of ASCII digits without leading zeros, below 2**63. Raises InvalidMessage for anything
    else.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_NUMBER:
        raise malformed("een getal heeft alleen cijfers en geen voorloopnul")
    return int(text)


def malformed(text: str) -> InvalidMessage:
    return InvalidMessage((_fault(text),))


def _fault(text: str) -> Fault:
    return Fault("grootboek.vorm", "/", text)
