"""Requests through a connection: its base URL, its sign-in, and its secrets kept out of all that comes back."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass

from flowslot.app.connection_settings import (
    CONNECTORS,
    BasicAuth,
    BearerAuth,
    ConnectionSettings,
    HeaderAuth,
    OAuth2Auth,
    opened,
    secret_place,
    split,
    unpacked,
)
from flowslot.app.ports import Connection, Vault
from flowslot.base.clock import Clock, SystemClock
from flowslot.base.errors import FlowslotError
from flowslot.base.ids import WorkspaceId
from flowslot.base.urls import Url, is_listed, url_from
from flowslot.base.vault import SealBroken
from flowslot.flowlang.kinds import CircuitOpen, HttpRequest, HttpResponse, StepFailure
from flowslot.net import failures
from flowslot.net.access_tokens import AccessTokens
from flowslot.net.masking import mask_for
from flowslot.net.outbound import MAX_SECONDS, Outbound


@dataclass(frozen=True, slots=True)
class _SignIn:
    header: str
    value: str
    secrets: Sequence[str]
    """What must not come back; an access token stands last."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A request, and the connection it goes through."""

    request: HttpRequest
    url: Url
    connection: Connection
    settings: ConnectionSettings


class ConnectionHttp:
    """Sends the HTTP requests of steps."""

    def __init__(self, outbound: Outbound, vault: Vault, *, clock: Clock | None = None) -> None:
        self._outbound = outbound
        self._vault = vault
        self._clock = clock or SystemClock()
        self._tokens = AccessTokens(outbound, self._clock)

    async def send(
        self, request: HttpRequest, connection: Connection | None, *, workspace: WorkspaceId | None = None
    ) -> HttpResponse:
        """The answer, whatever its status, secrets masked. Raises StepFailure.

        Without a connection the URL stands for itself and nothing is added; `workspace` then lets requests of one
        workspace share kept-alive connections. CircuitOpen when the host fails all the time for this workspace.
        """
        if connection is None:
            url, pool = _url(request), (workspace, "") if workspace else None
            sending = self._send(request, url, headers=_headers(request, None), pool=pool)
            return await (self._unless_open(workspace, url, sending) if workspace else sending)
        settings = self._settings(connection)
        call = _Call(request, _url_of_connection(request, settings), connection, settings)
        return await self._unless_open(connection.workspace, call.url, self._in_time(call))

    async def _unless_open(
        self, workspace: WorkspaceId, url: Url, sending: Coroutine[None, None, HttpResponse]
    ) -> HttpResponse:
        """Sends, unless the host's circuit is open; its circuit learns how it went."""
        try:
            asking = self._outbound.circuits.ask(workspace, url.authority, self._clock.now())
        except CircuitOpen:
            sending.close()
            raise
        try:
            answer = await sending
        except StepFailure as failure:
            asking.failed(failure, self._clock.now())
            raise
        except BaseException:
            asking.left()
            raise
        asking.answered(answer, self._clock.now())
        return answer

    async def _in_time(self, call: _Call) -> HttpResponse:
        request = call.request
        try:
            async with asyncio.timeout(min(request.timeout, MAX_SECONDS)):  # fetching a token counts too
                return await self._signed_in(call)
        except TimeoutError:
            raise failures.timed_out(f"No complete answer within {request.timeout:g} s, sign-in included.") from None

    async def close(self) -> None:
        """Stops fetching tokens; the outbound client is closed by whoever made it."""
        await self._tokens.close()

    def _settings(self, connection: Connection) -> ConnectionSettings:
        if connection.connector not in CONNECTORS:
            raise failures.invalid_request(f"the connection {connection.slug} is not one for HTTP requests")
        try:
            place = secret_place(connection.workspace, connection.id)
            return opened(connection.settings, unpacked(self._vault.open(connection.sealed, place=place)))
        except SealBroken:
            raise failures.sign_in_failed(connection.slug, "its secrets cannot be opened; save them again") from None
        except FlowslotError:
            raise failures.invalid_request(f"the settings of the connection {connection.slug} are damaged") from None

    async def _signed_in(self, call: _Call) -> HttpResponse:
        """With a fresh token once more, if the target does not take the kept one."""
        sign_in = await self._sign_in(call)
        answer = await self._through(call, sign_in)
        if answer.status != 401 or sign_in is None or not isinstance(call.settings.auth, OAuth2Auth):
            return answer
        self._tokens.forget(call.connection, sign_in.secrets[-1])
        return await self._through(call, await self._sign_in(call))

    async def _sign_in(self, call: _Call) -> _SignIn | None:
        secrets = list(split(call.settings)[1].values())
        match call.settings.auth:
            case BasicAuth() as auth:
                pair = f"{auth.username}:{secrets[0]}"
                return _SignIn("Authorization", f"Basic {b64encode(pair.encode()).decode()}", secrets)
            case BearerAuth():
                return _SignIn("Authorization", f"Bearer {secrets[0]}", secrets)
            case HeaderAuth() as auth:
                return _SignIn(auth.name, secrets[0], secrets)
            case OAuth2Auth() as auth:
                try:
                    token = await self._tokens.token(call.connection, auth)
                except StepFailure as failure:
                    raise mask_for(secrets).failure(failure) from None
                return _SignIn("Authorization", f"Bearer {token}", [*secrets, token])
        return None

    async def _through(self, call: _Call, sign_in: _SignIn | None) -> HttpResponse:
        mask = mask_for(sign_in.secrets if sign_in else ())
        try:
            answer = await self._send(
                call.request,
                call.url,
                headers=_headers(call.request, sign_in),
                pool=(call.connection.workspace, call.connection.id),
                allowed_hosts=_receivers(call.settings),
            )
        except StepFailure as failure:
            raise mask.failure(failure) from None
        return mask.response(answer)

    async def _send(
        self,
        request: HttpRequest,
        url: Url,
        *,
        headers: Sequence[tuple[str, str]],
        pool: tuple[str, str] | None,
        allowed_hosts: Collection[str] = (),
    ) -> HttpResponse:
        return await self._outbound.send(
            request.method,
            url,
            headers=headers,
            body=request.body,
            timeout=request.timeout,
            allowed_hosts=allowed_hosts,
            pool=pool,
        )


