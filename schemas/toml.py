"""Reading TOML that somebody else wrote: the parser of the standard library, and a bound that it lacks."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

MAX_PARTS: Final = 16
"""Parts of one dotted key. Nothing of ours has more than four; for a key of 50,000 the parser takes minutes
and gigabytes, since it remembers every beginning of it."""
_PART: Final = r"""(?:(?:[A-Za-z0-9_-]{1,200}|"[^"\n]{0,200}"|'[^'\n]{0,200}')[ \t]*\.[ \t]*)"""
_LONG: Final = re.compile(f"{_PART}{{{MAX_PARTS}}}")


def read_toml(text: str) -> dict[str, Any]:
    """Raises ValueError (TOMLDecodeError is one), RecursionError."""
    if _LONG.search(text):
        raise ValueError("a key with more parts than any of ours")
    return tomllib.loads(text)
