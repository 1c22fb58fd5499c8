"""The code in a letter: read aloud, typed or pasted, and never a part of an address."""

from __future__ import annotations

import re
import secrets
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I, which look the same on paper."""
_BLOCK: Final = 4
_CODE: Final = re.compile(f"[{ALPHABET}]{{{3 * _BLOCK}}}")
_MAX_TYPED: Final = 60


def new_code() -> str:
    """Twelve characters, sixty bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(3 * _BLOCK))


def shown(code: str) -> str:
    """As it stands in the letter: K7PM-4RTX-9WHD."""
    return "-".join(code[i : i + _BLOCK] for i in range(0, len(code), _BLOCK))


def typed(text: str) -> str | None:
    """The code that somebody typed, in capitals or not, with whatever between the blocks; None when it is
    none.
    """
    plain = re.sub(r"[\s\-–—.]", "", text[:_MAX_TYPED]).upper()
    return plain if _CODE.fullmatch(plain) else None


def front(code: str) -> str:
    """The part by which an invitation is found. It opens nothing: the other eight characters do."""
    return code[:_BLOCK]
