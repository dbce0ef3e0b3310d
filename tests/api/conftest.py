"""One server for all tests of the API; each test works in workspaces and on flows of its own."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from account import Account
from api_server import Server, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def admin(server: Server) -> Iterator[httpx.Client]:
    """Signed in as the administrator."""
    with server.signed_in(server.token) as client:
        yield client


@pytest.fixture
def account(server: Server, admin: httpx.Client) -> Account:
    """Shortcuts that a test reads aloud, with a workspace of its own."""
    return Account(server, admin)
