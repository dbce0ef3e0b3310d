"""Time zones for the sandbox: the host tells the rules of one zone in one year, as text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from flowslot.flowlang.nearest import did_you_mean

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+){0,2}")
_DAY = timedelta(days=1)


def zone_year(name: object, year: object) -> str:
    """The rules of a zone in a year (UTC) as JSON, in order: `[seconds since 1970 or null, offset, short name]`.

    Called by the sandbox, so nothing is believed of its arguments. ValueError for what is no zone or no year.
    """
    if type(name) is not str or type(year) is not str:
        raise ValueError("a time zone is a text, for example 'Europe/Berlin'")
    if len(name) > 64 or not _NAME.fullmatch(name):
        raise ValueError(f"there is no time zone {name[:64]!r}")
    if not (year.isascii() and year.isdecimal() and len(year) <= 4 and 1 < int(year) < 9999):
        raise ValueError("time zones are known for the years 2 to 9998")
    return _rules(name, int(year))


@lru_cache(maxsize=512)
def _rules(name: str, year: int) -> str:
    try:
        zone = ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        raise ValueError(f"there is no time zone {name!r}.{did_you_mean(name, _known())}") from None
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    rules: list[tuple[int | None, int, str]] = [(None, *_at(start, zone))]
    day = start
    while day < end:
        after = min(day + _DAY, end)
        if _at(after, zone) != _at(day, zone):
            change = _change(day, after, zone)
            rules.append((int(change.timestamp()), *_at(change, zone)))
        day = after
    return json.dumps(rules)


def _at(moment: datetime, zone: ZoneInfo) -> tuple[int, str]:
    local = moment.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    return offset.days * 86400 + offset.seconds, local.tzname() or ""


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second between two moments at which the rule is that of the second one."""
    wanted = _at(after, zone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (before, middle) if _at(middle, zone) == wanted else (middle, after)
    return after


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))
