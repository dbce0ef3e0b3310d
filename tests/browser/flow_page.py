"""A flow's page as people use it: by what is written on it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


class FlowPage:
    """The page of one flow in one workspace."""

    def __init__(self, page: Page, flow: str, workspace: str) -> None:
        self.page, self.flow, self.workspace = page, flow, workspace

    def open(self, *, version: int | None = None, part: str = "") -> FlowPage:
        """Opens it at the version asked for, or at one of its parts, and waits until it is there."""
        asked = "" if version is None else f"&v={version}"
        self.page.goto(f"/flows/{self.flow}{part}?workspace={self.workspace}{asked}")
        self.indicator.wait_for()
        return self

    @property
    def indicator(self) -> Locator:
        """The staging/main indicator in the upper right corner (R8)."""
        return self.page.get_by_role("status", name="What is on display")

    @property
    def active_icon(self) -> Locator:
        """The icon beside the History menu: what is active in this workspace (R8, R10)."""
        return self.page.locator("header").get_by_role("img", name=re.compile("is active in"))

    @property
    def history_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^History"))

    def history(self) -> Locator:
        """The entries of the History menu, which is opened."""
        self.history_button.click()
        return self.page.get_by_role("listbox", name="Versions, newest first").get_by_role("option")

    def choose(self, number: int) -> None:
        """Chooses a version in the History menu."""
        self.history().filter(has_text=re.compile(rf"^v{number}(?!\d)")).first.click()

    def card(self, step: str) -> Locator:
        """A step on the canvas."""
        return self.page.locator(f'.react-flow__node[data-id="{step}"]')

    def name_step(self, step: str, name: str) -> None:
        """Gives a step another name: the smallest change there is."""
        self.card(step).click()
        self.page.get_by_role("textbox", name="Name", exact=True).fill(name)
        expect(self.card(step)).to_contain_text(name)

    def save_draft(self) -> None:
        self.page.get_by_role("button", name="Save draft").click()
        expect(self.page.locator("[data-unsaved]")).to_have_count(0)

    def deploy(self) -> None:
        """Presses Save and deploy to staging."""
        self.page.get_by_role("button", name="Save and deploy to staging", exact=True).click()

    def promote_button(self) -> Locator:
        return self.page.locator("header").get_by_role("button", name="Promote to main")

    def promote_dialog(self) -> Locator:
        """The dialog, which is opened."""
        self.promote_button().click()
        dialog = self.page.get_by_role("dialog", name=re.compile("^Promote version"))
        expect(dialog.get_by_role("heading", name=re.compile("other customer workspace|workspace"))).not_to_have_count(
            0
        )
        return dialog

    def promote(self) -> None:
        """Promotes what is staged, and closes what tells of it."""
        self.promote_dialog().get_by_role("button", name=re.compile("^Promote")).click()
        self.page.get_by_role("dialog").get_by_role("button", name="Close").last.click()


def shows(indicator: Locator, slot: str, version: int) -> None:
    """The indicator says the slot by icon, word and number: never by colour alone (R8)."""
    icon = {"Staging": "staging", "Main": "main"}[slot]
    expect(indicator).to_contain_text(f"{slot} v{version}")
    expect(indicator.locator(f'svg[data-icon="{icon}"]')).to_be_visible()
