"""When a request is sent again, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.settings_reading import read_settings
from flowslot.steps.retrying import Retry, retry_after_of
from flowslot.steps.statuses import is_listed

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def retry(**keys: Json) -> Retry:
    settings, problems = read_settings(Retry, {"attempts": 5, **keys}, "")
    assert not problems
    assert settings is not None
    return settings


@pytest.mark.parametrize(("attempt", "least"), [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0)])
def test_each_wait_is_longer_than_the_one_before(attempt: int, least: float) -> None:
    assert least <= retry().wait(attempt, key="run_1.post", retry_after=None) <= least * 1.25


def test_delay_factor_and_longest_delay_are_the_authors() -> None:
    found = retry(delay="10s", factor=3, max_delay="1m")
    waits = [found.wait(attempt, key="k", retry_after=None) for attempt in (1, 2, 3, 99)]
    bounds = ((10, 12.5), (30, 37.5), (60, 60), (60, 60))
    assert all(least <= wait <= most for wait, (least, most) in zip(waits, bounds, strict=True))


def test_chance_is_the_same_for_the_same_attempt_and_another_for_the_next_run() -> None:
    waits = {retry().wait(1, key=f"run_{number}.post", retry_after=None) for number in range(100)}
    assert len(waits) == 100
    assert len({retry().wait(1, key="run_1.post", retry_after=None) for _ in range(10)}) == 1


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 1.25), (0.0, 1.25), (30.0, 30.0), (3600.0, 3600.0), (1e9, 3600.0)]
)
def test_a_retry_after_is_obeyed_up_to_an_hour(asked: float | None, waited: float) -> None:
    assert retry(max_delay="1s").wait(1, key="k", retry_after=asked) <= waited
    assert retry(max_delay="1s").wait(1, key="k", retry_after=asked) >= min(waited, asked or 1.0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (" 5 ", 5.0),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("٣", None),
        ("9" * 500, 999999999999.0),
        ("Sat, 31 Jan 2026 12:01:00 GMT", 60.0),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0.0),
        ("Sat, 99 Jan 2026 11:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251632439999.0),
    ],
)
def test_retry_after_is_read_as_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after_of({"retry-after": header}, now=NOW) == seconds


WORTH: list[tuple[dict[str, Json], str, int | None, bool]] = [
    ({}, "network_error", None, True),
    ({}, "timeout", None, True),
    ({}, "circuit_open", None, True),
    ({}, "circuit_open", 503, True),
    ({"on": [429]}, "circuit_open", 503, False),
    ({"on": 429}, "http_error", 429, True),
    ({"on": "network"}, "network_error", None, True),
    ({}, "blocked_address", None, False),
    ({}, "response_too_large", None, False),
    ({}, "connection_missing", None, False),
    ({}, "http_error", 500, True),
    ({}, "http_error", 503, True),
    ({}, "http_error", 429, True),
    ({}, "http_error", 408, True),
    ({}, "http_error", 404, False),
    ({}, "http_error", 301, False),
    ({"on": [404]}, "http_error", 404, True),
    ({"on": [404]}, "http_error", 500, False),
    ({"on": [404]}, "network_error", None, False),
    ({"on": ["network"]}, "timeout", None, True),
    ({"on": ["network"]}, "http_error", 500, False),
    ({"on": ["4xx", "500-502"]}, "http_error", 418, True),
    ({"on": ["4xx", "500-502"]}, "http_error", 503, False),
]


@pytest.mark.parametrize(("keys", "code", "status", "expected"), WORTH)
def test_only_what_is_listed_is_worth_another_attempt(
    keys: dict[str, Json], code: str, status: int | None, expected: bool
) -> None:
    assert retry(**keys).is_worth_it(RunError(code, "…"), status) is expected


@pytest.mark.parametrize(
    ("status", "listed", "expected"),
    [
        (200, [200], True),
        (201, [200], False),
        (204, ["2xx"], True),
        (300, ["2xx"], False),
        (200, ["200-299"], True),
        (299, ["200-299"], True),
        (404, [200, "3xx", 404], True),
        (404, [], False),
    ],
)
def test_statuses_are_listed_one_by_one_by_class_and_by_range(
    status: int, listed: list[int | str], expected: bool
) -> None:
    assert is_listed(status, listed) is expected
