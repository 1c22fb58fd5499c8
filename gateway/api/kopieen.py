"""Copies of iJw messages: read, told as a state, and dropped. The messages themselves go their own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.bodies import KopieVerzoek
from gateway.api.http import idempotency_key, parse_large_json, path_id, respond
from gateway.api.openapi import operation
from gateway.api.request import claim_of, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import fault
from gateway.application import Application
from gateway.copies.kopieen import Gelezen, Mede
from gateway.exchange.idempotency import earlier
from gateway.exchange.intake.envelope import decoded
from gateway.identity.tokens import Caller
from gateway.zaak.zaken import Wie
from schemas.errors import NotFound
from schemas.events import COPIES_READ, ZAAK_STEP
from schemas.people.partij import Scope
from schemas.zaak.stappen import Hulpstand

ROUTES: Final = Routes()


@ROUTES.post(
    "/ijw/kopieen",
    **operation(
        id="leesKopieen",
        tag="iJw",
        summary="Lees kopieën van iJw-berichten",
        description=(
            "Van wie ze zelf stuurt of krijgt: 301, 305, 307 en 319 met hun retouren, kaal of in de envelop "
            "van GGk of VECOZO, over één jeugdige en tussen één gemeente en één aanbieder. Kopieën van de "
            "andere kant gaan alleen mee (`mede`) als die uw organisatie daar vandaag voor machtigde. Elk "
            "wordt "
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
    found = (await _read(ctx, caller, asked)).vertaling
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


@ROUTES.post(
    "/zaken/{zaakId}/hulpstand",
    **operation(
        id="zetHulpstand",
        tag="Zaken",
        summary="Zet in een zaak hoe de hulp staat volgens uw iJw-berichten",
        description=(
            "Dezelfde kopieën als bij `leesKopieen`. In de zaak blijven alleen een stand en een maand, en "
            "alleen u ziet die: wie het ook moet weten, hoort het met een uitwisseling. Wat een ander uit "
            "zijn berichten zette, staat er los van."
        ),
        scope=Scope.ZAKEN_BIJWERKEN,
        body=KopieVerzoek,
        status=201,
        answer=antwoorden.ZaakstapAntwoord,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def step(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.ZAKEN_BIJWERKEN)
    sleutel, key = path_id(request, "zaakId"), idempotency_key(request)
    raw = await read_body(ctx, request)
    claim = await claim_of(ctx, caller, f"zaken/{sleutel}/hulpstand", key, raw)
    answer = await earlier(ctx.storage, claim)
    if answer is None:
        asked = await parse_large_json(raw, KopieVerzoek)
        zaak = await ctx.zaken.van(caller.partij, sleutel, day(ctx.clock.now()))
        found = await _read(ctx, caller, asked)
        if found.leerling != zaak.leerling.id:
            raise fault("zaak.andereLeerling", "/leveringId", "Deze levering gaat niet over deze zaak.")
        stap = Hulpstand(
            stand=found.vertaling.stand,
            maand=found.vertaling.maand,
            mede=None if asked.mede is None else asked.mede.partij,
        )
        answer = await ctx.zaken.stap(Wie(caller.partij, caller.client_id, claim), sleutel, stap)
        ctx.log(ZAAK_STEP, soort=stap.soort, partij=caller.partij.id, client=caller.client_id)
    return respond(answer.status, answer.body)


async def _read(ctx: Application, caller: Caller, asked: KopieVerzoek) -> Gelezen:
    found = await ctx.kopieen.read(
        caller.partij,
        _bytes("/berichten", asked.berichten),
        asked.levering_id,
        asked.eerder_gemeld,
        None
        if asked.mede is None
        else Mede(asked.mede.partij, _bytes("/mede/berichten", asked.mede.berichten)),
        afgewacht=asked.einde_afgewacht,
    )
    ctx.log(COPIES_READ, partij=caller.partij.id, client=caller.client_id, berichten=found.vertaling.gelezen)
    return found


def _bytes(place: str, texts: Sequence[str]) -> dict[str, bytes]:
    return decoded({f"{place}/{i}": text for i, text in enumerate(texts)})
