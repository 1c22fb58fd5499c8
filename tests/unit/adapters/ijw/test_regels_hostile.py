"""Whatever stands in a message: the rules answer, the same every time, and every answer can be sent."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from copy import deepcopy
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.ijw import JwBericht, read, write
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.regels import KLASSEN, check
from adapters.ijw.regels_rijen import _clashing, aanvragen_overlappen_niet
from adapters.ijw.retour import make_retour
from adapters.ijw.waarden import day, last_of_month, ordinal, whole
from schemas.errors import InvalidMessage
from tests.unit.adapters.ijw.berichten import SOORTEN, TODAY, bericht, drop, get, put

TEXTS: Final = (
    *("", " ", "0", "1", "2", "3", "5", "6", "8", "9", "13", "01", "C", "D", "83", "NL", "-0", "+5", "--"),
    *("9" * 100_000, "0" * 100_000 + "1", "١٢٣", "²", "1e9", "0x1F", "NaN", "1_000"),
    *("2026-02-30", "0000-00-00", "9999-12-31", "12026-01-01", "-0044-03-15", "99999999999-01-01"),
    *("2026-13-01", "2026-1-1", "20260101", "2026-04-15+01:00", "٢٠٢٦-٠٤-١٥", "----------", "\ud800"),
)
texts = st.sampled_from(TEXTS)
leaves = st.one_of(
    texts, st.none(), st.integers(), st.booleans(), st.binary(max_size=3), st.text(max_size=12)
)
names = st.sampled_from(
    sorted({n for k in KLASSEN.values() for x in k for n in x.path} | {"Header", "Product"})
)
nodes = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=4)),
    max_leaves=12,
)


def _paths(node: Any, path: str = "") -> list[str]:
    """Every place in a message, those with children too."""
    found = []
    items = node.items() if isinstance(node, dict) else enumerate(node, 1) if isinstance(node, list) else ()
    for name, value in items:
        here = f"{path}[{name}]" if isinstance(node, list) else f"{path}/{name}".lstrip("/")
        found += [here, *_paths(value, here)]
    return found


PATHS: Final = {soort: _paths(bericht(soort).inhoud) for soort in SOORTEN}


@st.composite
def mangled(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> JwBericht:
    """A message of which up to three places hold something else."""
    soort = draw(st.sampled_from(SOORTEN))
    message = bericht(soort)
    for path in draw(st.lists(st.sampled_from(PATHS[soort]), min_size=1, max_size=3)):
        # An earlier change can have taken this place away.
        with suppress(KeyError, IndexError, TypeError):
            put(path, draw(values))(message.inhoud)
    return message


def _is_answer(fouten: tuple[Regelfout, ...], message: JwBericht) -> None:
    assert all(f.place.startswith("/Bericht/") and f.level in {2, 4} for f in fouten)
    assert check(deepcopy(message), today=TODAY) == fouten


@given(mangled(nodes))
def test_no_message_makes_the_rules_raise(message: JwBericht) -> None:
    """A value of any kind anywhere gives findings, and the same ones when asked again."""
    _is_answer(check(message, today=TODAY), message)


@pytest.mark.parametrize("soort", SOORTEN)
def test_no_single_place_makes_the_rules_raise(soort: str) -> None:
    """Every place once without its value and with some of another kind."""
    message = bericht(soort)
    others: tuple[Any, ...] = (None, "", "x", [], {}, [None])
    for path in PATHS[soort]:
        was = get(message, path)
        for value in others:
            put(path, value)(message.inhoud)
            check(message, today=TODAY)
        put(path, was)(message.inhoud)
    assert check(message, today=TODAY) == ()


@given(st.sampled_from([*SOORTEN, "JW306", "JW000", ""]), nodes)
def test_no_shape_makes_the_rules_raise(soort: str, inhoud: Any) -> None:
    """No message makes a rule raise, not even one that is no message at all."""
    message = JwBericht(soort, inhoud if isinstance(inhoud, dict) else {"Client": inhoud, "Header": inhoud})
    _is_answer(check(message, today=TODAY), message)


@given(mangled(texts))
def test_what_the_schema_accepts_gets_an_answer_that_its_schema_accepts(message: JwBericht) -> None:
    """Level 1 refuses a change, or the rules and the retour can cope with it."""
    try:
        received = read(write(message))
    except InvalidMessage:
        return
    fouten = check(received, today=TODAY)
    retour = make_retour(received, fouten, identificatie="R", dagtekening=TODAY)
    assert (retour is None) == (message.soort == "JW325")
    if retour is not None:
        assert read(write(retour)) == retour


def _reversed(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: _reversed(node[name]) for name in reversed(node)}
    return [_reversed(row) for row in node] if isinstance(node, list) else node


@given(mangled(texts))
def test_the_order_of_names_means_nothing(message: JwBericht) -> None:
    """A Node filled in another order gives the same findings in the same order."""
    turned = JwBericht(message.soort, _reversed(message.inhoud))
    assert check(turned, today=TODAY) == check(message, today=TODAY)


@pytest.mark.parametrize("soort", SOORTEN)
def test_findings_hold_no_value_of_the_message(soort: str) -> None:
    """Every value is replaced by a mark that would be seen in a place or a text."""
    marked = json.loads(json.dumps(bericht(soort).inhoud))
    for path in PATHS[soort]:
        if isinstance(get(JwBericht(soort, marked), path), str):
            put(path, "GEHEIM")(marked)
    fouten = check(JwBericht(soort, marked), today=TODAY)
    assert fouten
    assert "GEHEIM" not in repr(fouten)


# --- values


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("000300201", 300201),
        (" 7\n", 7),
        ("+5", 5),
        ("-5", -5),
        ("-0", 0),
        ("0" * 100_000 + "1", 1),
        ("9" * 100_000, None),
        ("", None),
        ("+", None),
        ("1.0", None),
        ("١", None),
        ("²", None),
        (None, None),
        ([], None),
    ],
)
def test_a_number_is_what_it_counts(text: Any, number: int | None) -> None:
    """Leading zeros and signs do not matter; what is no number is None, however long."""
    assert whole({"x": text}, "x") == number


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-04-15", 2026_04_15),
        (" 2026-04-15 ", 2026_04_15),
        ("12026-01-01", 12026_01_01),
        ("-0044-03-15", -440000 + 315),
        ("9" * 100_000 + "-01-01", None),
        ("2026-4-15", None),
        ("2026-0415-", None),
        ("20260415", None),
        ("٢٠٢٦-٠٤-١٥", None),
        ("", None),
        (None, None),
        ({}, None),
    ],
)
def test_a_date_is_a_number_that_sorts(text: Any, date: int | None) -> None:
    """Also outside what Python knows as a date."""
    assert day({"x": text}, "x") == date


@given(st.dates(), st.dates())
def test_dates_sort_as_their_numbers(one: dt.date, two: dt.date) -> None:
    """The whole range of Python's dates keeps its order, and reads back."""
    assert (ordinal(one) < ordinal(two)) == (one < two)
    assert day({"x": one.isoformat()}, "x") == ordinal(one)


