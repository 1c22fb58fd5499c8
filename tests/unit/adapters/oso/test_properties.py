"""What holds of any change to a dossier: it is found, or it is harmless."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import oso
from schemas.errors import Fault, InvalidMessage
from tests.unit.adapters.oso.profiles import ALL, YEARS, build

FEW = settings(max_examples=max(20, settings().max_examples // 4))
DOSSIERS = [build(name, year) for name in ALL for year in YEARS]


def values(raw: bytes) -> Counter[str]:
    """Every value of the message with its generic field, but what follows from what is absent."""
    dumped = oso.translate(raw, provenance=False).bericht.model_dump(mode="json")
    del dumped["herkomst"]["leemtes"]
    # Of two opps the later one is read: without it the earlier one is.
    dumped.pop("plan", None)
    return Counter(leaves(dumped, ""))


def leaves(value: Any, path: str) -> list[str]:
    if isinstance(value, dict):
        return [x for k, v in value.items() for x in leaves(v, f"{path}.{k}")]
    if isinstance(value, list):
        return [x for v in value for x in leaves(v, f"{path}[]")]
    return [] if value is None else [f"{path} {value}"]


@FEW
@given(base=st.sampled_from(DOSSIERS), seed=st.randoms(use_true_random=False), count=st.integers(1, 4))
def test_taking_elements_away_adds_nothing(base: bytes, seed: Any, count: int) -> None:
    """With elements gone a dossier is refused, or says the same less what is gone: nothing is made up."""
    root = ET.fromstring(base)
    for _ in range(count):
        parent = seed.choice([e for e in root.iter() if len(e)])
        parent.remove(seed.choice(list(parent)))
    raw = ET.tostring(root)
    if any(isinstance(said, Fault) for said in oso.check(raw)):
        return
    assert values(raw) - values(base) == Counter()


@pytest.mark.parametrize("year", [2017, 2018])
@pytest.mark.parametrize("name", ALL)
def test_a_code_does_not_stand_in_for_words_that_are_gone(name: str, year: int) -> None:
    """Found by the search above: without its toelichtinghulp an extrahulpingroep78 said its domein as `wat`.

    The code of a domain is no text of the school, and what it means is not published.
    """
    base = build(name, year)
    root = ET.fromstring(base)
    for help_ in root.findall(".//{*}zorg/{*}extrahulpingroep78"):
        for words in help_.findall("{*}toelichtinghulp"):
            help_.remove(words)
    raw = ET.tostring(root)
    assert values(raw) - values(base) == Counter()
    assert "fictief toelichtinghulp" in " ".join(values(base))
    assert "domein een" not in " ".join(values(raw))
    codes = [b.code for b in oso.translate(raw, provenance=False).bevindingen]
    assert codes.count("oso.hulp_zonder_toelichting") == 2


@FEW
@given(base=st.sampled_from(DOSSIERS), seed=st.randoms(use_true_random=False))
def test_an_element_the_standard_does_not_have_is_never_passed_over(base: bytes, seed: Any) -> None:
    """An unknown element anywhere is a fault at its place: nothing is read by half."""
    root = ET.fromstring(base)
    parents = [e for e in root.iter() if len(e)]
    parent = seed.choice(parents)
    namespace = root.tag.partition("}")[0] + "}"
    parent.insert(seed.randint(0, len(parent)), ET.Element(namespace + "KANARIE"))
    faults = [said for said in oso.check(ET.tostring(root)) if isinstance(said, Fault)]
    assert any(f.code.startswith("xsd.") for f in faults)
    assert "KANARIE" not in repr(faults)


@FEW
@given(base=st.sampled_from(DOSSIERS), order=st.randoms(use_true_random=False))
def test_the_same_bytes_give_the_same_message(base: bytes, order: Any) -> None:
    """A translation has no memory: whatever was translated before, the outcome is the same."""
    first = oso.translate(base, provenance=True)
    for other in order.sample(DOSSIERS, 2):
        try:
            oso.translate(other[: order.randint(1, len(other))], provenance=False)
        except InvalidMessage:
            continue
    assert oso.translate(base, provenance=True) == first
