"""What is known of a database that was only looked at."""

from __future__ import annotations

from schemas.storage.toestand import Toestand


def test_what_was_not_seen_is_not_filled_in() -> None:
    """Nothing is taken for zero or for well: it is None, or empty."""
    seen = Toestand("SQLite 3.53.4 (sqlite3)", (3, 53, 4), there=False)
    assert (seen.revision, seen.last_line, seen.size, seen.signed, seen.register) == (None,) * 5
    assert seen.settings == {}
    assert not seen.moving
