"""Hypothesis strategies for whole models, rules between fields included: any instance can really exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime
from pydantic.fields import FieldInfo

from schemas.arrangement import LEEFGEBIEDEN, Arrangement, Collectief, Grondslagverwijzing, Kern
from schemas.base import Model
from schemas.deelnemers import Inbreng
from schemas.identifiers import Bsn, Onderwijsnummer, passes_onderwijsproef
from schemas.inrichting import Woonplaatsregel
from schemas.onderdelen import Verzorger
from schemas.opp import LeerlingStem
from schemas.uitzondering import DelingZonderToestemming
from tests.builders import NOW, a_bsn
from tests.strategies import dates, moments

_TEXT: Final = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
ONDERWIJSNUMMER: Final = next(d for n in range(100) if passes_onderwijsproef(d := f"1099999{n:02}"))
_PLAIN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: _TEXT,
    bool: st.booleans(),
    dt.date: dates,
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


_TIDY: Final[dict[type[Model], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    Arrangement: _arrangement,
    DelingZonderToestemming: _weighed,
    Collectief: _exactly_one("schoolpopulatie", "groep", "aanwezigheid", "preventief"),
    Grondslagverwijzing: _exactly_one("toestemming", "grond"),
    Inbreng: _inbreng,
    Kern: lambda d: {n: v for n, v in d.items() if n != "vorige_versie"},
    LeerlingStem: _gehoord,
    Verzorger: lambda d: {n: v for n, v in d.items() if n != "onbekend"},
    Woonplaatsregel: lambda d: {n: v for n, v in d.items() if not n.startswith("gemeente")},
}
"""What fields must keep to among themselves, where drawing them one by one would hardly ever do."""
_ORDERED: Final = (("van", "tot_en_met"), ("ingangsdatum", "einddatum"), ("vanaf", "tot_en_met"))
_NEEDED: Final = {
    Collectief: "groep",
    Grondslagverwijzing: "grond",
    Inbreng: "wat",
    Arrangement: "collectief",
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
