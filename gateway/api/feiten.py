"""Recording facts: gezag, toestemming and its withdrawal, bekwaamheid, bezwaar, veto. All append-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.account import new_id
from gateway.api.bodies import (
    BekwaamheidVerzoek,
    BezwaarVerzoek,
    GezagsgegevensVerzoek,
    IntrekkingVerzoek,
    OverLeerling,
    ToestemmingVerzoek,
    VetoVerzoek,
)
from gateway.api.context import SMALL_BODY, Context
from gateway.api.openapi import operation
from gateway.authentication import Caller
from gateway.bewijsmiddelen import demands
from gateway.case import Case, Identity
from gateway.follow_up import Found
from gateway.http import idempotency_key, parse_json, path_id, respond
from gateway.idempotency import earlier
from gateway.views import moment
from schemas.base import NOOIT
from schemas.errors import Fault, InvalidMessage
from schemas.events import FACT_RECORDED
from schemas.partij import Partij, Partijsoort, Scope
from schemas.storage import LeerlingRow
from schemas.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Feit,
    Gebeurtenis,
    Gezagsgegevens,
    Gezagspersoon,
    Hoedanigheid,
    ProfessioneelVeto,
    Toestemming,
)
from schemas.verantwoording import Leaf

TAG = "Toestemming en gezag"
CLOCK_SKEW = dt.timedelta(minutes=5)
"""A statement may lie this far ahead of our clock; later ones have not been made yet."""

Find = Callable[[], Awaitable[Found]]
Make = Callable[[Case], Feit]
_ANSWER = {
    "type": "object",
    "required": ["id", "bladHash"],
    "properties": {
        "id": {"type": "string"},
        "leerlingId": {
            "type": "string",
            "description": "Uw eigen verwijzing naar de leerling; niet bij een feit over een levering.",
        },
        "bladHash": {"type": "string", "description": "Hash van het blad in de verantwoording."},
    },
}


def router(ctx: Context) -> APIRouter:
    api = APIRouter()

    async def record(
        request: Request, caller: Caller, raw: bytes, operation_name: str, find: Find, make: Make
    ) -> Response:
        claim = ctx.claim(caller, operation_name, idempotency_key(request), raw)
        answer = await earlier(ctx.storage, claim)
        if answer is None:
            answer, changed = await ctx.follow_up.record(
                caller.partij, caller.client_id, find, make, _body(ctx), claim
            )
            if not answer.repeated:
                ctx.log(
                    FACT_RECORDED,
                    soort=operation_name,
                    partij=caller.partij.id,
                    client=caller.client_id,
                    redecided=changed,
                )
        return respond(answer.status, answer.body)

    def finder(caller: Caller, over: OverLeerling) -> Find:
        async def find() -> Found:
            if over.leerling_id is not None:
                return await ctx.follow_up.by_ref(caller.partij, over.leerling_id)
            assert over.levering_id is not None
            return await ctx.follow_up.by_levering(caller.partij, over.levering_id)

        if (over.leerling_id is None) == (over.levering_id is None):
            raise _fault("leerling.een", "", "Noem leerlingId of leveringId, en niet allebei.")
        return find

    def stamp(caller: Caller) -> dict[str, Any]:
        return {"id": new_id(), "vastgelegd_door": caller.partij.id, "vastgelegd_op": ctx.clock.now()}

    def stated(caller: Caller, moment: dt.datetime) -> dict[str, Any]:
        """A clock that runs ahead of ours must not put off a refusal: nothing is stated after we know it."""
        stamped = stamp(caller)
        return stamped | {"moment": min(moment, stamped["vastgelegd_op"])}

    @api.post(
        "/gezagsgegevens",
        **operation(
            id="legGezagVast",
            tag=TAG,
            summary="Leg vast wie gezag heeft",
            description=(
                "Wie gezag over de leerling heeft, waaruit dat blijkt en wanneer het is gecontroleerd. De "
                "nieuwste registratie vervangt de vorige helemaal. Het antwoord geeft de ids van leerling en "
                "personen, waarmee u toestemming vastlegt."
            ),
            scope=Scope.TOESTEMMING,
            body=GezagsgegevensVerzoek,
            status=201,
            answer=_ANSWER,
            idempotent=True,
        ),
    )
    async def gezag(request: Request) -> Response:
        caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
        raw = await ctx.body(request, SMALL_BODY)
        asked = parse_json(raw, GezagsgegevensVerzoek)
        school = _school(caller.partij)
        _past(
            day(ctx.clock.now() + CLOCK_SKEW),
            ("/geboortedatum", asked.geboortedatum),
            ("/gecontroleerdOp", asked.gecontroleerd_op),
        )
        identity = Identity(*school, asked.leerling.leerlingid, asked.geboortedatum)

        async def find() -> Found:
            return await ctx.follow_up.by_identity(caller.partij, identity)

        def make(case: Case) -> Gezagsgegevens:
            before = case.authorities.snapshot
            known = _persons(case)
            for i, p in enumerate(asked.personen):
                if p.persoon_id is not None and p.persoon_id not in known:
                    text = "Deze persoon is bij deze leerling niet bekend."
                    raise _fault("persoon.onbekend", f"/personen/{i}/persoonId", text)
            return Gezagsgegevens(
                **stamp(caller),
                geboortedatum=asked.geboortedatum,
                leerling=before.leerling if before else new_id(),
                soort=asked.soort,
                personen=tuple(
                    Gezagspersoon(
                        persoon=p.persoon_id or new_id(),
                        hoedanigheid=p.hoedanigheid,
                        gezag=p.gezag,
                        naam=p.naam,
                    )
                    for p in asked.personen
                ),
                bron=asked.bron,
                gecontroleerd_op=asked.gecontroleerd_op,
                gecontroleerd_door=asked.gecontroleerd_door,
                geldig_tot_en_met=asked.geldig_tot_en_met,
                document_ref=asked.document_ref,
                vervangende_toestemmingen=asked.vervangende_toestemmingen,
                afgeschermd_voor=asked.afgeschermd_voor,
            )

        return await record(request, caller, raw, "gezagsgegevens", find, make)

    @api.post(
        "/toestemmingen",
        **operation(
            id="legToestemmingVast",
            tag=TAG,
            summary="Leg een toestemming of weigering vast",
            description=(
                "Van een persoon, voor precies deze doelen, soorten gegevens, ontvangers en richting. Wat "
                "daardoor compleet wordt, gaat vanzelf verder."
            ),
            scope=Scope.TOESTEMMING,
            body=ToestemmingVerzoek,
            status=201,
            answer=_ANSWER,
            idempotent=True,
        ),
    )
    async def toestemming(request: Request) -> Response:
        caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
        raw = await ctx.body(request, SMALL_BODY)
        asked = parse_json(raw, ToestemmingVerzoek)
        regels, now = await ctx.regels.current_or_deny(), ctx.clock.now()
        faults = (*_insane(now, asked.moment, asked.bereik), *demands(asked, regels.kennisgevingen, now))
        if asked.geldig_tot_en_met < asked.geldig_vanaf:
            text = "De einddatum ligt voor de begindatum."
            faults = (*faults, Fault("datum.volgorde", "/geldigTotEnMet", text))
        if faults:
            raise InvalidMessage(faults)

        def make(case: Case) -> Toestemming:
            fields = stated(caller, asked.moment)
            return Toestemming(
                **fields,
                record=fields["id"],
                gebeurtenis=Gebeurtenis(asked.besluit),
                functie=asked.functie,
                ondertekenaar=asked.ondertekenaar,
                hoedanigheid=_known(case, asked.ondertekenaar, "/ondertekenaar"),
                bereik=asked.bereik,
                geldig_vanaf=asked.geldig_vanaf,
                geldig_tot_en_met=asked.geldig_tot_en_met,
                uitdrukkelijk=asked.uitdrukkelijk,
                andere_ouder_geinformeerd=asked.andere_ouder_geinformeerd,
                bewijs=asked.bewijs,
            )

        return await record(request, caller, raw, "toestemmingen", finder(caller, asked), make)

    @api.post(
        "/toestemmingen/{toestemmingId}/intrekkingen",
        **operation(
            id="trekToestemmingIn",
            tag=TAG,
            summary="Trek een toestemming in",
            description=(
                "Werkt meteen: wat nog niet is opgehaald, gaat niet meer. Intrekken kost niet meer "
                "moeite dan geven."
            ),
            scope=Scope.TOESTEMMING,
            body=IntrekkingVerzoek,
            status=201,
            answer=_ANSWER,
            idempotent=True,
        ),
    )
    async def intrekking(request: Request) -> Response:
        caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
        raw = await ctx.body(request, SMALL_BODY)
        asked = parse_json(raw, IntrekkingVerzoek)
        record_id = path_id(request, "toestemmingId")
        _, given = await ctx.follow_up.statement(caller.partij, record_id)
        _sane(ctx, asked.moment)

        async def find() -> Found:
            return await ctx.follow_up.by_statement(caller.partij, record_id)

        def make(_: Case) -> Toestemming:
            said = stated(caller, asked.moment)
            return given.model_copy(
                update={
                    **said,
                    "record": given.record,
                    "gebeurtenis": Gebeurtenis.INGETROKKEN,
                    "moment": max(said["moment"], given.moment),
                    "bewijs": asked.bewijs,
                }
            )

        return await record(request, caller, raw, f"intrekkingen/{record_id}", find, make)

    @api.post(
        "/bekwaamheidsoordelen",
        **operation(
            id="legBekwaamheidVast",
            tag=TAG,
            summary="Leg een oordeel over bekwaamheid vast",
            description="Of de leerling dit zelf kan overzien, per doel. Het nieuwste oordeel telt.",
            scope=Scope.TOESTEMMING,
            body=BekwaamheidVerzoek,
            status=201,
            answer=_ANSWER,
            idempotent=True,
        ),
    )
    async def bekwaamheid(request: Request) -> Response:
        caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
        raw = await ctx.body(request, SMALL_BODY)
        asked = parse_json(raw, BekwaamheidVerzoek)
        _sane(ctx, asked.moment)

        def make(_: Case) -> Bekwaamheidsoordeel:
            return Bekwaamheidsoordeel(**{**_fields(asked), **stated(caller, asked.moment)})

        return await record(request, caller, raw, "bekwaamheidsoordelen", finder(caller, asked), make)

    @api.post(
        "/bezwaren",
        **operation(
            id="legBezwaarVast",
            tag=TAG,
            summary="Leg een bezwaar vast",
            description=(
                "Van wie dan ook rond de leerling. Van iemand die moet tekenen telt het als weigering; van "
                "een ander wordt het bewaard en gemeld."
            ),
            scope=Scope.TOESTEMMING,
            body=BezwaarVerzoek,
            status=201,
            answer=_ANSWER,
            idempotent=True,
        ),
    )
    async def bezwaar(request: Request) -> Response:
        caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
        raw = await ctx.body(request, SMALL_BODY)
        asked = parse_json(raw, BezwaarVerzoek)
        _sane(ctx, asked.moment, asked.bereik)

        def make(case: Case) -> Bezwaar:
            _known(case, asked.persoon, "/persoon")
            return Bezwaar(**{**_fields(asked), **stated(caller, asked.moment)})

        return await record(request, caller, raw, "bezwaren", finder(caller, asked), make)

    @api.post(
        "/professionele-vetos",
        **operation(
            id="legVetoVast",
            tag=TAG,
            summary="Leg een professioneel veto vast of hef het op",
            description=(
                "Een hulpverlener vindt delen nu niet goed voor de leerling. Dat gaat voor elke toestemming. "
                "Alleen de eigen organisatie leest dat dit de reden is."
            ),
            scope=Scope.VETO,
            body=VetoVerzoek,
            status=201,
            answer=_ANSWER,
            idempotent=True,
        ),
    )
    async def veto(request: Request) -> Response:
        caller = await ctx.authenticator.require(request, Scope.VETO)
        raw = await ctx.body(request, SMALL_BODY)
        asked = parse_json(raw, VetoVerzoek)
        _sane(ctx, asked.moment)

        def make(_: Case) -> ProfessioneelVeto:
            return ProfessioneelVeto(**{**_fields(asked), **stated(caller, asked.moment)})

        return await record(request, caller, raw, "professionele-vetos", finder(caller, asked), make)

    return api


def _body(ctx: Context) -> Callable[[Feit, LeerlingRow, Leaf], bytes]:
    def body(fact: Feit, row: LeerlingRow, leaf: Leaf) -> bytes:
        answer: dict[str, Any] = {
            "id": fact.id,
            "vastgelegdOp": moment(fact.vastgelegd_op),
            "bladHash": ctx.follow_up.bladhash(leaf),
        }
        # Found by a levering, the row has the reference of its owner, which is no other partij's business.
        if row.owner == fact.vastgelegd_door or row.ref != row.owner_ref:
            answer["leerlingId"] = row.ref
        if isinstance(fact, Gezagsgegevens):
            answer["leerlingPersoonId"] = fact.leerling
            answer["personen"] = [
                {"persoonId": p.persoon, "hoedanigheid": p.hoedanigheid, "gezag": p.gezag}
                for p in fact.personen
            ]
        elif isinstance(fact, Toestemming):
            answer["toestemmingId"] = fact.record
            here = f"/v1/toestemmingen/{fact.record}"
            own = here if fact.id == fact.record else f"{here}/intrekkingen/{fact.id}"
            answer["links"] = {"zelf": here, "bewijs": f"{own}/bewijs", "trekIn": f"{here}/intrekkingen"}
        return orjson.dumps(answer)

    return body


def _fields(asked: OverLeerling) -> dict[str, Any]:
    """The fields a request shares with its fact, as values and not as JSON."""
    return {
        name: getattr(asked, name)
        for name in type(asked).model_fields
        if name not in OverLeerling.model_fields
    }


def _school(partij: Partij) -> tuple[str, str]:
    if partij.soort is not Partijsoort.SCHOOL or partij.brin is None or partij.vestigingscode is None:
        text = "Alleen een school met BRIN en vestigingscode legt gezagsgegevens vast."
        raise _fault("afzender.geenSchool", "/leerling", text)
    return partij.brin, partij.vestigingscode


def _persons(case: Case) -> dict[str, Hoedanigheid]:
    """Everybody ever recorded around this leerling, himself included."""
    found: dict[str, Hoedanigheid] = {}
    for g in case.authorities.gezag:
        found |= {p.persoon: p.hoedanigheid for p in g.personen} | {g.leerling: Hoedanigheid.LEERLING}
    return found


def _known(case: Case, persoon: str, place: str) -> Hoedanigheid:
    found = _persons(case).get(persoon)
    if found is None:
        text = "Deze persoon is bij deze leerling niet bekend; leg eerst gezagsgegevens vast."
        raise _fault("persoon.onbekend", place, text)
    return found


def _sane(ctx: Context, at: dt.datetime, bereik: Bereik | None = None) -> None:
    faults = tuple(_insane(ctx.clock.now(), at, bereik))
    if faults:
        raise InvalidMessage(faults)


def _insane(now: dt.datetime, at: dt.datetime, bereik: Bereik | None) -> Iterator[Fault]:
    if at > now + CLOCK_SKEW:
        yield Fault("moment.toekomst", "/moment", "Dit moment ligt in de toekomst.")
    if bereik is not None and NOOIT.intersection(bereik.categorieen):
        text = "Deze soort gegevens gaat nooit mee op toestemming."
        yield Fault("bereik.nooit", "/bereik/categorieen", text)


def _past(today: dt.date, *dates: tuple[str, dt.date]) -> None:
    """Calendar days in the Netherlands: what is later than today has not happened yet."""
    later = tuple(
        Fault("datum.toekomst", place, "Deze datum ligt in de toekomst.") for place, d in dates if d > today
    )
    if later:
        raise InvalidMessage(later)


def _fault(code: str, place: str, text: str) -> InvalidMessage:
    return InvalidMessage((Fault(code, place, text),))
