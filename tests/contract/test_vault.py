"""What the key store, the vault and the log's signer promise (gateway/ports)."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from adapters.ledger.note import VerifierKey, open_checkpoint
from adapters.local.keys import KeyLedgerSigner, Keys, KeyVault, create_keys
from gateway.ports.keys import LedgerSigner, Vault
from schemas.errors import RecordUnavailable, WrongUse
from schemas.storage.storage import Sealed

KEYS = Keys.fresh()
BOX: Vault = KeyVault(KEYS)
NAME = "ozlijn.example/2026"
FILES = ("hoofdsleutel", "zoeksleutel", "ledgersleutel", "tokensleutel")


# --- sealing


@given(plain=st.binary(max_size=5_000), context=st.binary(max_size=100))
def test_what_is_sealed_opens_again(plain: bytes, context: bytes) -> None:
    """Any bytes under any context come back, and stand nowhere in what is stored."""
    key = BOX.new_leerling_key()
    sealed = BOX.seal(key, plain, context)
    assert BOX.open(key, sealed, context) == plain
    assert len(plain) < 8 or plain not in sealed.key + sealed.content


def test_no_two_seals_share_anything() -> None:
    """The same content twice gives other keys, nonces and bytes: equality tells a thief nothing."""
    key = BOX.new_leerling_key()
    first, second = (BOX.seal(key, b"x" * 100, b"c") for _ in range(2))
    assert first.key[:12] != second.key[:12]
    assert first.content[:12] != second.content[:12]
    assert first.content[12:] != second.content[12:]


@given(ident=st.binary(min_size=16, max_size=16).map(bytes.hex))
def test_a_key_of_a_case_is_another_for_every_pair_and_comes_back(ident: str) -> None:
    """One to one; the two ends of a pair are not the same end, and another key store gives another."""
    mine = BOX.paired(("brin:99ZZ00", "agb:99999901"), ident, back=False)
    assert len(mine) == 32
    assert BOX.paired(("brin:99ZZ00", "agb:99999901"), mine, back=True) == ident
    assert BOX.paired(("brin:99ZZ00", "agb:99999901"), ident, back=False) == mine
    others = [
        BOX.paired(("brin:99ZZ00", "gemeente:0363"), ident, back=False),
        BOX.paired(("agb:99999901", "brin:99ZZ00"), ident, back=False),
        KeyVault(Keys.fresh()).paired(("brin:99ZZ00", "agb:99999901"), ident, back=False),
    ]
    assert len({ident, mine, *others}) == 5


def _flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("part", ["leerling", "key", "content"])
def test_one_changed_bit_does_not_open(part: str) -> None:
    """At every place of every part a changed bit gives RecordUnavailable."""
    key = BOX.new_leerling_key()
    sealed = BOX.seal(key, b"plain", b"c")
    for at in range(len({"leerling": key, "key": sealed.key, "content": sealed.content}[part])):
        tried = {
            "leerling": (_flip(key, at % len(key)), sealed),
            "key": (key, Sealed(_flip(sealed.key, at % len(sealed.key)), sealed.content)),
            "content": (key, Sealed(sealed.key, _flip(sealed.content, at % len(sealed.content)))),
        }[part]
        with pytest.raises(RecordUnavailable):
            BOX.open(*tried, b"c")


@pytest.mark.parametrize("cut", [0, 1, 4, 12, 20])
def test_a_part_that_was_cut_does_not_open(cut: int) -> None:
    """Any shortened part gives RecordUnavailable and no other error."""
    key = BOX.new_leerling_key()
    sealed = BOX.seal(key, b"plain", b"c")
    for tried in (
        (key[:cut], sealed),
        (key, Sealed(sealed.key[:cut], sealed.content)),
        (key, Sealed(sealed.key, sealed.content[:cut])),
    ):
        with pytest.raises(RecordUnavailable):
            BOX.open(*tried, b"c")


def test_another_leerling_context_or_gateway_does_not_open() -> None:
    """Content opens with its own leerling's key, its own context and its own master key only."""
    key, other = BOX.new_leerling_key(), BOX.new_leerling_key()
    sealed = BOX.seal(key, b"plain", b"levering:1")
    with pytest.raises(RecordUnavailable):
        BOX.open(other, sealed, b"levering:1")
    with pytest.raises(RecordUnavailable):
        BOX.open(key, sealed, b"levering:2")
    with pytest.raises(RecordUnavailable):
        KeyVault(Keys.fresh()).open(key, sealed, b"levering:1")


