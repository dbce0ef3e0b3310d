"""The one way out: every HTTP request of the product is sent here, and only to addresses the policy permits."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from flowslot.base.http_headers import why_refused
from flowslot.base.settings import Settings
from flowslot.base.urls import Url, url_from
from flowslot.flowlang.kinds import HttpResponse
from flowslot.net import failures
from flowslot.net.addresses import AddressPolicy, is_metadata_name
from flowslot.net.bodies import text_of
from flowslot.net.circuits import Circuits
from flowslot.net.exchange import REDIRECTS, Headers, Outgoing, Received, redirected
from flowslot.net.resolving import Resolve, SystemResolver
from flowslot.net.trust import tls_context

if TYPE_CHECKING:
    from flowslot.net.transport import PoolKey, Transport

MAX_SECONDS = 300.0
MAX_REDIRECTS = 5

_METHOD = re.compile(r"[A-Z][A-Z-]{0,19}")
_CLOSED_METHODS = frozenset({"CONNECT", "TRACE", "TRACK"})
_OWN_HEADERS = (("User-Agent", "flowslot"), ("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"))


class Outbound:
    """Sends requests within limits: addresses, redirects, time, size. Holds kept-alive connections until closed."""

    def __init__(self, settings: Settings, *, resolve: Resolve | None = None) -> None:
        """ValueError when the operator's certificates (`ca_file`) cannot be read."""
        self._policy = AddressPolicy(settings.allow_networks)
        self._tls = tls_context(settings.ca_file) if settings.ca_file else None
        self._system = SystemResolver()
        self._resolve = resolve or self._system
        self._transport: Transport | None = None
        self._starting = asyncio.Lock()
        self.circuits = Circuits(failures=settings.circuit_failures, pause=settings.circuit_pause)
        """Used by whoever sends for a workspace; here, since there is one way out."""

    async def send(
        self,
        method: str,
        url: str | Url,
        *,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        timeout: float = 30.0,  # the caller's limit on the whole, redirects included
        allowed_hosts: Collection[str] | None = None,
        pool: PoolKey | None = None,
        redirects: int = MAX_REDIRECTS,
    ) -> HttpResponse:
        """The answer, whatever its status. Raises StepFailure, whose text names no address, query or secret.

        `allowed_hosts` may receive all headers after a redirect; other origins get only harmless ones. Requests of the
        same `pool` (workspace, connection) share connections; without one nothing is shared.
        """
        request = _checked(method, url, headers=headers, body=body)
        seconds = min(timeout, MAX_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                received = await self._follow(
                    request, allowed_hosts=allowed_hosts or (), pool=pool, redirects=redirects
                )
        except TimeoutError:
            raise failures.timed_out(f"{request.url.host} gave no complete answer within {seconds:g} s.") from None
        return HttpResponse(received.status, _joined(received), text_of(received.body, received.header("content-type")))

    async def close(self) -> None:
        """Closes every connection. Requests after it open new ones."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.close()
        self._system.close()

    async def _follow(
        self, request: Outgoing, *, allowed_hosts: Collection[str], pool: PoolKey | None, redirects: int
    ) -> Received:
        transport = self._transport or await self._started()
        for left in range(redirects, -1, -1):
            self._check_host(request.url)
            received = await transport.exchange(request, pool=pool)
            location = received.header("location")
            if received.status not in REDIRECTS or not location or not redirects:
                return received
            if left:
                request = redirected(request, received.status, location=location, allowed_hosts=allowed_hosts)
        raise failures.too_many_redirects(redirects)

    def _check_host(self, url: Url) -> None:
        forbidden = url.address is not None and not self._policy.permits(url.address, port=url.port)
        if forbidden or is_metadata_name(url.host):
            raise failures.blocked(url.host)

    async def _started(self) -> Transport:
        async with self._starting:
            if self._transport is None:
                self._transport = await asyncio.to_thread(self._new_transport)
        return self._transport

    def _new_transport(self) -> Transport:
        from flowslot.net.transport import Transport  # brings aiohttp, which is slow to import

        return Transport(self._policy, resolve=self._resolve, tls=self._tls or tls_context(""))


def _checked(method: str, url: str | Url, *, headers: Headers, body: bytes | None) -> Outgoing:
    verb = method.upper()
    if not _METHOD.fullmatch(verb) or verb in _CLOSED_METHODS:
        raise failures.invalid_request("this method cannot be sent")
    reason = why_refused(headers)
    if reason:
        raise failures.invalid_request(reason)
    try:
        target = url if isinstance(url, Url) else url_from(url)
    except ValueError as error:
        raise failures.invalid_request(str(error)) from None
    given = {name.lower() for name, _ in headers}
    own = [(name, value) for name, value in _OWN_HEADERS if name.lower() not in given]
    return Outgoing(verb, target, [*own, *headers], body)


def _joined(received: Received) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in received.headers:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
