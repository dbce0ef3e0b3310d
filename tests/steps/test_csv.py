"""Reading CSV: every form of a row, and what is refused with its line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flowslot.base.json_text import Json
from flowslot.flowlang.settings_reading import read_settings
from flowslot.steps.parse_csv import ParseCsvSettings, rows_of


def rows(text: str, **keys: Json) -> list[Json]:
    settings, problems = read_settings(ParseCsvSettings, {"text": "=x", **keys}, "")
    assert not problems
    assert settings is not None
    return list(rows_of(text, settings))


TYPED = {"sku": "text", "qty": "integer", "price": "number", "new": "boolean"}

READ: dict[str, tuple[str, dict[str, Json], list[Json]]] = {
    "nothing": ("", {}, []),
    "only a header": ("a,b\n", {}, []),
    "texts": ("a,b\n1,x\n", {}, [{"a": "1", "b": "x"}]),
    "no line break at the end": ("a,b\n1,x", {}, [{"a": "1", "b": "x"}]),
    "line breaks of Windows": ("a,b\r\n1,x\r\n", {}, [{"a": "1", "b": "x"}]),
    "a byte order mark": ("\ufeffa,b\n1,x\n", {}, [{"a": "1", "b": "x"}]),
    "empty lines": ("a,b\n\n1,x\n\n", {}, [{"a": "1", "b": "x"}]),
    "quotes": ('a,b\n"1,5","say ""hi""\nthere"\n', {}, [{"a": "1,5", "b": 'say "hi"\nthere'}]),
    "another delimiter": ("a;b\n1,5;x\n", {"delimiter": ";"}, [{"a": "1,5", "b": "x"}]),
    "tabs": ("a\tb\n1\tx\n", {"delimiter": "\t"}, [{"a": "1", "b": "x"}]),
    "cells missing at the end": ("a,b,c\n1\n", {}, [{"a": "1", "b": "", "c": ""}]),
    "a column without name": ("a,,b,\n1,2,3,4\n", {}, [{"a": "1", "b": "3"}]),
    "some columns": ("a,b,c\n1,2,3\n", {"columns": ["c", "a"]}, [{"c": "3", "a": "1"}]),
    "columns with types": (
        "sku,qty,price,new\nA,2,19.90,true\nB,,,\nC,-3,1e3,No\n",
        {"columns": TYPED},
        [
            {"sku": "A", "qty": 2, "price": Decimal("19.90"), "new": True},
            {"sku": "B", "qty": None, "price": None, "new": None},
            {"sku": "C", "qty": -3, "price": Decimal("1e3"), "new": False},
        ],
    ),
    "exact numbers": (
        "qty,price\n123456789012345678901234567890,0.10\n",
        {"columns": {"qty": "integer", "price": "number"}},
        [{"qty": 123456789012345678901234567890, "price": Decimal("0.10")}],
    ),
    "no header": ("1,x\n2\n", {"header": False}, [["1", "x"], ["2"]]),
    "names without header": (
        "1,x\n2\n",
        {"header": False, "columns": ["a", "b"]},
        [{"a": "1", "b": "x"}, {"a": "2", "b": ""}],
    ),
    "nothing and no header": ("", {"header": False, "columns": ["a"]}, []),
    "nothing but columns asked for": ("", {"columns": ["a"]}, []),
}


@pytest.mark.parametrize(("text", "keys", "expected"), READ.values(), ids=READ)
def test_rows_are_read(text: str, keys: dict[str, Json], expected: list[Json]) -> None:
    assert rows(text, **keys) == expected


def test_digits_stay_as_they_are_written() -> None:
    assert str(rows("a\n1.50\n", columns={"a": "number"})[0]["a"]) == "1.50"


REFUSED: dict[str, tuple[str, dict[str, Json], str]] = {
    "too many cells": ("a,b\n1,2\n1,2,3\n", {}, "line 3 has 3 cells, there are 2 columns"),
    "a column that is not there": ("a,b\n", {"columns": ["c"]}, "no column 'c'"),
    "a column twice": ("a,a\n", {}, 'the column "a" twice'),
    "no whole number": ("a\n1\n1.5\n", {"columns": {"a": "integer"}}, "line 3, column 'a' holds \"1.5\""),
    "no number": ("a\n1,5\n".replace(",", "."), {"columns": {"a": "boolean"}}, "not true or false"),
    "words": ("a\nNaN\n", {"columns": {"a": "number"}}, "not a number"),
    "digits of another script": ("a\n٣\n", {"columns": {"a": "integer"}}, "not a whole number"),
    "underscores": ("a\n1_000\n", {"columns": {"a": "integer"}}, "not a whole number"),
    "a number no JSON has": ("a\n1e999\n", {"columns": {"a": "number"}}, "not a number"),
    "too many digits": (f"a\n{'1' * 1001}\n", {"columns": {"a": "integer"}}, "not a whole number"),
}


@pytest.mark.parametrize(("text", "keys", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_expected_is_refused_with_its_line(text: str, keys: dict[str, Json], message: str) -> None:
    with pytest.raises(ValueError, match=r"line|header|column") as refused:
        rows(text, **keys)
    assert message in str(refused.value)
