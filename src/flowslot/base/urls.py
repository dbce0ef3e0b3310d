"""Web addresses, parsed once and strictly: what is checked is exactly what is sent.

Refused, never repaired: other schemes, user names, backslashes, control characters, `%` in hosts, odd ports.
Hosts come out in one spelling: lower case, ASCII (IDNA), no trailing dot, numeric forms as the address they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

MAX_URL = 8192
"""Characters a URL may have."""

_SHAPE = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\\]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[0-9]{1,5}")
_KEPT = "!$&'()*+,;=:@/?-._~%[]"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Url:
    """A checked http or https URL."""

    scheme: str
    host: str
    """Lower case, ASCII; an IPv6 address stands without brackets."""
    port: int
    target: str
    """Path and query as they are sent; begins with `/`."""
    address: IPv4Address | IPv6Address | None = None
    """The address, when the host is one."""

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if isinstance(self.address, IPv6Address) else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: where credentials belong to."""
        return f"{self.scheme}://{self.authority}"

    def with_query(self, query: Sequence[tuple[str, str]]) -> Url:
        """The same with more query parameters at the end."""
        if not query:
            return self
        more = "&".join(f"{_quoted_part(name)}={_quoted_part(value)}" for name, value in query)
        return replace(self, target=f"{self.target}{'&' if '?' in self.target else '?'}{more}")

    def below(self, path: str) -> Url:
        """The URL of a path below this one. ValueError when the path could lead elsewhere."""
        if path.startswith(("//", "\\")) or "#" in path or _CONTROL.search(path) or _climbs(path):
            raise ValueError(
                "the path must stay below the base URL: no //, \\, #, . or .. segments, control characters"
            )
        if not path:
            return self
        gap = "" if path.startswith("?") else "/"
        return replace(self, target=_quoted(self.target.rstrip("/") + gap + path.removeprefix("/")) or "/")

    def towards(self, location: str) -> Url:
        """The URL that a Location header met here leads to. ValueError when it leads to no http address."""
        if _CONTROL.search(location):
            raise ValueError("a redirect has characters that no URL has")
        return url_from(urljoin(str(self), _lower_scheme(location.strip(" "))))


def url_from(text: str) -> Url:
    """The URL a text names. ValueError says what is wrong without repeating the text."""
    if len(text) > MAX_URL:
        raise ValueError(f"the URL has more than {MAX_URL} characters")
    if text != text.strip() or _CONTROL.search(text):
        raise ValueError("the URL has spaces around it, control characters or backslashes")
    found = _SHAPE.fullmatch(text)
    if not found:
        raise ValueError("a URL begins with http:// or https:// (in lower case)")
    scheme, authority, path, query = found.groups(default="")
    if "@" in authority:
        raise ValueError("a URL may not hold a user name or password; use a connection")
    host_text, port = _host_and_port(authority, default=_DEFAULT_PORTS[scheme])
    host, address = host_from(host_text)
    return Url(scheme, host, port, _quoted((path or "/") + query), address)


def host_from(text: str) -> tuple[str, IPv4Address | IPv6Address | None]:
    """A host in its one spelling, and the address if it is one. ValueError when it is no host."""
    if text.startswith("["):
        if not text.endswith("]"):
            raise ValueError("the host is not a valid IPv6 address")
        return _ipv6(text[1:-1])
    name = text.lower()
    if not name.isascii():
        name = _ascii(name)
    name = name.removesuffix(".")
    if not name or len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError("the host is not a valid name")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        address = _ipv4(name)
        return str(address), address
    return name, None


def host_entry(text: str) -> str:
    """One entry of a list of allowed hosts (`host` or `host:port`) in its one spelling."""
    host_text, port = _host_and_port(text, default=0)
    host, address = host_from(host_text)
    shown = f"[{host}]" if isinstance(address, IPv6Address) else host
    return f"{shown}:{port}" if port else shown


def is_listed(url: Url, entries: Iterable[str]) -> bool:
    """Whether the URL's host stands in a list of hosts; an entry without port means the scheme's own port."""
    shown = f"[{url.host}]" if isinstance(url.address, IPv6Address) else url.host
    names = {f"{shown}:{url.port}"}
    if url.port == _DEFAULT_PORTS[url.scheme]:
        names.add(shown)
    return not names.isdisjoint(entries)


def _host_and_port(authority: str, *, default: int) -> tuple[str, int]:
    end = authority.rfind("]") + 1
    host, colon, port = authority[end:].partition(":")
    if not colon:
        return authority, default
    if not _PORT.fullmatch(port) or not port.isascii() or not 0 < int(port) < 65536:
        raise ValueError("the port is a number from 1 to 65535")
    return authority[:end] + host, int(port)


def _ipv6(text: str) -> tuple[str, IPv6Address]:
    try:
        address = IPv6Address(text.replace("%25", "%", 1))
    except ValueError:
        raise ValueError("the host is not a valid IPv6 address") from None
    return str(address), address


def _ipv4(name: str) -> IPv4Address:
    """The address that browsers and resolvers read in 127.1, 0x7f.1, 0177.0.0.1 or 2130706433."""
    try:
        parts = [_part(text) for text in name.split(".")]
        last = parts.pop()
        if len(parts) > 3 or any(part > 255 for part in parts) or last >= 256 ** (4 - len(parts)):
            raise ValueError
    except ValueError:
        raise ValueError("the host is not a valid IPv4 address") from None
    return IPv4Address(sum(part << (24 - 8 * place) for place, part in enumerate(parts)) + last)


def _part(text: str) -> int:
    if len(text) > 16 or not _NUMBER.fullmatch(text):
        raise ValueError
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if text.startswith("0") else 10)


def _ascii(name: str) -> str:
    import idna  # slow to import, and few hosts need it

    try:
        mapped = idna.uts46_remap(name, std3_rules=True, transitional=False)
        return mapped if mapped.isascii() else idna.encode(mapped).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError("the host is not a valid international name") from None


def _quoted(target: str) -> str:
    """Percent-encodes what may not stand in a request line, and keeps what is encoded already."""
    lonely = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", target)
    try:
        return quote(lonely, safe=_KEPT)
    except UnicodeEncodeError:
        raise ValueError("the URL has half of a surrogate pair") from None


def _quoted_part(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ValueError("the query has half of a surrogate pair") from None


def _climbs(path: str) -> bool:
    plain = re.sub("%2e", ".", path.partition("?")[0], flags=re.IGNORECASE)
    segments = re.split(r"/|%2f|%5c", plain, flags=re.IGNORECASE)
    return any(segment.strip() in (".", "..") for segment in segments)


def _lower_scheme(location: str) -> str:
    scheme, colon, rest = location.partition(":")
    return f"{scheme.lower()}:{rest}" if colon and scheme.isalpha() else location
