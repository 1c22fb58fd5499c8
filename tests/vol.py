"""Messages of every type with a marked value in every leaf that can hold one.

Leaves exclude each other (a reason why not, beside what it is about), so a type takes more than one message:
each begins with the published example and takes in what still fits, and there are as many as it takes. What a
leaf holds is found by trying: a mark, a mark in letters, an address, digits, and else what its type allows.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from schemas.base import unwrap
from schemas.messages.berichten import BERICHTEN
from schemas.publication.voorbeelden import VOORBEELDEN
from tests.builders import a_bsn

Json = dict[str, Any]
LETTERS: Final = "bcdfghjkmn"
BORN: Final = "2017-03-14"
"""Of whom every message is about: the case decides about it, so it is the same everywhere."""


class Vol(NamedTuple):
    """One message, and its marks by leaf path."""

    inhoud: Json
    marks: dict[str, str]


class Blad(NamedTuple):
    path: tuple[str, ...]
    """Keys, with `[]` behind one that holds a list."""
    annotation: Any
    models: tuple[type[BaseModel], ...]
    """The model that each key stands in."""

    @property
    def pad(self) -> str:
        return ".".join(self.path)


@cache
def bladen(model: type[BaseModel], above: tuple[str, ...] = (), models: Any = ()) -> tuple[Blad, ...]:
    found: list[Blad] = []
    for name, field in model.model_fields.items():
        inner, many, _ = unwrap(field.annotation)
        key = (field.serialization_alias or field.alias or name) + ("[]" if many else "")
        here = (*models, model)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += bladen(inner, (*above, key), here)
        else:
            found.append(Blad((*above, key), _with_metadata(field), here))
    return tuple(found)


def _with_metadata(field: Any) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


class Marker:
    """Unique texts, each in the forms a field may ask for."""

    def __init__(self, prefix: str) -> None:
        self.prefix, self.count = prefix, 0

    def candidates(self) -> Iterator[str]:
        self.count += 1
        n = f"{self.count:05}"
        letters = self.prefix + "".join(LETTERS[int(c)] for c in n)
        yield f"{self.prefix}{n}zz"
        yield letters.capitalize()
        yield f"{letters}@voorbeeld.example"
        yield f"09{self.count * 7919 % 10**8:08}"
        yield f"https://{letters}.example/"


def vol(soort: str, marker: Marker) -> list[Vol]:
    """As many messages as are needed for every leaf that fits in one at all."""
    model = BERICHTEN[soort]
    first = _marked(soort, marker)
    left = [b for b in bladen(model) if _at(first.inhoud, b.path) is None]
    left = [b for b in left if not _swap(model, first, b, marker)]
    made = [first]
    for blad in left:
        if any(_at(v.inhoud, blad.path) is not None for v in made):
            continue
        # Something excludes it: leave that out of a message that begins anew.
        base = _marked(soort, marker)
        if any(_swap(model, without, blad, marker) for without in _without_one(base, blad)):
            made.append(base)
            for other in left:
                if _at(base.inhoud, other.path) is None:
                    _swap(model, base, other, marker)
    return made


def _without_one(made: Vol, blad: Blad) -> Iterator[Vol]:
    """The same message with one thing less beside the leaf, or beside what it is in; changed in place."""
    whole, marks = copy.deepcopy(made.inhoud), dict(made.marks)
    for depth in range(len(blad.path) - 1, -1, -1):
        above = _at(whole, blad.path[:depth]) if depth else whole
        own = blad.path[depth].removesuffix("[]")
        for key in [k for k in above if k != own] if isinstance(above, dict) else []:
            made.inhoud.clear()
            made.inhoud.update(copy.deepcopy(whole))
            beside = _at(made.inhoud, blad.path[:depth]) if depth else made.inhoud
            del beside[key]
            gone = ".".join((*blad.path[:depth], key))
            made.marks.clear()
            made.marks.update(
                {p: m for p, m in marks.items() if not re.match(re.escape(gone) + r"(\[\]|\.|$)", p)}
            )
            yield made
    made.inhoud.clear()
    made.inhoud.update(whole)
    made.marks.clear()
    made.marks.update(marks)


def missing(soort: str, made: list[Vol]) -> set[str]:
    """Leaves that are in none of the messages."""
    return {b.pad for b in bladen(BERICHTEN[soort])} - {p for v in made for p, _ in values(v.inhoud)}


def _marked(soort: str, marker: Marker) -> Vol:
    """The example with a mark in place of each of its texts that may be another."""
    inhoud = copy.deepcopy(VOORBEELDEN[soort])
    made = Vol(inhoud, {})
    for blad in bladen(BERICHTEN[soort]):
        if _at(inhoud, blad.path) is not None:
            _swap(BERICHTEN[soort], made, blad, marker)
    return made


def _swap(model: type[BaseModel], made: Vol, blad: Blad, marker: Marker) -> bool:
    """Puts a value of its own into a leaf, if the message is still a good one with it."""
    if blad.path[-1] == "leerlingid":
        return False  # the key of the sender's own system, which the envelope names
    said = _said(blad)
    for value, mark in options(blad.annotation, marker) if said is None else [(said, None)]:
        trial = copy.deepcopy(made.inhoud)
        _put(trial, blad, value, marker)
        if _good(model, trial):
            made.inhoud.clear()
            made.inhoud.update(trial)
            if mark:
                made.marks[blad.pad] = mark
            return True
    return False


def _said(blad: Blad) -> str | None:
    """What must stand there for the line to take the message from its sender; None where anything may."""
    if blad.path[-1] == "geboortedatum" and "leerling" in blad.path:
        return BORN
    if blad.path[-1] in ("beslotenDoor", "beantwoordDoor"):
        return "gemeente:9999"  # who mandated both senders (tests/flow/test_berichten.py)
    if blad.path[-2:] == ("identificaties[]", "soort"):
        return "intern"  # a number of another kind than that of the sender names nobody else
    return None


def _good(model: type[BaseModel], inhoud: Json) -> bool:
    try:
        model.model_validate_json(json.dumps(inhoud))
    except ValidationError:
        return False
    return True


@cache
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def options(annotation: Any, marker: Marker) -> Iterator[tuple[Any, str | None]]:
    """Values of one leaf, the marked ones first, each with its mark."""
    _, many, _ = unwrap(annotation)

    def fits(value: object) -> bool:
        try:
            _adapter(annotation).validate_json(json.dumps([value] if many else value))
        except ValidationError:
            return False
        return True

    def shown(value: Any) -> Any:
        return [value] if many else value

    for text in marker.candidates():
        if fits(text):
            yield shown(text), text
            break
    for value in _plain(annotation):
        if fits(value):
            yield shown(value), None


def _plain(annotation: Any) -> Iterator[Any]:
    inner, _, _ = unwrap(annotation)
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        yield from (e.value for e in inner)
    elif get_origin(inner) is Literal:
        yield from get_args(inner)
    for option in get_args(inner):
        yield from _plain(option)
    yield from (True, False, 7, "2026-09-01", "2027-03-01", "2026-09-01T10:00:00Z", "08:30", "2026-2027")
    yield from (
        "99ZZ",
        "00",
        "99ZZ00",
        "0363",
        "999990019",
        "1234AB",
        "agb:99999901",
        "brin:99ZZ00",
        "1.5",
        2.5,
    )
    yield from (
        "sha256:" + "0" * 64,
        "01",
        "1",
        "A",
        "0" * 32,
        "99999901",
        "900000000",
        a_bsn(),
        "00000001234567890000",
        "p1",
    )


def _put(into: Json, blad: Blad, value: Any, marker: Marker) -> None:
    """At its path, making what is above it with all that must stand there."""
    here: Any = into
    for i, key in enumerate(blad.path[:-1]):
        name, many = key.removesuffix("[]"), key.endswith("[]")
        if not here.get(name):
            made = least(blad.models[i + 1], marker)
            here[name] = [made] if many else made
        here = here[name][0] if many else here[name]
    here[blad.path[-1].removesuffix("[]")] = value


def least(model: type[BaseModel], marker: Marker) -> Json:
    """Only what a model must have."""
    made: Json = {}
    for name, field in model.model_fields.items():
        if not field.is_required():
            continue
        key = field.serialization_alias or field.alias or name
        inner, many, _ = unwrap(field.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            below = least(inner, marker)
            made[key] = [below] if many else below
        else:
            found = next((v for v, _ in options(_with_metadata(field), marker)), None)
            if found is not None:
                made[key] = found
    return made


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(data, dict):
            return None
        data = data.get(key.removesuffix("[]"))
        if key.endswith("[]") and isinstance(data, list):
            data = data[0] if data else None
    return data


def values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(leaf path, value) of everything in a message."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from values(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from values(item, f"{path}[]")
    else:
        yield path, value
