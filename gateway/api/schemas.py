"""The JSON Schemas of all messages, at the addresses their `$id` names. For anyone: they hold no data."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.http import respond
from gateway.api.openapi import operation
from gateway.api.routes import Routes
from gateway.application import Application
from schemas.errors import NotFound
from schemas.publication.publicatie import publish

MEDIA_TYPE = "application/schema+json"


ROUTES: Final = Routes()


@cache
def files(api_url: str) -> dict[str, bytes]:
    return publish(f"{api_url}/schemas/")


@ROUTES.get(
    "/schemas",
    **operation(
        id="schemas",
        tag="Schema's",
        summary="Welke schema's er zijn",
        description="Naam, versie, status en adres van elk schema. Zonder aanmelden.",
        answer=antwoorden.Schemalijst,
    ),
)
async def index(ctx: Application, _request: Request) -> Response:
    found = await asyncio.to_thread(files, ctx.settings.api_url)
    return respond(200, found["index.json"])


@ROUTES.get(
    "/schemas/{versie}/{bestand}",
    **operation(
        id="schema",
        tag="Schema's",
        summary="Eén schema",
        description="JSON Schema 2020-12. Het adres is dat van de `$id`. Zonder aanmelden.",
        answer={"type": "object"},
        answer_media=MEDIA_TYPE,
        problems=(NotFound,),
    ),
)
async def schema(ctx: Application, request: Request) -> Response:
    published = await asyncio.to_thread(files, ctx.settings.api_url)
    found = published.get("{versie}/{bestand}".format_map(request.path_params))
    if found is None:
        raise NotFound
    return respond(200, found, media_type=MEDIA_TYPE)
