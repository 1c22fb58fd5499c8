"""Our XSDs against the facts of iJw 3.2: every element, how often it may occur, its type and its values."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters import ijw
from adapters.ijw.berichten import BASISSCHEMA, EIGEN_XSD_VERSIE, NAMESPACES, PREFIXES, RETOURS, schema
from adapters.ijw.formaat import CODELIST
from adapters.xml.layout import Part, read_layout
from adapters.xml.parser import _files
from schemas.errors import Fault, InvalidMessage
from tests.conftest import ROOT
from tests.unit.adapters.ijw.strategies import full, places
from tests.unit.adapters.ijw.voorbeelden import BERICHTCODE

XSD = ROOT / "adapters" / "ijw" / "xsd"
FACTS = ROOT.parent / "shared" / "domain" / "ijw-3.2.json"
SAME = {
    r"[ \t]*[^\s].*": r".*[^\s].*",
    r"\s*\S[\s\S]*": r"([.\s]*\S+[.\s]*)+",
    r"[^Z+\-]+": "[^Z+-]+",
}
"""Our form of a pattern and the form of the standard."""
NUMBERS = ("minLength", "maxLength", "minInclusive", "maxInclusive")
Row = tuple[str, str, int, int | None, str, str, tuple[tuple[str, str], ...], tuple[str, ...]]


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """The facts as data; the tests that need them are skipped when they are not beside this checkout."""
    if not FACTS.exists():
        pytest.skip("the facts of iJw are not beside this checkout")
    data: dict[str, Any] = json.loads(FACTS.read_bytes())
    return data


def ours(part: Part, above: str = "") -> Iterator[Row]:
    """Each element in document order: place, namespace, least, most, type, base, facets, values."""
    for child in part.parts or ():
        place = f"{above}{child.name}"
        namespace = child.tag[1:].partition("}")[0]
        if child.value is None:
            yield place, namespace, child.least, child.most, "", "", (), ()
            yield from ours(child, f"{place}/")
            continue
        facets = dict(child.value.facets)
        listed = facets.pop("enumeration", ())
        named = next(n for n in child.value.names if n.startswith("LDT_"))
        flat = sorted((k, SAME.get(v, v)) for k, values in facets.items() for v in values)
        yield (
            place,
            namespace,
            child.least,
            child.most,
            named,
            child.value.base,
            tuple(flat),
            tuple(sorted(listed)),
        )


def theirs(facts: dict[str, Any], nodes: list[dict[str, Any]], soort: str) -> Iterator[Row]:
    for node in nodes:
        most = None if node["max"] == "unbounded" else int(node["max"])
        namespace = BASISSCHEMA if node["ns"] == "ijw" else facts["messages"][soort]["namespace"]
        if node["kind"] != "element":
            yield node["path"], namespace, node["min"], most, "", "", (), ()
            yield from theirs(facts, node["children"], soort)
            continue
        facets = [(k, str(node[k])) for k in NUMBERS if k in node]
        facets += [("pattern", node[k]) for k in ("pattern", "fixed_pattern") if k in node]
        listed = facts["codelists"][node["codelist"]] if node.get("enumerated") else []
        yield (
            node["path"],
            namespace,
            node["min"],
            most,
            node["type"],
            node["base"],
            tuple(sorted(facets)),
            tuple(sorted(row["code"] for row in listed)),
        )


@pytest.mark.parametrize("soort", ijw.SOORTEN)
def test_a_schema_says_what_the_standard_says(facts: dict[str, Any], soort: str) -> None:
    """The same elements in the same order, as often, with the same type, limits and values; no more, no
    fewer."""
    tree = facts["messages"][soort]["tree"]
    assert list(ours(schema(soort).layout)) == list(theirs(facts, tree, soort))


def test_there_is_a_schema_for_each_message_and_no_other(facts: dict[str, Any]) -> None:
    """The fourteen messages, their namespaces, prefixes and codes are those of the standard."""
    messages = facts["messages"]
    assert set(messages) == set(ijw.SOORTEN)
    assert {path.stem for path in XSD.iterdir()} == {"basisschema", *map(str.lower, ijw.SOORTEN)}
    assert {soort: m["namespace"] for soort, m in messages.items()} == NAMESPACES
    assert {s: {BASISSCHEMA: "ijw", m["namespace"]: m["prefix"]} for s, m in messages.items()} == PREFIXES
    assert {soort: int(m["berichtcode"]) for soort, m in messages.items()} == BERICHTCODE
    assert {s for s, m in messages.items() if m["answers"]} - {"JW325"} == RETOURS


def test_each_enumerated_type_names_its_code_list(facts: dict[str, Any]) -> None:
    """The name of a code list in a fault is the one the standard gives the type."""
    want = {name: t["codelist"] for name, t in facts["datatypes"].items() if t.get("enumerated")}
    assert want == CODELIST


def without(line: str, folder: Path, name: str) -> Path:
    text = (folder / name).read_text()
    assert text.count(line) >= 1
    (folder / name).write_text(text.replace(line, "", 1))
    return folder


def lines() -> list[tuple[str, str]]:
    """Everything in the XSDs that says something: an element, a limit or a value."""
    rows = []
    for path in sorted(XSD.glob("*.xsd")):
        for line in path.read_text().splitlines():
            marks = ("<xs:element ", "<xs:enumeration ", "<xs:pattern ", "<xs:max", "<xs:min")
            if any(mark in line for mark in marks) and "Bericht" not in line:
                rows += [(path.name, f"<xs:{tag}") for tag in line.split("<xs:")[1:]]
    return rows


@pytest.mark.parametrize("at", random.Random(3).sample(range(len(lines())), 60))
def test_taking_anything_out_of_a_schema_is_noticed(facts: dict[str, Any], tmp_path: Path, at: int) -> None:
    """Without one element, limit or value some schema no longer says what the standard says."""
    folder = tmp_path / "xsd"
    shutil.copytree(XSD, folder)
    name, line = lines()[at]
    without(line, folder, name)
    soorten = ijw.SOORTEN if name == "basisschema.xsd" else (name.removesuffix(".xsd").upper(),)
    different = [
        soort
        for soort in soorten
        if list(ours(read_layout(list(_files(folder / f"{soort.lower()}.xsd")))))
        != list(theirs(facts, facts["messages"][soort]["tree"], soort))
    ]
    assert different


def test_the_schemas_use_only_what_the_layout_understands() -> None:
    """No choice, no attribute, no anonymous type: what the comparison above cannot see is not there."""
    allowed = {"schema", "import", "element", "complexType", "sequence", "simpleType", "restriction"}
    allowed |= {*NUMBERS, "pattern", "enumeration"}
    for path in XSD.glob("*.xsd"):
        root, _ = next(_files(path))
        assert {e.tag.rpartition("}")[2] for e in root.iter()} <= allowed
        assert root.get("elementFormDefault") == "qualified"
        assert all(e.get("type") for e in root.iter() if e.tag.endswith("}element"))


@pytest.mark.parametrize("soort", ijw.SOORTEN)
def test_a_message_with_everything_is_accepted(soort: str) -> None:
    """Every element of a schema can be there at once, and comes back."""
    assert ijw.read(ijw.write(full(soort))) == full(soort)
    assert EIGEN_XSD_VERSIE[soort] in full(soort).inhoud["Header"]


HOSTILE: dict[str, Callable[[int], str]] = {
    "spaces and then a letter": lambda n: " " * n + "x",
    "letters and then a line": lambda n: "x" * n + "\n",
    "only spaces": lambda n: " " * n,
    "words": lambda n: "a " * (n // 2),
    "dots and spaces": lambda n: ". " * (n // 2) + "\r",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["Commentaar", "Achternaam", "BasisschemaXsdVersie", "Voorletters"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_makes_a_pattern_slow(name: str, text: Callable[[int], str]) -> None:
    """A hundred thousand characters of the worst text for a pattern do not keep the reader."""
    place = next(p for p in places("JW301") if p.endswith(f"/{name}"))
    raw = ijw.write(full("JW301"))
    value = places("JW301")[place].value
    assert value is not None
    tag = f"ijw:{name}" if name != "Commentaar" else f"jw301:{name}"
    start, end = f"<{tag}>".encode(), f"</{tag}>".encode()
    before, _, rest = raw.partition(start)
    hostile = before + start + text(100_000).encode() + end + rest.partition(end)[2]
    refused: tuple[Fault, ...] = ()
    try:
        ijw.read(hostile)
    except InvalidMessage as error:
        refused = error.faults
    assert {f.place for f in refused} <= {place}
