"""What a partij has to do, and before when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.http import path_id, respond, whole_number
from gateway.api.openapi import Query, operation
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.explain import views
from schemas.errors import EndsItself, NotFound
from schemas.exchange.taak import Taak
from schemas.people.partij import Scope

TAG = "Taken"


ROUTES: Final = Routes()


async def _shown(ctx: Application, taken: Sequence[Taak]) -> list[dict[str, Any]]:
    """The taken as people read them. However many they are, it costs the same two reads."""
    leveringen = await ctx.storage.leveringen_by_id([t.levering for t in taken if t.levering is not None])
    leerlingen = await ctx.storage.leerlingen_by_id([t.leerling for t in taken])
    levering, leerling = {v.id: v for v in leveringen}, {row.id: row for row in leerlingen}
    today = day(ctx.clock.now())
    return [views.taak(t, today, leerling.get(t.leerling), levering.get(t.levering or "")) for t in taken]


async def view(ctx: Application, t: Taak) -> dict[str, Any]:
    return (await _shown(ctx, (t,)))[0]


@ROUTES.get(
    "/taken",
    **operation(
        id="taken",
        tag=TAG,
        summary="Wat uw organisatie nog moet doen",
        description=(
            "Alles wat openstaat, in de volgorde waarin het ontstond: toestemming vragen, gezag nagaan, "
            "een intrekking verwerken. Is `na` niet null, geef hem dan terug voor het vervolg. Wat klaar "
            "is, verdwijnt vanzelf uit de lijst."
        ),
        scope=Scope.TAKEN,
        query=(
            Query("na", "De `na` van de vorige pagina.", 0, 0, 10**15),
            Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
        ),
        answer=antwoorden.Takenlijst,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TAKEN)
    after = whole_number(request, "na", 0, 0, 10**15)
    count = whole_number(request, "aantal", 50, 1, 200)
    found = await ctx.storage.taken(caller.partij.id, after, count + 1)
    shown = found[:count]
    more = shown[-1][0] if len(found) > count else None
    return respond(200, {"taken": await _shown(ctx, [t for _, t in shown]), "na": more})


@ROUTES.get(
    "/taken/{taakId}",
    **operation(
        id="leesTaak",
        tag=TAG,
        summary="Eén taak, ook als zij klaar is",
        description=(
            "Alleen een taak van uw eigen organisatie. Wat lang klaar is en nergens meer toe dient, wordt "
            "vergeten: dan is het antwoord 404."
        ),
        scope=Scope.TAKEN,
        answer=antwoorden.TaakAntwoord,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TAKEN)
    found = await ctx.storage.taak(path_id(request, "taakId"))
    if found is None or found.partij != caller.partij.id:
        raise NotFound
    return respond(200, await view(ctx, found))


@ROUTES.get(
    "/taken/{taakId}/voorstel",
    **operation(
        id="leesVoorstel",
        tag=TAG,
        summary="Wat de fg voorstelt, bij een taak `voorstel_bekijken`",
        description=(
            "Welk profiel of convenant, om welke velden het gaat en waarom. Bij een andere taak is het "
            "antwoord 404."
        ),
        scope=Scope.TAKEN,
        answer=antwoorden.VoorstelAntwoord,
    ),
)
async def proposal(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TAKEN)
    found = await ctx.storage.taak(path_id(request, "taakId"))
    if found is None or found.partij != caller.partij.id:
        raise NotFound
    return respond(200, await _voorstel(ctx, found))


async def _voorstel(ctx: Application, t: Taak) -> dict[str, Any]:
    return await ctx.toezicht.voorstel(t)


@ROUTES.post(
    "/taken/{taakId}/_gedaan",
    **operation(
        id="taakGedaan",
        tag=TAG,
        summary="Meld dat een taak gedaan is",
        description=(
            "Voor wat alleen u weet: u keek naar een bezwaar of naar een levering die niet aankwam, "
            "vertelde ouders dat er is gedeeld, of sprak een organisatie aan die stil bleef. Andere taken "
            "zijn klaar als vastligt wat zij vragen. Opnieuw melden mag en verandert niets."
        ),
        scope=Scope.AFHANDELEN,
        answer=antwoorden.TaakAntwoord,
        problems=(EndsItself,),
    ),
)
async def done(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.AFHANDELEN)
    found = await ctx.afhandelen.done(caller.partij, caller.client_id, path_id(request, "taakId"))
    return respond(200, await view(ctx, found))
