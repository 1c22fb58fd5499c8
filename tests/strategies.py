"""Hypothesis strategies for facts, requests and messages: few people and moments, so that they meet."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from consent.afwegen import OfferedAfweging
from consent.beleid import Beleid
from consent.request import Request
from consent.rules import Authorities
from schemas.base import Gegevenscategorie, Model
from schemas.decision.decision import Reden
from schemas.identifiers import Bsn, Onderwijsnummer, passes_onderwijsproef
from schemas.messages.aanwezigheid import Voorwaarden
from schemas.messages.arrangement import LEEFGEBIEDEN, Arrangement, Collectief, Grondslagverwijzing, Kern
from schemas.messages.bericht import Inhoud
from schemas.messages.berichten import BERICHTEN
from schemas.messages.deelnemers import Inbreng
from schemas.messages.hulpvraag import OppUittreksel
from schemas.messages.inrichting import Woonplaatsregel
from schemas.messages.nummer import Persoonsnummer
from schemas.messages.onderdelen import Verzorger
from schemas.messages.opp import LeerlingStem
from schemas.messages.samenwerking import Overleguitkomst
from schemas.messages.terugkoppeling import Hulpstatus, Terugkoppeling
from schemas.messages.toeleiding import Toeleidingsbesluit
from schemas.messages.uitzondering import DelingZonderToestemming
from schemas.people.afweging import Afweging, Weegfunctie
from schemas.people.gronden import Grondsoort, Grondverklaring
from schemas.people.partij import Rol
from schemas.people.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Gebeurtenis,
    Geboorteprecisie,
    Gebruiksdoel,
    Gezagsbron,
    Gezagsgegevens,
    Gezagsoort,
    Hoedanigheid,
    Maatregel,
    Ontvanger,
    ProfessioneelVeto,
    Richting,
    Toestemming,
    ToestemmingFunctie,
    Vertegenwoordiging,
    VervangendeToestemming,
)
from tests.builders import (
    AANBIEDER,
    NOW,
    P1,
    P2,
    SCHOOL,
    STATED,
    YOUTH,
    X,
    a_bereik,
    a_bewijs,
    a_bezwaar,
    a_bsn,
    a_gezag,
    a_grond,
    a_partij,
    a_persoon,
    a_profiel,
    a_request,
    a_school,
    a_toestemming,
    a_tweede_blik,
    a_vertegenwoordiging,
    a_vervanging,
    a_veto,
    a_weger,
    about_safety,
    an_acute,
    an_afweging,
    an_id,
    an_oordeel,
    authorities,
    beleid,
    hash_of,
    safety,
    stromen,
    told,
)

people: Final = st.sampled_from([P1, P2, X, YOUTH])
partijen: Final = st.sampled_from([SCHOOL, AANBIEDER])
richtingen: Final = st.sampled_from(Richting)
ids: Final = st.integers(0, 10**9).map(lambda n: an_id(f"id {n}"))
moments: Final = st.one_of(
    st.sampled_from([STATED, STATED + dt.timedelta(hours=1), NOW, NOW + dt.timedelta(hours=1)]),
    st.datetimes(timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=14))])),
)
dates: Final = st.one_of(
    st.sampled_from([dt.date(2026, 9, 1), dt.date(2027, 7, 31), NOW.date(), dt.date.min, dt.date.max]),
    st.dates(),
)
categorieen: Final = st.sampled_from(Gegevenscategorie)
some_categorieen: Final = st.lists(categorieen, min_size=1, max_size=15).map(tuple)
some_doelen: Final = st.lists(st.sampled_from(Gebruiksdoel), min_size=1, max_size=7).map(tuple)
ontvangers: Final = st.builds(Ontvanger, partij=partijen, rol=st.sampled_from(Rol))

WITHHOLDING = [r for r in Reden if r.startswith(("FIELD_", "FREE_", "BSN_"))]
"""Why a field can stay home."""


def _with(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A few of these keywords; for the rest the builder's defaults."""
    return st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({n: optional[n] for n in names})
    )


