"""The page about retries: its steps can be saved as they stand there, and its table says what the settings do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from one_call import document

from flowslot.base.durations import duration
from flowslot.base.json_text import dump, parse
from flowslot.cli.yaml_reading import read_yaml
from flowslot.flowlang.parse import parse as parse_definition
from flowslot.flowlang.settings_reading import read_settings
from flowslot.steps.registry import KINDS
from flowslot.steps.retrying import Retry

PAGE = (Path(__file__).parents[2] / "docs" / "retries.md").read_text()
_BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
_ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
_UNITS = {"s": 1, "min": 60, "h": 3600}


@pytest.mark.parametrize("block", _BLOCKS, ids=lambda block: block.split()[2])
def test_an_example_of_the_page_can_be_saved(block: str) -> None:
    found = document(*read_yaml(block), connections={"erp": {"connector": "http"}})
    assert parse_definition(parse(dump(found)), KINDS).steps


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row[0])
def test_the_table_says_how_far_the_attempts_reach(row: tuple[str, ...]) -> None:
    attempts = int(row[0])
    for delay, told in zip(("1s", "30s", "10m"), row[1:], strict=True):
        retry, problems = read_settings(Retry, {"attempts": attempts, "delay": delay}, "")
        assert retry is not None, problems
        longest = duration(retry.max_delay).total_seconds()
        first = duration(delay).total_seconds()
        reach = sum(min(first * 2**number, longest) for number in range(attempts - 1))
        number, unit = told.split()
        assert float(number) * _UNITS[unit] == pytest.approx(reach, rel=0.03), (attempts, delay, reach)


def test_the_page_has_examples_and_a_table() -> None:
    assert (len(_BLOCKS), len(_ROWS)) == (2, 4)
