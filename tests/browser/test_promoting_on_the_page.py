"""Slots on the page: promotion (R4–R6, R11), where they are seen (R8, R9), making active (R10), undo (R17)."""

from __future__ import annotations

import re
from collections.abc import Callable

from browsed_site import Site, greets
from flow_page import FlowPage, shows
from playwright.sync_api import Page, expect


def test_r4_promotion_says_why_not_until_the_work_is_staged_and_saved(site: Site, page: Page) -> None:
    here = site.workspace()
    flow = FlowPage(page, site.on_main(here), here).open()
    button = flow.promote_button()
    expect(button).to_be_disabled()
    flow.name_step("greet", "Say hello")
    expect(page.locator("header")).to_contain_text(re.compile("unsaved|Save", re.IGNORECASE))
    flow.deploy()
    shows(flow.indicator, "Staging", 2)
    expect(button).to_be_enabled()


def test_r5_r6_a_promotion_shows_whom_it_reaches_and_moves_everybody(site: Site, page: Page) -> None:
    here, there, third = site.workspace(customer="Acme"), site.workspace(customer="Globex"), site.workspace()
    slug = site.on_main(here, there, third)
    site.stage(slug, here, greets("Hi"), note="Shorter")
    flow = FlowPage(page, slug, here).open()
    dialog = flow.promote_dialog()
    expect(dialog.get_by_role("heading", name=re.compile("^2 other customer workspaces"))).to_be_visible()
    table = dialog.get_by_role("table", name="Other customer workspaces")
    expect(table).to_contain_text(there)
    expect(table).to_contain_text("Globex")
    expect(table).to_contain_text(third)
    dialog.get_by_role("button", name=re.compile("^Promote")).click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    shows(flow.indicator, "Main", 2)
    assert site.runs_on(slug, [here, there, third]) == [2, 2, 2]


def test_r17_undo_gives_every_registration_the_slot_it_had(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    site.stage(slug, here, greets("Hi"))
    flow = FlowPage(page, slug, here).open()
    flow.promote_dialog().get_by_role("button", name=re.compile("^Promote")).click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    shows(flow.indicator, "Staging", 2)
    assert site.runs_on(slug, [here, there]) == [2, 1]


def test_r17_a_promotion_can_be_undone_from_the_list_of_promotions(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here)
    site.promote(slug, here, site.stage(slug, here, greets("Hi")))
    flow = FlowPage(page, slug, here).open(part="/promotions")
    page.get_by_role("table").get_by_role("button", name=re.compile("Undo")).first.click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.get_by_role("table")).to_contain_text(re.compile("undone", re.IGNORECASE))
    shows(flow.indicator, "Staging", 2)


def test_r10_make_active_moves_this_workspace_alone(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    site.stage(slug, there, greets("Hi"))
    flow = FlowPage(page, slug, here).open()
    expect(flow.active_icon).to_have_attribute("aria-label", re.compile("^Main"))
    flow.choose(2)
    page.get_by_role("button", name="Make active here").click()
    expect(flow.active_icon).to_have_attribute("aria-label", re.compile("^Staging"))
    shows(flow.indicator, "Staging", 2)
    assert site.runs_on(slug, [here, there]) == [2, 2]
    flow.choose(1)
    page.get_by_role("button", name="Make active here").click()
    expect(flow.active_icon).to_have_attribute("aria-label", re.compile("^Main"))
    assert site.runs_on(slug, [here, there]) == [1, 2]


def test_r11_a_staged_version_on_display_can_be_promoted_from_any_workspace(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    site.stage(slug, there, greets("Hi"))
    flow = FlowPage(page, slug, here).open()
    expect(flow.promote_button()).to_be_disabled()
    flow.choose(2)
    flow.promote()
    shows(flow.indicator, "Main", 2)
    assert site.runs_on(slug, [here, there]) == [2, 2]


def test_r8_r9_the_history_has_every_version_with_its_icons_and_shows_its_steps(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here)
    site.stage(slug, here, greets("Hi"), note="On trial")
    site.draft(slug, here, greets("Draft", {"id": "extra", "kind": "set", "value": 1}), note="Not yet")
    flow = FlowPage(page, slug, here).open()
    entries = flow.history()
    expect(entries).to_have_count(3)
    expect(entries.nth(0)).to_contain_text("Not yet")
    expect(entries.nth(1).get_by_role("img", name="Staging")).to_be_visible()
    expect(entries.nth(2).get_by_role("img", name="Main")).to_be_visible()
    entries.nth(2).click()
    expect(page.get_by_role("region", name="Version 1", exact=True)).to_be_visible()
    expect(flow.card("greet")).to_contain_text("Hello")
    expect(flow.card("extra")).to_have_count(0)
    expect(page.get_by_role("button", name="Add step")).to_have_count(0)


def test_r8_the_flow_list_says_what_runs_where(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    site.stage(slug, there, greets("Hi"))
    for workspace, slot, version in ((here, "main", "v1"), (there, "staging", "v2")):
        page.goto(f"/flows?workspace={workspace}")
        row = page.get_by_role("row").filter(has_text=slug.title())
        badge = row.locator(f'[data-slot="{slot}"]').first
        expect(badge).to_contain_text(version)
        expect(badge.locator(f'svg[data-icon="{slot}"]')).to_be_visible()


def test_a_restored_version_is_the_base_of_a_new_draft(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here)
    site.promote(slug, here, site.stage(slug, here, greets("Hi")))
    flow = FlowPage(page, slug, here).open(version=1)
    page.get_by_role("button", name="Restore as draft").click()
    expect(page.locator("[data-unsaved]")).to_be_visible()
    flow.save_draft()
    assert site.ask("GET", f"/flows/{slug}/versions/3")["definition"]["steps"][0]["value"].startswith("Hello")


def test_a_promotion_in_one_browser_moves_what_others_show(site: Site, someone: Callable[..., Page]) -> None:
    """Within a second on a machine with nothing else to do: bench/web.py measures it."""
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    site.stage(slug, here, greets("Hi"))
    first = FlowPage(someone(), slug, here).open()
    other = FlowPage(someone(), slug, there).open()
    listed = someone()
    listed.goto(f"/flows/{slug}/registrations?workspace={there}")
    expect(listed.locator('.vtable-row [data-slot="staging"]')).to_have_count(1)
    shows(other.indicator, "Main", 1)
    first.promote_dialog().get_by_role("button", name=re.compile("^Promote")).click()
    expect(first.page.get_by_role("dialog").get_by_role("button", name="Undo")).to_be_visible()
    expect(other.indicator).to_contain_text("Main v2")
    expect(listed.locator('.vtable-row [data-slot="main"]')).to_have_count(2)
