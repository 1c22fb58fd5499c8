"""Where what stands in a chart."""

import pytest

from gateway.web.grafiek import Staaf, lijn, staven, warmte


def test_a_bar_is_as_long_as_its_number_and_begins_at_zero() -> None:
    for vlak in staven((Staaf("a", 30), Staaf("b", 15), Staaf("c", 0), Staaf("d", None))):
        whole, half, none, unknown = (s.breed for s in vlak.staven)
        assert (half, none, unknown) == (whole // 2, 0, 0)
        assert whole < vlak.breed
        assert all(s.y + 20 <= vlak.hoog for s in vlak.staven)


def test_what_nobody_told_is_no_zero() -> None:
    wide, _ = staven((Staaf("a", None), Staaf("b", 0)))
    assert [s.waarde for s in wide.staven] == [None, 0]


def test_more_bars_than_one_can_compare_are_refused() -> None:
    with pytest.raises(ValueError):
        staven([Staaf(str(n), n) for n in range(13)])
    assert all(len(v.staven) == 12 for v in staven([Staaf(str(n), n) for n in range(12)]))


def test_a_line_begins_at_zero_and_stays_within_its_drawing() -> None:
    for vlak in lijn([(str(n), n % 7) for n in range(13)]):
        assert all(0 <= p.x <= vlak.breed and 0 <= p.y <= vlak.nul for p in vlak.punten)
        assert vlak.punten[0].y == vlak.nul
        assert vlak.punten[-1].gezegd


def test_nothing_to_draw_is_an_empty_drawing() -> None:
    assert all(v.staven == () for v in staven(()))
    assert all(v.punten == () for v in lijn(()))


@pytest.mark.parametrize(
    ("opened", "released", "said", "step"),
    [
        (4, 4, "te weinig", 0),
        (None, 20, "niet gemeld", 0),
        (0, 20, "nooit geopend", 0),
        (1, 20, "5 %", 0),
        (10, 20, "50 %", 2),
        (20, 20, "100 %", 4),
    ],
)
def test_a_cell_says_its_percentage_and_nothing_of_a_few(
    opened: int | None, released: int, said: str, step: int
) -> None:
    cell = warmte(opened, released)
    assert (cell.tekst, cell.trede) == (said, step)
    assert cell.nooit is (said == "nooit geopend")
