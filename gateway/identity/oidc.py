"""People prove who they are at an issuer: OpenID Connect, authorization code with PKCE, as a relying party.

By OpenID Connect Core 1.0 and Discovery 1.0, RFC 7636, RFC 9207 and what the NL GOV profile asks on top:
a nonce, the level that is needed (`acr`), proof of ourselves by private_key_jwt, and no algorithm that a
client could make itself. Authlib makes the request, exchanges the code and checks the claims of the ID Token.
What it leaves open is checked here: whose keys, which algorithms, which issuer answered, how sure and how
fresh.

Time is that of the machine, as for all tokens.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url  # type: ignore[import-untyped]
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from gateway.account.signatures import UNREADABLE
from gateway.ports.clock import Clock
from gateway.ports.uitgevers import Uitgeverslijn
from gateway.runtime.settings import is_loopback
from schemas.errors import IssuerUnavailable
from schemas.people.mensen import Clientbewijs, Eis, Niveau, Uitgever

SCOPE: Final = "openid profile"
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "Ed25519"]
"""Signatures of ID Tokens. Never one with a shared secret: then a client could make them too."""
LEEWAY_SECONDS: Final = 30
"""Allowed difference between an issuer's clock and ours."""
METADATA_LIFE: Final = dt.timedelta(hours=1)
KEYS_LIFE: Final = dt.timedelta(minutes=15)
KEYS_REST: Final = dt.timedelta(seconds=30)
"""Between two times that keys are fetched because a token names one that is not there: whoever sends us
such tokens does not make us ask more often.
"""
MAX_TOKEN: Final = 20_000
MAX_KEYS: Final = 100
MAX_AGE: Final = dt.timedelta(minutes=10)
"""An ID Token was made a moment ago, for this login."""
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
NOBODY_KNOWS: Final = "naam onbekend"
_LONGEST: Final = 255
_LONGEST_NAME: Final = 120
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Geweigerd(Exception):
    """A login that does not hold. The reason is a fixed word for the log; a person reads that it failed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Begonnen:
    """What is remembered of a login on its way, and where the browser goes."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Login:
    """Who signed in, as the issuer says it."""

    uitgever: Uitgever
    sub: str = field(repr=False)
    naam: str = field(repr=False)
    niveau: Niveau
    op: dt.datetime
    """When he proved who he is there; the beginning of time when the issuer does not say it."""
    claims: Mapping[str, Any] = field(repr=False)
    sid: str | None = field(repr=False)
    """The session of the issuer, when it has one that it may end later."""


@dataclass(frozen=True, slots=True)
class _Bekend:
    metadata: Mapping[str, Any]
    op: dt.datetime


@dataclass(frozen=True, slots=True)
class _Sleutels:
    keys: KeySet
    op: dt.datetime


