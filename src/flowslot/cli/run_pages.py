"""One run for people: how it ended and where, what to do about it, and its steps as a tree with times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flowslot.base.json_text import Json
from flowslot.cli.tables import place, print_record, print_table, ran_on, words
from flowslot.cli.waiting import ended

MOST_LINES = 200
"""Steps shown; of more than that, those that failed and the first ones."""
_SIGNS = {"success": "✓", "failed": "✗", "skipped": "–", "suspended": "…", "running": "▸", "canceled": "∅"}
_LONGEST = 80


def where_it_is(run: Json) -> str:
    """In a few words: what a run waits for, or how it ended."""
    error = run["error"]
    if error:
        return f"{error['code']} at {error.get('step') or 'the start'}: {error['message']}"
    if ended(run):
        return (run["outcome"] or {}).get("message") or ""
    waiting = [step["path"] for step in run["steps"] if step["status"] == "suspended"]
    return f"waits at {', '.join(waiting)}" if waiting else ""


def print_run(run: Json) -> None:
    """Prints a run with what each step did."""
    outcome = run["outcome"] or {}
    said = {"message": outcome.get("message"), "details": _cut(outcome.get("details"))}
    print_record(f"Run {run['id']}", _head(run) | {name: each for name, each in said.items() if each is not None})
    if run["error"]:
        print_record("\nWhat went wrong", _error(run))
    todo = list(_what_to_do(run))
    if todo:
        print("\nWhat to do")
        for line in todo:
            print(f"  {line}")
    shown, left_out = _shown(run["steps"])
    print()
    columns = ("", "step", "kind", "began", "took", "tries", "output or error")
    print_table("Steps" if ended(run) else "Steps so far", columns, [_line(step, run) for step in shown])
    if left_out:
        print(f"  … and {left_out} more; --json shows all.")


def _head(run: Json) -> dict[str, Json]:
    trigger, now = run["trigger"], "" if ended(run) else where_it_is(run)
    return {
        "status": f"{run['status']}, {now}" if now else run["status"],
        "flow": f"{run['flow']} in {run['workspace']}",
        "ran on": ran_on(run) + (" (test)" if run["test"] else ""),
        "trigger": trigger["kind"] + "".join(f", {name} {trigger[name]}" for name in _TOLD if trigger.get(name)),
        "called by": run["parent"],
        "queued": run["queued_at"],
        "began": _after(run["started_at"], run["queued_at"]),
        "ended": _after(run["ended_at"], run["started_at"] or run["queued_at"]),
    }


_TOLD = ("by", "id", "tick", "rerun_of", "traceparent")
"""What of the trigger helps to find where a run came from."""


def _error(run: Json) -> dict[str, Json]:
    error = run["error"]
    failed: Json = next(
        (step for step in run["steps"] if step["status"] == "failed" and step["id"] == error["step"]), {}
    )
    found = {
        "code": error["code"],
        "message": error["message"],
        "at": error.get("pointer"),
        "line:column": place(error),
        "step": failed.get("path") or error.get("step"),
        "its input": _cut(failed.get("input")),
        "tried": f"{failed['attempts']} times" if failed.get("attempts", 1) > 1 else None,
    }
    return {name: each for name, each in found.items() if each is not None}


def _what_to_do(run: Json) -> Iterator[str]:
    if not ended(run):
        for step in run["steps"]:
            if step["status"] == "suspended" and step["kind"] == "wait":
                yield f"flowslot run signal {run['id']} {step['path']}   if it waits for a signal"
        yield f"flowslot run tail {run['id']}   to watch it"
        yield f"flowslot run cancel {run['id']}   to end it"
    elif run["status"] in ("failed", "exception"):
        error = run["error"] or {}
        if run.get("payload_removed_at"):
            yield "Its data is no longer kept: send what started it once more."
            return
        if error.get("step"):
            top = _top(run, error["step"])
            yield f"flowslot run rerun {run['id']} --from-step {top}   what was done before it is not repeated"
        yield f"flowslot run rerun {run['id']} --version current   all of it, on the version that runs now"
        yield f"flowslot flow history {run['flow']}   what changed lately"


def _top(run: Json, step: str) -> str:
    """The step of the flow itself in which a step stands: where a rerun can begin."""
    path = next((each["path"] for each in run["steps"] if each["id"] == step and each["status"] == "failed"), step)
    return str(path).partition("[")[0].partition(".")[0]


def _shown(steps: Sequence[Json]) -> tuple[Sequence[Json], int]:
    if len(steps) <= MOST_LINES:
        return steps, 0
    wanted = {id(step) for step in [*(step for step in steps if step["status"] == "failed"), *steps][:MOST_LINES]}
    return [step for step in steps if id(step) in wanted], len(steps) - len(wanted)


def _line(step: Mapping[str, Json], run: Json) -> list[Json]:
    error = step.get("error")
    said = f"{error['code']}: {error['message']}" if isinstance(error, dict) else _cut(step["output"])
    return [
        _SIGNS.get(step["status"], step["status"]),
        _name(step["path"], step["id"]),
        step["kind"],
        _offset(step["started_at"], run["started_at"]),
        _offset(step["ended_at"], step["started_at"], sign=""),
        step["attempts"] if step["attempts"] > 1 else "",
        said,
    ]


def _name(path: str, step: str) -> str:
    """The step's id, indented below the loops around it, with the number of the item."""
    around = path.rpartition(".")[0]
    return f"{'  ' * path.count('.')}[{around.rpartition('[')[2]} {step}" if around else step


def _cut(value: Json) -> Json:
    text = words(value)
    return None if value is None else text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _after(moment: str | None, before: str) -> str | None:
    return None if moment is None else f"{words(moment)} ({_offset(moment, before)})"


def _offset(moment: str | None, since: str | None, *, sign: str = "+") -> str:
    """The time between two moments, as short as it can be said."""
    if moment is None or since is None:
        return ""
    seconds = (datetime.fromisoformat(moment) - datetime.fromisoformat(since)).total_seconds()
    if seconds < 1:
        return f"{sign}{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{sign}{seconds:.1f} s"
    hours, rest = divmod(int(seconds), 3600)
    return f"{sign}{hours} h {rest // 60} min" if hours else f"{sign}{rest // 60} min {rest % 60} s"
