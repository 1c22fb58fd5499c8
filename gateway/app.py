"""The application: routers on one context, and the jobs that run beside them.

It says in which order things start and end, and nothing about what they do: no rule, no route and no SQL
stands here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache, partial
from typing import Final

import orjson
from fastapi import FastAPI
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from gateway.api.front import Front
from gateway.api.http import install, refusals
from gateway.api.openapi import openapi_document
from gateway.api.routes import OPENAPI, Served, described, served
from gateway.api.tables import table
from gateway.application import Application
from gateway.identity.proefuitgever import PAD
from gateway.jobs.holding import hold
from gateway.jobs.housekeeping import housekeep, round_to_the_end
from gateway.jobs.mailing import mail
from gateway.jobs.signing import sign
from gateway.nakijken import of_settings
from gateway.ports.clock import Clock
from gateway.runtime.edge import POSTGRES_DESCRIPTORS, REFUSED, Bounds, Edge
from gateway.runtime.logs import Log
from gateway.runtime.proefklok import Proefklok, Reis
from gateway.runtime.settings import Settings
from gateway.web.bezoek import Sessies
from gateway.web.fg_papier import bewijsblad
from gateway.web.paginas import Paginas
from gateway.web.sessie import Websessies
from gateway.wiring import SystemClock, World, build
from schemas.errors import GatewayError, RecordUnavailable, StateBroken
from schemas.events import PROMISE_BROKEN, STARTED, STOPPED
from schemas.exchange.uitwisseling import OPEN
from schemas.people.partij import Scope

_COUNTED: Final = 20_000
"""Of what is open no more than these are counted, because counting takes time of the event loop too."""


def create_app(
    settings: Settings, world: World, log: Log, clock: Clock | None = None, sessies: Sessies | None = None
) -> FastAPI:
    """The gateway as an ASGI application. It owns `world` from its start and closes it at its end.

    `sessies`: who is signed in on the pages for people, otherwise than by a session of ours.
    """
    klok = Proefklok(clock or SystemClock(), world.shift) if settings.sandbox else None
    ctx = build(settings, world, klok or clock or SystemClock(), log)
    ctx = replace(ctx, drukker=partial(bewijsblad, ctx.regels, sandbox=settings.sandbox))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with _alive(ctx, klok):
            log(
                STARTED,
                host=settings.host,
                port=settings.port,
                log_name=settings.log_name,
                sandbox=settings.sandbox,
            )
            yield

    routes = _routes(sandbox=settings.sandbox)
    app = Front(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        routes=list(routes),
    )
    install(app, log, sandbox=settings.sandbox)
    if klok is None or not settings.shared:
        app.shorten(routes, log, sandbox=settings.sandbox)
    if klok is not None:
        app.state.reis = Reis(klok, lambda: round_to_the_end(ctx))
        if settings.shared:
            _tell_one_time(app, klok)
    app.state.document = partial(document, settings.api_url, sandbox=settings.sandbox)
    app.state.nakijken = partial(of_settings, settings)
    app.state.context = ctx
    if settings.sandbox:
        world.uitgevers.own_issuer(f"{settings.issuer}{PAD}", app)
    app.router.routes.append(Paginas(ctx, sessies or Websessies(ctx)))
    return app


@cache
def document(api_url: str, *, sandbox: bool) -> bytes:
    """The OpenAPI document.

    Made when it is first asked for, so that a test starts without that work. Whoever serves strangers asks
    `app.state.document()` beforehand: making it costs some ten megabytes, once.
    """
    return orjson.dumps(openapi_document(described(table(sandbox=sandbox)), api_url))


@cache
def _routes(*, sandbox: bool) -> tuple[BaseRoute, ...]:
    """The same for every application of this process, because making them costs more than all else here."""
    return (*served(table(sandbox=sandbox)), OPENAPI, Served("/metrics", _metrics, "GET"))


async def _metrics(request: Request) -> Response:
    ctx: Application = request.app.state.context
    await ctx.authenticator.require(request, Scope.BEHEER)
    ctx.metrics.standing(await _standing(ctx))
    return Response(ctx.metrics.text(), media_type="text/plain; version=0.0.4")


async def _standing(ctx: Application) -> dict[str, tuple[int, float]] | None:
    """What is open in the store, whoever put it there; None when the store cannot say."""
    try:
        found = await ctx.storage.standing(_COUNTED)
    except (RecordUnavailable, StateBroken):
        return None  # the counters of this process are told all the same
    now = ctx.clock.now()
    told = {s.value: (0, 0.0) for s in sorted(OPEN)}
    return told | {s.value: (v.count, (now - v.since).total_seconds()) for s, v in found.items()}


def edge_of(app: FastAPI) -> Edge:
    """What the server of this application must know before there is a request."""
    ctx: Application = app.state.context
    found = ctx.settings
    return Edge(
        Bounds(found.max_connections, found.connections_per_address, found.head_seconds, found.idle_seconds),
        refusals(REFUSED, sandbox=found.sandbox),
        ctx.metrics.dropped,
        POSTGRES_DESCRIPTORS if found.shared else 0,
    )


@asynccontextmanager
async def _alive(ctx: Application, klok: Proefklok | None) -> AsyncIterator[None]:
    """The life of the gateway: it first compares the account with what was signed, and ends with a closed
    store.

    In between run the jobs that are ours. On a database that is shared with others, a worker does those jobs.
    """
    ours, checkpointer = not ctx.settings.shared, ctx.checkpointer
    try:
        await (checkpointer.start() if ours else checkpointer.check())
        if klok is not None:
            await klok.not_before(ctx.storage)
        await ctx.adopt()
        await ctx.lookalikes.work_out()
    except BaseException:
        await ctx.storage.close()
        raise
    jobs = [asyncio.create_task(job(ctx)) for job in ((sign, housekeep, hold, mail) if ours else ())]
    yield
    for job in jobs:
        job.cancel()
    ctx.aside.close()
    ended = await asyncio.gather(*jobs, return_exceptions=True)
    try:
        if ours:
            await checkpointer.publish()
    except Exception as error:  # noqa: BLE001 - whatever it is, the store must be closed
        ctx.log(PROMISE_BROKEN, exception=error, problem="checkpoint")
    await ctx.storage.close()
    ctx.log(STOPPED)
    for end in ended:
        if isinstance(end, GatewayError):
            raise end  # whoever runs this server must know that it did not stop because it was asked to


def _tell_one_time(app: FastAPI, klok: Proefklok) -> None:
    """No answer of one gateway has an earlier time than another gateway gave before."""

    @app.middleware("http")
    async def refresh(request: Request, call_next: RequestResponseEndpoint) -> Response:
        await asyncio.to_thread(klok.refresh)
        return await call_next(request)
