"""Users and API tokens as the API shows them; a token's text is shown once."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, cast

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.callers import Role
from flowslot.app.views import TokenView, UserView

RoleName: TypeAlias = Literal["viewer", "author", "promoter", "admin"]


class UserAnswer(Struct, frozen=True):
    """Somebody who can sign in."""

    id: Annotated[str, Meta(description="Their id.")]
    name: Annotated[str, Meta(description="Their name, as history and the record show it.")]
    role: Annotated[RoleName, Meta(description="What they may do; each role includes those before it.")]
    created_at: Annotated[str, Meta(description="When they were added.")]


class TokenAnswer(Struct, frozen=True):
    """An API token, without its text."""

    id: Annotated[str, Meta(description="Its id.")]
    user: Annotated[str, Meta(description="Whose it is.")]
    name: Annotated[str, Meta(description="What it is for.")]
    role: Annotated[RoleName, Meta(description="What it may do; never more than its owner.")]
    workspaces: Annotated[
        list[str] | None, Meta(description="Slugs of the workspaces it sees; null for the whole account.")
    ]
    created_at: Annotated[str, Meta(description="When it was made.")]
    expires_at: Annotated[str | None, Meta(description="When it ends; null for never.")]
    last_used_at: Annotated[str | None, Meta(description="When it was used last, to the minute or so.")]


class NewTokenAnswer(TokenAnswer, frozen=True):
    """An API token with its text, shown this once."""

    token: Annotated[str, Meta(description="The text to send as `Authorization: Bearer …`. It cannot be read again.")]


class SetUpAnswer(Struct, frozen=True):
    """The first administrator's token, shown this once."""

    token: Annotated[str, Meta(description="The text to send as `Authorization: Bearer …`. It cannot be read again.")]


def user_answer(view: UserView) -> UserAnswer:
    return shaped(UserAnswer, view, role=role_name(view.role))


def token_answer(view: TokenView) -> TokenAnswer:
    return shaped(TokenAnswer, view, role=role_name(view.role))


def new_token_answer(view: TokenView, text: str) -> NewTokenAnswer:
    return shaped(NewTokenAnswer, view, role=role_name(view.role), token=text)


def role_name(role: Role) -> RoleName:
    return cast(RoleName, role.name.lower())
