"""The token endpoint over HTTP: who gets a token, and everybody who must not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.stores.memory import MemoryStorage
from adapters.stores.sqlite.store import SqliteStorage
from gateway.identity.tokens import LEEWAY_SECONDS
from schemas.people.partij import Scope
from tests.callers import (
    CANARY,
    ISSUER,
    TOKEN_URL,
    FictionalClient,
    World,
    ed25519,
    es256,
    public_jwk,
    sign,
    world,
)


@pytest.fixture
def here() -> Iterator[World]:
    with world(MemoryStorage()) as made:
        yield made


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    return f"{b64(header)}.{b64(claims)}.{signature}"


def hs256_with_public_key(client: FictionalClient) -> str:
    """By hand: the library refuses to make this one."""
    pem = client.keys[0].as_pem(private=False)
    text = f"{b64({'alg': 'HS256', 'kid': 'es-1'})}.{b64(client.claims())}"
    mac = hmac.new(pem, text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def swapped_alg(client: FictionalClient) -> str:
    """Signed by the Ed25519 key, but naming the kid of the EC key."""
    return sign(client.keys[1], client.claims(), kid="es-1")


BAD: dict[str, Callable[[FictionalClient], str]] = {
    "expired": lambda c: c.assertion(exp=int(time.time()) - LEEWAY_SECONDS - 1),
    "expiry too far": lambda c: c.assertion(exp=int(time.time()) + 300 + LEEWAY_SECONDS + 2),
    "no expiry": lambda c: c.assertion(exp=None),
    "expiry is text": lambda c: c.assertion(exp=CANARY),
    "expiry is no number": lambda c: c.assertion(exp=float("nan")),
    "expiry never": lambda c: c.assertion(exp=float("inf")),
    "expiry huge": lambda c: c.assertion(exp=10**300),
    "issued in the future": lambda c: c.assertion(iat=int(time.time()) + LEEWAY_SECONDS + 5),
    "issued after it expires": lambda c: c.assertion(iat=int(time.time()) + 20, exp=int(time.time()) + 10),
    "not yet valid": lambda c: c.assertion(nbf=int(time.time()) + LEEWAY_SECONDS + 5),
    "wrong audience": lambda c: c.assertion(aud=f"https://{CANARY}.example"),
    "audience of two": lambda c: c.assertion(aud=[TOKEN_URL, "https://ergens.example"]),
    "audience is a number": lambda c: c.assertion(aud=7),
    "no audience": lambda c: c.assertion(aud=None),
    "wrong issuer": lambda c: c.assertion(iss=CANARY),
    "no issuer": lambda c: c.assertion(iss=None),
    "no subject": lambda c: c.assertion(sub=None),
    "subject is a list": lambda c: c.assertion(sub=[CANARY]),
    "unknown client": lambda c: c.assertion(iss=CANARY, sub=CANARY),
    "no jti": lambda c: c.assertion(jti=None),
    "jti is a number": lambda c: c.assertion(jti=4711),
    "jti is endless": lambda c: c.assertion(jti=CANARY * 100),
    "alg none": lambda c: by_hand({"alg": "none", "kid": "es-1"}, c.claims()),
    "alg unknown": lambda c: by_hand({"alg": CANARY, "kid": "es-1"}, c.claims(), "AAAA"),
    "alg is a number": lambda c: by_hand({"alg": 5, "kid": "es-1"}, c.claims(), "AAAA"),
    "HS256 with the public key": hs256_with_public_key,
    "alg of another key": swapped_alg,
    "key of somebody else": lambda c: sign(es256("es-1"), c.claims()),
    "unknown kid": lambda c: sign(c.keys[0], c.claims(), kid=CANARY),
    "no kid": lambda c: sign(c.keys[0], c.claims(), kid=None),
    "kid is a list": lambda c: by_hand({"alg": "ES256", "kid": [CANARY]}, c.claims(), "AAAA"),
    "key in the header": lambda c: sign(k := es256("es-1"), c.claims(), jwk=public_jwk(k)),
    "critical header": lambda c: sign(c.keys[0], c.claims(), crit=["b64"], b64=False),
    "typed as access token": lambda c: sign(c.keys[0], c.claims(), typ="at+jwt"),
    "not a token": lambda c: CANARY,
    "three empty parts": lambda c: "..",
    "payload is a list": lambda c: f"{b64({'alg': 'ES256'})}.{b64([CANARY])}.AAAA",
    "payload nested deeply": lambda c: f"{b64({'alg': 'ES256'})}.{'W1tb' * 3_000}.AAAA",
    "header is a list": lambda c: f"{b64([CANARY])}.{b64({})}.AAAA",
    "critical is no list": lambda c: by_hand(
        {"alg": "ES256", "kid": "es-1", "crit": True}, c.claims(), "AAAA"
    ),
    "bytes that are no text": lambda c: f"{b64({'alg': 'ES256'})}._____w.AAAA",
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_assertion_gets_no_token(here: World, name: str) -> None:
    """Whatever is wrong with the proof, the answer is the same invalid_client and repeats nothing."""
    answer = here.post_token(BAD[name](here.client))
    reference = here.post_token("x.y.z")
    assert answer.status_code == 401
    assert answer.content == reference.content
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert CANARY not in answer.text + str(answer.headers)
    assert CANARY not in here.logged.getvalue().decode()
    assert here.get(here.token()).status_code == 200, "a good assertion still works after it"


@pytest.mark.parametrize("which", [0, 1])
def test_a_good_assertion_gets_a_short_token(here: World, which: int) -> None:
    """ES256 and Ed25519 both work, for ten minutes, with all scopes when none is asked."""
    answer = here.post_token(here.client.assertion(here.client.keys[which]))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["scope"] == "uitwisselingen:verzenden uitwisselingen:lezen"
    assert "refresh_token" not in body
    assert answer.headers["cache-control"] == "no-store"
    assert here.get(body["access_token"]).json() == {"client": "lvs-de-kring", "partij": "brin:99XX00"}


def test_the_old_name_of_ed25519_still_works(here: World) -> None:
    """Many libraries still write EdDSA for what RFC 9864 calls Ed25519."""
    key = here.client.keys[1]
    assert here.post_token(sign(key, here.client.claims(), alg="EdDSA")).status_code == 200


@pytest.mark.parametrize("audience", [TOKEN_URL, ISSUER, [TOKEN_URL]])
def test_the_audience_may_be_the_endpoint_or_the_issuer(here: World, audience: object) -> None:
    """RFC 7523 lets a client name the authorization server either way."""
    assert here.post_token(here.client.assertion(aud=audience)).status_code == 200


def test_clocks_may_differ_a_little(here: World) -> None:
    """A clock that is half a minute off is no reason for refusal."""
    now = int(time.time())
    assert here.post_token(here.client.assertion(iat=now + 20, exp=now + 320)).status_code == 200
    assert here.post_token(here.client.assertion(iat=now - 80, exp=now - 20)).status_code == 200


def test_a_jti_works_once(here: World) -> None:
    """The same assertion sent twice gets one token, and the same jti in another assertion gets none."""
    assertion = here.client.assertion(jti="eenmalig")
    assert here.post_token(assertion).status_code == 200
    assert here.post_token(assertion).json()["error"] == "invalid_client"
    assert here.post_token(here.client.assertion(jti="eenmalig")).json()["error"] == "invalid_client"


def test_a_jti_works_once_also_after_a_restart(tmp_path: Path) -> None:
    """A replay is refused by a gateway that was started after the first use."""
    client = FictionalClient()
    assertion = client.assertion()
    with world(SqliteStorage.open(tmp_path / "ozlijn.db"), client) as before:
        assert before.post_token(assertion).status_code == 200
    with world(SqliteStorage.open(tmp_path / "ozlijn.db"), client) as after:
        assert after.post_token(assertion).status_code == 401
        assert after.post_token(client.assertion()).status_code == 200


def test_a_jti_is_not_spent_by_somebody_else(here: World) -> None:
    """A forged assertion with a guessed jti does not make the true one fail."""
    claims = here.client.claims()
    assert here.post_token(sign(es256("es-1"), claims)).status_code == 401
    assert here.post_token(sign(here.client.keys[0], claims)).status_code == 200


def test_scopes_are_at_most_those_of_the_client(here: World) -> None:
    """Asking less gives less; asking more, or nonsense, is refused."""
    less = here.post_token(here.client.assertion(), scope=Scope.LEZEN.value)
    assert less.json()["scope"] == "uitwisselingen:lezen"
    for asked in (f"{Scope.LEZEN.value} {Scope.POSTBUS.value}", CANARY):
        refused = here.post_token(here.client.assertion(), scope=asked)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
        assert CANARY not in refused.text


def test_a_refusal_is_oauth_and_problem_in_one(here: World) -> None:
    """RFC 6749 clients read `error`, everybody else the problem members; both stand in every refusal."""
    answer = here.post_token(here.client.assertion(), grant_type=CANARY)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["error"] == "unsupported_grant_type"
    assert body["type"].startswith("https://ozlijn.nl/problemen/token-")
    assert {"title", "status", "detail", "error_description"} <= body.keys()
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_request"),
        (b"grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        (b"grant_type=client_credentials&\xff", "invalid_request"),
        (b"grant_type=client_credentials&x=%ff", "invalid_request"),
        (b"&".join(b"a%d=1" % n for n in range(30)), "invalid_request"),
        (b"grant_type=client_credentials", "invalid_client"),
        (b"grant_type=client_credentials&client_id=lvs-de-kring&client_secret=x", "invalid_client"),
        (b"grant_type=password&username=a&password=b", "unsupported_grant_type"),
        (b"scope=a", "invalid_request"),
    ],
)
def test_a_bad_form_is_named(here: World, body: bytes, error: str) -> None:
    """A form that cannot be read, or asks for another way in, is refused with its code."""
    answer = here.http.post(
        "/v1/token", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.json()["error"] == error


def test_another_client_id_beside_the_assertion_is_refused(here: World) -> None:
    """A client_id in the form must be that of the assertion."""
    assert here.post_token(here.client.assertion(), client_id="lvs-de-kring").status_code == 200
    assert here.post_token(here.client.assertion(), client_id="iemand-anders").status_code == 401


def test_parameters_in_the_address_are_refused(here: World) -> None:
    """What stands in an address ends up in logs, so an assertion there is not even read."""
    answer = here.http.post(f"/v1/token?client_assertion={CANARY}", data={"grant_type": "client_credentials"})
    assert answer.json()["error"] == "invalid_request"
    assert CANARY not in answer.text + here.logged.getvalue().decode()


def test_other_media_types_and_large_forms_are_refused(here: World) -> None:
    """Only a form, and only a small one."""
    assert here.http.post("/v1/token", json={}).status_code == 415
    assert here.post_token("x" * 30_000).status_code == 413


def test_a_removed_client_gets_nothing_from_then_on(here: World) -> None:
    """Taking a client's key out of the register ends new tokens at once."""
    old = here.client.keys[0]
    here.client.keys = [ed25519("ed-2")]
    here.apply(here.client.register())
    assert here.post_token(here.client.assertion(old)).status_code == 401
    assert here.post_token(here.client.assertion()).status_code == 200


