"""`flowslot` with one more kind of step, `recorded`: a pure function whose result is recorded as an effect is.

python -m bench.recorded serve --port 8080 …
"""

from __future__ import annotations

from typing import ClassVar, cast

from flowslot.base.json_text import Json
from flowslot.cli.main import main
from flowslot.flowlang.kinds import StepCall
from flowslot.steps import registry
from flowslot.steps.set_value import SetSettings, SetStep


class RecordedStep(SetStep):
    """As `set`, but each value is an entry of the journal, durable before the next step begins."""

    name: ClassVar[str] = "recorded"

    async def run(self, call: StepCall) -> Json:
        settings: SetSettings = call.settings

        async def value() -> Json:
            return await call.evaluate(settings.value, pointer="/value")

        return await call.effect(value)


if __name__ == "__main__":
    cast("dict[str, object]", registry.KINDS)[RecordedStep.name] = RecordedStep()
    main()
