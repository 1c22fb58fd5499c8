"""What may stand in a place, in words to put behind "this is not allowed": bounded, and never what was found.

Everything here comes from a schema or a list of ours. What pydantic says of a finding also holds the value
that was sent, so only the parts that the schema wrote are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

MOST: Final = 40
"""The most values that are named; a longer list says how many more there are."""
LONGEST: Final = 80
"""The longest pattern that is shown."""
_QUOTED: Final = re.compile(r"'((?:[^'\\]|\\.)*)'")
_BOUNDS: Final = {
    "min_length": "minstens {}",
    "max_length": "hoogstens {}",
    "gt": "meer dan {}",
    "ge": "minstens {}",
    "lt": "minder dan {}",
    "le": "hoogstens {}",
}


def listed(values: Iterable[str]) -> str:
    """The values with commas between them, in their own order, and how many more there are."""
    names = list(values)
    more = f" en {len(names) - MOST} andere" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def allowed(context: Mapping[str, Any]) -> str:
    """From the context of a finding of pydantic: `: ja, nee`, or nothing when the schema says no more."""
    names = context.get("expected_tags") or context.get("expected")
    if isinstance(names, str):
        found = _QUOTED.findall(names) or [n for n in re.split(r", | or ", names) if n]
        return f": {listed(found)}"
    pattern = context.get("pattern")
    if isinstance(pattern, str):
        return f": {pattern}" if len(pattern) <= LONGEST else ""
    said = [
        text.format(context[name])
        for name, text in _BOUNDS.items()
        if isinstance(context.get(name), int | float)
    ]
    return f": {', '.join(said)}" if said else ""
