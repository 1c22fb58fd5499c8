"""Recording facts: gezag, toestemming and its withdrawal, bekwaamheid, bezwaar, veto. All append-only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import day
from gateway.account.leaves import new_id
from gateway.api import antwoorden
from gateway.api.bewijsmiddelen import demands
from gateway.api.bodies import (
    BekwaamheidVerzoek,
    BezwaarVerzoek,
    GezagsgegevensVerzoek,
    GezagspersoonVerzoek,
    IntrekkingVerzoek,
    ToestemmingVerzoek,
    VetoVerzoek,
)
from gateway.api.http import parse_json, path_id
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import CLOCK_SKEW, Find, Vastlegger, fault, fields_of
from gateway.application import Application
from gateway.case.case import Case
from gateway.exchange.intake.intake import own_leerling
from gateway.exchange.leerling import Found
from gateway.explain.vastgelegd import stands
from gateway.faults import faults_of_identifier
from gateway.runtime.turns import Lane
from schemas.base import NOOIT
from schemas.errors import Fault, InvalidMessage, NotFound, WouldEnd
from schemas.identifiers import comparable
from schemas.people.partij import Partij, Partijsoort, Scope
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Gebeurtenis,
    Gezagsgegevens,
    Gezagspersoon,
    Hoedanigheid,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    Vertegenwoordiging,
    VervangendeToestemming,
)

TAG = "Toestemming en gezag"


ROUTES: Final = Routes()


@ROUTES.post(
    "/gezagsgegevens",
    lane=Lane.FACT,
    **operation(
        id="legGezagVast",
        tag=TAG,
        summary="Leg vast wie gezag heeft",
        description=(
            "Wie gezag over de leerling heeft, waaruit dat blijkt en wanneer het is gecontroleerd. De "
            "nieuwste registratie vervangt de vorige helemaal. Het antwoord geeft de ids van leerling en "
            "personen, waarmee u toestemming vastlegt. Een school noemt haar leerling. Jeugdhulp noemt een "
            "levering die zij ophaalde: dat is haar eigen registratie, en zegt wie haar geheimhouding "
            "opheft. De ander ziet die niet. Wie eerder is vastgelegd noemt u met `persoonId`; zonder id "
            "herkennen wij hem aan naam en hoedanigheid. Zou iets wat al gezegd is door een onbekende "
            "persoon niet meer tellen, dan is het antwoord 409 met wat dat is."
        ),
        scope=Scope.TOESTEMMING,
        body=GezagsgegevensVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound, WouldEnd),
    ),
)
async def gezag(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, GezagsgegevensVerzoek)
    find, regels = _whose(ctx, caller.partij, asked), await ctx.regels.current_or_deny()
    _past(
        day(ctx.clock.now() + CLOCK_SKEW),
        ("/geboortedatum", asked.geboortedatum),
        ("/gecontroleerdOp", asked.gecontroleerd_op),
    )

    def make(case: Case) -> Gezagsgegevens:
        who = case.authorities
        own = who if case.row.owner == caller.partij.id else who.side(caller.partij.id)
        before = None if own is None else own.snapshot
        known = {} if own is None else _persons(own.gezag)
        if faults := tuple(_unknown(asked, known)):
            raise InvalidMessage(faults)
        people = _recognised(asked, before, case, caller.partij, lambda e: stands(e, regels, ctx.clock.now()))
        return Gezagsgegevens(
            **vast.stamp(caller),
            geboortedatum=asked.geboortedatum,
            geboorteprecisie=asked.geboorteprecisie,
            leerling=before.leerling if before else new_id(),
            soort=asked.soort,
            personen=tuple(
                Gezagspersoon(persoon=ident, hoedanigheid=p.hoedanigheid, gezag=p.gezag, naam=p.naam)
                for ident, p in zip(people, asked.personen, strict=True)
            ),
            bron=asked.bron,
            gecontroleerd_op=asked.gecontroleerd_op,
            gecontroleerd_door=asked.gecontroleerd_door,
            geldig_tot_en_met=asked.geldig_tot_en_met,
            document_ref=asked.document_ref,
            vervangende_toestemmingen=asked.vervangende_toestemmingen,
            vertegenwoordigingen=asked.vertegenwoordigingen,
            afgeschermd_voor=asked.afgeschermd_voor,
            beeindigde_uitspraken=asked.beeindigde_uitspraken,
            niet_meer_afgeschermd_voor=asked.niet_meer_afgeschermd_voor,
        )

    return await vast.record(request, caller, raw, "gezagsgegevens", find, make)


@ROUTES.post(
    "/toestemmingen",
    lane=Lane.FACT,
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
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def toestemming(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, ToestemmingVerzoek)
    regels, now = await ctx.regels.current_or_deny(), ctx.clock.now()
    faults = (*_insane(now, asked.moment, asked.bereik), *demands(asked, regels.kennisgevingen, now))
    if asked.geldig_tot_en_met < asked.geldig_vanaf:
        text = "De einddatum ligt voor de begindatum."
        faults = (*faults, Fault("datum.volgorde", "/geldigTotEnMet", text))
    if faults:
        raise InvalidMessage(faults)

    def make(case: Case) -> Toestemming:
        fields = vast.stated(caller, asked.moment)
        return Toestemming(
            **fields,
            record=fields["id"],
            gebeurtenis=Gebeurtenis(asked.besluit),
            functie=asked.functie,
            ondertekenaar=asked.ondertekenaar,
            hoedanigheid=_known(case, caller.partij, asked.ondertekenaar, "/persoonId"),
            bereik=asked.bereik,
            geldig_vanaf=asked.geldig_vanaf,
            geldig_tot_en_met=asked.geldig_tot_en_met,
            uitdrukkelijk=asked.uitdrukkelijk,
            andere_ouder_geinformeerd=asked.andere_ouder_geinformeerd,
            bewijs=asked.bewijs,
        )

    return await vast.record(request, caller, raw, "toestemmingen", vast.finder(caller, asked), make)


@ROUTES.post(
    "/toestemmingen/{toestemmingId}/intrekkingen",
    lane=Lane.FACT,
    **operation(
        id="trekToestemmingIn",
        tag=TAG,
        summary="Trek een toestemming in",
        description=(
            "Werkt meteen: wat nog niet is opgehaald, gaat niet meer. Wie al iets had opgehaald, krijgt "
            "bericht en moet antwoorden. Intrekken kost niet meer moeite dan geven."
        ),
        scope=Scope.TOESTEMMING,
        body=IntrekkingVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
    ),
)
async def intrekking(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, IntrekkingVerzoek)
    record_id = path_id(request, "toestemmingId")
    _, given = await ctx.facts.statement(caller.partij, record_id)
    _sane(ctx, asked.moment)

    async def find() -> Found:
        return await ctx.facts.by_statement(caller.partij, record_id)

    def make(_: Case) -> Toestemming:
        said = vast.stated(caller, asked.moment)
        return given.model_copy(
            update={
                **said,
                "record": given.record,
                "gebeurtenis": Gebeurtenis.INGETROKKEN,
                "moment": max(said["moment"], given.moment),
                "bewijs": asked.bewijs,
            }
        )

    return await vast.record(request, caller, raw, f"intrekkingen/{record_id}", find, make)


@ROUTES.post(
    "/bekwaamheidsoordelen",
    lane=Lane.FACT,
    **operation(
        id="legBekwaamheidVast",
        tag=TAG,
        summary="Leg een oordeel over bekwaamheid vast",
        description="Of de leerling dit zelf kan overzien, per doel. Het nieuwste oordeel telt.",
        scope=Scope.TOESTEMMING,
        body=BekwaamheidVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def bekwaamheid(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, BekwaamheidVerzoek)
    _sane(ctx, asked.moment)

    def make(_: Case) -> Bekwaamheidsoordeel:
        return Bekwaamheidsoordeel(**{**fields_of(asked), **vast.stated(caller, asked.moment)})

    return await vast.record(request, caller, raw, "bekwaamheidsoordelen", vast.finder(caller, asked), make)


@ROUTES.post(
    "/bezwaren",
    lane=Lane.FACT,
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
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def bezwaar(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.TOESTEMMING)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, BezwaarVerzoek)
    _sane(ctx, asked.moment, asked.bereik)

    def make(case: Case) -> Bezwaar:
        _known(case, caller.partij, asked.persoon, "/persoonId")
        return Bezwaar(**{**fields_of(asked), **vast.stated(caller, asked.moment)})

    return await vast.record(request, caller, raw, "bezwaren", vast.finder(caller, asked), make)


@ROUTES.post(
    "/professionele-vetos",
    lane=Lane.FACT,
    **operation(
        id="legVetoVast",
        tag=TAG,
        summary="Leg een professioneel veto vast of hef het op",
        description=(
            "Een professional vindt delen nu niet goed voor de leerling. Dat gaat voor elke toestemming, en "
            "over wat uw eigen organisatie deelt: wat een ander u stuurt houdt het niet tegen. Een plicht "
            "van de wet gaat door. Alleen de eigen organisatie leest dat dit de reden is."
        ),
        scope=Scope.VETO,
        body=VetoVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def veto(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.VETO)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, VetoVerzoek)
    _sane(ctx, asked.moment)
    if asked.besluit == "veto" and asked.richting is Richting.J2S:
        _own_to_withhold(caller.partij)

    def make(_: Case) -> ProfessioneelVeto:
        return ProfessioneelVeto(**{**fields_of(asked), **vast.stated(caller, asked.moment)})

    return await vast.record(request, caller, raw, "professionele-vetos", vast.finder(caller, asked), make)


def _own_to_withhold(partij: Partij) -> None:
    """A veto is about what one's own organisation shares; one that would stop nothing is not taken in as if
    it did.
    """
    if partij.soort is Partijsoort.SCHOOL:
        text = "Wat jeugdhulp deelt, houdt alleen jeugdhulp tegen. Een school houdt tegen wat zij zelf deelt."
        raise fault("veto.nietVanU", "/richting", text)


def _whose(ctx: Application, partij: Partij, asked: GezagsgegevensVerzoek) -> Find:
    """The leerling: one of this partij's own, or the one of a levering that it received."""
    if [asked.leerling, asked.levering_id, asked.taak_id].count(None) != 2:  # noqa: PLR2004 - one of three
        raise fault("leerling.een", "", "Noem één van leerling, leveringId en taakId.")
    if asked.leerling is None:

        async def known() -> Found:
            if asked.taak_id is not None:
                return await ctx.facts.by_taak(partij, asked.taak_id)
            assert asked.levering_id is not None
            return await ctx.facts.by_levering(partij, asked.levering_id)

        return known
    assert asked.leerling is not None
    identity = own_leerling(partij, asked.leerling.leerlingid, asked.geboortedatum)

    async def own() -> Found:
        return await ctx.facts.by_identity(partij, identity)

    return own


