"""The kind `code`: a Python function of the author's own, run in a fresh sandbox process."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from keyword import iskeyword
from typing import Annotated, ClassVar, Self, cast

from pydantic import AfterValidator, Field, model_validator

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import (
    CODE,
    DURATION_SCHEMA,
    SCHEMA,
    VALUE,
    DurationBetween,
    JsonSchema,
    Wrong,
    refusal,
    seconds,
)
from flowslot.flowlang.fill import filler
from flowslot.flowlang.kinds import StepCall, StepFailure, StepSettings, TypeWriter
from flowslot.flowlang.schemas import schema_problems

MAX_SOURCE = 20_000
"""Characters of code: what a parser takes without getting slow or deep."""


def _source(text: str) -> str:
    wrong = list(_wrong_in_source(text))
    if wrong:
        raise refusal(*wrong)
    return text


def _wrong_in_source(text: str) -> Iterator[Wrong]:
    if len(text) > MAX_SOURCE:
        yield Wrong(f"At most {MAX_SOURCE} characters of code; this has {len(text)}.", code="too_large")
        return
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        yield Wrong(f"Not Python: {error.msg}.", code="bad_code", line=error.lineno, column=error.offset)
        return
    except (ValueError, RecursionError, MemoryError):
        yield Wrong("Not Python: nested too deep, or with characters that no source has.", code="bad_code")
        return
    yield from (_not_run(node, what) for node in ast.walk(tree) if (what := _why_not_run(node)))
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    if len(mains) != 1:
        yield Wrong("Write one function `def main(…):`; its result is the step's output.", code="bad_code", line=1)


def _why_not_run(node: ast.AST) -> str:
    """What it is that the sandbox has not got; nothing for what it has."""
    if isinstance(node, ast.Yield | ast.YieldFrom):
        return "`yield`: collect the values in a list"
    if isinstance(node, ast.Delete):
        return "`del`: use `.pop(…)`, or make a new object without it"
    if isinstance(node, ast.ClassDef) and (node.bases or node.keywords):
        return "classes with a base class"
    return ""


def _not_run(node: ast.AST, what: str) -> Wrong:
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    return Wrong(f"The sandbox has no {what}.", code="bad_code", line=line, column=column)


def _input_names(inputs: dict[str, Json]) -> dict[str, Json]:
    wrong = [name for name in inputs if not name.isidentifier() or iskeyword(name) or name.startswith("_")]
    if wrong:
        raise refusal(*(Wrong(f"{name!r} cannot be the name of a parameter.", at=f"/{name}") for name in wrong))
    return inputs


class CodeSettings(StepSettings):
    """Settings of `code`."""

    inputs: Annotated[dict[str, Json], AfterValidator(_input_names)] = Field(
        default_factory=dict,
        title="Inputs",
        description="The values that `main` receives, by the names of its parameters.",
        json_schema_extra=VALUE,
    )
    code: Annotated[str, AfterValidator(_source)] = Field(
        title="Code", description="Python with a function `def main(…)`.", json_schema_extra=CODE
    )
    time_limit: Annotated[str, DURATION_SCHEMA, AfterValidator(DurationBetween("1ms", "60s"))] = Field(
        default="5s", title="Time limit", description="How long it may run; at most 60s."
    )
    output: JsonSchema | None = Field(
        default=None,
        title="Output",
        description="JSON Schema of what `main` returns; it is checked in each run, and types the output.",
        json_schema_extra=SCHEMA,
    )

    @model_validator(mode="after")
    def _parameters_are_the_inputs(self) -> Self:
        wrong = list(_wrong_parameters(self.code, set(self.inputs)))
        if wrong:
            raise refusal(*wrong)
        return self


def _wrong_parameters(code: str, inputs: set[str]) -> Iterator[Wrong]:
    main = next(node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef) and node.name == "main")
    given = main.args
    for starred in (given.vararg, given.kwarg):
        if starred is not None:
            yield _parameter(starred, f"`main` takes its inputs by name; *{starred.arg} cannot be filled.")
    for parameter in given.posonlyargs:
        yield _parameter(parameter, f"`main` takes its inputs by name; {parameter.arg!r} may not stand before a /.")
    names = [*given.args, *given.kwonlyargs]
    for parameter in names:
        if parameter.arg not in inputs:
            yield _parameter(parameter, f"There is no input {parameter.arg!r} for this parameter of `main`.")
    for name in sorted(inputs - {parameter.arg for parameter in (*names, *given.posonlyargs)}):
        message = f"`main` has no parameter {name!r} for this input."
        yield Wrong(message, at=f"/inputs/{name}", line=main.lineno, column=main.col_offset + 1)


def _parameter(node: ast.arg, message: str) -> Wrong:
    return Wrong(message, at="/code", code="bad_code", line=node.lineno, column=node.col_offset + 1)


class CodeStep:
    """Runs a function of the author's own."""

    name: ClassVar[str] = "code"
    title: ClassVar[str] = "Code"
    about: ClassVar[str] = """\
Runs a Python function `main` with the `inputs` as its parameters. Use it where an expression would be too long.

```yaml
- id: totals
  kind: code
  inputs:
    lines: =trigger.lines
  code: |
    def main(lines):
        totals = {}
        for line in lines:
            totals[line["sku"]] = totals.get(line["sku"], 0) + line["qty"]
        return totals
  output:
    type: object
    additionalProperties: {type: integer}
```

It runs in a sandbox process of its own, without files, network and environment, within `time_limit` (5s unless given,
at most 60s; beyond it the step fails with `timeout`) and a limit of memory; anything else that goes wrong in it is a
`code_error` with its line. Inputs and the result are JSON; objects are dicts, so write `line["sku"]`, not
`line.sku`. With `output` the result is checked in each run, optional keys that it leaves out are null, and later steps
are checked against it before.

The code is checked when the flow is validated: names and modules that the sandbox has not got, fields that an input
has not got, operators between values that do not fit. Each problem has its line and column.

Output: what `main` returns. It is recorded: a run that is taken up again does not run the code again.
"""
    settings: ClassVar[type[StepSettings]] = CodeSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "totals",
            "kind": "code",
            "inputs": {"lines": "=trigger.lines"},
            "code": (
                "def main(lines):\n"
                "    totals = {}\n"
                "    for line in lines:\n"
                '        totals[line["sku"]] = totals.get(line["sku"], 0) + line["qty"]\n'
                "    return totals\n"
            ),
            "output": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        "trigger": {"lines": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 1}, {"sku": "a", "qty": 3}]},
        "expect": {"a": 5, "b": 1},
    }

    def blocks(self, settings: CodeSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(CodeSettings, step.settings)
        types.code(settings.code, inputs=settings.inputs)
        return types.cast(types.of_schema(settings.output))

    async def run(self, call: StepCall) -> Json:
        settings: CodeSettings = call.settings
        inputs = await call.evaluate(settings.inputs, pointer="/inputs")
        call.set_input(inputs)

        async def do() -> Json:
            output = await _returned(call, settings, inputs)
            _must_fit(call, settings, output)
            return filler(settings.output)(output)

        return await call.effect(do)


async def _returned(call: StepCall, settings: CodeSettings, inputs: Json) -> Json:
    """What `main` returns; what it fails with has a line of the code, so the code is its place."""
    try:
        return await call.code(settings.code, inputs, seconds=seconds(settings.time_limit))
    except StepFailure as failure:
        raise StepFailure(replace(failure.error, step=call.step.id, pointer=f"{call.step.pointer}/code")) from None


def _must_fit(call: StepCall, settings: CodeSettings, output: Json) -> None:
    problems = () if settings.output is None else schema_problems(settings.output, output)
    if problems:
        first = problems[0]
        message = f"What `main` returned does not fit `output`: {first.pointer or 'the whole'}: {first.message}"
        raise call.fail("code_error", message, pointer="/output")
