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

from schemas.arrangement import LEEFGEBIEDEN, Arrangement, Collectief, Grondslagverwijzing, Kern
from schemas.base import Model
from schemas.deelnemers import Inbreng
from schemas.identifiers import Bsn, Onderwijsnummer, passes_onderwijsproef
from schemas.inrichting import Woonplaatsregel
from schemas.onderdelen import Verzorger
from schemas.opp import LeerlingStem
from tests.builders import a_bsn
from tests.strategies import dates

_TEXT: Final = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
_ONDERWIJSNUMMER: Final = next(d for n in range(100) if passes_onderwijsproef(d := f"1099999{n:02}"))
_PLAIN: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: _TEXT,
    bool: st.booleans(),
    int: st.integers(1, 27),
    dt.date: dates,
    Decimal: st.decimals(0, 10_000, places=2),
    Bsn: st.just(Bsn(a_bsn())),
    Onderwijsnummer: st.just(Onderwijsnummer(_ONDERWIJSNUMMER)),
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


_TIDY: Final[dict[type[Model], Callable[[dict[str, Any]], dict[str, Any]]]] = {
    Arrangement: _arrangement,
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
        return st.lists(_of(inside[0]), max_size=2).map(tuple)
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
    if any(getattr(m, "le", None) == 11 for m in metadata):
        return st.integers(0, 11)
    return _PLAIN[annotation]
