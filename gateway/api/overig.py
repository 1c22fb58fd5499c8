"""The newest checkpoint of the account, and what operators ask: does it live, is it ready, and its
counters.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.http import respond
from gateway.api.openapi import operation
from gateway.api.problems import answer_error
from gateway.api.routes import Routes
from gateway.application import Application
from schemas.errors import NotFound, RecordUnavailable
from schemas.people.partij import Scope
from schemas.storage.storage import Job

ROUTES: Final = Routes()


@ROUTES.get(
    "/ledger/checkpoint",
    **operation(
        id="checkpoint",
        tag="Verantwoording",
        summary="Het nieuwste checkpoint",
        description=(
            "Ondertekende stand van de verantwoording, in het formaat van C2SP tlog-checkpoint. Bewaar "
            "er af en toe een: daarmee kunt u later laten zien dat er niets is weggehaald."
        ),
        scope=Scope.LEDGER,
        answer={"type": "string"},
        answer_media="text/plain",
        problems=(NotFound,),
    ),
)
async def checkpoint(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.LEDGER)
    found = await ctx.storage.last_checkpoint()
    if found is None:
        raise NotFound
    return respond(200, found.note.encode(), media_type="text/plain; charset=utf-8")


@ROUTES.get(
    "/gezondheid",
    **operation(
        id="gezondheid",
        tag="Beheer",
        summary="Leeft de gateway",
        description=(
            "Antwoordt zolang het proces draait, ook als de opslag er niet is. In een proefomgeving "
            "staat er `omgeving` bij."
        ),
        answer=antwoorden.Gezondheid,
    ),
)
async def health(ctx: Application, _request: Request) -> Response:
    where = {"omgeving": "proef"} if ctx.settings.sandbox else {}
    return respond(200, {"status": "in orde", **where})


@ROUTES.get(
    "/gereedheid",
    **operation(
        id="gereedheid",
        tag="Beheer",
        summary="Kan de gateway berichten aannemen",
        description=("200 als er te schrijven is, er een checkpoint is en het register klopt; anders 503."),
        answer=antwoorden.Gereedheid,
    ),
)
async def readiness(ctx: Application, _request: Request) -> Response:
    try:
        await ctx.regels.current()
        found = await ctx.storage.last_checkpoint()
        # A write like any other, and always of the same row: it lapses at once and nothing grows by it.
        now = ctx.clock.now()
        await ctx.storage.claim_job(Job.READY, now, now)
    except RecordUnavailable as error:
        return answer_error(error)
    if found is None:
        return answer_error(RecordUnavailable())
    return respond(200, {"status": "gereed"})