def test_moving_the_clock_of_the_machine_ends_an_assertion(here: World) -> None:
    """Expiry is measured on the real clock at the moment of use."""
    assertion = here.client.assertion()
    with time_machine.travel(time.time() + 120, tick=True):
        assert here.post_token(assertion).status_code == 401


def test_the_log_names_the_client_and_never_the_token(here: World) -> None:
    """An issued token leaves its client and scopes in the log, not itself."""
    token = here.token()
    text = here.logged.getvalue().decode()
    assert any(line["event"] == "token.issued" for line in here.log_lines())
    assert token not in text
    assert token.rsplit(".", 1)[1] not in text


REASONS = {
    "expired": "claims",
    "expiry too far": "time",
    "wrong audience": "claims",
    "audience of two": "claims",
    "unknown client": "unknown_client",
    "no jti": "jti",
    "alg of another key": "signature",
    "key of somebody else": "signature",
    "unknown kid": "unknown_key",
    "typed as access token": "typ",
    "not a token": "unreadable",
}


@pytest.mark.parametrize("name", list(REASONS))
def test_the_log_says_which_check_refused_whom(here: World, name: str) -> None:
    """A maker who asks why gets an answer from who runs the gateway; nothing that was sent is in it."""
    assert here.post_token(BAD[name](here.client)).status_code == 401
    (refused,) = [line for line in here.log_lines() if line["event"] == "token.refused"]
    known = name not in {"unknown client", "not a token"}
    assert (refused["reason"], refused["client"]) == (REASONS[name], here.client.client_id if known else None)
    assert CANARY not in here.logged.getvalue().decode()


