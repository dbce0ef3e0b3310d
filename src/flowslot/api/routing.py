"""Operations as declarations: method, path, who may, what comes in, what goes out. The server and OpenAPI read them.

A handler's signature is part of the declaration: `ask` first, then by name each placeholder of the path, `body` and
`query` where it takes them (their annotations are the request models); its return annotation is the answer.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from starlette.responses import Response

from flowslot.api.ask import Reply
from flowslot.api.paths import PLACEHOLDERS
from flowslot.app.callers import Role
from flowslot.base.errors import FlowslotError


class Access(Enum):
    """Who may call without signing in."""

    PUBLIC = "public"  # anyone


PUBLIC: Final = Access.PUBLIC
Permission: TypeAlias = Role | Access
Handler = TypeVar("Handler", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: str
    path: str
    permission: Permission
    handle: Callable[..., Any]
    noun: str
    answer: object
    """Type of the answer's body; None when there is none; `Response` when the handler makes it all itself."""
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    status: int = 200
    statuses: Mapping[int, str] = field(default_factory=dict)
    """Other statuses that are no refusal, and what each says."""
    errors: Sequence[type[FlowslotError]] = ()
    location: str | None = None
    """Where what was made is found: placeholders are path parameters and keys of the answer."""
    media_type: str = "application/json"
    holds_secret: bool = False
    """Whether the answer shows a secret: then it is remembered encrypted."""
    blocking: bool = True

    @property
    def name(self) -> str:
        return str(self.handle.__name__)

    @property
    def placeholders(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def summary(self) -> str:
        return _about(self.handle)[0]

    @property
    def description(self) -> str:
        return _about(self.handle)[1]


class Routes:
    """The operations of one noun, collected by decorators."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.operations: list[Operation] = []

    def get(self, path: str, permission: Permission, **more: Any) -> Callable[[Handler], Handler]:
        return self._adds("GET", path, permission, more)

    def post(self, path: str, permission: Permission, **more: Any) -> Callable[[Handler], Handler]:
        return self._adds("POST", path, permission, more)

    def put(self, path: str, permission: Permission, **more: Any) -> Callable[[Handler], Handler]:
        return self._adds("PUT", path, permission, more)

    def patch(self, path: str, permission: Permission, **more: Any) -> Callable[[Handler], Handler]:
        return self._adds("PATCH", path, permission, more)

    def delete(self, path: str, permission: Permission, **more: Any) -> Callable[[Handler], Handler]:
        return self._adds("DELETE", path, permission, more)

    def _adds(
        self, method: str, path: str, permission: Permission, more: dict[str, Any]
    ) -> Callable[[Handler], Handler]:
        if not isinstance(permission, Role | Access):
            raise TypeError(f"{method} {path} names no permission: give a Role, or PUBLIC")

        def add(handle: Handler) -> Handler:
            self.operations.append(_operation(method, path, permission, handle, {"noun": self.noun} | more))
            return handle

        return add


def _operation(
    method: str, path: str, permission: Permission, handle: Callable[..., object], more: dict[str, Any]
) -> Operation:
    hints = get_type_hints(handle)
    hints.pop("ask", None)
    answer = _answer(hints.pop("return"))
    read = {
        "body": hints.pop("body", None),
        "query": hints.pop("query", None),
        "answer": answer,
        "status": 204 if answer is None else 200,
        "blocking": not inspect.iscoroutinefunction(handle),
    }
    made = Operation(method=method, path=path, permission=permission, handle=handle, **(read | more))
    if set(made.placeholders) != set(hints) or not set(hints) <= set(PLACEHOLDERS):
        raise TypeError(f"{method} {path}: the handler takes {sorted(hints)}, the path has {made.placeholders}")
    if not made.summary:
        raise TypeError(f"{method} {path} has no summary: give the handler a docstring")
    return made


def _answer(hint: object) -> object:
    if get_origin(hint) is Reply:
        return _answer(get_args(hint)[0])
    if hint is type(None):
        return None
    return Response if isinstance(hint, type) and issubclass(hint, Response) else hint


def _about(handle: Callable[..., object]) -> tuple[str, str]:
    summary, _, description = (inspect.getdoc(handle) or "").partition("\n")
    return summary.rstrip("."), description.strip()
