"""A form for a message, made from its published schema: the fields, their texts and what each may hold.

A field is named by where it stands in the message, `school.naam` or `doelen.0.omschrijving`, so that a fault
finds its field again. What is empty is left out. Whether a message is right is not judged here: the line does
that, when it is shown what would go and when it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from gateway.web.formulier import Invoer

Json = dict[str, Any]
MAX_ROWS: Final = 20
"""Rows of one list that a form shows."""
_LONG: Final = 500
"""A text that may be longer than this gets a box of several lines."""
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}")


class Veldsoort(StrEnum):
    TEKST = "tekst"
    TEKSTVAK = "tekstvak"
    DAG = "dag"
    GETAL = "getal"
    JANEE = "janee"
    KEUZE = "keuze"
    VINKJES = "vinkjes"
    REGELS = "regels"
    """A list of texts: one on each line."""


@dataclass(frozen=True, slots=True)
class Veld:
    """One field of a form."""

    naam: str
    label: str
    uitleg: str
    soort: Veldsoort
    nodig: bool
    opties: tuple[tuple[str, str], ...] = ()
    vrij: bool = False
    """A person writes here in his own words."""


@dataclass(frozen=True, slots=True)
class Groep:
    """Fields that belong together. `rijen`: it may be there more than once, and is shown so often."""

    naam: str
    titel: str
    uitleg: str
    nodig: bool
    delen: tuple[Veld | Groep, ...]
    rijen: int | None = None
    hoogstens: int = MAX_ROWS

    @property
    def meer(self) -> bool:
        """Whether one more row can be asked for."""
        return self.rijen is not None and self.rijen < self.hoogstens

    def gevuld(self, f: Invoer) -> bool:
        """Whether something in it was filled in, so that it stands open."""
        return any(n.startswith(f"{self.naam}.") and any(v) for n, v in f.waarden.items())


@dataclass(frozen=True, slots=True)
class Schemaformulier:
    """The form of one type of message. `schema` is the published one."""

    schema: Json
    zonder: frozenset[str] = frozenset()
    """Parts of the message that are filled in by who shows the form."""

    def delen(self, f: Invoer) -> tuple[Veld | Groep, ...]:
        """What the form shows, with as many rows in each list as were filled in or asked for."""
        return self._parts(self.schema, "", f)

    def inhoud(self, f: Invoer) -> Json:
        """The message that was filled in; what is empty is not there."""
        return _read(self.delen(f), f)

    def veld_van(self, plaats: str, f: Invoer) -> str | None:
        """The field in which a fault at a place (a JSON pointer in the message) can be mended; None: none."""
        name = plaats.strip("/").replace("/", ".")
        names = list(_names(self.delen(f)))
        if name in names:
            return name
        # Of a place in a list of texts, or of a whole that is missing: the field around it, or its first.
        above = [n for n in names if name.startswith(f"{n}.")]
        below = [n for n in names if n.startswith(f"{name}.")]
        return max(above, key=len) if above else (below[0] if below else None)

    def _parts(self, node: Json, prefix: str, f: Invoer) -> tuple[Veld | Groep, ...]:
        required = frozenset(node.get("required", ()))
        made = []
        for alias, raw in node.get("properties", {}).items():
            name = f"{prefix}{alias}"
            if name in self.zonder:
                continue
            made.append(self._part(name, raw, f, nodig=alias in required))
        return tuple(p for p in made if p is not None)

    def _part(self, name: str, raw: Json, f: Invoer, *, nodig: bool) -> Veld | Groep | None:
        node = self._resolved(raw)
        label = str(raw.get("title", name))
        told = _beyond(label, str(raw.get("description", "")))
        if node.get("type") == "object":
            return Groep(name, label, told, nodig, self._parts(node, f"{name}.", f))
        if node.get("type") != "array":
            return _field(name, label, told, node, nodig=nodig)
        item = self._resolved(node["items"])
        most = min(int(node.get("maxItems", MAX_ROWS)), MAX_ROWS)
        if item.get("type") == "object":
            rows = min(_rows(name, f), most)
            parts = tuple(
                Groep(
                    f"{name}.{i}",
                    f"{label} {i + 1}",
                    "",
                    nodig=False,
                    delen=self._parts(item, f"{name}.{i}.", f),
                )
                for i in range(rows)
            )
            return Groep(name, label, told, nodig, parts, rijen=rows, hoogstens=most)
        if "enum" in item:
            return Veld(name, label, told, Veldsoort.VINKJES, nodig, _options(item))
        return Veld(name, label, told, Veldsoort.REGELS, nodig, vrij=True)

    def _resolved(self, node: Json) -> Json:
        """The schema itself, behind a reference and without the null that says that it may be absent."""
        while True:
            if "$ref" in node:
                node = self.schema["$defs"][node["$ref"].rpartition("/")[2]]
            elif "anyOf" in node:
                node = next(n for n in node["anyOf"] if n.get("type") != "null")
            else:
                return node


def met_rij(f: Invoer, groep: str) -> Invoer:
    """The same form with one row more in a list."""
    rows = _rows(groep, f)
    return replace(f, waarden={**f.waarden, f"{groep}#": (str(min(rows + 1, MAX_ROWS)),)})


def velden(f: Invoer) -> dict[str, tuple[str, ...]]:
    """What was filled in, as it is kept."""
    return {n: v for n, v in f.waarden.items() if n not in ("csrf", "sleutel", "wat") and any(v)}


def uit(inhoud: Mapping[str, Any], prefix: str = "") -> dict[str, tuple[str, ...]]:
    """The fields of a message that is there already, to begin a form with."""
    found: dict[str, tuple[str, ...]] = {}
    for alias, value in inhoud.items():
        name = f"{prefix}{alias}"
        if isinstance(value, Mapping):
            found |= uit(value, f"{name}.")
        elif isinstance(value, list | tuple) and any(isinstance(v, Mapping) for v in value):
            for i, item in enumerate(value):
                found |= uit(item, f"{name}.{i}.")
        elif isinstance(value, list | tuple):
            found[name] = ("\n".join(map(str, value)),)
        else:
            found[name] = (str(value),)
    return found


def _field(name: str, label: str, told: str, node: Json, *, nodig: bool) -> Veld | None:
    free = bool(node.get("x-vrije-tekst")) or node.get("maxLength", 0) > _LONG
    if "const" in node:
        return None
    if "enum" in node:
        return Veld(name, label, told, Veldsoort.KEUZE, nodig, _options(node))
    kind = node.get("type")
    if kind == "boolean":
        return Veld(name, label, told, Veldsoort.JANEE, nodig, (("ja", "Ja"), ("nee", "Nee")))
    if kind in ("integer", "number"):
        return Veld(name, label, told, Veldsoort.GETAL, nodig)
    if node.get("format") == "date":
        return Veld(name, label, told, Veldsoort.DAG, nodig)
    long = free and node.get("maxLength", 0) > _LONG * 2
    return Veld(name, label, told, Veldsoort.TEKSTVAK if long else Veldsoort.TEKST, nodig, vrij=free)


def _beyond(label: str, told: str) -> str:
    """What a text says beyond the label that stands above it; empty when it says the same."""
    return "" if told.strip(".").casefold() == label.casefold() else told


def _options(node: Json) -> tuple[tuple[str, str], ...]:
    return tuple((str(v), gewoon(str(v))) for v in node["enum"])


def gewoon(code: str) -> str:
    """A code as a person reads it: `een_ouder` is Een ouder."""
    said = code.replace("_", " ").strip()
    return said[:1].upper() + said[1:]


def _rows(name: str, f: Invoer) -> int:
    """As many rows as were filled in or asked for, and at least one."""
    form = re.compile(rf"{re.escape(name)}\.([0-9]{{1,2}})\.")
    found = [int(m[1]) + 1 for n, v in f.waarden.items() if any(v) and (m := form.match(n))]
    asked = f.tekst(f"{name}#")
    return max([1, *found, *([int(asked)] if asked.isdecimal() and len(asked) < 3 else [])])  # noqa: PLR2004


def _names(parts: tuple[Veld | Groep, ...]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Groep):
            yield from _names(part.delen)
        else:
            yield part.naam


def _read(parts: tuple[Veld | Groep, ...], f: Invoer) -> Json:
    out: Json = {}
    for part in parts:
        alias = part.naam.rpartition(".")[2]
        value: Any
        if isinstance(part, Veld):
            value = _value(part, f)
        elif part.rijen is None:
            value = _read(part.delen, f)
        else:
            value = [found for row in part.delen if isinstance(row, Groep) and (found := _read(row.delen, f))]
        if value not in (None, "", {}, []):
            out[alias] = value
    return out


def _value(veld: Veld, f: Invoer) -> Any:
    """What stands in a field, in the type of the message. What is not of it stays text, to be refused by
    name.
    """
    text = f.tekst(veld.naam)
    match veld.soort:
        case Veldsoort.VINKJES:
            return [v for v in f.alle(veld.naam) if v]
        case Veldsoort.REGELS:
            return [line.strip() for line in text.splitlines() if line.strip()]
        case Veldsoort.JANEE:
            return {"ja": True, "nee": False}.get(text)
        case Veldsoort.GETAL:
            return int(text) if _INTEGER.fullmatch(text) else text
        case _:
            return text
