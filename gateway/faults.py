"""What is wrong with input, as Faults: every finding of pydantic with a Dutch text and a place.

A Fault names fields of our own schemas, positions, and texts from the table here; never what a caller sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails, core_schema

from schemas.errors import Fault
from schemas.identifiers import ODDITIES, name_oddities, oddities

MAX_FAULTS: Final = 1_000
"""The most faults in one answer. More would help nobody, so the last one then says that there are more."""


MAX_FINDINGS: Final = 10_000
"""The most findings that are looked at one by one. Looking at more would take longer than reading the
message.
"""


MAX_SUGGESTIONS: Final = 20


MAX_NAME: Final = 60
"""The longest unknown name that is compared with known ones, because comparing costs the product of their
lengths.
"""


_MORE: Final = Fault("fouten.meer", "", "er zijn meer fouten dan hier getoond")


_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "json_invalid": ("json.ongeldig", "is geen geldige JSON, of te diep genest"),
    "missing": ("json.ontbreekt", "verplicht veld ontbreekt"),
    "extra_forbidden": ("json.onbekendVeld", "heeft een veld dat hier niet bestaat"),
    "string_type": ("json.soort", "moet tekst zijn"),
    "string_unicode": ("json.soort", "moet geldige Unicode-tekst zijn"),
    "int_type": ("json.soort", "moet een geheel getal zijn"),
    "int_parsing": ("json.soort", "moet een geheel getal zijn"),
    "int_from_float": ("json.soort", "moet een geheel getal zijn"),
    "int_parsing_size": ("json.bereik", "getal is te groot"),
    "float_type": ("json.soort", "moet een getal zijn"),
    "finite_number": ("json.bereik", "moet een eindig getal zijn"),
    "bool_type": ("json.soort", "moet true of false zijn"),
    "bytes_type": ("json.soort", "moet tekst zijn"),
    "list_type": ("json.soort", "moet een lijst zijn"),
    "tuple_type": ("json.soort", "moet een lijst zijn"),
    "dict_type": ("json.soort", "moet een object zijn"),
    "model_type": ("json.soort", "moet een object zijn"),
    "model_attributes_type": ("json.soort", "moet een object zijn"),
    "dataclass_type": ("json.soort", "moet een object zijn"),
    "none_required": ("json.soort", "moet null zijn"),
    "enum": ("json.keuze", "is geen van de toegestane waarden"),
    "literal_error": ("json.keuze", "is geen van de toegestane waarden"),
    "union_tag_invalid": ("json.keuze", "noemt geen soort die hier is toegestaan"),
    "union_tag_not_found": ("json.ontbreekt", "het veld dat de soort noemt ontbreekt"),
    "string_too_short": ("json.lengte", "tekst is te kort"),
    "string_too_long": ("json.lengte", "tekst is te lang"),
    "too_short": ("json.lengte", "lijst heeft te weinig elementen"),
    "too_long": ("json.lengte", "lijst heeft te veel elementen"),
    "string_pattern_mismatch": ("json.patroon", "heeft niet de voorgeschreven vorm"),
    "greater_than": ("json.bereik", "getal is te klein"),
    "greater_than_equal": ("json.bereik", "getal is te klein"),
    "less_than": ("json.bereik", "getal is te groot"),
    "less_than_equal": ("json.bereik", "getal is te groot"),
    "date_type": ("json.datum", "moet een datum zijn (JJJJ-MM-DD)"),
    "date_parsing": ("json.datum", "moet een datum zijn (JJJJ-MM-DD)"),
    "date_from_datetime_parsing": ("json.datum", "moet een datum zijn (JJJJ-MM-DD)"),
    "date_from_datetime_inexact": ("json.datum", "moet een datum zonder tijd zijn (JJJJ-MM-DD)"),
    "datetime_type": ("json.tijdstip", "moet een tijdstip met tijdzone zijn (RFC 3339)"),
    "datetime_parsing": ("json.tijdstip", "moet een tijdstip met tijdzone zijn (RFC 3339)"),
    "datetime_from_date_parsing": ("json.tijdstip", "moet een tijdstip met tijdzone zijn (RFC 3339)"),
    "timezone_aware": ("json.tijdstip", "tijdzone ontbreekt"),
    "bsn": ("json.bsn", "is geen geldig burgerservicenummer"),
}


_OTHER: Final = ("json.regel", "voldoet niet aan het schema")


def faults_of(error: ValidationError, model: type[BaseModel]) -> tuple[Fault, ...]:
    """Every finding as a Fault with a JSON pointer; never a value, nor a name that `model` does not know.

    A key of a free-form object shows as `*`. An unknown field is reported at its parent, with the known
    name it resembles, if any; after MAX_SUGGESTIONS unknown fields without. What this costs is bounded: of
    more than MAX_FAULTS findings the rest is one Fault that says so, of more than MAX_FINDINGS all are.
    """
    if error.error_count() > MAX_FINDINGS:
        return (Fault("fouten.meer", "", "er zijn meer fouten dan wij kunnen tonen"),)
    findings = error.errors(include_url=False, include_input=False, include_context=True)
    shown = findings if len(findings) <= MAX_FAULTS else findings[: MAX_FAULTS - 1]
    unknown = [i for i, found in enumerate(shown) if found["type"] == "extra_forbidden"]
    suggested = frozenset(unknown[:MAX_SUGGESTIONS])
    faults = tuple(_from_pydantic(found, model, suggest=i in suggested) for i, found in enumerate(shown))
    return faults if len(findings) == len(shown) else (*faults, _MORE)


def faults_of_identifier(text: str, place: str) -> Iterator[Fault]:
    """What is wrong with a text as a new identifier from outside. A stored model keeps such an identifier as
    it came.
    """
    return (Fault(code, place, ODDITIES[code]) for code in oddities(text))


def faults_of_name(text: str, place: str) -> Iterator[Fault]:
    """What is wrong with a text as a new name of an employee, which may be in any normal form of Unicode."""
    return (Fault(code, place, ODDITIES[code]) for code in name_oddities(text))


def faults_of_parameters(errors: Iterable[Mapping[str, Any]]) -> tuple[Fault, ...]:
    """Faults in parameters that FastAPI reads itself. Their names are ours unless they are unknown."""
    faults = []
    for found in errors:
        code, text = _TEXTS.get(found["type"], _OTHER)
        where = found["loc"]
        place = str(where[0]) if found["type"] == "extra_forbidden" else " ".join(map(str, where[:2]))
        faults.append(Fault(code, place, text))
    return tuple(faults)


def _from_pydantic(found: ErrorDetails, model: type[BaseModel], *, suggest: bool) -> Fault:
    kind = found["type"]
    code, text = _TEXTS.get(kind, _OTHER)
    if kind == "kenmerk":
        code = str(found["ctx"]["code"])
        text = ODDITIES[code]
    line = None
    if kind == "json_invalid":
        at = re.search(r"at line (\d+) column \d+$", str(found.get("ctx", {}).get("error", "")))
        line = int(at[1]) if at else None
    if kind == "extra_forbidden":
        pointer, names = _walk(model, found["loc"][:-1])
        name = str(found["loc"][-1])
        close = get_close_matches(name, names, n=1) if suggest and len(name) <= MAX_NAME else ()
        text += f"; bedoelt u {close[0]}?" if close else ""
    else:
        pointer, _ = _walk(model, found["loc"])
    return Fault(code, pointer, text, line)


class Schemas(GenerateJsonSchema):
    """JSON Schema that shows a type of our own with its own validator (Bsn) as text."""

    def handle_invalid_for_json_schema(
        self, schema: core_schema.CoreSchema, error_info: str
    ) -> JsonSchemaValue:
        if schema["type"] == "function-plain":
            return {"type": "string"}
        raise PydanticInvalidForJsonSchema(f"no JSON Schema for {error_info}")


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(schema_generator=Schemas, ref_template="{model}")


def _walk(model: type[BaseModel], loc: Sequence[int | str]) -> tuple[str, list[str]]:
    """The JSON pointer of a finding, and the names of the fields that are known there.

    What the schema does not know is left out, because pydantic also puts the tag of a union and the name of a
    validator in its locations.
    """
    root = _schema(model)
    definitions = root.get("$defs", {})
    here = _expand(root, definitions)
    pointer = ""
    for step in loc:
        if isinstance(step, int):
            inner = [sub for node in here for sub in _items(node, step)]
            shown = str(step)
        elif tagged := [node["discriminator"]["mapping"][step] for node in here if step in _tags(node)]:
            here = _expand({"$ref": tagged[0]}, definitions)
            continue
        elif any(step in node.get("properties", {}) for node in here):
            inner = [node["properties"][step] for node in here if step in node.get("properties", {})]
            shown = step
        else:
            inner = [
                node["additionalProperties"]
                for node in here
                if isinstance(node.get("additionalProperties"), dict)
            ]
            shown = "*"
        if inner:
            pointer += f"/{shown}"
            here = [node for sub in inner for node in _expand(sub, definitions)]
    return pointer, [name for node in here for name in node.get("properties", {})]


def _tags(node: Mapping[str, Any]) -> Mapping[str, str]:
    mapping: Mapping[str, str] = node.get("discriminator", {}).get("mapping", {})
    return mapping


def _items(node: Mapping[str, Any], position: int) -> list[Mapping[str, Any]]:
    listed = node.get("prefixItems", [])
    if position < len(listed):
        return [listed[position]]
    return [node["items"]] if isinstance(node.get("items"), dict) else []


def _expand(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The node itself and all alternatives it stands for, with references followed."""
    nodes = [node]
    if "$ref" in node:
        nodes += _expand(definitions[node["$ref"]], definitions)
    for kind in ("anyOf", "oneOf", "allOf"):
        for part in node.get(kind, ()):
            nodes += _expand(part, definitions)
    return nodes