def _persons(gezag: Iterable[Gezagsgegevens]) -> dict[str, Hoedanigheid]:
    """Everybody ever recorded around this leerling in one record, himself included."""
    found: dict[str, Hoedanigheid] = {}
    for g in gezag:
        found |= {p.persoon: p.hoedanigheid for p in g.personen} | {g.leerling: Hoedanigheid.LEERLING}
    return found


def _recognised(
    asked: GezagsgegevensVerzoek,
    before: Gezagsgegevens | None,
    case: Case,
    partij: Partij,
    standing: Callable[[Sequence[Toestemming]], bool],
) -> list[str]:
    """The id of each person: the one that is named, that of who has the same name and hoedanigheid, or new.

    Nobody is recognised by his place or hoedanigheid alone: another ouder would get what the first one said.
    Raises WouldEnd when who is not recognised may be somebody whose statements would end by it.
    """
    earlier = () if before is None else before.personen
    named = {p.persoon_id for p in asked.personen}
    people, strangers = [], False
    for p in asked.personen:
        ident = p.persoon_id
        if ident is None and not p.nieuw:
            same = [e.persoon for e in earlier if e.persoon not in named and _alike(e, p)]
            twins = sum(_alike(q, p) for q in asked.personen)
            ident = same[0] if len(same) == twins == 1 else None
            strangers = strangers or ident is None
        people.append(ident or new_id())
    gone = {e.persoon for e in earlier}.difference(people)
    if strangers and gone:
        records: dict[str, list[Toestemming]] = {}
        for c in case.consents:
            if c.vastgelegd_door == partij.id and c.ondertekenaar in gone:
                records.setdefault(c.record, []).append(c)
        ending = tuple(record for record, events in records.items() if standing(events))
        objections = tuple(
            b.id for b in case.authorities.bezwaren if b.vastgelegd_door == partij.id and b.persoon in gone
        )
        if ending or objections:
            raise WouldEnd(ending, objections)
    return people


