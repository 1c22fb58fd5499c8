"""What the anchor promises (gateway/ports)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.local.anchor import FileAnchor
from gateway.ports.keys import Anchor
from schemas.errors import LogBroken, RecordUnavailable
from schemas.storage.storage import StoredCheckpoint

FIRST, SECOND = StoredCheckpoint(1, "één\n"), StoredCheckpoint(2, "twee\n")


def test_an_anchor_is_replaced_step_by_step(tmp_path: Path) -> None:
    """Empty at first; then it holds what was put there last, also for who opens it again."""
    anchor: Anchor = FileAnchor(tmp_path / "anker")
    assert anchor.read() is None
    anchor.replace(None, FIRST)
    anchor.replace(FIRST, SECOND)
    assert FileAnchor(tmp_path / "anker").read() == SECOND
    assert [file.name for file in tmp_path.iterdir()] == ["anker"]
    assert (tmp_path / "anker").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("old", [None, SECOND, StoredCheckpoint(1, "other\n")])
def test_another_history_is_not_written_over(tmp_path: Path, old: StoredCheckpoint | None) -> None:
    """Who thinks something else is there is refused, and what is there stays."""
    anchor = FileAnchor(tmp_path / "anker")
    anchor.replace(None, FIRST)
    with pytest.raises(LogBroken):
        anchor.replace(old, SECOND)
    assert anchor.read() == FIRST


def test_a_lost_anchor_is_not_made_up(tmp_path: Path) -> None:
    """Where a checkpoint is expected and the file is gone, nothing is written."""
    anchor = FileAnchor(tmp_path / "anker")
    with pytest.raises(LogBroken):
        anchor.replace(FIRST, SECOND)
    assert anchor.read() is None


@pytest.mark.parametrize("text", ["", "{}", "[]", "\x00", '{"size": "1", "note": "x"}', '{"size": 1}'])
def test_a_damaged_anchor_stops_the_log(tmp_path: Path, text: str) -> None:
    """A file that holds no checkpoint is LogBroken, never a fresh start."""
    (tmp_path / "anker").write_text(text)
    with pytest.raises(LogBroken):
        FileAnchor(tmp_path / "anker").read()


def test_a_place_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    """No folder, or a folder in the place of the file: RecordUnavailable."""
    with pytest.raises(RecordUnavailable):
        FileAnchor(tmp_path / "none" / "anker").replace(None, FIRST)
    with pytest.raises(RecordUnavailable):
        FileAnchor(tmp_path).read()
