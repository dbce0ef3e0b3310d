"""Code steps are checked before they run: syntax, names, modules, and the fields of their inputs."""

from __future__ import annotations

import asyncio

import pytest
from checked_flows import BEFORE, definition, problems_in

from flowslot.base.errors import Invalid
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.parse import parse
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

CODE = f"/steps/{len(BEFORE)}/code"
INPUTS = {"lines": "=trigger.order.lines", "customer": "=trigger.order.customer", "limit": "=config.limit", "mode": "a"}
HEADER = "def main(lines, customer, limit, mode):\n"


def told(sandbox: Sandbox, code: str) -> list[tuple[int | None, int | None, str]]:
    """Line, column and message of each problem of a code step."""
    step = {"id": "c", "kind": "code", "code": code, "inputs": INPUTS}
    found = problems_in(definition([step]), sandbox)
    assert {problem.pointer for problem in found} <= {CODE}
    return [(problem.line, problem.column, problem.message) for problem in found]


RIGHT = (
    "    return [line['sku'].upper() for line in lines if line['qty'] > limit]\n",
    "    for line in lines:\n        line['total'] = line['qty'] * 2\n    return [line['total'] for line in lines]\n",
    "    by = {}\n    for line in lines:\n        by.setdefault(line['sku'], []).append(line['qty'])\n    return by\n",
    "    customer.update({'seen': True})\n    return customer['seen']\n",
    "    out = {}\n    for key, value in customer.items():\n        out[key] = value + 1\n    return out\n",
    "    made = dict(customer)\n    made['age'] = 5\n    return made['age'] + made['name']\n",
    "    best = None\n    for line in lines:\n        if best is None or line['qty'] > best['qty']:\n"
    "            best = line\n    return best['sku']\n",
    "    import json\n    from datetime import datetime\n    return json.dumps(datetime(2026, 1, 1).isoformat())\n",
    "    import re\n    return re.search('a', customer['name']).group(0)\n",
    "    return customer['vat'].upper() if customer['vat'] else ''\n",
    "    def inner(x):\n        return x.anything\n    return inner(lines)\n",
    "    return sorted(lines, key=lambda line: (line['kind'], -line['qty']))[0]['sku']\n",
    "    return customer.get('nickname', customer['name'])\n",
    "    if mode == 'b':\n        return 1\n    return 'ä' + mode.upper()\n",
    "    text = '''\nnot: indented {'''\n    return text\n",
    "    result = customer | {'x': 1}\n    return result['x']\n",
)


@pytest.mark.parametrize("body", RIGHT)
def test_nothing_is_said_of_code_that_may_be_right(sandbox: Sandbox, body: str) -> None:
    assert told(sandbox, HEADER + body) == []


WRONG = (
    ("    return lines[0]['qtty']\n", (2, 21, "There is no field 'qtty' in lines[0]. Did you mean 'qty'?")),
    (
        "    return [line.sku for line in lines]\n",
        (2, 18, "line is an object, and in code its fields stand in brackets: line['sku']."),
    ),
    ("    return customer['vat'].upper()\n", (2, 28, "customer['vat'] may be null; check it first.")),
    ("    return total\n", (2, 12, "There is no name 'total' here.")),
    ("    return limt\n", (2, 12, "There is no name 'limt' here. Did you mean 'limit'?")),
    ("    import requests\n    return 1\n", (2, 12, "The sandbox has no module 'requests'.")),
    ("    return lines[0]['sku'] - 1\n", (2, 12, "- cannot stand between a text and 1.")),
    ("    return limit.upper()\n", (2, 18, "limit is a number, and that has no .upper.")),
    ("    return open('x')\n", (2, 12, "There is no name 'open' here.")),
    ("    def f(a, b):\n        return a\n    return f(1)\n", (4, 12, "This call leaves out the parameter 'b' of f.")),
)


@pytest.mark.parametrize(("body", "expected"), WRONG)
def test_what_is_wrong_in_code_is_told_with_its_place(
    sandbox: Sandbox, body: str, expected: tuple[int, int, str]
) -> None:
    assert told(sandbox, HEADER + body) == [expected]


def test_columns_are_those_of_the_code_as_it_is_written(sandbox: Sandbox) -> None:
    code = "def main(lines, customer: dict, limit=1, *, mode): return lines[0]['a'] + customer['whatever']\n"
    assert told(sandbox, code) == [(1, code.index("'a'") + 1, "There is no field 'a' in lines[0].")]


NOT_RUN = (
    ("yield", "    yield 1\n", 5),
    ("del", "    x = {'a': 1}\n    del x['a']\n    return x\n", 5),
    ("a class with a base", "    class A(dict):\n        pass\n    return 1\n", 5),
)


@pytest.mark.parametrize(("name", "body", "column"), NOT_RUN, ids=[each[0] for each in NOT_RUN])
def test_what_the_sandbox_cannot_run_is_refused(sandbox: Sandbox, name: str, body: str, column: int) -> None:
    """And it could not, so that nothing is refused for no reason."""
    with pytest.raises(StepFailure):
        asyncio.run(sandbox.code(f"def main():\n{body}", {}, seconds=5))
    step = {"id": "c", "kind": "code", "code": f"def main():\n{body}"}
    with pytest.raises(Invalid) as caught:
        parse(definition([step]), KINDS)
    (problem,) = caught.value.problems
    assert (problem.pointer, problem.code, problem.column) == (CODE, "bad_code", column)


def test_code_that_is_no_python_is_told_where() -> None:
    step = {"id": "c", "kind": "code", "code": "def main():\n    return (1\n"}
    with pytest.raises(Invalid) as caught:
        parse(definition([step]), KINDS)
    (problem,) = caught.value.problems
    assert (problem.pointer, problem.line, problem.column) == (CODE, 2, 12)