def _alike(one: Gezagspersoon | GezagspersoonVerzoek, other: GezagspersoonVerzoek) -> bool:
    """Both with a name, the same one as far as anybody can see, and the same hoedanigheid."""
    if one.naam is None or other.naam is None or one.hoedanigheid is not other.hoedanigheid:
        return False
    return comparable(one.naam) == comparable(other.naam)


def _unknown(asked: GezagsgegevensVerzoek, known: Mapping[str, Hoedanigheid]) -> Iterator[Fault]:
    """Faults for persons who are not known for this leerling, and for orders about somebody who is not in
    this registratie.

    An order names a person by the id that he got when he was recorded, so it can only come with a later
    registratie.
    """
    here = {p.persoon_id: p.hoedanigheid for p in asked.personen if p.persoon_id is not None}
    for i, p in enumerate(asked.personen):
        if p.persoon_id is not None and p.persoon_id not in known:
            text = "Deze persoon is bij deze leerling niet bekend."
            yield Fault("persoon.onbekend", f"/personen/{i}/persoonId", text)
    text = "Deze persoon staat niet in deze registratie; leg hem eerst vast en noem zijn id."
    for i, order in enumerate(asked.vervangende_toestemmingen):
        if order.vervangt not in here:
            yield Fault("persoon.onbekend", f"/vervangendeToestemmingen/{i}/persoonId", text)
        yield from _order(f"/vervangendeToestemmingen/{i}", order)
    for i, rep in enumerate(asked.vertegenwoordigingen):
        place = f"/vertegenwoordigingen/{i}"
        if rep.persoon not in here:
            yield Fault("persoon.onbekend", f"{place}/persoonId", text)
        elif here[rep.persoon] is not rep.hoedanigheid:
            other = "Deze persoon staat hierboven in een andere hoedanigheid."
            yield Fault("persoon.hoedanigheid", f"{place}/hoedanigheid", other)
        yield from _order(place, rep)


