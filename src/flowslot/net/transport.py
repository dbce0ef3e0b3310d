"""The seam to the network: aiohttp, held to the address policy at the moment a connection is opened.

Import this only when a request is sent: aiohttp takes 0.3 s to import.
"""

from __future__ import annotations

import asyncio
import io
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from ssl import SSLContext

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from flowslot.flowlang.kinds import StepFailure
from flowslot.net import failures
from flowslot.net.addresses import AddressPolicy
from flowslot.net.bodies import body_for
from flowslot.net.exchange import Outgoing, Received
from flowslot.net.resolving import Resolve

CONNECT_SECONDS = 5
KEEP_ALIVE_SECONDS = 4
"""Shorter than what common servers keep a silent connection, so that few requests meet one that just closed."""

MAX_POOLS = 128
CONNECTIONS_PER_POOL = 64
MAX_HEADER_BYTES = 65_536
_MAX_HEADER = 16_384
_IN_MEMORY = 1_000_000
_AUTOMATIC = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")

PoolKey = tuple[str, str]
"""Workspace and connection: what shares kept-alive connections."""


@dataclass(slots=True)
class _Pool:
    session: aiohttp.ClientSession
    busy: int = 0


class Transport:
    """Sends single requests. Connections are kept alive and shared only within one pool."""

    def __init__(self, policy: AddressPolicy, *, resolve: Resolve, tls: SSLContext) -> None:
        self._policy = policy
        self._resolver = _CheckedResolver(policy, resolve)
        self._tls = tls
        self._pools: OrderedDict[PoolKey | None, _Pool] = OrderedDict()

    async def exchange(self, sent: Outgoing, *, pool: PoolKey | None) -> Received:
        """One request, one answer, no redirects. `pool` None: a connection of its own. Raises StepFailure."""
        async with self._session(pool) as session:
            try:
                return await self._answer(session, sent)
            except (
                aiohttp.ClientError,
                OSError,
                ValueError,
                RuntimeError,
            ) as error:  # RuntimeError: uvloop, and closing
                raise _failure(error, sent.url.host) from None

    async def close(self) -> None:
        """Closes every connection."""
        for pool in self._pools.values():
            await pool.session.close()
        self._pools.clear()

    async def _answer(self, session: aiohttp.ClientSession, sent: Outgoing) -> Received:
        data = io.BytesIO(sent.body) if sent.body is not None and len(sent.body) > _IN_MEMORY else sent.body
        response = await session.request(
            sent.method, URL(str(sent.url), encoded=True), headers=sent.headers, data=data, allow_redirects=False
        )
        try:
            received = await _received(response)
        except BaseException:
            response.close()
            raise
        response.release()
        return received

    @asynccontextmanager
    async def _session(self, key: PoolKey | None) -> AsyncIterator[aiohttp.ClientSession]:
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = _Pool(self._new_session(keep_alive=key is not None))
        self._pools.move_to_end(key)
        pool.busy += 1
        try:
            await self._drop_oldest()
            yield pool.session
        finally:
            pool.busy -= 1

    async def _drop_oldest(self) -> None:
        if len(self._pools) <= MAX_POOLS:
            return
        idle = next((key for key, pool in self._pools.items() if not pool.busy), None)
        if idle is not None:
            await self._pools.pop(idle).session.close()

    def _new_session(self, *, keep_alive: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            use_dns_cache=False,
            ssl=self._tls,
            limit=CONNECTIONS_PER_POOL if keep_alive else 0,
            force_close=not keep_alive,
            keepalive_timeout=KEEP_ALIVE_SECONDS if keep_alive else None,
            socket_factory=self._socket,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=_AUTOMATIC,
            max_field_size=_MAX_HEADER,
        )

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """The last check: of the very address that is about to be connected to."""
        family, kind, protocol, _, place = info
        if not self._policy.permits(ip_address(place[0]), port=int(place[1])):
            raise failures.blocked("This")
        return socket.socket(family, kind, protocol)


class _CheckedResolver(AbstractResolver):
    """Gives only addresses that the policy permits, and none at all when one of a host's is forbidden."""

    def __init__(self, policy: AddressPolicy, resolve: Resolve) -> None:
        self._policy = policy
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        async with asyncio.timeout(CONNECT_SECONDS):
            addresses = await self._resolve(host)
        if not addresses:
            raise OSError("no address")
        if not all(self._policy.permits(each, port=port) for each in addresses):
            raise failures.blocked(host)
        return [
            ResolveResult(
                hostname=host,
                host=str(each),
                port=port,
                family=socket.AF_INET6 if isinstance(each, IPv6Address) else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for each in addresses
        ]

    async def close(self) -> None:
        """Nothing of its own to close."""


async def _received(response: aiohttp.ClientResponse) -> Received:
    if response.status < 200:
        raise failures.network("The answer is an upgrade to another protocol, which was not asked for.")
    if sum(len(name) + len(value) + 4 for name, value in response.raw_headers) > MAX_HEADER_BYTES:
        raise failures.too_large(f"The answer's headers have more than {MAX_HEADER_BYTES // 1024} KiB.")
    headers = [(_clean(name).lower(), _clean(value)) for name, value in response.raw_headers]
    received = Received(response.status, headers, b"")
    body = body_for(received.header("content-encoding"))
    async for chunk in response.content.iter_any():
        body.feed(chunk)
    return Received(response.status, headers, body.whole())


def _clean(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _failure(error: Exception, host: str) -> StepFailure:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return failures.timed_out(f"No connection to {host} within {CONNECT_SECONDS} s.")
        case aiohttp.ClientConnectorDNSError():
            return failures.network(f"The name {host} was not found.")
        case aiohttp.ClientConnectorCertificateError():
            return failures.network(f"The certificate of {host} is not trusted or not for this name.")
        case aiohttp.ClientSSLError():
            return failures.network(f"No secure connection to {host} could be agreed on.")
        case aiohttp.ClientConnectorError():
            return failures.network(f"{host} could not be connected to.")
        case aiohttp.ClientResponseError() | aiohttp.InvalidURL():
            return failures.network(f"The answer of {host} is not valid HTTP, or its headers are too large.")
        case aiohttp.ServerDisconnectedError():
            return failures.network(f"{host} closed the connection without an answer.")
        case aiohttp.ClientPayloadError():
            return failures.network(f"The answer of {host} ended before it was complete.")
    return failures.network(f"The connection to {host} failed.")
