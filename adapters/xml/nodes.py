"""Reading a parsed message that may be wrong anywhere: nothing here raises on a missing or misshapen part."""

from __future__ import annotations

from typing import Final, NamedTuple

from adapters.xml.elements import WHITE
from adapters.xml.parser import Node

_EMPTY: Final[Node] = {}
_MAX_DIGITS: Final = 15


class Found(NamedTuple):
    """A fault or finding whose line is not looked up yet."""

    code: str
    place: str
    text: str


def sub(node: Node, name: str) -> Node:
    """The one child with children of that name, or an empty Node. Read only."""
    value = node.get(name)
    return value if type(value) is dict else _EMPTY


def subs(node: Node, name: str) -> list[Node]:
    """The children with children of that name; an empty Node for one that has none, to keep positions."""
    value = node.get(name)
    return [v if type(v) is dict else _EMPTY for v in value] if type(value) is list else []


def text(node: Node, name: str) -> str | None:
    """The text of a child without children, white space of XML around it removed."""
    value = node.get(name)
    return value.strip(WHITE) if type(value) is str else None


def texts(node: Node, name: str) -> list[str]:
    value = node.get(name)
    return [v.strip(WHITE) if type(v) is str else "" for v in value] if type(value) is list else []


def integer(value: str) -> int | None:
    """A number of an XML schema: leading zeros mean nothing, however many. None for one too long to be true.

    Python refuses to read more than some thousand digits, and JSON to write more than nineteen.
    """
    text = value.strip(WHITE)
    digits = text.lstrip("+-")
    if not digits.isascii() or not digits.isdigit() or len(text) - len(digits) > 1:
        return None
    digits = digits.lstrip("0") or "0"
    if len(digits) > _MAX_DIGITS:
        return None
    return -int(digits) if text[0] == "-" else int(digits)


def yes(node: Node, name: str) -> bool:
    value = node.get(name)
    return type(value) is str and value.strip(WHITE) in ("true", "1")
