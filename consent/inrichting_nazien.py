"""Reading the file of a region, and everything in it that is unknown, contradicts itself or answers nothing.

Each finding has the file and the line. What blocks is a fault; what a person should know and may leave is a
remark. That every case has exactly one answer is proved by asking all of them, one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from pydantic.alias_generators import to_camel

from consent.inrichting import ELDERS, IN_REGIO, ONBEKEND, Regio, Rij, first, read_form
from consent.plaatsen import line_numbers, placed
from consent.regio import looser
from consent.stromen import ORGANISATIES, Stand, Stromen
from consent.vernauwing import narrowing_faults, still_goes
from consent.vorm import parse_toml
from schemas.checks.woonplaats import GEMEENTEN
from schemas.errors import Fault, InvalidMessage
from schemas.messages.berichten import BERICHTEN
from schemas.messages.inrichting import UITVOERING_BIJ, Beslisser, Besluitvorm, Woonplaatssoort
from schemas.messages.toeleiding import Route
from schemas.people.hoedanigheden import EIGENSCHAPPEN, MENSEN, geldt_als
from schemas.people.partij import Besluitsoort
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.thuiszitten import Verzuimsoort

P = Partijhoedanigheid
_GEMEENTE: Final = frozenset({P.TOEGANG, P.JEUGDTEAM})
BESLISSERS: Final[Mapping[Beslisser, frozenset[Partijhoedanigheid]]] = {
    Beslisser.SCHOOL_EN_AANBIEDER_MET_OUDERS: frozenset({P.ONDERWIJS, P.JEUGDHULP, P.JEUGDHULP_GGZ}),
    Beslisser.SCHOOL: frozenset({P.ONDERWIJS}),
    Beslisser.HULPVERLENER_OP_SCHOOL: frozenset(
        {P.JEUGDHULP, P.JEUGDHULP_GGZ, P.JEUGDTEAM, P.SCHOOLMAATSCHAPPELIJK_WERK}
    ),
    Beslisser.WIJKTEAM: _GEMEENTE,
    Beslisser.SCHOOL_EN_WIJKTEAM: _GEMEENTE | {P.ONDERWIJS},
    Beslisser.SPECIALIST_MET_MANDAAT: frozenset(ORGANISATIES),
    Beslisser.OVERLEG_MET_MANDAAT: frozenset(ORGANISATIES),
    Beslisser.GEMEENTE: frozenset({P.TOEGANG}),
    Beslisser.HUISARTS: frozenset({P.HUISARTS}),
    Beslisser.JEUGDARTS: frozenset({P.JGZ}),
    Beslisser.GECERTIFICEERDE_INSTELLING: frozenset({P.GECERTIFICEERDE_INSTELLING}),
    Beslisser.SAMENWERKINGSVERBAND: frozenset({P.SAMENWERKINGSVERBAND}),
}
"""In which capacity who decides acts."""
_ONDERSCHEID: Final = frozenset({Woonplaatssoort.ALLEEN_INGEZETENEN, Woonplaatssoort.GROEPSAANBOD_VOOR_ALLEN})
"""Rules that cannot answer for somebody of whom it is not known where he lives."""


_BETAALT: Final = ("geldhouder", "geldstromen")
_GELD: Final = (*_BETAALT, "bekostiging", "uitvoeringsvariant", "rechtsvorm")
"""What a file can say of money. Only the first two answer a question here: who pays first, and from what."""
ZAAK_DAGEN: Final = 730
"""How long a zaak is kept at most after it was closed."""


@dataclass(frozen=True, slots=True)
class Bewijs:
    """That every case was asked: how many there are, and how many each row answers."""

    arrangementen: int
    leeftijden: int
    woonplaatsen: int
    toeleiding: tuple[int, ...]
    woonplaats: tuple[int, ...]

    @property
    def gevallen(self) -> int:
        return self.arrangementen * self.leeftijden * self.woonplaatsen


@dataclass(frozen=True, slots=True)
class Nagezien:
    """A region without faults, with what a person should know of it."""

    regio: Regio
    bewijs: Bewijs
    opmerkingen: tuple[Fault, ...]


def parse_inrichting(
    text: str, stromen: Stromen, convenanten: Iterable[str] = (), bestand: str = "regio.toml"
) -> Nagezien:
    """The region in a text, held to the rules of a flow and the ids of the convenanten beside it.

    Raises InvalidMessage with every fault, each with its file, place and line.
    """
    lines = line_numbers(text)
    try:
        data = parse_toml(text)
    except InvalidMessage as error:
        raise InvalidMessage(tuple(placed(f, bestand, lines) for f in error.faults)) from None
    waarden = data.get("waarden")
    faults = [
        Fault(f.code, f"/waarden{f.place}", f.text)
        for f in looser(waarden if isinstance(waarden, dict) else {})
    ]
    regio, wrong = read_form(data)
    if regio is not None:
        faults += _faults(regio, stromen, frozenset(convenanten))
        bewijs, answered = _proof(regio)
        faults += answered
        if not faults:
            told = tuple(placed(f, bestand, lines) for f in _remarks(regio, stromen))
            return Nagezien(regio, bewijs, told)
    raise InvalidMessage(tuple(placed(f, bestand, lines) for f in (*wrong, *faults)))


# ── every case has one answer


def _proof(regio: Regio) -> tuple[Bewijs, list[Fault]]:
    faults: list[Fault] = []
    counts: dict[str, Counter[int]] = {}
    tables: dict[str, Sequence[Rij]] = {"toeleiding": regio.toeleiding, "woonplaats": regio.woonplaats}
    for name, rijen in tables.items():
        seen = counts[name] = Counter()
        for geval in regio.gevallen():
            nummer = first(rijen, geval)
            if nummer is not None:
                seen[nummer] += 1
        if not rijen[-1].vangt_alles:
            text = "De laatste rij heeft geen voorwaarde, zodat elk geval een antwoord heeft."
            faults.append(Fault("regio.laatste", f"/{name}/{len(rijen) - 1}", text))
        for nummer in range(len(rijen)):
            if not seen[nummer]:
                text = "Deze rij wordt nooit bereikt: wat zij zegt, is hierboven al beantwoord."
                faults.append(Fault("regio.onbereikbaar", f"/{name}/{nummer}", text))
    for nummer, rij in enumerate(regio.woonplaats):
        at_loss = rij.regel in _ONDERSCHEID and any(
            first(regio.woonplaats, g) == nummer for g in regio.gevallen() if g.woont == ONBEKEND
        )
        if at_loss:
            text = "Van wie de woonplaats onbekend is, zegt deze regel niets: vraag een mens."
            faults.append(Fault("regio.onbekend", f"/woonplaats/{nummer}/regel", text))
    found = {name: tuple(seen[n] for n in range(len(tables[name]))) for name, seen in counts.items()}
    return Bewijs(len(regio.arrangementen), len(regio.leeftijden), len(regio.woonplaatsen), **found), faults


# ── what does not fit together


def _faults(regio: Regio, stromen: Stromen, convenanten: frozenset[str]) -> Iterator[Fault]:
    yield from _names(regio)
    yield from _partijen(regio)
    yield from _mandaten(regio)
    yield from narrowing_faults(stromen, regio.stromen)
    for i, row in enumerate(regio.stromen):
        if row.convenant is not None and row.convenant not in convenanten:
            yield Fault("regio.convenant", f"/stromen/{i}/convenant", "Dit convenant is er niet bij.")
    yield from _arrangementen(regio)
    yield from _rijen(regio)
    for i in range(len(regio.toeleiding)):
        yield from _toeleiding(regio, i)
    yield from _overleg(regio)
    yield from _thuiszitters(regio, stromen)


def _names(regio: Regio) -> Iterator[Fault]:
    """Names that stand for two things."""
    lists = {
        "partijen/sleutel": [p.sleutel for p in regio.partijen],
        "arrangementen/code": [a.code for a in regio.arrangementen],
        "toeleiding/code": [r.code for r in regio.toeleiding],
        "woonplaats/code": [r.code for r in regio.woonplaats],
        "overleg/code": [o.code for o in regio.overleg],
    }
    for name, values in lists.items():
        table, _, field = name.partition("/")
        for i, value in enumerate(values):
            if value in values[:i]:
                yield Fault("regio.dubbel", f"/{table}/{i}/{field}", "Deze naam staat er twee keer in.")
    ids = [p.id for p in regio.partijen]
    for i, ident in enumerate(ids):
        if ident in ids[:i]:
            text = "Onder dit id staat al een hoedanigheid; geef elke een eigen id."
            yield Fault("regio.dubbel", f"/partijen/{i}/id", text)
    for i, code in enumerate(regio.gemeenten):
        if code in regio.gemeenten[:i]:
            yield Fault("regio.dubbel", f"/gemeenten/{i}", "Deze gemeente staat er twee keer in.")
        if not GEMEENTEN.bestaat(code, regio.gemeenten_op):
            yield Fault("regio.gemeente", f"/gemeenten/{i}", "Deze gemeente was er op die dag niet.")


def _partijen(regio: Regio) -> Iterator[Fault]:
    for i, p in enumerate(regio.partijen):
        here = f"/partijen/{i}"
        if p.hoedanigheid in MENSEN:
            text = "Dit is een mens, en geen hoedanigheid van een organisatie."
            yield Fault("regio.hoedanigheid", f"{here}/hoedanigheid", text)
        elif geldt_als(p.hoedanigheid, p.werkgever) is None:
            text = "Noem in welke hoedanigheid de werkgever handelt: van hem hangt de geheimhouding af."
            yield Fault("regio.werkgever", f"{here}/werkgever", text)
        if not set(p.rollen) <= set(EIGENSCHAPPEN[p.hoedanigheid].functies):
            yield Fault("regio.rol", f"{here}/rollen", "Een van deze rollen hoort hier niet.")


def _unknown(regio: Regio, place: str, sleutel: str | None) -> Iterator[Fault]:
    if sleutel is not None and regio.partij(sleutel) is None:
        yield Fault("regio.partij", place, "Deze partij staat niet in het bestand.")


def _mandaten(regio: Regio) -> Iterator[Fault]:
    for i, m in enumerate(regio.mandaten):
        here = f"/mandaten/{i}"
        yield from _unknown(regio, f"{here}/gever", m.gever)
        yield from _unknown(regio, f"{here}/nemer", m.nemer)
        if m.gever == m.nemer:
            text = "Wie zelf besluit, heeft geen mandaat van zichzelf nodig."
            yield Fault("regio.mandaat", f"{here}/nemer", text)
        if m.geldig_tot_en_met is not None and m.geldig_tot_en_met < m.geldig_vanaf:
            text = "De einddatum ligt voor de begindatum."
            yield Fault("datum.volgorde", f"{here}/geldigTotEnMet", text)


def _arrangementen(regio: Regio) -> Iterator[Fault]:
    for i, a in enumerate(regio.arrangementen):
        if a.bekostiging is not None and a.uitvoeringsvariant not in {None, UITVOERING_BIJ[a.bekostiging]}:
            text = "Bij deze bekostiging hoort een andere uitvoeringsvariant."
            yield Fault("regio.geld", f"/arrangementen/{i}/uitvoeringsvariant", text)


def _rijen(regio: Regio) -> Iterator[Fault]:
    """Conditions on what is not there, and rows that say nothing or two things."""
    known = {IN_REGIO, ELDERS, ONBEKEND, *regio.gemeenten}
    tables: tuple[tuple[str, Sequence[Rij]], ...] = (
        ("toeleiding", regio.toeleiding),
        ("woonplaats", regio.woonplaats),
    )
    for name, rijen in tables:
        for i, rij in enumerate(rijen):
            here = f"/{name}/{i}"
            if any(regio.arrangement(code) is None for code in rij.arrangementen):
                text = "Een van deze arrangementen staat niet in het bestand."
                yield Fault("regio.arrangement", f"{here}/arrangementen", text)
            if not known.issuperset(rij.woont):
                yield Fault("regio.gemeente", f"{here}/woont", "Een van deze gemeenten is niet van de regio.")
    for i, w in enumerate(regio.woonplaats):
        if sum(each is not None for each in (w.regel, w.route, w.vraag)) != 1:
            text = "Een rij noemt precies één van: regel, route, vraag."
            yield Fault("regio.rij", f"/woonplaats/{i}", text)


def _toeleiding(regio: Regio, i: int) -> Iterator[Fault]:
    rij, here = regio.toeleiding[i], f"/toeleiding/{i}"
    said = [each for each in (rij.beslisser, rij.door, rij.namens, rij.vorm, rij.overleg) if each is not None]
    if rij.vraag is not None:
        if said:
            text = "Een rij met een vraag besluit niets: haal beslisser, door, namens, vorm en overleg weg."
            yield Fault("regio.rij", here, text)
        return
    if rij.beslisser is None:
        yield Fault("regio.rij", here, "Noem wie beslist, of een vraag aan een mens.")
        return
    yield from _unknown(regio, f"{here}/door", rij.door)
    yield from _unknown(regio, f"{here}/namens", rij.namens)
    if rij.overleg is not None and regio.overlegregel(rij.overleg) is None:
        yield Fault("regio.overleg", f"{here}/overleg", "Deze soort overleg staat niet in het bestand.")
    if rij.beslisser is Beslisser.OVERLEG_MET_MANDAAT and rij.overleg is None:
        yield Fault("regio.overleg", here, "Noem in welk overleg met mandaat wordt beslist.")
    door = regio.partij(rij.door) if rij.door else None
    if door is not None and door.hoedanigheid not in BESLISSERS[rij.beslisser]:
        text = "Deze partij is in deze hoedanigheid niet wie hier beslist."
        yield Fault("regio.beslisser", f"{here}/door", text)
    yield from _form_of_decision(regio, i)


def _form_of_decision(regio: Regio, i: int) -> Iterator[Fault]:
    """A decision in somebody's name rests on a mandaat, and a beschikking is of the college."""
    rij, here = regio.toeleiding[i], f"/toeleiding/{i}"
    mandated = (
        rij.vorm is Besluitvorm.TOEKENNING_OP_MANDAAT or rij.beslisser is Beslisser.SPECIALIST_MET_MANDAAT
    )
    if mandated and (rij.door is None or rij.namens is None):
        yield Fault("regio.mandaat", here, "Noem door wie en namens wie op mandaat wordt besloten.")
    given = any(
        (m.gever, m.nemer) == (rij.namens, rij.door) and Besluitsoort.TOELEIDINGSBESLUIT in m.besluiten
        for m in regio.mandaten
    )
    if rij.namens is not None and rij.namens != rij.door and not given:
        text = "Daarvoor staat er geen mandaat in het bestand."
        yield Fault("regio.mandaat", f"{here}/namens", text)
    of = regio.partij(rij.namens or rij.door or "")
    if of is None:
        return
    if rij.vorm is Besluitvorm.INDIVIDUELE_BESCHIKKING and of.hoedanigheid not in _GEMEENTE:
        text = "Een beschikking geeft het college, of wie dat in zijn naam doet."
        yield Fault("regio.beschikking", f"{here}/vorm", text)
    if rij.vorm is Besluitvorm.TOELAATBAARHEIDSVERKLARING and of.hoedanigheid is not P.SAMENWERKINGSVERBAND:
        text = "Een toelaatbaarheidsverklaring geeft het samenwerkingsverband."
        yield Fault("regio.beschikking", f"{here}/vorm", text)


