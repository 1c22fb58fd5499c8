"""The application: routers on one context, and the jobs that run beside them.

It says in which order things start and end, and nothing about what they do: no rule, no route and no SQL
stands here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import (
    afspraken,
    afwegingen,
    feiten,
    intrekkingen,
    kopieen,
    overig,
    overleggen,
    overstappen,
    postbus,
    proefklok,
    registraties,
    schemas,
    taken,
    thuiszitten,
    toestemmingen,
    toezicht,
    uitwisselingen,
    zaken,
)
from gateway.api.http import actions, install, refusals
from gateway.api.openapi import PREFIX, add_openapi_route
from gateway.api.token import token_router
from gateway.application import Application
from gateway.jobs.holding import hold
from gateway.jobs.housekeeping import housekeep, round_to_the_end
from gateway.jobs.signing import sign
from gateway.ports.clock import Clock
from gateway.runtime.edge import POSTGRES_DESCRIPTORS, REFUSED, Bounds, Edge
from gateway.runtime.logs import Log
from gateway.runtime.proefklok import Proefklok, Reis
from gateway.runtime.settings import Settings
from gateway.wiring import SystemClock, World, build
from schemas.errors import GatewayError, RecordUnavailable, StateBroken
from schemas.events import PROMISE_BROKEN, STARTED, STOPPED
from schemas.exchange.uitwisseling import OPEN
from schemas.people.partij import Scope

_COUNTED: Final = 20_000
"""Of what is open no more than these are counted, because counting takes time of the event loop too."""


def create_app(settings: Settings, world: World, log: Log, clock: Clock | None = None) -> FastAPI:
    """The gateway as an ASGI application. It owns `world` from its start and closes it at its end."""
    klok = Proefklok(clock or SystemClock(), world.shift) if settings.sandbox else None
    ctx = build(settings, world, klok or clock or SystemClock(), log)

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

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=lifespan)
    install(app, log, sandbox=settings.sandbox)
    if klok is not None and settings.shared:
        _tell_one_time(app, klok)
    routers = list(_routers(ctx, klok))
    named = actions([route for router in routers for route in router.routes])
    for router in (named, *routers):
        app.include_router(router, prefix=PREFIX)
    add_openapi_route(app, settings.api_url)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        await ctx.authenticator.require(request, Scope.BEHEER)
        ctx.metrics.standing(await _standing(ctx))
        return Response(ctx.metrics.text(), media_type="text/plain; version=0.0.4")

    app.state.context = ctx
    return app


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
    jobs = [asyncio.create_task(job(ctx)) for job in ((sign, housekeep, hold) if ours else ())]
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


def _routers(ctx: Application, klok: Proefklok | None) -> Iterator[APIRouter]:
    yield token_router(ctx.authenticator, ctx.log)
    yield uitwisselingen.ROUTES.router(ctx)
    yield postbus.ROUTES.router(ctx)
    yield intrekkingen.ROUTES.router(ctx)
    yield feiten.ROUTES.router(ctx)
    yield afwegingen.ROUTES.router(ctx)
    yield toestemmingen.ROUTES.router(ctx)
    yield registraties.ROUTES.router(ctx)
    yield afspraken.ROUTES.router(ctx)
    yield taken.ROUTES.router(ctx)
    yield zaken.ROUTES.router(ctx)
    yield overleggen.ROUTES.router(ctx)
    yield toezicht.ROUTES.router(ctx)
    yield kopieen.ROUTES.router(ctx)
    yield thuiszitten.ROUTES.router(ctx)
    yield overstappen.ROUTES.router(ctx)
    yield overig.ROUTES.router(ctx)
    yield schemas.ROUTES.router(ctx)
    if klok is not None:
        yield proefklok.router(ctx, Reis(klok, lambda: round_to_the_end(ctx)))
