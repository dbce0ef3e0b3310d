"""Every function an expression may call, as data: for the reference page, the editor, and a test of each example."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListedFunction:
    """One function. `example` is an expression (without `=`) and `gives` the JSON it gives."""

    name: str
    call: str
    about: str
    example: str
    gives: str


def _listed(text: str) -> tuple[ListedFunction, ...]:
    lines = [line.strip() for line in text.strip().splitlines()]
    found = []
    for call, about, shown in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        example, _, gives = shown.rpartition(" -> ")
        found.append(ListedFunction(call.partition("(")[0], call, about, example, gives))
    return tuple(found)


_PYTHON = r"""
abs(number)
    The number without its sign.
    abs(-5) -> 5
all(values)
    Whether every value is true.
    all(x > 0 for x in [1, 2]) -> true
any(values)
    Whether some value is true.
    any(x > 1 for x in [1, 2]) -> true
bool(value)
    Whether a value counts as true: not null, 0, empty.
    bool([]) -> false
chr(number)
    The character with a number in Unicode.
    chr(65) -> "A"
dict(pairs)
    An object from pairs of key and value.
    dict([("a", 1)]) -> {"a": 1}
divmod(a, b)
    Whole quotient and rest.
    divmod(7, 2) -> [3, 1]
enumerate(values, start=0)
    Each value with its number.
    [n for n, x in enumerate(["a", "b"])] -> [0, 1]
filter(test, values)
    The values for which a test is true.
    list(filter(lambda x: x > 1, [1, 2])) -> [2]
float(value)
    A number from a text or another number.
    float("1.5") -> 1.5
format(value, how)
    A value as text, formatted.
    format(1234.5, ",.2f") -> "1,234.50"
int(value)
    A whole number; cuts off the fraction.
    int("42") -> 42
isinstance(value, type)
    Whether a value is a str, int, float, bool, list or dict.
    isinstance("a", str) -> true
len(value)
    How many characters, items or keys.
    len("abc") -> 3
list(values)
    A list of values.
    list("ab") -> ["a", "b"]
map(function, values)
    A function of each value.
    list(map(str.upper, ["a"])) -> ["A"]
max(values, key=None, default=None)
    The largest value.
    max([3, 9, 4]) -> 9
min(values, key=None, default=None)
    The smallest value.
    min([3, 9, 4]) -> 3
next(values, default)
    The first value, or the default when there is none.
    next((x for x in [1, 5, 7] if x > 2), None) -> 5
ord(character)
    The number of a character in Unicode.
    ord("A") -> 65
pow(a, b)
    A power.
    pow(2, 10) -> 1024
range(start, stop, step=1)
    The whole numbers from start up to, not including, stop.
    list(range(1, 4)) -> [1, 2, 3]
repr(value)
    A value as Python writes it.
    repr("a") -> "'a'"
reversed(values)
    The values, last first.
    list(reversed([1, 2])) -> [2, 1]
round(number, digits)
    Rounded as binary floats round; for money use round_half_up.
    round(2.675, 2) -> 2.67
set(values)
    The different values; as a result, a list of them.
    len(set(["a", "b", "a"])) -> 2
sorted(values, key=None, reverse=False)
    The values in order.
    sorted([{"n": 2}, {"n": 1}], key=lambda x: x.n)[0].n -> 1
str(value)
    A value as text.
    str(5) -> "5"
sum(numbers, start=0)
    The sum of numbers.
    sum(x * 2 for x in [1, 2]) -> 6
tuple(values)
    A fixed list of values.
    tuple([1, 2]) -> [1, 2]
zip(a, b)
    The values of several lists, side by side.
    [a + b for a, b in zip(["x"], ["y"])] -> ["xy"]
"""

_MATH = r"""
math.floor(number)
    Rounded down.
    math.floor(2.7) -> 2
math.ceil(number)
    Rounded up.
    math.ceil(2.1) -> 3
math.trunc(number)
    Without its fraction.
    math.trunc(-2.7) -> -2
math.sqrt(number)
    The square root.
    math.sqrt(9) -> 3.0
math.exp(number)
    e to a power.
    math.exp(0) -> 1.0
math.log(number)
    The natural logarithm.
    math.log(1) -> 0.0
math.log10(number)
    The logarithm to base 10.
    math.log10(1000) -> 3.0
math.gcd(a, b)
    The greatest common divisor.
    math.gcd(12, 18) -> 6
math.isclose(a, b)
    Whether two numbers are equal but for rounding.
    math.isclose(0.1 + 0.2, 0.3) -> true
math.pi
    The number pi.
    round(math.pi, 2) -> 3.14
"""

_PATTERNS = r"""
re.search(pattern, text)
    The first match of a pattern, or None; with .group(1) what its first group matched.
    re.search("([0-9]+)", "PO-77").group(1) -> "77"
