"""The background work of a server: the disk that gets full, retention of real runs, one process of several."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from engine_rig import Rig, in_loop, rig
from flow_parts import flow_of, post, set_, stop, wait
from http_target import http_target, said

from flowslot.app import quarantine
from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Call
from flowslot.app.retention import Removed, limits_of
from flowslot.app.runs import rerun, signal
from flowslot.app.triggers import accept_webhook, webhook_result
from flowslot.base.errors import IdReused, NotFound, PayloadRemoved, Quarantined, StorageFull
from flowslot.base.settings import Settings
from flowslot.domain.starting import RerunVersion
from flowslot.flowlang.sandbox import Sandbox
from flowslot.storage.database import open_database
from flowslot.storage.leading import leaves_turn, takes_turn
from flowslot.storage.retention import SqlRetention
from flowslot.wiring import upkeep as wired
from flowslot.wiring.upkeep import Upkeep

MB = 2**20
HOOK = {**flow_of(set_("one", "=trigger"), stop(details="=steps.one")), "trigger": {"kind": "webhook", "auth": "none"}}


class Usage(NamedTuple):
    free: int


class Disk:
    """How much is free, as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = 1000 * MB
        monkeypatch.setattr(wired.shutil, "disk_usage", lambda folder: Usage(self.free))


@asynccontextmanager
async def kept_up(it: Rig) -> AsyncIterator[Upkeep]:
    upkeep = Upkeep(it.parts.deps, it.database, it.parts.gate, engine=it.engine)
    await upkeep.start()
    try:
        yield upkeep
    finally:
        await upkeep.stop()


async def closes(it: Rig, upkeep: Upkeep, closed: bool) -> None:
    async with asyncio.timeout(10):
        while (it.parts.gate.closed is not None) is not closed or it.parts.gate.quarantined:
            upkeep.look_now()
            await asyncio.sleep(0.01)


async def hook(it: Rig, body: bytes = b"{}", *, key: str | None = None) -> Any:
    headers = {"content-type": "application/json"} | ({} if key is None else {"webhook-id": key})
    now = it.clock.now()
    return await accept_webhook(it.parts, token="mainhookedacme", method="POST", headers=headers, body=body, now=now)


async def gets_full_and_is_emptied(it: Rig, upkeep: Upkeep, fill: Any, empty: Any) -> None:
    """On a disk that gets full nothing new is started, what is under way ends, and it all goes on by itself."""
    it.flow(flow_of(wait("rest", signal=True, timeout="7d"), stop(details="=steps.rest")))
    it.flow(HOOK, slug="hooked")
    under_way = (await it.start()).run
    await it.is_(under_way, "suspended")
    fill()
    await closes(it, upkeep, True)
    with pytest.raises(StorageFull, match="MB of the disk are free") as refused:
        await hook(it)
    assert refused.value.extra["retry_after"] == 30
    with pytest.raises(StorageFull):
        await it.start()
    await signal(it.parts, SYSTEM, run=under_way, step="rest", payload="go on")
    assert (await it.end_of(under_way)).status.value == "success"
    empty()
    await closes(it, upkeep, False)
    assert await it.engine.ended((await hook(it)).run, seconds=10)


