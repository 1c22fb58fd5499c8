"""The registration of a school: compared with what is known, taken over, read back and put back."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import Registratieaanbod, Registratieherstel, Registratieovername
from gateway.api.http import (
    id_parameter,
    idempotency_key,
    parse_json,
    parse_large_json,
    path_id,
    respond,
    whole_number,
)
from gateway.api.openapi import Cursor, Query, operation
from gateway.api.request import SMALL_BODY, claim_of, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import Vastlegger
from gateway.api.voorbeelden import registraties
from gateway.application import Application
from gateway.case.case import Case
from gateway.exchange.intake.envelope import decoded
from gateway.exchange.leerling import Found
from gateway.explain import vastgelegd
from gateway.explain.vastgelegd import as_json
from gateway.explain.views import moment
from gateway.follow_up.registraties import Gekozen, Overname, Verschil
from gateway.follow_up.verschil import REDENEN, Hint, Regel, Stand
from gateway.runtime.turns import Lane
from schemas.account.verantwoording import Leaf
from schemas.errors import NotFound, Outdated
from schemas.events import REGISTRATION_COMPARED, REGISTRATION_TAKEN
from schemas.people.feit import Feit
from schemas.people.partij import Scope
from schemas.people.registratie import Leerlingregistratie
from schemas.storage.storage import LeerlingRow

TAG = "Leerlingregistratie"
_BETWEEN_TURNS: Final = 100
"""This many leerlingen are written out before others get a turn."""

ROUTES: Final = Routes()


@ROUTES.post(
    "/registraties/_verschil",
    lane=Lane.PUSH,
    **operation(
        id="vergelijkRegistratie",
        tag=TAG,
        summary="Vergelijk uw registratie met wat bekend is",
        description=(
            "Een bestand van uw schoolsysteem: EDEXML, een antwoord van UWLR, of een CSV met uw "
            "kolomafspraak. U ziet per leerling wat nieuw of anders is, welke groepen er zijn, wie een "
            "volledig bestand niet meer noemt, en wat het over gezag doet vermoeden. Er wordt niets bewaard "
            "en niets overgenomen: dat doet u met het `verschil` hieruit en het `kenmerk` van wie u kiest, "
            "binnen 24 uur. Aanwijzingen over gezag zijn geen gezag; dat legt een mens vast met "
            "`POST /gezagsgegevens`."
        ),
        scope=Scope.REGISTRATIES,
        body=Registratieaanbod,
        examples=registraties,
        answer=antwoorden.Registratieverschil,
        answer_text="Het verschil, alleen voor uw school.",
    ),
)
async def compare(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.REGISTRATIES)
    asked = await parse_large_json(await read_body(ctx, request), Registratieaanbod)
    raw, kolommen = _file(asked)
    found = await ctx.registraties.compare(caller.partij, raw, kolommen)
    ctx.log(
        REGISTRATION_COMPARED,
        partij=caller.partij.id,
        client=caller.client_id,
        leerlingen=len(found.regels),
        bytes=len(raw),
    )
    regels = []
    for n, (regel, kenmerk) in enumerate(zip(found.regels, found.kenmerken, strict=True), 1):
        regels.append(_regel(regel, kenmerk))
        if n % _BETWEEN_TURNS == 0:
            await asyncio.sleep(0)
    return respond(200, _shown(found, regels))


@ROUTES.post(
    "/registraties",
    lane=Lane.PUSH,
    **operation(
        id="neemRegistratieOver",
        tag=TAG,
        summary="Neem gekozen leerlingen over uit uw registratie",
        description=(
            "Hetzelfde bestand nog eens, met het `verschil` dat u zag en per leerling zijn `kenmerk` daarin. "
            "Klopt voor een van hen niet meer wat u zag, dan wordt er niets overgenomen (409, met "
            "`plaatsen`). Elke leerling wordt apart vastgelegd en verantwoord. Verandert er tijdens het "
            "overnemen nog iets, dan staat die ene leerling op `verouderd`. Herhalen met dezelfde sleutel "
            "gaat verder waar het ophield. Hoogstens 500 leerlingen per keer. De geboortedatum waarop "
            "besloten wordt, en het gezag, veranderen hier niet door."
        ),
        scope=Scope.REGISTRATIES,
        body=Registratieovername,
        status=201,
        answer=antwoorden.Registratieoverneming,
        answer_text="Wat er per gekozen leerling van kwam.",
        idempotent=True,
        problems=(Outdated,),
    ),
)
async def take_over(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.REGISTRATIES)
    key = idempotency_key(request)
    body = await read_body(ctx, request)
    claim = await claim_of(ctx, caller, "registraties", key, body)
    asked = await parse_large_json(body, Registratieovername)
    raw, kolommen = _file(asked)

    def answered(fact: Feit, row: LeerlingRow, leaf: Leaf) -> bytes:
        told = {
            "leerlingId": row.ref,
            "id": fact.id,
            "vastgelegdOp": moment(fact.vastgelegd_op),
            "bladHash": ctx.facts.bladhash(leaf),
        }
        return orjson.dumps(told)

    chosen = tuple(Gekozen(each.leerlingid, each.kenmerk) for each in asked.leerlingen)
    overname = Overname(
        caller.partij, caller.client_id, raw, kolommen, asked.verschil, chosen, claim, answered
    )
    done = await ctx.registraties.take_over(overname)
    if not done.repeated:
        ctx.log(
            REGISTRATION_TAKEN,
            partij=caller.partij.id,
            client=caller.client_id,
            leerlingen=sum(answer is not None for answer in done.antwoorden),
            redecided=done.redecided,
        )
    items = [
        {"leerlingid": each.leerlingid, "uitkomst": "verouderd"}
        if answer is None
        else {"leerlingid": each.leerlingid, "uitkomst": "overgenomen"} | orjson.loads(answer.body)
        for each, answer in zip(asked.leerlingen, done.antwoorden, strict=True)
    ]
    return respond(201, {"leerlingen": items})


@ROUTES.get(
    "/leerlingen/{leerlingId}/registraties",
    **operation(
        id="registratiesVanLeerling",
        tag=TAG,
        summary="Wat u van een leerling uit uw registratie overnam",
        description="Wat nu telt, en alles wat eerder is overgenomen, het nieuwste eerst.",
        scope=Scope.TOESTEMMING_LEZEN,
        query=(
            Cursor("na", "De `na` van de vorige pagina."),
            Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
        ),
        answer=antwoorden.registraties,
    ),
)
async def taken_over(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING_LEZEN)
    after, count = id_parameter(request, "na"), whole_number(request, "aantal", 50, 1, 200)
    own = await vastgelegd.of_leerling(ctx.storage, ctx.vault, caller.partij, path_id(request, "leerlingId"))
    found = [f for f in own.feiten if isinstance(f, Leerlingregistratie)][::-1]
    counts = as_json(found[0]) if found else None
    shown, following = vastgelegd.page(found, lambda f: f.id, after, count)
    return respond(200, {"telt": counts, "geschiedenis": [as_json(f) for f in shown], "na": following})


@ROUTES.post(
    "/leerlingen/{leerlingId}/registraties/_herstel",
    lane=Lane.FACT,
    **operation(
        id="herstelRegistratie",
        tag=TAG,
        summary="Laat een eerdere registratie weer gelden",
        description=(
            "Maakt een overname ongedaan: wat eerder gold, geldt weer, of met `terugNaar` null niets. Ook "
            "dit wordt vastgelegd. Telt er intussen een andere registratie, dan is het antwoord 409."
        ),
        scope=Scope.REGISTRATIES,
        body=Registratieherstel,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound, Outdated),
    ),
)
async def restore(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.REGISTRATIES)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, Registratieherstel)
    ref = path_id(request, "leerlingId")

    async def find() -> Found:
        return await ctx.facts.by_ref(caller.partij, ref)

    def make(case: Case) -> Leerlingregistratie:
        return ctx.registraties.restored(caller.partij, case, asked.telt, asked.terug_naar)

    return await Vastlegger(ctx).record(request, caller, raw, f"registraties/{ref}", find, make)


def _file(asked: Registratieaanbod) -> tuple[bytes, bytes | None]:
    raw = decoded({"/inhoud": asked.inhoud})["/inhoud"]
    return raw, None if asked.kolommen is None else asked.kolommen.encode()


def _shown(found: Verschil, regels: list[dict[str, Any]]) -> dict[str, Any]:
    message = found.registratie
    counted = {stand.value: 0 for stand in Stand}
    for regel in found.regels:
        counted[regel.stand.value] += 1
    herkomst = None
    if message is not None:
        day = message.herkomst.datum
        herkomst = {
            "standaard": message.herkomst.standaard,
            "versie": message.herkomst.versie,
            "datum": None if day is None else day.isoformat(),
        }
    return {
        "verschil": found.id,
        "geldigTot": moment(found.geldig_tot),
        "herkomst": herkomst,
        "deel": None if message is None else message.deel,
        "schooljaar": None if message is None else message.schooljaar,
        "aantallen": {
            "nieuw": counted[Stand.NIEUW],
            "gewijzigd": counted[Stand.GEWIJZIGD],
            "ongewijzigd": counted[Stand.ONGEWIJZIGD],
            "nietOverTeNemen": counted[Stand.NIET_OVER_TE_NEMEN],
            "nietMeerGenoemd": len(found.niet_genoemd),
        },
        "leerlingen": regels,
        "groepen": [
            {
                "naam": g.naam,
                "jaargroep": g.jaargroep,
                "samengesteld": g.samengesteld,
                "aantalLeerlingen": g.leerlingen,
                "bekend": g.bekend,
            }
            for g in found.groepen
        ],
        "nietMeerGenoemd": [{"leerlingid": n.leerlingid, "leerlingId": n.ref} for n in found.niet_genoemd],
        "bevindingen": [
            {"code": b.code, "plaats": b.place, "tekst": b.text, "regel": b.line} for b in found.bevindingen
        ],
    }


def _regel(regel: Regel, kenmerk: str) -> dict[str, Any]:
    free = regel.stand in (Stand.NIEUW, Stand.GEWIJZIGD)
    return {
        "plaats": regel.plaats,
        "leerlingid": regel.leerlingid,
        "leerlingId": regel.ref,
        "stand": regel.stand,
        "kenmerk": kenmerk if free else None,
        "redenen": [{"code": code, "tekst": REDENEN[code]} for code in regel.redenen],
        "velden": [{"veld": v.veld, "was": v.was, "wordt": v.wordt} for v in regel.velden],
        "lijktOp": list(regel.lijkt_op),
        "gezag": [_hint(h) for h in regel.hints],
    }


def _hint(hint: Hint) -> dict[str, Any]:
    said, person = hint.gezegd, hint.persoon
    return {
        "aanwijzing": hint.aanwijzing,
        "persoonId": None if person is None else person.persoon,
        "inBestand": None
        if said is None
        else {
            "naam": said.naam,
            "hoedanigheid": said.hoedanigheid,
            "gezag": said.gezag_volgens_bron,
            "geheim": said.geheim,
        },
        "vastgelegd": None
        if person is None
        else {"hoedanigheid": person.hoedanigheid, "gezag": person.gezag},
    }
