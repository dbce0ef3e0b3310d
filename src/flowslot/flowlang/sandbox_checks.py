"""The type checker inside the sandbox: one process, kept warm, that reads programs and runs nothing of them."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowslot.flowlang.sandbox_pool import NoProcess, SandboxPool

if TYPE_CHECKING:
    from pydantic_monty import MontySession

CHECKS_PER_SESSION = 200
"""Checks after which a session is begun anew, so that what it remembers cannot grow."""
_SECONDS = 10.0
"""A definition at the limit of its size takes one or two."""
_STOP = "import json\njson.loads('')\n"
"""Fails as soon as it runs, which is after the check: so nothing of a program is ever run or remembered."""
_STOPPED = ("JSONDecodeError", "NotImplementedError")
"""How a program ends that passed: stopped there, or before, where it has what the sandbox can check but not run."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing the type checker found: its rule and words, and the place in the program (both counted from 1)."""

    line: int
    column: int
    end_column: int
    rule: str
    message: str


class CheckFailed(Exception):
    """The checker gave no answer: it was killed for taking too much time or memory."""


class Checks:
    """Runs checks one after the other in one session."""

    def __init__(self, pool: SandboxPool) -> None:
        self._pool = pool
        self._one = threading.Lock()
        self._open = ExitStack()
        self._session: MontySession | None = None
        self._stubs = ""
        self._left = 0

    def check(self, program: str, stubs: str) -> list[Diagnostic]:
        """What is wrong with a program that may use what the stubs declare. Raises CheckFailed."""
        from pydantic_monty import MontyError

        with self._one:
            if self._session is not None:
                try:
                    return self._said_of(program, stubs)
                except MontyError:  # perhaps for what came before this program: a new session tells
                    self._end()
            try:
                return self._said_of(program, stubs)
            except MontyError as error:
                self._end()
                raise CheckFailed("The expressions are too much for the type checker.") from error
            except NoProcess as error:
                raise CheckFailed(str(error)) from error

    def _said_of(self, program: str, stubs: str) -> list[Diagnostic]:
        from pydantic_monty import MontyRuntimeError, MontyTypingError

        try:
            self._ready(stubs).feed_run(_STOP + program)
        except MontyTypingError as error:
            return _read(error.display())
        except MontyRuntimeError as error:
            if type(error.exception()).__name__ not in _STOPPED:
                raise
        return []

    def _ready(self, stubs: str) -> MontySession:
        if self._session is None or self._stubs != stubs or self._left == 0:
            self._end()
            self._session = self._open.enter_context(self._pool.checking(stubs, _SECONDS))
            self._stubs, self._left = stubs, CHECKS_PER_SESSION
        self._left -= 1
        return self._session

    def _end(self) -> None:
        self._session, self._left = None, 0
        self._open.close()
        self._open = ExitStack()

    def close(self) -> None:
        with self._one:
            self._end()
        self._pool.close()


def _read(text: str) -> list[Diagnostic]:
    skipped = _STOP.count("\n")
    found = [
        Diagnostic(
            each["location"]["row"] - skipped,
            each["location"]["column"],
            each["end_location"]["column"],
            each["code"],
            each["message"][:2048],
        )
        for each in json.loads(text)
        if each["location"]["row"] > skipped
    ]
    return sorted(found, key=lambda each: (each.line, each.column))
