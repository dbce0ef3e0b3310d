"""Which functions, methods and attributes an expression may use, as plain sets of names."""

from __future__ import annotations

from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BUILTINS = _names("""
    abs all any bool chr dict divmod enumerate filter float format int isinstance len list map max min next ord pow
    range repr reversed round set sorted str sum tuple zip
""")
"""Functions and types of Python itself."""

OWN_FUNCTIONS = _names("""
    decimal round_half_up uuid sha256 hmac_sha256 base64 base64_decode url_quote json_dumps json_loads
    parse_date parse_datetime to_zone in_zone date datetime timedelta timezone
""")
"""Functions and types the prelude gives."""

MODULES: Mapping[str, frozenset[str]] = {
    "math": _names("ceil exp floor gcd isclose log log10 pi sqrt trunc"),
    "re": _names("IGNORECASE MULTILINE DOTALL escape findall fullmatch match search split sub"),
}
"""What may stand after the name of a module."""

FUNCTIONS = BUILTINS | OWN_FUNCTIONS
LISTED = FUNCTIONS | frozenset(MODULES)
"""Names that are never data; no loop may call its item so."""

TEXT_METHODS = _names("""
    capitalize casefold center count encode endswith find format index isalnum isalpha isascii isdecimal isdigit
    isidentifier islower isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix
    replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title upper zfill
""")
_OTHER_METHODS = _names("""
    decode hex get items keys values copy union intersection difference symmetric_difference issubset issuperset
    isdisjoint isoformat strftime weekday isoweekday date time timestamp astimezone utcoffset tzname total_seconds
    quantize normalize is_finite sqrt group groups groupdict start end span
""")
METHODS = TEXT_METHODS | _OTHER_METHODS
"""Methods an expression may call; none of them changes anything or reads a clock."""

ATTRIBUTES = _names("year month day hour minute second microsecond tzinfo days seconds microseconds")
"""Attributes of dates and durations. On data these are keys, as every name after a dot is."""

ON_TYPES: Mapping[str, frozenset[str]] = {
    "datetime": _names("combine fromisoformat strptime"),
    "date": _names("fromisoformat"),
    "timezone": _names("utc"),
    "str": TEXT_METHODS,
    "dict": _names("fromkeys"),
    **MODULES,
}
"""What may stand after the name of a listed type or module."""

READS_CLOCK = _names("now today utcnow fromtimestamp time sleep monotonic perf_counter")
"""Names people try for the time of day; the answer is `run.started_at`."""
