"""Triggers: their settings, and the ticks of a schedule over a year of clocks that change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flow_documents import document

from flowslot.base.errors import Invalid
from flowslot.base.json_text import Json
from flowslot.flowlang.parse import parse
from flowslot.flowlang.schedules import CatchUp
from flowslot.flowlang.triggers import TRIGGERS, OnDemandTrigger, ScheduleTrigger, WebhookTrigger, next_tick
from flowslot.steps.registry import KINDS


def settings(**trigger: Json) -> object:
    return parse(document(trigger=trigger), KINDS).trigger.settings


def schedule(**keys: Json) -> ScheduleTrigger:
    found = settings(kind="schedule", **keys)
    assert isinstance(found, ScheduleTrigger)
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ticks(found: ScheduleTrigger, after: datetime, count: int) -> list[str]:
    told = []
    for _ in range(count):
        tick = next_tick(found, after=after)
        assert tick is not None
        told.append(tick.strftime("%m-%d %H:%M"))
        after = tick
    return told


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_example_of_every_kind_is_a_trigger(name: str) -> None:
    assert isinstance(settings(**TRIGGERS[name].example), TRIGGERS[name].settings)


def test_what_is_not_said_has_a_usual_value() -> None:
    assert settings(kind="on_demand") == OnDemandTrigger()
    assert settings(kind="webhook") == WebhookTrigger(auth="standard_webhooks", respond="accepted", input=None)
    found = schedule(cron="0 6 * * *")
    assert (found.timezone, found.catch_up) == ("UTC", "skip")
    assert schedule(every="1h", catch_up={"all": 5}).catch_up == CatchUp(5)


@pytest.mark.parametrize(
    "auth",
    [
        "standard_webhooks",
        "hmac",
        "bearer",
        "basic",
        "none",
        {"kind": "bearer"},
        {"kind": "hmac", "encoding": "base64"},
    ],
)
def test_a_webhook_takes_every_way_to_sign_in(auth: Json) -> None:
    found = settings(kind="webhook", auth=auth)
    assert isinstance(found, WebhookTrigger)
    assert found.auth == auth


REFUSED: dict[str, tuple[Json, str, str]] = {
    "an unknown sign-in": ({"kind": "webhook", "auth": "oauth"}, "/auth", "invalid"),
    "a sign-in as number": ({"kind": "webhook", "auth": 5}, "/auth", "wrong_type"),
    "a sign-in without kind": ({"kind": "webhook", "auth": {"header": "X"}}, "/auth/kind", "missing"),
    "an unknown kind of sign-in": ({"kind": "webhook", "auth": {"kind": "x"}}, "/auth/kind", "invalid"),
    "a setting of another sign-in": (
        {"kind": "webhook", "auth": {"kind": "basic", "header": "X"}},
        "/auth/header",
        "unknown_key",
    ),
    "an unknown setting": ({"kind": "webhook", "auth": {"kind": "hmac", "headr": "X"}}, "/auth/headr", "unknown_key"),
    "an encoding": ({"kind": "webhook", "auth": {"kind": "hmac", "encoding": "utf-8"}}, "/auth/encoding", "invalid"),
    "no header's name": ({"kind": "webhook", "auth": {"kind": "hmac", "header": "a b"}}, "/auth/header", "invalid"),
    "a prefix as number": ({"kind": "webhook", "auth": {"kind": "hmac", "prefix": 1}}, "/auth/prefix", "wrong_type"),
    "a way to respond": ({"kind": "webhook", "respond": "later"}, "/respond", "invalid"),
    "neither cron nor every": ({"kind": "schedule"}, "", "missing"),
    "both": ({"kind": "schedule", "cron": "0 6 * * *", "every": "1h"}, "/every", "invalid"),
    "six fields": ({"kind": "schedule", "cron": "* * * * * *"}, "/cron", "invalid"),
    "a nickname": ({"kind": "schedule", "cron": "@daily"}, "/cron", "invalid"),
    "minute 61": ({"kind": "schedule", "cron": "61 * * * *"}, "/cron", "invalid"),
    "31 February": ({"kind": "schedule", "cron": "0 0 31 2 *"}, "/cron", "invalid"),
    "30 February, or never": ({"kind": "schedule", "cron": "0 0 30,31 2 *"}, "/cron", "invalid"),
    "a long cron": ({"kind": "schedule", "cron": f"{'1,' * 200}1 * * * *"}, "/cron", "invalid"),
    "every 0s": ({"kind": "schedule", "every": "0s"}, "/every", "invalid"),
    "every 9s": ({"kind": "schedule", "every": "9s"}, "/every", "invalid"),
    "every 999999999d": ({"kind": "schedule", "every": "999999999d"}, "/every", "invalid"),
    "every as number": ({"kind": "schedule", "every": 60}, "/every", "wrong_type"),
    "a path as zone": ({"kind": "schedule", "every": "1h", "timezone": "../../etc/localtime"}, "/timezone", "invalid"),
    "a folder as zone": ({"kind": "schedule", "every": "1h", "timezone": "Europe"}, "/timezone", "invalid"),
    "GMT+99": ({"kind": "schedule", "every": "1h", "timezone": "GMT+99"}, "/timezone", "invalid"),
    "an empty zone": ({"kind": "schedule", "every": "1h", "timezone": ""}, "/timezone", "invalid"),
    "catching up nothing": ({"kind": "schedule", "every": "1h", "catch_up": {"all": 0}}, "/catch_up/all", "invalid"),
    "catching up true": ({"kind": "schedule", "every": "1h", "catch_up": {"all": True}}, "/catch_up/all", "invalid"),
    "catching up all": ({"kind": "schedule", "every": "1h", "catch_up": "all"}, "/catch_up", "wrong_type"),
    "catching up a list": ({"kind": "schedule", "every": "1h", "catch_up": ["skip"]}, "/catch_up", "wrong_type"),
    "an input of a schedule": ({"kind": "schedule", "every": "1h", "input": {}}, "/input", "unknown_key"),
}


@pytest.mark.parametrize(("trigger", "pointer", "code"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_trigger_is_refused_with_its_place(trigger: Json, pointer: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(document(trigger=trigger), KINDS)
    assert [(each.pointer, each.code) for each in refused.value.problems] == [(f"/trigger{pointer}", code)]


def test_a_zone_that_is_nearly_right_is_named() -> None:
    with pytest.raises(Invalid, match="Europe/Berlin"):
        schedule(every="1h", timezone="Europe/Berlni")


def test_intervals_stand_on_the_clock_whatever_the_moment_asked_from() -> None:
    every = schedule(every="15m")
    assert ticks(every, at("2026-01-31 11:59:59"), 3) == ["01-31 12:00", "01-31 12:15", "01-31 12:30"]
    assert ticks(every, at("2026-01-31 12:00"), 1) == ["01-31 12:15"]


CHANGES: dict[str, tuple[str, str, str, list[str]]] = {
    "every day in UTC": ("0 6 * * *", "UTC", "2026-03-28 06:00", ["03-29 06:00", "03-30 06:00"]),
    "every day in Berlin over spring": (
        "0 6 * * *",
        "Europe/Berlin",
        "2026-03-27 05:00",
        ["03-28 05:00", "03-29 04:00"],
    ),
    "every day in Berlin over autumn": (
        "0 6 * * *",
        "Europe/Berlin",
        "2026-10-23 04:00",
        ["10-24 04:00", "10-25 05:00"],
    ),
    "a time that is left out": ("30 2 * * *", "Europe/Berlin", "2026-03-28 12:00", ["03-29 01:00", "03-30 00:30"]),
    "two times of which one is left out": (
        "0 2,3 * * *",
        "Europe/Berlin",
        "2026-03-28 12:00",
        ["03-29 01:00", "03-30 00:00", "03-30 01:00"],
    ),
    "a time that comes twice": ("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", ["10-25 00:30", "10-26 01:30"]),
    "every hour over autumn": (
        "0 * * * *",
        "Europe/Berlin",
        "2026-10-24 23:00",
        ["10-25 00:00", "10-25 01:00", "10-25 02:00"],
    ),
    "half hours of Lord Howe": ("0 0 * * *", "Australia/Lord_Howe", "2026-04-03 13:00", ["04-04 13:00", "04-05 13:30"]),
    "weekdays by name": ("0 0 * * MON-FRI", "UTC", "2026-01-02 00:00", ["01-05 00:00", "01-06 00:00"]),
    "the last day of a month": ("0 0 L * *", "UTC", "2026-02-01 00:00", ["02-28 00:00", "03-31 00:00"]),
    "29 February": ("0 0 29 2 *", "UTC", "2026-01-01 00:00", ["02-29 00:00", "02-29 00:00"]),
}


@pytest.mark.parametrize(("cron", "zone", "after", "expected"), CHANGES.values(), ids=CHANGES)
def test_cron_follows_the_clock_of_its_zone(cron: str, zone: str, after: str, expected: list[str]) -> None:
    assert ticks(schedule(cron=cron, timezone=zone), at(after), len(expected)) == expected


def test_a_tick_is_found_again_within_an_hour_that_comes_twice() -> None:
    nightly = schedule(cron="30 2 * * *", timezone="Europe/Berlin")
    for minutes in range(0, 180, 10):
        after = at("2026-10-25 00:00") + timedelta(minutes=minutes)
        tick = next_tick(nightly, after=after)
        assert tick == (at("2026-10-25 00:30") if minutes < 30 else at("2026-10-26 01:30"))


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Cairo", "Asia/Kathmandu"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", ["0 0 * * *", "30 1 * * *", "15 0-3 * * *", "*/20 * * * *"])
def test_ticks_of_a_year_only_go_forward_and_are_never_far_apart(zone: str, cron: str) -> None:
    found = schedule(cron=cron, timezone=zone)
    moment, end = at("2026-01-01"), at("2027-02-05")
    longest = timedelta(hours=26) if "*/20" not in cron else timedelta(minutes=30)
    while moment < end:
        tick = next_tick(found, after=moment)
        assert tick is not None
        assert timedelta(0) < tick - moment <= longest
        assert next_tick(found, after=tick - timedelta(microseconds=1)) == tick
        moment = tick
