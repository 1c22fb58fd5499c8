"""Who is calling: client assertions become access tokens, access tokens become a Caller.

OAuth 2.0 client credentials (RFC 6749 §4.4) with private_key_jwt (RFC 7523) through Authlib; access tokens
are signed JWTs (RFC 9068). Time here is the real time of the machine, never the business clock: a test that
moves the date of toestemming must not be able to revive a token.

Authlib accepts http addresses on loopback only, which is all that demo and tests need; settings.py asks the
same of the issuer. The address it sees is our public one, for behind a proxy the request's own is not.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol, cast
from urllib.parse import parse_qsl

import anyio.from_thread
import anyio.to_thread
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientCredentialsGrant, InvalidClientError  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload, OAuth2Request  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion  # type: ignore[import-untyped]
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator  # type: ignore[import-untyped]
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from starlette.requests import Request

from gateway.account.signatures import (
    ALGORITHMS,
    REGISTRIES,
    UNREADABLE,
    Key,
    import_key,
    verified,
)
from gateway.account.stamps import Stamps
from gateway.ports.clock import Clock
from gateway.register.partijen import ClientEntry, Partijen, PartijenReader, RegisterStore
from gateway.runtime.namens import Gemachtigde, Handelende, handelend, namens, own_request
from schemas.errors import Fault, InvalidMessage, NotAuthenticated, NotAuthorised, NotSure
from schemas.people.hoedanigheden import gelezen
from schemas.people.mensen import Handeling, Persoon
from schemas.people.partij import Client, Partij, Scope

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
METHOD: Final = "private_key_jwt"
NAMENS: Final = "Namens"
"""The header in which a client says in the name of which partij it acts, on a machtiging."""
HOEDANIGHEID: Final = "Hoedanigheid"
"""The header in which a client of an organisation with several capacities says in which it acts."""
MAX_ASSERTION_SECONDS: Final = 300
"""An assertion may expire at most this far ahead, because its jti must be remembered for as long."""
LEEWAY_SECONDS: Final = 30
"""Allowed difference between a client's clock and ours."""
MAX_JTI: Final = 256
KNOWN: Final = "ozlijn.caller"
"""Where in a scope a page of ours names the person for whom it calls (gateway/web/lijn.py)."""
MAX_TOKEN_BYTES: Final = 4_096
MAX_CACHED: Final = 10_000
_ASSERTION_TYPES: Final = (None, "JWT", "client-authentication+jwt")
_THUMBPRINT: Final = "client_jkt"
"""Our own claim: RFC 7638 thumbprint of the key that got this token, so that removing the key ends it."""


class TokenKey(Protocol):
    """The gateway's own key for access tokens, from the key store."""

    @property
    def private_jwk(self) -> Mapping[str, str]:
        """A private JWK: EC P-256 or OKP Ed25519. Never logged, never sent."""
        ...


# The register, parsed.


# Signatures.


# The token endpoint, by Authlib. Its callbacks are synchronous: all of this runs in a worker thread.


class _NotProven(InvalidClientError):  # type: ignore[misc]
    """An assertion that does not hold, with the reason for the log. The caller hears the code only."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class _ClientView:
    """A client in the form that Authlib wants. `used` is the key with which it proved itself, once it did."""

    def __init__(self, client_id: str, entry: ClientEntry | None) -> None:
        self.client_id = client_id
        self.entry = entry
        self.used: Key | None = None

    def get_client_id(self) -> str:
        return self.client_id

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == METHOD and endpoint == "token"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scopes that were asked, when the client has all of them. Without a question: everything it
        has.
        """
        own = [] if self.entry is None else [granted.value for granted in self.entry.client.scopes]
        asked = (scope or "").split()
        if not set(asked) <= set(own):
            return None
        return " ".join(name for name in own if not asked or name in asked)


