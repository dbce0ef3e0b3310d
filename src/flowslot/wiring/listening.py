"""The socket a server listens on, and the address it has; light, for a supervisor that loads nothing else."""

from __future__ import annotations

import socket

from flowslot.base.settings import Settings

BACKLOG = 2048


def listening(settings: Settings) -> socket.socket:
    """A socket on the address of the settings; requests wait in it until a server is ready. OSError when in use."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a small answer must not wait for the next one
    return listener


def url_of(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{listener.getsockname()[1]}"