def test_the_log_names_who_asks_too_much_or_twice(here: World) -> None:
    """A used assertion, and a scope the client does not have."""
    again = here.client.assertion()
    here.post_token(again)
    here.post_token(again)
    here.post_token(here.client.assertion(), scope="beheer:lezen")
    refused = [line for line in here.log_lines() if line["event"] == "token.refused"]
    assert [(r["error"], r["reason"]) for r in refused] == [
        ("invalid_client", "jti_used"),
        ("invalid_scope", "form"),
    ]
    assert {r["client"] for r in refused} == {here.client.client_id}


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@settings(max_examples=60)
@given(
    header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "zip", "jwk", "x5c"]), ODD),
    claims=st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "jti"]), ODD),
    signature=st.sampled_from(["", "A", "AAAA", "!!", "\u00e9"]),
)
def test_no_assertion_is_too_odd(
    header: dict[str, Any], claims: dict[str, Any], signature: str, odd_world: World
) -> None:
    """Headers and claims of any type, signed by nobody or by the client itself, never give a 500."""
    client = odd_world.client
    good = {"alg": "ES256", "kid": "es-1"}
    forged = by_hand({**good, **header}, {**client.claims(), **claims}, signature)
    assert odd_world.post_token(forged).status_code == 401
    signed = sign(client.keys[0], {**client.claims(), **claims})
    assert odd_world.post_token(signed).status_code in (200, 401)


@pytest.fixture(scope="module")
def odd_world() -> Iterator[World]:
    """One for all examples: nothing in it is changed by a refusal."""
    with world(MemoryStorage()) as made:
        yield made
