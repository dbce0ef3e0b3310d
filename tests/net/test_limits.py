"""No answer takes more than its share of time and memory (attacks A71–A73)."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address

import pytest
from local_http import Got, answer, code_of, failure_of, outbound, target

from flowslot.net.bodies import MAX_BODY, CompressedBody, text_of
from flowslot.net.outbound import MAX_SECONDS

SECONDS = 0.3
"""The time limit of the slow requests here."""


async def _never(got: Got) -> bytes | None:
    await asyncio.Event().wait()
    return None


def _endless(piece: bytes, *, head: bytes = b"") -> Callable[[Got], Awaitable[bytes | None]]:
    async def write(got: Got) -> bytes | None:
        got.writer.write(head)
        while True:
            got.writer.write(piece)
            await got.writer.drain()
            await asyncio.sleep(0)

    return write


def _dripping(head: bytes) -> Callable[[Got], Awaitable[bytes | None]]:
    async def write(got: Got) -> bytes | None:
        got.writer.write(head)
        while True:
            got.writer.write(b"x")
            await asyncio.sleep(SECONDS / 5)

    return write


@pytest.mark.parametrize(
    "answer_with",
    [
        _never,
        _dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        _dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
        _dripping(b"HTTP/1.1 200 OK\r\n\r\n"),
        _endless(b"HTTP/1.1 100 Continue\r\n\r\n"),
        _endless(b"1\r\nx\r\n", head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ],
    ids=["never", "slow headers", "slow body", "slow body without length", "1xx flood", "endless chunks"],
)
def test_a_slow_target_is_left_at_the_time_limit(answer_with: Callable[[Got], Awaitable[bytes | None]]) -> None:
    async def check() -> None:
        async with target(answer_with) as there, outbound() as client:
            began = time.monotonic()
            failure = await failure_of(client.send("GET", there.url("/?token=abc"), timeout=SECONDS))
            assert failure == f"timeout: 127.0.0.1 gave no complete answer within {SECONDS:g} s."
            assert time.monotonic() - began < SECONDS + 5

    asyncio.run(check())


def test_the_time_limit_holds_over_all_redirects() -> None:
    async def slowly(got: Got) -> bytes:
        await asyncio.sleep(SECONDS / 3)
        return answer(b"", status=302, headers="Location: /again\r\n")

    async def check() -> None:
        async with target(slowly) as there, outbound() as client:
            assert await code_of(client.send("GET", there.url(), timeout=SECONDS)) == "timeout"

    asyncio.run(check())


def test_no_request_may_take_longer_than_the_longest_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_SECONDS == 300
    monkeypatch.setattr("flowslot.net.outbound.MAX_SECONDS", SECONDS)

    async def check() -> None:
        async with target(_never) as there, outbound() as client:
            assert await code_of(client.send("GET", there.url(), timeout=1e9)) == "timeout"

    asyncio.run(check())


@pytest.mark.parametrize("slow", ["name", "handshake"])
def test_opening_a_connection_has_a_limit_of_its_own(slow: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowslot.net.transport.CONNECT_SECONDS", SECONDS)

    async def resolve(host: str) -> list[IPv4Address]:
        if slow == "name":
            await asyncio.Event().wait()
        return [IPv4Address("127.0.0.1")]

    async def check() -> None:
        async with target() as there, outbound(resolve=resolve) as client:
            url = there.url(host="slow.example").replace("http:", "https:")
            failure = await failure_of(client.send("GET", url))
            assert failure == f"timeout: No connection to slow.example within {SECONDS} s."

    asyncio.run(check())


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (answer(b"x" * (MAX_BODY + 1)), "response_too_large"),
        (answer(b"x" * MAX_BODY), None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", "network_error"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "network_error"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "network_error"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "network_error"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", "network_error"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "network_error"),
        (b"", "network_error"),
        (answer(headers="X-Long: " + "x" * 65_536 + "\r\n"), "network_error"),
        (answer(headers="Set-Cookie: a=b\r\n" * 100_000), "network_error"),
        (answer(headers="".join(f"X-{n}: {'x' * 1000}\r\n" for n in range(100))), "response_too_large"),
        (answer(headers="Set-Cookie: a=b\r\n" * 20), None),
    ],
    ids=str,
)
def test_what_is_not_one_bounded_answer_is_refused(reply: bytes, code: str | None) -> None:
    async def close_after(got: Got) -> None:
        got.writer.write(reply)
        got.writer.close()

    async def check() -> None:
        async with target(close_after) as there, outbound() as client:
            sending = client.send("GET", there.url())
            assert (await code_of(sending) if code else (await sending).status) == (code or 200)

    asyncio.run(check())


def _bomb(coding: str) -> bytes:
    zeros = b"\0" * (100 * 1024 * 1024)
    return gzip.compress(zeros, 9) if coding == "gzip" else zlib.compress(zeros, 9)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_noticed_while_it_is_small(coding: str) -> None:
    bomb = _bomb(coding)

    async def feed() -> None:
        CompressedBody(coding).feed(bomb)

    tracemalloc.start()
    try:
        assert asyncio.run(code_of(feed())) == "response_too_large"
        assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_bomb_from_a_target_is_refused() -> None:
    bomb = answer(_bomb("gzip"), headers="Content-Encoding: gzip\r\n")

    async def check() -> None:
        async with target(bomb) as there, outbound() as client:
            assert await code_of(client.send("GET", there.url())) == "response_too_large"

    asyncio.run(check())


def test_a_body_that_compresses_well_but_stays_small_is_read() -> None:
    async def check() -> None:
        async with (
            target(answer(gzip.compress(b"0" * 900_000), headers="Content-Encoding: gzip\r\n")) as there,
            outbound() as client,
        ):
            assert len((await client.send("GET", there.url())).text) == 900_000

    asyncio.run(check())


PLAIN = ("Grüße " * 20_000).encode()


def _raw_deflate(plain: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(plain) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PLAIN, mtime=0)),
        ("GZip", gzip.compress(PLAIN, mtime=0)),
        ("x-gzip", gzip.compress(PLAIN[:60_000], mtime=0) + gzip.compress(PLAIN[60_000:], mtime=0)),
        ("deflate", zlib.compress(PLAIN)),
        ("deflate", _raw_deflate(PLAIN)),
        ("identity", PLAIN),
        ("", PLAIN),
    ],
)
def test_compressed_answers_are_read(coding: str, body: bytes) -> None:
    async def check() -> None:
        reply = answer(body, headers=f"Content-Encoding: {coding}\r\nContent-Type: text/plain; charset=utf-8\r\n")
        async with target(reply) as there, outbound() as client:
            assert (await client.send("GET", there.url())).text == PLAIN.decode()
            assert there.got[0].header("accept-encoding") == "gzip, deflate"

    asyncio.run(check())


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"x"),
        ("zstd", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(PLAIN, mtime=0))),
        (", ".join(["gzip"] * 50), b"x"),
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(PLAIN, mtime=0)[:-9]),
        ("gzip", gzip.compress(PLAIN, mtime=0) + b"garbage"),
        ("deflate", zlib.compress(PLAIN)[:-4]),
        ("deflate", zlib.compress(PLAIN) + b"more"),
        ("deflate", b"\xff\xff\xff"),
    ],
    ids=["br", "zstd", "twice", "fifty times", "no gzip", "cut", "more", "deflate cut", "deflate more", "no deflate"],
)
def test_other_encodings_and_broken_ones_are_refused(coding: str, body: bytes) -> None:
    async def check() -> None:
        async with target(answer(body, headers=f"Content-Encoding: {coding}\r\n")) as there, outbound() as client:
            assert await code_of(client.send("GET", there.url())) == "bad_encoding"

    asyncio.run(check())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_compressed_bodies_may_come_in_pieces_of_any_size(size: int) -> None:
    for coding, data in (("gzip", gzip.compress(PLAIN[:2000])), ("deflate", _raw_deflate(PLAIN[:2000]))):
        body = CompressedBody(coding)
        for place in range(0, len(data), size):
            body.feed(data[place : place + size])
        assert body.whole() == PLAIN[:2000]


@pytest.mark.parametrize(
    ("raw", "content_type", "text"),
    [
        (b"gr\xc3\xbc\xc3\x9f", "text/plain", "grüß"),
        (b"gr\xfc\xdf", "text/plain; charset=ISO-8859-1", "grüß"),
        (b"\x80", 'text/plain; charset="windows-1252"', "€"),
        ("grüß".encode("utf-16"), "text/plain; charset=utf-16", "grüß"),
        ("日本".encode("shift_jis"), "text/plain;charset=Shift_JIS", "日本"),
        (b'\xef\xbb\xbf{"a": 1}', "application/json", '{"a": 1}'),
        (b"+AGE-", "text/plain; charset=utf-7", "+AGE-"),
        (b"616161", "text/plain; charset=hex", "616161"),
        (b"\\u0041", "text/plain; charset=unicode_escape", "\\u0041"),
        (b"abc", "text/plain; charset=x-evil", "abc"),
        (b"abc", "text/plain; charset=\x00", "abc"),
        (b"\xff\xfe\xfa", "text/plain; charset=utf-8", "\ufffd\ufffd\ufffd"),
        (b"\xed\xa0\x80", "text/plain", "\ufffd\ufffd\ufffd"),
    ],
)
def test_text_is_read_by_its_charset_and_never_fails(raw: bytes, content_type: str, text: str) -> None:
    assert text_of(raw, content_type) == text
