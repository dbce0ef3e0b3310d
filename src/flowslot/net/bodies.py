"""Response bodies: taken in up to a limit, decompressed as they come, and read as text."""

from __future__ import annotations

import codecs
import re
import zlib
from typing import Protocol

from flowslot.net.failures import bad_encoding, too_large

MAX_BODY = 10 * 1024 * 1024
"""Bytes a response may have, decompressed."""

MAX_RATIO = 100
RATIO_FROM = 1024 * 1024
"""Beyond this size, what grows more than MAX_RATIO times when decompressed is taken for a bomb."""

_PIECE = 65_536
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_CHARSETS = re.compile(
    r"ascii|utf-8|utf-16(-[lb]e)?|utf-32(-[lb]e)?|iso8859-\d+|cp125\d|cp437|cp85\d|cp866|cp932|cp949|cp950|koi8-[ru]"
    r"|mac-roman|big5|gb2312|gbk|gb18030|euc_jp|euc_kr|shift_jis|iso2022_jp"
)
"""Python's names of the charsets that are read; others (utf-7, or codecs that are no charsets) are taken for UTF-8."""


class Body(Protocol):
    """Takes a response's bytes as they come. Both methods raise StepFailure."""

    def feed(self, chunk: bytes) -> None: ...
    def whole(self) -> bytes:
        """All of it, after the last chunk."""
        ...


def body_for(content_encoding: str) -> Body:
    """What takes in a body with this Content-Encoding. StepFailure when it is none that was asked for."""
    codings = [each.strip().lower() for each in content_encoding.split(",") if each.strip()]
    codings = [each for each in codings if each != "identity"]
    if not codings:
        return PlainBody()
    if codings in (["gzip"], ["x-gzip"], ["deflate"]):
        return CompressedBody(codings[0])
    raise bad_encoding("The answer is encoded in a way that was not asked for; only gzip and deflate are read.")


class PlainBody:
    """A body as it is."""

    def __init__(self) -> None:
        self._got = bytearray()

    def feed(self, chunk: bytes) -> None:
        self._got += chunk
        if len(self._got) > MAX_BODY:
            raise _over()

    def whole(self) -> bytes:
        return bytes(self._got)


class CompressedBody:
    """A gzip or deflate body, inflated piece by piece so that a bomb is noticed while it is small."""

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding != "deflate" else None
        self._taken = 0
        self._got = bytearray()

    def feed(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self._inflater is None:  # some servers send deflate without the zlib wrapper
            wrapped = chunk[0] & 0x0F == 8 and (len(chunk) < 2 or (chunk[0] * 256 + chunk[1]) % 31 == 0)
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        self._taken += len(chunk)
        try:
            self._inflate(chunk)
        except zlib.error:
            raise bad_encoding(f"The answer is not valid {self._coding}.") from None

    def whole(self) -> bytes:
        if self._inflater is not None and self._taken and not self._inflater.eof:
            raise bad_encoding(f"The answer's {self._coding} data ends too early.")
        return bytes(self._got)

    def _inflate(self, chunk: bytes) -> None:
        inflater = self._inflater
        assert inflater is not None
        rest = chunk
        while rest:
            if inflater.eof:
                if self._coding == "deflate":
                    raise zlib.error
                self._inflater = inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)  # gzip may come in members
            piece = inflater.decompress(rest, _PIECE)
            self._got += piece
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            self._check(len(rest))
            if not piece and not inflater.eof:
                break

    def _check(self, waiting: int) -> None:
        if len(self._got) > MAX_BODY:
            raise _over()
        if len(self._got) > RATIO_FROM and len(self._got) > MAX_RATIO * max(self._taken - waiting, 1):
            raise too_large(f"The answer grows more than {MAX_RATIO} times when decompressed.")


def text_of(body: bytes, content_type: str) -> str:
    """The body as text by its charset, UTF-8 otherwise; what does not decode becomes U+FFFD."""
    charset = _charset(content_type)
    if charset == "utf-8":
        charset = "utf-8-sig"  # without the byte order mark
    return body.decode(charset, errors="replace")


def _charset(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    try:
        name = codecs.lookup(found[1]).name if found else "utf-8"
    except (LookupError, ValueError):
        return "utf-8"
    return name if _CHARSETS.fullmatch(name) else "utf-8"


def _over() -> Exception:
    return too_large(f"The answer has more than {MAX_BODY // 1024 // 1024} MiB.")
