"""Every rule over several messages, by a history that breaks it and one beside it that does not."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import ijw
from adapters.ijw.bericht import JwBericht
from adapters.ijw.verloop import Contracttarief
from adapters.ijw.verloopregels import LEVEL, REGELS, WACHTBAAR, Verloopregels, check_verloop
from tests.unit.adapters.ijw.gevallen import (
    BEGONNEN,
    CLAIM,
    FEB,
    MRT,
    P1,
    PRESTATIE,
    START,
    STOP,
    VAN_EEN_ANDER,
    VERZOEKEN_EN_REGIE,
    Rij,
)
from tests.unit.adapters.ijw.gevallen_declaratie import DECLARATIES
from tests.unit.adapters.ijw.verkeer import (
    AANBIEDER,
    GEMEENTE,
    gevonden,
    m301,
    m305,
    m307,
    m323,
    start,
    stop,
    verloop,
)

RIJEN = [*VERZOEKEN_EN_REGIE, *DECLARATIES]
IDS = [f"{row.code}-{i}" for i, row in enumerate(RIJEN)]


@pytest.mark.parametrize("row", RIJEN, ids=IDS)
def test_a_rule_finds_what_breaks_it(row: Rij) -> None:
    """After that history the message breaks that rule at that place, and nothing else."""
    assert gevonden(row.bericht, verloop(*row.fout)) == {(row.code, row.place)}


@pytest.mark.parametrize("row", RIJEN, ids=IDS)
def test_a_rule_lets_its_neighbour_pass(row: Rij) -> None:
    """After the history beside it, the same message (or the one beside it) is right."""
    assert gevonden(row.anders or row.bericht, verloop(*row.goed)) == set()


ALLE = [(f.name, regel) for f in dataclasses.fields(REGELS) for regel in getattr(REGELS, f.name)]
TARIEF = m323("D1", P1)


def contract(cent: int | None) -> Contracttarief:
    return lambda *what: cent if what == (GEMEENTE, AANBIEDER, "45A04", "04", "2026-02-01") else None


@pytest.mark.parametrize(
    ("cent", "found"), [(8001, {("TR418", PRESTATIE + "[1]")}), (8000, set()), (None, set())]
)
def test_a_tariff_is_that_of_the_contract(cent: int | None, found: set[tuple[str, str]]) -> None:
    """TR418 compares with the contract, and is silent where none is known."""
    assert gevonden(TARIEF, verloop(m301(), tarief=contract(cent))) == found


def test_all_rules_are_there(standard: Callable[[str], Path]) -> None:
    """Exactly the 54 rules of level 3, each for the messages and with the retourcode of the standard."""
    facts = json.loads(standard("../domain/ijw-3.2.json").read_text())["rules"]
    wanted = {
        (rule["code"], rule["retourcode"], soort)
        for rule in facts
        if rule["level"] == "cross_message"
        for soort in rule["messages"]
    }
    assert {(r.code, r.retourcode, soort) for _, r in ALLE for soort in r.soorten} == wanted
    assert len({code for code, _, _ in wanted}) == 54


def test_every_rule_has_a_row() -> None:
    """No rule, for no kind of message, is without a history that breaks it."""
    rows = {(row.code, row.bericht.soort) for row in RIJEN} | {("TR418", "JW323")}
    assert [r.code for _, r in ALLE if not any((r.code, soort) in rows for soort in r.soorten)] == []


@pytest.mark.parametrize("row", RIJEN, ids=IDS)
def test_without_its_rule_nothing_is_found(row: Rij) -> None:
    """What the row finds, that one rule finds: without it the message passes."""
    known = verloop(*row.fout)
    assert check_verloop(row.bericht, known, without(row.code)) == ()


def without(code: str) -> Verloopregels:
    kept = {
        f.name: tuple(regel for regel in getattr(REGELS, f.name) if regel.code != code)
        for f in dataclasses.fields(REGELS)
    }
    return Verloopregels(**kept)


AFWEZIG = {
    "TR019",
    "TR063",
    "TR304",
    "TR323",
    "TR337",
    "TR338",
    "TR350",
    "TR351",
    "TR355",
    "TR376",
    "TR379",
    "TR382",
}
"""The rules of which a finding may rest on the absence of an earlier message."""


@pytest.mark.parametrize("row", RIJEN, ids=IDS)
def test_a_gateway_that_started_later_refuses_nobody_for_what_it_missed(row: Rij) -> None:
    """While messages are missing no rule leans on an absence (OP095); what was seen counts all the same."""
    known = verloop(*row.fout, volledig=False)
    found = gevonden(row.bericht, known)
    assert found <= {(row.code, row.place)}
    assert found or row.code in AFWEZIG
    assert gevonden(row.bericht, verloop(volledig=False)) <= {(row.code, row.place)} & ALLEEN_HET_BERICHT


ALLEEN_HET_BERICHT = {
    ("TR314", VAN_EEN_ANDER),
    ("TR319", PRESTATIE + "[1]"),
    ("TR326", START + "[2]"),
    ("TR413", STOP + "[2]"),
}
"""What a message shows by itself, whatever was missed."""


@pytest.mark.parametrize("row", RIJEN, ids=IDS)
def test_a_finding_tells_no_value(row: Rij) -> None:
    """Only names of elements, positions and sentences of our own: it may be logged."""
    for fout in check_verloop(row.bericht, verloop(*row.fout)):
        assert fout.level == LEVEL
        assert re.fullmatch(r"/Bericht(/[A-Z][A-Za-z]+(\[\d+\])?)+", fout.place)
        assert fout.text.endswith(".")
        assert not re.search(r"\d{3}", fout.text)


@pytest.mark.parametrize("row", RIJEN, ids=IDS)
def test_the_messages_of_these_tests_are_messages(row: Rij) -> None:
    """The schema of iJw accepts each of them, and reads it back as it was."""
    for made in (*row.fout, row.bericht, *row.goed, row.anders or row.bericht):
        assert ijw.read(ijw.write(made)).inhoud == made.inhoud


def test_a_finding_that_may_go_away_goes_away() -> None:
    """What may be waited for (OP080) is right as soon as the message that was under way is there."""
    late = m305(start(FEB))
    early = m307(stop(FEB, "31", MRT))
    known = verloop(m301())
    assert {fout.code for fout in check_verloop(early, known)} <= WACHTBAAR
    known.apply(late)
    assert check_verloop(early, known) == ()


@pytest.mark.parametrize("soort", ["JW302", "JW306", "JW308", "JW316", "JW318", "JW320", "JW999"])
def test_a_retour_is_not_checked(soort: str) -> None:
    """The rules name heenberichten only."""
    assert check_verloop(JwBericht(soort, m305(start(FEB, status="3")).inhoud), verloop()) == ()


KAPOT: list[Any] = [None, "", "x", [], {}, [None], ["x"], [{}], {"Bsn": None}]


@pytest.mark.parametrize("soort", ["JW301", "JW305", "JW307", "JW315", "JW317", "JW319", "JW323", "JW325"])
@given(data=st.data())
def test_a_misshapen_message_raises_nothing(soort: str, data: st.DataObject) -> None:
    """Whatever is missing or of another shape, the rules and the history stand it."""
    whole = {row.bericht.soort: row.bericht.inhoud for row in RIJEN}[soort]
    broken = JwBericht(soort, data.draw(damaged(whole)))
    known = verloop(*BEGONNEN, CLAIM)
    check_verloop(broken, known)
    known.apply(broken)
    check_verloop(broken, known)


@st.composite
def damaged(draw: st.DrawFn, node: Any) -> Any:
    """`node` with one part, somewhere, left out or replaced."""
    copy = json.loads(json.dumps(node))
    here = copy
    while True:
        key: Any = draw(st.sampled_from(list(here) if isinstance(here, dict) else range(len(here))))
        if not here[key] or isinstance(here[key], str) or draw(st.integers(0, 3)) == 0:
            here[key] = draw(st.sampled_from(KAPOT))
            return copy
        here = here[key]
