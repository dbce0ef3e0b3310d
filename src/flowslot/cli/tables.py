"""Tables for people: one look for all commands; slots always by sign and word, never by colour alone (R8)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from flowslot.base.json_text import Json, dump

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SLOTS = {"staging": "⚗ staging", "main": "♛ main"}
_STYLES = {
    **dict.fromkeys(("success", "ok"), "green"),
    **dict.fromkeys(("failed", "exception"), "red"),
    **dict.fromkeys(("suspended", "running", "queued"), "yellow"),
    **dict.fromkeys(("canceled", "no", "–"), "dim"),
}
_SIGNS = {"♛": "green", "⚗": "yellow"}
_LONGEST_CELL = 160


def console(*, errors: bool = False) -> Console:
    """Standard output (or error); as wide as its lines when nobody watches, so that nothing is cut off."""
    from rich.console import Console

    stream = sys.stderr if errors else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else 4096, soft_wrap=False, highlight=False)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Json]], *, errors: bool = False) -> None:
    """Prints rows under a title; says so when there are none."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row))
    out = console(errors=errors)
    out.print(Text(title, style="bold"))
    out.print(table)
    if not table.row_count:
        out.print("  (none)")


def print_record(title: str, pairs: Mapping[str, Json]) -> None:
    """Prints one thing as name and value, a line each."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in pairs.items():
        table.add_row(Text(name), cell(value))
    out = console()
    out.print(Text(title, style="bold"))
    out.print(table)


def print_problems(problems: Sequence[Mapping[str, Json]], *, errors: bool = False) -> None:
    """Prints what is wrong, where: the workspace and the JSON pointer into the definition."""
    rows = [
        [each.get("workspace"), each.get("pointer"), each.get("code"), each.get("message"), place(each)]
        for each in problems
    ]
    print_table("Problems", ("workspace", "pointer", "code", "message", "line:column"), rows, errors=errors)


def place(problem: Mapping[str, Json]) -> str | None:
    line, column = problem.get("line"), problem.get("column")
    return None if line is None else f"{line}:{column}" if column is not None else str(line)


def cell(value: Json) -> Text:
    """One value as a cell: times short, nested values as JSON, some words coloured."""
    from rich.text import Text

    text = words(value)
    return Text(text, style=_STYLES.get(text) or _SIGNS.get(text[:1]) or "")


def words(value: Json) -> str:
    """One value in words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return moment(value)
    text = dump(value).decode()
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def moment(text: str) -> str:
    """A time of the API to the second; any other text as it is."""
    if len(text) == 27 and text[10] == "T" and text.endswith("Z") and text[:4].isdigit():
        return f"{text[:10]} {text[11:19]}"
    return text


def slot_words(slot: str | None, version: Json = None, *, fallback: bool = False) -> str:
    """A slot and the version there: `♛ main v3`."""
    if slot is None:
        return "–"
    number = version_number(version)
    text = SLOTS.get(slot, slot) + (f" v{number}" if number is not None else " (empty)" if slot in SLOTS else "")
    return text + " (fallback)" if fallback else text


def ran_on(run: Json) -> str:
    """The slot of a run and the version it runs, if it is in the history."""
    if run["version"] is None:
        return f"{SLOTS.get(run['slot'], run['slot'])}, unsaved"
    return slot_words(run["slot"], run["version"])


def version_number(version: Json) -> int | None:
    """The number of a version that may stand as a number, as a version or not at all."""
    return version.get("number") if isinstance(version, dict) else version


def counted(number: int, noun: str) -> str:
    """`1 registration`, `2 registrations`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def icons(names: Iterable[str]) -> str:
    """The signs of the slots that point at a version."""
    return ", ".join(SLOTS.get(name, name) for name in names) or "–"
