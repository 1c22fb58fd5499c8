"""What an XSD has against a document, said in our own words: the errors of libxml2 become Faults.

The messages of libxml2 are meant for the writer of the schema, and repeat the value. So only the kind of
error is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from schemas.allowed import listed
from schemas.errors import Fault

if TYPE_CHECKING:
    from adapters.xml.layout import Part
    from adapters.xml.parser import Element, Schema

# (how libxml2 names the error, our code, our text)
_XSD: Final[dict[str, tuple[str, str]]] = {
    "SCHEMAV_ELEMENT_CONTENT": (
        "xsd.onverwacht",
        "Dit element hoort hier niet, of staat op de verkeerde plaats.",
    ),
    "SCHEMAV_CVC_MINLENGTH_VALID": ("xsd.leeg", "Dit element mag niet leeg zijn."),
    "SCHEMAV_CVC_MAXLENGTH_VALID": ("xsd.te_lang", "De tekst is langer dan toegestaan."),
    "SCHEMAV_CVC_ENUMERATION_VALID": ("xsd.codelijst", "Deze waarde staat niet in de lijst."),
    "SCHEMAV_CVC_PATTERN_VALID": ("xsd.formaat", "De waarde heeft niet de voorgeschreven vorm."),
    "SCHEMAV_CVC_MININCLUSIVE_VALID": ("xsd.bereik", "De waarde valt buiten de grenzen."),
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": ("xsd.bereik", "De waarde valt buiten de grenzen."),
    "SCHEMAV_CVC_MAXEXCLUSIVE_VALID": ("xsd.bereik", "De waarde valt buiten de grenzen."),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": ("xsd.attribuut", "Dit element heeft een attribuut dat niet bestaat."),
    "SCHEMAV_CVC_COMPLEX_TYPE_4": ("xsd.attribuut_ontbreekt", "Een verplicht attribuut ontbreekt."),
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": ("xsd.tekst", "Hier staat tekst waar alleen elementen mogen staan."),
}
_EXPECTED: Final = re.compile(r"(?:\{[^{}]*\})?([A-Za-z0-9_-]+)")
_DATE_BOUND: Final = re.compile(r"'\d{4}-\d\d-\d\d'\)?\.$")
_DATE: Final = re.compile(r"Datum'\.$|'xs:date'\.$")


def told(errors: list[Any], root: Element, schema: Schema, most: int) -> Iterator[Fault]:
    """One Fault per place, at most `most` and one that says there are more."""
    seen: set[str] = set()
    for entry in errors:
        element = _locate(root, entry.path)
        place = _place_of(element, schema)
        if place in seen:
            # libxml2 reports a broken facet and then once more the type it belongs to.
            continue
        if len(seen) == most:
            yield Fault("xsd.meer", place, "Er zijn meer fouten dan hier worden genoemd.", entry.line)
            return
        seen.add(place)
        own = _own_rule(entry, element, schema) if schema.rule else None
        code, text = own or _explain(entry, schema)
        if own is None and code in ("xsd.codelijst", "xsd.type"):
            names = listed(schema.enumerated.get(element.tag, ()))
            text = f"{text[:-1]}: {names}." if names else text
        yield Fault(code, place, text, entry.line)


_FACETS: Final = {
    "SCHEMAV_CVC_MINLENGTH_VALID": "minLength",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "maxLength",
    "SCHEMAV_CVC_PATTERN_VALID": "pattern",
    "SCHEMAV_CVC_ENUMERATION_VALID": "enumeration",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "minInclusive",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "maxInclusive",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "type",
}


def _own_rule(entry: Any, element: Element, schema: Schema) -> tuple[str, str] | None:
    facet = _FACETS.get(entry.type_name)
    if facet is None or schema.rule is None:
        return None
    part: Part | None = schema.layout
    for ancestor in [*reversed(list(element.iterancestors())), element][1:]:
        part = next((p for p in (part.parts if part else None) or () if p.tag == ancestor.tag), None)
    return schema.rule(part.value, facet) if part and part.value else None


def _explain(entry: Any, schema: Schema) -> tuple[str, str]:
    message: str = entry.message
    if entry.type_name == "SCHEMAV_ELEMENT_CONTENT" and "Missing child element(s)" in message:
        return "xsd.ontbreekt", f"Hier ontbreekt een verplicht element{_expected(message, schema)}."
    if entry.type_name in _XSD:
        code, text = _XSD[entry.type_name]
        if code == "xsd.onverwacht":
            text = text[:-1] + _expected(message, schema) + "."
        if code == "xsd.bereik" and _DATE_BOUND.search(message):
            code, text = "datum.ongeldig", "Deze datum valt buiten de grenzen van het schema."
        return code, text
    if _DATE.search(message):
        return "datum.ongeldig", "Dit is geen bestaande datum in de vorm jjjj-mm-dd."
    if "atomic type" in message:
        return "xsd.type", "De waarde past niet bij dit element (ja/nee, getal)."
    return "xsd.fout", "Dit element past niet in de standaard."


def _expected(message: str, schema: Schema) -> str:
    """The names libxml2 expected, taken only when the schema knows them."""
    known = set(schema.names.values())
    names = [n for n in _EXPECTED.findall(message.rpartition("Expected is")[2]) if n in known]
    return f"; verwacht: {', '.join(names[:8])}" if names and "Expected is" in message else ""


def _locate(root: Element, path: str | None) -> Element:
    """The element libxml2 means by `/a:x/a:y[2]/*[3]`; as near as it can be found.

    Not by XPath: the prefixes are those of the sender, who can bind one twice. A step without a prefix and
    namespace comes as a name, one in a default namespace as `*`, counted among all its siblings.
    """
    element = root
    for step in (path or "").split("/")[2:]:
        qualified, _, position = step.rstrip("]").partition("[")
        prefix, _, name = qualified.rpartition(":")
        same = element.iterchildren("*") if name == "*" else element.iterchildren(f"{{*}}{name}")
        if name != "*":
            same = (e for e in same if (e.prefix or "") == prefix)
        found = next(islice(same, int(position or 1) - 1, None), None)
        if found is None:
            break
        element = found
    return element


def _place_of(element: Element, schema: Schema) -> str:
    """`/dossier/.../toets[2]/afname`: names of the schema, a position where a name can repeat."""
    steps: list[str] = []
    current: Element | None = element
    while current is not None:
        parent = current.getparent()
        name = schema.names.get(current.tag)
        if parent is None:
            steps.append(name or "*")
        elif name is None:
            steps.append(f"*[{parent.index(current) + 1}]")
        else:
            same = parent.findall(current.tag)
            numbered = name in schema.lists or len(same) > 1
            steps.append(f"{name}[{same.index(current) + 1}]" if numbered else name)
        current = parent
    return "/" + "/".join(reversed(steps))
