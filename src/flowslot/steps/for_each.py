"""The kind `for_each`: the same steps for every item of a list, several at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, cast

from pydantic import AfterValidator, Field, WithJsonSchema

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import STEPS, VALUE, ListValue, Name, Steps, Wrong, refusal
from flowslot.flowlang.kinds import StepCall, StepFailure, StepSettings, TypeWriter
from flowslot.steps.errors import error_as_json
from flowslot.steps.json_values import kind_of

MAX_CONCURRENCY = 100


def _something(value: Json) -> Json:
    if value is None:
        raise refusal(Wrong("Null is no value for 'result'; leave the key out.", code="wrong_type"))
    return value


class ForEachSettings(StepSettings):
    """Settings of `for_each`."""

    in_: ListValue = Field(
        alias="in",
        title="In",
        description="The list to go over, nearly always an expression: =trigger.lines.",
        json_schema_extra=VALUE,
    )
    steps: Steps = Field(title="Steps", description="Steps that run for each item.", json_schema_extra=STEPS)
    as_: Name = Field(
        default="item",
        alias="as",
        title="As",
        description="The name of the current item in expressions. Its number from 0 is `index`, and `<name>_index`.",
    )
    concurrency: int = Field(
        default=10, ge=1, le=MAX_CONCURRENCY, title="At a time", description="How many items are worked on at a time."
    )
    result: Annotated[Json, AfterValidator(_something), WithJsonSchema({"not": {"type": "null"}})] = Field(
        default=None,
        title="Result",
        description="What each item gives, computed after its steps; otherwise the output of its last step.",
        json_schema_extra=VALUE,
    )
    on_error: Literal["fail", "collect"] = Field(
        default="fail",
        title="On error",
        description="fail: a failing item fails the step. collect: it stands as {error: …} in the output.",
    )

    def scope(self, item: Json, index: int) -> dict[str, Json]:
        """The names that the steps of one item see."""
        return {self.as_: item, "index": index, f"{self.as_}_index": index}


class ForEachStep:
    """Runs steps for every item of a list."""

    name: ClassVar[str] = "for_each"
    title: ClassVar[str] = "For each item"
    about: ClassVar[str] = """\
Runs its steps once for each item of a list, up to `concurrency` items at a time. In the steps `item` is the current
item (or the name given with `as`) and `index` its number from 0. Inside another `for_each` give the inner one a name
with `as`, so that both items can be used; the number of the outer one is `<its name>_index`.

```yaml
- id: posted
  kind: for_each
  in: =trigger.lines
  as: line
  concurrency: 5
  on_error: collect
  steps:
    - id: post
      kind: http_request
      connection: erp
      method: POST
      path: /lines
      json: =line
  result: =steps.post.body.id
```

A step inside sees the steps before it in the same item. Outside, only the list of results can be seen.

An item that fails makes the step fail, and no further item is begun. With `on_error: collect` its place in the output
is `{"error": {"code": …, "message": …, "step": …}}` instead. A `stop` inside ends only its item: with success the item
gives the `details` of the stop; with failure it is a failed item (code `stopped`).

Output: a list with one entry per item, in the order of the input.
"""
    settings: ClassVar[type[StepSettings]] = ForEachSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "doubled",
            "kind": "for_each",
            "in": "=trigger.numbers",
            "as": "number",
            "steps": [{"id": "twice", "kind": "set", "value": "=number * 2"}],
            "result": {"place": "=index", "twice": "=steps.twice"},
        },
        "trigger": {"numbers": [3, 5]},
        "expect": [{"place": 0, "twice": 6}, {"place": 1, "twice": 10}],
    }

    def blocks(self, settings: ForEachSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return (("steps", settings.steps),)

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(ForEachSettings, step.settings)
        number = types.cast("int")
        names = {settings.as_: types.items_of(settings.in_, pointer="/in")}
        names |= {"index": number, f"{settings.as_}_index": number}
        given = types.block(step.blocks[0], names=names, result=settings.result)
        if settings.on_error == "collect" or _may_stop(step):
            return types.cast("list[Any]")
        return types.cast(f"list[{given}]")

    async def run(self, call: StepCall) -> Json:
        settings: ForEachSettings = call.settings
        items = await call.evaluate(settings.in_, pointer="/in")
        call.set_input(items)
        if not isinstance(items, list):
            raise call.fail("invalid_input", f"`in` must give a list; it gave {kind_of(items)}.", pointer="/in")
        given = await call.run_items(
            "steps",
            [settings.scope(item, index) for index, item in enumerate(items)],
            concurrency=settings.concurrency,
            collect=settings.on_error == "collect",
            result=settings.result,
        )
        return [{"error": error_as_json(each.error)} if isinstance(each, StepFailure) else each for each in given]


def _may_stop(step: Step) -> bool:
    inside = [each for block in step.blocks for each in block.steps]
    return any(each.kind == "stop" or _may_stop(each) for each in inside)
