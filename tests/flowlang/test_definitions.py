"""The Definitions port: what use cases ask of the definition language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flow_documents import INVOICE, document, put

from flowslot.app.ports import Definitions
from flowslot.base.errors import Invalid
from flowslot.base.json_text import Json, dump, parse
from flowslot.flowlang.definitions import FlowDefinitions
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def definitions() -> Iterator[Definitions]:
    sandbox = Sandbox(1)
    yield FlowDefinitions(KINDS, sandbox)
    sandbox.close()


def test_a_document_is_read_or_refused(definitions: Definitions) -> None:
    assert definitions.parse(INVOICE).trigger.kind == "webhook"
    with pytest.raises(Invalid) as refused:
        definitions.parse(document(put("A")))
    assert [problem.pointer for problem in refused.value.problems] == ["/steps/0/id"]


def test_a_document_as_it_comes_from_the_wire_is_read(definitions: Definitions) -> None:
    assert definitions.parse(parse(dump(INVOICE))).hash == definitions.parse(INVOICE).hash


def test_values_are_checked_against_schemas(definitions: Definitions) -> None:
    problems = definitions.schema_problems(INVOICE["config"], {"approval_limit": "high"})
    assert [(problem.pointer, problem.code) for problem in problems] == [("/approval_limit", "wrong_type")]
    assert not definitions.schema_problems(INVOICE["config"], {"approval_limit": 5})


@pytest.mark.parametrize(
    ("trigger", "first"),
    [
        ({"kind": "schedule", "cron": "0 6 * * *"}, datetime(2026, 2, 1, 6, tzinfo=UTC)),
        ({"kind": "schedule", "cron": "0 6 * * *", "timezone": "Asia/Tokyo"}, datetime(2026, 1, 31, 21, tzinfo=UTC)),
        ({"kind": "schedule", "every": "1h"}, datetime(2026, 1, 31, 13, tzinfo=UTC)),
        ({"kind": "on_demand"}, None),
        ({"kind": "webhook"}, None),
    ],
)
def test_only_a_schedule_has_ticks(definitions: Definitions, trigger: Json, first: datetime | None) -> None:
    ticks = definitions.ticks(document(trigger=trigger))
    assert (ticks and ticks.after(NOW)) == first


def test_two_versions_have_the_same_ticks_when_their_moments_are_the_same(definitions: Definitions) -> None:
    def ticks(**trigger: Json) -> object:
        return definitions.ticks(document(trigger={"kind": "schedule", **trigger}))

    assert ticks(cron="0 6 * * mon") == ticks(cron="0  6 * * MON", catch_up="last")
    assert ticks(every="1h") == ticks(every="60m", timezone="Asia/Tokyo")
    assert ticks(cron="0 6 * * *") != ticks(cron="0 6 * * *", timezone="Asia/Tokyo")
