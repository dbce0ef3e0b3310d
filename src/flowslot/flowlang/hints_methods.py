"""Methods and attributes of values that an expression may use, as data for hints: how each is called, what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flowslot.domain.hints import HintKind


class Method(NamedTuple):
    """A method, or an attribute where `call` has no brackets."""

    name: str
    call: str
    about: str

    @property
    def kind(self) -> HintKind:
        return "method" if "(" in self.call else "field"

    @property
    def type(self) -> str:
        """How a method is called, with what it gives; of an attribute its type."""
        return self.call if self.kind == "method" else self.call.partition(": ")[2]


def _methods(text: str) -> Sequence[Method]:
    rows = (line.strip().partition(" | ") for line in text.strip().splitlines())
    return tuple(Method(call.partition("(")[0].partition(":")[0], call, about) for call, _, about in rows)


_TEXT = _methods("""
    upper() -> str | In capitals.
    lower() -> str | In small letters.
    strip(characters=None) -> str | Without spaces, or these characters, at both ends.
    lstrip(characters=None) -> str | Without spaces at the beginning.
    rstrip(characters=None) -> str | Without spaces at the end.
    split(separator=None) -> list[str] | Its parts, cut at a separator or at spaces.
    rsplit(separator=None, most=-1) -> list[str] | Its parts, cut from the end.
    splitlines() -> list[str] | Its lines.
    join(texts) -> str | Texts joined, with this one between them.
    replace(old, new) -> str | With each old replaced.
    removeprefix(prefix) -> str | Without a beginning.
    removesuffix(suffix) -> str | Without an end.
    startswith(prefix) -> bool | Whether it begins so.
    endswith(suffix) -> bool | Whether it ends so.
    find(text) -> int | Where a text stands in it; -1 where it does not.
    rfind(text) -> int | Where a text stands last; -1 where it does not.
    index(text) -> int | Where a text stands in it; fails where it does not.
    rindex(text) -> int | Where a text stands last; fails where it does not.
    count(text) -> int | How often a text stands in it.
    partition(separator) -> list[str] | What is before a separator, it, and what is after.
    rpartition(separator) -> list[str] | The same at the last separator.
    title() -> str | Each Word With A Capital.
    capitalize() -> str | With a capital at the beginning.
    swapcase() -> str | Capitals small, small letters capitals.
    casefold() -> str | For comparing without regard to capitals.
    zfill(width) -> str | With zeros before it.
    ljust(width, fill=" ") -> str | Filled up at the end.
    rjust(width, fill=" ") -> str | Filled up at the beginning.
    center(width, fill=" ") -> str | Filled up at both ends.
    format(*values) -> str | With values in its places {}.
    encode(encoding="utf-8") -> bytes | Its bytes.
    isdigit() -> bool | Whether all are digits.
    isalpha() -> bool | Whether all are letters.
    isalnum() -> bool | Whether all are letters or digits.
    isnumeric() -> bool | Whether all are numbers.
    isdecimal() -> bool | Whether all are decimal digits.
    isspace() -> bool | Whether all are spaces.
    isupper() -> bool | Whether all letters are capitals.
    islower() -> bool | Whether all letters are small.
    istitle() -> bool | Whether each word begins with a capital.
    isascii() -> bool | Whether all are ASCII.
    isidentifier() -> bool | Whether it is a name.
""")
_LIST = _methods("""
    index(value) -> int | Where a value stands; fails where it does not.
    count(value) -> int | How often a value stands in it.
    copy() -> list | Another list of the same.
""")
_OBJECT = _methods("""
    get(key, default=None) | The value of a key, or the default.
    keys() -> list[str] | Its keys.
    values() -> list | Its values.
    items() -> list | Pairs of key and value.
    copy() -> object | Another object of the same.
""")
_DAY = """
    year: int | The year.
    month: int | The month, from 1.
    day: int | The day of the month.
    isoformat() -> str | As an ISO text.
    strftime(format) -> str | As a text, by a format such as "%d.%m.%Y".
    weekday() -> int | The day of the week, from 0 for Monday.
    isoweekday() -> int | The day of the week, from 1 for Monday.
    replace(**parts) -> date | With other parts, for example day=1.
"""
_DATE = _methods(_DAY)
_TIME = _methods(
    _DAY
    + """
    hour: int | The hour.
    minute: int | The minute.
    second: int | The second.
    microsecond: int | The microsecond.
    tzinfo: timezone | The zone, if any.
    date() -> date | Its date.
    time() -> time | Its time of day.
    timestamp() -> float | Seconds since 1970.
    astimezone(zone) -> datetime | The same moment in another zone.
    utcoffset() -> timedelta | How far it is from UTC.
    tzname() -> str | The name of its zone.
"""
)
_LENGTH = _methods("""
    total_seconds() -> float | In seconds.
    days: int | Whole days.
    seconds: int | Seconds beside the days.
    microseconds: int | Microseconds beside these.
""")
_DECIMAL = _methods("""
    quantize(step) -> Decimal | Rounded to as many digits as another has.
    normalize() -> Decimal | Without zeros at the end.
    sqrt() -> Decimal | The square root.
    is_finite() -> bool | Whether it is a number.
""")
_MATCH = _methods("""
    group(number=0) -> str | What a group matched; 0 is the whole.
    groups() -> list[str] | What all groups matched.
    groupdict() -> dict[str, str] | What the named groups matched.
    start(number=0) -> int | Where it begins.
    end(number=0) -> int | Where it ends.
    span(number=0) -> list[int] | Where it begins and ends.
""")
_SET = _methods("""
    union(other) -> set | What is in one of both.
    intersection(other) -> set | What is in both.
    difference(other) -> set | What is not in the other.
    symmetric_difference(other) -> set | What is in just one of both.
    issubset(other) -> bool | Whether the other has all of it.
    issuperset(other) -> bool | Whether it has all of the other.
    isdisjoint(other) -> bool | Whether both have nothing in common.
""")
_BYTES = _methods("""
    decode(encoding="utf-8") -> str | As a text.
    hex() -> str | As hexadecimal digits.
""")

OBJECT_METHODS = _OBJECT
METHODS_OF: Mapping[str, Sequence[Method]] = {
    "str": _TEXT,
    "LiteralString": _TEXT,
    "list": _LIST,
    "dict": _OBJECT,
    "Mapping": _OBJECT,
    "date": _DATE,
    "datetime": _TIME,
    "timedelta": _LENGTH,
    "Decimal": _DECIMAL,
    "Match": _MATCH,
    "set": _SET,
    "frozenset": _SET,
    "bytes": _BYTES,
}
"""By the name of the type, as the checker tells it."""
EVERY_METHOD: Mapping[str, Method] = {
    each.name: each for methods in reversed(list(METHODS_OF.values())) for each in methods
}
"""By name; of several the one of the most common type."""
