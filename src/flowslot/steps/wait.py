"""The kind `wait`: lets the run rest for a time, until a moment, or until somebody signals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Self, cast

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from flowslot.base.clock import time_from, time_text
from flowslot.base.durations import PATTERN
from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import (
    STARTS_WITH_ONE,
    TEXT,
    DurationBetween,
    Wrong,
    is_computed,
    refusal,
    seconds,
)
from flowslot.flowlang.kinds import StepCall, StepFailure, StepSettings, TypeWriter
from flowslot.steps.json_values import is_number, shown

LONGEST = "3660d"
_bounded = DurationBetween("0s", LONGEST)


def _length(text: str) -> str:
    return text if is_computed(text) else _bounded(text)


def _moment(text: str) -> str:
    if not is_computed(text):
        try:
            time_from(text)
        except (ValueError, OverflowError):
            raise refusal(Wrong("Give a time with its zone, for example 2026-01-31T12:00:00Z.")) from None
    return text


def _signal(value: Json) -> Json:
    if value is not True and not (isinstance(value, str) and value):
        raise refusal(Wrong("Give true, or what the signal is, for example approval."))
    return value


Length = Annotated[
    str,
    AfterValidator(_length),
    WithJsonSchema({"type": "string", "anyOf": [{"pattern": each} for each in (PATTERN, STARTS_WITH_ONE, r"\{\{")]}),
]

_SIGNAL_SCHEMA = WithJsonSchema({"anyOf": [{"const": True}, {"type": "string", "minLength": 1}]})


class WaitSettings(StepSettings):
    """Settings of `wait`: exactly one of for, until and signal."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [key]} for key in ("for", "until", "signal")],
            "dependentRequired": {"timeout": ["signal"]},
        }
    )

    for_: Length | None = Field(
        default=None,
        alias="for",
        title="For",
        description="How long: a duration such as 15m, or an expression that gives one or a number of seconds.",
        json_schema_extra=TEXT,
    )
    until: Annotated[str, AfterValidator(_moment)] | None = Field(
        default=None,
        title="Until",
        description="A time with its zone (RFC 3339), or an expression that gives one. A past one does not wait.",
        json_schema_extra=TEXT,
    )
    signal: Annotated[Json, AfterValidator(_signal), _SIGNAL_SCHEMA] = Field(
        default=None,
        title="Signal",
        description="true, or a word for what is waited for; it comes by POST /runs/{id}/signals/{step}.",
    )
    timeout: Length | None = Field(
        default=None,
        title="Timeout",
        description="How long to wait for the signal at most; then the output is null.",
        json_schema_extra=TEXT,
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [key for key, value in (("for", self.for_), ("until", self.until), ("signal", self.signal)) if value]
        if not given:
            raise refusal(Wrong("Give one of for, until and signal.", code="missing"))
        if len(given) > 1:
            raise refusal(Wrong(f"Give either {given[0]} or {given[1]}, not both.", at=f"/{given[1]}"))
        if self.timeout is not None and self.signal is None:
            raise refusal(Wrong("A timeout belongs to a signal.", at="/timeout"))
        return self


class WaitStep:
    """Parks the run."""

    name: ClassVar[str] = "wait"
    title: ClassVar[str] = "Wait"
    about: ClassVar[str] = """\
Lets the run rest: `for` a time, `until` a moment, or until a `signal` comes. A resting run is `suspended`; it costs
nothing, and outlives restarts of the server.

```yaml
- {id: a_while, kind: wait, for: 15m}
- {id: morning, kind: wait, until: =trigger.deliver_at}
- {id: approval, kind: wait, signal: true, timeout: 7d}
```

A signal is sent with `POST /api/v1/runs/{run}/signals/{step}`; `step` is the id of the waiting step. Where several
items of a loop wait, say which by the step's path in the run: `signals/loop[0].approval`.

Output: the signal's payload; null after the timeout, and for `for` and `until`.
"""
    settings: ClassVar[type[StepSettings]] = WaitSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {"id": "approval", "kind": "wait", "signal": "approval", "timeout": "7d"},
        "trigger": {},
        "signals": {"approval": {"by": "Ann"}},
        "expect": {"by": "Ann"},
    }

    def blocks(self, settings: WaitSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(WaitSettings, step.settings)
        length: Json = {"type": ["string", "number"]}
        written = (
            ("for", settings.for_, length),
            ("timeout", settings.timeout, length),
            ("until", settings.until, None),
        )
        for key, value, expected in written:
            if value is not None:
                types.value(value, pointer=f"/{key}", expected=expected or {"type": "string"})
        return types.cast("Any" if settings.signal else "None")

    async def run(self, call: StepCall) -> Json:
        settings: WaitSettings = call.settings
        if settings.signal is not None:
            timeout = None if settings.timeout is None else await _seconds(call, settings.timeout, pointer="/timeout")
            call.set_input({"signal": settings.signal, "timeout": settings.timeout})
            return await call.wait_for_signal(timeout_seconds=timeout)
        if settings.until is not None:
            moment = _moment_of(call, await call.evaluate(settings.until, pointer="/until"))
            call.set_input({"until": time_text(moment)})
        else:
            length = await _seconds(call, settings.for_, pointer="/for")
            call.set_input({"for": settings.for_, "seconds": length})
            moment = call.now() + timedelta(seconds=length)
        await call.wait_until(moment)
        return None


def _moment_of(call: StepCall, given: Json) -> datetime:
    try:
        return time_from(given)
    except (TypeError, ValueError, OverflowError):
        message = f"`until` must give a time with its zone, for example 2026-01-31T12:00:00Z; it gave {shown(given)}."
        raise call.fail("invalid_input", message, pointer="/until") from None


async def _seconds(call: StepCall, written: Json, *, pointer: str) -> float:
    given = await call.evaluate(written, pointer=pointer)
    longest = seconds(LONGEST)
    try:
        length = float(given) if is_number(given) else seconds(given)
    except (TypeError, ValueError, KeyError, OverflowError):
        raise _no_length(call, given, pointer=pointer) from None
    if not 0 <= length <= longest:
        raise _no_length(call, given, pointer=pointer)
    return length


def _no_length(call: StepCall, given: Json, *, pointer: str) -> StepFailure:
    message = f"Give a duration such as 15m, or a number of seconds, from 0s to {LONGEST}; this gave {shown(given)}."
    return call.fail("invalid_input", message, pointer=pointer)
