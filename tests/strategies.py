"""Hypothesis strategies for facts, requests and messages: few people and moments, so that they meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from random import Random
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from consent.beleid import Beleid
from consent.decide import Request
from consent.rules import Authorities
from schemas.base import Gegevenscategorie
from schemas.bericht import Inhoud
from schemas.berichten import BERICHTEN
from schemas.decision import Reden
from schemas.identifiers import Bsn, Onderwijsnummer, passes_onderwijsproef
from schemas.partij import Rol
from schemas.toestemming import (
    Bekwaamheidsoordeel,
    Bereik,
    Bezwaar,
    Gebeurtenis,
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
    a_partij,
    a_persoon,
    a_profiel,
    a_request,
    a_school,
    a_toestemming,
    a_vervanging,
    a_veto,
    an_id,
    an_oordeel,
    authorities,
    beleid,
    hash_of,
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
        uitdrukkelijk=st.booleans(),
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


AGREED: Final = tuple(
    a_toestemming(p, functie=f, richting=r)
    for p in (P1, P2, YOUTH)
    for f in (ToestemmingFunctie.AVG_BASIS, ToestemmingFunctie.SECRECY_WAIVER)
    for r in Richting
)
"""Everybody agreed to everything: what is drawn beside it then makes the difference."""
consents: Final[st.SearchStrategy[list[Toestemming]]] = st.builds(
    lambda agreed, more: [*agreed, *more],
    st.sampled_from([AGREED, AGREED, AGREED[:4], ()]),
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
        leeftijd_onzeker=st.booleans(),
    ),
)
PADEN: Final = (*dict.fromkeys(p for v in beleid().velden.values() for p in v), "onbekend.veld")
paden: Final = st.sampled_from(PADEN)
requests: Final[st.SearchStrategy[Request]] = st.builds(
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
policies: Final[st.SearchStrategy[Beleid]] = st.sampled_from(
    [
        beleid(),
        Beleid.of([a_profiel()], rules_hash="0" * 64),
        Beleid({}, kennisgevingen=frozenset({hash_of("a")})),
        Beleid(beleid().profielen, kennisgevingen=frozenset({hash_of("a")}), gezag_max_maanden=3),
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


SAMPLES: Final = {
    r"^[0-9]{2}[A-Z]{2}$": "99ZZ",
    r"^[0-9]{2}$": "00",
    r"^[0-9]{4}$": "9999",
    r"^[0-9]{8}$": "99999901",
    r"^[0-9a-f]{32}$": an_id("voorbeeld"),
    r"^[0-9]{4}-[0-9]{4}$": "2026-2027",
    r"^[0-9A-Za-z-]{2,40}$": "99-ZZ",
    r"^[a-z0-9-]{3,80}$": "jeugdhulp-op-school",
    r"^[0-9+() -]{6,20}$": "+31 (0)00-000",
    r"^[^0-9\r\n@:;]{1,100}$": "Noor van 't Verzinsel-Éénvoud",
    r"^[^\s@]{1,64}@[^\s@]{1,185}$": "n@verzonnen.example",
    r"^(oin:[0-9]{20}|agb:[0-9]{8}|brin:[0-9]{2}[A-Z]{2}[0-9]{2}|gemeente:[0-9]{4})$": SCHOOL,
    r"^p[0-9]{1,3}$": "p1",
    r"^a[0-9]{1,3}$": "a12",
    r"^o[0-9]{1,4}$": "o1234",
    r"^d[0-9]{1,3}$": "d1",
}
"""A text for each form there is, by its pattern."""


ONDERWIJSNUMMER: Final = next(
    n for n in map(str, range(100_000_000, 100_000_100)) if passes_onderwijsproef(n)
)


def _filled(kind: Any, marks: Sequence[Any], rnd: Random) -> Any:
    """A JSON value that fits one field, without regard to other fields."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        inner = [n for m in kind.__metadata__ for n in (m.metadata if isinstance(m, FieldInfo) else [m])]
        return _filled(args[0], (*marks, *inner), rnd)
    if origin is Literal:
        return rnd.choice([getattr(a, "value", a) for a in args])
    if origin in (Union, UnionType):
        return _filled(rnd.choice([a for a in args if a is not type(None)]), marks, rnd)
    if origin is tuple:
        return [_filled(args[0], (), rnd) for _ in range(rnd.randint(1, 3))]
    if origin is dict:
        return {f"sleutel{n}": "waarde" for n in range(rnd.randint(1, 2))}
    if issubclass(kind, BaseModel):
        return _filled_model(kind, rnd)
    if issubclass(kind, Enum):
        return rnd.choice(list(kind)).value
    if kind is str:
        patterns = [m.pattern for m in marks if getattr(m, "pattern", None)]
        return SAMPLES[patterns[0]] if patterns else rnd.choice(["a", "é\n'\u2028\U0001f4ac", "b" * 900])
    least = next((m.ge for m in marks if hasattr(m, "ge")), 0)
    simple: dict[type, Any] = {
        bool: rnd.random() < 0.5,
        int: least + rnd.randint(0, 3),
        Decimal: "1.25",
        dt.date: f"20{rnd.randint(10, 30)}-02-28",
        AwareDatetime: "2026-10-15T10:00:00Z",
        Bsn: a_bsn(rnd.randint(0, 3)),
        Onderwijsnummer: ONDERWIJSNUMMER,
    }
    return simple[kind]


def _filled_model(model: type[BaseModel], rnd: Random) -> dict[str, Any]:
    return {
        f.alias or name: _filled(f.annotation, f.metadata, rnd)
        for name, f in model.model_fields.items()
        if f.is_required() or rnd.random() < 0.6
    }


def gevuld(soort: str) -> st.SearchStrategy[Inhoud]:
    """Messages of this type whose every value fits its own field; rules between fields may be broken."""
    return st.integers(0, 2**32).map(
        lambda seed: Inhoud(soort, _filled_model(BERICHTEN[soort], Random(seed)))
    )
