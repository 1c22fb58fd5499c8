"""Whatever the official schema lets in is read, in every place of an answer: findings, and no faults."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from adapters import uwlr
from adapters.xml import parser as xml
from schemas.messages.registratie import Registratievertaling
from tests.unit.adapters.edexml.school import TODAY, put
from tests.unit.adapters.uwlr.antwoord import bare

BEGIN: Final = bare(put("school/schooljaar", "2024-2025"))
ODD: Final = (
    *(" ", "\n\t ", "  x  ", "x" * 64, "0", "00", "01", "+1", "-0", "1.0", "#", "#x", "https://x/1"),
    *("2016-02-29", "2016-02-29Z", "2016-02-29-13:59", "12016-02-28", "-0044-03-15", "2099-01-01"),
    *("2016-02-29T24:00:00", "12016-02-28T00:00:00.5+14:00", "-0044-03-15T00:00:00"),
    *("٩٩ZZ", "99ÉÉ", "٠١", "12345", "999990019", "ZoÃ«", "\u200b", "\u00a0", "\U0001f600", "'", '"=1+1"'),
)
OURS: Final = {
    *("sleutel.dubbel", "eckid.dubbel", "sleutel.bsn"),
    *("verwijzing.groep", "verwijzing.samengestelde_groep", "verwijzing.vestiging"),
}
"""What we hold against an answer that its schema does not see: keys that point to nobody or to two."""


def variants() -> Iterator[bytes]:
    """Every element gone, doubled or without ECK iD, and every text and attribute one of the odd ones."""
    count = sum(1 for _ in ET.fromstring(BEGIN).iter())
    for n in range(1, count):
        for kind in range(3 + len(ODD)):
            root = ET.fromstring(BEGIN)
            parents = {child: parent for parent in root.iter() for child in parent}
            element = list(root.iter())[n]
            parent = parents[element]
            if kind == 0:
                parent.remove(element)
            elif kind == 1:
                parent.insert(list(parent).index(element), copy.deepcopy(element))
            elif kind == 2:
                element.attrib.pop("eckid", None)
            elif len(element) == 0 and not element.attrib:
                element.text = ODD[kind - 3]
            else:
                for name in element.attrib:
                    element.set(name, ODD[kind - 3])
            yield ET.tostring(root)


@pytest.fixture(scope="module")
def official(standard: Callable[[str], Path]) -> xml.Schema:
    return xml.Schema(standard("uwlr/UWLR_Leerlinggegevens_v2p2.xsd"), lists=frozenset(), special={})


def test_what_the_official_schema_lets_in_is_read(official: xml.Schema) -> None:
    """Of thousands of changes to an answer, each that the schema of the standard accepts is read."""
    accepted, refused = 0, {}
    for raw in variants():
        if xml.parse(raw, max_bytes=uwlr.MAX_BYTES).faults(official):
            continue
        accepted += 1
        faults = {f.code for f in uwlr.check(raw, today=TODAY).fouten} - OURS
        # Another version than the one of this schema is another matter.
        if faults - {"uwlr.versie"}:
            refused[raw] = faults
    assert refused == {}
    assert accepted > 500


@pytest.mark.parametrize("deel", ["", "-structuur", "-leerlingen", "-leerkrachten"])
def test_what_may_stand_at_the_root_alone_is_read(official: xml.Schema, deel: str) -> None:
    """The schema lets leerlinggegevens stand without an answer around them."""
    root = ET.fromstring(BEGIN)[0]
    keep = {"-structuur": ("vestigingen", "groepen"), "-leerlingen": ("leerlingen",)}.get(deel, ())
    keep = ("leerkrachten",) if deel == "-leerkrachten" else keep
    for child in list(root):
        name = child.tag.rpartition("}")[2]
        if deel and name != "school" and name not in keep:
            root.remove(child)
    root.tag = f"{{{uwlr.NAMESPACE}}}leerlinggegevens{deel}"
    raw = ET.tostring(root)
    assert xml.parse(raw, max_bytes=uwlr.MAX_BYTES).faults(official) == []
    result = uwlr.translate(raw, today=TODAY)
    assert isinstance(result, Registratievertaling)
    assert result.bericht.deel == (deel.removeprefix("-") or "volledig")
