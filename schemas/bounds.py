"""What is counted in bytes before they are parsed, because a parser makes far more of them."""

from __future__ import annotations

from typing import Final

MOST_VALUES: Final = 1_000_000
"""Of objects, lists and separators in one JSON document: about a hundred bytes each once they are read. The
largest message of any standard has a third of that.
"""


def too_many_values(raw: bytes, most: int = MOST_VALUES) -> bool:
    """Whether a JSON document may hold more values than any message of ours."""
    # So few bytes cannot hold more, so an ordinary message need not be counted.
    return len(raw) > most and raw.count(b"{") + raw.count(b"[") + raw.count(b",") > most
