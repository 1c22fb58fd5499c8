"""Every rule of level 2 and 4, by one change to a message that is otherwise right."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from adapters.ijw import JwBericht, read, write
from adapters.ijw.berichten import schema
from adapters.ijw.codelijsten import GEMEENTEN, JZ21
from adapters.ijw.regel import Klasse, Omgeving, Regel, Rijregel, run
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.regels import KLASSEN, NO_CONTRACT, check
from adapters.ijw.waarden import ordinal
from adapters.xml.layout import Part
from tests.unit.adapters.ijw import overtredingen_client, overtredingen_declaratie, overtredingen_product
from tests.unit.adapters.ijw.berichten import SOORTEN, TODAY, bericht, put
from tests.unit.adapters.ijw.overtreding import Case

TABLES = (overtredingen_client, overtredingen_product, overtredingen_declaratie)
CASES = [case for table in TABLES for case in table.CASES]
FINE = [case for table in TABLES for case in table.FINE]
FACTS = "../domain/ijw-3.2.json"
_POSITION = re.compile(r"\[\d+\]")


def found(message: JwBericht, **more: Any) -> tuple[Regelfout, ...]:
    return check(message, **{"today": TODAY} | more)


def lines(fouten: tuple[Regelfout, ...]) -> list[str]:
    return [f"{f.code} {f.place.removeprefix('/Bericht/')}" for f in fouten]


def _ids(cases: list[Case]) -> list[Any]:
    seen = count()
    return [pytest.param(c, id=f"{c.code}-{c.soort}-{next(seen)}") for c in cases]


@pytest.mark.parametrize("soort", SOORTEN)
def test_nothing_is_found_in_a_message_that_breaks_no_rule(soort: str) -> None:
    """The messages that all tables start from are valid for the schema and for the rules."""
    message = bericht(soort)
    assert found(message) == ()
    assert read(write(message)) == message


@pytest.mark.parametrize("case", _ids(CASES))
def test_a_broken_rule_is_found_at_its_place_and_nothing_else(case: Case) -> None:
    """One change gives exactly the findings it must give, in document order."""
    fouten = found(bericht(case.soort, *case.changes), **case.more)
    assert lines(fouten) == list(case.expected)
    assert case.code in {f.code for f in fouten}


@pytest.mark.parametrize("case", _ids(FINE))
def test_what_comes_close_to_breaking_a_rule_is_not_found(case: Case) -> None:
    """The nearest values that are allowed give no finding."""
    assert lines(found(bericht(case.soort, *case.changes), **case.more)) == []


@pytest.mark.parametrize("case", [c for c in _ids(CASES) if "]/Contact[2]" not in str(c.values[0].expected)])
def test_the_schema_sees_none_of_this(case: Case) -> None:
    """Every row of the table is a message that gets past level 1."""
    message = bericht(case.soort, *case.changes)
    assert write(message)


# --- the registry is complete, and every rule in it counts


def walk(klassen: tuple[Klasse, ...], path: tuple[str, ...] = ()) -> Iterator[tuple[str, Regel | Rijregel]]:
    """Every rule of a message with the place it reports at, without positions, in the order it is run."""
    for klasse in klassen:
        here = (*path, *klasse.path)
        rules: tuple[Regel | Rijregel, ...] = (*klasse.together, *klasse.regels)
        for rule in rules:
            yield "/".join(here) + rule.element, rule
        yield from walk(klasse.inside, here)


def without(klassen: tuple[Klasse, ...], at: int) -> tuple[Klasse, ...]:
    """The same table less the rule that `walk` gives as number `at`."""
    number = count()

    def thin(klasse: Klasse) -> Klasse:
        together = tuple(r for r in klasse.together if next(number) != at)
        regels = tuple(r for r in klasse.regels if next(number) != at)
        inside = tuple(thin(k) for k in klasse.inside)
        return replace(klasse, together=together, regels=regels, inside=inside)

    return tuple(thin(k) for k in klassen)


REGISTERED = [
    pytest.param(soort, i, rule.code, place, id=f"{rule.code}-{soort}-{place}")
    for soort, klassen in KLASSEN.items()
    for i, (place, rule) in enumerate(walk(klassen))
    # A JW317 has one client: only a Node made by hand can break this.
    if (rule.code, soort, place) != ("TR101", "JW317", "Client")
]


@pytest.mark.parametrize(("soort", "at", "code", "place"), REGISTERED)
def test_each_registered_rule_is_what_finds_some_row_of_the_table(
    soort: str, at: int, code: str, place: str
) -> None:
    """Leave one rule of one class of one message out, and some row of the table finds less."""
    klassen = without(KLASSEN[soort], at)

    def findings(case: Case, table: tuple[Klasse, ...]) -> list[str]:
        more: dict[str, Any] = {"today": TODAY, "gemeenten": GEMEENTEN, "producten": JZ21}
        more |= {"contract": NO_CONTRACT} | case.more
        today = ordinal(more.pop("today"))
        message = bericht(soort, *case.changes)
        return lines(run(table, Omgeving(message.inhoud, soort, today, **more)))

    cases = [c for c in CASES if (c.code, c.soort) == (code, soort)]
    missed = [c for c in cases if findings(c, klassen) != list(c.expected)]
    assert missed
    assert any(findings(c, KLASSEN[soort]) == list(c.expected) for c in missed)
    assert all(
        _POSITION.sub("", line) == f"{code} {place}"
        for c in missed
        for line in set(c.expected) - set(findings(c, klassen))
    )


def test_two_clients_in_a_message_of_one_are_duplicates() -> None:
    """TR101 holds of the client of a JW317 too, though its schema lets only one in."""
    message = bericht("JW317")
    client = message.inhoud["Client"]
    fouten = found(JwBericht("JW317", message.inhoud | {"Client": [client, client]}))
    assert lines(fouten) == ["TR101 Client[1]", "TR101 Client[2]"]


@pytest.fixture(scope="module")
def facts(standard: Callable[[str], Path]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(standard(FACTS).read_text())
    return loaded


@pytest.fixture(scope="module")
def rules(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [r for r in facts["rules"] if r.get("level") in {"in_message", "external_source"}]


def test_the_registry_holds_the_rules_of_the_standard_and_no_other(rules: list[dict[str, Any]]) -> None:
    """The codes per message, their level and their retourcode are those of the fact base."""
    levels = {"in_message": 2, "external_source": 4}
    theirs = {(m, r["code"], levels[r["level"]], r["retourcode"]) for r in rules for m in r["messages"]}
    ours = {(s, r.code, r.level, r.retourcode) for s, k in KLASSEN.items() for _, r in walk(k)}
    assert ours == theirs
    assert len({code for _, code, _, _ in ours}) == 64


def test_each_rule_is_tested_at_each_element_it_is_about(rules: list[dict[str, Any]]) -> None:
    """For each element the standard lists with a rule, some row of the table expects it exactly there."""
    tested = {
        f"{line.split()[0]} {case.soort}:/Bericht/{_POSITION.sub('', line.split()[1])}"
        for case in CASES
        for line in case.expected
    }
    listed = {f"{r['code']} {element}" for r in rules for element in r["elements"]}
    # Reported at the date inside the class; see also the test of two clients.
    inside = {"TR134 JW305:/Bericht/Client/Geboortedatum", "TR134 JW307:/Bericht/Client/Geboortedatum"}
    assert listed - tested == inside | {"TR101 JW317:/Bericht/Client"}
    # The one rule for which the standard lists no element.
    assert tested - listed == {"TR342 JW325:/Bericht/DeclaratieAntwoord"}


def _preorder(part: Part, path: str = "") -> Iterator[str]:
    for child in part.parts or ():
        yield (here := f"{path}/{child.name}".lstrip("/"))
        yield from _preorder(child, here)


@pytest.mark.parametrize("soort", SOORTEN)
def test_rules_run_in_document_order(soort: str) -> None:
    """Findings come in the order of the schema because the rules stand in that order."""
    order = {path: i for i, path in enumerate(_preorder(schema(soort).layout))}
    places = [order[place] for place, _ in walk(KLASSEN[soort])]
    # A rule of several rows about an element runs before the other elements of its row.
    assert places == sorted(places)


def test_texts_are_for_people() -> None:
    """Each rule says in a sentence what is wrong."""
    for klassen in KLASSEN.values():
        for _, rule in walk(klassen):
            assert re.fullmatch(r"[A-Z].*\.", rule.text)


# --- lists, clock and samples


def test_lists_are_those_of_the_fact_base(facts: dict[str, Any]) -> None:
    """Every municipality and every product code, and nothing else."""
    lists = facts["codelists"]
    assert GEMEENTEN.codes == {row["code"] for row in lists["CBS"]}
    assert JZ21.categories == {row["code"]: row["categorie"] for row in lists["JZ21"]}


def test_a_retour_has_no_rules() -> None:
    """What was checked before is not checked again in the message that repeats it."""
    assert found(JwBericht("JW306", bericht("JW305", put("Client/Bsn", "1")).inhoud)) == ()


SAMPLES = {
    "JW301": [],
    "JW305": [],
    "JW307": [],
    "JW315": [],
    "JW317": ["CS003 Client/Verzoek/NieuweProducten/NieuwProduct[1]/Einddatum"],
    "JW319": [],
}


@pytest.mark.parametrize("soort", SAMPLES)
def test_the_samples_break_the_rules_they_are_known_to_break(
    soort: str, standard: Callable[[str], Path]
) -> None:
    """Of the real examples one breaks a rule, in JW317; a date that does not exist is mended first."""
    raw = standard(f"ijw/examples/{soort}-ijw-3.2.xml").read_bytes().replace(b"2027-06-31", b"2027-06-30")
    fouten = check(read(raw), today=dt.date(2026, 12, 31))
    assert lines(fouten) == SAMPLES[soort]
