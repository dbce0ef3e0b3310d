"""Users: who can sign in, and with which role."""

from __future__ import annotations

from dataclasses import replace

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Deps, UnitOfWork, User
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_user
from flowslot.app.views import UserView
from flowslot.base.errors import InUse
from flowslot.base.ids import UserId
from flowslot.domain.naming import name_problems


def create(deps: Deps, call: Call, *, name: str, role: Role) -> UserView:
    """Adds a user. AlreadyExists when the name is taken."""
    _may_administer(call)
    refuse_invalid(name_problems(name=name))
    made = User(UserId(deps.ids.new("usr")), name, role, deps.clock.now())
    with deps.store.begin(call) as uow:
        uow.users.add(made)
        uow.record(event(Action.USER_CREATED, about={"user": made.id, "name": name, "role": role.name.lower()}))
        return uow.commit(show_user(made))


def change(deps: Deps, call: Call, *, user: str, name: str | None = None, role: Role | None = None) -> UserView:
    """Changes what is given; a lower role takes effect at once, in all of the user's tokens. InUse for the last
    administrator's role."""
    _may_administer(call)
    refuse_invalid(name_problems(name=name))
    with deps.store.begin(call) as uow:
        old = uow.users.get(UserId(user))
        new = replace(old, name=old.name if name is None else name, role=old.role if role is None else role)
        if new.role < Role.ADMIN:
            _refuse_last_administrator(uow, old)
        if new != old:
            uow.users.replace(new)
            about = {"user": new.id, "name": new.name, "role": new.role.name.lower()}
            uow.record(event(Action.USER_CHANGED, about=about))
        return uow.commit(show_user(new))


def delete(deps: Deps, call: Call, *, user: str) -> None:
    """Removes a user with their tokens. InUse for the last administrator."""
    _may_administer(call)
    with deps.store.begin(call) as uow:
        old = uow.users.get(UserId(user))
        _refuse_last_administrator(uow, old)
        uow.users.remove(old.id)
        uow.record(event(Action.USER_DELETED, about={"user": old.id, "name": old.name}))
        uow.commit(None)


def _may_administer(call: Call) -> None:
    call.caller.needs(Role.ADMIN)
    call.caller.scope.needs_account()


def _refuse_last_administrator(uow: UnitOfWork, user: User) -> None:
    if user.role is Role.ADMIN and not any(each.role is Role.ADMIN and each.id != user.id for each in uow.users.all()):
        raise InUse("This is the last administrator; make somebody else one first.")
