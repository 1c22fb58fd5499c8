"""The issuer of a sandbox: invented people, each one click away. It does not exist anywhere else.

It is a whole OpenID Provider, so that what a sandbox shows is what a real issuer will do: a code that works
once, PKCE, a signed ID Token. Only that nobody has to prove anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError

from gateway.account.signatures import UNREADABLE, import_key, verified
from gateway.identity.verzegeld import opened, sealed
from gateway.ports.clock import Clock
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from gateway.register.mensen import Mensen
from gateway.register.partijen import Partijen
from schemas.base import Model
from schemas.errors import WrongUse
from schemas.people.mensen import Betrouwbaarheid, Mensrol, Niveau, Rolregel, Uitgever
from schemas.people.partij import Partij, Partijsoort, Scope
from schemas.storage.storage import Keepsoort

ID: Final = "proef"
PAD: Final = "/proefuitgever"
CLIENT: Final = "ozlijn"
CODE_SECONDS: Final = 60
TOKEN_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Proefpersoon:
    """An invented person. `rol` None: he comes by an invitation."""

    sub: str
    naam: str
    wie: str
    """Who he is in the story, in a few Dutch words."""
    rol: Mensrol | None = None


MENSEN: Final = (
    Proefpersoon("fg", "Femke Gegevens", "functionaris gegevensbescherming", Mensrol.FG),
    Proefpersoon("ib", "Iris Verzonnen", "intern begeleider op school", Mensrol.IB),
    Proefpersoon("ib2", "Ilse Bedacht", "zorgcoördinator op dezelfde school", Mensrol.IB),
    Proefpersoon("ontvanger", "Bram Bedacht", "jeugdhulpverlener die ontvangt", Mensrol.ONTVANGER),
    Proefpersoon("beheerder", "Bea Heer", "beheerder van deze lijn", Mensrol.BEHEERDER),
    Proefpersoon("ouder", "Olga Ouder", "ouder met gezag"),
    Proefpersoon("ouder2", "Otto Ouder", "de andere ouder met gezag"),
    Proefpersoon("zonder", "Zeno Zonder", "ouder zonder gezag"),
    Proefpersoon("leerling", "Lot Leerling", "leerling van 13 jaar"),
)
_BY_SUB: Final = {p.sub: p for p in MENSEN}


class _Code(Model):
    sub: str
    niveau: Niveau
    nonce: str
    challenge: str
    redirect_uri: str
    aangemeld_op: int


@dataclass(frozen=True, slots=True)
class Vraag:
    """What a relying party asks. It is checked: a sandbox that takes anything teaches nothing."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    niveau: Niveau
    """What somebody gets who does not choose a level: what is asked, and never a low one."""


def proefuitgever(adres: str) -> Uitgever:
    """As the register of a sandbox would name it."""
    return Uitgever(
        id=ID,
        naam="Verzonnen mensen",
        issuer=f"{adres}{PAD}",
        client_id=CLIENT,
        betrouwbaarheid=tuple(Betrouwbaarheid(acr=n.value, niveau=n) for n in Niveau),
    )


def met_proefmensen(adres: str, partijen: Partijen) -> Partijen:
    """The register of a sandbox in which the invented people have their roles at every partij where these
    belong. What the register itself says of an issuer with that id goes before.
    """
    mensen = partijen.mensen
    if ID in mensen.uitgevers:
        return partijen
    rules = tuple(
        Rolregel(claim="sub", waarde=p.sub, partij=partij.id, rollen=(p.rol,))
        for p in MENSEN
        if p.rol is not None
        for partij in partijen.by_id.values()
        if _fits(p.rol, partij)
    )
    made = proefuitgever(adres).model_copy(update={"rollen": rules})
    return replace(partijen, mensen=Mensen({**mensen.uitgevers, ID: made}, mensen.rollen, mensen.eisen))


def _fits(rol: Mensrol, partij: Partij) -> bool:
    if rol is Mensrol.FG:
        return partij.soort is Partijsoort.FG
    if rol is Mensrol.IB:
        return partij.soort is Partijsoort.SCHOOL
    if rol is Mensrol.ONTVANGER:
        return partij.soort is not Partijsoort.SCHOOL and partij.aflevering is not None
    return any(Scope.BEHEER in c.scopes for c in partij.clients)


