"""What is wrong with a file of a practice, with its place."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from consent.plaatsen import line_numbers, placed
from consent.vorm import form_faults
from schemas.errors import Fault

__all__ = ["form", "line_numbers", "placed"]


def form(error: ValidationError, place: str) -> Iterator[Fault]:
    text = "Dit veld ontbreekt, is onbekend of klopt niet."
    found = tuple(form_faults(error, "praktijk.vorm", text))
    for f in found:
        if not any(other.place.startswith(f"{f.place}/") for other in found):
            yield Fault(f.code, place + f.place, f.text)
