"""The kind `assert`: a check that fails the step. (`assert` is a keyword of Python, so: assert_equal.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal, cast

from pydantic import Field

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import TEXT, VALUE
from flowslot.flowlang.kinds import StepCall, StepSettings, TypeWriter
from flowslot.flowlang.schemas import matches
from flowslot.steps.json_values import equal, is_number, shown, text_of

Compare = Literal["equal", "not_equal", "less", "less_or_equal", "greater", "greater_or_equal", "contains", "matches"]


class AssertSettings(StepSettings):
    """Settings of `assert`."""

    label: str = Field(
        title="Label", description="What is checked; the message of a failure begins with it.", json_schema_extra=TEXT
    )
    actual: Json = Field(title="Actual", description="The value to check.", json_schema_extra=VALUE)
    expected: Json = Field(title="Expected", description="What to compare it with.", json_schema_extra=VALUE)
    compare: Compare = Field(
        default="equal",
        title="Compare",
        description="How: equal, not_equal, less, less_or_equal, greater, greater_or_equal, contains, or matches.",
    )


class AssertStep:
    """Fails unless a value is as expected."""

    name: ClassVar[str] = "assert"
    title: ClassVar[str] = "Assert"
    about: ClassVar[str] = """\
Checks a value and fails with the code `assert_failed` when it is not as expected. The message says both values.

```yaml
- id: balanced
  kind: assert
  label: Lines add up to the total
  actual: =sum(line.total for line in steps.lines)
  expected: =trigger.total
```

`compare` says how. `equal` and `not_equal` compare any JSON; `1` equals `1.0`, but not `true` or `"1"`.
`less`, `less_or_equal`, `greater` and `greater_or_equal` take two numbers or two texts: `actual` is less than
`expected`, and so on. `contains`: the list, text or object `actual` holds the item, text or key `expected`.
`matches`: the regular expression `expected` (without look-around and back-references) is found in the text `actual`.

Output: true.
"""
    settings: ClassVar[type[StepSettings]] = AssertSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "balanced",
            "kind": "assert",
            "label": "Lines add up",
            "actual": "=sum(trigger.lines)",
            "expected": "=trigger.total",
        },
        "trigger": {"lines": [1, 2, 3], "total": 6},
        "expect": True,
    }

    def blocks(self, settings: AssertSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(AssertSettings, step.settings)
        for key, value in (("label", settings.label), ("actual", settings.actual), ("expected", settings.expected)):
            types.value(value, pointer=f"/{key}")
        return types.cast("Literal[True]")

    async def run(self, call: StepCall) -> Json:
        settings: AssertSettings = call.settings
        written = {"label": settings.label, "actual": settings.actual, "expected": settings.expected}
        given = await call.evaluate(written)
        actual, expected = given["actual"], given["expected"]
        call.set_input({"actual": actual, "expected": expected, "compare": settings.compare})
        why_not = _why_not(actual, expected, compare=settings.compare)
        if why_not is not None:
            raise call.fail("assert_failed", f"{text_of(given['label'])}: {why_not}")
        return True


def _why_not(actual: Json, expected: Json, *, compare: Compare) -> str | None:
    said = f"{_WORDS[compare]}{shown(expected)}; it is {shown(actual)}"
    if compare in ("equal", "not_equal"):
        return None if equal(actual, expected) is (compare == "equal") else f"expected {said}."
    if compare == "contains":
        return None if _contains(actual, expected) else f"expected {said}."
    if compare == "matches":
        return _why_no_match(actual, expected, said)
    comparable = (is_number(actual) and is_number(expected)) or (isinstance(actual, str) and isinstance(expected, str))
    if not comparable:
        return f"only two numbers or two texts can be compared; expected {said}."
    return None if _ORDERS[compare](actual, expected) else f"expected {said}."


def _contains(actual: Json, expected: Json) -> bool:
    if isinstance(actual, list):
        return any(equal(item, expected) for item in actual)
    return isinstance(actual, str | dict) and isinstance(expected, str) and expected in actual


def _why_no_match(actual: Json, expected: Json, said: str) -> str | None:
    if not isinstance(expected, str):
        return f"a pattern is a text; expected {said}."
    try:
        found = isinstance(actual, str) and matches(expected, actual)
    except ValueError as error:
        return f"{error} Expected {said}."
    return None if found else f"expected {said}."


_WORDS: Mapping[Compare, str] = {
    "equal": "",
    "not_equal": "anything but ",
    "less": "less than ",
    "less_or_equal": "at most ",
    "greater": "more than ",
    "greater_or_equal": "at least ",
    "contains": "something with ",
    "matches": "a text that matches ",
}
_ORDERS: Mapping[Compare, Callable[[Json, Json], bool]] = {
    "less": lambda actual, expected: actual < expected,
    "less_or_equal": lambda actual, expected: actual <= expected,
    "greater": lambda actual, expected: actual > expected,
    "greater_or_equal": lambda actual, expected: actual >= expected,
}
