"""One request, as a handler sees it: who asks, the parts behind the API, and how the answer is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from flowslot.api.paging import PageAnswer, PageQuery, cursor_text, key_from
from flowslot.api.sign_in import Sender
from flowslot.app.callers import Caller, Role, Scope
from flowslot.app.ports import Call, Deps
from flowslot.app.views import Page, PageAsk, Views
from flowslot.base import json_text
from flowslot.base.ids import UserId

if TYPE_CHECKING:
    from flowslot.api.parts import Parts
    from flowslot.api.routing import Operation

R = TypeVar("R")
A = TypeVar("A")
V = TypeVar("V")

NOBODY = Caller(UserId("nobody"), "nobody", Role.VIEWER, Scope(frozenset()))
"""Who calls a public operation."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    """An answer with a status or headers of its own."""

    status: int
    answer: A
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Ask:
    """One request. `kept` becomes true once a use case has kept the answer in its own transaction."""

    parts: Parts
    operation: Operation
    caller: Caller
    base_url: str
    """Where the server is reached, without a slash at the end."""
    sender: Sender = field(default_factory=Sender)
    idempotency_key: str | None = None
    request_hash: str = ""
    kept: bool = field(default=False, init=False)

    @property
    def deps(self) -> Deps:
        return self.parts.deps

    @property
    def views(self) -> Views:
        return self.parts.views

    @property
    def scope(self) -> Scope:
        return self.caller.scope

    def call(self, shape: Callable[[R], object] | None = None) -> Call:
        """The call for a use case. `shape` turns its result into the answer, which is kept in the same transaction."""
        if self.idempotency_key is None or shape is None:
            return Call(self.caller, self.idempotency_key, self.request_hash)

        def keep(result: object) -> tuple[int, bytes]:
            answer = shape(cast(R, result))
            self.kept = True
            return self.remembered(self.operation.status, b"" if answer is None else json_text.dump(answer))

        return Call(self.caller, self.idempotency_key, self.request_hash, keep)

    def remembered(self, status: int, body: bytes) -> tuple[int, bytes]:
        """An answer as it is remembered: encrypted where it shows a secret."""
        if self.operation.holds_secret and status < 400:
            return status, self.deps.vault.seal(body, place=self._place)
        return status, body

    def recalled(self, status: int, body: bytes) -> bytes:
        """The body of a remembered answer."""
        if self.operation.holds_secret and status < 400:
            return self.deps.vault.open(body, place=self._place)
        return body

    def page(self, query: PageQuery) -> PageAsk:
        """The part of the list asked for. Raises Invalid when the cursor is none of this list in this order."""
        return PageAsk(query.limit, key_from(query.cursor, list_name=self._list_name(query)))

    def paged(self, page: Page[V], shape: Callable[[V], A], *, query: PageQuery | None = None) -> PageAnswer[A]:
        """The answer for a part of a list; give the query where it can choose the order."""
        return PageAnswer([shape(item) for item in page.items], self.next_of(page, query=query))

    def next_of(self, page: Page[V], *, query: PageQuery | None = None) -> str | None:
        """The cursor of the next part."""
        return None if page.next is None else cursor_text(page.next, list_name=self._list_name(query))

    def _list_name(self, query: PageQuery | None) -> str:
        searched = "" if query is None else query.list_order
        return self.operation.path + searched

    @property
    def _place(self) -> str:
        return f"answer|{self.caller.user}|{self.idempotency_key}"
