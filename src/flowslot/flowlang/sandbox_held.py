"""A session that is kept open: the prelude is loaded once, and each program is a function in it, defined once.

Only what succeeds is answered from here. After a failure the session is given up, and the caller asks a clean session,
whose answer counts: so a program can never be told of another one, in its result or in its error.
Programs cannot leave anything behind: they are expressions, whose names are checked before they are compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Protocol

from flowslot.flowlang.prelude import everything
from flowslot.flowlang.prelude_zones import zone_year
from flowslot.flowlang.values_program import Program

if TYPE_CHECKING:
    from pydantic_monty import MontySession

MOST_PROGRAMS = 200
MOST_CALLS = 20_000
"""After so many a session is opened anew: memory of the sandbox process stays small."""
_MAX_PRINTED = 4_096


class Opens(Protocol):
    """Opens a clean session."""

    def __call__(self, seconds: float) -> AbstractContextManager[MontySession]: ...


class HeldSession:
    """One kept session and its process; used by one thread."""

    def __init__(self, opens: Opens, *, seconds: float) -> None:
        self._opens = opens
        self._seconds = seconds
        self._stack = ExitStack()
        self._session: MontySession | None = None
        self._names: dict[str, str] = {}
        self._calls = 0

    def answer(self, program: Program, sent: str) -> object:
        """What the program gives for its data. Any MontyError: ask a clean session."""
        return self._called(program, "{}(_in)", sent)

    def answers(self, program: Program, sent: Sequence[str]) -> Sequence[str] | None:
        """What the program gives for each of several data; None when that cannot be told apart.

        JSON texts have no line ends in them, so one text with a line for each goes in and comes out.
        """
        given = self._called(program, "'\\n'.join([{}(_line) for _line in _in.split('\\n')])", "\n".join(sent))
        lines = given.split("\n") if type(given) is str else ()
        return lines if len(lines) == len(sent) else None

    def _called(self, program: Program, how: str, sent: str) -> object:
        from pydantic_monty import CollectString

        if len(self._names) >= MOST_PROGRAMS or self._calls >= MOST_CALLS:
            self.close()
        session = self._session or self._open()
        name = self._names.get(program.body) or self._define(session, program)
        self._calls += 1
        return session.feed_run(
            how.format(name),
            inputs={"_in": sent},
            external_lookup={"_zone_year": zone_year} if program.asks_zones else None,
            print_callback=CollectString(max_bytes=_MAX_PRINTED),
        )

    def _open(self) -> MontySession:
        self._session = self._stack.enter_context(self._opens(self._seconds))
        self._session.feed_run(everything())
        return self._session

    def _define(self, session: MontySession, program: Program) -> str:
        name = f"_p{len(self._names)}"
        *before, last = program.body.split("\n")
        lines = [f"def {name}(_in):", *(f"    {line}" for line in before), f"    return {last}"]
        session.feed_run("\n".join(lines))
        self._names[program.body] = name
        return name

    def close(self) -> None:
        """Gives the process back."""
        self._session, self._names, self._calls = None, {}, 0
        self._stack.close()
