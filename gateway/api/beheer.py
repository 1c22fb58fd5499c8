"""What an operator does: see whether all goes well, offer again what failed, and replace the register.

He sees ids and codes of the whole gateway, and of no levering what is in it. What he changes stands in the
account, with who did it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import datetime as dt
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.bodies import Registerbestand, Registertoepassing, Registervoorstel
from gateway.api.http import (
    choice_parameter,
    parse_large_json,
    path_id,
    respond,
    text_parameter,
    whole_number,
)
from gateway.api.openapi import Cursor, Query, operation
from gateway.api.request import read_body
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.explain import beheer, views
from gateway.register.apply import Verschil, apply_register, difference, remarks, warning
from gateway.register.bestandenset import Aangeboden, read_files
from gateway.runtime.tonen import shown
from schemas.errors import Fault, InvalidMessage, NotFailed, NotFound, Outdated, StillHeld, WrongUse
from schemas.exchange.uitwisseling import OPEN, Leveringstatus
from schemas.people.partij import Scope
from schemas.shown import weergave
from schemas.storage.storage import Register

TAG: Final = "Beheer"
NA: Final = "^([0-9]{1,18}|[0-9a-f]{32})$"
_COUNTED: Final = 20_000
"""Of what is open no more than these are counted."""
_LATE: Final = dt.timedelta(minutes=5)
"""After this a round that should have begun does not come any more."""

ROUTES: Final = Routes()


@ROUTES.get(
    "/beheer/toestand",
    **operation(
        id="toestand",
        tag=TAG,
        summary="Hoe de gateway ervoor staat",
        description=(
            "Wat `ozlijn doctor` vindt, hoeveel leveringen er wachten en sinds wanneer, en hoeveel regels de "
            "verantwoording heeft. Er wordt gekeken op het moment dat u vraagt. Er staat geen geheim in."
        ),
        scope=Scope.BEHEER,
        answer=antwoorden.ToestandAntwoord,
    ),
)
async def state(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.BEHEER)
    runs, found = await asyncio.to_thread(request.app.state.nakijken)
    found += await ctx.post.bevindingen()
    standing = await ctx.storage.standing(_COUNTED)
    return respond(
        200,
        {
            "nagekekenOp": views.moment(ctx.clock.now()),
            "draait": runs,
            "bevindingen": [b.members() for b in found],
            "open": [
                {
                    "status": status,
                    "aantal": standing[status].count,
                    "sinds": views.moment(standing[status].since),
                }
                for status in sorted(standing)
            ],
            "verantwoording": (await ctx.storage.head()).size,
        },
    )


@ROUTES.get(
    "/beheer/rondes",
    **operation(
        id="rondes",
        tag=TAG,
        summary="Wat het werk op de achtergrond het laatst deed",
        description=(
            "Elk proces dat op termijnen let, zegt na elke ronde wat het deed, hoe lang dat duurde en wat "
            "mislukte. Wat een proces een week niet meer zegt, is vergeten."
        ),
        scope=Scope.BEHEER,
        answer=antwoorden.Rondelijst,
    ),
)
async def rounds(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.BEHEER)
    late = ctx.clock.now() - _LATE
    found = [
        {
            "proces": r.proces,
            "begonnenOp": views.moment(r.begonnen),
            "volgendeOp": views.moment(r.volgende),
            "teLaat": r.volgende < late,
            "delen": [{"werk": d.naam, "duurMs": d.duur_ms, "gelukt": d.gelukt} for d in r.delen],
        }
        for r in await ctx.rondes.alle()
    ]
    return respond(200, {"rondes": found})


@ROUTES.get(
    "/beheer/leveringen",
    **operation(
        id="beheerLeveringen",
        tag=TAG,
        summary="Alle leveringen met hun status, in codes",
        description=(
            "Zonder `status` wat openstaat, op volgorde van wat het eerst vervalt. Met een status die "
            "voorbij is alles in de volgorde waarin het is aangenomen. Is `na` niet null, geef hem dan terug "
            "voor het vervolg. Nooit een naam of iets uit de levering zelf."
        ),
        scope=Scope.BEHEER,
        query=(
            Cursor("status", "Alleen deze status.", f"^({'|'.join(Leveringstatus)})$"),
            Cursor("na", "De `na` van de vorige pagina.", NA),
            Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
        ),
        answer=antwoorden.BeheerdeLeveringen,
        problems=(NotFound,),
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.BEHEER)
    status = choice_parameter(request, "status", Leveringstatus)
    asked = frozenset(OPEN if status is None else (status,))
    na, count = text_parameter(request, "na", NA), whole_number(request, "aantal", 50, 1, 200)
    found, more = await beheer.leveringen(ctx.storage, asked, na, count)
    return respond(200, {"leveringen": found, "na": more})


@ROUTES.post(
    "/beheer/leveringen/{leveringId}/_herhaal",
    **operation(
        id="beheerHerhaal",
        tag=TAG,
        summary="Bied een mislukte levering opnieuw aan",
        description=(
            "Namens de afzender, die het anders zelf doet. Er wordt opnieuw besloten. Alleen een mislukte "
            "levering kan worden herhaald."
        ),
        scope=Scope.BEHEREN,
        answer=weergave.Leveringsamenvatting,
        problems=(NotFailed, StillHeld),
    ),
)
async def redeliver(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.BEHEREN)
    levering = await ctx.storage.levering(path_id(request, "leveringId"))
    partijen = (await ctx.authenticator.partijen.current()).by_id
    if levering is None or (sender := partijen.get(levering.afzender)) is None:
        raise NotFound
    found = await ctx.sender.redeliver(sender, levering.uitwisseling, levering.id)
    return respond(200, views.summary(found))


@ROUTES.get(
    "/beheer/register",
    **operation(
        id="register",
        tag=TAG,
        summary="Wat er in het register staat",
        description="Partijen, systemen met hun sleutels, profielen, convenanten en de regio, bij hun id.",
        scope=Scope.BEHEER,
        answer=antwoorden.RegisterAntwoord,
    ),
)
async def register(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.BEHEER)
    partijen = await ctx.authenticator.partijen.current()
    beleid = (await ctx.regels.current()).beleid
    return respond(200, {**beheer.register(partijen, beleid, day(ctx.clock.now()))})


@ROUTES.post(
    "/beheer/register/_verschil",
    **operation(
        id="registerVerschil",
        tag=TAG,
        summary="Wat er verandert als u deze bestanden toepast",
        description=(
            "De bestanden zijn samen het hele register, als bij `ozlijn apply`. Er wordt niets toegepast. De "
            "`versie` geeft u mee als u het wel wilt."
        ),
        scope=Scope.BEHEER,
        body=Registervoorstel,
        answer=antwoorden.Registerverschil,
    ),
)
async def compare(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.BEHEER)
    asked = await parse_large_json(await read_body(ctx, request), Registervoorstel)
    new = await _read(ctx, asked.bestanden)
    old = await ctx.storage.register()
    return respond(200, _told(old, new, difference(old, new), old.version))


@ROUTES.post(
    "/beheer/register",
    **operation(
        id="registerToepassen",
        tag=TAG,
        summary="Pas deze bestanden toe als register",
        description=(
            "Alles in één keer, of niets; wat er al zo stond verandert niet. Is het register sinds uw "
            "`versie` veranderd, dan is het antwoord 409 en gebeurt er niets."
        ),
        scope=Scope.BEHEREN,
        body=Registertoepassing,
        answer=antwoorden.Registerverschil,
        problems=(Outdated,),
    ),
)
async def put_in_force(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.BEHEREN)
    asked = await parse_large_json(await read_body(ctx, request), Registertoepassing)
    new = await _read(ctx, asked.bestanden)
    old = await ctx.storage.register()
    if difference(old, new).verwijderd and not asked.verwijder:
        text = "Er verdwijnt iets uit het register. Zeg erbij dat dat de bedoeling is."
        raise InvalidMessage((Fault("register.verdwijnt", "/verwijder", text),))
    try:
        done = await apply_register(
            ctx.storage,
            ctx.leaves,
            ctx.stamps,
            new,
            remove=asked.verwijder,
            now=ctx.clock.now(),
            shown=asked.versie,
        )
    except WrongUse as error:
        text = f"Dit past niet op het register van nu: {shown(error)}."
        raise InvalidMessage((Fault("register.geweigerd", "/bestanden", text),)) from None
    return respond(200, _told(old, new, done, await ctx.storage.register_version()))


async def _read(ctx: Application, files: tuple[Registerbestand, ...]) -> Register:
    offered = []
    for i, file in enumerate(files):
        try:
            offered.append(Aangeboden(file.naam, base64.b64decode(file.inhoud, validate=True)))
        except binascii.Error:
            place = f"/bestanden/{i}/inhoud"
            raise InvalidMessage((Fault("register.base64", place, "Dit is geen geldige base64."),)) from None
    return await asyncio.to_thread(read_files, offered, ctx.settings.convenant_key)


def _told(old: Register, new: Register, changes: Verschil, version: int) -> dict[str, Any]:
    looser = warning(old, new)
    return {
        "versie": version,
        "nieuw": changes.nieuw,
        "gewijzigd": changes.gewijzigd,
        "verwijderd": changes.verwijderd,
        "letOp": [*([] if looser is None else [looser]), *remarks(new)],
    }