def test_a_failure_to_open_quotes_nothing() -> None:
    """The error holds neither content nor context."""
    key = BOX.new_leerling_key()
    sealed = BOX.seal(key, b"Sanne Fictief", b"Sanne")
    with pytest.raises(RecordUnavailable) as caught:
        BOX.open(key, sealed, b"Sannee")
    assert "Sanne" not in str(caught.value)


# --- the blind index


def test_the_blind_index_is_per_partij_and_per_gateway() -> None:
    """Equal text gives equal bytes for one partij under one key store, and other bytes everywhere else."""
    index = BOX.blind_index("brin:99XX00", "999990019")
    assert index == KeyVault(KEYS).blind_index("brin:99XX00", "999990019")
    others = {
        BOX.blind_index("brin:99XX01", "999990019"),
        BOX.blind_index("brin:99XX00", "999990020"),
        BOX.blind_index("brin:99XX0", "0999990019"),
        KeyVault(Keys.fresh()).blind_index("brin:99XX00", "999990019"),
        BOX.fingerprint(b"999990019"),
    }
    assert len(others) == 5
    assert index not in others
    assert len(index) == 32


def test_a_fingerprint_tells_requests_apart() -> None:
    """Equal bytes, equal fingerprint; other bytes or another gateway, another one."""
    assert BOX.fingerprint(b"request") == KeyVault(KEYS).fingerprint(b"request")
    assert BOX.fingerprint(b"request") != BOX.fingerprint(b"Request")
    assert BOX.fingerprint(b"request") != KeyVault(Keys.fresh()).fingerprint(b"request")


def test_a_mac_holds_for_these_bytes_in_this_place_only() -> None:
    """Other bytes, another context, another key or a piece of it: it does not hold."""
    mac = BOX.mac("levering", b"bytes")
    assert KeyVault(KEYS).mac_holds("levering", b"bytes", mac)
    assert not BOX.mac_holds("levering", b"Bytes", mac)
    assert not BOX.mac_holds("leerling", b"bytes", mac)
    assert not KeyVault(Keys.fresh()).mac_holds("levering", b"bytes", mac)
    for wrong in (b"", mac[:-1], _flip(mac, 0), mac + b"0"):
        assert not BOX.mac_holds("levering", b"bytes", wrong)
    assert mac != BOX.fingerprint(b"levering\0bytes"), "a key of its own"


# --- the files


def test_created_keys_are_loaded_again(tmp_path: Path) -> None:
    """What the created keys sealed, indexed and signed, the loaded ones open, find and continue."""
    folder = tmp_path / "a b" / "sleutels"
    made, loaded = create_keys(folder), Keys.load(folder)
    key = KeyVault(made).new_leerling_key()
    assert KeyVault(loaded).open(key, KeyVault(made).seal(key, b"plain", b"c"), b"c") == b"plain"
    assert KeyVault(loaded).blind_index("p", "t") == KeyVault(made).blind_index("p", "t")
    assert KeyLedgerSigner(loaded, NAME).vkey == KeyLedgerSigner(made, NAME).vkey
    assert loaded.private_jwk == made.private_jwk


