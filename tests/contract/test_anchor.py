"""What the anchor promises (gateway/ports)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.local.anchor import FileAnchor
from adapters.stores.postgres.anchor import PostgresAnchor
from gateway.ports.keys import Anchor
from schemas.errors import LedgerBroken, RecordUnavailable
from schemas.storage.storage import StoredCheckpoint

FIRST, SECOND = StoredCheckpoint(1, "één\n"), StoredCheckpoint(2, "twee\n")


Opening = Callable[[], Anchor]


@pytest.fixture(params=["file", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Opens the anchor, of one of its kinds, as often as wanted."""
    if request.param == "file":
        return lambda: FileAnchor(tmp_path / "anker")
    url = request.getfixturevalue("databases").make()
    return lambda: PostgresAnchor(url, "lijn.example.nl/2026")


def test_an_anchor_is_replaced_step_by_step(opened: Opening) -> None:
    """Empty at first; then it holds what was put there last, also for who opens it again."""
    anchor = opened()
    assert anchor.read() is None
    anchor.replace(None, FIRST)
    anchor.replace(FIRST, SECOND)
    assert opened().read() == SECOND


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """The file can be read by its owner only, and nothing else is left beside it."""
    FileAnchor(tmp_path / "anker").replace(None, FIRST)
    assert [file.name for file in tmp_path.iterdir()] == ["anker"]
    assert (tmp_path / "anker").stat().st_mode & 0o777 == 0o600


def test_of_many_that_replace_the_same_one_wins(opened: Opening) -> None:
    """Two processes that sign at once cannot both go on from the same checkpoint."""
    opened().replace(None, FIRST)
    anchors = [opened() for _ in range(8)]

    def attempt(n: int) -> bool:
        try:
            anchors[n].replace(FIRST, StoredCheckpoint(2, f"{n}\n"))
        except LedgerBroken:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(8))) == 1


@pytest.mark.parametrize("old", [None, SECOND, StoredCheckpoint(1, "other\n")])
def test_another_history_is_not_written_over(opened: Opening, old: StoredCheckpoint | None) -> None:
    """Who thinks something else is there is refused, and what is there stays."""
    anchor = opened()
    anchor.replace(None, FIRST)
    with pytest.raises(LedgerBroken):
        anchor.replace(old, SECOND)
    assert anchor.read() == FIRST


def test_a_lost_anchor_is_not_made_up(opened: Opening) -> None:
    """Where a checkpoint is expected and there is none, nothing is written."""
    anchor = opened()
    with pytest.raises(LedgerBroken):
        anchor.replace(FIRST, SECOND)
    assert anchor.read() is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "\x00", '{"size": "1", "note": "x"}', '{"size": 1}'])
def test_a_damaged_anchor_stops_the_log(tmp_path: Path, text: str) -> None:
    """A file that holds no checkpoint is LedgerBroken, never a fresh start."""
    (tmp_path / "anker").write_text(text)
    with pytest.raises(LedgerBroken):
        FileAnchor(tmp_path / "anker").read()


def test_a_place_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    """No folder, or a folder in the place of the file: RecordUnavailable."""
    with pytest.raises(RecordUnavailable):
        FileAnchor(tmp_path / "none" / "anker").replace(None, FIRST)
    with pytest.raises(RecordUnavailable):
        FileAnchor(tmp_path).read()
