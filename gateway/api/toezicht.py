"""What an FG sees of the partijen under his toezicht.

What is not under his toezicht, what does not exist and what the partij may not know itself are one answer: an
empty list, or the same 404.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.bodies import NA, ToezichtVerzoek
from gateway.api.http import (
    DAY,
    choice_parameter,
    day_parameter,
    parse_json,
    path_id,
    prefers,
    respond,
    text_parameter,
    whole_number,
)
from gateway.api.openapi import Cursor, Query, operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.explain import toezicht
from gateway.explain.tabel import as_csv
from gateway.explain.toezicht import Zoekvraag
from gateway.identity.tokens import Caller
from gateway.toezicht.boek import Kijker
from schemas.errors import Fault, InvalidMessage
from schemas.events import TOEZICHT_READ
from schemas.exchange.uitwisseling import Leveringstatus
from schemas.people.mensen import Handeling
from schemas.people.partij import Partij, Scope
from schemas.people.toezicht import Inzagesoort, Kijkdoel
from schemas.shown.toezicht import Grondvraag
from schemas.storage.storage import LeerlingRow, Periode

TAG: Final = "Toezicht"
VERVOLG: Final = "Vervolg-Na"
"""The header in which a table, which has no room for it, says how to go on."""
PARTIJ: Final = r"(oin:[0-9]{20}|agb:[0-9]{8}|brin:[0-9]{2}[A-Z]{2}[0-9]{2}|gemeente:[0-9]{4})"
_MOST: Final = 1_000
_HEADERS: Final = {VERVOLG: "Alleen bij `text/csv`: de `na` voor het vervolg, als dat er is."}
_SEEN: Final = (
    "Van wat een partij onder uw toezicht verstuurde ziet u alles, met de redenen en normen; wat op "
    "feiten van een ander rust, is `nietBeschikbaar`. Van wat zij ontving ziet u wat is overgedragen, en "
    "niet meer. Met `Accept: text/csv` krijgt u een tabel voor een rekenblad. Is `na` niet null, geef hem "
    "dan terug voor het vervolg, ook als er minder staat dan u vroeg. Elke levering wordt vergeleken met het "
    "stempel dat de gateway erop zette. Is `klopt` false, dan heeft iemand anders erin geschreven: zij staat "
    "dan in elk antwoord over die partij en periode, zonder wat er van haar wordt beweerd."
)

ROUTES: Final = Routes()


@ROUTES.get(
    "/toezicht/leveringen",
    **operation(
        id="toezichtLeveringen",
        tag=TAG,
        summary="De leveringen van de partijen onder uw toezicht",
        description=(
            f"{_SEEN} Een levering telt op het moment van overdracht, of anders van wat er het laatst "
            "mee gebeurde. `grond=zonder_toestemming` geeft wat ging op een regel in de wet of na een "
            "afweging."
        ),
        scope=Scope.TOEZICHT,
        query=(
            Cursor("partij", "Alleen deze partij. Anders alle partijen onder uw toezicht.", f"^{PARTIJ}$"),
            Cursor("van", "Vanaf deze Nederlandse dag. Anders zeven dagen terug.", f"^{DAY}$"),
            Cursor("tot", "Tot deze Nederlandse dag, zelf niet meegeteld. Anders tot nu.", f"^{DAY}$"),
            Cursor("grond", "Alleen wat op deze grond ging.", f"^({'|'.join(Grondvraag)})$"),
            Cursor("status", "Alleen wat nu deze status heeft.", f"^({'|'.join(Leveringstatus)})$"),
            Cursor("ontvanger", "Alleen wat voor deze ontvanger was.", f"^{PARTIJ}$"),
            Cursor("na", "De `na` van de vorige pagina.", NA),
            Query("aantal", "Hoeveel er op een pagina staan.", 200, 1, _MOST),
        ),
        answer=antwoorden.Toezichtlijst,
        answer_headers=_HEADERS,
        table=True,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    partij = text_parameter(request, "partij", PARTIJ)
    vraag = Zoekvraag(
        periode_of(
            ctx,
            watched(caller, partij),
            day_parameter(request, "van"),
            day_parameter(request, "tot"),
            text_parameter(request, "na", NA),
        ),
        choice_parameter(request, "grond", Grondvraag),
        choice_parameter(request, "status", Leveringstatus),
        text_parameter(request, "ontvanger", PARTIJ),
    )
    return await _answer(ctx, caller, request, vraag, whole_number(request, "aantal", 200, 1, _MOST))


@ROUTES.post(
    "/toezicht/leveringen/_zoek",
    **operation(
        id="toezichtZoek",
        tag=TAG,
        summary="De leveringen over één leerling",
        description=(
            f"{_SEEN} U noemt de leerling zoals de partij hem noemt: `leerling.leerlingid` van haar eigen "
            "systeem, of het `leerlingId` dat zij van ons kreeg. In een adres komt hij niet te staan. U "
            "zegt waarvoor u kijkt; dat komt in het logboek."
        ),
        scope=Scope.TOEZICHT,
        body=ToezichtVerzoek,
        answer=antwoorden.Toezichtlijst,
        answer_headers=_HEADERS,
        table=True,
    ),
)
async def search(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), ToezichtVerzoek)
    found = await over_leerling(ctx, caller, asked)
    partijen = () if found is None else watched(caller, asked.partij)
    at = periode_of(ctx, partijen, asked.van, asked.tot, asked.na, found)
    vraag = Zoekvraag(at, asked.grond, asked.status, asked.ontvanger)
    return await _answer(ctx, caller, request, vraag, asked.aantal, asked)


@ROUTES.get(
    "/toezicht/leveringen/{leveringId}",
    **operation(
        id="toezichtLevering",
        tag=TAG,
        summary="Eén levering, met de hele uitleg",
        description=(
            "Welke regel, welk artikel, wat ging en wat thuisbleef, wat er daarna gebeurde, en met welke "
            "opdrachten wie de gateway beheert het uit de verantwoording narekent."
        ),
        scope=Scope.TOEZICHT,
        query=(
            Cursor(
                "partij",
                "Door de ogen van deze partij. Anders van de afzender, als u die ziet.",
                f"^{PARTIJ}$",
            ),
        ),
        answer=antwoorden.Toezichtverloop,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    own = watched(caller, text_parameter(request, "partij", PARTIJ))
    held = toezicht.Held(ctx.stamps)
    seen = await toezicht.one(ctx.storage, path_id(request, "leveringId"), own, held)
    ctx.log(
        TOEZICHT_READ,
        partij=caller.partij.id,
        client=caller.client_id,
        over=(seen.partij,),
        kijkdoel=None,
        leveringen=1,
    )
    return respond(200, await toezicht.whole(ctx.storage, seen))


@ROUTES.get(
    "/toezicht/zaken",
    **operation(
        id="toezichtZaken",
        tag=TAG,
        summary="De stappen van een partij onder uw toezicht in haar zaken",
        description=(
            "Welke stappen die partij zette en wanneer, zonder inhoud en zonder andere partners. Een partij "
            "die niet onder uw toezicht staat, geeft een lege lijst."
        ),
        scope=Scope.TOEZICHT,
        query=(
            Cursor("partij", "Deze partij. Zonder partij is de lijst leeg.", f"^{PARTIJ}$"),
            Query("na", "De `na` van de vorige pagina.", 0, 0, 10**15),
            Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
        ),
        answer=antwoorden.Toezichtzaken,
    ),
)
async def zaken(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    partij = text_parameter(request, "partij", PARTIJ)
    after = whole_number(request, "na", 0, 0, 10**15)
    count = whole_number(request, "aantal", 50, 1, 200)
    own = () if partij is None else watched(caller, partij)
    shown, na = await ctx.zaken.toezicht(own[0], after, count) if own else ([], None)
    ctx.log(
        TOEZICHT_READ,
        partij=caller.partij.id,
        client=caller.client_id,
        over=own,
        kijkdoel=None,
        leveringen=0,
    )
    return respond(200, {"zaken": shown, "na": na})


def watched(caller: Caller, partij: str | None) -> tuple[str, ...]:
    """The partijen that are asked about and that he watches over."""
    own = caller.partij.toezicht_op
    return own if partij is None else tuple(p for p in own if p == partij)


def periode_of(
    ctx: Application,
    partijen: tuple[str, ...],
    van: dt.date | None,
    tot: dt.date | None,
    na: str | None,
    leerling: str | None = None,
) -> Periode:
    if len(partijen) > toezicht.MOST_PARTIJEN:
        text = f"U ziet toe op meer dan {toezicht.MOST_PARTIJEN} partijen. Noem er een."
        raise InvalidMessage((Fault("toezicht.partijen", "query partij", text),))
    found = toezicht.periode(partijen, van, tot, day(ctx.clock.now()))
    return toezicht.from_cursor(found, na, leerling)


def kijker_of(caller: Caller) -> Kijker:
    persoon = None if caller.persoon is None else caller.persoon.ref
    return Kijker(caller.partij.id, caller.client_id, persoon)


async def over_leerling(ctx: Application, caller: Caller, asked: ToezichtVerzoek) -> str | None:
    """Our id of the leerling, if the partij is under toezicht and knows him.

    That he looks, and for what, is in the account before he sees anything. Raises NotSure.
    """
    await ctx.authenticator.zeker(caller, Handeling.ONTMASKEREN)
    if (asked.leerling is None) == (asked.leerling_id is None):
        text = "Noem leerling of leerlingId, en niet allebei."
        raise InvalidMessage((Fault("leerling.een", "", text),))
    if asked.partij not in caller.partij.toezicht_op:
        return None
    row = await _named(ctx, asked)
    ref = None if row is None or row.owner != asked.partij else row.owner_ref
    await ctx.toezicht.kijk(
        kijker_of(caller), asked.partij, asked.kijkdoel, Inzagesoort.LEERLING, leerling=ref
    )
    return None if row is None else row.id


async def _named(ctx: Application, asked: ToezichtVerzoek) -> LeerlingRow | None:
    held = toezicht.Held(ctx.stamps)
    if asked.leerling_id is not None:
        found = await ctx.storage.leerling_by_ref(asked.partij, asked.leerling_id)
        return None if found is None else held.leerling(found)
    if asked.leerling is None:
        return None
    partij: Partij | None = (await ctx.regels.current()).partijen.get(asked.partij)
    if partij is None:
        return None
    return await toezicht.leerling_of(ctx.storage, ctx.vault, held, partij, asked.leerling.leerlingid)


async def _answer(
    ctx: Application,
    caller: Caller,
    request: Request,
    vraag: Zoekvraag,
    aantal: int,
    asked: ToezichtVerzoek | None = None,
) -> Response:
    page = await toezicht.look(ctx.storage, vraag, aantal, toezicht.Held(ctx.stamps))
    kijkdoel: Kijkdoel | None = None if asked is None else asked.kijkdoel
    ctx.log(
        TOEZICHT_READ,
        partij=caller.partij.id,
        client=caller.client_id,
        over=vraag.periode.partijen,
        kijkdoel=kijkdoel,
        leveringen=len(page.gezien),
    )
    rows = await toezicht.rows(ctx.storage, page.gezien)
    na = toezicht.cursor(page.na)
    vary = {"Vary": "Accept"}
    if prefers(request, "text/csv"):
        more = {} if na is None else {VERVOLG: na}
        return respond(200, as_csv(rows), vary | more, "text/csv; charset=utf-8; header=present")
    again = toezicht.again(vraag, kijkdoel)
    return respond(200, {"leveringen": rows, "na": na, "naTeRekenen": again}, vary)
