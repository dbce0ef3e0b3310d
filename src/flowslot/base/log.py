"""The log: one line an event, JSON unless a person watches, ids as fields, never a secret or a document."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from flowslot.base.trace_context import current

FORMATS = {"auto": None, "json": False, "console": True}
"""What the setting `log_format` may be, and whether it is for people; auto: when a terminal shows it."""


def configure_log(*, level: str = "info", people: bool | None = None) -> None:
    """Sends the log to standard error: coloured lines on a terminal, JSON otherwise."""
    people = sys.stderr.isatty() if people is None else people
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if people
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get_log(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that names its part of the product in every line."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=name)
    return logger


def _with_trace(logger: object, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Names the trace that the line belongs to, while tracing is on."""
    here = current.get()
    if here is not None:
        line.setdefault("trace", f"{here.trace_id:032x}")
    return line