def _overleg(regio: Regio) -> Iterator[Fault]:
    for i, o in enumerate(regio.overleg):
        here = f"/overleg/{i}"
        if MENSEN.intersection(o.kring):
            text = "De familie is altijd uitgenodigd en staat hier niet."
            yield Fault("regio.hoedanigheid", here, text)
        if set(o.moet) & set(o.mag):
            yield Fault("regio.overleg", f"{here}/mag", "Wie er moet zijn, staat niet ook bij wie mag.")
        if not set(o.kring).issuperset(chain.from_iterable(o.stappen)):
            text = "In een stap komt alleen wie er mag zijn."
            yield Fault("regio.overleg", f"{here}/stappen", text)
        if o.beslist is not None and o.beslist not in o.kring:
            yield Fault("regio.overleg", f"{here}/beslist", "Wie beslist, zit aan tafel.")
        if o.beslist is None and o.mandaat is not None:
            text = "Waar niemand beslist, hoort geen mandaat."
            yield Fault("regio.overleg", f"{here}/mandaat", text)
        if o.escaleert_naar is not None and o.escaleert_naar not in _other_kinds(regio, i):
            text = "Noem een andere soort overleg die in het bestand staat."
            yield Fault("regio.overleg", f"{here}/escaleertNaar", text)


