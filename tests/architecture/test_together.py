"""Which tests one worker does in order, so that they share what they started and disturb nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import TOGETHER, together


@pytest.mark.parametrize("place", TOGETHER)
def test_a_place_is_there_and_is_done_by_one_worker(place: str, root: Path) -> None:
    assert (root / place).exists()
    inside = f"{place}test_x.py::test_one" if place.endswith("/") else f"{place}::test_one"
    assert together(inside) == together(inside.replace("one", "two")) == place


def test_any_other_test_goes_alone() -> None:
    assert together("tests/flow/test_story.py::test_one") != together("tests/flow/test_story.py::test_two")