re.match(pattern, text)
    The match at the beginning of a text, or None.
    re.match("a", "ba") is None -> true
re.fullmatch(pattern, text)
    The match of a whole text, or None.
    re.fullmatch("[A-Z]{2}", "DE") is not None -> true
re.findall(pattern, text)
    All matches.
    re.findall("[0-9]+", "1 and 22") -> ["1", "22"]
re.split(pattern, text)
    The text cut at each match.
    re.split("[,;] *", "a, b;c") -> ["a", "b", "c"]
re.sub(pattern, by, text)
    The text with each match replaced.
    re.sub("[^0-9]", "", "+49 (30) 1") -> "49301"
re.escape(text)
    A pattern that matches just this text.
    re.escape("a.b") == "a" + chr(92) + ".b" -> true
"""

_MONEY = r"""
decimal(value)
    An exact decimal number of a number or a text; as a result, a number with its digits.
    decimal("2.675") * 2 -> 5.350
round_half_up(value, digits=0)
    Rounded as in commerce, exactly; gives a decimal.
    round_half_up(2.675, 2) -> 2.68
"""

_DATES = r"""
parse_date(text, format=None)
    The date of an ISO text, or by a format.
    parse_date("31.01.2026", "%d.%m.%Y") -> "2026-01-31"
parse_datetime(text, format=None)
    The time of an ISO text, or by a format.
    parse_datetime("2026-01-31T10:00:00Z") -> "2026-01-31T10:00:00+00:00"
date(year, month, day)
    A date; as a result, an ISO text.
    date(2026, 1, 31) + timedelta(days=1) -> "2026-02-01"
date.fromisoformat(text)
    The date of an ISO text.
    date.fromisoformat("2026-01-31").weekday() -> 5
datetime(year, month, day, hour=0, minute=0, second=0, tzinfo=None)
    A date and time.
    datetime(2026, 1, 31, 9, 30, tzinfo=timezone.utc) -> "2026-01-31T09:30:00+00:00"
datetime.fromisoformat(text)
    The time of an ISO text.
    datetime.fromisoformat("2026-01-31T10:00:00Z").hour -> 10
datetime.strptime(text, format)
    The time of a text, by a format.
    datetime.strptime("31/01/26", "%d/%m/%y").year -> 2026
datetime.combine(date, time)
    A date with the time of another.
    datetime.combine(date(2026, 1, 31), datetime(2026, 1, 1, 9).time()) -> "2026-01-31T09:00:00"
timedelta(days=0, hours=0, minutes=0, seconds=0, weeks=0)
    A length of time; as a result, seconds.
    timedelta(minutes=1.5) -> 90.0
timezone(offset)
    A fixed zone; timezone.utc is UTC.
    datetime(2026, 1, 31, tzinfo=timezone(timedelta(hours=2))) -> "2026-01-31T00:00:00+02:00"
to_zone(time, zone)
    The same moment on the clocks of a zone.
    to_zone("2026-07-01T10:00:00Z", "Europe/Berlin") -> "2026-07-01T12:00:00+02:00"
in_zone(time, zone)
    A time without a zone, as one on the clocks of a zone.
    in_zone("2026-01-15T09:00:00", "America/New_York") -> "2026-01-15T09:00:00-05:00"
"""

_TEXTS = r"""
json_dumps(value)
    A value as JSON text.
    json_dumps({"a": [1, None]}) -> "{\"a\":[1,null]}"
json_loads(text)
    The value of a JSON text.
    json_loads('{"a": 1}').a -> 1
url_quote(text, safe="")
    A text as it may stand in a URL.
    url_quote("a b/ü") -> "a%20b%2F%C3%BC"
base64(value)
    A text (in UTF-8) or bytes in Base64.
    base64("hello") -> "aGVsbG8="
base64_decode(text)
    The text (in UTF-8) of a Base64 text.
    base64_decode("aGVsbG8=") -> "hello"
sha256(value)
    The SHA-256 of a text or bytes, in hex.
    sha256("")[:8] -> "e3b0c442"
hmac_sha256(key, message, encoding="hex")
    The HMAC-SHA-256 of a message, in hex or base64.
    hmac_sha256("key", "message")[:8] -> "6e9ef29b"
uuid(name)
    A UUID (version 5) made from a text: the same text gives the same UUID.
    uuid("order-1")[14] -> "5"
"""

LISTED_FUNCTIONS = (
    *_listed(_PYTHON),
    *_listed(_MATH),
    *_listed(_PATTERNS),
    *_listed(_MONEY),
    *_listed(_DATES),
    *_listed(_TEXTS),
)
"""All of them, in the order of the reference page."""
