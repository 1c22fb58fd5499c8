"""Reading a parsed message that may be wrong anywhere: nothing here raises on a missing or misshapen part."""

from __future__ import annotations

from typing import Final, NamedTuple

from adapters.xml import Node

_EMPTY: Final[Node] = {}


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
    """The text of a child without children, spaces around it removed."""
    value = node.get(name)
    return value.strip() if type(value) is str else None


def texts(node: Node, name: str) -> list[str]:
    value = node.get(name)
    return [v.strip() if type(v) is str else "" for v in value] if type(value) is list else []


def yes(node: Node, name: str) -> bool:
    value = node.get(name)
    return type(value) is str and value.strip() in ("true", "1")