@in_loop
async def test_a_disk_that_gets_full_stops_what_is_new_until_there_is_room(
    given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    async with rig(*given, started=False) as it, kept_up(it) as upkeep:
        await gets_full_and_is_emptied(
            it, upkeep, lambda: setattr(disk, "free", 199 * MB), lambda: setattr(disk, "free", 300 * MB)
        )


@in_loop
async def test_a_little_more_than_the_limit_is_not_yet_room(given: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    async with rig(*given, started=False) as it, kept_up(it) as upkeep:
        disk.free = 100 * MB
        await closes(it, upkeep, True)
        disk.free = 201 * MB
        await asyncio.to_thread(upkeep._watch)
        assert it.parts.gate.is_full
        disk.free = 221 * MB
        await asyncio.to_thread(upkeep._watch)
        assert not it.parts.gate.is_full


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 MB, where the machine lets one be made."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "none", place], capture_output=True)
    except OSError:
        pytest.skip("there is no mount here")
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@in_loop
async def test_a_real_small_disk_gets_full_and_is_emptied(small_disk: Path, sandbox: Sandbox) -> None:
    data, ballast = small_disk / "data", small_disk / "ballast"
    with closing(open_database(Settings(data=data))) as database:
        async with rig(database, sandbox, data, started=False, least_free=10) as it, kept_up(it) as upkeep:
            await gets_full_and_is_emptied(it, upkeep, lambda: ballast.write_bytes(b"x" * 24 * MB), ballast.unlink)
        with database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


@in_loop
async def test_on_a_disk_that_is_full_all_the_same_nothing_acknowledged_is_lost(
    small_disk: Path, sandbox: Sandbox
) -> None:
    """Without a guard: the webhook that finds no room is refused as storage_full, and all goes on with room again."""
    data, ballast = small_disk / "data", small_disk / "ballast"
    with closing(open_database(Settings(data=data))) as database:
        async with rig(database, sandbox, data, least_free=0) as it:
            it.flow(HOOK, slug="hooked")
            first = (await hook(it)).run
            await it.end_of(first)
            ballast.write_bytes(b"x" * 25 * MB)
            accepted = await accepted_until_full(it)
            assert (await it.state(first)).status.value == "success"
            ballast.unlink()
            for run in accepted:
                await it.end_of(run)
            assert await it.engine.ended((await hook(it)).run, seconds=10)
        with database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


async def accepted_until_full(it: Rig) -> list[Any]:
    accepted = []
    for _ in range(200):
        try:
            accepted.append((await hook(it, b'"' + b"x" * 500_000 + b'"')).run)
        except StorageFull:
            return accepted
    raise AssertionError("the disk was never full")


def prune(it: Rig, **settings: Any) -> Removed:
    limits = limits_of(Settings(**settings), it.clock.now())
    return sum(SqlRetention(it.database).steps(limits), Removed())


@in_loop
async def test_a_run_whose_payload_is_gone_is_not_run_again(given_each: Any) -> None:
    async with http_target(lambda got: said({"ok": True})) as target, rig(*given_each) as it:
        it.flow(
            flow_of(post("send", target.url("/x"), json="=trigger"), stop(message="done", details="=steps.send.body"))
        )
        done = await it.run({"secret": 1})
        it.advance(days=31)
        assert prune(it).payloads == 1
        shown = await it.state(done.id)
        assert (shown.input, shown.steps, shown.status) == (None, (), done.status)
        assert shown.payload_removed_at is not None
        assert shown.outcome is not None
        assert (shown.outcome.message, shown.outcome.details) == ("done", None)
        assert (await it.parts.journal.load(done.id)).entries == {}
        for step in (None, "send"):
            with pytest.raises(PayloadRemoved, match="was removed at"):
                await rerun(it.parts, SYSTEM, run=done.id, version=RerunVersion.SAME, from_step=step)
        it.advance(days=60)
        assert prune(it).runs == 1
        with pytest.raises(NotFound):
            await it.state(done.id)


@in_loop
async def test_a_webhook_sent_again_is_known_as_long_as_its_run_is_kept(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(HOOK, slug="hooked")
        first = await hook(it, b'{"n":1}', key="msg-1")
        await it.end_of(first.run)
        with pytest.raises(IdReused):
            await hook(it, b'{"n":2}', key="msg-1")
        it.advance(days=31)
        prune(it, most_runs=1)
        again = await hook(it, b'{"n":1}', key="msg-1")
        assert (again.run, again.fresh) == (first.run, False)
        with pytest.raises(PayloadRemoved, match="no longer kept"):
            await webhook_result(it.parts, again.run)
        it.advance(days=60)
        prune(it)
        assert (await hook(it, b'{"n":1}', key="msg-1")).fresh


@in_loop
async def test_under_quarantine_nothing_is_started_until_it_ends(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(HOOK, slug="hooked")
        quarantine.begin(it.parts.deps, Call(SYSTEM), why="a test")
        async with kept_up(it) as upkeep:
            with pytest.raises(Quarantined):
                await hook(it)
            with pytest.raises(Quarantined):
                await it.start(slug="hooked")
            it.parts.gate.closed = None  # as a run that was open in the backup
            run = (await hook(it)).run
            it.engine.look_again()
            assert not await it.engine.ended(run, seconds=0.2)
            assert (await it.state(run)).status.value == "queued"
            ended = await asyncio.to_thread(quarantine.end, it.parts.deps, Call(SYSTEM), cancel_open=False)
            assert ended.canceled == 0
            await closes(it, upkeep, False)
            assert (await it.end_of(run)).status.value == "success"
            assert await it.engine.ended((await hook(it)).run, seconds=10)


@in_loop
async def test_retention_works_in_the_background(given: Any) -> None:
    async with rig(*given, started=False) as it:
        it.flow(HOOK, slug="hooked")
        upkeep = Upkeep(it.parts.deps, it.database, it.parts.gate, engine=it.engine)
        await upkeep.start(first=0, every=0.01)
        try:
            done = (await hook(it)).run
            await it.end_of(done)
            it.advance(days=31)
            async with asyncio.timeout(20):
                while (await it.state(done)).payload_removed_at is None:
                    await asyncio.sleep(0.01)
        finally:
            await upkeep.stop()


@in_loop
async def test_of_several_processes_one_keeps_house(given_each: Any) -> None:
    async with rig(*given_each) as it:

        def takes(me: str) -> bool:
            return takes_turn(it.database, "housekeeper", me=me, now=it.clock.now())

        assert [takes("a"), takes("b"), takes("a")] == [True, False, True]
        it.advance(minutes=31)
        assert [takes("b"), takes("a")] == [True, False]
        leaves_turn(it.database, "housekeeper", me="a")
        assert not takes("a")
        leaves_turn(it.database, "housekeeper", me="b")
        assert takes("a")
