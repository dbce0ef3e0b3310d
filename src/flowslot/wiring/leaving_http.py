"""How a process leaves its HTTP connections when another one takes its place: no request that was sent is lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


@dataclass(slots=True)
class Leave:
    """Whether the process leaves for a successor."""

    begun: bool = False


def protocol_of(leave: Leave) -> type[asyncio.Protocol]:
    """The protocol of a server's connections."""

    class Connection(HttpToolsProtocol):
        """Once the process leaves, each answer says that the connection ends with it; idle ones end a little later.

        Ending an idle connection at once could cross a request that is on its way.
        """

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            if leave.begun and self.cycle is not None:
                self.cycle.keep_alive = False

        def shutdown(self) -> None:
            if not leave.begun:
                super().shutdown()
            elif self.cycle is None or self.cycle.response_complete:
                if self.timeout_keep_alive_task is None:
                    self.timeout_keep_alive_task = self.loop.call_later(
                        self.timeout_keep_alive, self.timeout_keep_alive_handler
                    )
            elif not self.cycle.response_started:
                self.cycle.keep_alive = False

    return Connection
