"""The page of a practice that was played, as `ozlijn praktijk --html` writes it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from gateway.cli.praktijk_tonen import page
from gateway.cli.proeflijn import GEHEUGEN
from gateway.cli.spelen import perform
from gateway.practices.spel import read_spel
from tests.browser.kijker import AXE

ON: Final = dt.date(2026, 11, 30)
SMALL: Final = 320
LEGIBLE: Final = 8
"""Pixels of the screen: the smallest letters of the picture."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Before the browser, which keeps an event loop in this thread."""
    spel, rij = read_spel("S23", ON)
    path = tmp_path_factory.mktemp("praktijk") / "s23.html"
    path.write_text(page([(perform(spel, GEHEUGEN), rij)]), encoding="utf-8")
    return path


def test_a_played_practice_reads_on_a_desk_and_on_a_small_phone(written: Path, browser: Browser) -> None:
    """Nothing sticks out, everybody can read it, and on a phone the picture scrolls and is not shrunk."""
    seen = browser.new_page()
    for width in (1200, SMALL):
        seen.set_viewport_size({"width": width, "height": 900})
        seen.goto(written.as_uri())
        assert seen.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(seen, options=AXE).response["violations"] == []
        least = seen.evaluate(
            "(() => { const svg = document.querySelector('svg');"
            " const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;"
            " return Math.min(...[...svg.querySelectorAll('text')].map("
            "e => scale * Number(e.getAttribute('font-size')))); })()"
        )
        assert least >= LEGIBLE, "letters that nobody can read"
    seen.close()
