"""Addresses: what each placeholder of a path takes, and which operation an address leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowslot.base.errors import MethodNotAllowed, NotFound

if TYPE_CHECKING:
    from flowslot.api.routing import Operation

SLUG = r"[a-z0-9][a-z0-9-]{0,62}"
ID = r"[a-z]{2,4}_[0-9a-z]{26}"
STEP = r"[a-z][a-z0-9_]{0,99}"

PLACEHOLDERS: Mapping[str, tuple[str, str]] = {
    "flow": (SLUG, "Slug of the flow."),
    "ws": (SLUG, "Slug of the workspace."),
    "connection": (SLUG, "Slug of the connection."),
    "number": (r"[1-9][0-9]{0,8}", "Number of the version."),
    "run": (ID, "Id of the run."),
    "promotion": (ID, "Id of the promotion."),
    "connector": (SLUG, "Slug of the connector."),
    "token": (ID, "Id of the token."),
    "user": (ID, "Id of the user."),
    "step": (
        rf"{STEP}(\[[0-9]{{1,6}}\]\.{STEP}){{0,20}}",
        "Id of the waiting step; where several items of a loop wait, its path in the run, such as loop[0].ask.",
    ),
}
"""Name → pattern of the text and what it is. What does not match is not found."""

_COMPILED = {name: re.compile(pattern, re.ASCII) for name, (pattern, _) in PLACEHOLDERS.items()}


@dataclass(slots=True)
class _Node:
    fixed: dict[str, _Node] = field(default_factory=dict)
    named: tuple[str, _Node] | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Addresses:
    """All operations by their address."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and what its placeholders stand for. Raises NotFound, or MethodNotAllowed with `allow`."""
        node, values = self._node(path)
        operation = node.operations.get("GET" if method == "HEAD" else method)
        if operation is None:
            raise MethodNotAllowed(extra={"allow": ", ".join(_allowed(node))})
        return operation, values

    def allowed(self, path: str) -> list[str]:
        """The methods an address takes. Raises NotFound."""
        return _allowed(self._node(path)[0])

    def _node(self, path: str) -> tuple[_Node, dict[str, str]]:
        node, values = self._root, {}
        for part in path.split("/")[1:]:
            if part in node.fixed:
                node = node.fixed[part]
                continue
            if node.named is None or not _COMPILED[node.named[0]].fullmatch(part):
                raise NotFound
            values[node.named[0]] = part
            node = node.named[1]
        if not node.operations:
            raise NotFound
        return node, values

    def _add(self, operation: Operation) -> None:
        node = self._root
        for part in operation.path.split("/")[1:]:
            if not part.startswith("{"):
                node = node.fixed.setdefault(part, _Node())
                continue
            node.named = node.named or (part[1:-1], _Node())
            if node.named[0] != part[1:-1]:
                raise TypeError(f"{operation.path}: {part} stands where another path has {{{node.named[0]}}}")
            node = node.named[1]
        if operation.method in node.operations:
            raise TypeError(f"{operation.method} {operation.path} is declared twice")
        node.operations[operation.method] = operation


def _allowed(node: _Node) -> list[str]:
    head = ["HEAD"] if "GET" in node.operations else []
    return sorted([*node.operations, *head, "OPTIONS"])
