"""Texts as the sender meant them: without white space around them, and an empty one as if it were not there.

White space is what XML calls so: space, tab, line end. A hard space or another Unicode space is a character
like any other, so around a code it makes a value that is in no list.

An element without a value that the standard lets be absent is taken away before anything else looks, and
reported. One that must be there stays, as an empty text: the code lists refuse it by their own number, our
own message refuses it where it needs the value, and it is reported where it does not.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, NamedTuple

from adapters.xml.elements import WHITE
from adapters.xml.layout import Part
from adapters.xml.nodes import Found
from adapters.xml.parser import Node, Schema

TEXT: Final = "Dit element heeft geen waarde. Het is gelezen alsof het er niet staat."
_CONTENT: Final = "bestandsinhoud"
"""Base64 of megabytes, which is looked at once, where the attachment is read."""
_KEY: Final = "leerlingid"
"""The id of the leerling in the school's system, kept exactly as it is. He is found by it, and whether such
an id may be new is not for this standard to say.
"""
_MAY_BE_EMPTY: Final = "LegeTekst"
"""The type of elements that the standard itself lets be empty, so that an empty one is not reported."""
_ORDER: Final = "@reeks"


_POSITION: Final = re.compile(r"\[\d+\]")


class _Blank(NamedTuple):
    place: str
    node: Node
    name: str
    at: int | None
    """The position in a list."""


def tidy(dossier: Node, schema: Schema) -> list[Found]:
    """Strip every text of a dossier in place and take blanks away; one finding for each of them."""
    blanks: list[_Blank] = []
    _strip(dossier, "/dossier", blanks)
    found = []
    for blank in blanks:
        part = _part(schema.layout, blank.place)
        if part is not None and part.parts:
            # A group without content: the rules say whether that is allowed.
            continue
        may_be_empty = part is not None and part.value is not None and _MAY_BE_EMPTY in part.value.names
        if not may_be_empty:
            found.append(Found("oso.leeg", blank.place, TEXT))
        if part is None or part.least == 0:
            _take_away(blank)
    return found


def _part(layout: Part, place: str) -> Part | None:
    """What the schema says about a place. None for an attribute, which is never required."""
    part: Part | None = layout
    for name in _POSITION.sub("", place).split("/")[2:]:
        part = next((p for p in (part.parts if part else None) or () if p.name == name), None)
    return part


def _take_away(blank: _Blank) -> None:
    """Take a blank away. In a list the positions of the others must stay right, so only a list without any
    text goes, as a whole.
    """
    value = blank.node.get(blank.name)
    if blank.at is None or not any(value or ()):
        blank.node.pop(blank.name, None)


def _strip(node: Node, place: str, blanks: list[_Blank]) -> None:
    # Every text of every dossier passes here, so nothing is made that is not needed.
    for name, value in node.items():
        kind = type(value)
        if kind is str:
            if name == _CONTENT:
                continue
            text = value.strip(WHITE)
            if text is not value and not (text and name == _KEY):
                node[name] = text
            if not text:
                # An attribute comes as `land@omschrijving`.
                blanks.append(_Blank(f"{place}/{name.replace('@', '/@')}", node, name, None))
        elif kind is dict:
            if f"{name}{_ORDER}" in node:
                # The same content once more, in order. That is what is read, and where places are counted.
                _strip(value, place, [])
            else:
                _strip(value, f"{place}/{name}", blanks)
        elif kind is list and name.endswith(_ORDER):
            _strip_ordered(value, f"{place}/{name.removesuffix(_ORDER)}", blanks)
        elif kind is list:
            _strip_list(node, name, f"{place}/{name}", blanks)


def _strip_list(node: Node, name: str, place: str, blanks: list[_Blank]) -> None:
    items: list[Node | str] = node[name]
    for i, item in enumerate(items):
        if isinstance(item, dict):
            _strip(item, f"{place}[{i + 1}]", blanks)
            continue
        items[i] = text = item.strip(WHITE)
        if not text:
            blanks.append(_Blank(f"{place}[{i + 1}]", node, name, i))


def _strip_ordered(items: list[tuple[str, Node | str]], place: str, blanks: list[_Blank]) -> None:
    """The groups of a cijferlijst: every `naam` begins one, and is numbered when there are more."""
    counts: Counter[str] = Counter()
    alone = sum(name == "naam" for name, _ in items) == 1
    for i, (name, item) in enumerate(items):
        counts[name] += 1
        here = f"{place}/{name}" if alone and name == "naam" else f"{place}/{name}[{counts[name]}]"
        if isinstance(item, dict):
            _strip(item, here, blanks)
            continue
        text = item.strip(WHITE)
        items[i] = (name, text)
        if not text:
            # A name is required, so it stays and our own message can refuse it.
            blanks.append(_Blank(here, {}, name, None))
