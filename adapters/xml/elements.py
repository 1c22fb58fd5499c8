"""What is read of the elements of a parsed document: their content, and the texts at their ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from adapters.xml.parser import Element, Node, Schema

WHITE: Final = " \t\r\n"
"""White space as XML knows it. A hard space is none: around a code it makes another code."""
LIST: Final = "*"
KEYED: Final = "@"
ORDERED: Final = ""
"""How a name that is more than one text is read: see `Schema`."""


class Leaf(NamedTuple):
    """Something a document says at one place. An attribute is at `place/@name`."""

    place: str
    text: str
    line: int | None


def leaves_of(element: Element, place: str, schema: Schema) -> Iterator[Leaf]:
    """Places as a Fault writes them: numbered where a name can repeat in the schema, or does repeat here."""
    line: Any = element.sourceline
    attributes: dict[str, str] = dict(element.attrib)  # type: ignore[arg-type]  # its stubs allow bytes
    for attribute, value in attributes.items():
        # An attribute of another namespace is for the parser (xsi:schemaLocation), and not part of what the
        # document says.
        if not attribute.startswith("{"):
            yield Leaf(f"{place}/@{attribute}", value, line)
    children = list(element.iterchildren("*"))
    if not children:
        yield Leaf(place, element.text or "", line)
    often = Counter(child.tag for child in children)
    seen: Counter[str] = Counter()
    for child in children:
        seen[child.tag] += 1
        name = schema.names[child.tag]
        numbered = name in schema.lists or often[child.tag] > 1
        yield from leaves_of(
            child, f"{place}/{name}[{seen[child.tag]}]" if numbered else f"{place}/{name}", schema
        )


def strip_texts(root: Element) -> bool:
    """Take the white space from around the text of every element without children; whether there was any.

    An XSD says that dates are read so, and libxml2 does not where a date has bounds. A text of nothing but
    white space stays: what that means is not for a parser to say.
    """
    found = False
    for element in root.iter("*"):
        text = element.text
        if not text or len(element):
            continue
        bare = text.strip(WHITE)
        if bare and bare != text:
            element.text, found = bare, True
    return found


def read_node(
    element: Element,
    texts: dict[str, str],
    names: dict[str, tuple[str, str | None]],
    untidy: list[str],
) -> Node:
    """`texts`: the name of a tag that holds text alone and stands once; `names`: what any other tag is.

    `untidy` gets every text that is empty or has white space around it, so that nobody has to look for one
    where there is none.
    """
    # The hottest loop of a translation: no call and no attribute that can be left out.
    node: Node = {}
    value: Any
    for child in element:
        tag = child.tag
        if tag in texts:
            node[texts[tag]] = text = child.text or ""
            # Nearly always there is nothing to strip, and then strip gives the same text back.
            if text.strip() is not text or not text:
                _noted(text, untidy)
            continue
        if tag not in names:
            continue
        name, kind = names[tag]
        value = read_node(child, texts, names, untidy) if len(child) else _noted(child.text or "", untidy)
        if kind is None:
            node[name] = value
        elif kind == LIST:
            if name in node:
                node[name].append(value)
            else:
                node[name] = [value]
        elif kind == ORDERED:
            node[name] = value
            node[f"{name}@reeks"] = _series(child, texts, names, untidy)
        else:
            _put_with_attributes(node, name, kind, value, child, untidy)
    return node


def _put_with_attributes(
    node: Node, name: str, kind: str, value: Node | str, child: Element, untidy: list[str]
) -> None:
    if kind != KEYED:
        said = child.get(kind)
        node[name] = value
        node[f"{name}@{kind}"] = None if said is None else _noted(str(said), untidy)
        return
    keyed = value if isinstance(value, dict) else {}
    attributes: Any = child.items()  # its stubs allow bytes
    for attribute, text in attributes:
        keyed[f"@{attribute}"] = text
        if text.strip() is not text or not text:
            _noted(text, untidy)
    if name in node:
        node[name].append(keyed)
    else:
        node[name] = [keyed]


def _series(
    element: Element, texts: dict[str, str], names: dict[str, tuple[str, str | None]], untidy: list[str]
) -> list[tuple[str, Node | str]]:
    """The children in their order, each with its local name. Content of their own: who tidies one leaves the
    other alone.
    """
    return [
        (
            names[child.tag][0] if child.tag in names else "",
            read_node(child, texts, names, untidy) if len(child) else _noted(child.text or "", untidy),
        )
        for child in element
    ]


def _noted(text: str, untidy: list[str]) -> str:
    if text.strip(WHITE) != text or not text:
        untidy.append(text)
    return text
