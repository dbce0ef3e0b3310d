"""The kind `call_flow`: runs another flow of the workspace as a run of its own (R13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self, cast

from pydantic import AfterValidator, Field, model_validator

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import (
    DURATION_SCHEMA,
    FLOW,
    VALUE,
    DurationBetween,
    FlowSlug,
    Wrong,
    refusal,
    seconds,
)
from flowslot.flowlang.kinds import CallRequest, StepCall, StepSettings, TypeWriter

OUTPUT_SCHEMA: Json = {
    "type": "object",
    "title": "CallResult",
    "required": ["run", "status", "message", "details"],
    "additionalProperties": False,
    "properties": {
        "run": {"type": "string", "description": "Id of the called flow's run."},
        "status": {"type": "string", "description": "success or failure, as its stop step said."},
        "message": {"type": ["string", "null"], "description": "The message of its stop step."},
        "details": {"description": "The details of its stop step."},
    },
}
STARTED: Json = {"status": {"enum": ["queued"]}, "message": {"type": "null"}, "details": {"type": "null"}}
"""What is known of a called flow that is not waited for."""


class CallFlowSettings(StepSettings):
    """Settings of `call_flow`."""

    flow: FlowSlug = Field(
        title="Flow", description="Slug of a flow with the trigger on_demand.", json_schema_extra=FLOW
    )
    input: Json = Field(
        default_factory=dict,
        title="Input",
        description="What it receives as its `trigger`; nothing else of this run is seen there.",
        json_schema_extra=VALUE,
    )
    wait: bool = Field(default=True, title="Wait", description="Whether this run goes on only when that one has ended.")
    slot: Literal["own", "caller", "main"] = Field(
        default="own",
        title="Slot",
        description="own: the slot of its own registration. caller: the slot of this run. main: always main.",
    )
    timeout: Annotated[str, DURATION_SCHEMA, AfterValidator(DurationBetween("1s", "365d"))] | None = Field(
        default=None,
        title="Timeout",
        description="How long to wait for it at most; then it is canceled and the step fails with timeout.",
    )

    @model_validator(mode="after")
    def _timeout_is_of_a_wait(self) -> Self:
        if self.timeout is not None and not self.wait:
            raise refusal(Wrong("A timeout belongs to a call that waits.", at="/timeout"))
        return self


class CallFlowStep:
    """Runs another flow."""

    name: ClassVar[str] = "call_flow"
    title: ClassVar[str] = "Call a flow"
    about: ClassVar[str] = """\
Starts another flow, which must be registered in the same workspace and have the trigger `on_demand`. It runs as a run
of its own, on the version that its own registration resolves to and with its own configuration. It sees only `input`.

```yaml
- id: ask
  kind: call_flow
  flow: request-approval
  input:
    invoice: =trigger.invoice.id
    amount: =steps.total
```

While this flow waits it uses no memory and no thread, be it for days. A called flow that stops with failure does not
fail this step: look at `status`. The step fails with `call_failed` when the flow could not be started, or its run
ended by an error that nobody caught or was canceled; with `timeout` when its run did not end within `timeout` and was
therefore canceled. When this run is canceled while it waits, the called run is canceled too; a run that nobody waits
for (`wait: false`) goes on.

A flow may not call itself, directly or through others: that is refused when it is validated (`call_cycle`). Where
flows changed since come to call each other in a circle, the run 16 levels down ends with `limit_depth`.

`slot` asks for another version than the called flow's own registration would run: `caller` for the slot of this run
(to try two flows on staging together), `main` for main.

Output: `run` (its id), and `status`, `message` and `details` as its `stop` step said; without a stop they are
`"success"`, null and null. With `wait: false` the status is `"queued"`.

The types of `message` and `details` are those of the called flow's `stop` steps, in the version that the call would
run: a wrong field is found when the calling flow is validated. The fields of failures are known beside those of
successes; which of the two there are, `status` says in a run.
"""
    settings: ClassVar[type[StepSettings]] = CallFlowSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {"id": "ask", "kind": "call_flow", "flow": "request-approval", "input": {"amount": "=trigger.amount"}},
        "trigger": {"amount": 250},
        "calls": {
            "request-approval": {"status": "success", "message": "approved", "details": {"by": "Ann"}},
        },
        "expect": {"run": "run_1", "status": "success", "message": "approved", "details": {"by": "Ann"}},
    }

    def blocks(self, settings: CallFlowSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(CallFlowSettings, step.settings)
        expected = types.called_input(settings.flow, slot=settings.slot)
        types.value(settings.input, pointer="/input", expected=expected)
        known = types.called_outcome(settings.flow, slot=settings.slot) if settings.wait else STARTED
        schema = {**OUTPUT_SCHEMA, "properties": {**OUTPUT_SCHEMA["properties"], **known}}
        return types.cast(types.of_schema(schema))

    async def run(self, call: StepCall) -> Json:
        settings: CallFlowSettings = call.settings
        given = await call.evaluate(settings.input, pointer="/input")
        call.set_input(given)
        timeout = None if settings.timeout is None else seconds(settings.timeout)
        return await call.call_flow(CallRequest(settings.flow, given, settings.wait, settings.slot, timeout))