class Inloggen:
    """Logins at all issuers. One per process; safe for concurrent requests."""

    def __init__(self, lijn: Uitgeverslijn, sleutel: Mapping[str, str], adres: str, clock: Clock) -> None:
        """`sleutel` is our private JWK, `adres` our public base address, `clock` that of the machine."""
        self._lijn, self._sleutel, self._adres, self._clock = lijn, sleutel, adres, clock
        self._metadata: dict[str, _Bekend] = {}
        self._keys: dict[str, _Sleutels] = {}

    def terug_url(self, uitgever: Uitgever) -> str:
        """Where this issuer sends people back. Each has an address of its own, so that an answer of one is
        never taken for an answer of another.
        """
        return f"{self._adres}/aanmelden/terug/{uitgever.id}"

    async def begin(self, uitgever: Uitgever, eis: Eis) -> Begonnen:
        """Raises IssuerUnavailable, and Geweigerd when this issuer cannot reach the level that is asked."""
        metadata = await self._metadata_of(uitgever)
        acr = uitgever.acr_values(eis.niveau)
        if not acr:
            raise Geweigerd("niveau")
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        more: dict[str, str] = {"nonce": nonce, "acr_values": " ".join(acr)}
        if eis.vers_minuten is not None:
            more |= {"max_age": "0", "prompt": "login"}
        url = prepare_grant_uri(
            metadata["authorization_endpoint"],
            client_id=uitgever.client_id,
            response_type="code",
            redirect_uri=self.terug_url(uitgever),
            scope=SCOPE,
            state=state,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **more,
        )
        return Begonnen(url, state, nonce, verifier)

    async def terug(
        self, uitgever: Uitgever, antwoord: Mapping[str, str], nonce: str, verifier: str, eis: Eis
    ) -> Login:
        """Who it is, from what the browser brought back. Its state was found by who calls.

        Raises IssuerUnavailable, Geweigerd.
        """
        metadata = await self._metadata_of(uitgever)
        says_who = metadata.get("authorization_response_iss_parameter_supported") is True
        by = antwoord.get("iss")
        if (by is None and says_who) or by not in (None, uitgever.issuer):
            raise Geweigerd("andere_uitgever")
        code = antwoord.get("code", "")
        if "error" in antwoord or not 1 <= len(code) <= _LONGEST * 8:
            raise Geweigerd("afgebroken")
        found = await self._lijn.wissel(
            metadata["token_endpoint"],
            self._bewijs(uitgever),
            code=code,
            verifier=verifier,
            redirect_uri=self.terug_url(uitgever),
        )
        token = found.get("id_token")
        if not isinstance(token, str):
            raise Geweigerd("geen_id_token")
        header, claims = await self._verified(uitgever, metadata, token)
        if header.get("typ") not in (None, "JWT"):
            raise Geweigerd("typ")
        access = found.get("access_token")
        self._check(uitgever, header, claims, nonce, access if isinstance(access, str) else None)
        return self._login(uitgever, claims, eis)

    async def uitgelogd(self, uitgever: Uitgever, token: str) -> tuple[str | None, str | None, str, int]:
        """Whom an issuer signed out by itself (Back-Channel Logout 1.0): his `sub`, its `sid`, and what the
        token is known by with the second it ends, so that it is used once.

        Raises IssuerUnavailable, Geweigerd.
        """
        metadata = await self._metadata_of(uitgever)
        header, claims = await self._verified(uitgever, metadata, token)
        now = self._clock.now().timestamp()
        sub, sid, jti, iat, exp = (claims.get(n) for n in ("sub", "sid", "jti", "iat", "exp"))
        events = claims.get("events")
        sound = (
            header.get("typ") in (None, "JWT", "logout+jwt")
            and claims.get("iss") == uitgever.issuer
            and _for_us(claims.get("aud"), uitgever)
            and isinstance(events, dict)
            and isinstance(events.get(LOGOUT_EVENT), dict)
            and "nonce" not in claims
            and isinstance(jti, str)
            and 1 <= len(jti) <= _LONGEST
            and _seconds(iat)
            and _seconds(exp)
            and abs(now - iat) <= MAX_AGE.total_seconds()
            and now < exp + LEEWAY_SECONDS
            and (isinstance(sub, str) or isinstance(sid, str))
        )
        if not sound or not isinstance(jti, str) or not _seconds(iat):
            raise Geweigerd("logout_token")
        until = int(iat + MAX_AGE.total_seconds() * 2)
        return (sub if isinstance(sub, str) else None), (sid if isinstance(sid, str) else None), jti, until

    def sleutels(self) -> dict[str, Any]:
        """Our public key, by which an issuer knows us (`jwks_uri` of a client)."""
        key = ECKey.import_key(dict(self._sleutel))
        public = dict(key.as_dict(private=False))
        return {"keys": [public | {"kid": key.thumbprint(), "use": "sig", "alg": "ES256"}]}

    async def afmeldadres(self, uitgever: Uitgever) -> str | None:
        """Where somebody ends his session at the issuer as well (RP-Initiated Logout 1.0). It names us and
        not him: no value of a person stands in an address.
        """
        try:
            end = (await self._metadata_of(uitgever)).get("end_session_endpoint")
        except (IssuerUnavailable, Geweigerd):
            return None
        if not isinstance(end, str) or not _sound(end):
            return None
        if _loopback(end) and not _loopback(uitgever.issuer):
            return None
        back = f"{self._adres}/afgemeld"
        told = (("client_id", uitgever.client_id), ("post_logout_redirect_uri", back))
        return str(add_params_to_uri(end, told))

    # ── what the issuer says of itself

    async def _metadata_of(self, uitgever: Uitgever) -> Mapping[str, Any]:
        now = self._clock.now()
        known = self._metadata.get(uitgever.issuer)
        if known is not None and now - known.op < METADATA_LIFE:
            return known.metadata
        found = OpenIDProviderMetadata(
            await self._lijn.lees(get_well_known_url(uitgever.issuer, external=True))
        )
        if found.get("issuer") != uitgever.issuer:
            raise Geweigerd("andere_uitgever")
        try:
            found.validate_issuer()
            found.validate_authorization_endpoint()
            found.validate_token_endpoint()
            found.validate_jwks_uri()
        except ValueError as error:
            raise IssuerUnavailable from error
        own = _loopback(uitgever.issuer)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _sound(found[name]) or (_loopback(found[name]) and not own):
                raise IssuerUnavailable
        methods = found.get("code_challenge_methods_supported")
        if methods is not None and (not isinstance(methods, list) or "S256" not in methods):
            # It would take the verifier for nothing, and with it what binds a code to this browser.
            raise Geweigerd("pkce")
        self._metadata[uitgever.issuer] = _Bekend(dict(found), now)
        return self._metadata[uitgever.issuer].metadata

    async def _keys_of(self, uitgever: Uitgever, uri: str, kid: object) -> KeySet:
        """Its keys, fetched anew when they are old, or when it uses one that we do not have."""
        now = self._clock.now()
        known = self._keys.get(uitgever.issuer)
        if known is not None:
            age = now - known.op
            there = any(k.kid == kid for k in known.keys.keys) if kid is not None else True
            if age < KEYS_REST or (there and age < KEYS_LIFE):
                return known.keys
        found = await self._lijn.lees(uri)
        rows = found.get("keys")
        usable = [r for r in rows if _signs(r)] if isinstance(rows, list) else []
        if not usable or len(usable) > MAX_KEYS:
            raise IssuerUnavailable
        try:
            keys = KeySet.import_key_set({"keys": usable})
        except (JoseError, *UNREADABLE) as error:
            raise IssuerUnavailable from error
        self._keys[uitgever.issuer] = _Sleutels(keys, now)
        return keys

    # ── tokens

    async def _verified(
        self, uitgever: Uitgever, metadata: Mapping[str, Any], token: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of what this issuer signed, with a key that it publishes for that algorithm."""
        if len(token) > MAX_TOKEN:
            raise Geweigerd("onleesbaar")
        try:
            header = jws.extract_compact(token.encode("ascii")).headers()
        except (JoseError, *UNREADABLE) as error:
            raise Geweigerd("onleesbaar") from error
        if header.get("alg") not in ALGORITHMS:
            raise Geweigerd("algoritme")
        keys = await self._keys_of(uitgever, metadata["jwks_uri"], header.get("kid"))
        try:
            opened = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, *UNREADABLE) as error:
            raise Geweigerd("handtekening") from error
        return dict(opened.header), dict(opened.claims)

    def _check(
        self,
        uitgever: Uitgever,
        header: dict[str, Any],
        claims: dict[str, Any],
        nonce: str,
        access_token: str | None,
    ) -> None:
        now = int(self._clock.now().timestamp())
        told = CodeIDToken(
            claims,
            header,
            {"iss": {"essential": True, "value": uitgever.issuer}},
            {"client_id": uitgever.client_id, "nonce": nonce, "access_token": access_token},
        )
        try:
            told.validate(now, LEEWAY_SECONDS)
        except (JoseError, *UNREADABLE) as error:
            raise Geweigerd(getattr(error, "claim", None) or "claims") from error
        given = claims.get("nonce")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
            raise Geweigerd("nonce")
        if not _for_us(claims.get("aud"), uitgever):
            raise Geweigerd("aud")
        iat, exp = claims["iat"], claims["exp"]
        if not _seconds(iat) or not now - MAX_AGE.total_seconds() <= iat <= now + LEEWAY_SECONDS:
            raise Geweigerd("iat")
        if not _seconds(exp) or exp <= iat:
            raise Geweigerd("exp")

    def _login(self, uitgever: Uitgever, claims: dict[str, Any], eis: Eis) -> Login:
        sub, sid, when = claims["sub"], claims.get("sid"), claims.get("auth_time")
        if not isinstance(sub, str) or not 1 <= len(sub) <= _LONGEST or not sub.isprintable():
            raise Geweigerd("sub")
        niveau = uitgever.niveau(claims.get("acr"))
        if niveau is None or not niveau.haalt(eis.niveau):
            raise Geweigerd("niveau")
        now = self._clock.now()
        op = _EPOCH
        if when is not None:
            # A moment that is none, or far from now, says that the issuer does not know it.
            if not _seconds(when) or not 0 <= when <= now.timestamp() + LEEWAY_SECONDS:
                raise Geweigerd("auth_time")
            op = dt.datetime.fromtimestamp(when, dt.UTC)
        late = dt.timedelta(minutes=eis.vers_minuten or 0, seconds=LEEWAY_SECONDS)
        if eis.vers_minuten is not None and now - op > late:
            raise Geweigerd("auth_time")
        kept = sid if isinstance(sid, str) and len(sid) <= _LONGEST else None
        return Login(uitgever, sub, _name(claims), niveau, op, claims, kept)

    def _bewijs(self, uitgever: Uitgever) -> Clientbewijs:
        if uitgever.methode == "private_key_jwt":
            return Clientbewijs(uitgever.client_id, sleutel=self._sleutel)
        secret = self._lijn.geheim(uitgever.id)
        if secret is None:
            raise Geweigerd("geen_geheim")
        return Clientbewijs(uitgever.client_id, geheim=secret)


def _seconds(value: object) -> TypeGuard[float]:
    """A NumericDate. True and False are numbers in Python, and no moments; what is not a number falls out of
    every comparison.
    """
    return isinstance(value, int | float) and not isinstance(value, bool)


def _for_us(aud: object, uitgever: Uitgever) -> bool:
    return aud == uitgever.client_id or (isinstance(aud, list) and uitgever.client_id in aud)


def _signs(row: object) -> bool:
    """A public key for signatures. A shared secret, or a key to encrypt with, is passed over."""
    return (
        isinstance(row, dict)
        and row.get("kty") in ("RSA", "EC", "OKP")
        and row.get("use") in (None, "sig")
        and "d" not in row
    )


def _name(claims: Mapping[str, Any]) -> str:
    """As his issuer writes it, on one line and bounded."""
    parts = [claims.get("name")]
    if not isinstance(parts[0], str):
        parts = [claims.get("given_name"), claims.get("family_name")]
    text = " ".join(" ".join(p for p in parts if isinstance(p, str)).split())
    return text[:_LONGEST_NAME] if text.isprintable() and text else NOBODY_KNOWS


def _sound(url: object) -> bool:
    if not isinstance(url, str) or any(c in url for c in " \r\n\t\\#"):
        return False
    return url.startswith("https://") or _loopback(url)


def _loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and is_loopback(parts.hostname)
