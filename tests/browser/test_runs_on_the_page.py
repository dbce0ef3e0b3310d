"""Runs on the page: which version ran where, what each step did, running again; lists that follow by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

from browsed_site import Site, greets
from flow_page import FlowPage
from playwright.sync_api import Page, expect


def wrong(word: str) -> dict[str, object]:
    """A step that fails with this word when it runs: its types are right, its value is not."""
    return {"id": "number", "kind": "set", "value": f"=int(trigger.name + {word!r})"}


def test_a_failed_run_says_where_and_on_which_version(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here, definition=greets("Hello", wrong("x")))
    run = site.run(slug, here, {"name": "Ann"})
    assert run["status"] == "failed"
    page.goto(f"/runs?flow={slug}")
    page.get_by_role("row").filter(has_text="Failed").first.click()
    main = page.get_by_role("main")
    expect(main.locator('[data-slot="main"]').first).to_contain_text("v1")
    expect(main).to_contain_text(re.compile("number", re.IGNORECASE))
    expect(page.locator('.react-flow__node[data-id="number"] .card-state')).to_be_visible()


def test_filters_stand_in_the_address_so_that_a_link_shows_the_same(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here)
    site.run(slug, here, {"name": "Ann"})
    page.goto(f"/runs?flow={slug}&status=failed")
    expect(page.get_by_role("row").filter(has_text="Success")).to_have_count(0)
    page.goto(f"/runs?flow={slug}&status=success")
    expect(page.get_by_role("row").filter(has_text="Success")).to_have_count(1)


def test_a_new_run_appears_and_moves_by_itself(site: Site, someone: Callable[..., Page]) -> None:
    here = site.workspace()
    waits = greets("Hello", {"id": "pause", "kind": "wait", "signal": "go", "timeout": "1h"})
    slug = site.on_main(here, definition=waits)
    page = someone()
    flow = FlowPage(page, slug, here).open(part="/runs")
    expect(flow.page.get_by_role("row").filter(has_text="By hand")).to_have_count(0)
    run = site.run(slug, here, {"name": "Ann"}, wait=0)
    row = page.get_by_role("row").filter(has_text="By hand")
    expect(row).to_contain_text("Waiting")
    site.ask("POST", f"/runs/{run['id']}/signals/pause", {"ok": True})
    expect(row).to_contain_text("Success")


def test_a_run_is_run_again_from_its_page(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here)
    run = site.run(slug, here, {"name": "Ann"})
    page.goto(f"/runs/{run['id']}")
    page.get_by_role("button", name=re.compile("^Rerun")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Rerun|Run)")).last.click()
    expect(page).not_to_have_url(re.compile(run["id"]))
    expect(page.get_by_role("main")).to_contain_text("Success")
    assert len(site.ask("GET", "/runs", flow=slug)["items"]) == 2


def test_many_runs_are_run_again_with_progress(site: Site, page: Page) -> None:
    here = site.workspace()
    slug = site.on_main(here)
    for _ in range(3):
        site.run(slug, here, {"name": "Ann"})
    page.goto(f"/runs?flow={slug}")
    expect(page.get_by_role("row").filter(has_text="Success")).to_have_count(3)
    page.get_by_role("checkbox").first.check()
    page.get_by_role("region", name="Selected runs").get_by_role("button", name=re.compile("^Rerun")).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("button.cta").click()
    expect(dialog.get_by_role("status")).to_contain_text("3 of 3 runs started again")
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    expect(page.get_by_role("row").filter(has_text="Success")).to_have_count(6)