def test_key_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Four files of mode 0600 in a folder of mode 0700."""
    create_keys(tmp_path / "k")
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "k").iterdir()}
    assert modes == dict.fromkeys(FILES, 0o600)


def test_keys_are_never_written_over(tmp_path: Path) -> None:
    """A second creation, also beside one file that is left, is refused and changes nothing."""
    create_keys(tmp_path)
    for name in FILES[1:]:
        (tmp_path / name).unlink()
    before = (tmp_path / FILES[0]).read_bytes()
    with pytest.raises(WrongUse, match=FILES[0]):
        create_keys(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [FILES[0]]
    assert (tmp_path / FILES[0]).read_bytes() == before


def _chmod(mode: int) -> Callable[[Path], None]:
    return lambda path: path.chmod(mode)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(Path.unlink, id="absent"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"\xff{}"), id="noise"),
        pytest.param(lambda path: path.write_bytes(b'{"id": "00", "key": 7}'), id="other"),
        pytest.param(lambda path: path.write_bytes(b"00" * 31), id="short"),
        pytest.param(_folder, id="folder"),
        pytest.param(_chmod(0o640), id="group"),
        pytest.param(_chmod(0o604), id="world"),
    ],
)
def test_a_spoilt_key_file_is_named(tmp_path: Path, name: str, spoil: Callable[[Path], None]) -> None:
    """An absent, damaged or readable key file is refused by name, without what stands in it."""
    create_keys(tmp_path)
    spoil(tmp_path / name)
    with pytest.raises(WrongUse, match=name):
        Keys.load(tmp_path)


def test_swapped_key_files_are_refused(tmp_path: Path) -> None:
    """The ledger does not sign with the token's key, nor the other way round."""
    create_keys(tmp_path)
    ledger, token = tmp_path / "ledgersleutel", tmp_path / "tokensleutel"
    first, second = ledger.read_bytes(), token.read_bytes()
    ledger.write_bytes(second)
    with pytest.raises(WrongUse, match="ledgersleutel"):
        Keys.load(tmp_path)
    ledger.write_bytes(first)
    token.write_bytes(first)
    with pytest.raises(WrongUse, match="tokensleutel"):
        Keys.load(tmp_path)


def test_a_repr_shows_no_key() -> None:
    """A stray log line with the keys in it leaks none of them."""
    shown = repr(KEYS)
    for secret in (KEYS.master.key, KEYS.index):
        assert repr(secret)[2:-1] not in shown
        assert secret.hex() not in shown
    assert KEYS.private_jwk["d"] not in shown


# --- the log's signer


def test_a_checkpoint_is_signed_under_the_logs_name() -> None:
    """Who has the vkey opens the checkpoint; another log's key does not."""
    signer: LedgerSigner = KeyLedgerSigner(KEYS, NAME)
    opened = open_checkpoint(signer.sign_checkpoint(7, b"r" * 32), VerifierKey.parse(signer.vkey))
    assert (opened.checkpoint.origin, opened.checkpoint.size, opened.checkpoint.root) == (NAME, 7, b"r" * 32)


def test_a_receipt_is_a_jws_that_the_vkey_checks() -> None:
    """Compact JWS, algorithm Ed25519, key named after the log, payload unchanged."""
    signer = KeyLedgerSigner(KEYS, NAME)
    payload = json.dumps({"soort": "ontvangstbewijs"}).encode()
    public = OKPKey.import_key(KEYS.ledger.public_key())
    checked = jws.deserialize_compact(signer.sign_receipt(payload), public, ["Ed25519"])
    assert checked.payload == payload
    assert checked.headers() == {"alg": "Ed25519", "kid": NAME}


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_name_no_note_can_carry_is_refused(name: str) -> None:
    """Found at start, not at the first checkpoint."""
    with pytest.raises(WrongUse):
        KeyLedgerSigner(KEYS, name)


def test_the_token_key_is_a_private_jwk() -> None:
    """The P-256 key as JSON web key, complete enough to sign with."""
    key = ECKey.import_key({**KEYS.private_jwk})
    token = jws.serialize_compact({"alg": "ES256"}, b"{}", key)
    assert jws.deserialize_compact(token, ECKey.import_key(KEYS.token.public_key())).payload == b"{}"
