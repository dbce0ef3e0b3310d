"""axe finds nothing to object to, on any page, in either theme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browsed_site import Site, greets
from flow_page import FlowPage
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

Look = Callable[[str], None]


class Axe:
    """Looks at a page now, and remembers what it objects to."""

    def __init__(self, page: Page) -> None:
        self._page, self._source = page, AXE.read_text(encoding="utf-8")
        self.found: dict[str, Any] = {}

    def look(self, where: str) -> None:
        self._page.evaluate(self._source)
        result = self._page.evaluate("(rules) => axe.run(document, rules)", RULES)
        told = [
            (each["id"], each["nodes"][0]["target"], each["nodes"][0]["failureSummary"])
            for each in result["violations"]
        ]
        if told:
            self.found[where] = told


@pytest.fixture(scope="module")
def shop(site: Site) -> tuple[str, str]:
    """A workspace and a flow with versions, registrations, runs and a connection to look at."""
    here, there = site.workspace(customer="Acme"), site.workspace(customer="Globex")
    slug = site.on_main(here, there)
    site.stage(
        slug, here, greets("Hi", {"id": "maybe", "kind": "condition", "if": "=trigger.name == 'Ann'", "then": []})
    )
    site.run(slug, here, {"name": "Ann"})
    settings = {"base_url": "http://127.0.0.1:9", "auth": {"kind": "bearer", "token": "for-tests"}}
    site.ask("POST", f"/workspaces/{here}/connections", {"slug": "erp", "connector": "http", "settings": settings})
    return here, slug


PAGES = {
    "home": ("/", "Runs per hour"),
    "flows": ("/flows", "Running on"),
    "runs": ("/runs", "Ran on"),
    "workspaces": ("/workspaces", "Customer"),
    "workspace": ("/workspaces/{here}", "Connections"),
    "connections": ("/connections?workspace={here}", "Base URL"),
    "connectors": ("/connectors", "Settings of a connection"),
    "activity": ("/activity", "Who"),
    "settings": ("/settings", "API tokens"),
    "registrations": ("/flows/{slug}/registrations?workspace={here}", "Customer"),
    "promotions": ("/flows/{slug}/promotions?workspace={here}", "Version"),
    "flow runs": ("/flows/{slug}/runs?workspace={here}", "Ran on"),
    "flow settings": ("/flows/{slug}/settings?workspace={here}", "Visibility"),
    "compare": ("/flows/{slug}/compare?workspace={here}&from=1&to=2", "maybe"),
    "old version": ("/flows/{slug}?workspace={here}&v=1", "Version 1"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_no_page(site: Site, someone: Callable[..., Page], shop: tuple[str, str], scheme: str) -> None:
    here, slug = shop
    page = someone(color_scheme=scheme)
    axe = Axe(page)
    for name, (path, there) in PAGES.items():
        page.goto(path.format(here=here, slug=slug))
        page.locator("main").get_by_text(there).first.wait_for()
        axe.look(name)
    run = site.ask("GET", "/runs", flow=slug)["items"][0]["id"]
    page.goto(f"/runs/{run}")
    page.locator(".card").first.wait_for()
    axe.look("run")
    assert axe.found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_does_not_object_to_the_editor(someone: Callable[..., Page], shop: tuple[str, str], scheme: str) -> None:
    here, slug = shop
    page = someone(color_scheme=scheme)
    axe = Axe(page)
    flow = FlowPage(page, slug, here).open()
    flow.card("maybe").click()
    page.locator(".panel").wait_for()
    axe.look("step")
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("complementary", name="Try it").wait_for()
    axe.look("try")
    page.get_by_text("Definition", exact=True).click()
    page.locator(".cm-content").first.wait_for()
    axe.look("definition")
    flow.history().first.wait_for()
    axe.look("history")
    page.keyboard.press("Escape")
    flow.promote_dialog()
    axe.look("promotion")
    assert axe.found == {}


def test_axe_does_not_object_to_signing_in(site: Site, someone: Callable[..., Page]) -> None:
    page = someone(signed_in=False)
    page.goto("/sign-in")
    page.get_by_label("Name").wait_for()
    axe = Axe(page)
    axe.look("sign-in")
    assert axe.found == {}
