"""What was given at the command line, as the body of a request: nothing stands in it that was not."""

from __future__ import annotations

import typer

from flowslot.base.json_text import Json


def given(**values: Json) -> dict[str, Json]:
    """The values that were given; None stands for one that was not."""
    return {key: value for key, value in values.items() if value is not None}


def changes(**values: Json) -> dict[str, Json]:
    """The values that were given, of which there must be one: a change of nothing is a slip of the author."""
    found = given(**values)
    if not found:
        names = [f"--{name.replace('_', '-')}" for name in values]
        raise typer.BadParameter(f"Say what to change: {' or '.join(names)}.")
    return found
