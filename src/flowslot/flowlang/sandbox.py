"""The sandbox: expressions, code steps and type checks run in processes of their own, with limits on everything."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import perf_counter

from flowslot.base import json_text
from flowslot.base.errors import Malformed
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.prelude import chunks_for, prelude
from flowslot.flowlang.prelude_zones import zone_year
from flowslot.flowlang.sandbox_checks import Checks, Diagnostic
from flowslot.flowlang.sandbox_failures import code_failure, evaluation_failure, is_timeout, program_failure
from flowslot.flowlang.sandbox_held import HeldSession
from flowslot.flowlang.sandbox_lane import Answers, SandboxLane, Waiting
from flowslot.flowlang.sandbox_pool import NoProcess, SandboxPool
from flowslot.flowlang.sandbox_process import WorkerProgram
from flowslot.flowlang.values import Compiled
from flowslot.flowlang.values_failures import expression_failure
from flowslot.flowlang.values_filling import MAX_RESULT, TOO_LARGE
from flowslot.flowlang.values_program import SECONDS, Program

__all__ = ["Diagnostic", "Sandbox"]

MAX_CODE = 100_000
"""Characters that the source of a code step may have."""
_MAX_PRINTED = 65_536
_SMALL = 131_072
"""Characters of data that may go to the sandbox in one call for several evaluations."""

_CALL_MAIN = f"{prelude(chunks_for(()))}\n_json(main(**_j.loads(_in)))"


class Sandbox:
    """Three small pools of processes, each opened when it is first needed."""

    def __init__(self, processes: int = 2, *, took: Callable[[float, str], None] | None = None) -> None:
        """`took` is told how long each call took, and in which pool."""
        self._program = WorkerProgram()
        self._expressions = SandboxPool(max(processes, 1), program=self._program, name="expressions", took=took)
        self._lane = SandboxLane(max(processes, 1), name="expressions", answers=_timed(self._answer, took))
        self._code = SandboxPool(max(processes, 1), program=self._program, fresh=True, name="code", took=took)
        self._kept: dict[tuple[int, int], HeldSession] = {}
        """By process and thread. Not in a threading.local: a fork would drop it in the child, which then never ends."""
        self._checks = Checks(SandboxPool(1, program=self._program, name="checks"))

    def start(self) -> None:
        """Begins to open the pool for expressions, without waiting for it. A process that forks does so before."""
        threading.Thread(target=self._warm, name="sandbox-start", daemon=True).start()

    def _warm(self) -> None:
        with suppress(NoProcess, RuntimeError):  # closed meanwhile; or the first evaluation says why there is none
            self._expressions.warm()

    def close(self) -> None:
        """Ends every process."""
        self._checks.close()
        self._lane.close()
        for (process, _), held in self._kept.items():
            if process == os.getpid():
                held.close()
        self._expressions.close()
        self._code.close()
        self._program.remove()

    async def evaluate(self, compiled: Compiled, data: Mapping[str, Json]) -> Json:
        """The value of compiled expressions, given the data of its roots. Raises StepFailure (expression_error)."""
        missing = compiled.roots - data.keys()
        if missing:
            raise expression_failure(None, f"There is no {min(missing)!r} here.")
        if compiled.program is None:
            return compiled.result(data)
        return await self._lane.evaluate(compiled, data)

    def _answer(self, alike: Sequence[Waiting]) -> None:
        """Answers evaluations of one program: together when they are small, and one by one where that fails."""
        program = alike[0].compiled.program
        assert program is not None
        sent = [json_text.dump({root: each.data[root] for root in program.roots}).decode() for each in alike]
        given = self._together(program, sent) if len(alike) > 1 and sum(map(len, sent)) <= _SMALL else None
        for number, waiting in enumerate(alike):
            try:
                text = self._one(program, sent[number], waiting.data) if given is None else given[number]
                waiting.value = waiting.compiled.result(waiting.data, _parsed(text, program))
            except StepFailure as failure:
                waiting.error = failure
            except NoProcess as error:
                waiting.error = StepFailure(RunError("engine_error", str(error)))

    def _together(self, program: Program, sent: Sequence[str]) -> Sequence[object] | None:
        """The answers for several data in one call; None when that fails, for whatever reason."""
        from pydantic_monty import MontyError

        held = self._held_here()
        try:
            return held.answers(program, sent)
        except MontyError:
            held.close()
        except NoProcess:
            pass
        return None

    def _one(self, program: Program, sent: str, data: Mapping[str, Json]) -> object:
        from pydantic_monty import MontyError

        held = self._held_here()
        try:
            return held.answer(program, sent)
        except MontyError as error:
            held.close()
            if is_timeout(error):  # the time is that of this program alone: it would take as long again
                raise evaluation_failure(error, program, data, item=None) from None
            return self._answer_alone(program, sent, data)

    def _held_here(self) -> HeldSession:
        """The session kept by this thread of the pool."""
        place = (os.getpid(), threading.get_ident())
        if place not in self._kept:
            self._kept[place] = HeldSession(self._expressions.session, seconds=SECONDS)
        return self._kept[place]

    def _answer_alone(self, program: Program, sent: str, data: Mapping[str, Json]) -> object:
        """The answer of a clean session; what fails here is the program's own fault, and has its place."""
        from pydantic_monty import CollectString, MontyError

        with self._expressions.session(program.seconds) as session:
            try:
                return session.feed_run(
                    program.text,
                    inputs={"_in": sent},
                    external_lookup={"_zone_year": zone_year} if program.asks_zones else None,
                    print_callback=CollectString(max_bytes=_MAX_PRINTED),
                )
            except MontyError as error:
                item = _item(session, error) if program.is_map else None
                raise evaluation_failure(error, program, data, item=item) from None

    async def code(self, source: str, inputs: Json, *, seconds: float) -> Json:
        """What `main(**inputs)` of a source returns. Raises StepFailure (code_error, output_too_large)."""
        if len(source) > MAX_CODE:
            raise StepFailure(RunError("code_error", f"The code may have at most {MAX_CODE} characters."))
        try:
            return await self._code.run(lambda: self._ran(source, inputs, seconds))
        except NoProcess as error:
            raise StepFailure(RunError("engine_error", str(error))) from error

    def _ran(self, source: str, inputs: Json, seconds: float) -> Json:
        from pydantic_monty import CollectString, MontyError

        printed = CollectString(max_bytes=_MAX_PRINTED)
        with self._code.session(seconds) as session:
            try:
                session.feed_run(source, print_callback=printed)
                sent = json_text.dump(inputs).decode()
                given = session.feed_run(_CALL_MAIN, inputs={"_in": sent}, print_callback=printed)
            except MontyError as error:
                raise code_failure(error, seconds=seconds) from None
        return _returned(given)

    def check(self, program: str, stubs: str) -> list[Diagnostic]:
        """What the type checker says of a program, in the order of its lines. Blocking."""
        return self._checks.check(program, stubs)