@given(st.dates(max_value=dt.date(9998, 12, 31)))
def test_the_last_of_the_month_is_the_day_before_the_next(date: dt.date) -> None:
    """In every month of every year, leap years included; a month that does not exist has none."""
    following = (date.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
    assert last_of_month(ordinal(date)) == ordinal(following - dt.timedelta(days=1))
    assert last_of_month(2026_13_01) == last_of_month(2026_00_01) == 0


# --- overlap


dates = st.integers(1, 6).map(lambda n: f"2026-01-0{n}")
rows = st.fixed_dictionaries(
    {"Ingangsdatum": dates},
    optional={
        "Einddatum": dates,
        "Product": st.fixed_dictionaries(
            {"Categorie": st.sampled_from(["45", "46"])}, optional={"Code": st.sampled_from(["A", "B"])}
        ),
    },
)


def _same_product(one: Any, two: Any) -> bool:
    a, b = one.get("Product"), two.get("Product")
    if a is None or b is None:
        return True
    codes = a.get("Code"), b.get("Code")
    return a["Categorie"] == b["Categorie"] and (None in codes or codes[0] == codes[1])


def _share_a_day(one: Any, two: Any) -> bool:
    """Neither begins after the other ends, also when one of them ends before it begins."""
    return bool(
        one["Ingangsdatum"] <= two.get("Einddatum", "9") and two["Ingangsdatum"] <= one.get("Einddatum", "9")
    )


@given(st.lists(rows, max_size=6))
def test_overlap_is_what_comparing_every_pair_gives(some: list[Any]) -> None:
    """The fast search finds what the slow one finds, by the words of the standard."""
    expected = {
        i
        for i, one in enumerate(some)
        for j, two in enumerate(some)
        if i != j and _same_product(one, two) and _share_a_day(one, two)
    }
    assert _clashing(some, lambda _: False) == expected


def test_thousands_of_rows_cost_no_more_than_sorting_them() -> None:
    """As many rows as fit in a message, all of the same product on the same days, are all found."""
    row = {"ToewijzingIngangsdatum": "2026-05-01", "Product": {"Categorie": "45"}}
    many = [dict(row) for _ in range(5_000)]
    message = bericht("JW315", put("Client/AangevraagdeProducten/AangevraagdProduct", many))
    codes = [f.code for f in check(message, today=TODAY)]
    assert codes.count(aanvragen_overlappen_niet.code) == len(many)


# --- what may be left out


OPTIONAL: Final = {
    "JW301": {
        *("Geboortedatum", "DatumGebruik", "Communicatie", "Relaties", "Adres", "Telefoon", "Periode"),
        *("Einddatum", "Budget"),
    },
    "JW305": {"DatumGebruik", "Voornamen", "ToewijzingNummer", "Product", "Code", "ToewijzingIngangsdatum"},
    "JW307": {"DatumGebruik", "Voornamen", "ToewijzingNummer", "Product", "Code", "ToewijzingIngangsdatum"},
    "JW315": {"DatumGebruik", "Voornamen", "Budget", "Naam"},
    "JW317": {"OngewijzigdeProducten", "TeWijzigenProducten", "NieuweProducten", "Omvang", "Budget"},
    "JW319": set(),
    "JW323": set(),
    "JW325": {"DeclaratieAntwoord", "ProductTarief"},
}
"""What can be missing somewhere in an example without schema or rule minding. In a JW325 alone ProductTarief
has no rule: TR367 compares it with the claim."""


@pytest.mark.parametrize("soort", SOORTEN)
def test_schema_or_rules_miss_everything_that_is_not_optional(soort: str) -> None:
    """Leave out any one thing: it is found, or it is one of these, or a row beside others."""
    unnoticed = set()
    for path in PATHS[soort]:
        at, _, name = path.rpartition("/")
        message = bericht(soort, drop(path))
        empty = at and not path.endswith("]") and not get(message, at)
        # The writer adds an XsdVersie, and leaves out what became empty: that is another path here.
        if path == "Header/XsdVersie" or empty or isinstance(get(bericht(soort), path), list):
            continue
        try:
            write(message)
        except InvalidMessage:
            continue
        if not check(message, today=TODAY):
            unnoticed.add(name)
    assert {name for name in unnoticed if not name.endswith("]")} == OPTIONAL[soort]
