"""One execution of one step, as its kind sees it (the StepCall contract of flowlang/kinds.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flowslot.app.callers import SYSTEM
from flowslot.app.journal import Entry, Wait
from flowslot.app.ports import Connection
from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import NotFound
from flowslot.base.json_text import Json, dump
from flowslot.domain.definition import Block, Step
from flowslot.domain.runs import RunError
from flowslot.engine import blocks
from flowslot.engine.ahead import Ahead, Habit
from flowslot.engine.leaving import Parked
from flowslot.engine.limits import MOST_OUTPUT, SHORT_PAUSE
from flowslot.engine.record_book import Note
from flowslot.engine.scope import Scope
from flowslot.engine.stretch import Stretch
from flowslot.flowlang.kinds import CallRequest, HttpRequest, HttpResponse, StepFailure
from flowslot.flowlang.values import MapValues


class Call:
    """One execution of one step. `path` is its place in the run, `loop[3].post`."""

    __slots__ = ("_acting", "_ahead", "acted", "first", "note", "path", "scope", "settings", "step", "stretch")

    def __init__(self, stretch: Stretch, step: Step, *, scope: Scope, note: Note, ahead: Ahead | None = None) -> None:
        self.stretch = stretch
        self.step = step
        self.settings: Any = step.settings  # as the contract has it: each kind knows its own settings
        self.scope = scope
        self.note = note
        self.path = note.path
        self.acted = False
        """Whether something outside the run had a part in how the step goes."""
        self.first: tuple[Habit | None, Json] | None = None
        """What was evaluated first, and its value."""
        self._acting: str | None = None
        self._ahead = ahead

    # ------------------------------------------------------------ pure

    async def evaluate(self, values: Json, *, pointer: str = "", scope: Mapping[str, Json] | None = None) -> Json:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and scope is None and ahead.fits(values, pointer):
            return ahead.value
        compiled = self.stretch.plan.values(self.step, values, pointer=pointer)
        value = await self.stretch.tools.sandbox.evaluate(compiled, self.scope.seen(compiled.roots, scope))
        if self.first is None:
            asks = not compiled.is_path_only
            self.first = (Habit(pointer, values, asks, gave_it=False) if scope is None else None, value)
        return value

    async def evaluate_map(self, over: str | Json, to: Json, where: Json | None) -> Json:
        values = MapValues(over, to, where)
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead.fits(values, ""):
            return ahead.value
        compiled = self.stretch.plan.mapping(self.step, values)
        value = await self.stretch.tools.sandbox.evaluate(compiled, self.scope.seen(compiled.roots, None))
        if self.first is None:
            self.first = (Habit("", values, not compiled.is_path_only, gave_it=False), value)
        return value

    def set_input(self, value: Json) -> None:
        self.note.input = self.stretch.book.shown(value)

    def fail(self, code: str, message: str, *, pointer: str = "") -> StepFailure:
        return StepFailure(RunError(code, message, step=self.step.id, pointer=f"{self.step.pointer}{pointer}"))

    def now(self) -> datetime:
        return self.stretch.now()

    # ------------------------------------------------------------ blocks

    def block(self, name: str) -> Block:
        return next(block for block in self.step.blocks if block.name == name)

    async def run_block(
        self,
        name: str,
        *,
        scope: Mapping[str, Json] | None = None,
        index: int | None = None,
        result: Json | None = None,
    ) -> Json:
        return await blocks.run_block(self, name, more=scope, index=index, result=result)

    async def run_items(
        self,
        name: str,
        scopes: Sequence[Mapping[str, Json]],
        *,
        concurrency: int,
        collect: bool,
        result: Json | None = None,
    ) -> Sequence[Json | StepFailure]:
        items = blocks.Items(self, name, scopes, collect=collect, result=result)
        return await items.run(concurrency)

    # ------------------------------------------------------------ effects

    async def effect(self, do: Callable[[], Awaitable[Json]], *, name: str = "") -> Json:
        path = f"{self.path}:{name}" if name else self.path
        recorded = self.stretch.entries.get(path)
        if recorded is not None:
            return self.as_recorded(recorded)
        if self._acting == path:  # `code` inside an effect: the outer one is recorded
            return await do()
        self.acted, outer, self._acting = True, self._acting, path
        try:
            await self._until_retry_is_due()
            await self.stretch.before_effect()
            self.note.attempts = self.attempts_made() + 1
            output = await do()
        finally:
            self._acting = outer
        self._check_size(output)
        entry = Entry(
            self.stretch.loaded.run.id,
            path,
            output=output,
            attempts=self.attempts_made() + 1,
            started_at=self.note.started_at,
            ended_at=self.now(),
        )
        await self.stretch.record(entry)
        return self.as_recorded(entry)

    def as_recorded(self, entry: Entry) -> Json:
        """What an effect gave when it was done. Raises its StepFailure."""
        note = self.note
        note.attempts = entry.attempts
        note.started_at = entry.started_at or note.started_at
        note.ended_at = entry.ended_at
        if entry.error is not None:
            raise StepFailure(entry.error)
        return entry.output

    def _check_size(self, output: Json) -> None:
        size = len(dump(output))
        if size > MOST_OUTPUT:
            raise self.fail("output_too_large", f"The step gave {size} bytes; at most {MOST_OUTPUT} are allowed.")

    @property
    def idempotency_key(self) -> str:
        return f"{self.stretch.loaded.run.id}.{self.path}"

    async def code(self, source: str, inputs: Json, *, seconds: float) -> Json:
        return await self.effect(lambda: self.stretch.tools.sandbox.code(source, inputs, seconds=seconds))

    async def http(self, request: HttpRequest) -> HttpResponse:
        connection = None
        if request.connection is not None:
            connection = await asyncio.to_thread(self._connection, request.connection)
        workspace = self.stretch.loaded.run.workspace
        return await self.stretch.tools.outgoing.send(request, connection, workspace=workspace)

    def _connection(self, name: str) -> Connection:
        """The connection bound to a name by the registration, in the run's own workspace and no other."""
        loaded = self.stretch.loaded
        slug = loaded.connections.get(name)
        if slug is None:
            raise self.fail("connection_missing", f"No connection is bound to {name!r} in this workspace.")
        try:
            with self.stretch.tools.store.read(SYSTEM) as uow:
                return uow.connections.get(loaded.run.workspace, slug)
        except NotFound:
            message = f"The connection {slug!r} bound to {name!r} does not exist in this workspace."
            raise self.fail("connection_missing", message) from None

    async def call_flow(self, request: CallRequest) -> Json:
        recorded = self.stretch.entries.get(self.path)
        if recorded is not None:
            return self.as_recorded(recorded)
        self.acted = True
        await self.stretch.before_effect()
        until = None
        if request.wait and request.timeout is not None:
            until = await self._deadline(self.now() + timedelta(seconds=request.timeout))
        try:
            return await self.stretch.calls.call(self, request)
        except Parked as parked:
            if until is None:
                raise
            if until > self.now():
                raise Parked(replace(parked.wait, until=until)) from None
            called = parked.wait.runs[0]
        message = f"The called run {called} did not end within {request.timeout:g} s, and was canceled."
        failure = self.fail("timeout", message, pointer="/timeout")
        await self.stretch.record(
            Entry(self.stretch.loaded.run.id, self.path, error=failure.error, ended_at=self.now())
        )
        await self.stretch.calls.give_up(called)
        raise failure

    # ------------------------------------------------------------ waiting

    async def wait_until(self, moment: datetime) -> None:
        until = await self._deadline(moment)
        if until > self.now():
            raise Parked(Wait(until=until))

    async def wait_for_signal(self, *, timeout_seconds: float | None) -> Json:
        recorded = self.stretch.entries.get(self.path)
        if recorded is not None:
            return recorded.output
        until = None
        if timeout_seconds is not None:
            until = await self._deadline(self.now() + timedelta(seconds=timeout_seconds))
            if until <= self.now():
                await self.stretch.before_effect()
                await self.stretch.record(Entry(self.stretch.loaded.run.id, self.path))
                return None
        raise Parked(Wait(until=until, signals=(self.path,)))

    async def _deadline(self, moment: datetime) -> datetime:
        """The time the step waits for, as it was found when the step was first reached."""
        path = f"{self.path}#until"
        recorded = self.stretch.entries.get(path)
        if recorded is not None:
            return time_from(recorded.output)
        await self.stretch.before_effect()
        await self.stretch.record(Entry(self.stretch.loaded.run.id, path, output=time_text(moment)))
        return moment

    # ------------------------------------------------------------ attempts

    def attempts_made(self) -> int:
        entries, made = self.stretch.entries, 0
        while f"{self.path}#{made + 1}" in entries:
            made += 1
        return made

    def first_attempt_at(self) -> datetime | None:
        first = self.stretch.entries.get(f"{self.path}#1")
        return None if first is None else first.ended_at

    async def retry_later(self, *, attempt: int, seconds: float, error: RunError) -> None:
        self.acted = True
        now = self.now()
        until = now + timedelta(seconds=seconds)
        entry = Entry(
            self.stretch.loaded.run.id,
            f"{self.path}#{self.attempts_made() + 1}",
            output={"attempt": attempt, "code": error.code, "message": error.message, "until": time_text(until)},
            started_at=now,
            ended_at=now,
        )
        await self.stretch.before_effect()
        await self.stretch.record(entry)
        await self._until_retry_is_due()
        self.note.attempts = self.attempts_made() + 1

    async def _until_retry_is_due(self) -> None:
        """The pause after the last attempt, if there was one. While it lasts the run shows why, and until when."""
        made = self.attempts_made()
        if not made:
            return
        last, note = self.stretch.entries[f"{self.path}#{made}"].output, self.note
        message = f"{last['message']} (attempt {made}; the next one begins at {last['until']})"
        note.attempts, note.error = made, RunError(last["code"], message, self.step.id, self.step.pointer)
        await self._pause(time_from(last["until"]))
        note.error = None

    async def _pause(self, until: datetime) -> None:
        """Short pauses pass in memory; for longer ones the run parks."""
        seconds = (until - self.now()).total_seconds()
        if seconds > SHORT_PAUSE:
            raise Parked(Wait(until=until))
        if seconds > 0:
            await asyncio.sleep(seconds)
        if self.stretch.asked:
            await self.stretch.look()
