"""Changes to the made-up school, and ways to damage a document of any standard with leerlingen."""

from __future__ import annotations

import copy
import datetime as dt
import random
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from schemas.errors import InvalidMessage
from schemas.messages.registratie import Registratiecontrole
from tests.damage import damaged_bytes, damaged_elements

DATA = Path(__file__).parents[3] / "data"
SCHOOL = (DATA / "edexml" / "school.xml").read_bytes()
TODAY = dt.date(2026, 11, 2)
"""The day on which the made-up files are read."""
L1 = "leerlingen/leerling[1]"
L2 = "leerlingen/leerling[2]"

Change = Callable[[ET.Element], None]


def find(root: ET.Element, place: str) -> ET.Element:
    found = root.find(place)
    assert found is not None, place
    return found


def put(place: str, text: str) -> Change:
    """Set the text of an element, or an attribute when `place` ends in `@name`."""

    def change(root: ET.Element) -> None:
        path, _, attribute = place.partition("/@")
        if attribute:
            find(root, path).set(attribute, text)
        else:
            find(root, place).text = text

    return change


def drop(place: str) -> Change:
    def change(root: ET.Element) -> None:
        path, _, last = place.rpartition("/")
        parent = find(root, path) if path else root
        if last.startswith("@"):
            del parent.attrib[last[1:]]
        else:
            parent.remove(find(parent, last))

    return change


def add(place: str, xml: str, *, before: str | None = None) -> Change:
    def change(root: ET.Element) -> None:
        parent = find(root, place)
        at = len(parent) if before is None else list(parent).index(find(parent, before))
        parent.insert(at, ET.fromstring(xml))

    return change


def changed(*changes: Change, base: bytes = SCHOOL) -> bytes:
    root = ET.fromstring(base)
    for change in changes:
        change(root)
    raw: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return raw


def marked(base: bytes, *, spare: set[str]) -> tuple[bytes, list[str]]:
    """The document with a unique mark in every text and attribute, except what is needed to get far."""
    root = ET.fromstring(base)
    marks: list[str] = []

    def mark() -> str:
        marks.append(f"KANARIE{len(marks):04}X")
        return marks[-1]

    for element in root.iter():
        if len(element) == 0 and element.tag.rpartition("}")[2] not in spare:
            element.text = mark()
        for key in element.attrib:
            element.set(key, mark())
    return ET.tostring(root), marks


def everything_said(error: BaseException) -> str:
    seen = "".join(traceback.format_exception(error))
    link: BaseException | None = error
    while link is not None:
        seen += repr(link) + repr(link.args) + repr(getattr(link, "faults", ""))
        link = link.__cause__ or link.__context__
    return seen


ODD = ("", "9" * 5_000, "0000-00-00", "\U0001f600", "#", "https://x")


def single_changes(base: bytes) -> Iterator[bytes]:
    """Every document that differs from `base` in one place: gone, twice, emptied, moved, or another value."""
    count = sum(1 for _ in ET.fromstring(base).iter())
    for n in range(1, count):
        for kind in range(5 + len(ODD)):
            root = ET.fromstring(base)
            parents = {child: parent for parent in root.iter() for child in parent}
            element = list(root.iter())[n]
            parent = parents[element]
            if kind == 0:
                parent.remove(element)
            elif kind == 1:
                parent.append(copy.deepcopy(element))
            elif kind == 2:
                element.clear()
            elif kind == 3:
                root.insert(0, copy.deepcopy(element))
            elif kind == 4:
                element.set("key", "anders")
            elif len(element):
                continue
            else:
                element.text = ODD[kind - 5]
            yield ET.tostring(root)


def mutants(base: bytes, count: int, seed: int) -> Iterator[bytes]:
    rng = random.Random(seed)
    for n in range(count):
        yield damaged_bytes(base, rng) if n % 2 else damaged_elements(base, rng)


def said_the_same(
    raw: bytes,
    translate: Callable[[bytes], Any],
    check: Callable[[bytes], Registratiecontrole],
    secret: str | None = None,
) -> bool:
    """Whether a delivery was refused; check and translate agree, whatever is in it.

    `secret` must not be in what the check says.
    """
    checked = check(raw)
    assert secret is None or secret not in repr(checked)
    faults, result = None, None
    try:
        result = translate(raw)
    except InvalidMessage as error:
        faults = error.faults
    assert (faults or ()) == checked.fouten
    if faults is None:
        assert result is not None
        assert result.bevindingen == checked.bevindingen
    else:
        # What is right by the rules of the source always fits the shared schema.
        assert faults
        assert "registratie.waarde" not in {f.code for f in faults}
    return faults is not None
