"""Every code that an answer can hold is told in words as well."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters import ijw
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.regels import KLASSEN
from adapters.ijw.retour import make_retour
from adapters.ijw.retourcodes import HUBFOUTEN, REDENEN
from adapters.ijw.verloopregels import REGELS
from adapters.standaarden import Bestandslezer
from tests.unit.adapters.ijw.berichten import TODAY, bericht
from tests.unit.adapters.ijw.test_envelop import fo01
from tests.unit.adapters.ijw.test_regels import walk
from tests.unit.adapters.ijw.test_retour import fout

XSD = (Path(ijw.__file__).parent / "xsd" / "basisschema.xsd").read_text()


def test_the_codes_are_those_of_the_schema() -> None:
    """What our schema lets an answer say, and nothing else."""
    listed = re.search(r'<xs:simpleType name="LDT_RetourCode">.*?</xs:simpleType>', XSD, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r'enumeration value="([^"]+)"', listed[0])) == set(REDENEN)


def test_the_codes_are_those_of_the_standard(standard: Callable[[str], Path]) -> None:
    """The fact base lists the same."""
    facts: dict[str, Any] = json.loads(standard("../domain/ijw-3.2.json").read_text())
    assert {row["code"] for row in facts["codelists"]["WJ001"]} == set(REDENEN)


def test_every_rule_answers_with_a_code_that_has_words() -> None:
    """No code of our own rules is missing."""
    own = {rule.retourcode for klassen in KLASSEN.values() for _, rule in walk(klassen)}
    rules = (getattr(REGELS, name) for name in REGELS.__slots__)
    own |= {rule.retourcode for group in rules for rule in group} - {None}
    assert own <= set(REDENEN)


@pytest.mark.parametrize("text", sorted({*REDENEN.values(), *HUBFOUTEN.values()}))
def test_words_are_for_people(text: str) -> None:
    """One sentence without numbers of rules."""
    assert re.fullmatch(r"[A-Z].*\.", text)
    assert not re.search(r"\b[A-Z]{2}[0-9]{3}\b", text)


@pytest.mark.parametrize("code", sorted(set(REDENEN) - {"0001", "0200"}))
def test_a_refusal_says_its_reason(code: str) -> None:
    """Beside the code stand its words, in the same order, at the place it is about."""
    place = "/Bericht/Client/StartProducten/StartProduct[1]"
    answer = make_retour(
        bericht("JW305"),
        [fout(place.removeprefix("/Bericht/"), code, 3), fout(place.removeprefix("/Bericht/"), "9063", 3)],
        identificatie="R",
        dagtekening=TODAY,
    )
    assert answer is not None
    want = list(dict.fromkeys([code, "9063"]))
    assert gedeeld(answer).data["bevindingen"] == [
        {"plaats": place, "codes": want, "redenen": [REDENEN[c] for c in want]}
    ]


def test_a_message_of_the_hub_says_what_it_means() -> None:
    """A code that is known has words; another one is only a code."""
    lezer = Bestandslezer(TODAY, None)
    known = lezer(fo01("<s:code>IB005</s:code>").encode(), "x").inhoud
    assert known is not None
    assert known.data["betekenis"] == HUBFOUTEN["IB005"]
    unknown = lezer(fo01("<s:code>XX1</s:code>").encode(), "x").inhoud
    assert unknown is not None
    assert "betekenis" not in unknown.data