class _Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """private_key_jwt.

    For a client or kid that we do not know, a signature is verified as well, with a key of nobody: so the
    time of the answer does not tell which clients exist.
    """

    CLIENT_AUTH_METHOD = METHOD

    def __init__(self, audiences: tuple[str, ...], storage: RegisterStore) -> None:
        super().__init__(validate_jti=False, leeway=LEEWAY_SECONDS)
        self._audiences = audiences
        self._storage = storage
        self._nobody: dict[str, Key] = {
            "ES256": ECKey.generate_key("P-256", private=False),
            "Ed25519": OKPKey.generate_key("Ed25519", private=False),
        }

    def get_audiences(self) -> list[str]:
        return list(self._audiences)

    def __call__(self, query_client: Any, request: OAuth2Request) -> _ClientView | None:
        given = request.payload.client_id
        view = cast("_ClientView | None", super().__call__(query_client, request))
        if view is not None and given is not None and given != view.client_id:
            raise _NotProven("other_client")
        return view

    def extract_assertion(self, assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The header and claims, not verified yet. The library lets some errors of its parser through, which
        are caught here.
        """
        try:
            return cast("tuple[dict[str, Any], dict[str, Any]]", super().extract_assertion(assertion))
        except (*UNREADABLE, InvalidClientError) as error:
            raise _NotProven("unreadable") from error

    def resolve_client_public_key(self, client: _ClientView) -> _ClientView:
        """Gives the client itself, because the header tells which of its keys it used: see
        `process_assertion_claims`.
        """
        return client

    def process_assertion_claims(self, assertion: str, client: _ClientView) -> dict[str, Any]:
        """The claims of an assertion that holds. A refusal names the client when the register has him."""
        try:
            return self._proven(assertion, client)
        except InvalidClientError as error:
            error.known = client.client_id if client.entry is not None else None
            raise

    def _proven(self, assertion: str, client: _ClientView) -> dict[str, Any]:
        header = jws.extract_compact(assertion.encode()).headers()
        kid, algorithm = header.get("kid"), header.get("alg")
        known = client.entry.keys if client.entry is not None else {}
        key = known.get(kid) if isinstance(kid, str) else None
        nobody = self._nobody["ES256" if algorithm == "ES256" else "Ed25519"]
        try:
            claims = verified(assertion, key or nobody).claims
        except (JoseError, ValueError) as error:
            raise _NotProven(_unproven(client, key) or "signature") from error
        if unproven := _unproven(client, key):
            raise _NotProven(unproven)
        if header.get("typ") not in _ASSERTION_TYPES:
            raise _NotProven("typ")
        self.verify_claims(claims)
        client.used = key
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        """The checks of Authlib (iss = sub, aud, exp, nbf, iat), then ours.

        The jti is claimed last, so that an assertion which fails a check does not use it up.
        """
        try:
            super().verify_claims(claims)
        except InvalidClientError as error:
            raise _NotProven("claims") from error
        except UNREADABLE as error:
            raise _NotProven("unreadable") from error
        now = time.time()
        expires, issued, jti = claims["exp"], claims.get("iat", now), claims.get("jti")
        bounded = now - LEEWAY_SECONDS < expires <= now + MAX_ASSERTION_SECONDS + LEEWAY_SECONDS
        if not bounded or not issued <= now + LEEWAY_SECONDS or not issued < expires:
            raise _NotProven("time")
        if isinstance(claims["aud"], list) and len(claims["aud"]) != 1:
            raise _NotProven("claims")
        if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI:
            raise _NotProven("jti")
        first = anyio.from_thread.run(
            partial(
                self._storage.claim_jti,
                claims["sub"],
                hashlib.sha256(jti.encode("utf-8", "surrogatepass")).digest(),
                dt.datetime.fromtimestamp(expires + LEEWAY_SECONDS, dt.UTC),
                dt.datetime.fromtimestamp(now, dt.UTC),
            )
        )
        if not first:
            raise _NotProven("jti_used")


def _unproven(client: _ClientView, key: Key | None) -> str | None:
    """Whether the register lacks the client, or that key of his."""
    if client.entry is None:
        return "unknown_client"
    return "unknown_key" if key is None else None


class _Tokens(JWTBearerTokenGenerator):  # type: ignore[misc]
    def __init__(self, issuer: str, key: Key, seconds: int) -> None:
        super().__init__(issuer=issuer, expires_generator=lambda _client, _grant: seconds)
        self._key = key
        self._seconds = seconds

    def access_token_generator(self, client: _ClientView, grant_type: str, user: None, scope: str) -> str:
        """An access token by RFC 9068 §2.2. It is written out here, because Authlib's own signs with
        joserfc's default algorithms only.
        """
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": client.client_id,
            "client_id": client.client_id,
            "scope": scope,
            "iat": now,
            "exp": now + self._seconds,
            "jti": self.get_jti(client, grant_type, user, scope),
            _THUMBPRINT: client.used.thumbprint() if client.used is not None else "",
        }
        curve = self._key.curve_name
        header = {"alg": ALGORITHMS[curve], "typ": "at+jwt"}
        return jwt.encode(header, claims, self._key, registry=REGISTRIES[curve])


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, uri: str, form: dict[str, str], partijen: Partijen) -> None:
        super().__init__("POST", uri)
        self.payload = BasicOAuth2Payload(form)
        self.partijen = partijen
        self._form = form

    @property
    def form(self) -> dict[str, str]:
        return self._form


@dataclass(frozen=True, slots=True)
class TokenGranted:
    """The members of a token answer, RFC 6749 §5.1."""

    members: Mapping[str, object]
    client_id: str


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """`error` is a code of RFC 6749 §5.2, one of TOKEN_ERRORS. The rest is for the log: fixed words."""

    error: str
    reason: str = "form"
    client_id: str | None = None
    """Of a client that is in the register, never what somebody else calls himself."""


TOKEN_ERRORS: Final = (
    "invalid_request",
    "invalid_client",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
)


class _Server(AuthorizationServer):  # type: ignore[misc]
    """Made anew for each request, so that one request sees one register. Answers are values, not
    responses.
    """

    def __init__(self, partijen: Partijen, assertion: _Assertion, tokens: _Tokens) -> None:
        super().__init__()
        self._partijen = partijen
        self.register_client_auth_method(METHOD, assertion)
        self.register_grant(_Grant)
        self.register_token_generator("default", tokens)

    def query_client(self, client_id: str) -> _ClientView:
        return _ClientView(client_id, self._partijen.by_client.get(client_id))

    def save_token(self, token: object, request: object) -> None:
        """Access tokens are not stored."""

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """Authlib sends signals to whoever listens; here nobody does."""

    def create_oauth2_request(self, request: _Request) -> _Request:
        return request

    def handle_error_response(self, request: _Request, error: OAuth2Error) -> TokenRefused:
        """Codes only: descriptions of Authlib may repeat what was sent."""
        code = error.error if error.error in TOKEN_ERRORS else "invalid_request"
        reason = getattr(error, "reason", "claims" if code == "invalid_client" else "form")
        client = getattr(error, "known", None) or _known_client(request)
        return TokenRefused(code, reason, client)

    def handle_response(
        self, _status: int, body: Mapping[str, object], _headers: object
    ) -> Mapping[str, object]:
        return body


def _known_client(request: _Request) -> str | None:
    """The client that proved himself and then asked what he may not have."""
    found = getattr(request, "client", None)
    return found.client_id if isinstance(found, _ClientView) and found.entry is not None else None


# What the application uses.


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated client, or a person who signed in. `scopes` are those that he has in the register now,
    of the token when there is one.
    """

    client_id: str
    partij: Partij
    scopes: frozenset[Scope]
    token_id: str
    expires: int
    """Unix seconds."""
    machtiging_aan: str | None = None
    """Who acts here in the name of `partij`; None: the client works for it."""
    persoon: Persoon | None = None
    """Who acts, when it is a person who signed in; None: a system."""
    houdt: Callable[[], Awaitable[int]] | None = field(default=None, repr=False, compare=False)
    """Of a person: gives the version of the register in which his role holds now. Raises NotAuthorised."""

    def require(self, scope: Scope) -> None:
        """Raises NotAuthorised."""
        if scope not in self.scopes:
            raise NotAuthorised


@dataclass(frozen=True, slots=True)
class _Known:
    """A token that holds: the client, and as whom it may call."""

    client_id: str
    expires: int
    """Unix seconds."""
    callers: tuple[Caller, ...]
    """One for each capacity in which its organisation lets it act. Empty: of a leverancier."""
    client: Client
    scopes: frozenset[Scope]
    token_id: str
    organisatie: str

    def in_name_of(self, given: list[str], partijen: Partijen, now: dt.datetime) -> Caller:
        """The caller as the partij that the header names.

        Raises NotAuthorised, the same whether there is no such partij, no machtiging or one of other days;
        and InvalidMessage when the header does not name one.
        """
        place = f"header {NAMENS}"
        if len(given) != 1:
            text = "noem met deze header voor welke partij u dit doet, precies één"
            raise InvalidMessage((Fault("namens.kies", place, text),))
        for own in self.callers:
            if own.partij.id == given[0]:
                return own
        may = self.scopes & partijen.machtigingen.scopes(self.organisatie, given[0], now)
        partij = partijen.by_id.get(given[0])
        if not may or partij is None:
            raise NotAuthorised
        # Its own keys count there too: it signs for what it takes.
        acts = partij.model_copy(update={"clients": (*partij.clients, self.client)})
        return Caller(self.client_id, acts, may, self.token_id, self.expires, self.organisatie)

    def acting(self, request: Request) -> Caller:
        """The caller in the capacity that the request names. With one capacity none needs to be named.

        Raises InvalidMessage, with the capacities there are: nobody is given one that he did not choose, for
        what he records would be another's.
        """
        given = request.headers.getlist(HOEDANIGHEID)
        if not given and len(self.callers) == 1:
            return self.callers[0]
        read = ((gelezen(c.partij).hoedanigheden, c) for c in self.callers)
        by_name = {h[0].value: c for h, c in read if len(h) == 1}  # no wall between two behind one id
        if len(given) == 1 and given[0] in by_name:
            return by_name[given[0]]
        place = f"header {HOEDANIGHEID}"
        if not by_name:
            text = "laat deze header weg: uw partij heeft geen hoedanigheden die apart te kiezen zijn"
            raise InvalidMessage((Fault("hoedanigheid.kies", place, text),))
        there = ", ".join(sorted(by_name))
        text = f"noem één hoedanigheid van uw organisatie: {there}"
        raise InvalidMessage((Fault("hoedanigheid.kies", place, text),))


FORMER: Final = "ozlijn.voorganger"
"""In the scope of a request: as which partij that went on as the caller it is looked at. No server puts
anything of a client there.
"""
_SEEN: Final = "ozlijn.gezien"
"""In the scope of a request: the register under which its caller was found, and that caller."""


class Authenticator:
    """Gives out and checks access tokens. One per process; safe for concurrent requests."""

    def __init__(
        self,
        storage: RegisterStore,
        stamps: Stamps,
        key: TokenKey,
        issuer: str,
        token_url: str,
        access_token_seconds: int,
        clock: Clock,
        sandbox: Callable[[Partijen], Partijen] | None = None,
    ) -> None:
        """`clock` is that of the business, for the days of a machtiging; tokens live by the machine's."""
        self._clock = clock
        self.partijen = PartijenReader(storage, stamps, sandbox)
        self._issuer = issuer
        self._token_url = token_url
        self._key = import_key(key.private_jwk)
        self._assertion = _Assertion((token_url, issuer), storage)
        self._tokens = _Tokens(issuer, self._key, access_token_seconds)
        self._cache: dict[bytes, _Known] = {}
        self._cached_for: Partijen | None = None

    async def grant(self, body: bytes) -> TokenGranted | TokenRefused:
        """Answer one token request, given its form. Raises RecordUnavailable when a jti cannot be claimed."""
        partijen = await self.partijen.current()
        return await anyio.to_thread.run_sync(self._grant, body, partijen)

    def _grant(self, body: bytes, partijen: Partijen) -> TokenGranted | TokenRefused:
        try:
            request = _Request(self._token_url, _form(body), partijen)
        except OAuth2Error:
            return TokenRefused("invalid_request")
        server = _Server(partijen, self._assertion, self._tokens)
        members = server.create_token_response(request)
        if isinstance(members, TokenRefused):
            return members
        return TokenGranted(members, request.client.client_id)

    async def authenticate(self, request: Request) -> Caller:
        """The caller, from the Authorization header only. Raises NotAuthenticated.

        A page of ours that calls for the person who signed in names him itself, in the scope: no server puts
        anything of a client there under that name.

        A token is verified once and remembered by its hash until it expires or the register changes, so a
        client, key or scope that is taken out of the register stops working with the next request.
        """
        known_here = request.scope.get(KNOWN)
        if isinstance(known_here, Caller):
            request.state.client = known_here.client_id
            return _acts(known_here)
        partijen = await self.partijen.current()
        if (before := _seen(request, partijen)) is not None:
            return before
        if partijen is not self._cached_for:
            self._cache.clear()
            self._cached_for = partijen
        token = _bearer(request)
        digest = hashlib.sha256(token.encode("ascii")).digest()
        known = self._cache.get(digest)
        if known is None:
            known = self._check(token, partijen)
            if len(self._cache) >= MAX_CACHED:
                del self._cache[next(iter(self._cache))]
            self._cache[digest] = known
        if known.expires <= time.time():
            self._cache.pop(digest, None)
            raise NotAuthenticated
        request.state.client = known.client_id
        given = request.headers.getlist(NAMENS)
        if not given and (former := request.scope.get(FORMER)) is not None:
            given = [former]
        if given or not known.callers:
            if request.headers.getlist(HOEDANIGHEID):
                text = "laat deze header weg: elke hoedanigheid is een eigen partij, die u met Namens noemt"
                raise InvalidMessage((Fault("namens.kies", f"header {HOEDANIGHEID}", text),))
            return known.in_name_of(given, partijen, self._clock.now())
        caller = known.acting(request)
        # Asked again in the same request, it is the same as long as the register is.
        request.scope[_SEEN] = (partijen, caller)
        return caller

    async def formers(self, caller: Caller) -> tuple[str, ...]:
        """Those who by now go on as this caller, who calls in his own name as a system."""
        if caller.machtiging_aan is not None or caller.persoon is not None:
            return ()
        partijen = await self.partijen.current()
        return partijen.machtigingen.voorgangers(caller.partij.id, self._clock.now())

    async def require(self, request: Request, scope: Scope) -> Caller:
        """`authenticate` and one scope. Raises NotAuthenticated, NotAuthorised."""
        caller = await self.authenticate(request)
        caller.require(scope)
        if (aan := caller.machtiging_aan) is not None:
            holds = partial(self._holds, aan, caller.partij.id, scope)
            namens.set(Gemachtigde(caller.client_id, caller.partij.id, holds))
        return caller

    async def zeker(self, caller: Caller, handeling: Handeling) -> None:
        """Ask of a person what the register asks of a login for this action, now. A system is what its token
        says. Raises NotSure.

        Whoever may not do it at all is refused before, so this tells nobody what there is.
        """
        if caller.persoon is None:
            return
        eis = (await self.partijen.current()).mensen.eisen[handeling]
        # Logins live by the clock of the machine: that of a sandbox can be moved.
        if not caller.persoon.voldoet(eis, dt.datetime.now(dt.UTC)):
            raise NotSure(eis.niveau)

    async def _holds(self, aan: str, van: str, scope: Scope) -> int:
        """The version of the register in which this may be done now. Raises NotAuthorised."""
        partijen = await self.partijen.current()
        if scope not in partijen.machtigingen.scopes(aan, van, self._clock.now()):
            raise NotAuthorised
        return partijen.version

    def _check(self, token: str, partijen: Partijen) -> _Known:
        try:
            opened = verified(token, self._key)
        except (JoseError, ValueError) as error:
            raise NotAuthenticated from error
        claims = opened.claims
        entry = partijen.by_client.get(claims.get("client_id", ""))
        sound = (
            opened.header.get("typ") == "at+jwt"
            and claims.get("iss") == self._issuer
            and claims.get("aud") == self._issuer
            and entry is not None
            and claims.get("sub") == entry.client.client_id
            and claims.get(_THUMBPRINT) in entry.thumbprints
        )
        if not sound or entry is None:
            raise NotAuthenticated
        asked = claims["scope"].split()
        scopes = frozenset(scope for scope in entry.client.scopes if scope.value in asked)
        name, until = entry.client.client_id, claims["exp"]
        callers = tuple(Caller(name, p, scopes, claims["jti"], until) for p in entry.partijen)
        return _Known(name, until, callers, entry.client, scopes, claims["jti"], entry.organisatie)


@contextmanager
def acting(caller: Caller) -> Iterator[None]:
    """Within it everything that is written says that this person did it, and is only taken while he may: for
    what a page does that is no operation of /v1. Raises NotAuthenticated.
    """
    with own_request():
        _acts(caller)
        yield


def _seen(request: Request, partijen: Partijen) -> Caller | None:
    """The caller as he was found before in this request, by the same register; None when he must be looked
    up.
    """
    before: tuple[Partijen, Caller] | None = request.scope.get(_SEEN)
    if before is None or before[0] is not partijen or FORMER in request.scope:
        return None
    return before[1] if before[1].expires > time.time() else None


def _acts(caller: Caller) -> Caller:
    """The same; what is written from here on says that this person did it, and is only taken while he may."""
    person = caller.persoon
    if person is None or caller.houdt is None:
        raise NotAuthenticated
    handelend.set(Handelende(person.ref, caller.client_id, caller.partij.id, person.bron, caller.houdt))
    return caller


def _bearer(request: Request) -> str:
    """The token from the header (RFC 6750 §2.1). A token in the address is not accepted, because addresses
    stand in logs.
    """
    given = request.headers.getlist("authorization")
    asked = request.scope["query_string"]  # most requests have none, which is seen without reading it
    if len(given) != 1 or (asked and "access_token" in request.query_params):
        raise NotAuthenticated
    scheme, _, token = given[0].partition(" ")
    if scheme.lower() != "bearer" or not token.isascii() or not 1 <= len(token) <= MAX_TOKEN_BYTES:
        raise NotAuthenticated
    return token


def _form(body: bytes) -> dict[str, str]:
    """RFC 6749 §3.2: every parameter at most once, grant_type present. Raises InvalidRequestError."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=20,
        )
    except ValueError as error:
        raise InvalidRequestError from error
    form = {name: value for name, value in pairs if value}
    if len({name for name, _ in pairs}) != len(pairs) or "grant_type" not in form:
        raise InvalidRequestError
    return form
