"""The key store: the keys of one gateway, and what is done with them. Everything from `cryptography`.

    hoofdsleutel      wraps the key of every leerling (AES-256-GCM)
    zoeksleutel       root of the blind index, of request fingerprints and of stamps (HMAC-SHA-256)
    ledgersleutel     signs checkpoints and Ontvangstbewijzen (Ed25519)
    tokensleutel      signs our own access tokens (ECDSA P-256)

Losing the hoofdsleutel is losing all content; losing the zoeksleutel is never finding a leerling again.
Neither has a copy in the database, on purpose: a stolen database alone opens nothing.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import stat
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc.jwk import ECKey

from adapters.ledger.note import Checkpoint, NoteSigner, sign_checkpoint
from adapters.local.place import refuse_checkout
from schemas.errors import RecordUnavailable, WrongUse, why
from schemas.storage.storage import Sealed

KEY_SIZE: Final = 32
KEY_ID_SIZE: Final = 4
NONCE_SIZE: Final = 12
RECEIPT_ALGORITHM: Final = "Ed25519"

_MASTER = "hoofdsleutel"
_INDEX = "zoeksleutel"
_LEDGER = "ledgersleutel"
_TOKEN = "tokensleutel"  # noqa: S105 - the name of a file
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

_WRAPPED_LEERLING = b"ozlijn leerling key 1"
_WRAPPED_CONTENT = b"ozlijn content key 1|"
_PARTIJ_INDEX = b"ozlijn blind index 1|"
_PAIR = b"ozlijn pair 1|"
_FINGERPRINT = b"ozlijn request fingerprint 1"
_STAMP = b"ozlijn stamp 1"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key that wraps other keys. Its id stands before everything it wrapped, so that it can be replaced
    later.
    """

    id: bytes
    key: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        return cls(secrets.token_bytes(KEY_ID_SIZE), secrets.token_bytes(KEY_SIZE))


