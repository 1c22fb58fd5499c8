"""Overleggen: planned about a zaak, made known, held. What is put in goes as messages."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import InbrengVerzoek, OverlegstapVerzoek, OverlegVerzoek
from gateway.api.http import parse_json, parse_large_json, path_id, respond, whole_number
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.api.zaken import PAGE, claimed, tell
from gateway.application import Application
from schemas.errors import NotFound
from schemas.people.partij import Scope

TAG: Final = "Overleggen"

ROUTES: Final = Routes()


@ROUTES.post(
    "/overleggen",
    **operation(
        id="planOverleg",
        tag=TAG,
        summary="Plan een overleg over een zaak",
        description=(
            "Van een soort die de regio kent: wie bijeenroept, wie erbij mag en moet zijn. Het begint "
            "anoniem. Met een convenant hoort een verwijzing naar de DPIA."
        ),
        scope=Scope.ZAKEN_BIJWERKEN,
        body=OverlegVerzoek,
        status=201,
        answer=antwoorden.OverlegstapAntwoord,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def plans(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN_BIJWERKEN)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, OverlegVerzoek)
    wie, answer = await claimed(ctx, caller, request, "overleggen", raw)
    if answer is None:
        answer = await ctx.overleggen.plan(wie, asked.zaak_id, asked.overleg)
        tell(ctx, caller, "tafel_gepland")
    return respond(answer.status, answer.body)


@ROUTES.get(
    "/overleggen",
    **operation(
        id="overleggen",
        tag=TAG,
        summary="De overleggen waaraan uw organisatie deelneemt",
        description=(
            "In de volgorde waarin u erbij kwam. Is `na` niet null, geef hem dan terug voor het vervolg."
        ),
        scope=Scope.ZAKEN,
        query=PAGE,
        answer=antwoorden.Overleggenlijst,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN)
    after = whole_number(request, "na", 0, 0, 10**15)
    found, na = await ctx.overleggen.lijst(caller.partij, after, whole_number(request, "aantal", 50, 1, 200))
    return respond(200, {"overleggen": found, "na": na})


@ROUTES.get(
    "/overleggen/{overlegId}",
    **operation(
        id="leesOverleg",
        tag=TAG,
        summary="Eén overleg, zoals u het mag zien",
        description=(
            "Wie aan één tafel zit, weet wie daar zit. Van wat is ingebracht hoort u of het voor u is, en "
            "anders niets. `wachtOp` noemt waarom het wacht."
        ),
        scope=Scope.ZAKEN,
        answer=antwoorden.OverlegAntwoord,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN)
    shown = await ctx.overleggen.lees(caller.partij, path_id(request, "overlegId"))
    return respond(200, shown)


@ROUTES.post(
    "/overleggen/{overlegId}/stappen",
    **operation(
        id="zetOverlegstap",
        tag=TAG,
        summary="Zet een stap in een overleg",
        description=(
            "Een deelnemer erbij of eraf, antwoord van een deelnemer of hij komt, ouders of leerling "
            "uitnodigen (nadat zij hoorden waarvoor het is), "
            "bekend maken over wie het gaat, houden of afzeggen. Het verslag heeft acties met eigenaar en "
            "dag; die worden acties in de zaak. Woorden gaan als bericht `overleguitkomst`."
        ),
        scope=Scope.ZAKEN_BIJWERKEN,
        body=OverlegstapVerzoek,
        status=201,
        answer=antwoorden.OverlegstapAntwoord,
        idempotent=True,
    ),
)
async def steps(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN_BIJWERKEN)
    sleutel = path_id(request, "overlegId")
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, OverlegstapVerzoek)
    wie, answer = await claimed(ctx, caller, request, f"overleggen/{sleutel}/stappen", raw)
    if answer is None:
        answer = await ctx.overleggen.stap(wie, sleutel, asked.stap)
        tell(ctx, caller, f"tafel_{asked.stap.soort}")
    return respond(answer.status, answer.body)


@ROUTES.post(
    "/overleggen/{overlegId}/inbreng",
    **operation(
        id="brengIn",
        tag=TAG,
        summary="Breng iets in aan tafel",
        description=(
            "Een gewone uitwisseling, die aan elke genoemde deelnemer apart wordt aangeboden, met niet meer "
            "dan hij hier moet weten; over elk wordt apart besloten. Leerplicht krijgt ook aan tafel alleen "
            "wat de Leerplichtwet noemt. Wie niet wordt bereikt hoort dat dit onderdeel niet voor hem is. "
            "Wacht het overleg (`wachtOp`), dan wordt het verzegeld bewaard tot `wachtTot` en besloten op "
            "het moment dat de tafel opengaat."
        ),
        scope=Scope.VERZENDEN,
        body=InbrengVerzoek,
        status=201,
        answer=antwoorden.Inbrengantwoord,
        idempotent=True,
    ),
)
async def puts_in(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.VERZENDEN)
    sleutel = path_id(request, "overlegId")
    raw = await read_body(ctx, request)
    wie, answer = await claimed(ctx, caller, request, f"overleggen/{sleutel}/inbreng", raw)
    if answer is None:
        asked = await parse_large_json(raw, InbrengVerzoek)
        answer = await ctx.inbreng(wie, sleutel, asked.verzending, request.state.own_id)
        tell(ctx, caller, "tafel_ingebracht")
    return respond(answer.status, answer.body)
