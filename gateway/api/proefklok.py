"""The clock of a sandbox over HTTP. These routes exist in a sandbox only."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.bodies import ProefklokVerzoek
from gateway.api.http import parse_json, respond
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.runtime.proefklok import MAX_DAYS, Reis
from schemas.people.partij import Scope

ROUTES: Final = Routes()
TAG: Final = "Proefomgeving"


@ROUTES.get(
    "/proefklok",
    **operation(
        id="proefklok",
        tag=TAG,
        summary="Hoe laat het is in deze proefomgeving",
        description="`vandaag` is de Nederlandse kalenderdag, waarmee leeftijd en termijnen rekenen.",
        scope=Scope.PROEFKLOK,
        answer=antwoorden.Proefklokstand,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.PROEFKLOK)
    return respond(200, _stand(_reis(request)))


@ROUTES.put(
    "/proefklok",
    **operation(
        id="zetProefklok",
        tag=TAG,
        summary="Zet de klok van deze proefomgeving vooruit",
        description=(
            f"Alleen vooruit, hoogstens {MAX_DAYS} dagen per keer. Elke dag onderweg begint met wat "
            "die dag brengt: verjaardagen, verlopen termijnen, herinneringen. Het antwoord telt wat er "
            "gebeurde. "
            "De klok geldt voor iedereen in deze omgeving; tokens houden de echte tijd."
        ),
        scope=Scope.PROEFKLOK,
        body=ProefklokVerzoek,
        answer=antwoorden.Proefreis,
    ),
)
async def put(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.PROEFKLOK)
    wanted = parse_json(await read_body(ctx, request, SMALL_BODY), ProefklokVerzoek)
    reis = _reis(request)
    days, done = await reis.to(wanted.nu)
    return respond(
        200,
        {
            **_stand(reis),
            "dagen": days,
            "opnieuwBesloten": done.opnieuw_besloten,
            "verlopen": done.verlopen,
            "opgegeven": done.opgegeven,
            "takenTeLaat": done.te_laat,
        },
    )


def _reis(request: Request) -> Reis:
    """Of the application that this request came to: the clock is its own."""
    found: Reis = request.app.state.reis
    return found


def _stand(reis: Reis) -> dict[str, Any]:
    now = reis.klok.now()
    return {"nu": now.isoformat(), "vandaag": day(now).isoformat()}
