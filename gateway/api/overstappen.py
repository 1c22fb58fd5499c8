"""A leerling goes to another school: offer him, accept or refuse, undo, and read where it stands."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.bodies import OverstapbesluitVerzoek, OverstapVerzoek
from gateway.api.http import parse_json, path_id, respond
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import Vastlegger, fault
from gateway.application import Application
from gateway.case.case import Case
from gateway.exchange.leerling import Found
from gateway.explain.views import moment
from gateway.overstap.meegaan import MEEGAAN
from gateway.overstap.stappen import Gezien, Overstappen, accepted, offered, refused
from gateway.runtime.turns import Lane
from schemas.errors import Conflict, NotFound, NotSigned, Outdated
from schemas.exchange.uitwisseling import Levering
from schemas.people.overstap import Overstap, Overstapstap
from schemas.people.partij import Scope

TAG = "Overstappen"

ROUTES: Final = Routes()


@ROUTES.post(
    "/overstappen",
    lane=Lane.FACT,
    **operation(
        id="biedOverstapAan",
        tag=TAG,
        summary="Leg vast dat een leerling naar een andere school gaat",
        description=(
            "Voordat u iets over hem naar die school stuurt: hierop rust dat het onderwijskundig rapport "
            "mag gaan. Wie hij is, leest die school in wat u daarna stuurt met het doel `overstap`. Van "
            "school kan een leerling naar één school tegelijk; aangemeld kan hij bij meer dan één zijn."
        ),
        scope=Scope.TOESTEMMING,
        body=OverstapVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound, Conflict),
    ),
)
async def offer(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast, flow = Vastlegger(ctx), Overstappen(ctx.facts)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, OverstapVerzoek)
    naar = (await ctx.regels.current()).partijen.get(asked.naar)

    async def find() -> Found:
        return None, await flow.own(caller.partij, asked.leerling_id)

    def make(case: Case) -> Overstap:
        sectors = {"van_sector": asked.van_sector, "naar_sector": asked.naar_sector}
        return offered(case, naar, asked.soort, asked.per, vast.stamp(caller), **sectors)

    return await vast.record(request, caller, raw, "overstappen", find, make)


@ROUTES.get(
    "/overstappen/{overstapId}",
    **operation(
        id="overstap",
        tag=TAG,
        summary="Hoe het staat met een overstap",
        description="Voor de school die hem aanbood, en voor de andere als zij antwoordde.",
        scope=Scope.LEZEN,
        answer=antwoorden.Overstapstand,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.LEZEN)
    flow, overstap = Overstappen(ctx.facts), path_id(request, "overstapId")
    case = await flow.by_id(caller.partij, overstap)
    return respond(200, await _shown(ctx, await flow.seen(case, overstap), caller.partij.id))


@ROUTES.post(
    "/overstappen/{overstapId}/_ongedaan",
    lane=Lane.FACT,
    **operation(
        id="maakOverstapOngedaan",
        tag=TAG,
        summary="Maak een overstap ongedaan",
        description=(
            "Zolang er niet op is geantwoord kan alleen de school die hem aanbood dat. Na het aanvaarden "
            "kunnen beide het, veertien dagen lang. Wat al is ontvangen, komt daarmee niet terug."
        ),
        scope=Scope.TOESTEMMING,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound, Conflict, Outdated),
    ),
)
async def undo(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast, flow = Vastlegger(ctx), Overstappen(ctx.facts)
    overstap = path_id(request, "overstapId")

    async def find() -> Found:
        return None, await flow.by_id(caller.partij, overstap)

    def make(case: Case) -> Overstap:
        return flow.undone(case, overstap, vast.stamp(caller))

    return await vast.record(request, caller, b"", f"overstappen/{overstap}/_ongedaan", find, make)


@ROUTES.get(
    "/leveringen/{leveringId}/overstap",
    **operation(
        id="overstapVanLevering",
        tag=TAG,
        summary="De overstap waar een levering bij hoort",
        description="Voor wie haar verstuurde, en voor wie haar ophaalde.",
        scope=Scope.LEZEN,
        answer=antwoorden.Overstapstand,
    ),
)
async def of_levering(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.LEZEN)
    seen = await Overstappen(ctx.facts).by_levering((caller.partij.id,), path_id(request, "leveringId"))
    return respond(200, await _shown(ctx, seen, caller.partij.id))


@ROUTES.post(
    "/leveringen/{leveringId}/overstap",
    lane=Lane.FACT,
    **operation(
        id="beslisOverstap",
        tag=TAG,
        summary="Zeg of dit een leerling van uw school is",
        description=(
            "Nadat u voor de levering hebt getekend. `aanvaard` noemt uw eigen leerling, die u al kent; zijn "
            "geboortedatum moet dezelfde zijn. De twee dossiers blijven twee: alleen staat vast dat zij over "
            "dezelfde leerling gaan. `geweigerd` noemt waarom."
        ),
        scope=Scope.TOESTEMMING,
        body=OverstapbesluitVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound, Conflict, NotSigned),
    ),
)
async def decide(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast, flow = Vastlegger(ctx), Overstappen(ctx.facts)
    levering = path_id(request, "leveringId")
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, OverstapbesluitVerzoek)
    yes = asked.besluit == "aanvaard"
    if yes is (asked.leerling_id is None) or yes is (asked.grond is not None):
        raise fault("overstap.antwoord", "", "Noem bij aanvaard uw leerlingId, en bij geweigerd de grond.")
    own: list[Case] = []

    async def find() -> Found:
        case = await flow.received(caller.partij, levering)
        own[:] = [] if asked.leerling_id is None else [await flow.own(caller.partij, asked.leerling_id)]
        return None, case

    def make(case: Case) -> Overstap:
        stamp, naar = vast.stamp(caller), caller.partij.id
        if asked.grond is not None:
            return refused(case, naar, levering, asked.grond, stamp)
        return accepted(case, own[0], naar, levering, stamp)

    return await vast.record(request, caller, raw, f"leveringen/{levering}/overstap", find, make)


@ROUTES.get(
    "/toezicht/leveringen/{leveringId}/overstap",
    **operation(
        id="toezichtOverstap",
        tag="Toezicht",
        summary="De overstap waar een levering bij hoort",
        description="Voor de FG van de school die haar verstuurde, en van de school die haar ophaalde.",
        scope=Scope.TOEZICHT,
        answer=antwoorden.Overstapstand,
    ),
)
async def watched(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOEZICHT)
    seen = await Overstappen(ctx.facts).by_levering(caller.partij.toezicht_op, path_id(request, "leveringId"))
    return respond(200, await _shown(ctx, seen, None))


async def _shown(ctx: Application, seen: Gezien, partij: str | None) -> dict[str, Any]:
    """`partij` None: for an FG, who gets no reference to anybody."""
    last = seen.laatste
    known = {seen.row.owner: seen.row.owner_ref} | ({seen.daar.owner: seen.daar.ref} if seen.daar else {})
    accepted_now = last.stap is Overstapstap.AANVAARD
    got = None if seen.levering is None else await ctx.storage.levering(seen.levering)
    return {
        "overstapId": last.overstap,
        "van": seen.row.owner,
        "naar": last.naar,
        "soort": last.soort,
        "per": last.per.isoformat(),
        "vanSector": last.van_sector,
        "naarSector": last.naar_sector,
        "stand": last.stap,
        "grond": last.grond,
        "leerlingId": known.get(partij or ""),
        "ongedaanTot": moment(last.ongedaan_tot()) if accepted_now else None,
        "stappen": [
            {"stap": o.stap, "door": o.vastgelegd_door, "op": moment(o.vastgelegd_op)} for o in seen.stappen
        ],
        "leveringId": seen.levering,
        "ontvangen": [] if got is None or not accepted_now else _got(got),
        "meegaan": [{"feit": feit, "dan": dan} for feit, dan in MEEGAAN.items()],
    }


def _got(levering: Levering) -> list[str]:
    """The paths of what was received, which nobody has to ask or examine again."""
    return list(levering.overgedragen or ())
