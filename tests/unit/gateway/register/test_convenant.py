"""A convenant as files: taken only with the right signature under exactly these bytes, and kept provable."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from adapters.stores.memory import MemoryStorage
from consent.convenant import hash_of
from gateway.account.signatures import Key
from gateway.register.apply import apply_register, difference, read_register
from gateway.register.convenant import (
    TYPE,
    sign_convenant,
    signature_file,
    signed_convenant,
    stored_convenant,
)
from gateway.wiring import Leaves
from schemas.errors import InvalidMessage, WrongUse
from tests.callers import STAMPS, es256
from tests.unit.consent.test_convenant import TEXT, changed
from tests.unit.gateway.register.test_register import document, school


def secret(key: Key) -> bytes:
    return json.dumps(key.as_dict(private=True)).encode()


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Path, str]:
    """A signed convenant, and the public key for the settings."""
    path = tmp_path / "convenant.toml"
    path.write_text(TEXT, encoding="utf-8")
    target, public = sign_convenant(path, secret(es256("convenant")))
    assert target == signature_file(path)
    return path, public


def refusal(path: Path, key: str) -> set[str]:
    with pytest.raises(InvalidMessage) as caught:
        signed_convenant(path, key)
    assert caught.value.__cause__ is None
    return {f.code for f in caught.value.faults}


@pytest.mark.parametrize("key", [es256("a"), OKPKey.generate_key("Ed25519", {"kid": "a"})], ids=["EC", "OKP"])
def test_signed_and_read(tmp_path: Path, key: Key) -> None:
    """Either kind of key; what is stored is the text as it was signed, and reads back the same."""
    path = tmp_path / "convenant.toml"
    path.write_text(TEXT, encoding="utf-8")
    _, public = sign_convenant(path, secret(key))
    assert '"d"' not in public
    convenant, stored = signed_convenant(path, public)
    assert stored_convenant(stored, public) == stored_convenant(stored, None) == (hash_of(TEXT), convenant)
    assert json.loads(stored)["handtekening"] == signature_file(path).read_text().strip()


def test_a_stored_convenant_that_somebody_changed_is_not_believed(signed: tuple[Path, str]) -> None:
    """Where the key is known: not another text, not another key, and not a key that is none."""
    path, public = signed
    _, stored = signed_convenant(path, public)
    other = json.dumps(json.loads(stored) | {"tekst": changed(("bewaardagen = 14", "bewaardagen = 15"))})
    assert stored_convenant(other, None)[1].bewaardagen == 15
    _, stranger = sign_convenant(path, secret(es256("ander")))
    for text, key in ((other, public), (stored, stranger)):
        with pytest.raises(InvalidMessage):
            stored_convenant(text, key)
    with pytest.raises(WrongUse):
        stored_convenant(stored, "{}")


def test_one_byte_more_is_another_convenant(signed: tuple[Path, str]) -> None:
    """Even a text that reads the same is another convenant, and a fault in its content is told as well."""
    path, public = signed
    path.write_text(TEXT + "\n", encoding="utf-8")
    assert refusal(path, public) == {"convenant.handtekening"}
    path.write_text(changed(("versie = 1", "versie = 0")), encoding="utf-8")
    assert refusal(path, public) == {"convenant.handtekening", "convenant.vorm"}


def test_another_key_did_not_sign(signed: tuple[Path, str], tmp_path: Path) -> None:
    """The key of the settings counts, not one that came with the file."""
    path, public = signed
    sign_convenant(path, secret(es256("ander")))
    assert refusal(path, public) == {"convenant.handtekening"}


def _attached(key: Key) -> str:
    return jws.serialize_compact({"alg": "ES256", "typ": TYPE}, "iets anders", key)


def _other_use(key: Key) -> str:
    return str(jws.detach_content(jws.serialize_compact({"alg": "ES256", "typ": "JWT"}, TEXT, key)))


def _no_use(key: Key) -> str:
    return str(jws.detach_content(jws.serialize_compact({"alg": "ES256"}, TEXT, key)))


def _fixed(text: str, _: Key) -> str:
    return text


FORGED: dict[str, Callable[[Key], str]] = {
    "attached": _attached,
    "other use": _other_use,
    "no use": _no_use,
    **{
        name: partial(_fixed, text)
        for name, text in {
            "nothing": "",
            "dots": "..",
            "no algorithm": "eyJhbGciOiJub25lIn0..",
            "no text": "é",
            "odd header": "W10..AAAA",
        }.items()
    },
}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_no_signature_under_it(tmp_path: Path, name: str) -> None:
    """A signature of the right key under something else, or for another use, is none; nor is nonsense."""
    key = es256("convenant")
    path = tmp_path / "convenant.toml"
    path.write_text(TEXT, encoding="utf-8")
    _, public = sign_convenant(path, secret(key))
    assert signed_convenant(path, public)
    signature_file(path).write_bytes(FORGED[name](key).encode())
    assert refusal(path, public) == {"convenant.handtekening"}


def test_wrong_use(signed: tuple[Path, str], tmp_path: Path) -> None:
    """No key, a key that is none, no signature, no text, too much of it: said before anything is taken."""
    path, public = signed
    off_curve = json.dumps(json.loads(public) | {"x": "A" * 43})
    for key in (None, "sleutel", "{}", off_curve):
        with pytest.raises(WrongUse):
            signed_convenant(path, key)
    for wrong in (b"{}", b"niets", b"[]", json.dumps({"kty": "EC"}).encode(), public.encode()):
        with pytest.raises(WrongUse):
            sign_convenant(path, wrong)
    signature_file(path).unlink()
    with pytest.raises(WrongUse, match="niet te lezen"):
        signed_convenant(path, public)
    path.write_bytes(b"\xff")
    with pytest.raises(WrongUse, match="geen tekst"):
        signed_convenant(path, public)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(WrongUse, match="groter"):
        signed_convenant(path, public)
    path.write_text("id = 3", encoding="utf-8")
    with pytest.raises(InvalidMessage):
        sign_convenant(path, secret(es256("a")))
    folder = tmp_path / "map.toml"
    folder.write_text(TEXT, encoding="utf-8")
    signature_file(folder).mkdir()
    with pytest.raises(WrongUse, match="niet te maken"):
        sign_convenant(folder, secret(es256("a")))


def test_into_the_register(signed: tuple[Path, str], tmp_path: Path) -> None:
    """Convenant and regional values belong to the whole: applied once, taken away only when told."""
    path, public = signed
    file, regio = tmp_path / "partijen.toml", tmp_path / "beleid.toml"
    file.write_text(document(school()), encoding="utf-8")
    regio.write_text("besluitMinuten = 5", encoding="utf-8")
    whole = read_register(file, [path], public, regio)
    assert difference(read_register(file), whole).nieuw == ("beleid regio", "convenant convenant-fictie")
    store = MemoryStorage()
    assert asyncio.run(apply_register(store, Leaves(), STAMPS, whole, remove=False))
    assert not asyncio.run(
        apply_register(store, Leaves(), STAMPS, read_register(file, [path], public, regio), remove=False)
    )
    with pytest.raises(WrongUse, match="convenant convenant-fictie"):
        asyncio.run(apply_register(store, Leaves(), STAMPS, read_register(file), remove=False))
    assert asyncio.run(apply_register(store, Leaves(), STAMPS, read_register(file), remove=True)).verwijderd


def test_all_files_are_told_about_at_once(signed: tuple[Path, str], tmp_path: Path) -> None:
    """Faults of the register, each convenant and the regional values in one answer, each under its file."""
    path, public = signed
    file, regio, wrong = (tmp_path / n for n in ("partijen.toml", "beleid.toml", "fout.toml"))
    file.write_text(document(school(brin="x")), encoding="utf-8")
    regio.write_text("besluitMinuten = 50", encoding="utf-8")
    wrong.write_text("id = 3", encoding="utf-8")
    signature_file(wrong).write_text("")
    with pytest.raises(InvalidMessage) as caught:
        read_register(file, [path, path, wrong], public, regio)
    found = {(f.place, f.code) for f in caught.value.faults}
    assert ("/partijen/0/brin", "json.patroon") in found
    assert ("convenant.toml/id", "register.dubbel") in found
    assert ("fout.toml/", "convenant.handtekening") in found
    assert ("fout.toml/id", "convenant.vorm") in found
    assert ("beleid.toml/besluitMinuten", "beleid.ruimer") in found