def _order(place: str, order: VervangendeToestemming | Vertegenwoordiging) -> Iterator[Fault]:
    yield from faults_of_identifier(order.document_ref, f"{place}/documentRef")
    if order.geldig_tot_en_met is not None and order.geldig_tot_en_met < order.geldig_vanaf:
        yield Fault("datum.volgorde", f"{place}/geldigTotEnMet", "De einddatum ligt voor de begindatum.")


def _known(case: Case, partij: Partij, persoon: str, place: str) -> Hoedanigheid:
    """What he is of the leerling, in this partij's own record or in that of the owner.

    A person of the owner's record reaches another partij as a random reference only, told to it by people:
    who has it may record what that person said. Those of a third partij's record it does not know.
    """
    side = case.authorities.side(partij.id)
    people = _persons(case.authorities.gezag) | _persons(() if side is None else side.gezag)
    found = people.get(persoon)
    if found is None:
        text = "Deze persoon is bij deze leerling niet bekend; leg eerst gezagsgegevens vast."
        raise fault("persoon.onbekend", place, text)
    return found


def _sane(ctx: Application, at: dt.datetime, bereik: Bereik | None = None) -> None:
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
    """Faults for days in the future: on the calendar of the Netherlands, what is dated after today has not
    happened yet.
    """
    later = tuple(
        Fault("datum.toekomst", place, "Deze datum ligt in de toekomst.") for place, d in dates if d > today
    )
    if later:
        raise InvalidMessage(later)
