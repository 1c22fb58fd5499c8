"""What a test does with a browser: look at a page, hold it to the rules, use it with the keyboard alone."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route

ROOT: Final = Path(__file__).resolve().parents[2]
SCREENS: Final = ROOT / ".screens"
"""Pictures of every page that a test looked at: kept out of the repository, to be looked at by a person."""
WIDTHS: Final = (360, 1280)
NARROW: Final = 320
AXE: Final = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


_STICKS_OUT: Final = """
[...document.querySelectorAll('main *, header *, footer *')].filter(e => {
  const box = e.getBoundingClientRect(), edge = document.documentElement.clientWidth + 1;
  return box.width > 1 && box.right > edge && !e.closest('.ozlijn-rol');
}).map(e => e.outerHTML.slice(0, 120))
"""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A process that serves: the sandbox that `ozlijn demo --serve` leaves, with its story told."""

    url: str

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[Gateway]:
        """On a port of its own, until the block ends."""
        command = [str(Path(sys.executable).parent / "ozlijn"), "demo", "--serve", "--json"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OZLIJN_")}
        out, err = folder / "out", folder / "err"
        with out.open("wb") as said, err.open("wb") as complained:
            serving = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=complained)
        try:
            yield cls(_address(serving, out, err))
        finally:
            serving.terminate()
            serving.wait(30)


def _address(serving: subprocess.Popen[bytes], out: Path, err: Path) -> str:
    """What the demo prints when it is ready."""
    for _ in range(900):
        if serving.poll() is not None:
            raise RuntimeError(f"the gateway ended: {err.read_text(encoding='utf-8')[-2000:]}")
        with contextlib.suppress(ValueError):
            found: str = json.loads(out.read_bytes())["gateway"]["adres"]
            return found
        time.sleep(0.1)
    raise RuntimeError("the gateway did not come up")


@dataclass
class Kijker:
    """One browser of one person, with cookies of its own."""

    page: Page
    context: BrowserContext
    gateway: Gateway
    script: bool
    outside: list[str] = field(default_factory=list)
    """What the browser wanted to fetch from elsewhere: nothing, ever."""
    complaints: list[str] = field(default_factory=list)
    """What the browser complained of: a refused inline style, a script that failed."""

    @classmethod
    @contextmanager
    def at(cls, browser: Browser, gateway: Gateway, *, script: bool = True) -> Iterator[Kijker]:
        context = browser.new_context(
            base_url=gateway.url, java_script_enabled=script, locale="nl-NL", timezone_id="Europe/Amsterdam"
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        made = cls(page, context, gateway, script)

        def only_here(route: Route) -> None:
            if route.request.url.startswith((gateway.url, "data:")):
                route.continue_()
            else:
                made.outside.append(route.request.url)
                route.abort()

        context.route("**/*", only_here)
        page.on("console", lambda said: made.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        try:
            yield made
            assert made.outside == []
            assert [c for c in made.complaints if "the server responded with a status" not in c] == []
        finally:
            context.close()

    # ── looking

    def go(self, path: str) -> None:
        self.page.goto(path, wait_until="load")

    def sign_in(self, person: str, niveau: str = "substantieel") -> None:
        """As one of the invented people, by clicks. `person`: how the button begins."""
        self.go("/aanmelden")
        link = self.page.locator("main a[href^='/aanmelden/bij/']")
        if link.count():
            self.click(link.first)
        if niveau == "laag":
            self.page.get_by_text("Met een laag niveau").click()
        buttons = self.page.get_by_role("button", name=re.compile(f"^{re.escape(person)}"))
        self.click(buttons.last if niveau == "laag" else buttons.first)

    def looks_right(self, name: str) -> None:
        """The page as it stands: nobody is kept out of it, nothing sticks out, and its pictures are kept.

        `name`: of the pictures.
        """
        self.page.wait_for_load_state("load")
        title = self.page.title()
        assert "[Proef]" in title, title
        assert self.page.locator("h1").count() == 1
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            self._picture(f"{name}-{width}{'' if self.script else '-zonder-script'}")
            if self.script:
                self.holds_axe()
        self.page.set_viewport_size({"width": NARROW, "height": 800})
        if self.script:
            sticks_out = self.page.evaluate(_STICKS_OUT)
            assert sticks_out == [], "wider than a small phone, or than a page at 400 %"
        self.page.set_viewport_size({"width": WIDTHS[1], "height": 800})

    def holds_axe(self) -> None:
        """No violation of WCAG 2.2 AA that a program can find."""
        found = Axe().run(self.page, options=AXE)
        assert found.violations_count == 0, found.generate_report()

    def _picture(self, name: str) -> None:
        SCREENS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    def click(self, what: Locator) -> None:
        """Click what leads to another page, and wait until it is there.

        A bare `click()` comes back when the next page has begun: on a slow machine it has no title yet, so no
        test uses one for a link or a button that sends something.
        """
        with self.page.expect_navigation(wait_until="load"):
            what.click()

    # ── the keyboard alone

    def tab_to(self, text: str, most: int = 80) -> None:
        """Press Tab until what has the focus is named `text`; where the focus is, can be seen.

        A radio button or checkbox is named by its label.
        """
        wanted = re.sub(r"\s+", " ", text)
        for _ in range(most):
            self.page.keyboard.press("Tab")
            found = self.page.evaluate(
                "(() => { const e = document.activeElement; if (!e || e === document.body) return null;"
                " const label = e.labels && e.labels.length ? e.labels[0].innerText : e.innerText;"
                " return [label || '', getComputedStyle(e).outlineStyle]; })()"
            )
            if found and re.sub(r"\s+", " ", found[0]).strip() == wanted:
                assert found[1] != "none", f"nobody sees that the focus is on {text!r}"
                return
        raise AssertionError(f"{text!r} cannot be reached with Tab")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def enter(self) -> None:
        """Press Enter on a link or button, and wait for the page that follows."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
