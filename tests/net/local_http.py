"""Local HTTP targets: they count connections, keep what they were sent, and answer with the bytes they are told."""

from __future__ import annotations

import asyncio
import inspect
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from flowslot.base.settings import Settings
from flowslot.flowlang.kinds import StepFailure
from flowslot.net.outbound import Outbound

LOCAL = Settings(allow_networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))


@dataclass
class Got:
    """One request as the target saw it."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes
    writer: asyncio.StreamWriter

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]

    def header(self, name: str) -> str | None:
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


Answer = Callable[[Got], bytes | Awaitable[bytes | None]]


def answer(body: bytes | str = b"ok", *, status: int = 200, headers: str = "") -> bytes:
    """The bytes of an answer with a right Content-Length; `headers` are whole lines."""
    raw = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(raw)}\r\n{headers}\r\n"
    return head.encode("latin-1") + raw


def redirect(location: str, *, status: int = 302) -> bytes:
    return answer(b"", status=status, headers=f"Location: {location}\r\n")


@dataclass
class Target:
    """A listening server."""

    port: int = 0
    connections: int = 0
    got: list[Got] = field(default_factory=list)
    scheme: str = "http"

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


@asynccontextmanager
async def target(
    answer_with: Answer | bytes = b"", *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Target]:
    """A target on a free port of the loopback address, gone when left."""
    seen = Target(scheme="https" if tls else "http")
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while (got := await _request(reader, writer)) is not None:
                seen.got.append(got)
                given = (answer_with or answer()) if isinstance(answer_with, bytes) else answer_with(got)
                reply = await given if inspect.isawaitable(given) else given
                if reply is None:
                    break
                writer.write(reply)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, host, 0, ssl=tls)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Got | None:
    head = await reader.readuntil(b"\r\n\r\n")
    line, *rest = head.decode("utf-8").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (each.partition(":") for each in rest if each)]
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Got(line, headers, await reader.readexactly(length), writer)


@asynccontextmanager
async def outbound(settings: Settings = LOCAL, **more: object) -> AsyncIterator[Outbound]:
    """The real client, closed when left."""
    client = Outbound(settings, **more)  # type: ignore[arg-type]
    try:
        yield client
    finally:
        await client.close()


async def code_of(sending: Awaitable[object]) -> str:
    """The code a request fails with."""
    return (await failure_of(sending)).split(":")[0]


async def failure_of(sending: Awaitable[object]) -> str:
    """`code: message` of what a request fails with."""
    try:
        await sending
    except StepFailure as failure:
        return f"{failure.error.code}: {failure.error.message}"
    raise AssertionError("the request did not fail")
