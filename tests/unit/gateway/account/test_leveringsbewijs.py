"""A leveringsbewijs: signed by the recipient itself, for this levering, for exactly these bytes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from joserfc import jws

from gateway.account.leveringsbewijs import signed_digest
from schemas.errors import InvalidMessage
from schemas.people.partij import Partij
from tests.callers import CANARY, Key, ed25519, es256, public_jwk, sign

LEVERING = "a" * 32
DIGEST = "0123456789abcdef" * 4
CLAIMS = {
    "soort": "leveringsbewijs",
    "leveringId": LEVERING,
    "inhoudHash": f"sha256:{DIGEST}",
    "ontvangenOp": "2026-11-22T10:00:00Z",
}


def partij(*keys: Key) -> Partij:
    return Partij.model_validate_json(
        json.dumps(
            {
                "id": "agb:99999901",
                "soort": "jeugdhulpaanbieder",
                "naam": "Aanbieder (fictief)",
                "clients": [
                    {
                        "clientId": f"systeem-{i}",
                        "scopes": ["postbus:lezen"],
                        "sleutels": [public_jwk(key)],
                    }
                    for i, key in enumerate(keys)
                ],
            }
        )
    )


@pytest.mark.parametrize("make", [es256, ed25519], ids=["ES256", "Ed25519"])
def test_any_key_of_the_partij_may_sign(make: Callable[[str], Key]) -> None:
    """Both kinds of key, of any of its systems: the digest comes back."""
    first, second = es256("een"), make("twee")
    assert signed_digest(partij(first, second), LEVERING, sign(second, CLAIMS)) == DIGEST


def signed_text(key: Key, text: bytes) -> str:
    return jws.serialize_compact({"alg": "ES256"}, text, key)


def refused(token: str, key: Key) -> str:
    with pytest.raises(InvalidMessage) as caught:
        signed_digest(partij(key), LEVERING, token)
    (fault,) = caught.value.faults
    assert fault.place == "/jws"
    assert CANARY not in f"{fault} {caught.value}"
    return fault.code


def test_a_strange_key_is_refused() -> None:
    """A signature by a key that is not in the register of this partij counts for nothing."""
    assert refused(sign(es256(), CLAIMS), es256()) == "leveringsbewijs.handtekening"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: "",
        lambda t: CANARY,
        lambda t: f"{t}.x",
        lambda t: t[:-4] + ("AAAA" if not t.endswith("AAAA") else "BBBB"),
        lambda t: "eyJhbGciOiJub25lIn0." + t.split(".")[1] + ".",
        lambda t: f"{t.split('.')[0]}.{'A' * 20}.{t.split('.')[2]}",
        lambda t: "\N{SNOWMAN}" + t,
    ],
    ids=["empty", "word", "four parts", "signature", "alg none", "other payload", "not ASCII"],
)
def test_what_is_no_signature_is_refused(spoil: Callable[[str], str]) -> None:
    """Whatever is done to a good token, it is not signed any more; never an unforeseen error."""
    key = es256()
    assert refused(spoil(sign(key, CLAIMS)), key) == "leveringsbewijs.handtekening"


@pytest.mark.parametrize(
    "text", [b"", b"[1]", b"{", b"null", b"\xff"], ids=["empty", "list", "half", "null", "bytes"]
)
def test_a_signed_text_that_is_no_object_is_refused(text: bytes) -> None:
    """A good signature over anything else than a JSON object is a fault, never an unforeseen error."""
    key = es256()
    assert refused(signed_text(key, text), key) == "leveringsbewijs.inhoud"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        (CLAIMS | {"leveringId": CANARY}, "anders"),
        (CLAIMS | {"inhoudHash": DIGEST}, "anders"),
        (CLAIMS | {"inhoudHash": f"sha256:{DIGEST}\n"}, "anders"),
        (CLAIMS | {"inhoudHash": f"sha256:{DIGEST.upper()}"}, "anders"),
        (CLAIMS | {"inhoudHash": None}, "anders"),
        (CLAIMS | {"extra": CANARY}, "inhoud"),
        (CLAIMS | {"soort": "ontvangstbewijs"}, "inhoud"),
        ({n: v for n, v in CLAIMS.items() if n != "ontvangenOp"}, "inhoud"),
    ],
    ids=[
        "other levering",
        "no algorithm",
        "line end",
        "upper case",
        "no hash",
        "one more",
        "other kind",
        "one less",
    ],
)
def test_only_the_four_asked_for_are_signed(claims: dict[str, object], code: str) -> None:
    """A good signature over something else is refused with its own code."""
    key = es256()
    assert refused(sign(key, claims), key) == f"leveringsbewijs.{code}"
