"""Reading TOML that somebody else wrote: the parser of the standard library, and a bound that it lacks."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

MAX_PARTS: Final = 16
"""Parts of one dotted key. Nothing of ours has more than four; for a key of 50,000 the parser takes minutes
and gigabytes, since it remembers every beginning of it."""
MAX_SIGNS: Final = 300_000
"""Of `=`, `[` and `.` together, and so of keys, tables and parts of keys: the parser takes about a kilobyte
for each. A register of five thousand partijen has half of that."""
# Possessive, and only from where a part begins, so that any text takes time in proportion to its length.
_PART: Final = r"""(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)"""
_LONG: Final = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}{{{MAX_PARTS}}}")


def read_toml(text: str) -> dict[str, Any]:
    """Raises ValueError (TOMLDecodeError is one), RecursionError."""
    if text.count("=") + text.count("[") + text.count(".") > MAX_SIGNS:
        raise ValueError("more keys and tables than any file of ours")
    if _LONG.search(text):
        raise ValueError("a key with more parts than any of ours")
    return tomllib.loads(text)
