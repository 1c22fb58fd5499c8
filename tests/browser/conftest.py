"""A real Chromium and a real gateway for the tests in this folder.

One gateway per run, in a process of its own: a sandbox on SQLite. One browser per file, because Playwright
keeps an event loop of its own in this thread while it runs, and other tests want theirs. All files stand in
one group, so with xdist it is one worker that has them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from tests.browser import chromium
from tests.browser.kijker import Gateway, Kijker

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with Gateway.started(tmp_path_factory.mktemp("gateway")) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        found = chromium.find(dict(os.environ))
    except chromium.NoBrowser as error:
        pytest.fail(f"no browser to test with: {error}")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(
                executable_path=found.path,
                args=list(FLAGS),
                env={**os.environ, **found.environment},
                chromium_sandbox=False,
            )
        except Error as error:
            pytest.fail(f"{found.path} does not start: {error.message[:2000]}")
        yield started
        started.close()


@pytest.fixture
def kijker(browser: Browser, gateway: Gateway) -> Iterator[Kijker]:
    """Somebody with a browser as most people have it."""
    with Kijker.at(browser, gateway) as made:
        yield made


@pytest.fixture
def zonder_script(browser: Browser, gateway: Gateway) -> Iterator[Kijker]:
    """Somebody in whose browser no script runs."""
    with Kijker.at(browser, gateway, script=False) as made:
        yield made
