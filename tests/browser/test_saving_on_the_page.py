"""Saving on the page: drafts (R1), staging (R2), validation before it (R3), reverting (R12)."""

from __future__ import annotations

import re
from collections.abc import Callable

from browsed_site import Site, greets
from flow_page import FlowPage, shows
from playwright.sync_api import Page, expect


def test_r1_a_draft_is_in_the_history_and_changes_nothing_that_runs(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    flow = FlowPage(page, site.on_main(here, there), here).open()
    flow.name_step("greet", "Say hello")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    flow.save_draft()
    entry = flow.history().first
    expect(entry).to_contain_text("v2")
    expect(entry).to_contain_text(re.compile(rf"Draft\s*in {here}"))
    expect(entry.get_by_role("img")).to_have_count(0)
    assert site.runs_on(flow.flow, [here, there]) == [1, 1]


def test_r2_deploying_to_staging_moves_this_workspace_and_no_other(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    flow = FlowPage(page, site.on_main(here, there), here).open()
    shows(flow.indicator, "Main", 1)
    flow.name_step("greet", "Say hello")
    flow.deploy()
    shows(flow.indicator, "Staging", 2)
    assert site.runs_on(flow.flow, [here, there]) == [2, 1]


def test_r2_no_second_version_when_nothing_has_changed_since_the_draft(site: Site, page: Page) -> None:
    here = site.workspace()
    flow = FlowPage(page, site.on_main(here), here).open()
    flow.name_step("greet", "Say hello")
    flow.save_draft()
    flow.deploy()
    shows(flow.indicator, "Staging", 2)
    expect(flow.history()).to_have_count(2)


def test_r3_what_does_not_fit_another_workspace_on_staging_is_told_and_moves_nothing(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    limit = {"type": "object", "properties": {"limit": {"type": "number"}}}
    site.stage(slug, there, {**greets("Hi"), "config": limit})
    site.ask("PATCH", f"/flows/{slug}/registrations/{here}", {"config": {"limit": 5}})
    needs = {**greets("Hi"), "config": {**limit, "required": ["limit"]}}
    site.draft(slug, here, needs)
    flow = FlowPage(page, slug, here).open()
    flow.deploy()
    dialog = page.get_by_role("dialog", name="Nothing was deployed")
    expect(dialog.get_by_role("region", name=there)).to_contain_text("limit")
    assert site.runs_on(slug, [here, there]) == [1, 2]


def test_r3_a_wrong_expression_is_told_at_the_step_while_one_types(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here)
    wrong = greets("Hello", {"id": "odd", "kind": "set", "value": "=trigger.nmae"})
    site.draft(slug, here, wrong)
    flow = FlowPage(page, slug, here).open()
    expect(flow.card("odd").locator(".card-problems")).to_contain_text("1")
    page.get_by_role("button", name="1 problem").click()
    page.get_by_role("region", name="Problems").get_by_role("button").filter(has_text="odd").click()
    expect(page.get_by_role("complementary", name=re.compile("odd"))).to_contain_text("no field 'nmae'")


def test_r12_reverting_empties_staging_and_brings_everybody_back_to_main(site: Site, page: Page) -> None:
    here, there = site.workspace(), site.workspace()
    slug = site.on_main(here, there)
    site.stage(slug, here, greets("Hi"))
    site.stage(slug, there, greets("Hi"))
    site.draft(slug, here, greets("Draft"))
    flow = FlowPage(page, slug, here).open()
    page.get_by_role("button", name="More ways to save").click()
    page.get_by_role("menuitem", name=re.compile("Revert all changes")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Revert")).click()
    shows(flow.indicator, "Main", 1)
    assert site.runs_on(slug, [here, there]) == [1, 1]
    expect(flow.history().first).to_contain_text("Discarded")


def test_r12_reverting_without_a_main_version_says_why_it_cannot(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.flow(here)
    site.stage(slug, here, greets())
    FlowPage(page, slug, here).open()
    page.get_by_role("button", name="More ways to save").click()
    page.get_by_role("menuitem", name=re.compile("Revert all changes")).click()
    expect(page.get_by_role("dialog")).to_contain_text("no main version yet")


def test_a_reload_in_the_middle_of_an_edit_loses_nothing(site: Site, page: Page) -> None:
    here = site.workspace()
    flow = FlowPage(page, site.on_main(here), here).open()
    flow.name_step("greet", "Say hello")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(flow.card("greet")).to_contain_text("Say hello")
    expect(page.locator("[data-unsaved]")).to_be_visible()
    flow.save_draft()
    assert site.ask("GET", f"/flows/{flow.flow}/versions/2")["definition"]["steps"][0]["name"] == "Say hello"


def test_r18_who_was_slower_sees_both_texts_and_keeps_their_own(site: Site, someone: Callable[..., Page]) -> None:
    here = site.workspace()
    page = someone()
    flow = FlowPage(page, site.on_main(here), here).open()
    flow.name_step("greet", "Mine")
    site.draft(flow.flow, here, greets("Theirs"), note="Theirs")
    page.get_by_role("button", name="Save draft").click()
    dialog = page.get_by_role("dialog", name="Somebody else was faster")
    expect(dialog).to_contain_text("Theirs: v2")
    expect(dialog.get_by_text("Mine", exact=False).first).to_be_visible()
    dialog.get_by_role("button", name="Save mine on top").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    saved = [site.ask("GET", f"/flows/{flow.flow}/versions/{number}")["definition"]["steps"][0] for number in (2, 3)]
    assert saved[0]["value"].startswith("Theirs")
    assert saved[1]["name"] == "Mine"
