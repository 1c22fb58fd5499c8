"""What an issuer says is held to what was asked of it: keys, algorithms, claims, level and age."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from adapters.local.clock import MovableClock
from gateway.identity.oidc import Geweigerd, Inloggen, Login
from schemas.errors import IssuerUnavailable
from schemas.people.mensen import Betrouwbaarheid, Clientbewijs, Eis, Handeling, Niveau, Uitgever

ISSUER: Final = "https://uitgever.example"
US: Final = "https://lijn.example"
NOW: Final = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
READ: Final = Eis(handeling=Handeling.LEZEN, niveau=Niveau.LAAG)
FRESH: Final = Eis(handeling=Handeling.TOESTEMMEN, niveau=Niveau.SUBSTANTIEEL, vers_minuten=5)
OWN: Final = {str(k): str(v) for k, v in ECKey.generate_key("P-256").as_dict(private=True).items()}
BY: Final = Uitgever(
    id="uitgever",
    naam="Uitgever",
    issuer=ISSUER,
    client_id="ozlijn",
    betrouwbaarheid=(
        Betrouwbaarheid(acr="ww", niveau=Niveau.LAAG),
        Betrouwbaarheid(acr="sms", niveau=Niveau.SUBSTANTIEEL),
    ),
)


@dataclass
class Line:
    """An issuer as it is reached: what it answers can be changed, and what was asked is kept."""

    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "rs-1"}))
    metadata: dict[str, Any] = field(default_factory=dict)
    token: Any = None
    asked: list[str] = field(default_factory=list)
    proof: Clientbewijs | None = None

    async def lees(self, url: str) -> Mapping[str, Any]:
        self.asked.append(url)
        if url.endswith("/.well-known/openid-configuration"):
            good = {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/inloggen",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/sleutels",
                "authorization_response_iss_parameter_supported": True,
            }
            return good | self.metadata
        return {"keys": [self.key.as_dict(private=False) | {"use": "sig"}]}

    async def wissel(
        self, url: str, bewijs: Clientbewijs, *, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        self.proof = bewijs
        return {"id_token": self.token, "access_token": "toegang"}

    def geheim(self, uitgever: str) -> str | None:
        return None


@dataclass
class Scene:
    line: Line = field(default_factory=Line)
    clock: MovableClock = field(default_factory=MovableClock)

    def __post_init__(self) -> None:
        self.clock.move_to(NOW)
        self.us = Inloggen(self.line, OWN, US, self.clock)

    def claims(self, **other: Any) -> dict[str, Any]:
        now = int(self.clock.now().timestamp())
        good = {
            "iss": ISSUER,
            "sub": "a-b-c",
            "aud": "ozlijn",
            "iat": now,
            "exp": now + 60,
            "nonce": "n" * 43,
            "acr": "sms",
            "auth_time": now,
            "name": "Iris  Verzonnen",
        }
        return {k: v for k, v in {**good, **other}.items() if v is not None}

    def sign(self, claims: dict[str, Any], key: Any = None, alg: str = "RS256", **header: Any) -> str:
        key = key or self.line.key
        return jwt.encode({"alg": alg, "kid": "rs-1", "typ": "JWT", **header}, claims, key, algorithms=[alg])

    def come_back(self, token: Any, eis: Eis = READ, uitgever: Uitgever = BY, **answer: str) -> Login:
        self.line.token = token
        given = {"code": "code", "state": "s", "iss": ISSUER} | answer
        return asyncio.run(self.us.terug(uitgever, given, "n" * 43, "v" * 43, eis))

    def refused(self, token: Any, **more: Any) -> str:
        with pytest.raises(Geweigerd) as found:
            self.come_back(token, **more)
        return found.value.reason


def test_who_signs_in_is_who_the_issuer_says() -> None:
    scene = Scene()
    login = scene.come_back(scene.sign(scene.claims(sid="s-1")))
    assert (login.sub, login.naam, login.niveau) == ("a-b-c", "Iris Verzonnen", Niveau.SUBSTANTIEEL)
    assert (login.op, login.sid) == (NOW, "s-1")
    assert "a-b-c" not in repr(login)
    assert scene.line.proof is not None
    assert scene.line.proof.sleutel == OWN


def test_what_is_asked_is_bound_to_this_login() -> None:
    """PKCE by S256, a nonce, the levels that are enough, and an address of this issuer alone."""
    scene = Scene()
    begun = asyncio.run(scene.us.begin(BY, FRESH))
    asked = {k: v[0] for k, v in parse_qs(urlsplit(begun.url).query).items()}
    digest = hashlib.sha256(begun.verifier.encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert asked["code_challenge_method"] == "S256"
    assert (asked["state"], asked["nonce"]) == (begun.state, begun.nonce)
    assert (asked["acr_values"], asked["prompt"], asked["max_age"]) == ("sms", "login", "0")
    assert asked["redirect_uri"] == f"{US}/aanmelden/terug/uitgever"
    other = asyncio.run(scene.us.begin(BY, READ))
    assert len({begun.state, begun.nonce, begun.verifier, other.state, other.nonce, other.verifier}) == 6
    assert "prompt" not in other.url
    high = Eis(handeling=Handeling.LEZEN, niveau=Niveau.HOOG)
    with pytest.raises(Geweigerd, match="niveau"):
        asyncio.run(scene.us.begin(BY, high))


CLAIMS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "another issuer": ({"iss": "https://elders.example"}, "iss"),
    "no issuer": ({"iss": None}, "iss"),
    "for another": ({"aud": "ander"}, "azp"),
    "for another, made for us": ({"aud": "ander", "azp": "ozlijn"}, "aud"),
    "for many without azp": ({"aud": ["ozlijn", "ander"]}, "azp"),
    "for many, made for another": ({"aud": ["ozlijn", "ander"], "azp": "ander"}, "azp"),
    "made for another": ({"azp": "ander"}, "azp"),
    "another nonce": ({"nonce": "x" * 43}, "nonce"),
    "no nonce": ({"nonce": None}, "nonce"),
    "over": ({"exp": int(NOW.timestamp()) - 31}, "exp"),
    "no end": ({"exp": None}, "exp"),
    "of the future": ({"iat": int(NOW.timestamp()) + 31}, "iat"),
    "of long ago": ({"iat": int(NOW.timestamp()) - 601}, "iat"),
    "nobody": ({"sub": None}, "sub"),
    "an empty name": ({"sub": ""}, "sub"),
    "an endless name": ({"sub": "x" * 256}, "sub"),
    "no level": ({"acr": None}, "niveau"),
    "an unknown level": ({"acr": "zelf bedacht"}, "niveau"),
    "the token of another": ({"at_hash": "xxxx"}, "at_hash"),
    "a name that is a number": ({"sub": 7}, "sub"),
    "a name that is a list": ({"sub": ["a"]}, "sub"),
    "a name with a line in it": ({"sub": "a\nb"}, "sub"),
    "a moment that is true": ({"iat": True}, "iat"),
    "a moment that is text": ({"iat": "nu"}, "iat"),
    "an end before its beginning": ({"exp": int(NOW.timestamp()), "iat": int(NOW.timestamp()) + 10}, "exp"),
    "a login before there was time": ({"auth_time": -1}, "auth_time"),
    "a login that is text": ({"auth_time": "gisteren"}, "auth_time"),
    "a login that is no number": ({"auth_time": float("nan")}, "auth_time"),
    "a login without end": ({"auth_time": float("inf")}, "auth_time"),
    "a login of far ahead": ({"auth_time": 10**18}, "auth_time"),
    "a level that is a list": ({"acr": ["sms"]}, "niveau"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_that_does_not_fit_is_refused(name: str) -> None:
    change, reason = CLAIMS[name]
    scene = Scene()
    assert scene.refused(scene.sign(scene.claims(**change))) == reason


def test_a_fresh_login_is_one_of_a_moment_ago() -> None:
    """With what is asked for it: level, and when he really proved who he is."""
    scene = Scene()
    then = int(NOW.timestamp()) - 5 * 60
    assert scene.come_back(scene.sign(scene.claims(auth_time=then)), eis=FRESH).op.timestamp() == then
    for change in ({"auth_time": then - 31}, {"auth_time": None}, {"auth_time": int(NOW.timestamp()) + 31}):
        assert scene.refused(scene.sign(scene.claims(**change)), eis=FRESH) == "auth_time"
    assert scene.refused(scene.sign(scene.claims(acr="ww")), eis=FRESH) == "niveau"
    assert scene.come_back(scene.sign(scene.claims(auth_time=None))).op.year == 1970


def test_only_a_signature_of_the_issuer_counts() -> None:
    """No algorithm at all, a shared secret made of its public key, a key of somebody else, another kind of
    token.
    """
    scene = Scene()
    claims = scene.claims()

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    unsigned = f"{part({'alg': 'none', 'kid': 'rs-1'})}.{part(claims)}."
    assert scene.refused(unsigned) == "algoritme"
    head = f"{part({'alg': 'HS256', 'kid': 'rs-1', 'typ': 'JWT'})}.{part(claims)}"
    made = hmac.new(scene.line.key.as_pem(private=False), head.encode(), "sha256").digest()
    confused = f"{head}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"
    assert scene.refused(confused) == "algoritme"
    stranger = RSAKey.generate_key(2048, {"kid": "rs-1"})
    assert scene.refused(scene.sign(claims, stranger)) == "handtekening"
    assert scene.refused(scene.sign(claims, typ="at+jwt")) == "typ"
    assert scene.refused(scene.sign(claims, typ="logout+jwt")) == "typ"
    # A key that the token brings itself is no key, and neither is one at an address that it names.
    own = RSAKey.generate_key(2048, {"kid": "mee"})
    brought: dict[str, Any] = {"jwk": own.as_dict(private=False), "kid": "mee"}
    assert scene.refused(scene.sign(claims, own, **brought)) in ("onleesbaar", "handtekening")
    away: dict[str, Any] = {"kid": "mee", "jku": "https://elders.example/sleutels"}
    assert scene.refused(scene.sign(claims, own, **away)) in ("onleesbaar", "handtekening")
    assert not [url for url in scene.line.asked if "elders" in url]
    assert scene.refused("x.y.z") == "onleesbaar"
    assert scene.refused("x" * 30_000) == "onleesbaar"
    assert scene.refused(None) == "geen_id_token"


def test_an_answer_of_another_issuer_is_refused_before_anything_is_asked() -> None:
    """RFC 9207: who says that he tells who he is, must."""
    scene = Scene()
    good = scene.sign(scene.claims())
    assert scene.refused(good, iss="https://elders.example") == "andere_uitgever"
    scene.line.token = good
    with pytest.raises(Geweigerd, match="andere_uitgever"):
        asyncio.run(scene.us.terug(BY, {"code": "c"}, "n" * 43, "v", READ))
    assert scene.line.proof is None
    older = Scene(Line(metadata={"authorization_response_iss_parameter_supported": False}))
    older.line.token = older.sign(older.claims())
    assert asyncio.run(older.us.terug(BY, {"code": "c"}, "n" * 43, "v", READ)).sub == "a-b-c"


@pytest.mark.parametrize(
    "change",
    [
        {"token_endpoint": "http://uitgever.example/token"},
        {"token_endpoint": "http://127.0.0.1:9/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_an_issuer_that_would_send_us_elsewhere_is_not_used(change: dict[str, Any]) -> None:
    """Over plain http, to our own machine, or to what is no address."""
    scene = Scene(Line(metadata=change))
    with pytest.raises(IssuerUnavailable):
        asyncio.run(scene.us.begin(BY, READ))


@pytest.mark.parametrize("methods", [["plain"], [], "S256"])
def test_an_issuer_that_leaves_out_what_binds_a_code_is_refused(methods: Any) -> None:
    """PKCE downgrade: one that says it takes no S256. Who says nothing is asked with S256 all the same."""
    scene = Scene(Line(metadata={"code_challenge_methods_supported": methods}))
    with pytest.raises(Geweigerd, match="pkce"):
        asyncio.run(scene.us.begin(BY, READ))
    good = Scene(Line(metadata={"code_challenge_methods_supported": ["plain", "S256"]}))
    assert "code_challenge_method=S256" in asyncio.run(good.us.begin(BY, READ)).url


@pytest.mark.parametrize(
    ("there", "goes"),
    [
        (f"{ISSUER}/uitloggen", True),
        ("http://uitgever.example/uitloggen", False),
        ("http://127.0.0.1:9/uitloggen", False),
        ("javascript:alert(1)", False),
        (["https://uitgever.example"], False),
        (None, False),
    ],
)
def test_the_way_out_names_us_and_nobody(there: Any, *, goes: bool) -> None:
    """RP-Initiated Logout: our client and where to come back, no token and no name; and only over TLS."""
    scene = Scene(Line(metadata={"end_session_endpoint": there}))
    found = asyncio.run(scene.us.afmeldadres(BY))
    if not goes:
        assert found is None
        return
    assert found is not None
    asked = {k: v[0] for k, v in parse_qs(urlsplit(found).query).items()}
    assert asked == {"client_id": "ozlijn", "post_logout_redirect_uri": f"{US}/afgemeld"}


def test_an_issuer_that_says_it_is_another_is_refused() -> None:
    scene = Scene(Line(metadata={"issuer": "https://elders.example"}))
    with pytest.raises(Geweigerd, match="andere_uitgever"):
        asyncio.run(scene.us.begin(BY, READ))


def test_a_new_key_is_fetched_and_nobody_makes_us_ask_without_end() -> None:
    """Rotation: with the first token under a key that is not known; and then not again at once."""
    scene = Scene()
    scene.come_back(scene.sign(scene.claims()))
    fetched = scene.line.asked.count(f"{ISSUER}/sleutels")
    scene.come_back(scene.sign(scene.claims()))
    assert scene.line.asked.count(f"{ISSUER}/sleutels") == fetched == 1
    scene.line.key = RSAKey.generate_key(2048, {"kid": "rs-2"})
    token = scene.sign(scene.claims(), kid="rs-2")
    assert scene.refused(token) == "handtekening"
    assert scene.line.asked.count(f"{ISSUER}/sleutels") == 1
    scene.clock.advance(dt.timedelta(seconds=30))
    assert scene.come_back(scene.sign(scene.claims(), kid="rs-2")).sub == "a-b-c"
    assert scene.line.asked.count(f"{ISSUER}/sleutels") == 2
    for _ in range(5):
        assert scene.refused(scene.sign(scene.claims(), kid="rs-99")) == "handtekening"
    assert scene.line.asked.count(f"{ISSUER}/sleutels") == 2


def test_a_name_is_one_line_of_text() -> None:
    scene = Scene()
    for given, shown in (
        ({"name": None, "given_name": "Iris", "family_name": "Verzonnen"}, "Iris Verzonnen"),
        ({"name": "x" * 500}, "x" * 120),
        ({"name": "a\u202eb"}, "naam onbekend"),
        ({"name": 7}, "naam onbekend"),
    ):
        assert scene.come_back(scene.sign(scene.claims(**given))).naam == shown


LOGOUT: Final[dict[str, Any]] = {"http://schemas.openid.net/event/backchannel-logout": {}}


@pytest.mark.parametrize(
    "change",
    [
        {"events": None},
        {"events": {"iets anders": {}}},
        {"nonce": "x"},
        {"aud": "ander"},
        {"iss": "https://elders.example"},
        {"jti": None},
        {"sub": None},
        {"iat": int(NOW.timestamp()) - 601},
        {"exp": None},
        {"exp": int(NOW.timestamp()) - 31},
        {"exp": "morgen"},
        {"iat": True},
        {"jti": ""},
        {"sid": 7, "sub": None},
        {"events": LOGOUT | {"http://schemas.openid.net/event/backchannel-logout": "ja"}},
    ],
)
def test_an_issuer_ends_a_session_only_with_a_token_for_that(change: dict[str, Any]) -> None:
    scene = Scene()
    now = int(NOW.timestamp())
    good = {"iss": ISSUER, "aud": "ozlijn", "sub": "a-b-c", "iat": now, "exp": now + 60, "jti": "j"}
    good |= {"events": LOGOUT}
    sub, sid, jti, until = asyncio.run(scene.us.uitgelogd(BY, scene.sign(good, typ="logout+jwt")))
    assert (sub, sid, jti) == ("a-b-c", None, "j")
    assert until > now
    bad = {k: v for k, v in {**good, **change}.items() if v is not None}
    with pytest.raises(Geweigerd, match="logout_token"):
        asyncio.run(scene.us.uitgelogd(BY, scene.sign(bad, typ="logout+jwt")))
