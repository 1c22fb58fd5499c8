"""A leerling sits at home: his school records it and reads its own counter, with the steps of the region."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.bodies import ThuiszittenVerzoek
from gateway.api.http import parse_json, path_id, respond
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import Vastlegger, fault
from gateway.application import Application
from gateway.case.case import Case
from gateway.exchange.leerling import Found
from gateway.explain.views import moment
from gateway.obligations.thuiszitters import elke_dag, stappen
from gateway.obligations.werkdagen import is_werkdag
from gateway.register.regels import Regels
from gateway.runtime.turns import Lane
from schemas.errors import NotFound
from schemas.people.partij import Partij, Partijsoort, Scope
from schemas.people.thuiszitten import Thuisgebeurtenis, Thuiszitten, thuisstand, volgt

TAG: Final = "Thuiszitten"

ROUTES: Final = Routes()


@ROUTES.post(
    "/thuiszitten",
    lane=Lane.FACT,
    **operation(
        id="legThuiszittenVast",
        tag=TAG,
        summary="Leg vast dat een leerling thuiszit, een aanbod kreeg of terug is",
        description=(
            "Alleen van uw eigen leerling, en alleen voor u: niemand anders ziet de teller. Op de dag dat "
            "een stap van uw regio aan de beurt is, krijgt u een taak `thuiszitterstap`. Wat u dan stuurt, "
            "is een gewone uitwisseling."
        ),
        scope=Scope.TOESTEMMING,
        body=ThuiszittenVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def record(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, ThuiszittenVerzoek)
    begins = asked.gebeurtenis is Thuisgebeurtenis.BEGONNEN
    if begins is (asked.verzuimsoort is None):
        raise fault("thuiszitten.soort", "/verzuimsoort", "Het soort verzuim hoort bij `begonnen`.")
    if asked.op > day(ctx.clock.now()):
        raise fault("datum.toekomst", "/op", "Deze dag ligt in de toekomst.")

    async def find() -> Found:
        return None, await _own(ctx, caller.partij, asked.leerling_id)

    def make(case: Case) -> Thuiszitten:
        stand, stamp = thuisstand(case.thuiszitten), vast.stamp(caller)
        if not volgt(stand, asked.gebeurtenis, asked.op):
            raise fault("thuiszitten.volgorde", "/gebeurtenis", "Dit past niet bij wat er al vastligt.")
        soort = asked.verzuimsoort if stand is None or begins else stand.verzuimsoort
        assert soort is not None, "what follows on nothing begins"
        return Thuiszitten(
            **stamp,
            melding=stamp["id"] if stand is None or begins else stand.melding,
            gebeurtenis=asked.gebeurtenis,
            op=asked.op,
            verzuimsoort=soort,
        )

    return await vast.record(request, caller, raw, "thuiszitten", find, make)


@ROUTES.get(
    "/leerlingen/{leerlingId}/thuiszitten",
    **operation(
        id="thuiszitten",
        tag=TAG,
        summary="De dagteller van uw leerling",
        description=(
            "Op de eerste dag staat de teller op 0. Dagen met een passend aanbod tellen niet voor de "
            "stappen, en na de dag dat hij terug is telt niets."
        ),
        scope=Scope.LEZEN,
        answer=antwoorden.Thuiszitterstand,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.LEZEN)
    case = await _own(ctx, caller.partij, path_id(request, "leerlingId"))
    return respond(200, _shown(ctx, case, await ctx.regels.current()))


async def _own(ctx: Application, partij: Partij, ref: str) -> Case:
    """Raises NotFound, also for the leerling of another whom this partij knows."""
    _, case = await ctx.facts.by_ref(partij, ref)
    if case.row.owner != partij.id or partij.soort is not Partijsoort.SCHOOL:
        raise NotFound
    return case


def _shown(ctx: Application, case: Case, regels: Regels) -> dict[str, Any]:
    stand, today = thuisstand(case.thuiszitten), day(ctx.clock.now())
    thuis = stand and {
        "sinds": stand.sinds.isoformat(),
        "tot": None if stand.tot is None else stand.tot.isoformat(),
        "verzuimsoort": stand.verzuimsoort,
        "aanbod": not stand.zonder_aanbod and stand.tot is None,
        "kalenderdagen": stand.dagen_thuis(today, elke_dag),
        "schooldagen": stand.dagen_thuis(today, is_werkdag),
        "kalenderdagenZonderAanbod": stand.dagen_zonder_aanbod(today, elke_dag),
        "schooldagenZonderAanbod": stand.dagen_zonder_aanbod(today, is_werkdag),
        "stappen": [
            {
                "code": stap.regel.code,
                "wat": stap.regel.wat,
                "dag": stap.regel.dag,
                "telt": stap.regel.telt,
                "op": None if stap.op is None else stap.op.isoformat(),
                "aanDeBeurt": stap.op is not None and stap.op <= today,
                "aan": stap.regel.aan,
                "bericht": stap.regel.bericht,
                "doel": stap.regel.doel,
                "regel": stap.regel.regel,
            }
            for stap in stappen(stand, regels)
        ],
    }
    return {
        "thuis": thuis,
        "gebeurtenissen": [
            {
                "gebeurtenis": f.gebeurtenis,
                "op": f.op.isoformat(),
                "vastgelegdOp": moment(f.vastgelegd_op),
            }
            for f in case.thuiszitten
        ],
    }
