"""Requests about users, API tokens and the first administrator."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from flowslot.api.answers.accounts import RoleName
from flowslot.api.requests.fields import Body, Id, Name, Slug, Time
from flowslot.base.passwords import LONGEST, SHORTEST

NewPassword: TypeAlias = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=LONGEST)]


class NewUser(Body):
    """A user to add."""

    name: Name = Field(description="Their name, as history and the record show it.")
    role: RoleName = Field(description="What they may do; each role includes those before it.")
    password: NewPassword | None = Field(None, description="To sign in with at the page; left out, they have none.")


class PasswordChange(Body):
    """A new password."""

    password: NewPassword = Field(description="The new password.")
    current: Annotated[str, StringConstraints(max_length=LONGEST)] | None = Field(
        None, description="The one until now, where one changes one's own and has one."
    )


class UserChange(Body):
    """What to change of a user; what is left out stays."""

    name: Name | None = Field(None, description="Their name.")
    role: RoleName | None = Field(None, description="What they may do.")


class NewToken(Body):
    """An API token to make."""

    name: Name = Field(description="What it is for.")
    role: RoleName = Field(description="What it may do; no more than its owner and than you.")
    workspaces: Annotated[list[Slug], Field(min_length=1, max_length=200)] | None = Field(
        None, description="Slugs of the workspaces it sees; left out, the whole account."
    )
    expires_at: Time | None = Field(None, description="When it ends; left out, never.")
    user: Id | None = Field(None, description="Id of the user it is for; left out, yourself.")


class SetUp(Body):
    """The first administrator."""

    setup_token: str = Field(min_length=1, max_length=200, description="The token that the server showed at its start.")
    name: Name = Field(description="The administrator's name.")
    password: NewPassword | None = Field(None, description="To sign in with at the page; left out, they have none.")
