"""The listed functions: each is as documented, and agrees with Python where Python has it."""

from __future__ import annotations

import hashlib
import hmac
import random
import uuid
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from checked_flows import problems_of_values
from evaluating import failure_of, value_of

from flowslot.base import json_text
from flowslot.base.json_text import Json
from flowslot.flowlang.prelude import LISTED, LISTED_FUNCTIONS, METHODS
from flowslot.flowlang.prelude_names import FUNCTIONS, MODULES, ON_TYPES
from flowslot.flowlang.prelude_zones import zone_year
from flowslot.flowlang.sandbox import Sandbox

CHANCE = random.Random(7)


@pytest.mark.parametrize("function", LISTED_FUNCTIONS, ids=lambda function: function.name)
def test_the_example_of_a_function_gives_what_is_said(sandbox: Sandbox, function: object) -> None:
    example, gives = function.example, function.gives  # type: ignore[attr-defined]  # pytest's ids want a plain object
    assert value_of(sandbox, f"={example}") == json_text.parse(gives)


def test_the_examples_pass_the_static_check(sandbox: Sandbox) -> None:
    found = problems_of_values([f"={function.example}" for function in LISTED_FUNCTIONS], sandbox)
    wrong = {
        function.name: [p.message for p in each] for function, each in zip(LISTED_FUNCTIONS, found, strict=True) if each
    }
    assert wrong == {}


def test_everything_that_can_be_named_is_listed_once_with_its_words() -> None:
    names = [function.name for function in LISTED_FUNCTIONS]
    assert len(names) == len(set(names))
    dotted = {f"{module}.{name}" for module, known in MODULES.items() for name in known if name.islower()}
    assert {name for name in names if "." not in name} == FUNCTIONS
    assert dotted <= set(names)
    assert all(function.about.endswith(".") for function in LISTED_FUNCTIONS)


OF_KIND = {
    "str": "''",
    "bytes": "''.encode()",
    "dict": "{}",
    "list": "[]",
    "set": "{1}",
    "date": "date(2026, 1, 1)",
    "datetime": "datetime(2026, 1, 1)",
    "timedelta": "timedelta(1)",
    "Decimal": "decimal(1)",
    "Match": "re.match('a', 'a')",
}


def test_every_listed_method_is_there_on_some_value(sandbox: Sandbox) -> None:
    missing = []
    for method in sorted(METHODS):
        errors = [_error_of(sandbox, f"={value}.{method}(1, 2, 3, 4, 5, 6, 7)") for value in OF_KIND.values()]
        if all("no attribute" in error for error in errors):
            missing.append(method)
    assert missing == []


def _error_of(sandbox: Sandbox, source: str) -> str:
    try:
        return str(value_of(sandbox, source))
    except Exception as error:
        return str(error)


def test_what_stands_after_a_type_is_there(sandbox: Sandbox) -> None:
    for owner, names in ON_TYPES.items():
        for name in names:
            error = _error_of(sandbox, f"={owner}.{name}(1, 2, 3, 4, 5, 6, 7, 8)")
            assert "no attribute" not in error or owner == "str", (owner, name, error)


def test_no_listed_name_reads_a_clock_or_makes_chance() -> None:
    assert not LISTED & {"time", "random", "open", "eval", "exec", "input", "print", "getattr", "globals", "type"}
    assert not METHODS & {"now", "today", "utcnow", "append", "update", "pop", "clear", "sort", "setdefault", "remove"}


# ---------------------------------------------------------------- against Python


def test_round_is_that_of_python(sandbox: Sandbox) -> None:
    numbers = [2.675, 0.5, 1.5, 2.5, -0.5, 1e16, 1e300, 5e-324, 1234.5, -1250.0, 1350.0, 0.1 + 0.2]
    numbers += [CHANCE.uniform(-1000, 1000) for _ in range(300)] + [
        CHANCE.randrange(100_000) / 1000 for _ in range(700)
    ]
    for digits in (-3, -2, -1, 0, 1, 2, 3, 15):
        found = value_of(
            sandbox, f"=[round(x, {digits}) for x in trigger]", {"trigger": [Decimal(repr(x)) for x in numbers]}
        )
        assert [float(each) for each in found] == [round(number, digits) for number in numbers]
    assert value_of(sandbox, "=[round(x) for x in trigger]", {"trigger": [Decimal("2.5"), 3]}) == [2, 3]
    assert value_of(sandbox, "=[round(15, -1), round(25, -1), round(decimal('2.675'), 2)]") == [20, 20, Decimal("2.68")]


