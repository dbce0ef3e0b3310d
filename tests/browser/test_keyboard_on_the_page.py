"""The page without a mouse: from signing in to a promotion."""

from __future__ import annotations

import re
from collections.abc import Callable

from browsed_site import ADMIN, Site
from flow_page import FlowPage, shows
from playwright.sync_api import Page, expect


def press_until(page: Page, key: str, label: str | re.Pattern[str], *, most: int = 80) -> None:
    """Presses a key until what has the focus is called so."""
    for _ in range(most):
        name = page.evaluate(
            "() => (document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? '').trim()"
        )
        if re.search(label, name):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {label}")


def test_from_signing_in_to_a_promotion_with_the_keyboard_alone(site: Site, someone: Callable[..., Page]) -> None:
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    page = someone(signed_in=False)
    page.goto(f"/sign-in?to=%2Fflows%2F{slug}%3Fworkspace%3D{here}")
    page.get_by_label("Name").wait_for()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type(ADMIN)
    page.keyboard.press("Enter")
    flow = FlowPage(page, slug, here)
    flow.card("greet").wait_for()
    press_until(page, "Tab", r"^Trigger")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    page.keyboard.type("set")
    page.get_by_role("dialog").get_by_role("option", name=re.compile("^Set")).wait_for()
    page.keyboard.press("Enter")
    expect(page.locator(".card-set")).to_have_count(2)
    page.keyboard.press("Control+Shift+S")
    shows(flow.indicator, "Staging", 2)
    press_until(page, "Tab", r"^Promote to main$")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_text("Runs in flight").wait_for()
    press_until(page, "Tab", r"^Promote ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name=re.compile("^Undo"))).to_be_visible()
    page.keyboard.press("Escape")
    shows(flow.indicator, "Main", 2)
    assert site.runs_on(slug, [here, there]) == [2, 2]


def test_steps_are_copied_into_another_flow_moved_and_taken_back(site: Site, page: Page) -> None:
    here = site.workspace()
    source, target = site.on_main(here), site.on_main(here)
    first = FlowPage(page, source, here).open()
    first.card("greet").click()
    first.card("greet").focus()
    page.keyboard.press("Control+c")
    second = FlowPage(page, target, here).open()
    second.card("greet").click()
    second.card("greet").focus()
    page.keyboard.press("Control+v")
    expect(second.card("greet_2")).to_be_visible()
    page.keyboard.press("Alt+ArrowUp")
    rows = page.get_by_role("tree", name="Outline of the flow").get_by_role("treeitem")
    expect(rows.nth(1)).to_contain_text("greet_2")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(second.card("greet_2")).to_have_count(0)
    expect(page.locator("[data-unsaved]")).to_have_count(0)


def test_the_slash_key_searches_and_g_goes(site: Site, page: Page) -> None:
    page.goto("/flows")
    page.get_by_role("heading", name="Flows").wait_for()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search flows")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="Flows").click()
    page.keyboard.press("g")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
