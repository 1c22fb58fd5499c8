"""The hardened XML parser: bytes to plain nested dicts, or Faults. The only importer of lxml.

Everything that comes in is hostile (design §10). A DOCTYPE of any kind is refused before libxml2 sees it, so
there are no entities, no external files and no default attributes to defend against; libxml2's own limits
(depth 256, text nodes of 10 MB, entity amplification) stay switched on behind that.

A Fault names a place by element names of the schema and positions. An element name that is not in the schema
is written `*`: a sender who puts a value in a tag must not see it come back.

Known weakness: lxml keeps the element names it meets for as long as a thread lives, so an authenticated
sender who keeps inventing names costs memory. `MAX_MARKUP` bounds what one message adds.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeAlias

from lxml import etree

from adapters.xml.elements import KEYED, LIST, Leaf, leaves_of, read_node, strip_texts
from adapters.xml.layout import (
    XSD_NS,
    Part,
    Plan,
    Value,
    enumerated,
    groups_of,
    plan_of,
    read_content,
    read_layout,
    repeating,
    tag_of,
)
from adapters.xml.xsdfouten import told
from schemas.errors import Fault, InvalidMessage, MessageTooLarge

MAX_MARKUP: Final = 200_000
"""Bound on `<` and on `=` in one document, and so on elements and attributes. Counted before parsing. A
standard with longer messages sets its own for `<`."""
LARGE: Final = 20_000
"""`<` in a document from which its errors are counted before they are located."""
_SHORTEST: Final = 3
"""Bytes of the shortest tag: `<a>`."""
MAX_ERRORS: Final = 1_000
MAX_FAULTS: Final = 200
"""Structural faults reported for one document; a last one says that there are more."""

Element: TypeAlias = "etree._Element"  # noqa: SLF001 - the only name its stubs give it
"""For who works on what this module parsed, without importing lxml."""
Node = dict[str, Any]
"""An element with children, by local name. A value is text, a Node, or a list of either (`Schema.lists`)."""


class Counters:
    """What this process did, to prove that an exchange costs one parse and one validation. Exact under
    threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.parses = 0
        self.validations = 0

    def parsed(self) -> None:
        with self._lock:
            self.parses += 1

    def validated(self) -> None:
        with self._lock:
            self.validations += 1


COUNTERS: Final = Counters()
_PIECE: Final = 1 << 16
_BEGINNING: Final = 1 << 12
"""Bytes at a time for who only wants to see how a document begins."""
_NO_TEXTS: Final[dict[str, str]] = {}

_USUAL: Final = b'<?xml version="1.0" encoding="UTF-8"?>'
"""How nearly every message begins. When there is no DOCTYPE behind it, nothing need be looked for before
parsing.
"""
_ASCII_SUPERSETS: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
}
_UTF32: Final = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
_UTF16: Final = {"utf-16", "utf-16le", "utf-16be"}
# Possessive groups do not backtrack, so a hostile prolog costs linear time.
_DOCTYPE: Final = re.compile(r"(?>\s|<\?(?>(?s:.)*?\?>)|<!--(?>(?s:.)*?-->))*+<!DOCTYPE")
_DECLARED: Final = re.compile(r"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]*)[\"']")

_TEXTS: Final = {
    "xml.leeg": "Het bericht is leeg.",
    "xml.geen_xml": "Het bericht is geen XML.",
    "xml.niet_welgevormd": "De XML is niet welgevormd: een teken of element staat op een verkeerde plaats.",
    "xml.afgebroken": "Het bericht is afgebroken: het einde ontbreekt.",
    "xml.doctype": "Een DOCTYPE is niet toegestaan, ook niet zonder entiteiten.",
    "xml.te_groot": "Het bericht is groter dan toegestaan.",
    "xml.te_veel_elementen": "Het bericht heeft meer elementen of attributen dan toegestaan.",
    "xml.te_diep": "De elementen zijn dieper genest of langer dan toegestaan.",
    "xml.codering": "De tekencodering is onbekend, of de bytes passen niet bij de opgegeven codering.",
    "xml.niet_utf8": "Dit bericht hoort in UTF-8 te staan en heeft een andere tekencodering.",
}


def _fault(code: str, line: int | None = None) -> Fault:
    return Fault(code, "/", _TEXTS[code], line)


