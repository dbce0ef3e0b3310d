"""The bus on PostgreSQL: what one process says, the others hear; never itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from cluster_rig import opened
from engine_rig import in_loop

from flowslot.base.settings import Settings
from flowslot.storage.notify import PostgresBus


async def until(condition: Callable[[], Any], *, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@in_loop
async def test_the_others_hear_every_message_once_and_in_order(settings: Settings) -> None:
    with opened(settings) as database:
        speaker, listener = PostgresBus(database), PostgresBus(database)
        own: list[Any] = []
        heard: list[Any] = []
        speaker.subscribe("n", own.append)
        listener.subscribe("n", heard.append)
        listener.subscribe("other", heard.append)
        for bus in (speaker, listener):
            bus.start(asyncio.get_running_loop())
        await until(lambda: speaker.listens.is_set() and listener.listens.is_set())
        for number in range(1_000):
            speaker.publish("n", {"number": number, "text": "ü" * 20})
        speaker.publish("n", {"text": "x" * 10_000})
        speaker.publish("n", {"last": True})
        await until(lambda: heard and heard[-1] == {"last": True})
        assert heard == [{"number": number, "text": "ü" * 20} for number in range(1_000)] + [{"last": True}]
        await asyncio.to_thread(speaker.close)
        await asyncio.to_thread(listener.close)
        assert own == []


@in_loop
async def test_what_is_said_last_is_still_said(settings: Settings) -> None:
    with opened(settings) as database:
        speaker, listener = PostgresBus(database), PostgresBus(database)
        heard: list[Any] = []
        listener.subscribe("n", heard.append)
        for bus in (speaker, listener):
            bus.start(asyncio.get_running_loop())
        await until(lambda: listener.listens.is_set())
        speaker.publish("n", {"bye": True})
        await asyncio.to_thread(speaker.close)
        speaker.publish("n", {"too": "late"})
        await until(lambda: heard)
        assert heard == [{"bye": True}]
        await asyncio.to_thread(listener.close)
