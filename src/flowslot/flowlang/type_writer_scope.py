"""Which names and steps an expression can see while a definition is written for the checker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from flowslot.base.errors import Problem
from flowslot.domain.definition import Block, Step
from flowslot.flowlang.expressions import place_of_root
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.prelude_names import LISTED
from flowslot.flowlang.type_writer_rows import Rows
from flowslot.flowlang.values_tree import Part

_ALWAYS = ("trigger", "config", "run")
_TAKEN = LISTED | {*_ALWAYS, "steps"}
_SEE_EARLIER = ("catch", "finally")
"""Blocks that see the steps of the blocks beside them: those may have run."""
_STOP = "stop"
_OF_LOOPS = ("item", "index")


class Scope:
    """The names in scope and the outputs of the steps that can be seen, each with the name of its value."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._names: dict[str, str] = {name: name for name in _ALWAYS}
        self._steps: dict[str, str] = {}
        self._inside: list[dict[str, str]] = [{}]
        """Steps inside the current step, seen (perhaps null) once it is over; before it those of the steps around."""
        self._loops: dict[str, str] = {}
        """Steps seen only inside a loop, with the loop's id."""
        self._all: dict[str, Step] = {}
        self._shown: Mapping[str, str] = {}
        self._steps_shown = ""
        self._loops_around = 0
        self._off = 0
        """How many of the steps around are disabled."""
        self._over: list[bool] = [False]
        """Whether the run is over for certain where writing stands, in each block around it."""
        self._ways: list[dict[str, bool]] = []
        """Of each step around: whether the run is over at the end of each of its blocks."""

    def know(self, steps: Iterable[Step]) -> None:
        """All steps of the definition, for the words about one that cannot be seen."""
        self._all = {step.id: step for step in steps}

    # ------------------------------------------------------------ steps and blocks

    @contextmanager
    def step(self, step: Step) -> Iterator[None]:
        """While a step is written; afterwards what was inside it can be seen, and may be null."""
        self._inside.append({})
        self._ways.append({})
        self._off += step.disabled
        yield
        self._off -= step.disabled
        for step_id, value in self._inside.pop().items():
            self._steps[step_id] = self._rows.assign(f"FS_maybe({value})")
        if _ends(self._ways.pop()) and step.condition is None and not step.disabled:
            self._over[-1] = True

    def add(self, step: Step, output: str) -> str:
        """The output of a step that is over; the name of its value."""
        self._steps[step.id] = self._rows.assign(output)
        return self._steps[step.id]

    @contextmanager
    def block(self, block: Block, names: Mapping[str, str]) -> Iterator[None]:
        """While a block is written, with more names in scope; those of an iteration have an `index` among them."""
        before = dict(self._steps)
        if block.name in _SEE_EARLIER:
            for step_id, value in self._inside[-1].items():
                self._steps[step_id] = self._rows.assign(f"FS_maybe({value})")
        seen = set(self._steps)
        self._over.append(False)
        self._loops_around += "index" in names
        with self.names(names):
            yield
        self._loops_around -= "index" in names
        self._ways[-1][block.name] = self._over.pop() and "index" not in names
        added = {each: value for each, value in self._steps.items() if each not in seen}
        self._steps = before
        if "index" in names:
            self._loops.update(dict.fromkeys(added, next(iter(names))))
        else:
            self._inside[-1].update(added)

    @contextmanager
    def names(self, names: Mapping[str, str]) -> Iterator[None]:
        """While more names are in scope."""
        before = dict(self._names)
        kept = {name: self._rows.assign(value) for name, value in names.items() if name not in _TAKEN}
        for name, value in kept.items():
            self._rows.assign(value, name=name)
        self._names.update(kept)
        yield
        self._names = before
        for name in kept:
            if name in before:
                self._rows.assign(before[name], name=name)

    def show(self, roots: Iterable[str]) -> Mapping[str, str]:
        """The values that the names an expression reads have here, where they have others elsewhere.

        `steps` gets the outputs that it reads, in a line of its own.
        """
        wanted = {root[6:]: self._steps[root[6:]] for root in sorted(roots) if root.startswith("steps.")}
        if wanted and wanted != self._shown:
            self._steps_shown = self._rows.assign(f"{self._rows.maker(list(wanted))}({', '.join(wanted.values())})")
            self._rows.assign(self._steps_shown, name="steps")
            self._shown = wanted
        read = {name: self._names[name] for name in sorted(roots) if name in self._names and name not in _ALWAYS}
        return {**read, "steps": self._steps_shown} if wanted else read

    @property
    def seen_names(self) -> Mapping[str, str]:
        """The names in scope, each with the name of its value."""
        return dict(self._names)

    @property
    def seen_steps(self) -> Mapping[str, str]:
        """The steps that can be seen, each with the name of its value."""
        return dict(self._steps)

    # ------------------------------------------------------------ ends of the run

    def stop(self) -> bool:
        """Notes that the current step ends the run, or its item of a loop; whether that can end the run."""
        self._ways[-1][_STOP] = True
        return not (any(self._over) or self._loops_around or self._off)

    @property
    def ends_always(self) -> bool:
        """Whether a stop has ended the run, whatever way it took, where writing stands now."""
        return self._over[-1]

    # ------------------------------------------------------------ what cannot be seen

    def unknown(self, part: Part) -> Iterator[Problem]:
        """The problems of an expression that reads what is not in scope."""
        for root in sorted(part.expression.roots):
            why = self._why_no_step(root[6:]) if root.startswith("steps.") else self._why_no_name(root)
            if why is not None:
                place = place_of_root(part.expression.source, root).after(part.start)
                yield Problem(part.pointer, *why, line=place.line, column=place.column)

    def _why_no_name(self, name: str) -> tuple[str, str] | None:
        if name in self._names:
            return None
        if name in _OF_LOOPS:
            return "unknown_name", f"There is no {name!r} here: it is known only inside a loop."
        near = f" Did you mean 'steps.{name}'?" if name in self._all else did_you_mean(name, [*self._names, "steps"])
        return "unknown_name", f"There is no {name!r} here.{near}"

    def _why_no_step(self, step: str) -> tuple[str, str] | None:
        if step in self._steps:
            return None
        if step not in self._all:
            return "unknown_step", f"There is no step {step!r}.{did_you_mean(step, [*self._steps, *self._all])}"
        if step in self._loops:
            return "step_out_of_reach", f"The step {step!r} is inside a loop; outside only the loop's output is seen."
        if any(step in inside for inside in self._inside):
            return "step_out_of_reach", f"The step {step!r} is in another branch, so it has no output here."
        return "step_out_of_reach", f"The step {step!r} comes later, or is this very step: it has no output here yet."


def _ends(ways: Mapping[str, bool]) -> bool:
    """Whether a run is over after a step, given whether it is so at the end of each of its blocks."""
    if ways.get(_STOP) or ways.get("finally"):
        return True
    taken = [over for name, over in ways.items() if name != "finally"]
    return ("else" in ways or "steps" in ways) and all(taken)