class Schema:
    """A compiled XSD, for all threads of the process.

    An lxml schema collects its errors in itself and releases the GIL while it validates, so one object serves
    one thread at a time: idle objects wait in a list, and a second one is compiled only when two threads
    validate at the same instant.
    """

    def __init__(
        self,
        path: Path,
        lists: frozenset[str] | None = None,
        special: dict[str, str] | None = None,
        keyed: frozenset[str] = frozenset(),
        rule: Callable[[Value, str], tuple[str, str] | None] | None = None,
    ) -> None:
        """Namespaces are those the schema files name; a schema without one reads documents without one.

        `lists`: local names that may repeat somewhere: a list in every Node, numbered in every place. Left
        out: every name the schema itself lets repeat.

        `special`: local names that need more than their content. With an attribute name, that attribute
        comes beside it as `name@attribute`; with an empty string, the children in order come as `name@reeks`,
        a list of (local name, value).

        `keyed`: local names that are known by their attributes: a list of Nodes, also without children, with
        every attribute as `@name`.

        `rule`: code and text the standard itself has for a value that breaks a facet ("maxLength",
        "pattern" ..., or "type" when it is no value of the base type at all); None leaves it to us.
        """
        special = special or {}
        files = list(_files(path))
        self._tree = etree.parse(str(path), _parser())
        self._files = files
        self.lists = (repeating(files) if lists is None else lists) | keyed
        self.names = {
            tag: name
            for root, namespace in files
            for e in root.iter(f"{XSD_NS}element")
            if (name := e.get("name")) and (tag := tag_of(namespace, name))
        }
        """Local name by tag, of every element of this schema and of those it includes or imports."""
        self.kinds: dict[str, tuple[str, str | None]] = {
            tag: (name, KEYED if name in keyed else LIST if name in self.lists else special.get(name))
            for tag, name in self.names.items()
        }
        groups = groups_of(files)
        self.texts = {t: name for t, (name, kind) in self.kinds.items() if kind is None and t not in groups}
        """Local name by tag, of what in a valid document holds text alone and stands once: most elements."""
        self.rule = rule
        self._idle: list[etree.XMLSchema] = [self._compile()]

    def _compile(self) -> etree.XMLSchema:
        return etree.XMLSchema(self._tree)

    def errors(self, root: etree._Element) -> list[Any] | None:
        """The libxml2 errors of one validation; None when the document is valid."""
        COUNTERS.validated()
        try:
            schema = self._idle.pop()
        except IndexError:
            schema = self._compile()
        try:
            if schema.validate(root):
                return None
            log: Any = schema.error_log
            return list(log)
        finally:
            self._idle.append(schema)

    def beginning(self, raw: bytes) -> etree._Element | None:
        """The first part of a document with more than MAX_ERRORS errors; None when it has fewer.

        To locate one error lxml walks past all siblings before it: a million errors among as many siblings
        take hours. A parser that validates while it reads locates nothing and can stop in time.
        """
        schema = self._compile()
        parser = _parser(schema=schema)
        for at in range(0, len(raw), _PIECE):
            parser.feed(raw[at : at + _PIECE])
            if len(parser.feed_error_log) > MAX_ERRORS:
                return etree.fromstring(raw[: at + _PIECE], _parser(recover=True))
        return None

    @cached_property
    def layout(self) -> Part:
        """The one document element of the schema, with everything that may stand in it."""
        return read_layout(self._files)

    @cached_property
    def enumerated(self) -> dict[str, tuple[str, ...]]:
        """The values that an element may have, by tag, where the schema lists them and says so once."""
        return enumerated(self._files)

    @cached_property
    def plan(self) -> Plan:
        return plan_of(self.layout, self.lists)


def _files(path: Path, including: str | None = None) -> Iterator[tuple[etree._Element, str]]:
    """The root of a schema file and its namespace, then those of all it includes or imports."""
    root = etree.parse(str(path), _parser()).getroot()
    namespace = root.get("targetNamespace") or including or ""
    yield root, namespace
    for other in root.iterchildren(f"{XSD_NS}include", f"{XSD_NS}import"):
        if location := other.get("schemaLocation"):
            yield from _files(path.parent / location, namespace if other.tag.endswith("include") else None)


