"""Any iJw message, made from the layout of its schema: what the XSD allows, not what the rules want."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from adapters import ijw
from adapters.ijw.berichten import schema
from adapters.xml.layout import Part, Value
from adapters.xml.parser import Node

Text = st.SearchStrategy[str]

_XML: Final = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
_WITH_LINES: Final = st.one_of(_XML, st.sampled_from("\n\r\t"))
_LETTERS: Final = "abcxyzABCXYZÀÉïøỳ"
_DIGITS: Final = "0123456789"
_VERSION: Final = st.tuples(*[st.integers(0, 99)] * 3).map(lambda v: ".".join(map(str, v)))


def _of_length(alphabet: st.SearchStrategy[str] | str, value: Value, least: int = 1) -> Text:
    most = int(value.facets.get("maxLength", ("60",))[0])
    return st.text(alphabet, min_size=least, max_size=most)


def _not_blank(text: str) -> bool:
    # What XML Schema calls white space, which is less than what str.strip() removes.
    return text.strip(" \t\r\n") != ""


def _string(value: Value) -> Text:
    match value.facets.get("pattern", ()):
        case ():
            return _of_length(_WITH_LINES, value)
        case (r"[ \t]*[^\s].*",):
            return _of_length(_XML, value).filter(_not_blank)
        case (r"\s*\S[\s\S]*",):
            return _of_length(_WITH_LINES, value).filter(_not_blank)
        case ("([a-zA-ZÀ-ỳ])+",):
            return _of_length(_LETTERS, value)
        case ("([a-zA-Z0-9])+",):
            return _of_length(_DIGITS + "abcXYZ", value)
        case ("[0-9]*",):
            return _of_length(_DIGITS, value)
        case ("[0-9]{4}" | "[0-9]{8}" | "[0-9]{9}" as pattern,):
            return st.text(_DIGITS, min_size=int(pattern[6]), max_size=int(pattern[6]))
        case (pattern,) if pattern.startswith("(0|"):
            return _VERSION
        case (pattern,) if pattern.isdigit():
            return st.just(pattern)
        case patterns:
            raise NotImplementedError(patterns)


def texts(value: Value) -> Text:
    """Any text of a type, in the form its sender would use."""
    if listed := value.facets.get("enumeration"):
        return st.sampled_from(listed)
    match value.base:
        case "integer" if pattern := value.facets.get("pattern"):
            return st.just(pattern[0])
        case "integer":
            bounds = (int(value.facets[f"{side}Inclusive"][0]) for side in ("min", "max"))
            return st.integers(*bounds).map(str)
        case "date":
            return st.dates().map(str)
        case "time":
            return st.times().map(str)
        case _:
            return _string(value)


def contents(part: Part, lists: frozenset[str]) -> st.SearchStrategy[Node]:
    """Any content of an element with children."""
    required: dict[str, st.SearchStrategy[object]] = {}
    optional: dict[str, st.SearchStrategy[object]] = {}
    for child in part.parts or ():
        one: st.SearchStrategy[object] = texts(child.value) if child.value else contents(child, lists)
        if child.name in lists:
            one = st.lists(one, min_size=1, max_size=child.most or 2)
        (required if child.least else optional)[child.name] = one
    filled = st.fixed_dictionaries(required, optional=optional)
    # An empty group is valid for the schema, but it is never written.
    return filled if required else filled.filter(bool)


def berichten(soort: str) -> st.SearchStrategy[ijw.JwBericht]:
    """Any message of that kind that its schema accepts."""
    known = schema(soort)
    return contents(known.layout, known.lists).map(lambda inhoud: ijw.JwBericht(soort, inhoud))


_FILL: Final = {
    "LDT_Datum": "2026-04-13",
    "LDT_Tijd": "09:30:00",
    "LDT_Versie": "1.0.0",
    "LDT_AgbCode": "99999901",
    "LDT_Gemeente": "0363",
    "LDT_BurgerServicenummer": "999900006",
    "LDT_Voorletters": "F",
    "LDT_Telefoonnummer": "0612345678",
}


def _fill(value: Value) -> str:
    facets = value.facets
    if value.names[0].startswith("LDT_"):
        fixed = _FILL.get(value.names[0]) or facets.get("enumeration", ("",))[0]
        return fixed or ("1" if value.base == "integer" else "F")
    return "F" if facets["pattern"][0].startswith("(") else facets["pattern"][0]


def full(soort: str) -> ijw.JwBericht:
    """A message with every element its schema knows, once; valid, but not meant to obey the rules."""
    known = schema(soort)

    def fill(part: Part) -> object:
        one = _fill(part.value) if part.value else {p.name: fill(p) for p in part.parts or ()}
        return [one] if part.name in known.lists else one

    return ijw.JwBericht(soort, {p.name: fill(p) for p in known.layout.parts or ()})


def places(soort: str) -> dict[str, Part]:
    """Everything in `full(soort)` by its place, in document order."""
    known = schema(soort)
    found: dict[str, Part] = {}

    def walk(part: Part, above: str) -> None:
        place = f"{above}/{part.name}" + ("[1]" if part.name in known.lists else "")
        found[place] = part
        for child in part.parts or ():
            walk(child, place)

    walk(known.layout, "")
    return found
