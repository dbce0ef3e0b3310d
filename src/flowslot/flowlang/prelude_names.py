"""Which functions, methods and attributes an expression may use, as plain sets of names."""

from __future__ import annotations

from collections.abc import Mapping

BUILTINS = frozenset(
    "abs all any bool chr dict divmod enumerate filter float format int isinstance len list map max min next ord pow"
    " range repr reversed round set sorted str sum tuple zip".split()
)
"""Functions and types of Python itself."""

OWN_FUNCTIONS = frozenset(
    "decimal round_half_up uuid sha256 hmac_sha256 base64 base64_decode url_quote json_dumps json_loads"
    " parse_date parse_datetime to_zone in_zone date datetime timedelta timezone".split()
)
"""Functions and types the prelude gives."""

MODULES: Mapping[str, frozenset[str]] = {
    "math": frozenset("ceil exp floor gcd isclose log log10 pi sqrt trunc".split()),
    "re": frozenset("IGNORECASE MULTILINE DOTALL escape findall fullmatch match search split sub".split()),
}
"""What may stand after the name of a module."""

FUNCTIONS = BUILTINS | OWN_FUNCTIONS
LISTED = FUNCTIONS | frozenset(MODULES)
"""Names that are never data; no loop may call its item so."""

_TEXT_METHODS = (
    "capitalize casefold center count encode endswith find format index isalnum isalpha isascii isdecimal isdigit"
    " isidentifier islower isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix"
    " removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase"
    " title upper zfill decode hex"
)
_COLLECTION_METHODS = (
    "get items keys values copy union intersection difference symmetric_difference issubset issuperset isdisjoint"
)
_DATE_METHODS = (
    "isoformat strftime weekday isoweekday date time timestamp astimezone utcoffset tzname total_seconds combine"
    " fromisoformat strptime"
)
_NUMBER_METHODS = "quantize normalize is_finite sqrt is_integer bit_length"
_MATCH_METHODS = "group groups groupdict start end span"

METHODS = frozenset(
    f"{_TEXT_METHODS} {_COLLECTION_METHODS} {_DATE_METHODS} {_NUMBER_METHODS} {_MATCH_METHODS} fromkeys".split()
)
"""Methods an expression may call; none of them changes anything or reads a clock."""

ATTRIBUTES = frozenset("year month day hour minute second microsecond tzinfo days seconds microseconds".split())
"""Attributes of dates and durations. On data these are keys, as every name after a dot is."""

ON_TYPES: Mapping[str, frozenset[str]] = {
    "datetime": frozenset(("combine", "fromisoformat", "strptime")),
    "date": frozenset(("fromisoformat",)),
    "timezone": frozenset(("utc",)),
    "str": frozenset(_TEXT_METHODS.split()),
    "dict": frozenset(("fromkeys",)),
    **MODULES,
}
"""What may stand after the name of a listed type or module."""

READS_CLOCK = frozenset(("now", "today", "utcnow", "fromtimestamp", "time", "sleep", "monotonic", "perf_counter"))
"""Names people try for the time of day; the answer is `run.started_at`."""