def _other_kinds(regio: Regio, i: int) -> set[str]:
    return {o.code for j, o in enumerate(regio.overleg) if j != i}


def _thuiszitters(regio: Regio, stromen: Stromen) -> Iterator[Fault]:
    for i, stap in enumerate(regio.thuiszitters):
        here = f"/thuiszitters/{i}"
        if i and stap.dag < regio.thuiszitters[i - 1].dag:
            yield Fault("regio.volgorde", f"{here}/dag", "De stappen staan op volgorde van dag.")
        if stap.bericht not in BERICHTEN:
            yield Fault("regio.bericht", f"{here}/bericht", "Deze soort bericht bestaat niet.")
        if not set(Verzuimsoort).issuperset(stap.verzuim):
            yield Fault("regio.verzuim", f"{here}/verzuim", "Een van deze soorten verzuim bestaat niet.")
        rules = [r for r in stromen.regels if r.id == stap.regel and r.stand is not Stand.UIT]
        fits = [r for r in rules if stap.van in r.van and stap.aan in r.aan and stap.doel in r.doelen]
        if not rules:
            yield Fault("regio.regel", f"{here}/regel", "Deze regel van een stroom bestaat niet.")
        elif not fits:
            text = "Tussen deze twee is er voor dit doel geen stroom op deze regel."
            yield Fault("regio.stroom", f"{here}/regel", text)


