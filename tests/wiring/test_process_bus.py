"""The bus between processes: whole messages to all others, from any thread, and never a wait."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from flowslot.base.json_text import Json
from flowslot.wiring.orders import inbox
from flowslot.wiring.process_bus import MOST_BYTES, ProcessBus


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(*given: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*given), 30))

    return run


@asynccontextmanager
async def buses(count: int) -> AsyncIterator[list[ProcessBus]]:
    """The buses of that many processes, at work."""
    boxes = [inbox() for _ in range(count)]
    made = [
        ProcessBus(own, [to for at, (_, to) in enumerate(boxes) if at != number])
        for number, (own, _) in enumerate(boxes)
    ]
    for bus in made:
        bus.start(asyncio.get_running_loop())
    yield made
    for bus in made:
        bus.close()
    for own, to in boxes:
        own.close()
        to.close()


def heard_by(bus: ProcessBus, kind: str = "said") -> asyncio.Queue[Json]:
    heard: asyncio.Queue[Json] = asyncio.Queue()
    bus.subscribe(kind, heard.put_nowait)
    return heard


@in_loop
async def test_a_message_reaches_all_others_and_not_who_said_it() -> None:
    async with buses(3) as (first, second, third):
        own, others = heard_by(first), [heard_by(second), heard_by(third)]
        first.publish("said", {"run": "run_1", "n": 10**20})
        assert [await each.get() for each in others] == [{"run": "run_1", "n": 10**20}] * 2
        assert own.empty()


@in_loop
async def test_only_those_who_asked_for_a_kind_hear_it() -> None:
    async with buses(2) as (first, second):
        heard = heard_by(second)
        first.publish("other", {})
        first.publish("said", {"n": 1})
        assert await heard.get() == {"n": 1}
        assert heard.empty()


@in_loop
async def test_messages_come_from_any_thread_in_their_order() -> None:
    async with buses(2) as (first, second):
        heard = heard_by(second)

        def say() -> None:
            for number in range(100):
                first.publish("said", number)

        await asyncio.to_thread(say)
        assert [await heard.get() for _ in range(100)] == list(range(100))


@in_loop
async def test_what_finds_no_room_in_the_inbox_waits_for_it() -> None:
    async with buses(2) as (first, second):
        heard = heard_by(second)
        for number in range(5_000):  # all before the other one reads the first
            first.publish("said", {"n": number, "text": "x" * 500})
        assert [(await heard.get())["n"] for _ in range(5_000)] == list(range(5_000))


@in_loop
async def test_what_is_too_long_is_left_out() -> None:
    async with buses(2) as (first, second):
        heard = heard_by(second)
        first.publish("said", "x" * MOST_BYTES)
        first.publish("said", "short")
        assert await heard.get() == "short"


@in_loop
async def test_what_was_said_while_nobody_read_is_heard_by_the_successor() -> None:
    (own, to_it), (mine, _to_me) = inbox(), inbox()
    speaker = ProcessBus(mine, [to_it])
    speaker.start(asyncio.get_running_loop())
    speaker.publish("said", 1)
    successor = ProcessBus(own, [])
    heard = heard_by(successor)
    successor.start(asyncio.get_running_loop())
    assert await heard.get() == 1
    for bus in (speaker, successor):
        bus.close()
    for each in (own, to_it, mine, _to_me):
        each.close()
