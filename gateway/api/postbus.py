"""The recipient's side: what waits, take it, sign for it, or refuse it.

A levering that is held, refused, withdrawn, somebody else's or that never existed is one and the same answer
here: the same 404, byte for byte, found by the same one read (`Storage.levering_for`), so that its time does
not tell them apart either.
"""

from __future__ import annotations

import base64
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.account.leveringsbewijs import signed_digest
from gateway.account.persoonswoord import digest_of
from gateway.api import antwoorden
from gateway.api.bodies import GebruikVerzoek, LeveringsbewijsVerzoek, WeigeringVerzoek
from gateway.api.http import id_parameter, parse_json, path_id, respond, whole_number
from gateway.api.openapi import Cursor, Query, operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.explain import views
from schemas.errors import AlreadySigned, EarlierWaits, LeaseRuns, NotFound, NotSigned, OtherContent
from schemas.events import LEVERING_ACKNOWLEDGED, LEVERING_REFUSED, LEVERING_RELEASED
from schemas.exchange.uitwisseling import Levering, Leveringstatus
from schemas.people.partij import Scope
from schemas.shown import weergave

TAG = "Postbus"
_VISIBLE = frozenset({Leveringstatus.KLAAR, Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD})


ROUTES: Final = Routes()


@ROUTES.get(
    "/postbus",
    **operation(
        id="postbus",
        tag=TAG,
        summary="Wat er voor u klaarstaat",
        description=(
            "Op volgorde. Zonder inhoud en zonder namen. Van elke leerling staat alleen de eerste erbij: "
            "de volgende komt als u voor die hebt getekend. Past niet alles op de pagina, geef dan `na` "
            "terug voor het vervolg. Is `na` null, dan was dit het einde: begin de volgende keer zonder "
            "`na`, dan staat alles erbij wat u kunt ophalen."
        ),
        scope=Scope.POSTBUS,
        query=(
            Cursor("na", "De `na` van de vorige pagina."),
            Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
        ),
        answer=weergave.Postbuslijst,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    after = id_parameter(request, "na")
    count = whole_number(request, "aantal", 50, 1, 200)
    found = await ctx.storage.postbus(caller.partij.id, after, ctx.clock.now(), count + 1)
    more = found[count - 1].id if len(found) > count else None
    shown = [v for v in found[:count] if v.ontvanger == caller.partij.id and ctx.stamps.holds(v)]
    return respond(200, {"leveringen": [_item(v) for v in shown], "na": more})


@ROUTES.get(
    "/leveringen/{leveringId}",
    **operation(
        id="leesLevering",
        tag=TAG,
        summary="De stand van een levering aan u",
        description="Alleen wat klaarstaat of door u is opgehaald.",
        scope=Scope.POSTBUS,
        answer=weergave.Postbusstand,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    found = await ctx.storage.levering_for(path_id(request, "leveringId"), caller.partij.id)
    if found is None or found.status not in _VISIBLE or found.ontvanger != caller.partij.id:
        raise NotFound
    ctx.stamps.check_levering(found)
    return respond(200, _state(found))


@ROUTES.post(
    "/leveringen/{leveringId}/_neem",
    **operation(
        id="neem",
        tag=TAG,
        summary="Haal een levering op",
        description=(
            "Elke keer wordt opnieuw besloten en vastgelegd voordat er iets gaat. U krijgt de inhoud "
            "onder een lease: teken binnen die tijd voor ontvangst. Een herhaling geeft dezelfde bytes "
            "of niets. 409: er loopt nog een lease, of er wacht een eerdere levering over dezelfde "
            "leerling."
        ),
        scope=Scope.POSTBUS,
        answer=antwoorden.Overdracht,
        answer_text="De inhoud.",
        answer_headers={
            "Content-Digest": "SHA-256 van de inhoud (RFC 9530).",
            "Lease-Tot": "Teken voor dit moment.",
        },
        problems=(LeaseRuns, EarlierWaits),
    ),
)
async def take(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    handed = await ctx.hand_over(caller.partij, caller.client_id, path_id(request, "leveringId"))
    if handed is None:
        raise NotFound
    v = handed.levering
    assert v.lease_tot is not None
    ctx.metrics.released()
    ctx.log(LEVERING_RELEASED, levering=v.id, ontvanger=v.ontvanger, take=v.opgehaald)
    digest = base64.b64encode(bytes.fromhex(handed.digest)).decode()
    return respond(
        200,
        handed.payload,
        {"Content-Digest": f"sha-256=:{digest}:", "Lease-Tot": views.moment(v.lease_tot)},
    )


@ROUTES.post(
    "/leveringen/{leveringId}/leveringsbewijzen",
    **operation(
        id="teken",
        tag=TAG,
        summary="Teken voor ontvangst",
        description=(
            "Met een van uw geregistreerde sleutels, over `{soort: leveringsbewijs, leveringId, "
            "inhoudHash, ontvangenOp}`. Daarna is de levering afgeleverd en onze kopie vernietigd. "
            "Herhalen mag."
        ),
        scope=Scope.POSTBUS,
        body=LeveringsbewijsVerzoek,
        answer=weergave.Postbusstand,
        problems=(OtherContent,),
    ),
)
async def acknowledge(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    levering_id = path_id(request, "leveringId")
    proof = parse_json(await read_body(ctx, request, SMALL_BODY), LeveringsbewijsVerzoek)
    if caller.persoon is None:
        digest = signed_digest(caller.partij, levering_id, proof.jws)
    else:
        digest = digest_of(ctx.signer, caller.persoon, levering_id, proof.jws)
    found = await ctx.recipient.acknowledge(caller.partij, levering_id, digest, proof.jws)
    ctx.log(LEVERING_ACKNOWLEDGED, levering=found.id, ontvanger=found.ontvanger)
    return respond(200, _state(found))


@ROUTES.post(
    "/leveringen/{leveringId}/_verwerkt",
    **operation(
        id="verwerkt",
        tag=TAG,
        summary="Meld dat u het hebt verwerkt",
        description="Na het tekenen voor ontvangst. Herhalen mag.",
        scope=Scope.POSTBUS,
        answer=weergave.Postbusstand,
        problems=(NotSigned,),
    ),
)
async def confirm(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    found = await ctx.recipient.confirm(caller.partij, path_id(request, "leveringId"))
    return respond(200, _state(found))


@ROUTES.post(
    "/leveringen/{leveringId}/gebruik",
    **operation(
        id="meldGebruik",
        tag=TAG,
        summary="Meld welke velden u gebruikte",
        description=(
            "Na het tekenen voor ontvangst; daarmee meldt u ook dat u het hebt verwerkt. Zo ziet de fg van "
            "de afzender wat niemand nodig had. Wie niets meldt, telt nergens mee: dat is niet hetzelfde als "
            "niets gebruikt. Wat u meldde blijft staan; later meer melden mag."
        ),
        scope=Scope.POSTBUS,
        body=GebruikVerzoek,
        answer=weergave.Postbusstand,
        problems=(NotSigned,),
    ),
)
async def used(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    levering_id = path_id(request, "leveringId")
    said = parse_json(await read_body(ctx, request, SMALL_BODY), GebruikVerzoek)
    found = await ctx.recipient.used(caller.partij, levering_id, said.geopend)
    return respond(200, _state(found))


@ROUTES.post(
    "/leveringen/{leveringId}/_weiger",
    **operation(
        id="weiger",
        tag=TAG,
        summary="Weiger wat u ophaalde",
        description=(
            "Met een vaste grond. `onleesbaar` laat de inhoud bewaard, zodat de afzender hem opnieuw kan "
            "aanbieden; bij de andere gronden wordt onze kopie vernietigd. De afzender krijgt een taak "
            "waarin uw grond staat."
        ),
        scope=Scope.POSTBUS,
        body=WeigeringVerzoek,
        answer=antwoorden.Weigering,
        problems=(AlreadySigned,),
    ),
)
async def refuse(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.POSTBUS)
    levering_id = path_id(request, "leveringId")
    why = parse_json(await read_body(ctx, request, SMALL_BODY), WeigeringVerzoek)
    await ctx.recipient.refuse(caller.partij, levering_id, why.grond)
    ctx.log(LEVERING_REFUSED, levering=levering_id, ontvanger=caller.partij.id, grond=why.grond.value)
    return respond(200, {"leveringId": levering_id, "grond": why.grond})


def _item(v: Levering) -> dict[str, object]:
    """One levering in the list. Its position is left out, because positions count the traffic of
    everybody.
    """
    return {
        "leveringId": v.id,
        "soort": v.berichtsoort,
        "onderwerp": v.onderwerp,
        "doel": v.doel,
        "rol": v.rol,
        "afzender": v.afzender,
        "klaarSinds": views.moment(v.sinds),
        "links": {"neem": f"/v1/leveringen/{v.id}/_neem"},
    } | _people(v)


def _people(v: Levering) -> dict[str, object]:
    """To which person the recipient gives it, and what the person is who says it, where there is one."""
    named = {"persoonId": v.persoon, "namens": v.namens}
    return {name: value for name, value in named.items() if value is not None}


def _state(v: Levering) -> dict[str, object]:
    return {
        "leveringId": v.id,
        "status": v.status,
        "sinds": views.moment(v.sinds),
        "opgehaald": v.opgehaald,
        "leaseTot": views.moment(v.lease_tot) if v.lease_tot else None,
    }
