"""What the page costs: bytes of a first load, time until it can be used on a slow processor, frames with 200 steps."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.machine import describe, percentile, row
from bench.server import TOKEN, Server, running

WIDTHS = (46, 14, 14)
SLOWED = 4
"""How many times slower the page's processor is made for the times."""
QUIET_MS = 400
"""As long as nothing may keep the page busy before it counts as ready."""
FLOWS = 60
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

_LONG_TASKS = """
    window.busyUntil = 0;
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) busyUntil = Math.max(busyUntil, task.startTime + task.duration);
    }).observe({ type: 'longtask', buffered: true });
"""
_READY = f"""async () => {{
    let at = performance.now();
    const painted = at;
    while (performance.now() - Math.max(painted, busyUntil) < {QUIET_MS}) await new Promise((r) => setTimeout(r, 20));
    return Math.max(painted, busyUntil);
}}"""
_FRAMES_BEGIN = """() => {
    window.frames = [];
    let last = performance.now();
    const frame = (now) => { frames.push(now - last); last = now; window.framing = requestAnimationFrame(frame); };
    window.framing = requestAnimationFrame(frame);
}"""
_FRAMES_END = "() => { cancelAnimationFrame(framing); return frames.slice(2); }"


@dataclass
class Loaded:
    """What one opening of a page brought over the wire, headers included."""

    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def kb(self) -> float:
        return sum(self.sizes.values()) / 1024


@dataclass(frozen=True)
class Desk:
    """A browser before the server, signed in; every opening is in a context with an empty cache."""

    browser: Browser
    server: Server
    state: Any  # what playwright gives for a signed-in browser

    def fresh(self) -> BrowserContext:
        url = f"http://127.0.0.1:{self.server.port}"
        return self.browser.new_context(base_url=url, storage_state=self.state, viewport={"width": 1280, "height": 720})


def steps_of(count: int, *, loops: bool = True) -> Sequence[Mapping[str, Any]]:
    """So many steps, every tenth a loop and every seventh a branch with a step in it."""
    found: list[Mapping[str, Any]] = []
    made = 0
    while made < count:
        made += 1
        inner = {"id": f"inner{made}", "kind": "set", "value": "=1"}
        if loops and made % 10 == 0 and made < count:
            made += 1
            found.append({"id": f"loop{made}", "kind": "for_each", "in": "=[1]", "steps": [inner]})
        elif loops and made % 7 == 0 and made < count:
            made += 1
            found.append({"id": f"check{made}", "kind": "condition", "if": "=1 == 1", "then": [inner]})
        else:
            found.append({"id": f"step{made}", "kind": "set", "value": f"={made}"})
    return found


def fill(server: Server) -> None:
    """A workspace with a list of flows, one of 30 steps and one of 200."""
    server.call("POST", "/workspaces", {"slug": "acme", "name": "Acme"})
    for number in range(FLOWS):
        make(server, f"flow-{number}", steps_of(3))
    make(server, "thirty", steps_of(30))
    make(server, "twohundred", steps_of(200))


def make(server: Server, slug: str, steps: Sequence[Mapping[str, Any]]) -> None:
    """A flow with one staged version."""
    server.call("POST", "/flows", {"slug": slug, "name": slug.title(), "workspace": "acme"})
    definition = {"flow": 1, "trigger": {"kind": "on_demand"}, "steps": steps}
    seen = server.call("GET", f"/flows/{slug}")["revision"]
    server.call(
        "POST",
        f"/flows/{slug}/staging",
        {"workspace": "acme", "definition": definition, "expected_revision": seen},
    )


def loaded(desk: Desk, path: str, there: str) -> Loaded:
    """What opening the page brings, until it is there and quiet."""
    found = Loaded()
    names: dict[str, str] = {}
    context = desk.fresh()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))

    def finished(event: Mapping[str, Any]) -> None:
        found.sizes[names.get(event["requestId"], event["requestId"])] = event["encodedDataLength"]

    wire.on("Network.loadingFinished", finished)
    page.add_init_script(_LONG_TASKS)
    page.goto(path)
    page.locator(there).first.wait_for()
    page.evaluate(_READY)
    context.close()
    return found


def ready_ms(desk: Desk, path: str, there: str) -> float:
    """Milliseconds from the address to a page that is there and has nothing to do, on a slowed processor."""
    context = desk.fresh()
    page = context.new_page()
    page.add_init_script(_LONG_TASKS)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    page.goto(path, wait_until="commit")
    page.locator(there).first.wait_for()
    found = float(page.evaluate(_READY))
    context.close()
    return found


