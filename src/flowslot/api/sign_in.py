"""Who calls: the bearer token of a request, looked up on every request, so that a revoked one ends at once.

A session cookie comes later; it will be read here, where no Authorization header is given.
"""

from __future__ import annotations

from collections.abc import Sequence

from flowslot.app import access
from flowslot.app.callers import Caller
from flowslot.app.ports import Deps
from flowslot.base.errors import Unauthenticated

MAX_TOKEN = 200


def caller_of(deps: Deps, authorization: Sequence[str]) -> Caller:
    """The caller that the Authorization headers name. Blocking. Raises Unauthenticated."""
    if len(authorization) != 1:
        raise Unauthenticated
    scheme, _, token = authorization[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= MAX_TOKEN:
        raise Unauthenticated
    return access.authenticate(deps, token)