# ── what a person should know


def _money(regio: Regio) -> Iterator[Fault]:
    """Money that decides nothing on this line, and where somebody pays first and nobody says who."""
    first_paid = {
        regio.woonplaats[n].code
        for n in range(len(regio.woonplaats))
        if Woonplaatssoort.VOORFINANCIEREN_EN_VERREKENEN is regio.woonplaats[n].regel
        or Route.VOORFINANCIEREN_EN_VERREKENEN is regio.woonplaats[n].route
    }
    paying = {
        g.arrangement
        for g in regio.gevallen()
        if (n := first(regio.woonplaats, g)) is not None and regio.woonplaats[n].code in first_paid
    }
    for i, a in enumerate(regio.arrangementen):
        here, pays = f"/arrangementen/{i}", a.code in paying
        if pays and a.geldhouder is None:
            text = "Hier wordt voorgefinancierd en daarna verrekend: noem wie voorfinanciert."
            yield Fault("regio.geldhouder", here, text)
        idle = [n for n in _GELD if getattr(a, n) and not (pays and n in _BETAALT)]
        for name in idle:
            text = "Dit beslist op deze lijn niets en wordt nergens gebruikt: u kunt het weglaten."
            yield Fault("regio.geldOngebruikt", f"{here}/{to_camel(name)}", text)


