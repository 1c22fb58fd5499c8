"""The session of a browser: one cookie with one random value, and who that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.application import Application
from gateway.identity.sessies import Sessie
from gateway.web.bezoek import Bezoek, Niveau, Werkrol

_HOST: Final = "__Host-"
"""A cookie of this name is taken by a browser only over TLS and for this very host: no other sets it."""


@dataclass(frozen=True, slots=True)
class Koekjes:
    """The cookies of one gateway. Over plain http, which is on loopback only, they have another name."""

    secure: bool

    @property
    def sessie(self) -> str:
        return f"{_HOST}ozlijn" if self.secure else "ozlijn-lokaal"

    @property
    def aanmelden(self) -> str:
        """Of the browser that began a login."""
        return f"{_HOST}ozlijn-aanmelden" if self.secure else "ozlijn-lokaal-aanmelden"

    def zet(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        """Readable by no script, and sent with no form of another site. Without `seconds` it ends with the
        browser.
        """
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def wis(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")


def koekjes(ctx: Application) -> Koekjes:
    return Koekjes(ctx.settings.issuer.startswith("https://"))


async def sessie_van(ctx: Application, request: Request) -> Sessie | None:
    """Who is signed in in this browser, also when he has no role yet."""
    secret = request.cookies.get(koekjes(ctx).sessie, "")
    return await ctx.sessies.lees(secret) if secret else None


@dataclass(frozen=True, slots=True)
class Websessies:
    """Fits `Sessies` of bezoek.py."""

    ctx: Application

    async def mogelijk(self) -> bool:
        return bool((await self.ctx.authenticator.partijen.current()).mensen.uitgevers)

    async def bezoek(self, request: Request) -> Bezoek | None:
        sessie = await sessie_van(self.ctx, request)
        if sessie is None or sessie.caller is None or sessie.caller.persoon is None:
            return None
        person = sessie.caller.persoon
        return Bezoek(
            sessie.caller,
            frozenset(Werkrol(r.value) for r in person.rollen),
            sessie.csrf,
            person.naam,
            Niveau[person.niveau.name],
            person.aangemeld_op,
        )
