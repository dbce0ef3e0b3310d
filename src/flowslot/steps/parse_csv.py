"""The kind `parse_csv`: a list of rows from a CSV text."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, ClassVar, Self, cast

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from flowslot.base.json_text import MAX_NUMBER, Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import TEXT, Wrong, refusal
from flowslot.flowlang.kinds import StepCall, StepSettings, TypeWriter
from flowslot.steps.json_values import kind_of, shown

QUICK = 20_000
"""Characters that are read so quickly that other runs need not wait for it."""
_TYPES: Mapping[str, str] = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def _columns(value: Json) -> Json:
    names = list(value) if isinstance(value, dict | list) else []
    if not names or not all(isinstance(name, str) and name for name in names):
        raise refusal(Wrong("Give a list of names, or an object of name and type.", code="wrong_type"))
    if isinstance(value, dict):
        known = ", ".join(_TYPES)
        wrong = [name for name, kind in value.items() if kind not in _TYPES]
        if wrong:
            raise refusal(*(Wrong(f"The type of a column is one of {known}.", at=f"/{name}") for name in wrong))
    elif len(set(names)) != len(names):
        raise refusal(Wrong("A column stands twice."))
    return value


Columns = Annotated[
    Json,
    AfterValidator(_columns),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "uniqueItems": True},
                {"type": "object", "additionalProperties": {"enum": list(_TYPES)}, "minProperties": 1},
            ]
        }
    ),
]


class ParseCsvSettings(StepSettings):
    """Settings of `parse_csv`."""

    text: str = Field(title="Text", description="The CSV text, nearly always an expression.", json_schema_extra=TEXT)
    header: bool = Field(default=True, title="Header", description="Whether the first row names the columns.")
    delimiter: str = Field(
        default=",", min_length=1, max_length=1, title="Delimiter", description="The character between cells."
    )
    columns: Columns | None = Field(
        default=None,
        title="Columns",
        description="The columns to take, as a list of names, or as an object of name and type "
        "(text, integer, number, boolean). Without a header they name the cells in their order.",
    )

    @model_validator(mode="after")
    def _delimiter_is_plain(self) -> Self:
        if self.delimiter in '"\r\n\0':
            raise refusal(Wrong("A quote, a line break or a NUL cannot stand between cells.", at="/delimiter"))
        return self

    def types(self) -> Mapping[str, str] | None:
        """The columns asked for, with the type of each; None when none were named."""
        if self.columns is None or isinstance(self.columns, dict):
            return self.columns
        return dict.fromkeys(self.columns, "text")


class ParseCsvStep:
    """Reads a CSV text."""

    name: ClassVar[str] = "parse_csv"
    title: ClassVar[str] = "Parse CSV"
    about: ClassVar[str] = """\
Reads a CSV text into a list with one entry per row. Cells may be quoted with `"`, and then hold delimiters and line
breaks; `""` in them is one quote. Empty lines are left out, and so is a byte order mark.

```yaml
- id: rows
  kind: parse_csv
  text: =steps.download.text
  delimiter: ";"
  columns: {sku: text, qty: integer, price: number}
```

With a header each row is an object by the names of the header; with `columns` only the columns named there, each as
its type. Numbers keep the digits they are written with. An empty cell is an empty text, or null for the other types,
and so is one missing at the end of a row. A row with more cells than there are columns fails the step (`invalid_input`,
with its line), as does a cell that is not of its type, a column that the header does not name, and a name that it names
twice.

With `header: false` a row is a list of texts, or with `columns` an object that names the cells in their order.

Output: the list of rows.
"""
    settings: ClassVar[type[StepSettings]] = ParseCsvSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "rows",
            "kind": "parse_csv",
            "text": "=trigger.file",
            "delimiter": ";",
            "columns": {"sku": "text", "qty": "integer"},
        },
        "trigger": {"file": 'sku;qty;note\nA-1;2;\n"B;2";;"two\nlines"\n'},
        "expect": [{"sku": "A-1", "qty": 2}, {"sku": "B;2", "qty": None}],
    }

    def blocks(self, settings: ParseCsvSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(ParseCsvSettings, step.settings)
        types.value(settings.text, pointer="/text", expected={"type": "string"})
        columns = settings.types()
        if columns is None:
            return types.cast("list[dict[str, str]]" if settings.header else "list[list[str]]")
        cells = {
            name: {"type": _TYPES[kind] if kind == "text" else [_TYPES[kind], "null"]} for name, kind in columns.items()
        }
        row = {"type": "object", "title": "Row", "required": list(cells), "properties": cells}
        return types.cast(f"list[{types.of_schema({**row, 'additionalProperties': False})}]")

    async def run(self, call: StepCall) -> Json:
        settings: ParseCsvSettings = call.settings
        text = await call.evaluate(settings.text, pointer="/text")
        if not isinstance(text, str):
            raise call.fail("invalid_input", f"`text` must give a text; it gave {kind_of(text)}.", pointer="/text")
        try:
            if len(text) > QUICK:
                return await asyncio.to_thread(lambda: list(rows_of(text, settings)))
            return list(rows_of(text, settings))
        except (ValueError, csv.Error) as error:
            raise call.fail("invalid_input", f"Not the CSV that was expected: {error}.", pointer="/text") from None


def rows_of(text: str, settings: ParseCsvSettings) -> Iterator[Json]:
    """The rows of a CSV text as the settings ask for them. ValueError says in which line it is wrong."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=settings.delimiter, strict=True)
    lines = ((reader.line_num, cells) for cells in reader if cells)
    types = settings.types()
    header = _header(lines, types) if settings.header else None
    if header is None and types is None:
        yield from (cells for _, cells in lines)
        return
    names = header or list(types or ())
    wanted = types or {name: "text" for name in names if name}
    for line, cells in lines:
        if len(cells) > len(names):
            raise ValueError(f"line {line} has {len(cells)} cells, there are {len(names)} columns")
        row = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True))
        yield {name: _cell(row[name], kind, place=f"line {line}, column {name!r}") for name, kind in wanted.items()}


def _header(lines: Iterator[tuple[int, list[str]]], types: Mapping[str, str] | None) -> list[str]:
    names = next(lines, (0, list(types or ())))[1]
    twice = [name for number, name in enumerate(names) if name and name in names[:number]]
    if twice:
        raise ValueError(f"the header names the column {shown(twice[0])} twice")
    missing = [name for name in types or () if name not in names]
    if missing:
        raise ValueError(f"the header has no column {missing[0]!r}")
    return names


def _cell(text: str, kind: str, *, place: str) -> Json:
    if kind == "text":
        return text
    plain = text.strip()
    if not plain:
        return None
    try:
        return _READERS[kind](plain)
    except (KeyError, ValueError):
        raise ValueError(f"{place} holds {shown(text[:50])}, which is not {_KINDS[kind]}") from None


def _integer(text: str) -> Json:
    if not _INTEGER.fullmatch(text) or len(text) > MAX_NUMBER:
        raise ValueError
    return int(text)


def _number(text: str) -> Json:
    if not _NUMBER.fullmatch(text) or len(text) > MAX_NUMBER:
        raise ValueError
    number = Decimal(text)
    if number and abs(number.adjusted()) > 308:
        raise ValueError
    return int(text) if _INTEGER.fullmatch(text) else number


_READERS: Mapping[str, Callable[[str], Json]] = {
    "integer": _integer,
    "number": _number,
    "boolean": lambda text: _BOOLEANS[text.lower()],
}
_KINDS = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