bereiken: Final[st.SearchStrategy[Bereik]] = st.builds(
    lambda richting, kw: a_bereik(richting=richting, **kw),
    richtingen,
    _with(
        doelen=some_doelen,
        categorieen=some_categorieen,
        ontvangers=st.lists(ontvangers, min_size=1, max_size=3).map(tuple),
    ),
)
toestemmingen: Final[st.SearchStrategy[Toestemming]] = st.builds(
    lambda wie, id_, kw: a_toestemming(wie, id=id_, **kw),
    people,
    ids,
    _with(
        vastgelegd_door=partijen,
        richting=richtingen,
        gebeurtenis=st.sampled_from(Gebeurtenis),
        functie=st.sampled_from(ToestemmingFunctie),
        bereik=bereiken,
        moment=moments,
        geldig_vanaf=dates,
        geldig_tot_en_met=dates,
        uitdrukkelijk=st.booleans()
        | st.sampled_from([(), tuple(c for c in Gegevenscategorie if c.niveau > 0)]),
        andere_ouder_geinformeerd=st.booleans(),
        bewijs=st.none() | st.builds(a_bewijs, kennisgeving_hash=st.sampled_from(["a", "b"]).map(hash_of)),
    ),
)
vervangingen: Final[st.SearchStrategy[VervangendeToestemming]] = st.builds(
    lambda wie, kw: a_vervanging(wie, **kw),
    people,
    _with(
        functies=st.lists(st.sampled_from(ToestemmingFunctie), min_size=1, max_size=4).map(tuple),
        bereik=bereiken,
        geldig_vanaf=dates,
        geldig_tot_en_met=dates,
    ),
)
vertegenwoordigingen: Final[st.SearchStrategy[Vertegenwoordiging]] = st.builds(
    lambda wie, kw: a_vertegenwoordiging(wie, **kw),
    people,
    _with(
        hoedanigheid=st.sampled_from(
            [Hoedanigheid.BIJZONDERE_CURATOR, Hoedanigheid.CURATOR, Hoedanigheid.BEWINDVOERDER]
        ),
        functies=st.lists(st.sampled_from(ToestemmingFunctie), min_size=1, max_size=4).map(tuple),
        doelen=some_doelen,
        categorieen=some_categorieen,
        geldig_vanaf=dates,
        geldig_tot_en_met=st.none() | dates,
    ),
)
gezagsgegevens: Final[st.SearchStrategy[Gezagsgegevens]] = st.builds(
    lambda personen, kw: a_gezag(*personen, **kw),
    st.lists(
        st.builds(a_persoon, people, gezag=st.booleans(), hoedanigheid=st.sampled_from(Hoedanigheid)),
        max_size=4,
    ),
    _with(
        soort=st.sampled_from(Gezagsoort),
        bron=st.sampled_from(Gezagsbron),
        gecontroleerd_op=dates,
        geldig_tot_en_met=st.none() | dates,
        vervangende_toestemmingen=st.lists(vervangingen, max_size=2).map(tuple),
        vertegenwoordigingen=st.lists(vertegenwoordigingen, max_size=2).map(tuple),
        geboorteprecisie=st.sampled_from(Geboorteprecisie),
        afgeschermd_voor=st.lists(partijen, max_size=1).map(tuple),
    ),
)
oordelen: Final[st.SearchStrategy[Bekwaamheidsoordeel]] = st.builds(
    lambda kw: an_oordeel(**kw),
    _with(
        id=ids,
        wilsbekwaam=st.booleans(),
        maatregel=st.sampled_from(Maatregel),
        doelen=some_doelen,
        moment=moments,
    ),
)
bezwaren: Final[st.SearchStrategy[Bezwaar]] = st.builds(
    lambda wie, kw: a_bezwaar(wie, **kw),
    people,
    _with(id=ids, vastgelegd_door=partijen, bereik=bereiken, moment=moments),
)
vetos: Final[st.SearchStrategy[ProfessioneelVeto]] = st.builds(
    lambda kw: a_veto(**kw),
    _with(
        id=ids,
        besluit=st.sampled_from(["veto", "opgeheven"]),
        richting=richtingen,
        doelen=some_doelen,
        moment=moments,
        professional=st.sampled_from(["een", "twee"]),
    ),
)


def _some(of: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=most).map(tuple)


