"""The one base model, and the labels that say to which Gegevenscategorie a field belongs.

A field of a message leaves the gateway only when its category was agreed to, so a field without a
category is a programming error that must show at import, not at hand-over. `Bericht` (bericht.py) runs
`leaves()` over itself when the class is made.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from schemas.keuze import Keuze


class Model(BaseModel):
    """Frozen, strict, no unknown fields, camelCase on the wire, and never the input in an error."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        defer_build=True,  # a command of the command line uses a few of the hundred models; see `build_all`
    )


def build_all() -> None:
    """Makes the validators of all models that are imported, for a process that lives long.

    Without this each is made when it is first used: right for a command of the command line, and in a gateway
    a request would wait for it.
    """
    known: list[type[BaseModel]] = [Model]
    for model in known:
        known.extend(model.__subclasses__())
        model.model_rebuild()


class Gegevenscategorie(Keuze):
    """What a field is about (design §4). The value is the code on the wire.

    `niveau` 1 is ordinary, 2 is sensitive, 3 needs an explicit statement per category (AVG 9), 0 never
    leaves the gateway whoever agrees. Of `nummer` one field (`OP_REGEL`) leaves where a rule of a flow gives
    it.
    """

    CONTACT = "contact"
    ONDERWIJSPOSITIE = "onderwijspositie"
    DOELEN = "doelen"
    FACTOREN = "factoren"
    VERZUIM = "verzuim"
    LEERRESULTATEN = "leerresultaten"
    BESLUITEN = "besluiten"
    GEZONDHEID = "gezondheid"
    JEUGDHULP = "jeugdhulp"
    GEZIN_VEILIGHEID = "gezin_veiligheid"
    LEERLINGSTEM = "leerlingstem"
    BIJLAGE = "bijlage"
    DERDEN = "derden"
    NUMMER = "nummer"
    HERKOMST = "herkomst"

    # an Enum hashes its name in Python at every look-up of a field's category, which is slower
    __hash__ = str.__hash__

    @property
    def niveau(self) -> int:
        return _NIVEAU[self]


_NIVEAU = {
    Gegevenscategorie.CONTACT: 1,
    Gegevenscategorie.ONDERWIJSPOSITIE: 1,
    Gegevenscategorie.DOELEN: 2,
    Gegevenscategorie.FACTOREN: 2,
    Gegevenscategorie.VERZUIM: 2,
    Gegevenscategorie.LEERRESULTATEN: 2,
    Gegevenscategorie.BESLUITEN: 2,
    Gegevenscategorie.GEZONDHEID: 3,
    Gegevenscategorie.JEUGDHULP: 3,
    Gegevenscategorie.GEZIN_VEILIGHEID: 3,
    Gegevenscategorie.LEERLINGSTEM: 3,
    Gegevenscategorie.BIJLAGE: 3,
    Gegevenscategorie.DERDEN: 0,
    Gegevenscategorie.NUMMER: 0,
    Gegevenscategorie.HERKOMST: 0,
}
NOOIT = frozenset(c for c, niveau in _NIVEAU.items() if niveau == 0)
"""Categories that never leave, whoever agrees: neither toestemming nor a weighing opens them."""


def iets(*delen: object) -> None:
    """Raises inside a validator when none of these fields is filled, because a message about nothing is a
    mistake.
    """
    if not any(deel is not None and deel != () for deel in delen):
        raise PydanticCustomError("leeg", "hier staat niets in")


@dataclass(frozen=True, slots=True)
class _Vrij:
    """Marks text that a person wrote freely: it may hold anything, so it leaves only after a review."""


@dataclass(frozen=True, slots=True)
class Zwaar:
    """Marks a field that counts as level 3, whatever its category is.

    Free text does until a person judged that nothing of level 3 stands in it. A code (`bij`) does where it
    says one of these words: the field is told apart by its value, not by its name.
    """

    bij: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Paar:
    """Marks a key that every partner would otherwise know a case by: each gets one of its own."""


@dataclass(frozen=True, slots=True)
class _OpRegel:
    """Marks the one field of a category of `NOOIT` that goes where a rule of a flow gives it, and on nothing
    else.
    """


VRIJ = _Vrij()
ZWAAR = Zwaar()
PAAR = _Paar()
OP_REGEL = _OpRegel()
Tekst = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
VrijeTekst = Annotated[str, StringConstraints(min_length=1, max_length=8_000), VRIJ]


@dataclass(frozen=True, slots=True)
class Blad:
    """One field of a message: its path (`bronfeiten.toetsen[].naam`), its category, and its kind of text."""

    pad: str
    categorie: Gegevenscategorie
    vrij: bool
    zwaar: Zwaar | None = None
    paar: bool = False
    op_regel: bool = False
    tekst: bool = False
    """Any text may stand here: it has no form of its own."""


class UnlabelledFieldError(TypeError):
    """A message class has a field without exactly one Gegevenscategorie. Raised while the class is made."""


@cache
def leaves(model: type[BaseModel]) -> tuple[Blad, ...]:
    """Every leaf of `model` in definition order; list positions are written `[]`.

    A label stands on the leaf itself or on one container above it, which then covers all leaves below.
    Raises UnlabelledFieldError naming every leaf with no label or with more than one.
    """
    found: list[Blad] = []
    wrong: list[str] = []
    for path, labels, free, metadata, plain in _walk(model, "", ()):
        if len(labels) == 1:
            heavy = next((m for m in metadata if isinstance(m, Zwaar)), None)
            found.append(Blad(path, labels[0], free, heavy, PAAR in metadata, OP_REGEL in metadata, plain))
        else:
            wrong.append(f"{path} ({len(labels)} labels)")
    if wrong:
        raise UnlabelledFieldError(f"{model.__name__}: {', '.join(wrong)}")
    return tuple(found)


def _walk(
    model: type[BaseModel], prefix: str, above: tuple[Gegevenscategorie, ...]
) -> Iterator[tuple[str, tuple[Gegevenscategorie, ...], bool, list[Any], bool]]:
    for name, field in model.model_fields.items():
        path = f"{prefix}{field.serialization_alias or field.alias or name}"
        labels = above + tuple(m for m in field.metadata if isinstance(m, Gegevenscategorie))
        inner, many, free = unwrap(field.annotation)
        free = free or VRIJ in field.metadata
        path += "[]" if many else ""
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _walk(inner, path + ".", labels)
        else:
            shaped = any(getattr(m, "pattern", None) for m in (*field.metadata, *_inside(field.annotation)))
            yield path, labels, free, field.metadata, inner is str and not shaped


def _inside(annotation: Any) -> Iterator[Any]:
    """What is annotated anywhere inside a type."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
    for inner in get_args(annotation):
        yield from _inside(inner)


def unwrap(annotation: Any) -> tuple[Any, bool, bool]:
    """The type inside Optional, tuple[...] and Annotated; whether it was a tuple; whether it was free
    text.
    """
    many = free = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            free = free or VRIJ in annotation.__metadata__
            annotation = annotation.__origin__
        elif origin is tuple:
            many, annotation = True, get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            rest = [a for a in get_args(annotation) if a is not type(None)]
            if len(rest) != 1:
                return annotation, many, free
            annotation = rest[0]
        else:
            return annotation, many, free
