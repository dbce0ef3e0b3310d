"""Users: who can sign in, with which role, and with which password."""

from __future__ import annotations

from dataclasses import replace

from flowslot.app.access import hash_of
from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Deps, UnitOfWork, User
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_user
from flowslot.app.views import UserView
from flowslot.base.errors import Forbidden, InUse, Problem, Unauthenticated
from flowslot.base.ids import UserId
from flowslot.base.passwords import LONGEST, SHORTEST
from flowslot.domain.naming import name_problems


def create(deps: Deps, call: Call, *, name: str, role: Role, password: str | None = None) -> UserView:
    """Adds a user. AlreadyExists when the name is taken."""
    _may_administer(call)
    refuse_invalid(name_problems(name=name), password_problems(password))
    hashed = None if password is None else deps.passwords.hash(password)
    made = User(UserId(deps.ids.new("usr")), name, role, deps.clock.now())
    with deps.store.begin(call) as uow:
        uow.users.add(made)
        if hashed is not None:
            uow.users.set_password(made.id, hashed)
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


def set_password(
    deps: Deps, call: Call, *, user: str, password: str, current: str | None = None, keeps: str | None = None
) -> None:
    """Sets a user's password and ends their sessions, but for the one with the secret `keeps`.

    One's own needs the current one, if there is one; an administrator sets that of others.
    """
    own = user == call.caller.user
    if not own:
        _may_administer(call)
    refuse_invalid(password_problems(password))
    with deps.store.read(call.caller) as uow:
        found, known = uow.users.get(UserId(user)), uow.users.password(UserId(user))
    if own:
        _refuse_less_than_oneself(call, found)
        if known is not None:
            _check_current(deps, found, current, known)
    hashed = deps.passwords.hash(password)
    with deps.store.begin(call) as uow:
        if own and uow.users.password(found.id) != known:
            raise Forbidden("The password was changed meanwhile.")
        uow.users.set_password(found.id, hashed)
        uow.sessions.remove_of(found.id, but=hash_of(keeps) if own and keeps is not None else None)
        uow.record(event(Action.PASSWORD_CHANGED, about={"user": found.id, "name": found.name}))
        uow.commit(None)


def password_problems(password: str | None) -> list[Problem]:
    """What is wrong with a new password."""
    if password is None or SHORTEST <= len(password) <= LONGEST:
        return []
    return [Problem("/password", "length", f"A password has {SHORTEST} to {LONGEST} characters.")]


def delete(deps: Deps, call: Call, *, user: str) -> None:
    """Removes a user with their tokens and sessions. InUse for the last administrator."""
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


def _refuse_less_than_oneself(call: Call, user: User) -> None:
    """Or a token with few rights could set the password, and sign in with all of them."""
    if call.caller.role < user.role or call.caller.scope.workspaces is not None:
        raise Forbidden("Your token may do less than you may; set the password with one that may do all.")


def _check_current(deps: Deps, user: User, current: str | None, known: str) -> None:
    """Raises Forbidden: one is signed in, only not let."""
    try:
        with deps.attempts.one(name=user.name, address=f"of {user.id}", now=deps.clock.now()):
            if current is None or not deps.passwords.matches(current, known):
                raise Unauthenticated
    except Unauthenticated:
        raise Forbidden("The current password is wrong.") from None


def _refuse_last_administrator(uow: UnitOfWork, user: User) -> None:
    if user.role is Role.ADMIN and not any(each.role is Role.ADMIN and each.id != user.id for each in uow.users.all()):
        raise InUse("This is the last administrator; make somebody else one first.")
