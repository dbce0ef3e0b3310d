"""The part of the prelude that knows dates, times and time zones."""

from __future__ import annotations

from collections.abc import Mapping

DATE_CHUNKS: Mapping[str, str] = {
    "date": "from datetime import date, datetime, timedelta as _timedelta, timezone\n",
    "datetime": "",
    "timezone": "",
    "timedelta": """\
def timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
    whole = ((weeks * 7 + days) * 24 + hours) * 60 + minutes
    whole = (whole * 60 + seconds) * 1000000 + milliseconds * 1000 + microseconds
    return _timedelta(microseconds=whole if _type(whole) is int else round(whole))
""",
    "parse_date": """\
def parse_date(text, format=None):
    if format is not None:
        return datetime.strptime(text, format).date()
    if len(text) > 10:
        return datetime.fromisoformat(text).date()
    return date.fromisoformat(text)
""",
    "parse_datetime": """\
def parse_datetime(text, format=None):
    return datetime.fromisoformat(text) if format is None else datetime.strptime(text, format)
""",
    "_zone": """\
_epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
_years = {}
def _seconds(moment):
    passed = moment - _epoch
    return passed.days * 86400 + passed.seconds
def _zone(name, seconds, year):
    if (name, year) not in _years:
        _years[(name, year)] = _j.loads(_zone_year(name, str(year)))
    found = None
    for start, offset, short in _years[(name, year)]:
        if start is None or start <= seconds:
            found = (offset, short)
    return found
""",
    "to_zone": """\
def to_zone(moment, zone):
    if _type(moment) is str:
        moment = parse_datetime(moment)
    if moment.tzinfo is None:
        raise ValueError('this time has no zone; say which one it is in with in_zone(…)')
    utc = moment.astimezone(timezone.utc)
    offset, short = _zone(zone, _seconds(utc), utc.year)
    return utc.astimezone(timezone(_timedelta(seconds=offset), short))
""",
    "in_zone": """\
def in_zone(moment, zone):
    if _type(moment) is str:
        moment = parse_datetime(moment)
    if moment.tzinfo is not None:
        raise ValueError('this time has a zone already; change it with to_zone(…)')
    local = _seconds(moment.replace(tzinfo=timezone.utc))
    def at(seconds):
        return _zone(zone, seconds, (_epoch + _timedelta(seconds=seconds)).year)
    before, after = at(local - 86400), at(local + 86400)
    found = before
    if before != after and at(local - before[0]) != before and at(local - after[0]) == after:
        found = after
    return moment.replace(tzinfo=timezone(_timedelta(seconds=found[0]), found[1]))
""",
}
"""`_zone_year` is the host's: the rules of one zone in one year, as JSON."""
