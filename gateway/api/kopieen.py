"""Copies of iJw messages: read, told as a state, and dropped. The messages themselves go their own way."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import KopieVerzoek
from gateway.api.http import parse_large_json, respond
from gateway.api.openapi import operation
from gateway.api.request import read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.exchange.intake.envelope import decoded
from schemas.errors import NotFound
from schemas.events import COPIES_READ
from schemas.people.partij import Scope

ROUTES: Final = Routes()


@ROUTES.post(
    "/ijw/kopieen",
    **operation(
        id="leesKopieen",
        tag="iJw",
        summary="Lees kopieën van iJw-berichten",
        description=(
            "Van wie ze zelf stuurt of krijgt: 301, 305, 307 en 319 met hun retouren, kaal of in de envelop "
            "van GGk of VECOZO, over één jeugdige en tussen één gemeente en één aanbieder. Elk wordt "
            "gehouden aan zijn vorm en aan de regels van één bericht; `nietNagegaan` noemt de regels over "
            "meer berichten. U leest hoe het staat, en in `terugkoppeling` wat de school daarvan mag horen: "
            "die stuurt u zelf als uitwisseling, en dan wordt er over besloten. Er wordt niets bewaard en "
            "niets doorgestuurd."
        ),
        scope=Scope.VERZENDEN,
        body=KopieVerzoek,
        answer=antwoorden.Kopiestandweergave,
        problems=(NotFound,),
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.VERZENDEN)
    asked = await parse_large_json(await read_body(ctx, request), KopieVerzoek)
    berichten = decoded({f"/berichten/{i}": text for i, text in enumerate(asked.berichten)})
    found = await ctx.kopieen.read(
        caller.partij,
        berichten,
        asked.levering_id,
        asked.eerder_gemeld,
        afgewacht=asked.einde_afgewacht,
    )
    ctx.log(COPIES_READ, partij=caller.partij.id, client=caller.client_id, berichten=found.gelezen)
    told = found.terugkoppeling
    return respond(
        200,
        {
            "stand": found.stand,
            "maand": None if found.maand is None else found.maand.isoformat(),
            "gelezen": found.gelezen,
            "geteld": found.geteld,
            "nietNagegaan": list(found.niet_nagegaan),
            "terugkoppeling": None
            if told is None
            else told.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        },
    )
