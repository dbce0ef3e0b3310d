"""Statements of the story: each is checked against what was seen, printed, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowslot.base.json_text import Json
from flowslot.cli.refusals import Refused
from flowslot.cli.tables import console, print_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console


class Verifier:
    """Prints the story; remembers which statements were not true."""

    def __init__(self) -> None:
        self._out: Console = console()
        self.steps = 0
        self.statements = 0
        self.failures: list[str] = []

    @property
    def all_true(self) -> bool:
        return not self.failures

    def step(self, title: str) -> None:
        """Begins a step of the story."""
        self.steps += 1
        self._out.print()
        self._out.print(f"{self.steps}. {title}", style="bold cyan", markup=False)

    def say(self, text: str) -> None:
        self._out.print(f"   {text}", markup=False)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> None:
        """What was seen."""
        print_table(title, columns, rows)

    def expect(self, statement: str, *, expected: Json, seen: Json) -> None:
        """A statement that is true exactly when what was seen equals what was expected."""
        self.statements += 1
        if expected == seen:
            self._out.print(f"   ✓ {statement}", style="green", markup=False)
            return
        self.failures.append(statement)
        self._out.print(f"   ✗ {statement}", style="bold red", markup=False)
        self._out.print(f"       expected {expected!r}\n       seen     {seen!r}", style="red", markup=False)

    def expect_refusal(self, statement: str, code: str, action: Callable[[], object]) -> None:
        """A statement that is true exactly when the server refuses with this code."""
        try:
            action()
        except Refused as refused:
            self.expect(f"{statement}: {code}", expected=code, seen=refused.code)
        else:
            self.expect(f"{statement}: {code}", expected=code, seen="not refused")

    def broken_off(self, why: str) -> None:
        """The story could not go on; that is a failure too."""
        self.failures.append(why)
        self._out.print(f"   ✗ The story broke off: {why}", style="bold red", markup=False)

    def verdict(self) -> None:
        """The last line."""
        self._out.print()
        if self.all_true:
            self._out.print(f"All {self.statements} statements were verified.", style="bold green")
        else:
            self._out.print(f"{len(self.failures)} of {self.statements} statements were not true:", style="bold red")
            for each in self.failures:
                self._out.print(f"  ✗ {each}", style="red", markup=False)
