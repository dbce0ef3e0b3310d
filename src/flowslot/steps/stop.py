"""The kind `stop`: ends the run and says how it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, cast

from pydantic import AfterValidator, Field, WithJsonSchema

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.domain.runs import Outcome
from flowslot.flowlang.fields import STARTS_WITH_ONE, TEXT, VALUE, Wrong, is_expression, refusal
from flowslot.flowlang.kinds import StepCall, StepSettings, Stopped, TypeWriter
from flowslot.steps.json_values import shown, text_of

STATUSES = ("success", "failure")


def _status(text: str) -> str:
    if text not in STATUSES and not is_expression(text):
        raise refusal(Wrong("Give success or failure, or an expression that gives one of them."))
    return text


Status = Annotated[
    str,
    AfterValidator(_status),
    WithJsonSchema({"anyOf": [{"enum": list(STATUSES)}, {"type": "string", "pattern": STARTS_WITH_ONE}]}),
]


class StopSettings(StepSettings):
    """Settings of `stop`."""

    status: Status = Field(
        title="Status", description="success or failure, or an expression that gives one.", json_schema_extra=TEXT
    )
    message: str | None = Field(
        default=None, title="Message", description="What to say to people about it.", json_schema_extra=TEXT
    )
    details: Json = Field(
        default=None, title="Details", description="Any JSON for whoever called the flow.", json_schema_extra=VALUE
    )


class StopStep:
    """Ends the run."""

    name: ClassVar[str] = "stop"
    title: ClassVar[str] = "Stop"
    about: ClassVar[str] = """\
Ends the run at once, as `success` or as `failed`, with a message for people and details for programs. In a flow that
another flow called, these are what the caller receives. A webhook that responds with the result answers them too.

```yaml
- id: done
  kind: stop
  status: success
  message: "Invoice {{ trigger.invoice.id }} handled"
  details:
    total: =steps.total
```

Inside `for_each` a stop ends only its item. A run that comes to its end without a stop is a success without message.

Output: none; no step after it runs.
"""
    settings: ClassVar[type[StepSettings]] = StopSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "done",
            "kind": "stop",
            "status": '="failure" if trigger.open > 0 else "success"',
            "message": "{{ trigger.open }} still open",
            "details": {"open": "=trigger.open"},
        },
        "trigger": {"open": 2},
        "expect": {"stopped": {"status": "failure", "message": "2 still open", "details": {"open": 2}}},
    }

    def blocks(self, settings: StopSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(StopSettings, step.settings)
        types.value(settings.status, pointer="/status", expected={"enum": list(STATUSES)})
        if settings.message is not None:
            types.value(settings.message, pointer="/message")
        types.value(settings.details, pointer="/details")
        types.stop(status=settings.status, message=settings.message, details=settings.details)
        return types.cast("None")

    async def run(self, call: StepCall) -> Json:
        settings: StopSettings = call.settings
        written = {"status": settings.status, "message": settings.message, "details": settings.details}
        said = await call.evaluate(written)
        if said["status"] not in STATUSES:
            message = f"`status` must give success or failure; it gave {shown(said['status'])}."
            raise call.fail("invalid_input", message, pointer="/status")
        text = None if said["message"] is None else text_of(said["message"])
        raise Stopped(Outcome(said["status"], text, said["details"]), call.step)
