"""Operations on users, API tokens and the first administrator."""

from __future__ import annotations

from flowslot.api.answers.accounts import (
    NewTokenAnswer,
    SetUpAnswer,
    TokenAnswer,
    UserAnswer,
    new_token_answer,
    token_answer,
    user_answer,
)
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer, PageQuery
from flowslot.api.requests.accounts import NewToken, NewUser, PasswordChange, SetUp, UserChange
from flowslot.api.routing import PUBLIC, Routes
from flowslot.api.sign_in import refuse_other_sites
from flowslot.app import access, set_up, users
from flowslot.app.callers import Role
from flowslot.base.errors import AlreadyExists, CsrfFailed, InUse, TooMany, Unauthenticated

routes = Routes("accounts")


@routes.post("/setup", PUBLIC, status=201, errors=[Unauthenticated, CsrfFailed, TooMany])
def create_first_administrator(ask: Ask, *, body: SetUp) -> SetUpAnswer:
    """Make the first administrator.

    Works once, with the token that the server showed at its start.
    """
    refuse_other_sites(ask.sender, public_url=ask.deps.settings.public_url)
    token = set_up.set_up(
        ask.deps, setup_token=body.setup_token, name=body.name, password=body.password, address=ask.sender.address
    )
    return SetUpAnswer(token)


@routes.post("/users", Role.ADMIN, status=201, errors=[AlreadyExists, TooMany])
def create_user(ask: Ask, *, body: NewUser) -> UserAnswer:
    """Add a user."""
    call = ask.call(user_answer)
    return user_answer(users.create(ask.deps, call, name=body.name, role=_role(body.role), password=body.password))


@routes.get("/users", Role.ADMIN)
def list_users(ask: Ask, *, query: PageQuery) -> PageAnswer[UserAnswer]:
    """List users."""
    ask.scope.needs_account()
    return ask.paged(ask.views.users(page=ask.page(query)), user_answer)


@routes.patch("/users/{user}", Role.ADMIN, errors=[AlreadyExists, InUse])
def change_user(ask: Ask, *, user: str, body: UserChange) -> UserAnswer:
    """Change a user's name or role. A lower role takes effect at once, in all of their tokens and sessions."""
    role = None if body.role is None else _role(body.role)
    return user_answer(users.change(ask.deps, ask.call(), user=user, name=body.name, role=role))


@routes.put("/users/{user}/password", Role.VIEWER, errors=[TooMany])
def set_password(ask: Ask, *, user: str, body: PasswordChange) -> None:
    """Set the password that a user signs in with at the page.

    One's own, naming the current one if there is one; or, as an administrator, anybody's. Their other sessions end.
    Tokens stay.
    """
    users.set_password(
        ask.deps, ask.call(), user=user, password=body.password, current=body.current, keeps=ask.sender.session
    )


@routes.delete("/users/{user}", Role.ADMIN, errors=[InUse])
def delete_user(ask: Ask, *, user: str) -> None:
    """Remove a user with their tokens and sessions.

    Refused for the last administrator.
    """
    users.delete(ask.deps, ask.call(), user=user)


@routes.post("/tokens", Role.ADMIN, status=201, holds_secret=True)
def create_token(ask: Ask, *, body: NewToken) -> NewTokenAnswer:
    """Make an API token. Its text is shown this once.

    It can do no more and see no more than you can, nor do more than its owner may.
    """
    made = access.create_token(
        ask.deps,
        ask.call(_new_token),
        name=body.name,
        role=_role(body.role),
        workspaces=body.workspaces,
        expires_at=body.expires_at,
        user=body.user,
    )
    return _new_token(made)


@routes.get("/tokens", Role.ADMIN)
def list_tokens(ask: Ask, *, query: PageQuery) -> PageAnswer[TokenAnswer]:
    """List API tokens, without their texts."""
    ask.scope.needs_account()
    return ask.paged(ask.views.tokens(page=ask.page(query)), token_answer)


@routes.delete("/tokens/{token}", Role.ADMIN)
def delete_token(ask: Ask, *, token: str) -> None:
    """Revoke an API token. It ends at once."""
    access.delete_token(ask.deps, ask.call(), token=token)


def _new_token(made: access.NewToken) -> NewTokenAnswer:
    return new_token_answer(made.token, made.text)


def _role(name: str) -> Role:
    return Role[name.upper()]