_SAFETY = a_bereik(doelen=(Gebruiksdoel.VEILIGHEID,), ontvangers=(about_safety().ontvanger,))
AGREED: Final = tuple(
    a_toestemming(p, functie=f, **about)
    for p in (P1, P2, YOUTH)
    for f in (ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER)
    for about in (
        {"richting": Richting.S2J},
        {"richting": Richting.J2S},
        {"bereik": _SAFETY, "id": an_id(f"veiligheid {p} {f}")},
    )
)
"""Everybody agreed to everything: what is drawn beside it then makes the difference."""
consents: Final[st.SearchStrategy[list[Toestemming]]] = st.builds(
    lambda agreed, more: [*agreed, *more],
    st.sampled_from([AGREED, AGREED, AGREED, AGREED[:6], ()]),
    st.lists(toestemmingen, max_size=4, unique_by=lambda t: t.id),
)
who: Final[st.SearchStrategy[Authorities]] = st.builds(
    lambda gezag, age, kw: authorities(**({"gezag": gezag, "age": age} | kw)),
    st.one_of(st.just((a_gezag(),)), _some(gezagsgegevens, 2)),
    st.integers(5, 20),
    _with(
        geboortedatum=st.none() | dates,
        bekwaamheid=_some(oordelen, 2),
        bezwaren=_some(bezwaren, 2),
        vetos=_some(vetos, 2),
        precisie=st.sampled_from(Geboorteprecisie),
    ),
)
gronden: Final[st.SearchStrategy[tuple[Grondverklaring, ...]]] = st.lists(
    st.builds(
        lambda id_, kw: a_grond(id=id_, **kw),
        ids,
        _with(
            soort=st.sampled_from(Grondsoort),
            vastgelegd_door=partijen,
            ontvanger=ontvangers,
            doelen=some_doelen,
            moment=moments,
            geldig_tot_en_met=dates,
            informeren=st.builds(told, reden_uitstel=st.none() | st.just("Fictief.")),
        ),
    ),
    max_size=3,
    unique_by=lambda g: g.id,
).map(tuple)
_wegers: Final = st.builds(
    lambda wie, kw: a_weger(wie, **kw),
    st.sampled_from(["een", "twee", "EEN "]),
    _with(partij=partijen, functie=st.sampled_from(Weegfunctie)),
)
afwegingen: Final[st.SearchStrategy[Afweging]] = st.builds(
    lambda acute, kw: (an_acute if acute else an_afweging)(**kw),
    st.booleans(),
    _with(
        id=ids,
        vastgelegd_door=partijen,
        leerling=people,
        ontvanger=ontvangers,
        doel=st.sampled_from(Gebruiksdoel),
        opsteller=_wegers,
        beoordelaar=st.none() | _wegers,
        moment=moments,
        venster_van=moments,
        venster_tot=moments,
        aantal_vrijgaven=st.integers(1, 10),
    ),
)


@st.composite
def _noodwegen(draw: st.DrawFn) -> OfferedAfweging | None:
    if draw(st.booleans()):
        return None
    afweging, eerdere = draw(afwegingen), draw(_some(afwegingen, 1))
    blikken = draw(
        st.lists(
            st.builds(
                lambda a, kw: a_tweede_blik(a, **kw),
                st.sampled_from([afweging, *eerdere]),
                _with(id=ids, door=_wegers, akkoord=st.booleans(), moment=moments),
            ),
            max_size=2,
        )
    )
    return OfferedAfweging(afweging, tuple(blikken), eerdere, draw(st.integers(0, 2)))


noodwegen: Final = _noodwegen()
PADEN: Final = (*dict.fromkeys(p for v in beleid().velden.values() for p in v), "onbekend.veld")
paden: Final = st.sampled_from(PADEN)
_requests: Final[st.SearchStrategy[Request]] = st.builds(
    lambda richting, asked, kw: a_request(*asked, richting=richting, **kw),
    richtingen,
    st.lists(categorieen.filter(lambda c: c.niveau > 0), min_size=1, max_size=6).map(tuple),
    _with(
        gevraagd=st.just(()) | some_categorieen,
        ontvanger=ontvangers,
        partij=st.none()
        | st.builds(a_school)
        | st.builds(a_partij, rollen=st.lists(st.sampled_from(Rol)).map(tuple)),
        doel=st.sampled_from(Gebruiksdoel),
        bericht=st.sampled_from([*BERICHTEN, "onbekend"]),
        velden=st.lists(paden, max_size=30).map(tuple),
        weggelaten=st.dictionaries(paden, st.sampled_from(WITHHOLDING), max_size=3),
        alles_of_niets=st.booleans(),
        vrije_tekst_nagekeken=st.booleans(),
        eerder_toegestaan=st.booleans(),
    ),
)
requests: Final[st.SearchStrategy[Request]] = st.one_of(
    _requests,
    _requests,
    st.builds(
        about_safety,
        categorieen.filter(lambda c: c.niveau > 0),
        st.just(Gegevenscategorie.DOELEN),
        velden=st.lists(paden, max_size=5).map(
            lambda more: (*about_safety().velden, *dict.fromkeys(more).keys() - set(about_safety().velden))
        ),
        alles_of_niets=st.booleans(),
        vrije_tekst_nagekeken=st.booleans(),
    ).map(lambda r: replace(r, velden=tuple(sorted(r.velden)))),
)
"""One in three goes to the GI for safety, so that other grounds have something to carry."""
policies: Final[st.SearchStrategy[Beleid]] = st.sampled_from(
    [
        safety(),
        safety(),
        safety(),
        beleid(),
        Beleid.of([a_profiel()], rules_hash="0" * 64, stromen=stromen()),
        Beleid({}, kennisgevingen=frozenset({hash_of("a")}), stromen=stromen()),
        dataclasses.replace(beleid(), kennisgevingen=frozenset({hash_of("a")}), gezag_max_maanden=3),
    ]
)


