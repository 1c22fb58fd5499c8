"""The picture of a practice: who takes part stands apart, in sight, and beside whom he sends something to."""

from __future__ import annotations

import itertools
import re
from typing import Final

import pytest

from gateway.cli.praktijk_tonen import svg
from gateway.cli.spelen import Gespeeld
from gateway.practices.spel import Spel, met_bestand, read_spel
from tests.unit.gateway.practices.test_dekking import ON

BOX: Final = re.compile(r'<rect x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)"')


def boxes(spel: Spel) -> tuple[list[tuple[int, ...]], tuple[int, int]]:
    """Every box of the picture of a story in which nothing was sent, and how large that is."""
    drawn = svg(spel, Gespeeld("Het verhaal"), spel.id)
    width, height = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    return [tuple(map(int, found)) for found in BOX.findall(drawn)], (width, height)


@pytest.mark.parametrize("naam", met_bestand())
def test_nobody_stands_on_another_or_out_of_sight(naam: str) -> None:
    """Of every file that we ship, however many take part."""
    found, (width, height) = boxes(read_spel(naam, ON)[0])
    assert len(found) >= len(read_spel(naam, ON)[0].partijen)
    for (ax, ay, w, h), (bx, by, _, _) in itertools.combinations(found, 2):
        assert abs(ax - bx) >= w or abs(ay - by) >= h, "two boxes overlap"
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in found)
