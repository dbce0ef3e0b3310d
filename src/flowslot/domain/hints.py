"""Hints for whoever writes an expression: what may stand at the caret, and what stands there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HintKind = Literal["name", "field", "function", "method"]


@dataclass(frozen=True, slots=True)
class Writing:
    """A text of a definition while it is written."""

    pointer: str
    """Where it stands, or will stand."""
    text: str
    offset: int
    """Where the caret is, in characters."""


@dataclass(frozen=True, slots=True)
class HintItem:
    """One word that may be written."""

    label: str
    kind: HintKind
    type: str
    """Of a function or method: how it is called."""
    about: str


@dataclass(frozen=True, slots=True)
class Hover:
    """What stands under the caret."""

    start: int
    end: int
    text: str
    type: str
    about: str


@dataclass(frozen=True, slots=True)
class Hints:
    """Everything that can be said at a caret."""

    start: int
    """Where the word begins that an item completes."""
    items: Sequence[HintItem] = ()
    hover: Hover | None = None
    type: str | None = None
    """Of the whole text, where it can be evaluated."""
