"""Requests about signing in at the page."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from flowslot.api.requests.fields import Body, Name
from flowslot.base.passwords import LONGEST

_Password: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
_Token: TypeAlias = Annotated[str, StringConstraints(pattern="^[!-~]{1,200}$")]


class SignIn(Body):
    """A name and a password, or an API token."""

    name: Name | None = Field(None, description="One's name.")
    password: _Password | None = Field(None, description="One's password.")
    token: _Token | None = Field(None, description="An API token, instead of both: the session may do what it may.")
