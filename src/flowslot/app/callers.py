"""Who asks: the actor, the role, and the workspaces that may be seen. There is no default caller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flowslot.base.errors import Forbidden
from flowslot.base.ids import UserId


class Role(IntEnum):
    """What a person or token may do; each role includes the ones before it."""

    VIEWER = 1  # look at everything in scope
    AUTHOR = 2  # save drafts, deploy to staging, start and cancel runs, register flows, connections
    PROMOTER = 3  # promote, undo, revert, move slots
    ADMIN = 4  # workspaces, users, tokens


@dataclass(frozen=True, slots=True)
class Scope:
    """The workspaces a caller sees, by slug; None is the whole account. What is outside does not exist for them."""

    workspaces: frozenset[str] | None = None

    def sees(self, workspace: str) -> bool:
        return self.workspaces is None or workspace in self.workspaces

    def needs_account(self) -> None:
        """Raises Forbidden unless the whole account is in scope: for what moves every workspace."""
        if self.workspaces is not None:
            raise Forbidden("Your token is limited to some workspaces; this changes the flow in all of them.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated caller of a use case."""

    user: UserId
    name: str
    """What audit and history call them."""
    role: Role
    scope: Scope

    def needs(self, role: Role) -> None:
        """Raises Forbidden below `role`."""
        if self.role < role:
            raise Forbidden(f"This needs the role {role.name.lower()}; yours is {self.role.name.lower()}.")


SYSTEM = Caller(UserId("system"), "system", Role.ADMIN, Scope())
"""Flowslot itself: set-up, schedules, recovery."""