def _message(soort: str, chosen: Sequence[str], repeat: int) -> Inhoud:
    """A message with these leaves; every value is its own path with a number, so that it is found back."""
    numbers = iter(range(10**9))

    def at(rest: Sequence[str], path: str) -> Any:
        """The value at `path` given the sub-paths below it ("" for a leaf)."""
        if "" in rest:
            return f"{path}#{next(numbers)}"
        heads: dict[str, list[str]] = {}
        for r in rest:
            head, _, tail = r.partition(".")
            heads.setdefault(head, []).append(tail)
        out: dict[str, Any] = {}
        for head, tails in heads.items():
            name, below = head.removesuffix("[]"), f"{path}.{head}" if path else head
            if head.endswith("[]"):
                # The nth item lacks the nth leaf, so that items differ in what they have.
                parts = [[t for j, t in enumerate(tails) if len(tails) == 1 or j != i] for i in range(repeat)]
                out[name] = [at(part, below) for part in parts]
            else:
                out[name] = at(tails, below)
        return out

    return Inhoud(soort, at(chosen, "") if chosen else {})


def inhouden(soort: str) -> st.SearchStrategy[Inhoud]:
    """Messages of this type with any of its leaves, lists of one to three."""
    leaves = [b.pad for b in BERICHTEN[soort].bladen]
    return st.builds(
        _message,
        st.just(soort),
        st.lists(st.sampled_from(leaves), max_size=40, unique=True),
        st.integers(1, 3),
    )


# --- any model, by its own fields

_TEXT: Final = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
ONDERWIJSNUMMER: Final = next(d for n in range(100) if passes_onderwijsproef(d := f"1099999{n:02}"))
_PLAIN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: _TEXT,
    bool: st.booleans(),
    dt.date: dates,
    dt.time: st.times().map(lambda t: t.replace(microsecond=0, fold=0)),
    AwareDatetime: moments,
    Decimal: st.decimals(0, 10_000, places=2),
    Bsn: st.just(Bsn(a_bsn())),
    Onderwijsnummer: st.just(Onderwijsnummer(ONDERWIJSNUMMER)),
}


