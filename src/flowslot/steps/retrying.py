"""When a request is sent again: the settings of `retry`, and how long each wait is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.fields import DURATION_SCHEMA, DurationBetween, NumberBetween, seconds
from flowslot.flowlang.kinds import StepCall, StepSettings
from flowslot.steps.statuses import StatusesOrNetwork, is_listed

MOST_ATTEMPTS = 100
LONGEST_RETRY_AFTER = 3600.0
"""Seconds: what is obeyed of a server's Retry-After."""
USUAL: tuple[int | str, ...] = ("network", 408, 425, 429, "500-599")
_NETWORK = frozenset({"network_error", "timeout", "circuit_open"})


class Retry(StepSettings):
    """How often and when a request is sent again."""

    attempts: int = Field(
        ge=1, le=MOST_ATTEMPTS, title="Attempts", description="How often it is sent at most, the first time included."
    )
    delay: Annotated[str, DURATION_SCHEMA, AfterValidator(DurationBetween("0s", "24h"))] = Field(
        default="1s", title="Delay", description="The wait before the second attempt."
    )
    factor: Annotated[
        Json, AfterValidator(NumberBetween(1, 10)), WithJsonSchema({"type": "number", "minimum": 1, "maximum": 10})
    ] = Field(default=2, title="Factor", description="By how much each further wait is longer.")
    max_delay: Annotated[str, DURATION_SCHEMA, AfterValidator(DurationBetween("0s", "24h"))] = Field(
        default="1h",
        title="Longest delay",
        description="No wait is longer than this, but for Retry-After and an open circuit.",
    )
    within: Annotated[str, DURATION_SCHEMA, AfterValidator(DurationBetween("0s", "30d"))] | None = Field(
        default=None, title="Within", description="No attempt begins later than this after the first one failed."
    )
    on: StatusesOrNetwork | None = Field(
        default=None,
        title="On",
        description='What is worth another attempt: statuses, ranges, "network". '
        'Unless given: "network", 408, 425, 429, "500-599".',
    )

    def wait(self, attempt: int, *, key: str, retry_after: float | None) -> float:
        """Seconds to wait after a failed attempt: growing, up to a quarter more by chance, never under Retry-After."""
        longest = seconds(self.max_delay)
        grown = min(seconds(self.delay) * float(Decimal(str(self.factor))) ** (attempt - 1), longest)
        wait = min(grown * (1 + chance(f"{key}:{attempt}") / 4), longest)
        return max(wait, min(retry_after or 0.0, LONGEST_RETRY_AFTER))

    def is_worth_it(self, error: RunError, status: int | None) -> bool:
        """Whether another attempt may succeed where this one failed."""
        on = USUAL if self.on is None else self.on
        if status is None:
            return error.code in _NETWORK and "network" in on
        return is_listed(status, [each for each in on if each != "network"])


async def why_not_again(call: StepCall, retry: Retry, *, error: RunError, retry_after: float | None) -> str | None:
    """Waits for the next attempt and gives None; or says at once why there is none."""
    attempt = call.attempts_made() + 1
    if attempt >= retry.attempts:
        return f"given up after {attempt} attempts" if attempt > 1 else ""
    wait = retry.wait(attempt, key=call.idempotency_key, retry_after=retry_after)
    if retry.within is not None:
        first = call.first_attempt_at() or call.now()
        if call.now() + timedelta(seconds=wait) > first + timedelta(seconds=seconds(retry.within)):
            made = "1 attempt" if attempt == 1 else f"{attempt} attempts"
            return f"given up after {made}: the next would not begin within {retry.within}"
    await call.retry_later(attempt=attempt, seconds=wait, error=error)
    return None


def retry_after_of(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date; None without a readable one."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def chance(text: str) -> float:
    """A number from 0 to 1 that is the same for the same text, so that a replay waits as long."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32
