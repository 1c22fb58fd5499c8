"""Ways to damage a document, for the tests that ask whether anything unforeseen happens then."""

from __future__ import annotations

import copy
import random
from typing import Final
from xml.etree import ElementTree as ET

ODD: Final = (
    "",
    " ",
    "9" * 5_000,
    "-1",
    "0000-00-00",
    "true",
    "\U0001f600",
    "NaN",
    "\r\n",
    "1 ",
    "2026-02-30",
    "24:00:00",
    "1,5",
)


def damaged_bytes(base: bytes, rng: random.Random) -> bytes:
    """A few bytes changed, taken away or said twice."""
    data = bytearray(base)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        match rng.randrange(3):
            case 0:
                data[at] = rng.randrange(256)
            case 1:
                del data[at : at + rng.randint(1, 30)]
            case _:
                data[at:at] = data[at : at + rng.randint(1, 200)]
    return bytes(data)


def damaged_elements(base: bytes, rng: random.Random) -> bytes:
    """Well-formed, with one to three changes of structure or text."""
    root = ET.fromstring(base)
    for _ in range(rng.randint(1, 3)):
        mutate(root, rng)
    return ET.tostring(root)


def mutate(root: ET.Element, rng: random.Random) -> None:
    """One change of structure, text, name or attribute; none when an earlier one took all there was."""
    parents = [e for e in root.iter() if len(e)]
    if not parents:
        return
    parent = rng.choice(parents)
    child = rng.choice(list(parent))
    match rng.randrange(7):
        case 0:
            parent.remove(child)
        case 1:
            parent.append(copy.deepcopy(child))
        case 2:
            rng.choice(parents).insert(0, copy.deepcopy(child))
        case 3:
            child.text = rng.choice(ODD)
        case 4:
            names = [rng.choice(parents).tag, child.tag + "x", "x", child.tag.rpartition("}")[2]]
            child.tag = rng.choice(names)
        case 5 if child.attrib:
            child.set(rng.choice(list(child.attrib)), rng.choice(ODD))
        case _:
            child.clear()
