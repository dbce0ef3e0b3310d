"""One request and its answer as values, and where a redirect leads. Pure: nothing here touches the network."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from flowslot.base.urls import Url, is_listed
from flowslot.net.failures import refused_redirect

Headers = Sequence[tuple[str, str]]

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_KEPT_ELSEWHERE = frozenset({"accept", "accept-encoding", "accept-language", "content-type", "user-agent"})
"""Headers that may follow to another origin; any other one may hold a secret."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as it is sent."""

    method: str
    url: Url
    headers: Headers
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came, within all limits, decompressed."""

    status: int
    headers: Headers
    """Names in lower case."""
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, several joined by commas; empty when there is none."""
        return ", ".join(value for each, value in self.headers if each == name)


def redirected(sent: Outgoing, status: int, *, location: str, allowed_hosts: Collection[str]) -> Outgoing:
    """The request that follows a redirect. StepFailure when it leads where requests do not go.

    Only what is harmless goes along to another origin, unless its host may have the rest.
    """
    try:
        url = sent.url.towards(location)
    except ValueError as error:
        raise refused_redirect(str(error)) from None
    if sent.url.scheme == "https" and url.scheme == "http":
        raise refused_redirect("it leads from https to http")
    headers = sent.headers
    if url.origin != sent.url.origin and not is_listed(url, allowed_hosts):
        headers = [(name, value) for name, value in headers if name.lower() in _KEPT_ELSEWHERE]
    if (status == 303 and sent.method != "HEAD") or (status in (301, 302) and sent.method == "POST"):
        bare = [(name, value) for name, value in headers if not name.lower().startswith("content-")]
        return Outgoing("GET", url, bare, None)
    return replace(sent, url=url, headers=headers)
