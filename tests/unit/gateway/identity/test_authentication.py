"""Access tokens at the door: what is let in, what is not, and for how long it is remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from joserfc.jwk import ECKey, OKPKey

from adapters.stores.memory import MemoryStorage
from gateway.identity import tokens as authentication
from gateway.register.partijen import Partijen
from schemas.errors import RecordUnavailable
from schemas.people.partij import Scope
from schemas.storage.storage import Register
from tests.callers import CANARY, ISSUER, FictionalClient, OwnKey, World, ed25519, es256, sign, world


@pytest.fixture(params=["Ed25519", "ES256"])
def here(request: pytest.FixtureRequest) -> Iterator[World]:
    """Once with each kind of token key."""
    own = OwnKey(ed25519("gateway")) if request.param == "Ed25519" else OwnKey(es256("gateway"))
    with world(MemoryStorage(), own_key=own) as made:
        yield made


def claims(client: FictionalClient, **other: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": client.client_id,
        "client_id": client.client_id,
        "scope": "uitwisselingen:lezen",
        "iat": now,
        "exp": now + 600,
        "jti": "een-token",
        "client_jkt": client.keys[0].thumbprint(),
    }
    return {name: value for name, value in {**good, **other}.items() if value is not None}


def own(here: World, **other: Any) -> str:
    return sign(here.own_key.key, claims(here.client, **other), typ="at+jwt", kid=None)


def _same_kind(here: World) -> ECKey | OKPKey:
    return es256() if isinstance(here.own_key.key, ECKey) else ed25519()


def tampered(here: World) -> str:
    """Another scope under the same signature."""
    head, _, signature = own(here).split(".")
    return f"{head}.{own(here, scope='postbus:lezen').split('.')[1]}.{signature}"


BAD: dict[str, Callable[[World], str]] = {
    "expired": lambda w: own(w, exp=int(time.time()) - 1),
    "wrong issuer": lambda w: own(w, iss=f"https://{CANARY}"),
    "wrong audience": lambda w: own(w, aud=f"https://{CANARY}"),
    "unknown client": lambda w: own(w, client_id=CANARY, sub=CANARY),
    "subject is another": lambda w: own(w, sub=CANARY),
    "key no longer registered": lambda w: own(w, client_jkt="A" * 43),
    "no key named": lambda w: own(w, client_jkt=None),
    "signed by another gateway": lambda w: sign(_same_kind(w), claims(w.client), typ="at+jwt", kid=None),
    "signed by the client itself": lambda w: sign(w.client.keys[0], claims(w.client), typ="at+jwt"),
    "an ordinary JWT": lambda w: sign(w.own_key.key, claims(w.client), typ="JWT", kid=None),
    "a client assertion": lambda w: w.client.assertion(),
    "tampered": tampered,
    "cut off": lambda w: own(w)[:-5],
    "nothing": lambda w: "",
    "not a token": lambda w: CANARY,
    "endless": lambda w: "x" * 5_000,
}


@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_access_token_is_refused(here: World, name: str) -> None:
    """Whatever is wrong with it, the answer is the same 401 and repeats nothing."""
    answer = here.get(BAD[name](here))
    assert answer.status_code == 401
    assert answer.content == here.get(None).content
    assert answer.headers["www-authenticate"] == 'Bearer realm="ozlijn"'
    assert CANARY not in answer.text + str(answer.headers) + here.logged.getvalue().decode()


def test_the_token_made_by_hand_here_is_good(here: World) -> None:
    """The bad ones above each differ in one thing from a token that works."""
    assert here.get(own(here)).status_code == 200


def test_an_access_token_is_no_client_assertion(here: World) -> None:
    """A token of ours does not get another token."""
    assert here.post_token(here.token()).status_code == 401


def test_only_the_header_counts(here: World) -> None:
    """A token in the address or beside a second header is refused, however good it is."""
    token = here.token()
    assert here.get(None, f"/v1/wie?access_token={token}").status_code == 401
    assert here.get(token, f"/v1/wie?access_token={token}").status_code == 401
    twice = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert here.http.get("/v1/wie", headers=twice).status_code == 401
    assert here.http.get("/v1/wie", headers={"Authorization": f"Basic {token}"}).status_code == 401
    assert here.http.get("/v1/wie", headers={"Authorization": f"bearer {token}"}).status_code == 200
    assert token not in here.logged.getvalue().decode()


def test_a_missing_scope_is_403(here: World) -> None:
    """Known, but not for this: another answer than unknown."""
    answer = here.get(here.token(), "/v1/postbus")
    assert (answer.status_code, answer.json()["title"]) == (403, "Niet bevoegd")
    only_sending = here.token(scope=Scope.VERZENDEN.value)
    assert here.get(only_sending).status_code == 403


def test_a_remembered_token_still_expires(here: World) -> None:
    """The cache never makes a token live longer."""
    token = here.token()
    assert here.get(token).status_code == 200
    with time_machine.travel(time.time() + 601, tick=True):
        assert here.get(token).status_code == 401


def test_a_token_is_verified_once(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request with a token costs no signature check."""
    token = here.token()
    assert here.get(token).status_code == 200
    monkeypatch.setattr(here.authenticator, "_check", None)
    assert here.get(token).status_code == 200


