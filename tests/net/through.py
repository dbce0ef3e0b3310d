"""Makes connections and requests for the tests of what is sent through a connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from local_http import LOCAL, outbound

from flowslot.app.connection_settings import packed, secret_place, settings_from, split
from flowslot.app.ports import Connection
from flowslot.base.ids import ConnectionId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.base.settings import Settings
from flowslot.base.vault import FileVault
from flowslot.flowlang.kinds import HttpRequest
from flowslot.net.connections import ConnectionHttp

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass
class Watch:
    """A clock that moves only when told."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def pass_(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Desk:
    """What sends through connections, with the vault that seals their secrets."""

    http: ConnectionHttp
    vault: FileVault
    watch: Watch

    def connection(self, settings: Json, *, id_: str = "con_1", workspace: str = "ws_1") -> Connection:
        public, secrets = split(settings_from(settings))
        place = secret_place(WorkspaceId(workspace), ConnectionId(id_))
        sealed = self.vault.seal(packed(secrets), place=place)
        return Connection(ConnectionId(id_), WorkspaceId(workspace), "erp", "http", public, sealed, START, START)


@asynccontextmanager
async def desk(settings: Settings = LOCAL) -> AsyncIterator[Desk]:
    with TemporaryDirectory() as folder:
        vault = FileVault(Path(folder))
        vault.check(None)
        watch = Watch()
        async with outbound(settings) as client:
            http = ConnectionHttp(client, vault, clock=watch)
            yield Desk(http, vault, watch)
            await http.close()


def request(url: str = "/invoices", *, method: str = "GET", **more: object) -> HttpRequest:
    given: dict[str, object] = {
        "connection": "erp",
        "query": (),
        "headers": (),
        "body": None,
        "content_type": None,
        "timeout": 10.0,
        "idempotency_key": "run_1.post",
    }
    return HttpRequest(method=method, url=url, **{**given, **more})  # type: ignore[arg-type]
