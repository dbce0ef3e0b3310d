"""The tables of docs/schedules.md say what is so."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from flowslot.domain.schedule import SkipReason
from flowslot.flowlang.schedules import Rhythm

PAGE = (Path(__file__).parents[2] / "docs/schedules.md").read_text()
ROW = re.compile(r"^\| `(?P<cron>[^`]+)` \| (?P<after>2[^|]+) \| (?P<ticks>[^|]+) \|$", re.MULTILINE)


def test_cron_ticks_as_its_table_says() -> None:
    rows = list(ROW.finditer(PAGE))
    assert len(rows) == 6
    for row in rows:
        rhythm, moment = Rhythm(row["cron"], None, "Europe/Berlin"), at(row["after"])
        for told in row["ticks"].split(", "):
            following = rhythm.after(moment)
            assert following == at(told), row["cron"]
            assert following is not None
            moment = following


def test_every_reason_for_a_skip_is_told() -> None:
    for reason in SkipReason:
        assert f"| `{reason.value}` |" in PAGE


def at(text: str) -> datetime:
    return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