def _url(request: HttpRequest) -> Url:
    try:
        return url_from(request.url).with_query(request.query)
    except ValueError as error:
        raise failures.invalid_request(str(error)) from None


def _url_of_connection(request: HttpRequest, settings: ConnectionSettings) -> Url:
    """A path below the base URL; or a whole URL (the next page, say) on a host that may have the sign-in."""
    try:
        base = url_from(settings.base_url)
        if not request.url.startswith(("http://", "https://")):
            return base.below(request.url).with_query(request.query)
        url = url_from(request.url).with_query(request.query)
    except ValueError as error:
        raise failures.invalid_request(str(error)) from None
    if url.origin != base.origin and not is_listed(url, _receivers(settings)):
        raise failures.invalid_request(f"{url.host} is not a host of this connection; add it to allowed_hosts")
    if base.scheme == "https" and url.scheme == "http":
        raise failures.invalid_request("this connection is used over https only")
    return url


def _receivers(settings: ConnectionSettings) -> set[str]:
    """Hosts that may have the sign-in; a base URL on port 80 may also send to the same host's port 443."""
    base = url_from(settings.base_url)
    return {*settings.allowed_hosts, base.authority} if base.port in (80, 443) else set(settings.allowed_hosts)


def _headers(request: HttpRequest, sign_in: _SignIn | None) -> list[tuple[str, str]]:
    added = [("Idempotency-Key", request.idempotency_key)] if request.idempotency_key else []
    if request.content_type is not None:
        added.append(("Content-Type", request.content_type))
    given = {name.lower() for name, _ in request.headers}
    headers = [*request.headers, *(each for each in added if each[0].lower() not in given)]
    if sign_in is None:
        return headers
    rest = [each for each in headers if each[0].lower() != sign_in.header.lower()]
    return [*rest, (sign_in.header, sign_in.value)]
