"""From TOML to a model, for all policy that people write: profiles, convenanten, regional values."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final

from pydantic import ValidationError

from schemas.allowed import allowed
from schemas.errors import Fault, InvalidMessage
from schemas.messages.berichten import BERICHTEN
from schemas.toml import read_toml

DUBBEL: Final = "Dit staat er twee keer in."


_LINE: Final = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")


def parse_toml(text: str) -> dict[str, Any]:
    """The data in a text. Raises InvalidMessage when it is not TOML, with the line where that is known."""
    try:
        return read_toml(text)
    except (ValueError, RecursionError) as error:
        found = _LINE.search(str(error))  # of the words of the parser only the number: they quote the text
        line = None if found is None else int(found[1])
        raise InvalidMessage((Fault("toml", "/", "Dit is geen geldige TOML.", line),)) from None


def as_json(data: object) -> bytes:
    """TOML knows dates, and our models take them as JSON writes them."""
    return json.dumps(data, default=str).encode()


def form_faults(error: ValidationError, code: str, text: str) -> Iterator[Fault]:
    """The places of the faults and what is allowed there, because what was written there may be anything."""
    for e in error.errors(include_input=False, include_url=False):
        yield Fault(code, "/" + "/".join(map(str, e["loc"])), f"{text[:-1]}{allowed(e.get('ctx', {}))}.")


def deepest(faults: Collection[Fault]) -> Iterator[Fault]:
    """Without the faults of what has a fault inside: a list with a wrong item counts as too short besides."""
    around: set[str] = set()
    for f in faults:
        *parts, _ = f.place.split("/")
        around.update("/".join(parts[: n + 1]) for n in range(len(parts)))
    return (f for f in faults if f.place not in around)


def doubles(found: object, place: str, code: str) -> Iterator[Fault]:
    """A fault for each item of a list that stands in it a second time. What is not a list has its fault
    elsewhere.
    """
    seen: set[bytes] = set()
    for i, each in enumerate(found if isinstance(found, list) else ()):
        if as_json(each) in seen:
            yield Fault(code, f"{place}/{i}", DUBBEL)
        seen.add(as_json(each))


def known_bericht(soort: str) -> str:
    """For a model: the name of a message type there is."""
    if soort not in BERICHTEN:
        raise ValueError("unknown message type")
    return soort
