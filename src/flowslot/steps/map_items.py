"""The kind `map`: a list or object from another, item by item. (`map` is a built-in of Python, so: map_items.)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import EXPRESSION, VALUE, CollectionValue, Expression
from flowslot.flowlang.kinds import StepCall, StepSettings, TypeWriter


class MapSettings(StepSettings):
    """Settings of `map`."""

    over: CollectionValue = Field(
        title="Over",
        description="The list or object to go over, nearly always an expression: =trigger.lines.",
        json_schema_extra=VALUE,
    )
    to: Json = Field(
        title="To",
        description="What each item becomes. `item` and `index` are in scope; over an object also `key`.",
        json_schema_extra=VALUE,
    )
    where: Expression | None = Field(
        default=None,
        title="Where",
        description="Keeps only the items for which this expression is true.",
        json_schema_extra=EXPRESSION,
    )


class MapStep:
    """Makes a list or object from another, all in one call of the sandbox."""

    name: ClassVar[str] = "map"
    title: ClassVar[str] = "Map a list"
    about: ClassVar[str] = """\
Makes a new list from a list, or a new object from an object. `item` is the current item and `index` its number from 0;
over an object `item` is the value and `key` its key. `where` leaves items out.

```yaml
- id: lines
  kind: map
  over: =trigger.lines
  where: =item.qty > 0
  to:
    sku: =item.sku.upper()
    total: =round(item.qty * item.price, 2)
```

Nothing but expressions can stand in a map, which makes it quick: a thousand items cost a few milliseconds.
Where steps have to run for each item, use `for_each`.

Output: the new list in the order of the old one, or the new object with the same keys.
"""
    settings: ClassVar[type[StepSettings]] = MapSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "lines",
            "kind": "map",
            "over": "=trigger.lines",
            "where": "=item.qty > 0",
            "to": {"place": "=index", "sku": "=item.sku.upper()", "total": "=item.qty * item.price"},
        },
        "trigger": {"lines": [{"sku": "a", "qty": 2, "price": 5}, {"sku": "b", "qty": 0, "price": 9}]},
        "expect": [{"place": 0, "sku": "A", "total": 10}],
    }

    def blocks(self, settings: MapSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(MapSettings, step.settings)
        return types.mapped(settings.over, settings.to, settings.where)

    async def run(self, call: StepCall) -> Json:
        settings: MapSettings = call.settings
        return await call.evaluate_map(settings.over, settings.to, settings.where)
