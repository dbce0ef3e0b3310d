"""Older definitions read as the current format: one function for each format that was left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import FORMAT

Upgrade = Callable[[dict[str, Json]], dict[str, Json]]

UPGRADES: Mapping[int, Upgrade] = {}
"""Format n → what makes a document of format n + 1 from it. Format 1 is the first."""


def why_not_read(document: Mapping[str, Json], *, newest: int = FORMAT) -> Problem | None:
    """What is wrong with the document's format number; None when it can be read."""
    if "flow" not in document:
        return Problem("/flow", "missing", f"'flow' is missing: the format of the definition, {newest}.")
    format_ = document["flow"]
    if isinstance(format_, bool) or not isinstance(format_, int):
        return Problem("/flow", "wrong_type", f"This is the format of the definition, a whole number: {newest}.")
    if format_ > newest:
        message = f"This definition has the format {format_}; this server reads up to {newest}. Upgrade the server."
        return Problem("/flow", "newer_format", message)
    if format_ < 1:
        return Problem("/flow", "invalid", f"There is no format {format_}; write {newest}.")
    return None


def in_current_format(
    document: dict[str, Json], *, upgrades: Mapping[int, Upgrade] = UPGRADES, newest: int = FORMAT
) -> dict[str, Json]:
    """The document in the newest format, where `why_not_read` has nothing against it. The given one is not changed."""
    for format_ in range(document["flow"], newest):
        document = {**upgrades[format_](document), "flow": format_ + 1}
    return document
