"""Every kind of step by its name. A new kind is one module and one line here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowslot.flowlang.kinds import StepKind
from flowslot.steps.assert_equal import AssertStep
from flowslot.steps.call_flow import CallFlowStep
from flowslot.steps.code import CodeStep
from flowslot.steps.condition import ConditionStep
from flowslot.steps.for_each import ForEachStep
from flowslot.steps.http_request import HttpRequestStep
from flowslot.steps.map_items import MapStep
from flowslot.steps.parse_csv import ParseCsvStep
from flowslot.steps.set_value import SetStep
from flowslot.steps.stop import StopStep
from flowslot.steps.try_steps import TryStep
from flowslot.steps.wait import WaitStep

_ALL: Sequence[StepKind] = (
    SetStep(),
    MapStep(),
    ConditionStep(),
    ForEachStep(),
    TryStep(),
    CodeStep(),
    HttpRequestStep(),
    CallFlowStep(),
    WaitStep(),
    AssertStep(),
    ParseCsvStep(),
    StopStep(),
)

KINDS: Mapping[str, StepKind] = {kind.name: kind for kind in _ALL}