class Proefuitgever:
    """One per process; codes are in the store, so any process can exchange what another gave."""

    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        sleutel: Mapping[str, str],
        adres: str,
        clock: Clock,
        *,
        sandbox: bool,
    ) -> None:
        """Raises WrongUse outside a sandbox."""
        if not sandbox:
            raise WrongUse("de proefuitgever bestaat alleen in een sandbox")
        self._storage, self._vault, self._clock = storage, vault, clock
        self._key = import_key(sleutel)
        self._adres, self._issuer = adres, f"{adres}{PAD}"

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self._issuer,
            "authorization_endpoint": f"{self._issuer}/inloggen",
            "token_endpoint": f"{self._issuer}/token",
            "jwks_uri": f"{self._issuer}/sleutels",
            "end_session_endpoint": f"{self._issuer}/uitloggen",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "acr_values_supported": [n.value for n in Niveau],
            "authorization_response_iss_parameter_supported": True,
        }

    def sleutels(self) -> dict[str, Any]:
        public = dict(self._key.as_dict(private=False))
        return {"keys": [public | {"kid": self._key.thumbprint(), "use": "sig", "alg": "ES256"}]}

    def gevraagd(self, query: Mapping[str, str]) -> Vraag | None:
        """What is asked, when it is asked as it should be."""
        sound = (
            query.get("response_type") == "code"
            and query.get("client_id") == CLIENT
            and query.get("redirect_uri") == f"{self._adres}/aanmelden/terug/{ID}"
            and "openid" in query.get("scope", "").split()
            and query.get("code_challenge_method") == "S256"
        )
        asked = [query.get(name, "") for name in ("redirect_uri", "state", "nonce", "code_challenge")]
        if not sound or not all(1 <= len(each) <= 300 for each in asked):  # noqa: PLR2004
            return None
        wanted = [Niveau(acr) for acr in query.get("acr_values", "").split() if acr in set(Niveau)]
        least = min(wanted, key=lambda n: n.rang, default=Niveau.LAAG)
        back, state, nonce, challenge = asked
        usual = least if least.haalt(Niveau.SUBSTANTIEEL) else Niveau.SUBSTANTIEEL
        return Vraag(back, state, nonce, challenge, usual)

    async def kies(self, vraag: Vraag, sub: str, niveau: Niveau) -> dict[str, str] | None:
        """The parameters with which the browser goes back, for who was clicked on; None for nobody there."""
        if sub not in _BY_SUB:
            return None
        code = secrets.token_urlsafe(32)
        now = self._clock.now()
        content = _Code(
            sub=sub,
            niveau=niveau,
            nonce=vraag.nonce,
            challenge=vraag.challenge,
            redirect_uri=vraag.redirect_uri,
            aangemeld_op=int(now.timestamp()),
        )
        until = now + dt.timedelta(seconds=CODE_SECONDS)
        await self._storage.keep(
            sealed(self._vault, Keepsoort.AANMELDING, _named(code), "", content, verloopt=until), None
        )
        return {"code": code, "state": vraag.state, "iss": self._issuer}

    async def wissel(self, form: Mapping[str, str]) -> dict[str, Any] | str:
        """The answer of the token endpoint, or the error code of RFC 6749 §5.2."""
        if form.get("grant_type") != "authorization_code":
            return "unsupported_grant_type"
        if not self._is_us(form.get("client_assertion", "")):
            return "invalid_client"
        row = await self._storage.kept(Keepsoort.AANMELDING, _named(form.get("code", "")))
        if row is None or not await self._storage.drop(Keepsoort.AANMELDING, row.id):
            return "invalid_grant"
        code = opened(self._vault, row, _Code)
        now = int(self._clock.now().timestamp())
        verifier = form.get("code_verifier", "")
        holds = (
            row.verloopt is not None
            and row.verloopt.timestamp() > now
            and form.get("redirect_uri") == code.redirect_uri
            and hmac.compare_digest(create_s256_code_challenge(verifier), code.challenge)
        )
        if not holds:
            return "invalid_grant"
        claims = {
            "iss": self._issuer,
            "sub": code.sub,
            "aud": CLIENT,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "auth_time": code.aangemeld_op,
            "nonce": code.nonce,
            "acr": code.niveau.value,
            "name": _BY_SUB[code.sub].naam,
        }
        header = {"alg": "ES256", "kid": self._key.thumbprint(), "typ": "JWT"}
        token = jwt.encode(header, claims, self._key)
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "id_token": token,
        }

    def _is_us(self, assertion: str) -> bool:
        """The gateway that asks proves itself with its own key, as at any issuer."""
        try:
            claims = verified(assertion, self._key).claims
        except (JoseError, *UNREADABLE):
            return False
        now = self._clock.now().timestamp()
        fresh = isinstance(claims.get("exp"), int) and claims["exp"] > now
        return (
            claims.get("iss") == claims.get("sub") == CLIENT
            and claims.get("aud") == f"{self._issuer}/token"
            and fresh
        )


def _named(code: str) -> str:
    return hashlib.sha256(b"code\0" + code.encode("utf-8", "replace")).hexdigest()
