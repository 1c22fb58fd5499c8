"""Invitations for school systems: whom a school may invite, making one, and ending it. The same rules as the
pages have, for it is the same use case (gateway/post).

A code is told once and kept nowhere, so a request that is repeated is not answered with the same code: it
makes a newer one, and the one of before holds no more.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import UitnodigingStopVerzoek, UitnodigingVerzoek
from gateway.api.http import parse_json, path_id, respond
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import fault
from gateway.application import Application
from gateway.explain.views import moment
from gateway.runtime.turns import Lane
from schemas.errors import GezagUnchecked
from schemas.events import INVITATION_CHANGED
from schemas.people.partij import Scope

TAG: Final = "Uitnodigingen"

ROUTES: Final = Routes()


@ROUTES.get(
    "/leerlingen/{leerlingId}/uitnodigingen",
    **operation(
        id="uitnodigingen",
        tag=TAG,
        summary="Wie u bij een leerling kunt uitnodigen, en wat er van uw uitnodigingen werd",
        description=(
            "Alleen van uw eigen leerling. `personen` zijn mensen met gezag zoals u dat vastlegde, en de "
            "leerling zelf vanaf twaalf jaar. Een uitnodiging staat er negentig dagen."
        ),
        scope=Scope.UITNODIGEN,
        answer=antwoorden.Uitnodigingenlijst,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.UITNODIGEN)
    ref = path_id(request, "leerlingId")
    people = await ctx.uitnodigingen.mensen(caller.partij, ref)
    made = await ctx.uitnodigingen.lijst(caller.partij, ref)
    return respond(
        200,
        {
            "leerlingId": ref,
            "personen": [{"persoonId": ident, "rol": rol} for ident, rol in people],
            "uitnodigingen": [
                {
                    "uitnodigingId": one.id,
                    "persoonId": one.persoon_id,
                    "status": staat,
                    "perMail": one.per_mail,
                    "gemaaktOp": moment(one.gemaakt_op),
                    "geldigTot": moment(one.geldig_tot),
                }
                for one, staat in sorted(made, key=lambda each: each[0].gemaakt_op, reverse=True)
            ],
        },
    )


@ROUTES.post(
    "/leerlingen/{leerlingId}/uitnodigingen",
    lane=Lane.FACT,
    **operation(
        id="nodigUit",
        tag=TAG,
        summary="Nodig een ouder of leerling uit",
        description=(
            "Zonder `adres` krijgt u de `code`, deze ene keer, voor een brief. Met `adres` mailt de lijn "
            "hem, en krijgt u hem niet. In die mail staat niets over wie of wat (docs/post.md). Stuurt u dit "
            "nog eens, dan komt er een nieuwe code en werkt de vorige niet meer. Kijk het gezag eerst na."
        ),
        scope=Scope.UITNODIGEN,
        body=UitnodigingVerzoek,
        status=201,
        answer=antwoorden.Uitnodigingscode,
        problems=(GezagUnchecked,),
    ),
)
async def invite(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.UITNODIGEN)
    ref = path_id(request, "leerlingId")
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), UitnodigingVerzoek)
    mailed = asked.adres is not None
    if mailed and not ctx.post.aan:
        raise fault("uitnodiging.mail", "/adres", "Deze lijn stuurt geen mail. Geef de code in een brief.")
    made = await ctx.post.nodig_uit(caller.partij, ref, asked.persoon_id, asked.adres)
    ctx.log(
        INVITATION_CHANGED,
        soort="gemaild" if mailed else "gemaakt",
        partij=caller.partij.id,
        client=caller.client_id,
    )
    return respond(
        201,
        {
            "uitnodigingId": made.id,
            "persoonId": asked.persoon_id,
            "code": None if mailed else made.code,
            "geldigTot": moment(made.geldig_tot),
        },
    )


@ROUTES.post(
    "/leerlingen/{leerlingId}/uitnodigingen/_stop",
    lane=Lane.FACT,
    **operation(
        id="stopUitnodiging",
        tag=TAG,
        summary="Stop wat iemand bij u heeft: zijn uitnodiging en zijn koppeling",
        description=(
            "Wie al gekoppeld was, ziet vanaf dat moment niets meer van deze leerling. `gestopt` is false "
            "als er niets was."
        ),
        scope=Scope.UITNODIGEN,
        body=UitnodigingStopVerzoek,
        answer=antwoorden.Uitnodigingstop,
    ),
)
async def stop(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.UITNODIGEN)
    ref = path_id(request, "leerlingId")
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), UitnodigingStopVerzoek)
    ended = await ctx.post.stop(caller.partij, ref, asked.persoon_id)
    ctx.log(INVITATION_CHANGED, soort="gestopt", partij=caller.partij.id, client=caller.client_id)
    return respond(200, {"persoonId": asked.persoon_id, "gestopt": ended})
