"""What a run cannot be asked for, and why: a rerun from a step, a signal to a step."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flowslot.base.errors import Problem
from flowslot.domain.definition import Definition, Step
from flowslot.domain.runs import StepRecord
from flowslot.domain.starting import step_of_path

_LOOP = "for_each"
_WAIT = "wait"
_LEFT_OUT = "left_out"
"""Kind of the record that says how many steps are not shown."""


def why_not_rerun_from(
    definition: Definition, step: str, *, records: Sequence[StepRecord], paths: Collection[str]
) -> Problem | None:
    """Why a rerun cannot begin at a step. `records` and journal `paths` are what the first run did."""
    way = way_to(definition.steps, step)
    if not way:
        return _from_step("unknown_step", f"The version that would run has no step {step!r}.")
    loop = next((each for each in way[:-1] if each.kind == _LOOP), None)
    if loop is not None:
        message = f"The step {step!r} stands inside the loop {loop.id!r}; rerun from {loop.id!r} or a step around it."
        return _from_step("inside_loop", message)
    came = any(record.id == step or record.kind == _LEFT_OUT for record in records)
    if not came and not any(step_of_path(path) == step for path in paths):
        return _from_step("never_ran", f"The run never came to the step {step!r}; rerun from one that it came to.")
    return None


def way_to(steps: Sequence[Step], step: str) -> tuple[Step, ...]:
    """The steps around a step, from the outermost, and itself at the end; empty when there is no such step."""
    for each in steps:
        if each.id == step:
            return (each,)
        for block in each.blocks:
            below = way_to(block.steps, step)
            if below:
                return (each, *below)
    return ()


def waiting_paths(definition: Definition, records: Sequence[StepRecord]) -> tuple[str, ...]:
    """Paths of the steps of a resting run that wait for a signal."""
    taking = {each.id for each in definition.every_step() if takes_signal(each)}
    return tuple(each.path for each in records if each.status == "suspended" and each.id in taking)


def takes_signal(step: Step) -> bool:
    """Whether a step waits for a signal, and not for a time."""
    return step.kind == _WAIT and getattr(step.settings, "signal", None) is not None


def why_no_signal(definition: Definition, step: str, *, waiting: Sequence[str], paths: Collection[str]) -> str:
    """Why nobody waits for a signal at a step, or at a step's path. `paths` are those in the run's journal."""
    name = step_of_path(step)
    found = next((each for each in definition.every_step() if each.id == name), None)
    if found is None:
        return f"The run's version has no step {name!r}.{_instead(waiting)}"
    if not takes_signal(found):
        return f"The step {name!r} does not wait for a signal.{_instead(waiting)}"
    meant = [path for path in waiting if step_of_path(path) == step]
    if len(meant) > 1:
        return f"{len(meant)} items wait at {step!r}; name one by its path: {_listed(meant)}."
    if step in paths or (step == name and not meant and any(_is_done(path, name) for path in paths)):
        return f"The signal for {step!r} has come already, or its time was over.{_instead(waiting)}"
    return f"The run does not wait at {step!r} now; it may not have come there yet.{_instead(waiting)}"


def _is_done(path: str, step: str) -> bool:
    return "#" not in path and step_of_path(path) == step


def _instead(waiting: Sequence[str]) -> str:
    return f" It waits at {_listed(waiting)}." if waiting else ""


def _listed(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:5])
    return f"{shown} and {len(paths) - 5} more" if len(paths) > 5 else shown


def _from_step(code: str, message: str) -> Problem:
    return Problem("/from_step", code, message)
