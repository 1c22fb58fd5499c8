"""What may stand where by a schema: the same facts as in its XSD, as plain data for writing and for
explaining.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

XSD_NS: Final = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True, slots=True)
class Value:
    """What a schema says of a text.

    `names`: its named type and the named types that was made from, nearest first, without prefix. `base`: the
    type of XML Schema itself ("string", "date"). `facets`: by name, those of all its types together; a name
    that occurs more often (pattern, enumeration) has more values.
    """

    names: tuple[str, ...]
    base: str
    facets: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """An element of a schema at one place: a Value, or its children in their order."""

    name: str
    tag: str
    least: int
    most: int | None
    """None: no maximum."""
    value: Value | None
    parts: tuple[Part, ...] | None


def tag_of(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name


def read_layout(files: list[tuple[Any, str]]) -> Part:
    """The document element that the first of these (root of an XSD, namespace) declares first.

    For schemas made of named types, sequences, choices, groups and extensions, in which no type holds itself.
    One of a choice counts as optional: another may stand in its place.
    """
    return _Reader(files).document()


def repeating(files: list[tuple[Any, str]]) -> frozenset[str]:
    """Local names that the schema files let repeat somewhere."""
    elements = (e for root, _ in files for e in root.iter(f"{XSD_NS}element"))
    return frozenset(e.get("name") or "" for e in elements if e.get("maxOccurs", "1") not in ("0", "1"))


def groups_of(files: list[tuple[Any, str]]) -> frozenset[str]:
    """Tags that somewhere are declared as more than a text."""
    types = {e.get("name") for root, _ in files for e in root.iter(f"{XSD_NS}complexType")}
    return frozenset(
        tag_of(namespace, name)
        for root, namespace in files
        for e in root.iter(f"{XSD_NS}element")
        if (name := e.get("name")) and not _holds_text(e, types)
    )


def enumerated(files: list[tuple[Any, str]]) -> dict[str, tuple[str, ...]]:
    """The values of each element whose type lists them; not of a name that is declared in two ways."""
    kinds: dict[str, tuple[str, ...]] = {}
    for root, _ in files:
        kinds |= {e.get("name"): _values(e) for e in root.iterchildren(f"{XSD_NS}simpleType")}
    found: dict[str, tuple[str, ...]] = {}
    for root, namespace in files:
        for element in root.iter(f"{XSD_NS}element"):
            inline = element.find(f"{XSD_NS}simpleType")
            named = (element.get("type") or "").rpartition(":")[2]
            values = _values(inline) if inline is not None else kinds.get(named, ())
            tag = tag_of(namespace, element.get("name") or "")
            found[tag] = values if found.get(tag, values) == values else ()
    return found


def _values(kind: Any) -> tuple[str, ...]:
    return tuple(e.get("value") for e in kind.iter(f"{XSD_NS}enumeration"))


def _holds_text(element: Any, groups: set[str | None]) -> bool:
    named = element.get("type")
    if named is None:
        return element.find(f"{XSD_NS}simpleType") is not None
    return named.rpartition(":")[2] not in groups


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read the children of one element: by tag, the name of a plain text, and what all else is."""

    texts: dict[str, str]
    others: dict[str, tuple[str, bool, Plan | None]]
    """Name, whether it is kept in a list, and how to read its own children if it can have any."""


def plan_of(part: Part, lists: frozenset[str]) -> Plan:
    parts = part.parts or ()
    plain = [p for p in parts if p.value and p.name not in lists]
    return Plan(
        {p.tag: p.name for p in plain},
        {
            p.tag: (p.name, p.name in lists, None if p.value else plan_of(p, lists))
            for p in parts
            if p not in plain
        },
    )


def read_content(element: Any, plan: Plan) -> dict[str, Any]:
    """The children of a valid element. The hottest loop of an adapter: no look-up that can be left out."""
    node: dict[str, Any] = {}
    texts, others = plan.texts, plan.others
    for child in element:
        tag = child.tag
        if tag in texts:
            node[texts[tag]] = child.text or ""
            continue
        name, repeats, below = others[tag]
        value = child.text or "" if below is None else read_content(child, below)
        if not repeats:
            node[name] = value
        elif name in node:
            node[name].append(value)
        else:
            node[name] = [value]
    return node


class _Reader:
    def __init__(self, files: list[tuple[Any, str]]) -> None:
        self._root, self._namespace = files[0]
        self._types = {
            tag_of(namespace, name): (e, namespace)
            for root, namespace in files
            for e in root.iterchildren(f"{XSD_NS}complexType", f"{XSD_NS}simpleType", f"{XSD_NS}group")
            if (name := e.get("name"))
        }

    def document(self) -> Part:
        first = next(self._root.iterchildren(f"{XSD_NS}element"))
        return self._part(first, self._namespace)

    def _part(self, element: Any, namespace: str, *, optional: bool = False) -> Part:
        name, most = element.get("name") or "", element.get("maxOccurs", "1")
        tag = self._named(element, "type", namespace)
        declared = self._types.get(tag)
        is_value = declared is None or declared[0].tag == f"{XSD_NS}simpleType"
        return Part(
            name=name,
            tag=tag_of(namespace, name),
            least=0 if optional else int(element.get("minOccurs", "1")),
            most=None if most == "unbounded" else int(most),
            value=self._value(tag) if is_value else None,
            parts=None if is_value else tuple(self._parts(tag)),
        )

    @staticmethod
    def _named(element: Any, attribute: str, namespace: str) -> str:
        """The name in its namespace. A file without a namespace names its types without one: they are in that
        of the file that includes it.
        """
        prefix, _, name = (element.get(attribute) or "").rpartition(":")
        return tag_of(element.nsmap.get(prefix or None) or namespace, name)

    def _parts(self, tag: str, *, optional: bool = False) -> Iterator[Part]:
        element, namespace = self._types[tag]
        for extension in element.iter(f"{XSD_NS}extension"):
            yield from self._parts(self._named(extension, "base", namespace))
        yield from self._particles(element, namespace, optional=optional)

    def _particles(self, element: Any, namespace: str, *, optional: bool) -> Iterator[Part]:
        """The elements in a sequence, choice or group, and in those inside it, in their order."""
        for child in element.iterchildren("*"):
            loose = optional or child.tag == f"{XSD_NS}choice" or child.get("minOccurs") == "0"
            if child.tag == f"{XSD_NS}element":
                yield self._part(child, namespace, optional=optional)
            elif child.tag == f"{XSD_NS}group":
                yield from self._parts(self._named(child, "ref", namespace), optional=loose)
            else:
                yield from self._particles(child, namespace, optional=loose)

    def _value(self, tag: str) -> Value:
        names: list[str] = []
        facets: dict[str, tuple[str, ...]] = {}
        while (declared := self._types.get(tag)) is not None:
            names.append(tag.rpartition("}")[2])
            kind, namespace = declared
            restriction = next(kind.iterchildren(f"{XSD_NS}restriction"))
            for facet in restriction.iterchildren("*"):
                name = facet.tag.rpartition("}")[2]
                facets[name] = (*facets.get(name, ()), facet.get("value") or "")
            tag = self._named(restriction, "base", namespace)
        return Value(tuple(names), tag.rpartition("}")[2], facets)