def test_the_cache_is_bounded(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many tokens push out the oldest, and all of them keep working."""
    monkeypatch.setattr(authentication, "MAX_CACHED", 3)
    tokens = [here.token() for _ in range(5)]
    assert [here.get(token).status_code for token in tokens * 2] == [200] * 10
    assert len(here.authenticator._cache) == 3


def test_a_removed_key_ends_its_tokens_at_once(here: World) -> None:
    """A token got with a key that is taken out of the register stops working, a remembered one too."""
    by_first, by_second = here.token(), here.post_token(here.client.assertion(here.client.keys[1])).json()
    assert here.get(by_first).status_code == 200
    here.client.keys = here.client.keys[1:]
    here.apply(here.client.register())
    assert here.get(by_first).status_code == 401
    assert here.get(by_second["access_token"]).status_code == 200


def test_a_replaced_key_under_the_same_kid_ends_its_tokens(here: World) -> None:
    """It is the key that counts, not its name."""
    token = here.token()
    here.client.keys[0] = es256("es-1")
    here.apply(here.client.register())
    assert here.get(token).status_code == 401


def test_a_removed_client_or_scope_ends_at_once(here: World) -> None:
    """Rights are those of the register now, not those of when the token was given."""
    token = here.token()
    assert here.get(token).status_code == 200
    here.client.scopes = [Scope.VERZENDEN]
    here.apply(here.client.register())
    assert here.get(token).status_code == 403
    here.client.client_id = "een-ander"
    here.apply(here.client.register())
    assert here.get(token).status_code == 401


def test_the_register_is_parsed_once_per_version(here: World) -> None:
    """Requests between two changes of the register share what was parsed, and see a change at once."""
    assert here.http.portal is not None
    reader = here.authenticator.partijen
    first = here.http.portal.call(reader.current)
    assert here.http.portal.call(reader.current) is first
    here.apply(here.client.register())
    second = here.http.portal.call(reader.current)
    assert second is not first
    assert second.version > first.version
    assert second.by_id["brin:99XX00"].naam == "De Kring (fictief)"


def test_a_register_that_cannot_be_read_is_our_fault() -> None:
    """What `ozlijn apply` would never have stored is not blamed on the caller."""
    with pytest.raises(RecordUnavailable):
        Partijen.parse(Register(1, {"x": "{}"}))


def test_a_stored_key_that_is_no_point_is_our_fault() -> None:
    """Coordinates of the right length may still be off the curve."""
    client = FictionalClient()
    text = client.register().partijen[client.partij]
    y = client.keys[0].as_dict(private=False)["y"]
    with pytest.raises(RecordUnavailable):
        Partijen.parse(Register(1, {"x": text.replace(str(y), "A" * 43)}))
