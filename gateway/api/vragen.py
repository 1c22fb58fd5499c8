"""The 23 questions of an FG, and what he does with the answers: looking at a person, samples, checks.

What is not under his toezicht, what does not exist and what the partij may not know itself are one answer: an
empty list, or the same 404.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.bodies import (
    NA,
    NagekekenVerzoek,
    SteekproefoordeelVerzoek,
    SteekproefVerzoek,
    ToezichtVerzoek,
    ToonVerzoek,
    VoorstelVerzoek,
    VraagVerzoek,
)
from gateway.api.http import (
    DAY,
    day_parameter,
    idempotency_key,
    parse_json,
    path_id,
    path_name,
    prefers,
    respond,
    text_parameter,
    whole_number,
)
from gateway.api.openapi import Cursor, Query, operation
from gateway.api.request import SMALL_BODY, claim_of, read_body
from gateway.api.routes import Routes
from gateway.api.toezicht import PARTIJ, VERVOLG, kijker_of, over_leerling, periode_of, watched
from gateway.application import Application
from gateway.exchange.idempotency import Answer, Claim, earlier
from gateway.explain.tabel import table
from gateway.explain.views import moment
from gateway.identity.tokens import Caller
from gateway.toezicht import vragen
from gateway.toezicht.bron import Boom
from gateway.toezicht.overzicht import MOST_YEAR
from gateway.toezicht.pakket import NORMEN, pakket
from gateway.toezicht.vraag import Gevraagd, Vraag
from gateway.toezicht.werk import vervolg
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.events import TOEZICHT_READ
from schemas.people.mensen import Handeling
from schemas.people.partij import Scope
from schemas.people.toezicht import Kijkdoel, Steekproefpunt, Toezichtfeit

TAG: Final = "Toezicht"
_HEADERS: Final = {VERVOLG: "Alleen bij `text/csv`: de `na` voor het vervolg, als dat er is."}
_VERDER: Final = f"({NA[1:-1]}|[0-9]{{1,15}})"
_PERIODE: Final = (
    Cursor("partij", "Alleen deze partij. Anders alle partijen onder uw toezicht.", f"^{PARTIJ}$"),
    Cursor("van", "Vanaf deze Nederlandse dag. Anders zeven dagen terug.", f"^{DAY}$"),
    Cursor("tot", "Tot deze Nederlandse dag, zelf niet meegeteld. Anders tot nu.", f"^{DAY}$"),
)
_DEEL: Final = (
    f"Eén keer vragen kijkt naar hoogstens {vragen.MOST} leveringen of 20.000 regels van de "
    "verantwoording. Is `na` niet null, geef hem dan terug voor het vervolg; bij een telling telt u de delen "
    "bij elkaar op. `boom` zegt hoe groot de verantwoording was toen dit antwoord werd gemaakt."
)

ROUTES: Final = Routes()


@ROUTES.get(
    "/toezicht/vragen",
    **operation(
        id="toezichtVragen",
        tag=TAG,
        summary="De 23 vragen die een fg kan stellen",
        description="Met de kolommen van hun antwoord.",
        scope=Scope.TOEZICHT,
        answer=antwoorden.Toezichtvragen,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    await ctx.authenticator.require(request, Scope.TOEZICHT)
    return respond(200, {"vragen": [_vraag(v) for v in vragen.VRAGEN]})


@ROUTES.get(
    "/toezicht/vragen/{vraagId}",
    **operation(
        id="toezichtVraag",
        tag=TAG,
        summary="Het antwoord op één vraag over een periode",
        description=f"Vraag 1 gaat over één leerling: stel die met `_zoek`. {_DEEL}",
        scope=Scope.TOEZICHT,
        query=(
            *_PERIODE,
            Cursor("ontvanger", "Bij vraag 4: alleen deze ontvanger.", f"^{PARTIJ}$"),
            Cursor("na", "De `na` van het vorige deel.", f"^{_VERDER}$"),
        ),
        answer=antwoorden.Toezichtantwoord,
        answer_headers=_HEADERS,
        table=True,
    ),
)
async def ask(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    vraag = _named(request)
    if vraag.leerling:
        text = "Deze vraag gaat over één leerling: stel haar met _zoek, met een kijkdoel."
        raise InvalidMessage((Fault("toezicht.leerling", "", text),))
    gevraagd = _gevraagd(ctx, caller, request, vraag.nummer)
    return await _answer(ctx, caller, request, gevraagd)


@ROUTES.post(
    "/toezicht/vragen/{vraagId}/_zoek",
    **operation(
        id="toezichtVraagLeerling",
        tag=TAG,
        summary="Het antwoord op één vraag over één leerling",
        description=(
            "U noemt de leerling zoals de partij hem noemt en zegt waarvoor u kijkt. Dat komt in de "
            f"verantwoording voordat u iets ziet; vraag 23 toont het. {_DEEL}"
        ),
        scope=Scope.TOEZICHT,
        body=VraagVerzoek,
        answer=antwoorden.Toezichtantwoord,
        answer_headers=_HEADERS,
        table=True,
    ),
)
async def ask_about(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    vraag = _named(request)
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), VraagVerzoek)
    if vraag.over is None:
        text = "Deze vraag gaat niet over leveringen: stel haar zonder leerling."
        raise InvalidMessage((Fault("toezicht.leerling", "", text),))
    found = await over_leerling(ctx, caller, _as_search(asked))
    partijen = () if found is None else watched(caller, asked.partij)
    at = periode_of(ctx, partijen, asked.van, asked.tot, asked.na, found)
    gevraagd = Gevraagd(vraag.nummer, at, caller.partij.id, kijkdoel=asked.kijkdoel)
    return await _answer(ctx, caller, request, gevraagd, asked.kijkdoel)


@ROUTES.get(
    "/toezicht/uitzonderingen",
    **operation(
        id="toezichtUitzonderingen",
        tag=TAG,
        summary="Wat in een periode aandacht vraagt, geteld per soort",
        description=f"Elke soort noemt de vraag die de gevallen geeft. {_DEEL}",
        scope=Scope.TOEZICHT,
        query=(*_PERIODE, Cursor("na", "De `na` van het vorige deel.", NA)),
        answer=antwoorden.Toezichtuitzonderingen,
    ),
)
async def exceptions(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    gevraagd = _gevraagd(ctx, caller, request, 10, NA[1:-1])
    boom = await ctx.toezicht.bron.boom()
    found, looked, na = await ctx.toezicht.uitzonderingen(gevraagd)
    _log(ctx, caller, gevraagd.periode.partijen, None, looked)
    rows = [
        {
            "naam": u.naam,
            "tekst": u.tekst,
            "norm": u.norm,
            "vraag": None if u.vraag is None else f"vraag-{u.vraag}",
            "aantal": u.aantal,
            "moetNul": u.moet_nul,
        }
        for u in found
    ]
    return respond(200, {"uitzonderingen": rows, "gelezen": looked, "na": na, "boom": _boom(boom)})


@ROUTES.get(
    "/toezicht/afspraken",
    **operation(
        id="toezichtAfspraken",
        tag=TAG,
        summary="Welke profielen in een periode veranderden, en welke convenanten aflopen",
        description=(
            "Van een profiel: wanneer, en welke velden erbij kwamen of thuisbleven. Het register van toen "
            "wordt vergeleken met wat de verantwoording ervan zegt. Een profiel dat met een nieuwe versie "
            "van de gateway meekomt, staat hier niet."
        ),
        scope=Scope.TOEZICHT,
        query=_PERIODE,
        answer=antwoorden.Toezichtafspraken,
    ),
)
async def agreements(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    at = _gevraagd(ctx, caller, request, 10, NA[1:-1]).periode
    found = await ctx.toezicht.afspraken(at) if at.partijen else {"profielen": [], "convenanten": []}
    _log(ctx, caller, at.partijen, None, 0)
    again = vragen.afspraken_opnieuw(at)
    told = {"profielen": found["profielen"], "convenanten": found["convenanten"], "naTeRekenen": again}
    return respond(200, told)


@ROUTES.get(
    "/toezicht/overzicht",
    **operation(
        id="toezichtOverzicht",
        tag=TAG,
        summary="Met wie in een periode is uitgewisseld, geteld per partner",
        description=_DEEL,
        scope=Scope.TOEZICHT,
        query=(*_PERIODE, Cursor("na", "De `na` van het vorige deel.", NA)),
        answer=antwoorden.Toezichtoverzicht,
    ),
)
async def overview(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    at = _gevraagd(ctx, caller, request, 10, NA[1:-1]).periode
    found = await ctx.toezicht.overzicht(at)
    _log(ctx, caller, at.partijen, None, found.gelezen)
    return respond(200, {"partners": found.rijen, "gelezen": found.gelezen, "na": found.na})


@ROUTES.get(
    "/toezicht/maanden",
    **operation(
        id="toezichtMaanden",
        tag=TAG,
        summary="Dertien maanden in getallen",
        description=(
            f"Terug geteld vanaf de laatste maand, tot {MOST_YEAR} leveringen. `volledig` is false bij een "
            "maand waarvan niet alles is geteld; wat er dan staat, is het minste dat het was."
        ),
        scope=Scope.TOEZICHT,
        query=(
            _PERIODE[0],
            Cursor("tot", "Tot deze Nederlandse dag, zelf niet meegeteld. Anders tot nu.", f"^{DAY}$"),
        ),
        answer=antwoorden.Toezichtmaanden,
    ),
)
async def months(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    own = watched(caller, text_parameter(request, "partij", PARTIJ))
    tot = day_parameter(request, "tot") or day(ctx.clock.now()) + dt.timedelta(days=1)
    found = await ctx.toezicht.maanden(periode_of(ctx, own, None, tot, None).partijen, tot)
    _log(ctx, caller, own, None, 0)
    return respond(200, {"maanden": found})


@ROUTES.post(
    "/toezicht/_toon",
    **operation(
        id="toezichtToon",
        tag=TAG,
        summary="Hoe de partij de leerling van een levering noemt",
        description=(
            "Overal elders staat een leerling er met een willekeurige verwijzing. U zegt waarvoor u kijkt; "
            "dat komt in de verantwoording voordat u iets ziet, en vraag 23 toont het."
        ),
        scope=Scope.TOEZICHT,
        body=ToonVerzoek,
        answer=antwoorden.Toezichtnaam,
        problems=(NotFound,),
    ),
)
async def show(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    await ctx.authenticator.zeker(caller, Handeling.ONTMASKEREN)
    asked = parse_json(await read_body(ctx, request, SMALL_BODY), ToonVerzoek)
    own = caller.partij.toezicht_op
    told = await ctx.toezicht.toon(kijker_of(caller), own, asked.levering_id, asked.kijkdoel)
    return respond(200, told)


@ROUTES.get(
    "/toezicht/leveringen/{leveringId}/opnieuw",
    **operation(
        id="toezichtOpnieuw",
        tag=TAG,
        summary="Het besluit opnieuw: onder de regels van toen en die van nu",
        description=(
            "Op de feiten van toen. `nagerekend` zegt dat onder de regels van toen hetzelfde uitkwam. Er "
            "verandert niets door te vragen."
        ),
        scope=Scope.TOEZICHT,
        answer=antwoorden.Toezichtopnieuw,
    ),
)
async def again(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    told = await ctx.toezicht.opnieuw(path_id(request, "leveringId"), caller.partij.toezicht_op)
    return respond(200, told)


@ROUTES.get(
    "/toezicht/afwegingen",
    **operation(
        id="toezichtAfwegingen",
        tag=TAG,
        summary="De afwegingen waarop in een periode iets ging, met uw oordeel",
        description=f"Een oordeel legt u vast bij de afweging zelf. {_DEEL}",
        scope=Scope.TOEZICHT,
        query=(
            *_PERIODE,
            Cursor("na", "De `na` van het vorige deel.", NA),
            Query("aantal", "Naar hoeveel leveringen er wordt gekeken.", 1_000, 1, 1_000),
        ),
        answer=antwoorden.Toezichtafwegingen,
    ),
)
async def weighings(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    gevraagd = _gevraagd(ctx, caller, request, 10, NA[1:-1])
    found, na = await ctx.toezicht.afwegingen(
        gevraagd.periode, whole_number(request, "aantal", 1_000, 1, 1_000)
    )
    return respond(200, {"afwegingen": found, "na": na})


@ROUTES.get(
    "/toezicht/bewijspakketten/{normId}",
    **operation(
        id="toezichtBewijspakket",
        tag=TAG,
        summary="Een bewijspakket voor één norm",
        description=(
            "De antwoorden die bij deze norm horen als tabellen en als leesbare PDF, met een manifest van "
            "hun hashes en hoe groot de verantwoording was. `ozlijn fg pakket` kijkt het na zonder gateway."
        ),
        scope=Scope.TOEZICHT,
        query=_PERIODE,
        answer={"type": "string", "format": "binary"},
        answer_media="application/zip",
        answer_text="Het pakket.",
    ),
)
async def pack(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    norm = path_name(request, "normId")
    if norm not in NORMEN:
        raise NotFound
    gevraagd = _gevraagd(ctx, caller, request, 4)
    made = await pakket(norm, gevraagd, ctx.toezicht.geheel, ctx.clock.now(), ctx.drukker)
    _log(ctx, caller, gevraagd.periode.partijen, None, 0)
    return respond(200, made, {}, "application/zip")


@ROUTES.post(
    "/toezicht/steekproeven",
    **operation(
        id="trekSteekproef",
        tag=TAG,
        summary="Trek een steekproef",
        description=(
            "Uit alle leveringen van een partij in een periode. Hetzelfde zaad geeft uit dezelfde leveringen "
            "dezelfde gevallen, zodat een ander haar kan narekenen."
        ),
        scope=Scope.TOEZICHT,
        body=SteekproefVerzoek,
        status=201,
        answer=antwoorden.ToezichtVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def draw(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, SteekproefVerzoek)
    if not watched(caller, asked.partij):
        raise NotFound
    claim, before = await _claim(ctx, caller, request, "steekproeven", raw)
    if before is None:
        before = await ctx.toezicht.trek(
            kijker_of(caller), asked.partij, asked.van, asked.tot, asked.zaad, asked.aantal, claim, _body
        )
    return respond(before.status, before.body)


@ROUTES.get(
    "/toezicht/steekproeven",
    **operation(
        id="toezichtSteekproeven",
        tag=TAG,
        summary="De steekproeven uit een partij, per jaar",
        description="De nieuwste eerst, met wat u van elk geval vond.",
        scope=Scope.TOEZICHT,
        query=(
            Cursor("partij", "Deze partij. Zonder partij is de lijst leeg.", f"^{PARTIJ}$"),
            Query("jaar", "In dit jaar getrokken. Anders dit jaar.", 0, 0, 9_998),
        ),
        answer=antwoorden.Steekproeven,
    ),
)
async def samples(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    partij = text_parameter(request, "partij", PARTIJ)
    jaar = whole_number(request, "jaar", 0, 0, 9_998) or day(ctx.clock.now()).year
    own = () if partij is None else watched(caller, partij)
    found = await ctx.toezicht.steekproeven(own[0], jaar) if own else []
    return respond(200, {"steekproeven": found})


@ROUTES.get(
    "/toezicht/steekproeven/{steekproefId}",
    **operation(
        id="toezichtSteekproef",
        tag=TAG,
        summary="Eén steekproef, met wat u van elk geval vond",
        description="`punten` is null bij een geval dat u nog niet bekeek.",
        scope=Scope.TOEZICHT,
        answer=antwoorden.EenSteekproef,
    ),
)
async def sample(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    told = await ctx.toezicht.steekproef(caller.partij.toezicht_op, path_id(request, "steekproefId"))
    return respond(200, told)


@ROUTES.post(
    "/toezicht/steekproeven/{steekproefId}/oordelen",
    **operation(
        id="beoordeelGeval",
        tag=TAG,
        summary="Leg vast wat u van één geval van een steekproef vindt",
        description=(
            "Over elk van de vijf punten: `grond`, `nodig`, `ontvanger`, `informatie` en `vastlegging`. Het "
            "laatste oordeel over een geval telt; eerdere blijven staan."
        ),
        scope=Scope.TOEZICHT,
        body=SteekproefoordeelVerzoek,
        status=201,
        answer=antwoorden.ToezichtVastgelegd,
        idempotent=True,
    ),
)
async def judge(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    ident = path_id(request, "steekproefId")
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, SteekproefoordeelVerzoek)
    if set(asked.punten) != set(Steekproefpunt):
        text = f"Zeg van elk punt wat u vindt: {', '.join(Steekproefpunt)}."
        raise InvalidMessage((Fault("toezicht.punten", "/punten", text),))
    claim, before = await _claim(ctx, caller, request, f"oordelen/{ident}", raw)
    if before is None:
        before = await ctx.toezicht.oordeel(
            kijker_of(caller),
            caller.partij.toezicht_op,
            ident,
            asked.levering_id,
            asked.punten,
            asked.toelichting,
            claim,
            _body,
        )
    return respond(before.status, before.body)


@ROUTES.post(
    "/toezicht/voorstellen",
    **operation(
        id="stelWijzigingVoor",
        tag=TAG,
        summary="Stel voor een profiel of convenant te wijzigen",
        description=(
            "Er verandert niets: de partij krijgt een taak (`voorstel_bekijken`) met de velden, en leest uw "
            "voorstel bij die taak."
        ),
        scope=Scope.TOEZICHT,
        body=VoorstelVerzoek,
        status=201,
        answer=antwoorden.ToezichtVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def propose(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, VoorstelVerzoek)
    if not watched(caller, asked.partij):
        raise NotFound
    claim, before = await _claim(ctx, caller, request, "voorstellen", raw)
    if before is None:
        said = {
            "soort": asked.soort,
            "afspraak": asked.afspraak,
            "velden": asked.velden,
            "toelichting": asked.toelichting,
        }
        before = await ctx.toezicht.stel_voor(kijker_of(caller), asked.partij, said, claim, _body)
    return respond(before.status, before.body)


@ROUTES.get(
    "/toezicht/voorstellen",
    **operation(
        id="toezichtVoorstellen",
        tag=TAG,
        summary="Wat u een partij voorstelde, per jaar",
        description="De nieuwste eerst, met hoe het ermee staat.",
        scope=Scope.TOEZICHT,
        query=(
            Cursor("partij", "Deze partij. Zonder partij is de lijst leeg.", f"^{PARTIJ}$"),
            Query("jaar", "In dit jaar voorgesteld. Anders dit jaar.", 0, 0, 9_998),
        ),
        answer=antwoorden.Voorstellen,
    ),
)
async def proposals(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    partij = text_parameter(request, "partij", PARTIJ)
    jaar = whole_number(request, "jaar", 0, 0, 9_998) or day(ctx.clock.now()).year
    own = () if partij is None else watched(caller, partij)
    found = await ctx.toezicht.voorstellen(own[0], jaar) if own else []
    return respond(200, {"voorstellen": found})


@ROUTES.post(
    "/toezicht/nagekeken",
    **operation(
        id="keekNa",
        tag=TAG,
        summary="Leg vast tot waar u de verantwoording nakeek",
        description=(
            "Met de grootte en de wortel die een antwoord u gaf. Vraag 19 vergelijkt daarmee: zo ziet u of "
            "er sindsdien iets weg of veranderd is. Bewaar ze ook zelf, buiten de gateway."
        ),
        scope=Scope.TOEZICHT,
        body=NagekekenVerzoek,
        status=201,
        answer=antwoorden.ToezichtVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def checked(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, NagekekenVerzoek)
    if not watched(caller, asked.partij):
        raise NotFound
    claim, before = await _claim(ctx, caller, request, "nagekeken", raw)
    if before is None:
        before = await ctx.toezicht.nagekeken(
            kijker_of(caller), asked.partij, asked.grootte, asked.wortel, claim, _body
        )
    return respond(before.status, before.body)


# ── parts


async def _claim(
    ctx: Application, caller: Caller, request: Request, name: str, raw: bytes
) -> tuple[Claim, Answer | None]:
    claim = await claim_of(ctx, caller, f"toezicht/{name}", idempotency_key(request), raw)
    return claim, await earlier(ctx.storage, claim)


def _body(fact: Toezichtfeit) -> bytes:
    return orjson.dumps({"id": fact.id, "vastgelegdOp": moment(fact.vastgelegd_op)})


def _named(request: Request) -> Vraag:
    name = path_name(request, "vraagId")
    found = {f"vraag-{n}": v for n, v in vragen.VRAAG.items()}.get(name)
    if found is None:
        raise NotFound
    return found


def _gevraagd(
    ctx: Application, caller: Caller, request: Request, nummer: int, form: str = _VERDER
) -> Gevraagd:
    partij = text_parameter(request, "partij", PARTIJ)
    van, tot = day_parameter(request, "van"), day_parameter(request, "tot")
    na = text_parameter(request, "na", form)
    at = periode_of(ctx, watched(caller, partij), van, tot, None)
    gevraagd = Gevraagd(nummer, at, caller.partij.id, text_parameter(request, "ontvanger", PARTIJ))
    if na is None:
        return gevraagd
    if (vragen.VRAAG[nummer].zelf is None) is not ("-" in na):
        text = "moet een waarde zijn die u kreeg"
        raise InvalidMessage((Fault("parameter.id", "query na", text),))
    return vervolg(gevraagd, na)


def _as_search(asked: VraagVerzoek) -> ToezichtVerzoek:
    return ToezichtVerzoek(
        partij=asked.partij,
        leerling=asked.leerling,
        leerling_id=asked.leerling_id,
        kijkdoel=asked.kijkdoel,
        van=asked.van,
        tot=asked.tot,
        na=asked.na,
    )


async def _answer(
    ctx: Application, caller: Caller, request: Request, gevraagd: Gevraagd, kijkdoel: Kijkdoel | None = None
) -> Response:
    found = await ctx.toezicht.vraag(gevraagd)
    _log(ctx, caller, gevraagd.periode.partijen, kijkdoel, found.gelezen)
    vary = {"Vary": "Accept"}
    if prefers(request, "text/csv"):
        more = {} if found.na is None else {VERVOLG: found.na}
        made = table(found.vraag.kolommen, found.rijen)
        return respond(200, made, vary | more, "text/csv; charset=utf-8; header=present")
    told = {
        "vraag": _vraag(found.vraag),
        "rijen": found.rijen,
        "gelezen": found.gelezen,
        "kloptNiet": found.kloptNiet,
        "na": found.na,
        "boom": _boom(found.boom),
        "naTeRekenen": found.opnieuw,
    }
    return respond(200, told, vary)


def _log(
    ctx: Application, caller: Caller, over: tuple[str, ...], kijkdoel: Kijkdoel | None, looked: int
) -> None:
    ctx.log(
        TOEZICHT_READ,
        partij=caller.partij.id,
        client=caller.client_id,
        over=over,
        kijkdoel=kijkdoel,
        leveringen=looked,
    )


def _boom(boom: Boom) -> dict[str, Any]:
    return {"grootte": boom.grootte, "wortel": boom.wortel, "controlepunt": boom.controlepunt}


def _vraag(v: Vraag) -> dict[str, Any]:
    return {
        "id": f"vraag-{v.nummer}",
        "nummer": v.nummer,
        "groep": v.groep,
        "tekst": v.tekst,
        "norm": v.norm,
        "kolommen": v.kolommen,
        "overLeerling": v.leerling,
        "moetLeeg": v.leeg,
    }