def _timed(answers: Answers, took: Callable[[float, str], None] | None) -> Answers:
    """The same, and `took` is told how long each call took."""
    if took is None:
        return answers

    def timed(group: Sequence[Waiting]) -> None:
        began = perf_counter()
        try:
            answers(group)
        finally:
            took(perf_counter() - began, "expressions")

    return timed


def _item(session: object, error: Exception) -> int | None:
    """The number of the item a mapping was at when it failed, if the session can still say."""
    from pydantic_monty import MontyError, MontyRuntimeError, MontySession

    assert isinstance(session, MontySession)
    if not isinstance(error, MontyRuntimeError) or isinstance(error.exception(), TimeoutError | MemoryError):
        return None
    try:
        found = session.feed_run("index")
    except MontyError:
        return None
    return found if type(found) is int else None


def _parsed(given: object, program: Program) -> Json:
    """The answers in a text from the sandbox; it may be anything at all."""
    if type(given) is not str:
        raise program_failure(program, "The result is not JSON.")
    if len(given) > MAX_RESULT:
        raise program_failure(program, TOO_LARGE)
    try:
        return json_text.parse(given)
    except Malformed as error:
        raise program_failure(program, f"The result cannot be kept. {error.detail}") from None


def _returned(given: object) -> Json:
    if type(given) is not str:
        raise StepFailure(RunError("code_error", "What main returned is not JSON."))
    if len(given) > MAX_RESULT:
        message = f"main returned {len(given)} characters of JSON; at most {MAX_RESULT} are allowed."
        raise StepFailure(RunError("output_too_large", message))
    try:
        return json_text.parse(given)
    except Malformed as error:
        raise StepFailure(RunError("code_error", f"What main returned cannot be kept. {error.detail}")) from None
