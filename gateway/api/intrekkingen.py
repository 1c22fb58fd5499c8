"""For a recipient: what he received and has no toestemming for any more, and what he does with it."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.account.leveringsbewijs import signed_payload
from gateway.account.persoonswoord import answer_of
from gateway.api import antwoorden
from gateway.api.bodies import IntrekkingsantwoordVerzoek
from gateway.api.http import parse_json, path_id, respond, whole_number
from gateway.api.openapi import Query, operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.explain import views
from gateway.identity.tokens import Caller
from gateway.runtime.turns import Lane
from schemas.errors import Fault, InvalidMessage
from schemas.exchange.intrekking import Intrekkingsantwoord
from schemas.exchange.taak import Taak, Taaksoort
from schemas.exchange.uitwisseling import Levering
from schemas.people.partij import Scope

TAG = "Intrekkingen"


ROUTES: Final = Routes()


@ROUTES.get(
    "/postbus/intrekkingen",
    **operation(
        id="intrekkingen",
        tag=TAG,
        summary="Ingetrokken toestemming waarop u nog moet antwoorden",
        description=(
            "Over leveringen die u hebt opgehaald, ook als u er niet voor tekende. Op volgorde. Is `na` "
            "niet null, geef hem dan terug voor het vervolg; een pagina kan leeg zijn en toch een "
            "vervolg hebben."
        ),
        scope=Scope.POSTBUS,
        query=(
            Query("na", "De `na` van de vorige pagina.", 0, 0, 10**15),
            Query("aantal", "Hoeveel er hoogstens op een pagina staan.", 50, 1, 200),
        ),
        answer=antwoorden.Intrekkingenlijst,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    after = whole_number(request, "na", 0, 0, 10**15)
    count = whole_number(request, "aantal", 50, 1, 200)
    found = await ctx.storage.taken(caller.partij.id, after, count + 1)
    shown = [t for _, t in found[:count] if t.soort is Taaksoort.INTREKKING_VERWERKEN]
    more = found[count - 1][0] if len(found) > count else None
    return respond(200, {"intrekkingen": [_item(t) for t in shown], "na": more})


@ROUTES.get(
    "/postbus/intrekkingen/{intrekkingId}",
    **operation(
        id="leesIntrekking",
        tag=TAG,
        summary="Eén intrekking, ondertekend",
        description=(
            "Om welke levering het gaat, welke soorten gegevens en velden, en sinds wanneer. Niet waarom "
            "en niet van wie. `jws` is hetzelfde bericht, ondertekend met de sleutel van de "
            "verantwoording en elke keer gelijk: te controleren zonder ons, met `ozlijn bewijs check`."
        ),
        scope=Scope.POSTBUS,
        answer=antwoorden.IntrekkingAntwoord,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    found, levering = await ctx.intrekkingen.notice(caller.partij, path_id(request, "intrekkingId"))
    return respond(200, _whole(ctx, found, levering))


@ROUTES.post(
    "/postbus/intrekkingen/{intrekkingId}/antwoorden",
    lane=Lane.FACT,
    **operation(
        id="beantwoordIntrekking",
        tag=TAG,
        summary="Zeg wat u met de gegevens doet",
        description=(
            "Gewist, gehouden op een andere grond, of een deel van beide. Ondertekend met een van uw "
            "geregistreerde sleutels, zoals een leveringsbewijs. Binnen vijf werkdagen; daarna horen de "
            "functionarissen gegevensbescherming van beide kanten dat er geen antwoord is. Ook dan kan "
            "het nog. Herhalen mag; het laatste antwoord telt."
        ),
        scope=Scope.POSTBUS,
        body=IntrekkingsantwoordVerzoek,
        answer=antwoorden.IntrekkingAntwoord,
    ),
)
async def answer(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    intrekking = path_id(request, "intrekkingId")
    found, levering = await ctx.intrekkingen.notice(caller.partij, intrekking)
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), IntrekkingsantwoordVerzoek)
    said = _signed(ctx, caller, intrekking, asked.jws)
    found = await ctx.intrekkingen.answer(caller.partij, said, asked.jws)
    return respond(200, _whole(ctx, found, levering))


def _signed(ctx: Application, caller: Caller, intrekking: str, token: str) -> Intrekkingsantwoord:
    """What the recipient signed. Raises InvalidMessage when the signature, the key or the content is not
    right.
    """
    payload: bytes | None
    if caller.persoon is None:
        payload = signed_payload(caller.partij, token)
    else:
        payload = answer_of(ctx.signer, caller.persoon, token)
    if payload is None:
        text = "De handtekening is niet van een sleutel van deze partij."
        raise InvalidMessage((Fault("intrekkingsantwoord.handtekening", "/jws", text),))
    said = parse_json(payload, Intrekkingsantwoord)
    if said.intrekking_id != intrekking:
        text = "Er is getekend voor een andere intrekking."
        raise InvalidMessage((Fault("intrekkingsantwoord.anders", "/jws", text),))
    return said


def _item(t: Taak) -> dict[str, Any]:
    return {
        "intrekkingId": t.id,
        "leveringId": t.levering,
        "gemeldOp": views.moment(t.ontstaan_op),
        "antwoordVoor": views.moment(t.uiterlijk),
        "links": {"zelf": f"/v1/postbus/intrekkingen/{t.id}"},
    }


def _whole(ctx: Application, t: Taak, levering: Levering) -> dict[str, Any]:
    told, jws = ctx.intrekkingen.bericht(t, levering)
    return {
        "soort": told.soort,
        "jws": jws,
        "bericht": told.model_dump(mode="json"),
        "antwoord": views.intrekkingsantwoord(t),
        "links": {"antwoorden": f"/v1/postbus/intrekkingen/{t.id}/antwoorden"},
    }