def test_round_half_up_is_that_of_commerce(sandbox: Sandbox) -> None:
    texts = ["2.675", "-2.675", "0", "-0.001", "1e3", "12345678901234567890123456789.125", "0.005", "-0.5", "99.995"]
    texts += [f"{CHANCE.randrange(-(10**6), 10**6)}.{CHANCE.randrange(10**5):05}" for _ in range(200)]
    for digits in (0, 1, 2, 4):
        found = value_of(sandbox, f"=[str(round_half_up(x, {digits})) for x in trigger]", {"trigger": texts})
        unit = Decimal(1).scaleb(-digits)
        expected = [Decimal(text).quantize(unit, ROUND_HALF_UP, context=_wide()) for text in texts]
        assert [Decimal(each) for each in found] == expected
        assert not [each for each in found if Decimal(each) == 0 and each.startswith("-")]


def _wide() -> Json:
    from decimal import Context

    return Context(prec=100)


def test_digests_and_quoting_are_those_of_python(sandbox: Sandbox) -> None:
    for text in ("", "a", "ü€😀", "a b/c?d=e&f~-._", "x" * 200):
        data = {"trigger": text}
        raw = text.encode()
        assert value_of(sandbox, "=sha256(trigger)", data) == hashlib.sha256(raw).hexdigest()
        assert value_of(sandbox, "=url_quote(trigger)", data) == quote(text, safe="")
        assert value_of(sandbox, "=url_quote(trigger, '/?')", data) == quote(text, safe="/?")
        assert value_of(sandbox, "=uuid(trigger)", data) == str(uuid.uuid5(uuid.NAMESPACE_URL, text))
        assert value_of(sandbox, "=base64_decode(base64(trigger))", data) == text
        for key in (b"", b"k", b"k" * 64, b"k" * 65):
            expected = hmac.new(key, raw, "sha256").hexdigest()
            assert value_of(sandbox, f"=hmac_sha256('{key.decode()}', trigger)", data) == expected


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "UTC",
    "Asia/Tokyo",
)


@pytest.mark.parametrize("zone", ZONES)
def test_zones_are_those_of_python(sandbox: Sandbox, zone: str) -> None:
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    moments = [begin + timedelta(hours=7 * number, minutes=number) for number in range(1500)]
    given = {"trigger": [moment.isoformat() for moment in moments]}
    found = value_of(sandbox, f"=[to_zone(t, '{zone}').strftime('%Y-%m-%dT%H:%M %z %Z') for t in trigger]", given)
    assert found == [moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M %z %Z") for moment in moments]


@pytest.mark.parametrize("zone", ZONES)
def test_a_local_time_is_read_as_python_reads_it(sandbox: Sandbox, zone: str) -> None:
    begin = datetime.fromisoformat("2025-01-01")
    times = [begin + timedelta(minutes=30 * number) for number in range(0, 17_520, 11)]
    times += [datetime.fromisoformat(f"2026-{day}T02:30") for day in ("03-29", "10-25", "03-08", "11-01")]
    found = value_of(sandbox, f"=[in_zone(t, '{zone}') for t in trigger]", {"trigger": [t.isoformat() for t in times]})
    assert found == [time.replace(tzinfo=ZoneInfo(zone)).isoformat() for time in times]


NO_ZONES = ("Europe/Berlinn", "../etc/passwd", "/etc/passwd", "", "A" * 70, "Europe/Berlin\x00", "posixrules/..")


@pytest.mark.parametrize("zone", NO_ZONES)
def test_only_the_name_of_a_zone_is_taken(sandbox: Sandbox, zone: str) -> None:
    error = failure_of(sandbox, "=to_zone('2026-01-01T00:00:00Z', trigger)", {"trigger": zone})
    assert error.message.startswith("There is no time zone")


@pytest.mark.parametrize(
    ("name", "year"), [(5, "2026"), ("UTC", 2026), ("UTC", "x"), ("UTC", "99999"), (["UTC"], "2026"), (None, None)]
)
def test_the_host_believes_nothing_of_what_it_is_asked(name: object, year: object) -> None:
    with pytest.raises(ValueError, match="zone"):
        zone_year(name, year)


TOLD = (
    ("=to_zone(datetime(2026, 1, 1), 'UTC')", "This time has no zone"),
    ("=in_zone('2026-01-01T00:00:00Z', 'UTC')", "This time has a zone already"),
    ("=decimal(None)", "This takes a number or its text, not null"),
    ("=decimal('1,5')", "This text is not a number: '1,5'"),
    ("=decimal('NaN')", "This is not a finite number"),
    ("=sha256(5)", "This takes a text or bytes, not int"),
    ("=hmac_sha256('k', 'm', 'hexx')", "Encoding is 'hex' or 'base64'"),
    ("=parse_date('31.01.2026')", "Invalid isoformat string"),
)


@pytest.mark.parametrize(("value", "message"), TOLD)
def test_a_function_says_what_it_does_not_take(sandbox: Sandbox, value: str, message: str) -> None:
    assert failure_of(sandbox, value).message.startswith(message)