def frames(page: Page, act: Callable[[Page], None]) -> list[float]:
    """Milliseconds between the frames while something is done."""
    page.evaluate(_FRAMES_BEGIN)
    act(page)
    found: list[float] = page.evaluate(_FRAMES_END)
    return found


def drag(page: Page) -> None:
    """Drags a step over the canvas."""
    box = page.locator(".react-flow__node").nth(2).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for turn in range(120):
        page.mouse.move(x + turn, y + turn % 60)
    page.mouse.up()


def pan(page: Page) -> None:
    """Moves the canvas."""
    page.mouse.move(700, 500)
    for turn in range(120):
        page.mouse.wheel(0, 12 if turn < 60 else -12)


def zoom(page: Page) -> None:
    """Zooms out and in."""
    page.mouse.move(700, 400)
    page.keyboard.down("Control")
    for turn in range(80):
        page.mouse.wheel(0, 30 if turn < 40 else -30)
    page.keyboard.up("Control")


def measure(desk: Desk, rounds: int) -> None:
    """Prints the table."""
    row("figure", "measured", "wanted", widths=WIDTHS)
    flow_list = loaded(desk, "/flows", "[role=row]")
    row("flow list, first load", f"{flow_list.kb:.0f} KB", "< 250 KB", widths=WIDTHS)
    row(
        "editor of 30 steps, all it loads",
        f"{loaded(desk, '/flows/thirty', STEP).kb:.0f} KB",
        "< 450 KB",
        widths=WIDTHS,
    )
    for name, path, there, wanted in (
        ("flow list", "/flows", "[role=row]", 1200),
        ("editor of 30 steps", "/flows/thirty", STEP, 2500),
    ):
        found = statistics.median(ready_ms(desk, path, there) for _ in range(rounds))
        row(f"{name}, ready with the CPU slowed {SLOWED}×", f"{found:.0f} ms", f"< {wanted} ms", widths=WIDTHS)
    live = statistics.median(live_ms(desk) for _ in range(rounds))
    row("a promotion is seen in another browser after", f"{live:.0f} ms", "< 1000 ms", widths=WIDTHS)
    page = desk.fresh().new_page()
    page.goto("/flows/twohundred")
    page.locator(STEP).nth(150).wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    for name, act in (("dragging", drag), ("panning", pan), ("zooming", zoom)):
        took = [each for _ in range(rounds) for each in frames(page, act)]
        told = f"{statistics.median(took):.1f} / {percentile(took, 0.95):.1f} ms"
        wanted_frames = "p95 < 20" if name == "dragging" else "median < 17"
        row(f"200 steps, {name}: frame median / p95", told, wanted_frames, widths=WIDTHS)


def live_ms(desk: Desk) -> float:
    """Milliseconds from the moment a promotion was answered to another browser showing it."""
    page = desk.fresh().new_page()
    page.goto("/flows/flow-1")
    shown = page.get_by_role("status", name="What is on display")
    shown.get_by_text("v1").wait_for()
    page.locator('[data-live="live"]').wait_for()
    seen = desk.server.call("GET", "/flows/flow-1")["revision"]
    move = {"workspace": "acme", "version": 1, "expected_revision": seen}
    promotion = desk.server.call("POST", "/flows/flow-1/promotions", move)
    begun = time.perf_counter()
    shown.get_by_text("Main").wait_for()
    took = (time.perf_counter() - begun) * 1000
    seen = desk.server.call("GET", "/flows/flow-1")["revision"]
    desk.server.call("POST", f"/flows/flow-1/promotions/{promotion['id']}/undo", {"expected_revision": seen})
    page.context.close()
    return took


STEP = ".react-flow__node-step"


def signed_in(browser: Browser, server: Server) -> Any:
    """The cookies of a browser that has signed in with the token."""
    context = browser.new_context(base_url=f"http://127.0.0.1:{server.port}")
    answer = context.request.post("/api/v1/session", data={"token": TOKEN})
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, sync_playwright() as playwright:
        fill(server)
        browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
        print(f"Chromium {browser.version} without GPU, median of {given.rounds}; {FLOWS} flows in the list")
        measure(Desk(browser, server, signed_in(browser, server)), given.rounds)
        browser.close()


if __name__ == "__main__":
    main()
