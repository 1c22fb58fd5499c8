"""A file that somebody named is read whole and bounded, or refused and let go of."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.runtime.lezen import read_at_most, read_file
from schemas.errors import WrongUse


def next_descriptor() -> int:
    """The number that the next open file gets: the lowest that is free."""
    handle = os.open(os.devnull, os.O_RDONLY)
    os.close(handle)
    return handle


def test_what_is_no_file_is_refused_and_not_kept_open(tmp_path: Path) -> None:
    """A folder, a FIFO that nobody writes in, a device, and what is not there."""
    os.mkfifo(tmp_path / "fifo")
    free = next_descriptor()
    for path in (tmp_path, tmp_path / "fifo", Path(os.devnull)):
        with pytest.raises(WrongUse, match="geen gewoon bestand"):
            read_file(path, 10)
    for name in ("nergens", "nul\0teken"):
        with pytest.raises(WrongUse, match="niet te lezen"):
            read_file(tmp_path / name, 10)
    assert next_descriptor() == free


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    """One byte more, by which the caller sees that there are more."""
    file = tmp_path / "bestand"
    file.write_bytes(b"x" * 12)
    assert read_file(file, 10) == b"x" * 11
    assert read_at_most(file, 12) == b"x" * 12
    with pytest.raises(WrongUse, match="groter dan"):
        read_at_most(file, 11)
