"""What an ouder or leerling asks about data (AVG 15 to 18 and 21), for a school with a system of its own."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import AvgAntwoordVerzoek, AvgVerlengingVerzoek
from gateway.api.http import parse_json, path_id, respond
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.explain.views import moment
from gateway.gezin.alles import woorden
from gateway.gezin.avgverzoeken import Bijschool
from schemas.people.avgverzoek import Avgstatus, Beantwoord
from schemas.people.partij import Partij, Scope

TAG: Final = "Taken"
_STAP: Final = (
    "`stap` is het aantal stappen dat u las: is er intussen iets bijgekomen, of stuurt u dit twee keer, dan "
    "verandert er niets en leest u hoe het staat."
)

ROUTES: Final = Routes()


def _shown(found: Bijschool) -> dict[str, Any]:
    v = found.verzoek
    here = f"/v1/avgverzoeken/{v.id}"
    links = {"zelf": here}
    if v.status is Avgstatus.OPEN:
        links["antwoorden"] = f"{here}/antwoorden"
        if v.verlengbaar:
            links["verlengingen"] = f"{here}/verlengingen"
    return {
        "avgverzoekId": v.id,
        "leerlingId": found.leerling_ref,
        "persoonId": v.persoon_id,
        "recht": v.eerste.recht,
        "over": v.eerste.over,
        "mee": v.eerste.mee,
        "status": v.status,
        "uiterlijk": None if v.uiterlijk is None else moment(v.uiterlijk),
        "stappen": [
            {
                "soort": s.stap.soort,
                "op": moment(s.op),
                "woorden": woorden(s.stap) or None,
                "uitkomst": s.stap.uitkomst if isinstance(s.stap, Beantwoord) else None,
            }
            for s in v.stappen
        ],
        "links": links,
    }


async def _answer(ctx: Application, partij: Partij, ident: str) -> Response:
    return respond(200, _shown(await ctx.avgverzoeken.bij(partij, ident)))


@ROUTES.get(
    "/avgverzoeken/{avgverzoekId}",
    **operation(
        id="leesAvgverzoek",
        tag=TAG,
        summary="Wat een ouder of leerling vraagt over gegevens",
        description=(
            "Het id staat als `over` in een taak `avg_verzoek`. Met alles wat er is geschreven, het oudste "
            "eerst. Alleen wat aan uw eigen organisatie is gevraagd."
        ),
        scope=Scope.TAKEN,
        answer=antwoorden.AvgverzoekAntwoord,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TAKEN)
    return await _answer(ctx, caller.partij, path_id(request, "avgverzoekId"))


@ROUTES.post(
    "/avgverzoeken/{avgverzoekId}/antwoorden",
    **operation(
        id="beantwoordAvgverzoek",
        tag=TAG,
        summary="Antwoord op wat is gevraagd",
        description=f"De vrager leest het op zijn eigen bladen, en uw taak is klaar. {_STAP}",
        scope=Scope.AFHANDELEN,
        body=AvgAntwoordVerzoek,
        answer=antwoorden.AvgverzoekAntwoord,
    ),
)
async def answer(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.AFHANDELEN)
    ident = path_id(request, "avgverzoekId")
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), AvgAntwoordVerzoek)
    await ctx.avgverzoeken.antwoord(caller.partij, ident, asked.stap, asked.uitkomst, asked.woorden)
    return await _answer(ctx, caller.partij, ident)


@ROUTES.post(
    "/avgverzoeken/{avgverzoekId}/verlengingen",
    **operation(
        id="verlengAvgverzoek",
        tag=TAG,
        summary="Neem twee maanden extra voor een antwoord",
        description=(
            "Eenmaal, voor de eerste termijn om is, en met de reden die de vrager leest (AVG 12, derde lid). "
            f"{_STAP}"
        ),
        scope=Scope.AFHANDELEN,
        body=AvgVerlengingVerzoek,
        answer=antwoorden.AvgverzoekAntwoord,
    ),
)
async def longer(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.AFHANDELEN)
    ident = path_id(request, "avgverzoekId")
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), AvgVerlengingVerzoek)
    await ctx.avgverzoeken.verleng(caller.partij, ident, asked.stap, asked.woorden)
    return await _answer(ctx, caller.partij, ident)
