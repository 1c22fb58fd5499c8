"""What is read of the elements of a parsed document: their content, and the texts at their ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
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
    texts: Callable[[str], str | None],
    names: Callable[[str], tuple[str, str | None] | None],
    untidy: list[str],
) -> Node:
    """`texts`: the name of a tag that holds text alone and stands once; `names`: what any other tag is.

    `untidy` gets every text that is empty or has white space around it, so that nobody has to look for one
    where there is none.
    """
    # The hottest loop of a translation: one look-up per element, no attribute access unless it can matter.
    node: Node = {}
    for child in element:
        tag = child.tag
        plain = texts(tag)
        if plain is not None:
            text = node[plain] = child.text or ""
            if not text or text[0] in WHITE or text[-1] in WHITE:
                untidy.append(text)
            continue
        known = names(tag)
        if known is None:
            continue
        name, kind = known
        value = _value(child, texts, names, untidy)
        if kind is None:
            node[name] = value
        elif kind == LIST:
            if name in node:
                node[name].append(value)
            else:
                node[name] = [value]
        elif kind == KEYED:
            node.setdefault(name, []).append(_keyed(child, value, untidy))
        elif kind == ORDERED:
            node[name] = value
            node[f"{name}@reeks"] = [
                ((names(c.tag) or ("",))[0], _value(c, texts, names, untidy)) for c in child
            ]
        else:
            node[name] = value
            said = child.get(kind)
            node[f"{name}@{kind}"] = None if said is None else _noted(str(said), untidy)
    return node


def _value(
    child: Element,
    texts: Callable[[str], str | None],
    names: Callable[[str], tuple[str, str | None] | None],
    untidy: list[str],
) -> Any:
    return read_node(child, texts, names, untidy) if len(child) else _noted(child.text or "", untidy)


def _keyed(child: Element, value: Any, untidy: list[str]) -> Node:
    """An element with its attributes, whether it has children or not."""
    keyed: Node = value if len(child) else {}
    for attribute, said in child.items():
        keyed["@" + str(attribute)] = _noted(str(said), untidy)
    return keyed


def _noted(text: str, untidy: list[str]) -> str:
    if not text or text[0] in WHITE or text[-1] in WHITE:
        untidy.append(text)
    return text
