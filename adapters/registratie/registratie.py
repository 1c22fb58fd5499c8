"""From what a reader of EDEXML objects found to a translation, a refusal or a report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic import ValidationError

from adapters.registratie.leerlingen import Reader
from adapters.xml import parser as xml
from adapters.xml.nodes import Found
from schemas.errors import Fault, InvalidMessage
from schemas.messages.registratie import Registratiecontrole, Registratievertaling, Schoolregistratie
from schemas.messages.vertaling import Bevinding

MEER: Final = "Er zijn meer fouten dan hier worden genoemd."


def bounded(
    structure: Iterable[Fault], found: list[Found], line: Callable[[str], int | None]
) -> tuple[Fault, ...]:
    """All faults in document order, bounded: looking up a line costs and the sender decides how many."""
    faults = [*structure, *(Fault(*f, line(f.place)) for f in found[: xml.MAX_FAULTS])]
    if len(found) > xml.MAX_FAULTS:
        faults.append(Fault("registratie.meer", found[xml.MAX_FAULTS].place, MEER))
    return tuple(sorted(faults, key=lambda f: f.line if f.line is not None else sys.maxsize))


def findings(found: Iterable[Found], line: Callable[[str], int | None]) -> tuple[Bevinding, ...]:
    return tuple(Bevinding(*f, line(f.place)) for f in found)


def build(content: dict[str, Any]) -> Schoolregistratie | tuple[Fault, ...]:
    """The message. When something does not fit, it is told by field, because pydantic's own text holds the
    values.
    """
    try:
        return Schoolregistratie.model_validate(content, by_name=True, by_alias=False, extra="ignore")
    except ValidationError as error:
        fields = [".".join(str(step) for step in e["loc"]) for e in error.errors(include_input=False)]
    return tuple(
        Fault("registratie.waarde", "/", f"De waarde van {field} past niet in het gedeelde schema.")
        for field in fields[: xml.MAX_FAULTS]
    )


def finish(
    document: xml.Document, reader: Reader, structure: list[Fault], odd: list[Found], herkomst: dict[str, Any]
) -> Registratievertaling | Registratiecontrole:
    """The translation, or everything against it."""
    bevindingen = findings((*odd, *reader.tally.found()), document.line)
    if structure or reader.faults:
        return Registratiecontrole(bounded(structure, reader.faults, document.line), bevindingen)
    bericht = build({**reader.content, "herkomst": herkomst})
    if isinstance(bericht, tuple):
        return Registratiecontrole(bericht, bevindingen)
    return Registratievertaling(bericht, bevindingen)


def report(result: object) -> Registratiecontrole:
    """What a check says of an outcome, also when it is good."""
    if isinstance(result, Registratiecontrole):
        return result
    return Registratiecontrole((), getattr(result, "bevindingen", ()))


def refused(error: InvalidMessage) -> Registratiecontrole:
    return Registratiecontrole(error.faults, ())