def _remarks(regio: Regio, stromen: Stromen) -> Iterator[Fault]:
    """Seats at a table to which no flow goes: whoever sits there gets nothing, and may be meant to. And what
    was cut off and still goes by another rule.
    """
    yield from _money(regio)
    if (regio.bewaren.zaak_dagen or 0) > ZAAK_DAGEN:
        text = f"Een zaak blijft na sluiten nooit langer dan {ZAAK_DAGEN} dagen; dit telt dus als zoveel."
        yield Fault("regio.bewaren", "/bewaren/zaakDagen", text)
    for i, row in enumerate(regio.stromen):
        if others := still_goes(stromen, regio.stromen, row):
            text = f"Wat hier afgaat, gaat nog wel op een andere regel: {', '.join(others)}."
            yield Fault("regio.ookOp", f"/stromen/{i}/regel", text)
    pairs = {
        (van, aan)
        for r in stromen.regels
        if r.stand is Stand.ACTIEF and r.soorten
        for van in r.van
        for aan in r.aan
    }
    for i, o in enumerate(regio.overleg):
        for field, side in (("moet", o.moet), ("mag", o.mag)):
            alone = [
                h
                for h in side
                if h is not P.SCHOOLMAATSCHAPPELIJK_WERK
                and not any((by, h) in pairs for by in o.roept_bijeen if by is not h)
                and h not in o.roept_bijeen
            ]
            if alone:
                text = (
                    "Van wie bijeenroept gaat hierheen geen stroom; wat daarheen zou gaan, wacht: "
                    f"{', '.join(alone)}."
                )
                yield Fault("regio.geenStroom", f"/overleg/{i}/{field}", text)