def _exactly_one(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Keeps the first of these that was drawn."""

    def tidy(data: dict[str, Any]) -> dict[str, Any]:
        first = next((n for n in names if data.get(n) is not None), names[0])
        return {n: v for n, v in data.items() if n not in names or n == first}

    return tidy


def _inbreng(data: dict[str, Any]) -> dict[str, Any]:
    whole = {"aantal", "eenheid"} <= data.keys() and "geen" not in data
    return _exactly_one("geen", "wat")(
        {n: v for n, v in data.items() if whole or n not in ("aantal", "eenheid")}
    )


def _gehoord(data: dict[str, Any]) -> dict[str, Any]:
    if "niet_gehoord_reden" in data:
        return {n: v for n, v in data.items() if n in ("datum", "fase", "niet_gehoord_reden")}
    return {"vorm": "gesprek"} | data


def _arrangement(data: dict[str, Any]) -> dict[str, Any]:
    """One shape, keys that differ, and items on a leefgebied of their own list."""
    data = _exactly_one("individueel", "collectief")(data)
    for n, (lijst, i) in enumerate((x, i) for x in LEEFGEBIEDEN for i in range(len(data.get(x, ())))):
        item = data[lijst][i].model_copy(update={"sleutel": f"o{n}", "leefgebied": min(LEEFGEBIEDEN[lijst])})
        data[lijst] = (*data[lijst][:i], item, *data[lijst][i + 1 :])
    n = 0
    for lijst in ("scholen", "partners", "personen"):
        who = data.get(lijst, ())
        data[lijst] = tuple(p.model_copy(update={"sleutel": f"p{n + i}"}) for i, p in enumerate(who))
        n += len(who)
    return data


def _nummer(data: dict[str, Any]) -> dict[str, Any]:
    """One of the two kinds."""
    return _exactly_one("bsn", "onderwijsnummer")({"bsn": Bsn(a_bsn())} if not any(data.values()) else data)


def _weighed(data: dict[str, Any]) -> dict[str, Any]:
    """Two people, a window of a day, and a reason where telling ouders is put off."""
    later = data["ouders_informeren"] == "uitgesteld"
    return {n: v for n, v in data.items() if n != "reden_uitstel"} | {
        "opsteller": "een",
        "goedkeurder": "twee",
        "venster_van": NOW,
        "venster_tot": NOW + dt.timedelta(days=1),
        **({"reden_uitstel": "Fictief."} if later else {}),
    }


def _terugkoppeling(d: dict[str, Any]) -> dict[str, Any]:
    """It says how help stands, or advises; only help that stopped has an end."""
    status = d.get("status")
    said = {n: v for n, v in d.items() if n != "afloop" or status == "gestopt"}
    return said if status is not None or said.get("adviezen") else said | {"status": Hulpstatus.LOOPT}


_TIDY: Final[dict[type[Model], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    Arrangement: _arrangement,
    DelingZonderToestemming: _weighed,
    Collectief: _exactly_one("schoolpopulatie", "groep", "aanwezigheid", "preventief"),
    Grondslagverwijzing: _exactly_one("toestemming", "grond"),
    Inbreng: _inbreng,
    Terugkoppeling: _terugkoppeling,
    Overleguitkomst: lambda d: {**d, "beslissingen": d["beslissingen"] or ("Fictief.",)},
    Kern: lambda d: {n: v for n, v in d.items() if n != "vorige_versie"},
    LeerlingStem: _gehoord,
    Persoonsnummer: _nummer,
    Verzorger: lambda d: {n: v for n, v in d.items() if n != "onbekend"},
    Woonplaatsregel: lambda d: {n: v for n, v in d.items() if not n.startswith("gemeente")},
}
"""What fields must keep to among themselves, where drawing them one by one would hardly ever do."""
_ORDERED: Final = (
    ("verzuim_van", "verzuim_tot"),
    ("van", "tot_en_met"),
    ("ingangsdatum", "einddatum"),
    ("vanaf", "tot_en_met"),
)
_NEEDED: Final = {
    Collectief: "groep",
    Grondslagverwijzing: "grond",
    Inbreng: "wat",
    Arrangement: "collectief",
    OppUittreksel: "perspectief",
    Overleguitkomst: "beslissingen",
    Voorwaarden: "leerlingenvervoer",
    Toeleidingsbesluit: "mandaat",
}
"""The field that stands in when none of an exclusive set was drawn."""


@cache
def modellen(model: type[Model]) -> st.SearchStrategy[Any]:
    """Any instance of `model`, from the types of its fields; few of them filled, so that it stays small."""

    @st.composite
    def build(draw: st.DrawFn) -> Any:
        filled = draw(st.sets(st.sampled_from(sorted(model.model_fields)), max_size=8))
        data = {
            name: draw(_of(field.annotation, tuple(field.metadata)))
            for name, field in model.model_fields.items()
            if field.is_required() or name in filled or name == _NEEDED.get(model)
        }
        for first, last in _ORDERED:
            if data.get(first) is not None and data.get(last) is not None:
                data[first], data[last] = sorted((data[first], data[last]))
        return model.model_validate(_TIDY.get(model, dict)(data))

    return build()


def _of(annotation: Any, metadata: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _of(inside[0], (*metadata, *annotation.__metadata__))
    if origin in (Union, UnionType):
        return _of(next(a for a in inside if a is not type(None)), metadata)
    if origin is tuple:
        least = _bound(metadata, "min_length", 0)
        return st.lists(_of(inside[0]), min_size=least, max_size=max(least, 2)).map(tuple)
    if origin is Literal:
        return st.sampled_from(inside)
    if origin is dict:
        return st.just({})
    pattern = next((m.pattern for m in metadata if getattr(m, "pattern", None)), None)
    if pattern:
        return st.from_regex(pattern, fullmatch=True)
    if issubclass(annotation, Model):
        return modellen(annotation)
    if issubclass(annotation, StrEnum):
        return st.sampled_from(annotation)
    if annotation is int:
        least = _bound(metadata, "ge", 1)
        return st.integers(least, _bound(metadata, "le", least + 26))
    return _PLAIN[annotation]


def _bound(metadata: tuple[Any, ...], name: str, otherwise: int) -> int:
    """What an annotation says of this bound, also where it stands in a `Field`."""
    marks = [n for m in metadata for n in (m.metadata if isinstance(m, FieldInfo) else (m,))]
    return next((getattr(m, name) for m in marks if getattr(m, name, None) is not None), otherwise)