def _parser(*, schema: etree.XMLSchema | None = None, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        schema=schema,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


_local = threading.local()


def _own_parser() -> etree.XMLParser:
    parser: etree.XMLParser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = _parser()
    return parser


@dataclass(frozen=True, slots=True)
class Document:
    """A well-formed document. `namespace` is empty when the root has none."""

    namespace: str
    name: str
    _root: etree._Element
    _large: bytes | None = None
    # By place, because faults and findings stand together and most have a parent in common.
    _found: dict[str, tuple[etree._Element, bool]] = field(default_factory=dict, repr=False, compare=False)
    _below: dict[str, dict[str, list[etree._Element]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def faults(self, schema: Schema) -> list[Fault]:
        """What the schema has against the document, in document order, at most one Fault per element."""
        start = schema.beginning(self._large) if self._large else None
        root = self._root if start is None else start
        errors = schema.errors(root)
        return [] if errors is None else list(told(errors, root, schema, MAX_FAULTS))

    def strip(self) -> bool:
        """Take the white space from around every text that has more; whether there was any."""
        return strip_texts(self._root)

    def tree(self, schema: Schema, *, valid: bool = False) -> Node:
        """The content of the root. Elements the schema has no name for are left out.

        `valid`: the schema has nothing against the document. The same content then takes less time.
        """
        return self.tree_and_untidy(schema, valid=valid)[0]

    def tree_and_untidy(self, schema: Schema, *, valid: bool = False) -> tuple[Node, bool]:
        """The same, and whether some text in it is empty or has white space around it."""
        untidy: list[str] = []
        texts = schema.texts if valid else _NO_TEXTS
        node = read_node(self._root, texts, schema.kinds, untidy)
        return node, bool(untidy)

    def content(self, schema: Schema) -> Node:
        """The same as `tree`, but faster, for a document without faults. A group without content is an empty
        Node.

        It reads by the layout, so it is not for a schema with `special` names.
        """
        return read_content(self._root, schema.plan)

    def first_in(self, name: str) -> tuple[str, str] | None:
        """Namespace and local name of the first element in a child of the root that has this local name."""
        for child in self._root.iterchildren(f"{{*}}{name}"):
            for first in child.iterchildren("*"):
                namespace, _, local = first.tag.removeprefix("{").rpartition("}")
                return namespace, local
        return None

    def pick(self, tags: Iterable[str]) -> Node:
        """The content of the root as far as it has these tags, for a document that has no schema here.

        Every element is in a list under its local name: nothing says how often it may occur.
        """
        kinds: dict[str, tuple[str, str | None]] = {tag: (tag.rpartition("}")[2], LIST) for tag in tags}
        return read_node(self._root, _NO_TEXTS, kinds, [])

    def leaves(self, schema: Schema) -> Iterator[Leaf]:
        """Every element without children and every attribute of a valid document, in document order."""
        yield from leaves_of(self._root, f"/{schema.names[self._root.tag]}", schema)

    def line(self, place: str) -> int | None:
        """Line of a place as `Schema` writes it; of the nearest ancestor when it is not there."""
        line: Any = self._find(place)[0].sourceline
        return line if isinstance(line, int) else None

    def _find(self, place: str) -> tuple[etree._Element, bool]:
        """The element of a place and True, or its nearest ancestor and False."""
        above, _, step = place.rpartition("/")
        if not above:
            return self._root, True
        if above not in self._found:
            self._found[above] = self._find(above)
        element, there = self._found[above]
        if not there:
            return element, False
        if above not in self._below:
            self._below[above] = below = {"*": list(element)}
            for child in below["*"]:
                below.setdefault(child.tag.rpartition("}")[2], []).append(child)
        name, _, position = step.rstrip("]").partition("[")
        same, at = self._below[above].get(name, []), int(position or 1) - 1
        return (same[at], True) if at < len(same) else (element, False)


def events(raw: bytes, *, max_markup: int) -> Iterator[tuple[str, str, str]]:
    """("start" or "end", namespace, name) of every element, until the parser has to give up.

    To see of which standard a document is; it promises nothing of the rest: `parse` decides. A document with
    a DOCTYPE, or with more markup, has no elements here.
    """
    if _before_parsing(raw, max_markup, utf8_only=False) is not None:
        return
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    for at in range(0, len(raw) + _BEGINNING, _BEGINNING):
        piece, wrong = raw[at : at + _BEGINNING], False
        try:
            if piece:
                parser.feed(piece)
            else:
                # For a document of a few bytes the parser says nothing before its end.
                parser.close()
        except etree.XMLSyntaxError:
            wrong = True
        with contextlib.suppress(etree.XMLSyntaxError):
            for event, element in parser.read_events():
                if isinstance(element, etree._Element):  # noqa: SLF001 - lxml gives its element class no other name
                    namespace, _, name = element.tag.removeprefix("{").rpartition("}")
                    if event == "end":
                        element.clear()
                        # What is behind us is let go: an element without content still costs as much as one.
                        while element.getprevious() is not None:
                            del element.getparent()[0]  # type: ignore[union-attr]
                    yield event, namespace, name
        if wrong:
            return


def parse(raw: bytes, *, max_bytes: int, max_markup: int = MAX_MARKUP, utf8_only: bool = False) -> Document:
    """Parse one document, refusing anything hostile.

    `utf8_only`: for a standard that allows no other encoding, not even one that is declared. Raises
    MessageTooLarge above `max_bytes` or `max_markup` (nothing was parsed), InvalidMessage otherwise. The
    exceptions have no cause: libxml2 quotes the document in its messages.
    """
    if len(raw) > max_bytes:
        raise MessageTooLarge((_fault("xml.te_groot"),))
    usual = raw.startswith(_USUAL) and len(raw) <= min(max_markup, MAX_MARKUP) and b"<!DOCTYPE" not in raw
    problem = None if usual else _before_parsing(raw, max_markup, utf8_only=utf8_only)
    if problem is not None:
        raise problem
    COUNTERS.parsed()
    code = None
    try:
        root = etree.fromstring(raw, _own_parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        code, line = getattr(error, "code", None) or -1, getattr(error, "lineno", None)
    if code is not None:
        # Raised outside the handler so that the libxml2 message is not chained as context.
        raise InvalidMessage((_why(raw, code, line),))
    if root.getroottree().docinfo.internalDTD is not None:
        raise InvalidMessage((_fault("xml.doctype"),))
    tag = root.tag
    namespace, _, name = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    large = len(raw) > LARGE * _SHORTEST and raw.count(b"<") > LARGE
    return Document(namespace, name, root, raw if large else None)


def _before_parsing(raw: bytes, max_markup: int, *, utf8_only: bool) -> InvalidMessage | None:
    start = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:2] in (b"<\0", b"\0<")
    if not start:
        if not raw.strip(b"\xef\xbb\xbf \t\r\n"):
            return InvalidMessage((_fault("xml.leeg"),))
    elif start[:1] != b"<" and not utf16:
        # EBCDIC and compressed bytes end here too: libxml2 would guess, we do not.
        return InvalidMessage((_fault("xml.geen_xml", 1),))
    if raw[:4] in _UTF32:
        return InvalidMessage((_fault("xml.codering", 1),))
    # So few bytes cannot hold more than the bound, so an ordinary message need not be counted.
    if len(raw) > min(max_markup, MAX_MARKUP) and _too_much_markup(raw, max_markup):
        return MessageTooLarge((_fault("xml.te_veel_elementen"),))
    encoding = _encoding(raw, utf16=utf16)
    if encoding is None or (utf8_only and encoding != "utf-8"):
        return InvalidMessage((_fault("xml.niet_utf8" if encoding else "xml.codering", 1),))
    if utf16:
        text = raw.decode(encoding, "replace").lstrip("\ufeff")
    elif b"<!DOCTYPE" in raw:
        text = raw.decode("latin-1").removeprefix("ï»¿")
    else:
        return None
    if _DOCTYPE.match(text):
        return InvalidMessage((_fault("xml.doctype"),))
    return None


def _too_much_markup(raw: bytes, most: int) -> bool:
    """By what begins a tag and what makes an attribute, for each costs memory of its own: an attribute 112
    bytes, an element 350 with a name that nobody else has.

    A standard with longer messages has more elements, not more attributes, and closes them: one that is empty
    costs as much as one that holds a text, with half the signs.
    """
    signs = raw.count(b"<")
    if signs > most or raw.count(b"=") > min(most, MAX_MARKUP):
        return True
    return signs - raw.count(b"</") > max(most // 2, MAX_MARKUP)


def _encoding(raw: bytes, *, utf16: bool) -> str | None:
    """The Python codec of the document; None when the declaration is unknown or contradicts the bytes."""
    if utf16:
        little = raw[:2] in (b"\xff\xfe", b"<\0")
        codec = "utf-16-le" if little else "utf-16-be"
        declared = _DECLARED.match(raw[:512].decode(codec, "replace").lstrip("\ufeff"))
        if declared is None:
            return codec
        name = declared[1].lower()
        wrong_end = name == ("utf-16be" if little else "utf-16le")
        return codec if name in _UTF16 and not wrong_end else None
    bom = raw[:3] == b"\xef\xbb\xbf"
    declared = _DECLARED.match(raw[3 if bom else 0 : 256].decode("latin-1"))
    name = declared[1].lower() if declared else "utf-8"
    known = _ASCII_SUPERSETS.get(name)
    return known if known == "utf-8" or not bom else None


_NOT_CUT_OFF: Final = (etree.ErrorTypes.ERR_DOCUMENT_EMPTY, etree.ErrorTypes.ERR_INTERNAL_ERROR)
"""What the push parser says at the end about documents that are whole but wrong."""


def _why(raw: bytes, code: int, line: int | None) -> Fault:
    """Which of our faults a libxml2 refusal is. Runs only for refused documents."""
    if code == etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return _fault("xml.te_diep", line)
    utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:2] in (b"<\0", b"\0<")
    encoding = _encoding(raw, utf16=utf16)
    try:
        raw.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        return _fault("xml.afgebroken" if error.end == len(raw) else "xml.codering", line)
    # A push parser that accepted every byte and only complains at the end missed the rest of the document.
    parser = _parser()
    try:
        parser.feed(raw)
    except etree.XMLSyntaxError:
        return _fault("xml.niet_welgevormd", line)
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) in _NOT_CUT_OFF:
            return _fault("xml.niet_welgevormd", line)
    return _fault("xml.afgebroken", line)
