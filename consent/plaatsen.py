"""Where in a TOML file something stands: the line of each table in a list, and of its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from schemas.errors import Fault

_HEAD: Final = re.compile(r"^\s*(\[{1,2})\s*([A-Za-z.]+)\s*\]{1,2}")
_KEY: Final = re.compile(r"^\s*([A-Za-z]+)\s*=")


def line_numbers(text: str) -> dict[str, int]:
    """The place of every table and field, as a JSON pointer, with its line."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    at = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _HEAD.match(line):
            name = head[2].replace(".", "/")
            if head[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                at = f"/{name}/{counts[name]}"
            else:
                at = f"/{name}"
            found.setdefault(at, number)
        elif key := _KEY.match(line):
            found.setdefault(f"{at}/{key[1]}", number)
    return found


def placed(f: Fault, bestand: str, lines: Mapping[str, int]) -> Fault:
    """With the file before its place, and the nearest line that a reader goes to."""
    place = f.place.rstrip("/")
    while place and place not in lines:
        place = place.rpartition("/")[0]
    return replace(f, place=f"{bestand}{f.place}", line=lines.get(place, f.line))
