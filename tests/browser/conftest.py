"""A real server with the built page, and Chromium before it; nothing may appear in the console."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsed_site import ADMIN, Site
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from flowslot.cli.demo.serving import Served

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
"""Plain Chromium, also as root, that asks nobody outside for anything."""
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)
REFUSED = re.compile(r"status of (409|422) |net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for the tests of one file: while it is there, no other test of this process can run an event loop.

    Where there is none the tests are skipped, but not in CI.
    """
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        assert "CI" not in os.environ, "CI tests the page: install Chromium"
        pytest.skip("no Chromium is installed")
    if not (ROOT / "src/flowslot/ui/index.html").is_file():
        pytest.fail("the page was not built: make setup")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One `flowslot serve` for all tests of the page; each test makes its own workspaces and flows."""
    served = Served(port=0, data=tmp_path_factory.mktemp("data"), token=ADMIN)
    with httpx.Client(headers={"Authorization": f"Bearer {ADMIN}"}, timeout=30) as client:
        yield Site(served.url, client)
    served.stop()


@pytest.fixture
def someone(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own, signed in: one for each person. At the end no console may have said anything."""
    opened: list[BrowserContext] = []
    said: list[str] = []

    def open_browser(*, signed_in: bool = True, **more: Any) -> Page:
        given = {"base_url": site.url, "viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce", **more}
        context = chromium.new_context(**given)
        opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.on("console", lambda line: said.append(line.text) if is_fault(line) else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        if signed_in:
            sign_in(page)
        return page

    yield open_browser
    for context in opened:
        context.close()
    assert said == [], "the browser's console stays empty"


@pytest.fixture
def page(someone: Callable[..., Page]) -> Page:
    """One person's browser, signed in as the administrator."""
    return someone()


def is_fault(line: ConsoleMessage) -> bool:
    """Whether a line tells of a fault: the browser itself writes one for a refusal, and for a server that is gone."""
    return line.type in ("error", "warning") and not REFUSED.search(line.text)


def sign_in(page: Page) -> None:
    """Signs in by the form, with the administrator's token."""
    page.goto("/sign-in")
    page.get_by_text("API token", exact=True).click()
    page.get_by_label("API token").last.fill(ADMIN)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("navigation", name="Main").wait_for()
