"""Sharing without toestemming: asserting a ground of the law, weighing with four eyes, and looking back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from consent.afwegen import same_person
from consent.grenzen import Grenzen
from consent.gronden import told
from consent.leeftijd import day
from gateway.api import antwoorden
from gateway.api.bodies import (
    AfwegingVerzoek,
    GrondverklaringVerzoek,
    NabeoordelingVerzoek,
    OmstandigheidVerzoek,
    TweedeBlikVerzoek,
    UitstelVerzoek,
    WegerVerzoek,
)
from gateway.api.http import parse_json, path_id, respond
from gateway.api.openapi import operation
from gateway.api.request import SMALL_BODY, read_body
from gateway.api.routes import Routes
from gateway.api.vastleggen import CLOCK_SKEW, Find, Vastlegger, fault, fields_of
from gateway.application import Application
from gateway.case.case import Case
from gateway.exchange.leerling import Found
from gateway.explain import views
from gateway.identity.tokens import Caller
from gateway.register.regels import Regels
from gateway.runtime.turns import Lane
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.people.afweging import Afweging, Nabeoordeling, TweedeBlik, Uitstel, Weegfunctie, Weger
from schemas.people.gronden import Grondverklaring, Informeren
from schemas.people.hoedanigheden import EIGENSCHAPPEN, gelezen
from schemas.people.mensen import Handeling
from schemas.people.omstandigheden import Omstandigheid, Omstandigheidsoort
from schemas.people.partij import Scope
from schemas.people.toestemming import Gebruiksdoel, Ontvanger

TAG: Final = "Delen zonder toestemming"
INFORMEREN_BINNEN: Final = dt.timedelta(days=30)
"""Within this time those concerned must be told, or the reason for waiting must be looked at again [P]."""
LONGEST_AGO: Final = dt.timedelta(days=366)
_BODY: Final = 4 * SMALL_BODY
"""The body of a weighing is larger than others, for it answers eight questions and tells for every field why
it is needed.
"""


ROUTES: Final = Routes()


def by_ground(ctx: Application, caller: Caller, record: str) -> Find:
    async def find() -> Found:
        return await ctx.facts.by_ground(caller.partij, record)

    return find


async def about(ctx: Application, caller: Caller, request: Request, *, as_fg: bool = False) -> Afweging:
    """The weighing that the path names, of the caller itself or of a partij that the caller watches over as
    FG.

    Raises NotFound, which is the same for an unknown weighing and for somebody else's.
    """
    record = path_id(request, "afwegingId")
    _, found = await ctx.facts.recorded_ground(caller.partij, record, (Afweging,))
    assert isinstance(found, Afweging)
    if (found.vastgelegd_door == caller.partij.id) is as_fg:
        raise NotFound
    return found


@ROUTES.post(
    "/grondverklaringen",
    lane=Lane.FACT,
    **operation(
        id="legGrondVast",
        tag=TAG,
        summary="Verklaar dat de wet dit delen toestaat",
        description=(
            "Voor precies deze leerling, ontvanger, doelen en termijn, met waaruit het blijkt. Wat de "
            "verklaring draagt, hangt af van de grond: zie docs/wie-beslist.md. Wat wachtte en nu mag, "
            "gaat vanzelf verder; wat geweigerd was, stuurt u opnieuw."
        ),
        scope=Scope.GRONDEN,
        body=GrondverklaringVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def grond(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.GRONDEN)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, GrondverklaringVerzoek)
    faults = [
        *_stated(ctx, asked.moment),
        *_told(ctx, asked.informeren),
        *_known_recipient(await ctx.regels.current(), asked.ontvanger),
    ]
    if asked.geldig_tot_en_met < asked.geldig_vanaf:
        faults.append(Fault("datum.volgorde", "/geldigTotEnMet", "De einddatum ligt voor de begindatum."))
    _raise(faults)

    def make(_: Case) -> Grondverklaring:
        return Grondverklaring(**{**fields_of(asked), **vast.stated(caller, asked.moment)})

    return await vast.record(request, caller, raw, "grondverklaringen", vast.finder(caller, asked), make)


@ROUTES.post(
    "/omstandigheden",
    lane=Lane.FACT,
    **operation(
        id="legOmstandigheidVast",
        tag=TAG,
        summary="Verklaar wat er zo is bij wat u stuurt, waar een regel van een stroom naar vraagt",
        description=(
            "Voor precies deze leerling, ontvanger, doelen en termijn: wat er zo is (`wel`) en wat niet "
            "(`niet`). Een omstandigheid laat zelf niets gaan; zij zegt of een regel van de stroom geldt "
            "(docs/stromen.md). Wat daardoor mag, gaat vanzelf verder."
        ),
        scope=Scope.GRONDEN,
        body=OmstandigheidVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def omstandigheid(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.GRONDEN)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, OmstandigheidVerzoek)
    faults = [*_stated(ctx, asked.moment)]
    if asked.ontvanger.persoon_id is None:  # who a person is, the record says at each decision
        faults += _known_recipient(await ctx.regels.current(), asked.ontvanger)
    if asked.informeren is not None:
        faults += _told(ctx, asked.informeren)
    if asked.geldig_tot_en_met < asked.geldig_vanaf:
        faults.append(Fault("datum.volgorde", "/geldigTotEnMet", "De einddatum ligt voor de begindatum."))
    if not asked.wel and not asked.niet:
        faults.append(Fault("omstandigheid.leeg", "/wel", "Zeg wat er zo is, of wat er niet zo is."))
    if set(asked.wel) & set(asked.niet):
        faults.append(Fault("omstandigheid.beide", "/niet", "Iets kan niet tegelijk wel en niet zo zijn."))
    if Omstandigheidsoort.NODIG in asked.wel and asked.noodzaak_hash is None:
        text = "Bij nodig hoort de hash van de tekst die zegt waarom."
        faults.append(Fault("omstandigheid.noodzaak", "/noodzaakHash", text))
    own = {f for h in gelezen(caller.partij).hoedanigheden for f in EIGENSCHAPPEN[h].functies}
    if asked.functie is not None and asked.functie not in own:
        # no rule speaks of who acts in a function that is not there
        faults.append(Fault("functie.past", "/functie", "In deze functie handelt uw partij niet."))
    _raise(faults)

    def make(_: Case) -> Omstandigheid:
        return Omstandigheid(**{**fields_of(asked), **vast.stated(caller, asked.moment)})

    return await vast.record(request, caller, raw, "omstandigheden", vast.finder(caller, asked), make)


@ROUTES.post(
    "/afwegingen",
    lane=Lane.FACT,
    **operation(
        id="legAfwegingVast",
        tag=TAG,
        summary="Leg een afweging vast om te delen zonder toestemming",
        description=(
            "Alleen om gevaar of ernstige schade af te wenden, als toestemming vragen niet kan of niet "
            "lukte. Zij telt pas als een tweede persoon ermee instemt (tweede-blikken), voor deze "
            "leerling, deze ontvanger en deze velden, zolang het venster open is. Is het gevaar acuut en "
            "is niemand bereikbaar, dan zegt u dat in `acuut`: zij telt meteen, en de tweede blik komt "
            "binnen 24 uur. Elk gebruik komt bij de functionaris gegevensbescherming terecht."
        ),
        scope=Scope.GRONDEN,
        body=AfwegingVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
        problems=(NotFound,),
    ),
)
async def afweging(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.GRONDEN)
    await ctx.authenticator.zeker(caller, Handeling.NOODUITGANG)
    vast = Vastlegger(ctx)
    raw = await read_body(ctx, request, _BODY)
    asked = parse_json(raw, AfwegingVerzoek)
    regels = await ctx.regels.current()
    _raise(
        [
            *_stated(ctx, asked.moment),
            *_told(ctx, asked.informeren),
            *_known_recipient(regels, asked.ontvanger),
            *_weighed(asked, regels, ctx.clock.now()),
        ]
    )

    def make(case: Case) -> Afweging:
        fields = fields_of(asked) | vast.stated(caller, asked.moment)
        opens = max(asked.venster_van, fields["moment"])
        return Afweging(
            **fields
            | {
                "leerling": case.row.owner_ref,
                "doel": Gebruiksdoel.VEILIGHEID,
                "opsteller": _weger(caller, asked.opsteller),
                "beoordelaar": None,
                "venster_van": opens,
            }
        )

    return await vast.record(request, caller, raw, "afwegingen", vast.finder(caller, asked), make)


@ROUTES.get(
    "/afwegingen/{afwegingId}",
    **operation(
        id="leesAfweging",
        tag=TAG,
        summary="Een afweging, met wat er daarna gebeurde",
        description=(
            "Voor wie haar vastlegde, en zonder namen voor de functionaris gegevensbescherming. "
            "`vertrouwelijkheid`: zolang het informeren is uitgesteld `vertrouwelijk` tegenover ouders "
            "en leerling; op de datum van het uitstel vanzelf `opgeheven`."
        ),
        scope=Scope.AFWEGINGEN,
        answer=antwoorden.AfwegingAntwoord,
    ),
)
async def read(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.AFWEGINGEN)
    record = path_id(request, "afwegingId")
    case, found = await ctx.facts.recorded_ground(caller.partij, record, (Afweging,))
    assert isinstance(found, Afweging)
    own = found.vastgelegd_door == caller.partij.id
    return respond(200, views.afweging(found, case, ctx.clock.now(), names=own))


@ROUTES.post(
    "/afwegingen/{afwegingId}/tweede-blikken",
    lane=Lane.FACT,
    **operation(
        id="legTweedeBlikVast",
        tag=TAG,
        summary="Zeg als tweede persoon wat u van een afweging vindt",
        description=(
            "Een andere persoon dan de opsteller, in een functie die dat mag, en nooit de functionaris "
            "gegevensbescherming. Met akkoord telt de afweging; zonder akkoord gaat er niets meer."
        ),
        scope=Scope.GRONDEN,
        body=TweedeBlikVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
    ),
)
async def tweede_blik(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.GRONDEN)
    await ctx.authenticator.zeker(caller, Handeling.NOODUITGANG)
    vast = Vastlegger(ctx)
    found = await about(ctx, caller, request)
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, TweedeBlikVerzoek)
    door = _weger(caller, asked.door)
    faults = [*_stated(ctx, asked.moment)]
    if asked.moment < found.moment:
        text = "Dit moment ligt voor dat van de afweging."
        faults.append(Fault("moment.volgorde", "/moment", text))
    if same_person(door, found.opsteller):
        text = "De tweede blik is van iemand anders dan de opsteller."
        faults.append(Fault("afweging.zelfde", "/door/medewerker", text))
    if door.functie not in (await ctx.regels.current_or_deny()).beleid.grenzen.goedkeurders:
        text = "In deze functie kan iemand geen tweede blik geven."
        faults.append(Fault("afweging.functie", "/door/functie", text))
    _raise(faults)

    def make(_: Case) -> TweedeBlik:
        said = fields_of(asked) | vast.stated(caller, asked.moment)
        return TweedeBlik(**said | {"afweging": found.id, "door": door})

    name = f"tweede-blikken/{found.id}"
    return await vast.record(request, caller, raw, name, by_ground(ctx, caller, found.id), make)


async def uitstel(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.GRONDEN)
    vast = Vastlegger(ctx)
    (parameter,) = request.path_params
    record = path_id(request, parameter)
    _, found = await ctx.facts.recorded_ground(caller.partij, record, (Afweging, Grondverklaring))
    if found.vastgelegd_door != caller.partij.id:
        raise NotFound
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, UitstelVerzoek)
    _raise([*_stated(ctx, asked.moment), *_told(ctx, asked.informeren)])

    def make(case: Case) -> Uitstel:
        ((_, stands),) = case.informeren((record,))
        if asked.informeren.wanneer != "uitgesteld" and asked.informeren.op > stands.op:
            text = "Later informeren is uitstel, en vraagt een reden."
            raise fault("informeren.uitstel", "/informeren/wanneer", text)
        return Uitstel(**fields_of(asked) | vast.stated(caller, asked.moment) | {"over": record})

    name = f"uitstellen/{record}"
    return await vast.record(request, caller, raw, name, by_ground(ctx, caller, record), make)


for where, parameter, kind in (
    ("afwegingen", "afwegingId", Afweging),
    ("grondverklaringen", "grondverklaringId", Grondverklaring),
):
    ROUTES.post(
        f"/{where}/{{{parameter}}}/uitstellen",
        lane=Lane.FACT,
        **operation(
            id=f"stelInformerenUit{kind.__name__}",
            tag=TAG,
            summary="Stel het informeren van ouders en leerling opnieuw uit, of noem een dag",
            description=(
                "Uitstel telt tot de genoemde dag en vraagt elke keer een nieuwe reden. Zonder nieuw "
                "uitstel houdt de vertrouwelijkheid op die dag vanzelf op."
            ),
            scope=Scope.GRONDEN,
            body=UitstelVerzoek,
            status=201,
            answer=antwoorden.FeitVastgelegd,
            idempotent=True,
        ),
    )(uitstel)


@ROUTES.post(
    "/afwegingen/{afwegingId}/nabeoordelingen",
    lane=Lane.FACT,
    **operation(
        id="beoordeelNa",
        tag=TAG,
        summary="Geef als functionaris gegevensbescherming een oordeel achteraf",
        description=(
            "Terecht, terecht maar te ruim, of niet terecht. Na niet terecht gaat er op deze afweging "
            "niets meer. U keurt niet goed: u kijkt terug."
        ),
        scope=Scope.NABEOORDELEN,
        body=NabeoordelingVerzoek,
        status=201,
        answer=antwoorden.FeitVastgelegd,
        idempotent=True,
    ),
)
async def nabeoordeling(ctx: Application, request: Request) -> Response:
    caller = await ctx.authenticator.require(request, Scope.NABEOORDELEN)
    vast = Vastlegger(ctx)
    unwatched = not (await ctx.regels.current_or_deny()).fgs(caller.partij.id)
    found = await about(ctx, caller, request, as_fg=not unwatched or bool(caller.partij.toezicht_op))
    raw = await read_body(ctx, request, SMALL_BODY)
    asked = parse_json(raw, NabeoordelingVerzoek)
    _raise([*_stated(ctx, asked.moment)])

    def make(_: Case) -> Nabeoordeling:
        said = fields_of(asked) | vast.stated(caller, asked.moment)
        return Nabeoordeling(**said | {"afweging": found.id})

    name = f"nabeoordelingen/{found.id}"
    return await vast.record(request, caller, raw, name, by_ground(ctx, caller, found.id), make)


def _weger(caller: Caller, asked: WegerVerzoek) -> Weger:
    """Who weighs. Of somebody who signed in it is known who he is; for all others their partij says it."""
    person = caller.persoon
    return Weger(
        partij=caller.partij.id,
        medewerker=asked.medewerker if person is None else person.naam,
        functie=asked.functie,
        persoon=None if person is None else person.ref,
    )


def _stated(ctx: Application, at: dt.datetime) -> Iterator[Fault]:
    now = ctx.clock.now()
    if at > now + CLOCK_SKEW:
        yield Fault("moment.toekomst", "/moment", "Dit moment ligt in de toekomst.")
    if at < now - LONGEST_AGO:
        yield Fault("moment.verleden", "/moment", "Dit moment ligt meer dan een jaar terug.")


def _told(ctx: Application, informeren: Informeren) -> Iterator[Fault]:
    """Faults in when those concerned are told.

    It cannot be put off for ever: the day lies at most thirty days ahead, and `vooraf` must lie in the past.
    """
    if not told(informeren):
        text = "Een reden van uitstel hoort bij uitgesteld informeren, en alleen daarbij."
        yield Fault("informeren.reden", "/informeren/redenUitstel", text)
    today = day(ctx.clock.now())
    if informeren.wanneer == "vooraf" and informeren.op > today:
        text = "Vooraf is al gebeurd: noem de dag waarop u het vertelde."
        yield Fault("informeren.dag", "/informeren/op", text)
    if informeren.op > today + INFORMEREN_BINNEN:
        text = f"Noem een dag binnen {INFORMEREN_BINNEN.days} dagen; daarna kunt u opnieuw uitstellen."
        yield Fault("informeren.dag", "/informeren/op", text)


def _known_recipient(regels: Regels, ontvanger: Ontvanger) -> Iterator[Fault]:
    partij = regels.partijen.get(ontvanger.partij)
    if partij is None or ontvanger.rol not in partij.rollen:
        text = "Deze partij ontvangt niet in deze rol."
        yield Fault("ontvanger.onbekend", "/ontvanger", text)


def _weighed(asked: AfwegingVerzoek, regels: Regels, now: dt.datetime) -> Iterator[Fault]:
    """Faults for which this weighing could never be used, so that its maker hears it now. `consent.afwegen`
    still decides.
    """
    grenzen: Grenzen = regels.beleid.grenzen
    for name, text in asked.verslag.model_dump(by_alias=True).items():
        if not text.strip():
            yield Fault("afweging.leeg", f"/verslag/{name}", "Deze vraag is niet beantwoord.")
    if asked.acuut is not None and not asked.acuut.strip():
        yield Fault("afweging.leeg", "/acuut", "Zeg wat het gevaar is en waarom niemand bereikbaar was.")
    if asked.opsteller.functie is Weegfunctie.FUNCTIONARIS_GEGEVENSBESCHERMING:
        text = "De functionaris gegevensbescherming weegt niet mee."
        yield Fault("afweging.functie", "/opsteller/functie", text)
    if not asked.moment <= asked.venster_van < asked.venster_tot:
        text = "Het venster begint niet voor de afweging en eindigt later dan het begint."
        yield Fault("afweging.venster", "/vensterVan", text)
    elif asked.venster_tot - asked.venster_van > grenzen.venster:
        hours = int(grenzen.venster.total_seconds() // 3600)
        yield Fault("afweging.venster", "/vensterTot", f"Het venster is hoogstens {hours} uur.")
    if asked.aantal_vrijgaven > grenzen.vrijgaven:
        text = f"Hoogstens {grenzen.vrijgaven} vrijgaven."
        yield Fault("afweging.vrijgaven", "/aantalVrijgaven", text)
    yield from _weighed_fields(asked, regels, now)


def _weighed_fields(asked: AfwegingVerzoek, regels: Regels, now: dt.datetime) -> Iterator[Fault]:
    """Faults per field: a profile must let it go at all, and somebody must have told why it is needed."""
    profiles = [
        p
        for p in regels.beleid.now(now)
        if (p.doel, p.rol, p.richting) == (Gebruiksdoel.VEILIGHEID, asked.ontvanger.rol, asked.richting)
    ]
    may = {pad for p in profiles for pad in p.paden}
    for i, veld in enumerate(asked.velden):
        if veld.pad not in may:
            text = "Dit veld staat niet in een profiel voor veiligheid van deze ontvanger."
            yield Fault("afweging.veld", f"/velden/{i}/pad", text)
        if not veld.nodig_omdat.strip():
            yield Fault("afweging.leeg", f"/velden/{i}/nodigOmdat", "Zeg waarom dit veld nodig is.")


def _raise(faults: list[Fault]) -> None:
    if faults:
        raise InvalidMessage(tuple(faults))
