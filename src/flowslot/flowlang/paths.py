"""Expressions that only follow keys and positions (`trigger.a.b[0]`), read in the host exactly as the sandbox would."""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flowslot.base.json_text import Json
from flowslot.flowlang.nearest import did_you_mean

MAX_POSITION = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Path:
    """A root (`trigger`, `steps.total`, `item`) and the keys and positions to follow from it."""

    root: str
    keys: tuple[str | int, ...]

    def read(self, data: Mapping[str, Json]) -> Json:
        """What the path leads to. Raises PathError with the number of the key that leads nowhere."""
        found = data[self.root]
        for number, key in enumerate(self.keys):
            try:
                found = found[key]
            except (KeyError, IndexError, TypeError):
                raise PathError(self._why(found, number), number) from None
            except ArithmeticError:  # a position no list can have
                raise PathError(self._why(found, number), number) from None
        return found

    @property
    def text(self) -> str:
        """The path as a program, in ASCII."""
        root, _, step = self.root.partition(".")
        keys = (step, *self.keys) if step else self.keys
        return root + "".join(f"[{key!a}]" for key in keys)

    def told(self, length: int) -> str:
        """The path as written, up to a number of keys."""
        return self.root + "".join(_told(key) for key in self.keys[:length])

    def _why(self, found: Json, number: int) -> str:
        return why_no_key(found, self.keys[number], self.told(number))


class PathError(Exception):
    """A path leads nowhere; `number` is the key where it ended."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.message = message
        self.number = number


def why_no_key(found: Json, key: str | int, place: str) -> str:
    """Why there is nothing under a key or position of a value that stands at `place`."""
    wanted = f"field {key[:100]!r}" if isinstance(key, str) else f"position {key}"
    if found is None:
        return f"{place} is null, so it has no {wanted}."
    if isinstance(found, dict):
        return f"There is no {wanted} in {place}.{did_you_mean(str(key), found)}"
    if isinstance(found, list) and isinstance(key, str):
        return f"{place} is a list, so it has no {wanted}; choose an item first, for example {place}[0]."
    if isinstance(found, list | str):
        kind = "items" if isinstance(found, list) else "characters"
        return (
            f"{place} has {len(found)} {kind}; there is none at position {key}."
            if isinstance(key, int)
            else (f"{place} is a text, so it has no {wanted}.")
        )
    return f"{place} is {_kind(found)}, so it has no {wanted}."


def path_of(tree: ast.expr, roots: Container[str]) -> Path | None:
    """The path that a rewritten expression is, or None when it is more than a path."""
    keys: list[str | int] = []
    node = tree
    while isinstance(node, ast.Subscript):
        key = _constant(node.slice)
        if key is None:
            return None
        keys.append(key)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    keys.reverse()
    if node.id == "steps" and keys and f"steps.{keys[0]}" in roots:
        return Path(f"steps.{keys[0]}", tuple(keys[1:]))
    return Path(node.id, tuple(keys)) if node.id in roots else None


def _constant(node: ast.expr) -> str | int | None:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    if not isinstance(node, ast.Constant):
        return None
    if isinstance(node.value, str):
        return node.value if sign == 1 else None
    if type(node.value) is int and node.value <= MAX_POSITION:
        return sign * node.value
    return None


def _told(key: str | int) -> str:
    if isinstance(key, str) and key.isidentifier():
        return f".{key}"
    return f"[{key!r}]"


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a number" if isinstance(value, int | float | Decimal) else "not an object"
