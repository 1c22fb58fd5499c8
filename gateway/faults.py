"""What is wrong with input, as Faults: every finding of pydantic with a Dutch text and a place.

A Fault names fields of our own schemas, positions, and texts from the table here; never what a caller sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails, core_schema

from schemas.allowed import allowed
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
    name it resembles, if any; after MAX_SUGGESTIONS unknown fields without. Where one of several kinds may
    stand, only what is wrong with the kind that was sent is told; and a field under another name is not
    missing as well. What this costs is bounded: of more than MAX_FAULTS findings the rest is one Fault that
    says so, of more than MAX_FINDINGS all are.
    """
    if error.error_count() > MAX_FINDINGS:
        return (Fault("fouten.meer", "", "er zijn meer fouten dan wij kunnen tonen"),)
    findings = error.errors(include_url=False, include_input=False, include_context=True)
    shown = findings if len(findings) <= MAX_FAULTS else findings[: MAX_FAULTS - 1]
    walked = [_walk(model, found["loc"]) for found in shown]
    kinds = _of_one_kind(shown, walked)
    unknown = [i for i, found in enumerate(shown) if found["type"] == "extra_forbidden"]
    close = {i: _resembles(model, shown[i]) for i in unknown[:MAX_SUGGESTIONS]}
    meant = {f"{_walk(model, shown[i]['loc'][:-1]).pointer}/{name}" for i, name in close.items() if name}
    faults = tuple(
        _from_pydantic(found, model, walked[i].pointer, kinds[i], close.get(i))
        for i, found in enumerate(shown)
        if i in kinds and not (found["type"] == "missing" and walked[i].pointer in meant)
    )
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
        text += allowed(found.get("ctx") or {})
        where = found["loc"]
        place = str(where[0]) if found["type"] == "extra_forbidden" else " ".join(map(str, where[:2]))
        faults.append(Fault(code, place, text))
    return tuple(faults)


def _of_one_kind(shown: Sequence[ErrorDetails], walked: Sequence[Walked]) -> dict[int, str]:
    """The findings to tell, each with what to say in the place of its own words (empty: its own).

    Where a value may be of several kinds pydantic tells what each of them has against it. What was sent is of
    the kind that accepts it as a whole and misses something inside; is it of none, then one Fault names all.
    """
    kept = dict.fromkeys(range(len(shown)), "")
    choices: dict[tuple[int | str, ...], dict[int | str, list[int]]] = {}
    for i, found in enumerate(shown):
        # The last step of an unknown field is the name that was sent.
        steps = len(found["loc"]) - (found["type"] == "extra_forbidden")
        for at in (at for at in walked[i].labels if at < steps):
            kinds = choices.setdefault(found["loc"][:at], {})
            kinds.setdefault(found["loc"][at], []).append(i)
    for place, kinds in choices.items():
        if len(kinds) == 1:
            continue
        whole = [
            rows
            for label, rows in kinds.items()
            if all(shown[i]["loc"] != (*place, label) or not _is_kind(shown[i]) for i in rows)
        ]
        told = min(whole, key=len) if whole else next(iter(kinds.values()))[:1]
        for rows in kinds.values():
            for i in set(rows) - set(told):
                kept.pop(i, None)
        if not whole:
            texts = dict.fromkeys(_TEXTS.get(shown[i]["type"], _OTHER)[1] for r in kinds.values() for i in r)
            kept[told[0]] = ", of ".join(texts)
    return kept


def _is_kind(found: ErrorDetails) -> bool:
    """Whether a finding says that a value is of another kind altogether."""
    return _TEXTS.get(found["type"], _OTHER)[0] == "json.soort"


def _resembles(model: type[BaseModel], found: ErrorDetails) -> str:
    name = str(found["loc"][-1])
    names = _walk(model, found["loc"][:-1]).names if len(name) <= MAX_NAME else ()
    return next(iter(get_close_matches(name, names, n=1)), "")


def _from_pydantic(
    found: ErrorDetails, model: type[BaseModel], pointer: str, instead: str, close: str | None
) -> Fault:
    kind, context = found["type"], found.get("ctx", {})
    code, text = _TEXTS.get(kind, _OTHER)
    text = instead or text + allowed(context)
    line = None
    if kind == "kenmerk":
        code = str(context["code"])
        text = ODDITIES[code]
    elif kind == "json_invalid":
        at = re.search(r"at line (\d+) column \d+$", str(context.get("error", "")))
        line = int(at[1]) if at else None
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        pointer += "/" + str(context["discriminator"]).strip("'")
    elif kind == "extra_forbidden":
        pointer = _walk(model, found["loc"][:-1]).pointer
        text += f"; bedoelt u {close}?" if close else ""
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


@dataclass(frozen=True, slots=True)
class Walked:
    """Where a finding is: its JSON pointer, the names of the fields that are known there, and which steps of
    its location are no part of the document.
    """

    pointer: str
    names: tuple[str, ...]
    labels: tuple[int, ...]


def _walk(model: type[BaseModel], loc: Sequence[int | str]) -> Walked:
    """Follows the location of a finding through the schema.

    What the schema does not know is left out of the pointer, because pydantic also puts the tag of a union
    and the name of each kind that a value may have in its locations.
    """
    root = _schema(model)
    definitions = root.get("$defs", {})
    here = _expand(root, definitions)
    pointer = ""
    labels = []
    for at, step in enumerate(loc):
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
        elif any(_several(node) for node in here):
            labels.append(at)
    return Walked(pointer, tuple(name for node in here for name in node.get("properties", {})), tuple(labels))


def _several(node: Mapping[str, Any]) -> bool:
    """Whether a value may be of more kinds than one, besides null."""
    return len([kind for kind in node.get("anyOf", ()) if kind.get("type") != "null"]) > 1


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
