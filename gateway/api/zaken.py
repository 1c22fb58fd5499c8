"""Zaken: an arrangement in motion. Each partner has his own key for it and sees what is for him."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import ToetsVerzoek, ZaakstapVerzoek, ZaakVerzoek
from gateway.api.http import idempotency_key, parse_json, path_id, respond, whole_number
from gateway.api.openapi import Query, operation
from gateway.api.request import SMALL_BODY, claim_of, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import Find, Vastlegger, fault
from gateway.application import Application
from gateway.case.case import Identity
from gateway.exchange.idempotency import Answer, earlier
from gateway.exchange.leerling import Found
from gateway.identity.tokens import Caller
from gateway.zaak.zaken import Wie
from schemas.errors import NotFound
from schemas.events import ZAAK_STEP
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.partij import Scope

TAG: Final = "Zaken"
PAGE: Final = (
    Query("na", "De `na` van de vorige pagina.", 0, 0, 10**15),
    Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
)

ROUTES: Final = Routes()


@ROUTES.post(
    "/zaken",
    **operation(
        id="openZaak",
        tag=TAG,
        summary="Open een zaak",
        description=(
            "Een arrangement in beweging, over één leerling die u kent, een groep, uw school of niemand. Wie "
            "opent is partner en regisseur. Er staan alleen codes, datums en partijen in; woorden gaan in "
            "berichten. Een partner krijgt door mee te doen geen enkel bericht: over elk bericht wordt apart "
            "besloten."
        ),
        scope=Scope.ZAKEN_BIJWERKEN,
        body=ZaakVerzoek,
        status=201,
        answer=antwoorden.ZaakstapAntwoord,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def opens(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN_BIJWERKEN)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, ZaakVerzoek)
    find = _waarover(ctx, caller, asked)
    wie, answer = await claimed(ctx, caller, request, "zaken", raw)
    if answer is None:
        answer = await ctx.zaken.openen(wie, asked.zaak, find)
        tell(ctx, caller, "geopend")
    return respond(answer.status, answer.body)


@ROUTES.get(
    "/zaken",
    **operation(
        id="zaken",
        tag=TAG,
        summary="De zaken waaraan uw organisatie meedoet",
        description=(
            "In de volgorde waarin u erbij kwam. Is `na` niet null, geef hem dan terug voor het vervolg."
        ),
        scope=Scope.ZAKEN,
        query=PAGE,
        answer=antwoorden.Zakenlijst,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN)
    after = whole_number(request, "na", 0, 0, 10**15)
    zaken, na = await ctx.zaken.lijst(caller.partij, after, whole_number(request, "aantal", 50, 1, 200))
    return respond(200, {"zaken": zaken, "na": na})


@ROUTES.get(
    "/zaken/{zaakId}",
    **operation(
        id="leesZaak",
        tag=TAG,
        summary="Eén zaak, zoals u haar mag zien",
        description=(
            "U ziet de partners die u erbij haalde en wie u erbij haalde, en verder wat bij uw taak hoort. "
            "De regisseur ziet ook wat er van de dertig beginselen nog open staat, met de code."
        ),
        scope=Scope.ZAKEN,
        answer=antwoorden.ZaakAntwoord,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN)
    shown = await ctx.zaken.lees(caller.partij, path_id(request, "zaakId"))
    return respond(200, shown)


@ROUTES.post(
    "/zaken/{zaakId}/stappen",
    **operation(
        id="zetStap",
        tag=TAG,
        summary="Zet een stap in een zaak",
        description=(
            "Een partner erbij of eraf, de regie aanbieden, overnemen of niet overnemen, een actie, een "
            "besluit, een evaluatie, een plaatsing, opschalen, in uitvoering, heropenen of sluiten. Sluiten "
            "kan pas als de leerling een bevestigde plek heeft; in uitvoering kan niet zolang een hard "
            "beginsel open staat. Na uw eigen vertrek is `zaak` in het antwoord null."
        ),
        scope=Scope.ZAKEN_BIJWERKEN,
        body=ZaakstapVerzoek,
        status=201,
        answer=antwoorden.ZaakstapAntwoord,
        idempotent=True,
    ),
)
async def steps(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN_BIJWERKEN)
    sleutel = path_id(request, "zaakId")
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, ZaakstapVerzoek)
    wie, answer = await claimed(ctx, caller, request, f"zaken/{sleutel}/stappen", raw)
    if answer is None:
        answer = await ctx.zaken.stap(wie, sleutel, asked.stap)
        tell(ctx, caller, asked.stap.soort)
    return respond(answer.status, answer.body)


@ROUTES.post(
    "/zaken/{zaakId}/toetsing",
    **operation(
        id="toetsPlan",
        tag=TAG,
        summary="Houd het plan van een zaak tegen de dertig beginselen",
        description=(
            "U stuurt het arrangement; u krijgt alle bevindingen met code en plaats. Het plan zelf wordt "
            "niet bewaard: in de zaak blijven alleen de codes. Alleen de regisseur kan dit."
        ),
        scope=Scope.ZAKEN_BIJWERKEN,
        body=ToetsVerzoek,
        status=201,
        answer=antwoorden.Toetsantwoord,
        idempotent=True,
    ),
)
async def checked(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN_BIJWERKEN)
    sleutel = path_id(request, "zaakId")
    raw = await read_body(ctx, request)
    asked = parse_json(raw, ToetsVerzoek)
    wie, answer = await claimed(ctx, caller, request, f"zaken/{sleutel}/toetsing", raw)
    if answer is None:
        answer = await ctx.zaken.toets(wie, sleutel, asked.bericht)
        tell(ctx, caller, "getoetst")
    return respond(answer.status, answer.body)


def _waarover(ctx: Application, caller: Caller, asked: ZaakVerzoek) -> Find:
    """What the zaak is about. Raises InvalidMessage for another than the opening names."""
    soort = asked.zaak.onderwerp
    if (soort is Onderwerpsoort.GROEP) != (asked.groep is not None):
        raise fault("onderwerp.soort", "/groep", "Noem een groep precies als de zaak over een groep gaat.")
    if soort is Onderwerpsoort.LEERLING:
        return Vastlegger(ctx).finder(caller, asked)
    if any((asked.leerling_id, asked.levering_id, asked.taak_id)):
        raise fault("onderwerp.een", "", "Deze zaak gaat niet over een leerling.")
    sleutel = "" if asked.groep is None else asked.groep.sleutel
    identity = Identity.of_no_person(soort, sleutel, "/groep/sleutel")

    async def find() -> Found:
        return await ctx.facts.by_identity(caller.partij, identity)

    return find


async def claimed(
    ctx: Application, caller: Caller, request: Request, name: str, raw: bytes
) -> tuple[Wie, Answer | None]:
    """Who asks with his claim, and the answer that he had already."""
    claim = await claim_of(ctx, caller, name, idempotency_key(request), raw)
    return Wie(caller.partij, caller.client_id, claim), await earlier(ctx.storage, claim)


def tell(ctx: Application, caller: Caller, stap: str) -> None:
    ctx.log(ZAAK_STEP, soort=stap, partij=caller.partij.id, client=caller.client_id)
