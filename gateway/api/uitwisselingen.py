"""The sender's side: push a message, preview it, follow what became of it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.http import idempotency_key, parse_large_json, path_id, respond, whole_number
from gateway.api.openapi import Query, operation
from gateway.api.request import claim_of, read_body
from gateway.api.routes import Routes
from gateway.api.voorbeelden import pushes
from gateway.application import Application
from gateway.exchange.accept import Push
from gateway.exchange.idempotency import earlier
from gateway.exchange.preview import Preview
from gateway.explain import views
from gateway.explain.toen_en_nu import decided_now
from gateway.explain.uitleg import Lezer, explain_levering
from gateway.runtime.turns import Lane
from schemas.decision.decision import Decision
from schemas.errors import NotFailed, NotFound, RecordUnavailable, StillHeld
from schemas.events import EXCHANGE_ACCEPTED, EXCHANGE_DECIDED, EXCHANGE_REPEATED
from schemas.exchange.uitwisseling import Levering, Uitwisseling, Verzending
from schemas.messages.vertaling import Bevinding
from schemas.people.partij import Scope
from schemas.people.toestemming import Bereik
from schemas.shown import weergave
from schemas.shown.uitleg import Lezersoort, Uitleg
from schemas.storage.storage import Entry

TAG = "Uitwisselingen"
_NEWEST = 10**15
"""A number above every other, so that a list without a cursor begins at the newest."""
_PAGE = (
    Query("voor", "Alleen oudere dan deze: `volgende` van de vorige pagina.", _NEWEST, 0, _NEWEST),
    Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
)


ROUTES: Final = Routes()


@ROUTES.post(
    "/uitwisselingen",
    lane=Lane.PUSH,
    **operation(
        id="verzend",
        tag=TAG,
        summary="Bied een bericht aan",
        description=(
            "Een dossier van school (met of zonder OPP-deel), of een terugkoppeling van jeugdhulp. Het "
            "antwoord is 202, wat er ook besloten is: lees de uitkomst bij de leveringen."
        ),
        scope=Scope.VERZENDEN,
        body=Verzending,
        examples=pushes,
        status=202,
        answer_text="Aangenomen en vastgelegd, met een ondertekend ontvangstbewijs.",
        answer=weergave.Aanname,
        idempotent=True,
    ),
)
async def send(ctx: Application, request: Request) -> Response:
    # 1. receive: who, how much, once
    caller = await ctx.authenticator.require(request, Scope.VERZENDEN)
    key = idempotency_key(request)
    raw = await read_body(ctx, request)
    claim = await claim_of(ctx, caller, "uitwisselingen", key, raw)
    answer = await earlier(ctx.storage, claim)
    if answer is None:
        verzending = await parse_large_json(raw, Verzending, plain=claim.plain)
        push = Push(
            sender=caller.partij,
            client=caller.client_id,
            verzending=verzending,
            trace=request.state.own_id,
            claim=claim,
        )
        answer, leveringen = await ctx.accept(push)
        _log_decisions(ctx, leveringen)
    if answer.repeated:
        ctx.log(EXCHANGE_REPEATED, partij=caller.partij.id, client=caller.client_id)
    else:
        ctx.metrics.accepted.inc()
        ctx.log(
            EXCHANGE_ACCEPTED,
            uitwisseling=leveringen[0].uitwisseling,
            partij=caller.partij.id,
            client=caller.client_id,
            leveringen=len(leveringen),
            bytes=len(raw),
        )
    return respond(answer.status, answer.body)


@ROUTES.post(
    "/uitwisselingen/_proef",
    lane=Lane.PUSH,
    **operation(
        id="proef",
        tag=TAG,
        summary="Bekijk wat er zou gaan",
        description=(
            "Als aanbieden, maar er wordt niets bewaard en niets gestuurd. Per ontvanger: wat er nu zou "
            "gaan, wat er zou gaan als iedereen die moet tekenen toestemt, byte voor byte, en waarom de "
            "rest thuis blijft. Dit laat u zien voordat iemand toestemming geeft. `voorstel` geeft per "
            "soort gegevens die nog niet mag het bereik om vast te leggen, en van wie."
        ),
        scope=Scope.VERZENDEN,
        body=Verzending,
        examples=pushes,
        answer=antwoorden.Proefantwoord,
        answer_text="De voorvertoning per ontvanger.",
    ),
)
async def preview(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.VERZENDEN)
    raw = await read_body(ctx, request)
    intake, previews = await ctx.previews(caller.partij, await parse_large_json(raw, Verzending))
    owner = intake.answers is None
    return respond(
        200,
        {
            "soort": intake.soort,
            "herkomst": dict(intake.herkomst),
            "bevindingen": [_finding(b) for b in intake.bevindingen],
            "ontvangers": [_preview(p, caller.partij.id, owner=owner) for p in previews],
        },
    )


@ROUTES.get(
    "/uitwisselingen",
    **operation(
        id="lijst",
        tag=TAG,
        summary="Uw uitwisselingen",
        description="De nieuwste eerst, met de stand van elke levering.",
        scope=Scope.LEZEN,
        query=_PAGE,
        answer=antwoorden.Uitwisselingenlijst,
    ),
)
async def listing(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.LEZEN)
    before = whole_number(request, "voor", _NEWEST, 0, _NEWEST)
    count = whole_number(request, "aantal", 50, 1, 200)
    found = await ctx.storage.uitwisselingen(caller.partij.id, before, count)
    of = defaultdict(list)
    await asyncio.sleep(0)  # a page of 200 takes long enough to let others in between
    for v in await ctx.storage.standen_of([u.id for _, u in found]):
        of[v.uitwisseling].append(v)
    await asyncio.sleep(0)
    items = [views.uitwisseling(u, of[u.id]) for _, u in found]
    following = found[-1][0] if len(found) == count else None
    return respond(200, {"uitwisselingen": items, "volgende": following})


@ROUTES.get(
    "/uitwisselingen/{uitwisselingId}",
    **operation(
        id="lees",
        tag=TAG,
        summary="Een uitwisseling",
        description="Wat u aanbood en hoe het ermee staat. De inhoud zelf is hier niet te lezen.",
        scope=Scope.LEZEN,
        answer=weergave.Uitwisselingweergave,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    u, _ = await _own(ctx, request)
    return respond(200, views.uitwisseling(u, await ctx.storage.leveringen(u.id)))


@ROUTES.get(
    "/uitwisselingen/{uitwisselingId}/leveringen",
    **operation(
        id="leveringen",
        tag=TAG,
        summary="De leveringen van een uitwisseling",
        description="Per ontvanger: stand, redenen, volgende stap, wat meeging en wat niet, verloop.",
        scope=Scope.LEZEN,
        answer=antwoorden.Leveringenlijst,
    ),
)
async def leveringen(ctx: Application, request: Request) -> Response:
    u, _ = await _own(ctx, request)
    found = await ctx.storage.leveringen(u.id)
    return respond(200, {"leveringen": await _shown(ctx, found, u)})


@ROUTES.get(
    "/uitwisselingen/{uitwisselingId}/leveringen/{leveringId}",
    **operation(
        id="levering",
        tag=TAG,
        summary="Een levering",
        description="Stand, redenen, volgende stap, wat meeging en wat niet, en de hele geschiedenis.",
        scope=Scope.LEZEN,
        answer=weergave.Leveringweergave,
    ),
)
async def levering(ctx: Application, request: Request) -> Response:
    u, _ = await _own(ctx, request)
    (shown,) = await _shown(ctx, (await _levering_of(ctx, request, u),), u)
    return respond(200, shown)


@ROUTES.get(
    "/uitwisselingen/{uitwisselingId}/leveringen/{leveringId}/uitleg",
    **operation(
        id="uitleg",
        tag=TAG,
        summary="Waarom een levering gaat, wacht of thuisblijft",
        description=(
            "In gewone woorden en als gegevens: welke regel, welk artikel, van wie nog een verklaring "
            "nodig is, wat thuisblijft en waarom, en wie wat kan doen. Rollen, nooit namen. Wat op "
            "feiten van een ander rust, is `nietBeschikbaar`. `toen` is wat is besloten, `nu` wat nu zou "
            "worden besloten; van elk staat het moment erbij."
        ),
        scope=Scope.LEZEN,
        answer=Uitleg,
    ),
)
async def explanation(ctx: Application, request: Request) -> Response:
    u, _ = await _own(ctx, request)
    found = await _levering_of(ctx, request, u)
    nu = await _decided_now(ctx, found)
    return respond(200, explain_levering(found, Lezer(Lezersoort.AFZENDER, u.afzender), nu))


async def _decided_now(ctx: Application, levering: Levering) -> Decision | None:
    """None when the rules or what is recorded cannot be read now: then nothing would be decided either."""
    try:
        regels = await ctx.regels.current()
    except RecordUnavailable:
        return None
    return await decided_now(ctx.storage, ctx.facts.ports.cases.load, regels, levering, ctx.clock.now())


@ROUTES.post(
    "/uitwisselingen/{uitwisselingId}/leveringen/{leveringId}/_herhaal",
    **operation(
        id="herhaal",
        tag=TAG,
        summary="Bied een mislukte levering opnieuw aan",
        description="Er wordt opnieuw besloten. Alleen een mislukte levering kan worden herhaald.",
        scope=Scope.VERZENDEN,
        answer=weergave.Leveringsamenvatting,
        problems=(NotFailed, StillHeld),
    ),
)
async def redeliver(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.VERZENDEN)
    found = await ctx.sender.redeliver(
        caller.partij, path_id(request, "uitwisselingId"), path_id(request, "leveringId")
    )
    return respond(200, views.summary(found))


@ROUTES.get(
    "/uitwisselingen/{uitwisselingId}/bewijs",
    **operation(
        id="bewijs",
        tag=TAG,
        summary="Het inclusiebewijs van een uitwisseling",
        description=(
            "Bewijst dat aanname en besluiten in de verantwoording staan. Te controleren zonder ons, met "
            "`ozlijn bewijs check`. 202 tot het volgende checkpoint."
        ),
        scope=Scope.LEZEN,
        answer=antwoorden.Inclusiebewijs,
        other_answers={202: ("Er is nog geen checkpoint dat deze uitwisseling dekt.", antwoorden.Wachtend)},
    ),
)
async def proof(ctx: Application, request: Request) -> Response:
    u, leaves = await _own(ctx, request)
    positions = await ctx.storage.positions_of(leaves)
    checkpoint = await ctx.storage.last_checkpoint()
    if checkpoint is None or any(p is None or p >= checkpoint.size for p in positions):
        return respond(202, {"status": "wacht op het volgende checkpoint"}, {"Retry-After": "1"})
    # The first leaf tells of the acceptance; after it comes one per levering, which tells of its decision.
    entries = [(await ctx.storage.entries(p, 1))[0] for p in positions if p is not None]
    return respond(
        200,
        {
            "soort": "inclusiebewijs",
            "uitwisselingId": u.id,
            "bladeren": [
                await _proven(ctx, e, checkpoint.size, checkpoint.note, whole=n == 0)
                for n, e in enumerate(entries)
            ],
        },
    )


async def _own(ctx: Application, request: Request) -> tuple[Uitwisseling, tuple[str, ...]]:
    """The uitwisseling in the path with the ids of its leaves, if the caller sent it. Raises NotFound."""
    caller = await ctx.authenticator.require(request, Scope.LEZEN)
    found = await ctx.storage.uitwisseling(path_id(request, "uitwisselingId"))
    if found is None or found[0].afzender != caller.partij.id:
        raise NotFound
    return found


async def _levering_of(ctx: Application, request: Request, u: Uitwisseling) -> Levering:
    """The levering in the path, if it is one of this uitwisseling. Raises NotFound."""
    found = await ctx.storage.levering(path_id(request, "leveringId"))
    if found is None or found.uitwisseling != u.id:
        raise NotFound
    return found


async def _shown(ctx: Application, found: Sequence[Levering], u: Uitwisseling) -> list[dict[str, Any]]:
    """The leveringen as the sender reads them. However many they are, it costs the same few reads."""
    owner = u.in_antwoord_op is None
    notices = await ctx.intrekkingen.known_to_sender(found)
    histories = await ctx.storage.histories([v.id for v in found])
    return [
        views.levering(v, histories[v.id], u.afzender, owner=owner, intrekkingen=notices[v.id]) for v in found
    ]


async def _proven(ctx: Application, entry: Entry, size: int, note: str, *, whole: bool) -> dict[str, str]:
    """The proof of one leaf. The leaf of the acceptance is shown whole.

    Of a decision only the hash is shown, because its reasons can rest on facts of another partij.
    """
    hashes = await ctx.storage.inclusion_proof(entry.position, size)
    proven = {
        "soort": entry.soort.value,
        "bladHash": base64.b64encode(entry.leaf_hash).decode(),
        "bewijs": ctx.leaves.proof_text(entry.position, hashes, note),
    }
    if whole:
        proven["blad"] = base64.b64encode(entry.canonical).decode()
    return proven


def _preview(p: Preview, viewer: str, *, owner: bool) -> dict[str, Any]:
    d = p.decision
    return {
        "ontvanger": p.request.ontvanger.partij,
        "rol": p.request.ontvanger.rol,
        "uitkomst": d.outcome,
        "redenen": views.reasons(d.reasons, viewer),
        "ondertekenaars": views.signers(d, viewer) if owner else [],
        **views.fields(d, viewer),
        "nu": _payload(p.payload_now),
        "alsIedereenToestemt": {
            "uitkomst": p.agreed.outcome,
            **views.fields(p.agreed, viewer),
            "levering": _payload(p.payload_agreed),
        },
        "voorstel": list(_proposal(p, viewer)) if owner else [],
    }


def _proposal(p: Preview, viewer: str) -> Iterator[dict[str, Any]]:
    """For each category the bereik that people can agree to as it stands, and who must agree.

    Nothing is proposed when the decision rests on facts of others, as with the ondertekenaars: the proposal
    would tell of those facts.
    """
    if views.rests_on_others(p.decision, viewer):
        return
    asked, (richting, afzender) = p.request, p.asked_as
    for categorie, people in p.to_ask.items():
        bereik = Bereik(
            richting=richting,
            afzender=afzender,
            doelen=(asked.doel,),
            categorieen=(categorie,),
            ontvangers=(asked.ontvanger,),
        )
        yield {
            "bereik": bereik.model_dump(mode="json", by_alias=True),
            "uitdrukkelijk": categorie in p.separately,
            "personen": [
                {"persoonId": persoon, "hoedanigheid": p.roles[persoon], "functies": sorted(functies)}
                for persoon, functies in people.items()
            ],
        }


def _payload(payload: bytes | None) -> dict[str, str] | None:
    if payload is None:
        return None
    return {"inhoud": payload.decode(), "hash": f"sha256:{hashlib.sha256(payload).hexdigest()}"}


def _finding(b: Bevinding) -> dict[str, Any]:
    return {"code": b.code, "plaats": b.place, "tekst": b.text, "regel": b.line}


def _log_decisions(ctx: Application, leveringen: tuple[Levering, ...]) -> None:
    for v in leveringen:
        outcome, reasons = v.besluit.outcome, tuple(r.value for r in v.besluit.codes)
        ctx.metrics.decided(outcome)
        ctx.log(
            EXCHANGE_DECIDED,
            uitwisseling=v.uitwisseling,
            levering=v.id,
            outcome=outcome.value,
            reasons=reasons,
            ontvanger=v.ontvanger,
        )
