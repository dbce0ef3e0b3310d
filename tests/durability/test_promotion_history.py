"""A trigger sent after the promotion's answer runs the new version, and nobody ever sees a mix (R14, R3).

pytest tests/durability/test_promotion_history.py --trials 200 -s
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import evidence
import pytest
from history import Change, Trigger, violations
from servers import Api, Place, every, free_port, launcher, show

FLOW = "prices"
WORKSPACES = tuple(f"ws{number}" for number in range(8))
CHANGES = 25
SENDERS = 4


@dataclass
class Recorded:
    """A history as it happened, and what snapshots of all registrations showed."""

    changes: list[Change] = field(default_factory=list)
    sent: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Run → when its trigger was sent, and when it was answered."""
    triggers: list[Trigger] = field(default_factory=list)
    snapshots: int = 0
    mixed: list[Any] = field(default_factory=list)

    def __str__(self) -> str:
        overlapping = sum(
            any(trigger.sent < change.answered and change.asked < trigger.answered for change in self.changes)
            for trigger in self.triggers
        )
        return (
            f"{len(self.changes) - 1} slot changes, {len(self.triggers)} triggers ({overlapping} beside a change), "
            f"{self.snapshots} snapshots, {len(self.mixed)} mixed"
        )


@pytest.mark.parametrize(
    ("triggers", "right"),
    [
        ([(0.1, 0.2, 1)], True),
        ([(2.1, 2.2, 2)], True),
        ([(2.1, 2.2, 1)], False),  # stale
        ([(0.1, 0.2, 2)], False),  # ahead of its time
        ([(0.9, 1.5, 1), (0.9, 1.5, 2)], True),  # beside the change either is right
        ([(1.1, 1.2, 2), (1.3, 1.4, 1)], False),  # one saw the new version, a later one the old
        ([(1.1, 1.4, 2), (1.3, 1.5, 1)], True),
        ([(3.5, 3.6, 1), (3.7, 3.8, 2)], False),  # undone is undone
        ([(0.1, 3.9, 2), (3.5, 3.6, 1)], True),
        ([(3.1, 3.2, 7)], False),
    ],
)
def test_the_checker_knows_right_from_wrong(triggers: list[tuple[float, float, int]], right: bool) -> None:
    changes = [Change(1, -1, -1), Change(2, 1, 2), Change(1, 3, 3.4)]
    found = violations(changes, [Trigger(str(at), *each) for at, each in enumerate(triggers)])
    assert (found == []) is right


def test_a_trigger_after_the_answer_runs_the_new_version_and_nobody_sees_a_mix(
    tmp_path: Path, trials: int | None
) -> None:
    recorded = _recorded(tmp_path, changes=trials or CHANGES)
    show(recorded)
    assert violations(recorded.changes, recorded.triggers) == []
    assert recorded.mixed[:3] == []
    assert len(recorded.triggers) > 4 * len(recorded.changes)
    assert recorded.snapshots > len(recorded.changes)


def test_a_pointer_that_is_cached_is_found(tmp_path: Path) -> None:
    recorded = _recorded(tmp_path, changes=6, plant="pointer_cache")
    assert violations(recorded.changes, recorded.triggers) != []


def _recorded(folder: Path, *, changes: int, plant: str = "sound") -> Recorded:
    return asyncio.run(asyncio.wait_for(_record(folder, changes=changes, plant=plant), 60 + 2 * changes))


async def _record(folder: Path, *, changes: int, plant: str) -> Recorded:
    recorded, place = Recorded(), Place(folder, port=free_port())
    async with launcher(plant) as servers, aiohttp.ClientSession() as session:
        pid = await servers.serve(place)
        api = Api(place, session)
        await api.ready()
        hooks = await _made(api)
        recorded.changes.append(Change(1, 0, 0))
        async with _all_the_time(_send(place, session, recorded, hooks), _look(api, recorded)):
            await _change_slots(api, recorded, changes=changes)
        await servers.end(pid)
    versions = dict(evidence.rows_of(place, "SELECT id, version FROM run"))
    recorded.triggers = [Trigger(run, *times, versions[run]) for run, times in recorded.sent.items()]
    return recorded


def _definition(number: int) -> Mapping[str, Any]:
    trigger = {"kind": "webhook", "auth": "none"}
    return {"flow": 1, "trigger": trigger, "steps": [{"id": "price", "kind": "set", "value": number}]}


async def _made(api: Api) -> dict[str, str]:
    """The flow on main in every workspace; webhook path of each, but of the home, which tries what is staged."""
    for workspace in WORKSPACES:
        await api.make_workspace(workspace)
    home, *others = WORKSPACES
    await api.make_flow(FLOW, _definition(0), workspace=home)
    for workspace in others:
        await api.call("POST", f"/flows/{FLOW}/registrations", {"workspace": workspace})
    return {workspace: await api.hook(FLOW, workspace) for workspace in others}


async def _change_slots(api: Api, recorded: Recorded, *, changes: int) -> None:
    """Promotes new versions; every fourth promotion is undone. Several triggers are sent between two changes."""
    home = WORKSPACES[0]
    for number in itertools.count(1):
        if len(recorded.changes) > changes:
            return
        before = recorded.changes[-1].version
        version = await api.stage(FLOW, _definition(number), workspace=home)
        with _timed() as times:
            promotion = await api.promote(FLOW, version, workspace=home)
        recorded.changes.append(Change(version, *times))
        await _some_more(recorded)
        if number % 4 == 0:
            given = {"expected_revision": await api.revision(FLOW)}
            with _timed() as times:
                await api.call("POST", f"/flows/{FLOW}/promotions/{promotion}/undo", given)
            recorded.changes.append(Change(before, *times))
            await _some_more(recorded)


async def _some_more(recorded: Recorded) -> None:
    """Returns when some more triggers have been answered."""
    enough = len(recorded.sent) + 2 * SENDERS
    for _ in every(seconds=20, what="triggers to be answered"):
        if len(recorded.sent) >= enough:
            return
        await asyncio.sleep(0.001)


def _send(place: Place, session: aiohttp.ClientSession, recorded: Recorded, hooks: Mapping[str, str]) -> Any:
    urls: Iterator[str] = itertools.cycle(place.url(path) for path in hooks.values())

    async def one_after_another() -> None:
        while True:
            sent = time.monotonic()
            async with session.post(next(urls), json={}) as answer:
                said = await answer.json()
                assert answer.status == 202, said
                recorded.sent[said["run"]] = (sent, time.monotonic())

    return [one_after_another() for _ in range(SENDERS)]


def _look(api: Api, recorded: Recorded) -> Any:
    """Snapshots of all registrations; each must show one version in all."""

    async def one_after_another() -> None:
        while True:
            shown = (await api.call("GET", f"/flows/{FLOW}/registrations"))["items"]
            running = {each["resolved_version"] for each in shown if each["slot"] == "main"}
            recorded.snapshots += 1
            if len(running) > 1:
                recorded.mixed.append(running)
            await asyncio.sleep(0.01)

    return [one_after_another()]


@asynccontextmanager
async def _all_the_time(*groups: Any) -> Any:
    """These go on until left; none may end before."""
    tasks = [asyncio.create_task(each) for group in groups for each in group]
    try:
        yield
        for task in tasks:
            assert not task.done(), task.exception()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _timed:  # noqa: N801  reads as a word of the sentence
    """When something was asked for, and when it was answered."""

    def __enter__(self) -> list[float]:
        self._times = [time.monotonic()]
        return self._times

    def __exit__(self, *_: object) -> None:
        self._times.append(time.monotonic())
