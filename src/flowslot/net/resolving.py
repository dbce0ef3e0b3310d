"""Names to addresses, in threads of their own, so that slow name servers hold up nothing else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TypeAlias

from flowslot.net.addresses import Address

Resolve: TypeAlias = Callable[[str], Awaitable[Sequence[Address]]]
"""All addresses of a host name. Raises OSError when there are none."""

THREADS = 16


class SystemResolver:
    """Asks the machine's resolver, once for each connection that is opened: nothing is remembered."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    async def __call__(self, host: str) -> Sequence[Address]:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="names")
        return await asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host)

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def _addresses(host: str) -> Sequence[Address]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [ip_address(each[4][0]) for each in found]
