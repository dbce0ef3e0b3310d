"""Editing on the page: forms, text, the canvas, trying, comparing; and a server that goes away for a while."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from browsed_site import ADMIN, Site, greets
from flow_page import FlowPage
from playwright.sync_api import Page, expect

from flowslot.cli.demo.serving import Served


def test_a_step_is_dragged_to_another_place(site: Site, page: Page) -> None:
    here = site.workspace()
    flow = FlowPage(page, site.on_main(here, definition=greets("Hi", {"id": "first", "kind": "set", "value": 1})), here)
    flow.open()
    card = flow.card("greet").bounding_box()
    target = page.get_by_role("button", name=re.compile("^Add a step after.*On demand")).bounding_box()
    assert card is not None
    assert target is not None
    x, y = card["x"] + 120, card["y"] + 20
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + 6, y + (target["y"] - y) * step / 10)
    expect(page.locator(".canvas-add-drop")).to_have_count(1)
    page.mouse.up()
    rows = page.get_by_role("tree", name="Outline of the flow").get_by_role("treeitem")
    expect(rows.nth(1)).to_contain_text("greet")


def test_the_definition_as_text_is_the_same_document(site: Site, page: Page) -> None:
    here = site.workspace()
    flow = FlowPage(page, site.on_main(here), here).open()
    flow.name_step("greet", "Say hello")
    page.get_by_text("Definition", exact=True).click()
    text = page.locator(".cm-content").first
    expect(text).to_contain_text("name: Say hello")
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n  - id: added\nkind: set\nvalue: 1")
    page.get_by_text("Canvas", exact=True).click()
    expect(flow.card("added")).to_be_visible()


def test_an_expression_is_completed_from_the_schema(site: Site, page: Page) -> None:
    here = site.workspace()
    flow = FlowPage(page, site.on_main(here), here).open()
    flow.card("done").click()
    field = page.locator(".panel .cm-content").first
    field.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("trigger.")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("name")


def test_the_unsaved_draft_is_tried_and_each_step_shows_what_it_did(site: Site, page: Page) -> None:
    here = site.workspace()
    flow = FlowPage(page, site.on_main(here), here).open()
    flow.name_step("greet", "Say hello")
    page.get_by_role("button", name="Try it").click()
    panel = page.get_by_role("complementary", name="Try it")
    panel.get_by_label(re.compile("name", re.IGNORECASE)).first.fill("Ann")
    panel.get_by_role("button", name="Run", exact=True).click()
    expect(flow.card("greet").locator(".card-state")).to_be_visible()
    expect(panel).to_contain_text("Hello Ann")
    assert len(site.ask("GET", f"/flows/{flow.flow}/versions")["items"]) == 1


def test_two_versions_are_compared_on_the_canvas_and_field_by_field(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here, definition=greets("Hello", {"id": "old", "kind": "set", "value": 1}))
    site.stage(slug, here, greets("Hi", {"id": "fresh", "kind": "assert", "label": "x", "actual": 1, "expected": 1}))
    page.goto(f"/flows/{slug}/compare?workspace={here}&from=1&to=2")
    expect(page.locator(".card-mark-added")).to_contain_text("fresh")
    expect(page.locator(".card-mark-changed")).to_contain_text("greet")
    changes = page.locator("main")
    expect(changes).to_contain_text(re.compile(r"removed\s*old|old.*removed", re.DOTALL))
    page.get_by_role("button", name=re.compile("greet")).first.click()
    expect(page.locator("main")).to_contain_text("Hello {{ trigger.name }}")


def test_a_page_says_that_the_server_is_gone_and_goes_on_when_it_is_back(
    someone: Callable[..., Page], tmp_path: Path
) -> None:
    served = Served(port=0, data=tmp_path, token=ADMIN)
    page = someone(base_url=served.url)
    page.goto("/workspaces")
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live")
    port = int(served.url.rsplit(":", 1)[1])
    served.stop()
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    again = Served(port=port, data=tmp_path, token=ADMIN)
    expect(page.locator("[data-live]")).to_have_attribute("data-live", "live", timeout=30_000)
    page.get_by_role("button", name="New workspace").first.click()
    page.get_by_label("Name").fill("Acme")
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_role("table")).to_contain_text("Acme")
    again.stop()