@dataclass(frozen=True)
class Keys:
    """All keys of a gateway, in memory. Their repr shows none of them."""

    master: MasterKey
    index: bytes = field(repr=False)
    ledger: Ed25519PrivateKey = field(repr=False)
    token: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def fresh(cls) -> Self:
        """New keys that nobody keeps: for a demonstration or a test."""
        return cls(
            MasterKey.fresh(),
            secrets.token_bytes(KEY_SIZE),
            Ed25519PrivateKey.generate(),
            ec.generate_private_key(ec.SECP256R1()),
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The keys that `create_keys` wrote in `folder`.

        Raises WrongUse, naming the file, for one that is absent, damaged, or open to group or others.
        """
        return cls(
            _master(folder / _MASTER),
            _index(folder / _INDEX),
            _ledger(folder / _LEDGER),
            _token(folder / _TOKEN),
        )

    @property
    def private_jwk(self) -> dict[str, str]:
        """The tokensleutel as a private JWK."""
        return {
            name: str(value) for name, value in ECKey.import_key(self.token).as_dict(private=True).items()
        }


def create_keys(folder: Path) -> Keys:
    """Write a fresh set of keys into `folder` (0700, files 0600), durably before returning.

    Raises WrongUse when any of the files is already there, for no key is ever written over, and for a folder
    below a checkout.
    """
    refuse_checkout(folder)
    keys = Keys.fresh()
    texts = {
        _MASTER: json.dumps({"id": keys.master.id.hex(), "key": keys.master.key.hex()}).encode(),
        _INDEX: keys.index.hex().encode(),
        _LEDGER: _pem(keys.ledger),
        _TOKEN: _pem(keys.token),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        present = sorted(name for name in texts if (folder / name).exists())
        if present:
            raise WrongUse(f"{folder} bevat al {', '.join(present)}")
        for name, text in texts.items():
            _write_new(folder / name, text)
        _sync_folder(folder)
    except OSError as error:
        raise WrongUse(f"in {folder} zijn geen sleutels te schrijven: {why(error)}") from error
    return keys


class KeyVault:
    """Fits gateway/ports `Vault`. Safe to call from any thread.

    Every key encrypts under random 96-bit nonces: the master key once per leerling, a leerling's key once
    per payload, a payload's key once. That stays far below the 2^32 uses NIST SP 800-38D allows a key.
    """

    def __init__(self, keys: Keys) -> None:
        self._master_id = keys.master.id
        self._master = AESGCM(keys.master.key)
        self._root = keys.index
        self._fingerprint = _hmac(_mac(_hmac(keys.index), _FINGERPRINT))
        self._stamp = _hmac(_mac(_hmac(keys.index), _STAMP))
        self._partijen: dict[str, HMAC] = {}

    def new_leerling_key(self) -> bytes:
        random = os.urandom(KEY_SIZE + NONCE_SIZE)
        fresh, nonce = random[:KEY_SIZE], random[KEY_SIZE:]
        wrapped = self._master.encrypt(nonce, fresh, _WRAPPED_LEERLING + self._master_id)
        return self._master_id + nonce + wrapped

    def seal(self, leerling_key: bytes, plain: bytes, context: bytes) -> Sealed:
        # One read of the random source for a key and two nonces.
        random = os.urandom(KEY_SIZE + 2 * NONCE_SIZE)
        fresh, one, other = random[:KEY_SIZE], random[KEY_SIZE:-NONCE_SIZE], random[-NONCE_SIZE:]
        wrapped = one + self._unwrap(leerling_key).encrypt(one, fresh, _WRAPPED_CONTENT + context)
        return Sealed(wrapped, other + AESGCM(fresh).encrypt(other, plain, context))

    def open(self, leerling_key: bytes, sealed: Sealed, context: bytes) -> bytes:
        key = _decrypt(self._unwrap(leerling_key), sealed.key, _WRAPPED_CONTENT + context)
        return _decrypt(_aes(key), sealed.content, context)

    def blind_index(self, partij: str, text: str) -> bytes:
        keyed = self._partijen.get(partij)
        if keyed is None:
            keyed = _hmac(_mac(_hmac(self._root), _PARTIJ_INDEX + partij.encode()))
            self._partijen[partij] = keyed
        return _mac(keyed, text.encode())

    def fingerprint(self, data: bytes) -> bytes:
        return _mac(self._fingerprint, data)

    def paired(self, pair: tuple[str, str], ident: str, *, back: bool) -> str:
        """One block of AES-256 under a key of the pair: a permutation of all ids, so nothing is stored."""
        key = _mac(_hmac(self._root), _PAIR + "\0".join(pair).encode())
        cipher = Cipher(AES256(key), ECB())  # noqa: S305 - one block, and a mode hides nothing more of one
        turn = cipher.decryptor() if back else cipher.encryptor()
        return (turn.update(bytes.fromhex(ident)) + turn.finalize()).hex()

    def mac(self, context: str, data: bytes) -> bytes:
        return _mac(self._stamp, context.encode() + b"\0" + data)

    def mac_holds(self, context: str, data: bytes, mac: bytes) -> bool:
        return hmac.compare_digest(self.mac(context, data), mac)

    def _unwrap(self, leerling_key: bytes) -> AESGCM:
        if leerling_key[:KEY_ID_SIZE] != self._master_id:
            raise RecordUnavailable("this content was sealed under another master key")
        wrapped = leerling_key[KEY_ID_SIZE:]
        return _aes(_decrypt(self._master, wrapped, _WRAPPED_LEERLING + self._master_id))


class KeyLedgerSigner:
    """Fits gateway/ports `LedgerSigner`. `name` is the log's origin and key name, `ozlijn.example/2026`."""

    def __init__(self, keys: Keys, name: str) -> None:
        """Raises WrongUse for a name a signed note cannot carry (empty, spaces, plus signs)."""
        self._signer = NoteSigner(name, keys.ledger)
        self._vkey = self._signer.verifier.format()

    @property
    def name(self) -> str:
        return self._signer.name

    @property
    def vkey(self) -> str:
        return self._vkey

    def sign_checkpoint(self, size: int, root: bytes) -> str:
        return sign_checkpoint(Checkpoint(self.name, size, root), self._signer)

    def sign_receipt(self, payload: bytes) -> str:
        """A compact JWS (RFC 7515 §7.1). Its header is always the same, so it is encoded once."""
        signed = self._receipt_header + b"." + _segment(payload)
        return (signed + b"." + _segment(self._signer.private.sign(signed))).decode("ascii")

    @cached_property
    def _receipt_header(self) -> bytes:
        return _segment(json.dumps({"alg": RECEIPT_ALGORITHM, "kid": self.name}).encode("ascii"))


def _segment(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decrypt(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], context)
    except (InvalidTag, ValueError) as error:
        raise RecordUnavailable("sealed content does not fit its key or its context") from error


def _aes(key: bytes) -> AESGCM:
    try:
        return AESGCM(key)
    except ValueError as error:
        raise RecordUnavailable("sealed content does not fit its key or its context") from error


def _hmac(key: bytes) -> HMAC:
    return HMAC(key, SHA256())


def _mac(keyed: HMAC, data: bytes) -> bytes:
    """The MAC over `data`. `keyed` is never fed itself, only copies of it: making its two inner states is
    most of the work.
    """
    fed = keyed.copy()
    fed.update(data)
    return fed.finalize()


def _pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _master(path: Path) -> MasterKey:
    try:
        stored = json.loads(_read(path))
        master = MasterKey(bytes.fromhex(stored["id"]), bytes.fromhex(stored["key"]))
    except (ValueError, KeyError, TypeError) as error:
        raise WrongUse(f"{path} bevat geen hoofdsleutel") from error
    if (len(master.id), len(master.key)) != (KEY_ID_SIZE, KEY_SIZE):
        raise WrongUse(f"{path} bevat geen hoofdsleutel")
    return master


def _index(path: Path) -> bytes:
    try:
        key = bytes.fromhex(_read(path).decode())
    except ValueError as error:
        raise WrongUse(f"{path} bevat geen sleutel van {KEY_SIZE} bytes") from error
    if len(key) != KEY_SIZE:
        raise WrongUse(f"{path} bevat geen sleutel van {KEY_SIZE} bytes")
    return key


def _ledger(path: Path) -> Ed25519PrivateKey:
    key = _private(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongUse(f"{path} bevat geen Ed25519-sleutel")
    return key


def _token(path: Path) -> ec.EllipticCurvePrivateKey:
    key = _private(path)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise WrongUse(f"{path} bevat geen P-256-sleutel")
    return key


def _private(path: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongUse(f"{path} bevat geen privésleutel in PEM") from error


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():  # a FIFO would keep us waiting
            raise WrongUse(f"{path} is geen gewoon bestand")
        if path.stat().st_mode & _OTHERS:
            raise WrongUse(f"{path} is voor anderen leesbaar; alleen de eigenaar mag erbij (chmod 600)")
        return path.read_bytes()
    except OSError as error:
        raise WrongUse(f"{path} is niet te lezen: {why(error)}") from error


def _write_new(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
