"""The trigger `schedule`: its settings, and when it ticks next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Annotated, Self, cast
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from flowslot.base.durations import duration
from flowslot.base.json_text import Json
from flowslot.flowlang.fields import CRON, DURATION_SCHEMA, TIMEZONE, DurationBetween, Wrong, refusal
from flowslot.flowlang.kinds import StepSettings
from flowslot.flowlang.nearest import did_you_mean

MOST_CAUGHT_UP = 1000
LEAST_EVERY, MOST_EVERY = "10s", "366d"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Runs the last N of the ticks that were missed."""

    all: int


def _cron(text: str) -> str:
    if len(text.split()) != 5 or len(text) > 200:
        message = "Give five fields: minute, hour, day of month, month, day of week; for example 0 6 * * 1-5."
        raise refusal(Wrong(message))
    try:
        first = next(CronSim(text, datetime(2024, 1, 1, tzinfo=UTC)), None)
    except (CronSimError, ValueError) as error:
        raise refusal(Wrong(f"Not a cron expression: {error}.")) from None
    if first is None:
        raise refusal(Wrong("This never comes."))
    return text


def _timezone(name: str) -> str:
    if name not in _timezones():
        meant = did_you_mean(name, sorted(_timezones()))
        raise refusal(Wrong(f"There is no time zone of this name; give one such as Europe/Berlin or UTC.{meant}"))
    return name


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones()) | {"UTC"}


def _catch_up(value: Json) -> Json:
    if isinstance(value, str) and value in ("skip", "last"):
        return value
    if not isinstance(value, dict) or set(value) != {"all"}:
        raise refusal(Wrong("Give skip, last, or {all: N}.", code="wrong_type"))
    most = value["all"]
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST_CAUGHT_UP:
        raise refusal(Wrong(f"Give a whole number from 1 to {MOST_CAUGHT_UP}.", at="/all"))
    return CatchUp(most)


_CATCH_UP_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"enum": ["skip", "last"]},
            {
                "type": "object",
                "required": ["all"],
                "properties": {
                    "all": {
                        "title": "Last",
                        "description": "How many of the last ticks are run.",
                        "type": "integer",
                        "minimum": 1,
                        "maximum": MOST_CAUGHT_UP,
                    }
                },
                "additionalProperties": False,
            },
        ]
    }
)


class ScheduleTrigger(StepSettings):
    """Settings of `schedule`: either cron or every."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["cron"]}, {"required": ["every"]}]})

    cron: Annotated[str, AfterValidator(_cron)] | None = Field(
        default=None,
        title="Cron",
        description="Minute, hour, day of month, month, day of week; for example 0 6 * * 1-5.",
        json_schema_extra=CRON,
    )
    every: Annotated[str, DURATION_SCHEMA, AfterValidator(DurationBetween(LEAST_EVERY, MOST_EVERY))] | None = Field(
        default=None, title="Every", description=f"An interval, from {LEAST_EVERY} to {MOST_EVERY}; for example 15m."
    )
    timezone: Annotated[str, AfterValidator(_timezone)] = Field(
        default="UTC",
        title="Time zone",
        description="Name of the time zone that cron is read in.",
        json_schema_extra=TIMEZONE,
    )
    catch_up: Annotated[Json, AfterValidator(_catch_up), _CATCH_UP_SCHEMA] = Field(
        default="skip",
        title="Catch up",
        description="Ticks missed while the server was down: skip them, run the last one, or {all: N}, the last N.",
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.cron is None and self.every is None:
            raise refusal(Wrong("Give either cron or every.", code="missing"))
        if self.cron is not None and self.every is not None:
            raise refusal(Wrong("Give either cron or every, not both.", at="/every"))
        return self


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The moments of a schedule (the Ticks of domain/schedule.py): of `cron` in a time zone, or of `every`."""

    cron: str | None
    every: timedelta | None
    timezone: str

    def after(self, moment: datetime) -> datetime | None:
        """The first tick later than `moment`, in UTC. None when there is none any more.

        An interval counts from the beginning of 1970 in UTC, so that a restart or a promotion does not shift it. A time
        that a change to summer time leaves out ticks at the moment of the change; one that comes twice ticks at the
        first, unless the hour or the minute begins with `*`.
        """
        if self.every is not None:
            return EPOCH + self.every * ((moment - EPOCH) // self.every + 1)
        zone = UTC if self.timezone == "UTC" else ZoneInfo(self.timezone)
        found = self._first(moment, zone)
        if found is not None and _broken_hours(moment, found, zone):
            # cronsim steps by whole hours, and passes by ticks on a day that changes the clock by half an hour
            again = [self._first(max(moment, start), zone) for start in _half_hours_before(found)]
            return min(tick for tick in (found, *again) if tick is not None)
        return found

    def _first(self, moment: datetime, zone: tzinfo) -> datetime | None:
        for tick in CronSim(cast(str, self.cron), moment.astimezone(zone)):
            found = tick.astimezone(UTC)
            if found > moment:
                return found
        return None


def _broken_hours(first: datetime, last: datetime, zone: tzinfo) -> bool:
    """Whether the zone's clock was changed by less than an hour from `first` to `last`, or on the day of `last`."""
    local = last.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, fold=0)
    offset = local.utcoffset() or timedelta()
    others = (first.astimezone(zone).utcoffset() or offset, midnight.utcoffset() or offset)
    return any((offset - other) % HOUR for other in others)


def _half_hours_before(moment: datetime) -> Sequence[datetime]:
    """The last moments of the half hours of the day before."""
    mark = moment.replace(minute=0, second=0, microsecond=0) - timedelta(seconds=1)
    return [mark - HOUR / 2 * number for number in range(-1, 49)]


def rhythm_of(settings: ScheduleTrigger) -> Rhythm:
    """When a schedule ticks; equal for two versions that tick at the same moments."""
    if settings.every is not None:
        return Rhythm(None, duration(settings.every), "UTC")
    return Rhythm(" ".join(cast(str, settings.cron).upper().split()), None, settings.timezone)


def next_tick(settings: ScheduleTrigger, *, after: datetime) -> datetime | None:
    """The first tick later than `after`, in UTC."""
    return rhythm_of(settings).after(after)
