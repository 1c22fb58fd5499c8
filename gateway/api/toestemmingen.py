"""Finding a leerling again, reading back what a partij recorded itself, and the Toestemmingsbewijs for who
signed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import ZoekVerzoek
from gateway.api.http import id_parameter, parse_json, path_id, prefers, respond, whole_number
from gateway.api.openapi import Cursor, Query, operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.case.case import Identity, last_check
from gateway.explain import vastgelegd
from gateway.explain.toestemmingsbewijs import make_bewijs, style_source
from gateway.explain.vastgelegd import Eigen, as_json
from gateway.explain.views import moment
from schemas.errors import NotFound
from schemas.people.afweging import Afweging
from schemas.people.gronden import Grondverklaring
from schemas.people.omstandigheden import Omstandigheid
from schemas.people.partij import Scope
from schemas.people.toestemming import Bekwaamheidsoordeel, Bezwaar, Gezagsgegevens, Toestemming

TAG = "Toestemming en gezag"
T = TypeVar("T")
_PAGE = (
    Cursor("na", "De `na` van de vorige pagina."),
    Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
)
_OWN = "Alleen wat uw eigen organisatie vastlegde, het nieuwste eerst."
_BEWIJS = (
    "Wat is gezegd, in gewone woorden, voor wie het zei. Met het bewijs dat het in de verantwoording staat. "
    "Te controleren zonder ons, met `ozlijn bewijs check`. Met `Accept: text/html` krijgt u een pagina om te "
    "printen. 202 tot het volgende checkpoint."
)
_WAIT = {202: ("Er is nog geen checkpoint dat dit dekt.", antwoorden.Wachtend)}


ROUTES: Final = Routes()


@ROUTES.post(
    "/leerlingen/_zoek",
    **operation(
        id="zoekLeerling",
        tag=TAG,
        summary="Zoek uw verwijzing naar een leerling op",
        description=(
            "Met het leerlingid van uw eigen systeem: dat staat in het bericht en nooit in het adres. Alleen "
            "leerlingen van uzelf. Zijn er met een leerlingid dat er net zo uitziet, dan staan die er apart "
            "bij (`lijktOp`): een nee bij de een houdt ook de ander tegen. 404: er is niemand met dit "
            "leerlingid, en niemand die erop lijkt."
        ),
        scope=Scope.TOESTEMMING_LEZEN,
        body=ZoekVerzoek,
        answer=antwoorden.GevondenLeerling,
        problems=(NotFound,),
    ),
)
async def search(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING_LEZEN)
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), ZoekVerzoek)
    who = Identity.of(caller.partij, asked.leerlingid, None)
    if who is None:
        raise NotFound
    found, alike = await ctx.lookalikes.search(caller.partij.id, who)
    if found is None and not alike:
        raise NotFound
    ref = None if found is None else found.ref
    return respond(200, {"leerlingId": ref, "lijktOp": sorted(row.ref for row in alike)})


async def own(ctx: Application, request: Request, scope: Scope = Scope.TOESTEMMING_LEZEN) -> Eigen:
    caller = await ctx.authenticator.require(request, scope)
    return await vastgelegd.of_leerling(ctx.storage, ctx.vault, caller.partij, path_id(request, "leerlingId"))


async def statement(ctx: Application, request: Request) -> tuple[tuple[Toestemming, ...], str | None]:
    """The events of the record in the path. Raises NotFound."""
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING_LEZEN)
    record = path_id(request, "toestemmingId")
    found = await vastgelegd.of_statement(ctx.storage, ctx.vault, caller.partij, record)
    events = found.toestemmingen.get(record)
    if events is None:  # a withdrawal has an id of its own, which names no record
        raise NotFound
    return events, found.ref


@ROUTES.get(
    "/leerlingen/{leerlingId}/toestemmingen",
    **operation(
        id="toestemmingenVanLeerling",
        tag=TAG,
        summary="Toestemmingen van een leerling",
        description=f"{_OWN} Met per toestemming hoe die er vandaag voor staat.",
        scope=Scope.TOESTEMMING_LEZEN,
        query=_PAGE,
        answer=antwoorden.Toestemmingenlijst,
    ),
)
async def toestemmingen(ctx: Application, request: Request) -> Response:
    found = await own(ctx, request)
    regels, now = await ctx.regels.current(), ctx.clock.now()
    shown, after = _page(request, list(found.toestemmingen.values()), lambda e: e[0].record)
    views = [vastgelegd.toestemming(e, found.ref, regels, now) for e in shown]
    return respond(200, {"toestemmingen": views, "na": after})


@ROUTES.get(
    "/leerlingen/{leerlingId}/gezagsgegevens",
    **operation(
        id="gezagsgegevensVanLeerling",
        tag=TAG,
        summary="Wie gezag heeft over een leerling",
        description=f"Wat nu telt, en alles wat eerder is vastgelegd. {_OWN}",
        scope=Scope.TOESTEMMING_LEZEN,
        query=_PAGE,
        answer=antwoorden.gezagsgegevens,
    ),
)
async def gezag(ctx: Application, request: Request) -> Response:
    feiten = (await own(ctx, request)).feiten
    found = [f for f in feiten if isinstance(f, Gezagsgegevens)]
    counts = last_check(found)
    shown, after = _page(request, found[::-1], lambda f: f.id)
    telt = None if counts is None else as_json(counts)
    return respond(200, {"telt": telt, "geschiedenis": [as_json(f) for f in shown], "na": after})


@ROUTES.get(
    "/leerlingen/{leerlingId}/bekwaamheidsoordelen",
    **operation(
        id="bekwaamheidsoordelenVanLeerling",
        tag=TAG,
        summary="Oordelen over wat een leerling zelf kan overzien",
        description=_OWN,
        scope=Scope.TOESTEMMING_LEZEN,
        query=_PAGE,
        answer=antwoorden.bekwaamheidsoordelen,
    ),
)
async def bekwaamheid(ctx: Application, request: Request) -> Response:
    feiten = (await own(ctx, request)).feiten
    shown, after = _page(
        request, [f for f in feiten if isinstance(f, Bekwaamheidsoordeel)][::-1], lambda f: f.id
    )
    return respond(200, {"bekwaamheidsoordelen": [as_json(f) for f in shown], "na": after})


@ROUTES.get(
    "/leerlingen/{leerlingId}/bezwaren",
    **operation(
        id="bezwarenVanLeerling",
        tag=TAG,
        summary="Bezwaren rond een leerling",
        description=_OWN,
        scope=Scope.TOESTEMMING_LEZEN,
        query=_PAGE,
        answer=antwoorden.bezwaren,
    ),
)
async def bezwaren(ctx: Application, request: Request) -> Response:
    feiten = (await own(ctx, request)).feiten
    shown, after = _page(request, [f for f in feiten if isinstance(f, Bezwaar)][::-1], lambda f: f.id)
    return respond(200, {"bezwaren": [as_json(f) for f in shown], "na": after})


@ROUTES.get(
    "/leerlingen/{leerlingId}/grondverklaringen",
    **operation(
        id="grondverklaringenVanLeerling",
        tag=TAG,
        summary="Gronden van de wet die u voor een leerling verklaarde",
        description=_OWN,
        scope=Scope.AFWEGINGEN,
        query=_PAGE,
        answer=antwoorden.grondverklaringen,
    ),
)
async def gronden(ctx: Application, request: Request) -> Response:
    feiten = (await own(ctx, request, Scope.AFWEGINGEN)).feiten
    shown, after = _page(request, [f for f in feiten if isinstance(f, Grondverklaring)][::-1], lambda f: f.id)
    return respond(200, {"grondverklaringen": [as_json(f) for f in shown], "na": after})


@ROUTES.get(
    "/leerlingen/{leerlingId}/omstandigheden",
    **operation(
        id="omstandighedenVanLeerling",
        tag=TAG,
        summary="Omstandigheden die u voor een leerling verklaarde",
        description=_OWN,
        scope=Scope.AFWEGINGEN,
        query=_PAGE,
        answer=antwoorden.omstandigheden,
    ),
)
async def omstandigheden(ctx: Application, request: Request) -> Response:
    feiten = (await own(ctx, request, Scope.AFWEGINGEN)).feiten
    shown, after = _page(request, [f for f in feiten if isinstance(f, Omstandigheid)][::-1], lambda f: f.id)
    return respond(200, {"omstandigheden": [as_json(f) for f in shown], "na": after})


@ROUTES.get(
    "/leerlingen/{leerlingId}/afwegingen",
    **operation(
        id="afwegingenVanLeerling",
        tag=TAG,
        summary="Afwegingen die u voor een leerling vastlegde",
        description=f"{_OWN} Wat er van een afweging kwam, staat bij de afweging zelf.",
        scope=Scope.AFWEGINGEN,
        query=_PAGE,
        answer=antwoorden.Afwegingenlijst,
    ),
)
async def afwegingen(ctx: Application, request: Request) -> Response:
    feiten = (await own(ctx, request, Scope.AFWEGINGEN)).feiten
    shown, after = _page(request, [f for f in feiten if isinstance(f, Afweging)][::-1], lambda f: f.id)
    items = [
        {
            "id": f.id,
            "vastgelegdOp": moment(f.vastgelegd_op),
            "ontvanger": {"partij": f.ontvanger.partij, "rol": f.ontvanger.rol},
            "richting": f.richting,
            "acuut": f.acuut is not None,
            "vensterVan": moment(f.venster_van),
            "vensterTot": moment(f.venster_tot),
            "links": {"zelf": f"/v1/afwegingen/{f.id}"},
        }
        for f in shown
    ]
    return respond(200, {"afwegingen": items, "na": after})


@ROUTES.get(
    "/toestemmingen/{toestemmingId}",
    **operation(
        id="leesToestemming",
        tag=TAG,
        summary="Eén toestemming of weigering",
        description="Wat is gezegd, hoe het er vandaag voor staat en of het is ingetrokken.",
        scope=Scope.TOESTEMMING_LEZEN,
        answer=antwoorden.ToestemmingAntwoord,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    events, ref = await statement(ctx, request)
    regels = await ctx.regels.current()
    return respond(200, vastgelegd.toestemming(events, ref, regels, ctx.clock.now()))


async def proof(ctx: Application, request: Request, said: Toestemming, ref: str | None) -> Response:
    regels = await ctx.regels.current()
    made = await make_bewijs(said, ref, regels, ctx.storage, ctx.leaves, ctx.signer)
    if made is None:
        return respond(202, {"status": "wacht op het volgende checkpoint"}, {"Retry-After": "1"})
    vary = {"Vary": "Accept"}
    if not prefers(request, "text/html"):
        return respond(200, made.bestand, vary)
    request.state.style = style_source()
    return respond(200, made.page(), vary, "text/html; charset=utf-8")


@ROUTES.get(
    "/toestemmingen/{toestemmingId}/bewijs",
    **operation(
        id="toestemmingsbewijs",
        tag=TAG,
        summary="Het bewijs voor wie toestemde of weigerde",
        description=_BEWIJS,
        scope=Scope.TOESTEMMING_LEZEN,
        answer=antwoorden.ToestemmingsbewijsAntwoord,
        page=True,
        other_answers=_WAIT,
    ),
)
async def bewijs(ctx: Application, request: Request) -> Response:
    events, ref = await statement(ctx, request)
    return await proof(ctx, request, events[0], ref)


@ROUTES.get(
    "/toestemmingen/{toestemmingId}/intrekkingen/{intrekkingId}/bewijs",
    **operation(
        id="intrekkingsbewijs",
        tag=TAG,
        summary="Het bewijs voor wie zijn toestemming introk",
        description=_BEWIJS,
        scope=Scope.TOESTEMMING_LEZEN,
        answer=antwoorden.ToestemmingsbewijsAntwoord,
        page=True,
        other_answers=_WAIT,
    ),
)
async def intrekkingsbewijs(ctx: Application, request: Request) -> Response:
    events, ref = await statement(ctx, request)
    wanted = path_id(request, "intrekkingId")
    found = next((e for e in events[1:] if e.id == wanted), None)
    if found is None:
        raise NotFound
    return await proof(ctx, request, found, ref)


def _page(request: Request, items: Sequence[T], ident: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The page of a list that the caller asks for, and where the next one begins."""
    after, count = id_parameter(request, "na"), whole_number(request, "aantal", 50, 1, 200)
    return vastgelegd.page(items, ident, after, count)
