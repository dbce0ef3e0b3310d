"""The sandbox: code steps, what its processes may do, and that it goes on after a process was lost."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from evaluating import DATA, value_of

from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.sandbox import MAX_CODE, Sandbox
from flowslot.flowlang.sandbox_process import WorkerProgram, confinement
from flowslot.flowlang.values import compile_map, compile_values

needs_proc = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")


@pytest.fixture
def fresh() -> Iterator[Sandbox]:
    """A sandbox of this test's own, not yet used."""
    found = Sandbox(1)
    yield found
    found.close()


def workers() -> set[int]:
    """The sandbox processes of this test process."""
    children: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        children |= {int(each) for each in (task / "children").read_text().split()}
    return {child for child in children if (Path(f"/proc/{child}/comm").read_text().strip()) == "monty"}


def returned(sandbox: Sandbox, source: str, inputs: Json | None = None, *, seconds: float = 5.0) -> Json:
    return asyncio.run(sandbox.code(source, inputs or {}, seconds=seconds))


def code_error(sandbox: Sandbox, source: str, inputs: Json | None = None, *, seconds: float = 5.0) -> RunError:
    with pytest.raises(StepFailure) as caught:
        returned(sandbox, source, inputs, seconds=seconds)
    return caught.value.error


CODE: tuple[tuple[str, Json, Json], ...] = (
    ("def main(a, b):\n    return {'sum': a + b}", {"a": 1, "b": 2}, {"sum": 3}),
    ("def main():\n    return None", {}, None),
    (
        "def main(x):\n    return x",
        {"x": {"big": 2**80, "é": [None, True, "😀"]}},
        {"big": 2**80, "é": [None, True, "😀"]},
    ),
    ("from decimal import Decimal\ndef main():\n    return [Decimal('1.50')]", {}, [Decimal("1.50")]),
    ("from datetime import date\ndef main():\n    return (date(2026, 1, 31), {1})", {}, ["2026-01-31", [1]]),
    ("import re, json, math\ndef main(t):\n    return re.findall('[0-9]+', t)", {"t": "a1b22"}, ["1", "22"]),
    ("RATE = 2\ndef twice(x):\n    return x * RATE\ndef main(x):\n    return twice(x)", {"x": 4}, 8),
    ("def main(x):\n    return x['price'] * 2", {"x": {"price": Decimal("1.25")}}, Decimal("2.5")),
)


@pytest.mark.parametrize(("source", "inputs", "expected"), CODE)
def test_code_gives_what_main_returns(sandbox: Sandbox, source: str, inputs: Json, expected: Json) -> None:
    assert returned(sandbox, source, inputs) == expected


BAD_CODE = (
    ("def main(x):\n    y = 1\n    return x['b']", "KeyError: b", 3),
    (
        "def helper(x):\n    return x[5]\n\ndef main(x):\n    return helper(x['a'])",
        "IndexError: list index out of range",
        2,
    ),
    ("def main(x):\n    return 1 +", "SyntaxError", 2),
    ("import nothing_such\ndef main(x):\n    return 1", "ModuleNotFoundError", 1),
    ("x = 1", "NameError: name 'main' is not defined", None),
    ("def main(y):\n    return 1", "TypeError", None),
    ("def main(x):\n    return {1, lambda: 1}", "TypeError", None),
    ("def main(x):\n    return float('nan')", "ValueError: the result is not a number", None),
)


@pytest.mark.parametrize(("source", "message", "line"), BAD_CODE)
def test_code_that_fails_says_where(sandbox: Sandbox, source: str, message: str, line: int | None) -> None:
    error = code_error(sandbox, source, {"x": {"a": [1]}})
    assert (error.code, error.line) == ("code_error", line)
    assert error.message.startswith(message)


def test_code_is_stopped_at_its_time_limit(sandbox: Sandbox) -> None:
    error = code_error(sandbox, "def main():\n    while True:\n        pass", seconds=0.2)
    assert (error.code, error.message) == ("timeout", "This took longer than the 0.2 s it may take.")


def test_what_code_returns_is_bounded(sandbox: Sandbox) -> None:
    assert code_error(sandbox, "def main():\n    return 'a' * 1_048_600").code == "output_too_large"
    assert code_error(sandbox, "#" * (MAX_CODE + 1)).code == "code_error"


def test_every_run_of_code_starts_from_nothing(sandbox: Sandbox) -> None:
    source = "seen = []\ndef main(x):\n    seen.append(x)\n    return seen"
    assert [returned(sandbox, source, {"x": number}) for number in (1, 2)] == [[1], [2]]


def test_one_evaluation_leaves_nothing_for_the_next(sandbox: Sandbox) -> None:
    assert value_of(sandbox, "=[trigger.order.id for trigger in [trigger]][0]", DATA) == "A-7"
    assert value_of(sandbox, "=trigger.order.id + ''", {"trigger": {"order": {"id": "other"}}}) == "other"
    names = ("_in", "_data", "_json", "_p0", "_v0", "__name__")
    for name in names:
        with pytest.raises(Exception, match="cannot be read"):
            compile_values(f"={name}", pointer="")


def test_a_name_of_the_user_cannot_take_the_place_of_ours(sandbox: Sandbox) -> None:
    data = {"type": {"a": 1}, "bytes": 2, "print": 3, "feed": 4, "session": 5}
    assert value_of(sandbox, ["=type.a + 1", "=decimal(bytes)", "=print + feed + session", "{{ type }}"], data) == [
        2,
        2,
        12,
        '{"a":1}',
    ]


async def _many(sandbox: Sandbox, count: int) -> list[Json]:
    compiled = compile_values({"twice": "=trigger.n * 2"}, pointer="")
    return await asyncio.gather(*(sandbox.evaluate(compiled, {"trigger": {"n": n}}) for n in range(count)))


def test_evaluations_at_the_same_time_do_not_mix() -> None:
    sandbox = Sandbox(2)
    try:
        assert asyncio.run(_many(sandbox, 200)) == [{"twice": 2 * n} for n in range(200)]
    finally:
        sandbox.close()


def test_a_mapping_of_many_items_is_one_call(sandbox: Sandbox) -> None:
    items = [{"n": n, "price": Decimal(n) / 4} for n in range(5_000)]
    compiled = compile_map("=trigger", {"n": "=item.n + 1", "p": "=item.price"}, "=item.n % 2 == 0", pointer="")
    found = asyncio.run(sandbox.evaluate(compiled, {"trigger": items}))
    assert len(found) == 2_500
    assert found[-1] == {"n": 4_999, "p": items[4_998]["price"]}


# ---------------------------------------------------------------- processes


@needs_proc
def test_no_process_is_started_before_it_is_needed(fresh: Sandbox) -> None:
    before = workers()
    assert value_of(fresh, ["=trigger.order.id", "{{ config.limit }}"], DATA) == ["A-7", "100"]
    assert workers() == before
    assert value_of(fresh, "=1 + 1") == 2
    assert len(workers() - before) == 1


def test_a_sandbox_may_be_closed_while_it_is_still_starting() -> None:
    for _ in range(5):
        sandbox = Sandbox(1)
        sandbox.start()
        sandbox.close()


@needs_proc
def test_a_lost_process_is_replaced(fresh: Sandbox) -> None:
    before = workers()
    for _ in range(3):
        assert value_of(fresh, "=1 + 1") == 2
        for lost in workers() - before:
            os.kill(lost, signal.SIGKILL)
    assert value_of(fresh, "=2 + 2") == 4
    assert fresh.check("x: int = 'a'\n", "")[0].rule == "invalid-assignment"
    for lost in workers() - before:
        os.kill(lost, signal.SIGKILL)
    assert fresh.check("x: int = 'a'\n", "")[0].rule == "invalid-assignment"


@needs_proc
def test_close_ends_every_process() -> None:
    sandbox = Sandbox(2)
    before = workers()
    asyncio.run(_many(sandbox, 50))
    returned(sandbox, "def main():\n    return 1")
    sandbox.check("x = 1\n", "")
    sandbox.close()
    assert workers() <= before
    with pytest.raises(RuntimeError, match="closed"):
        value_of(sandbox, "=1 + 1")


@needs_proc
def test_a_process_may_do_as_little_as_the_system_lets_us_arrange(fresh: Sandbox) -> None:
    before = workers()
    value_of(fresh, "=1 + 1")
    (worker,) = workers() - before
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{worker}/status").read_text().splitlines() if ":\t" in line
    )
    limits = Path(f"/proc/{worker}/limits").read_text()
    script = confinement() or ""
    assert re.search(r"Max core file size +0 ", limits)
    assert re.search(r"Max open files +32 ", limits)
    if "setpriv" in script:
        assert status["NoNewPrivs"] == "1"
    if "--reuid" in script:
        assert status["Uid"].split()[0] == "65534"
        assert int(status["CapEff"], 16) == 0
    if "--net" in script:
        assert os.readlink(f"/proc/{worker}/ns/net") != os.readlink("/proc/self/ns/net")


@needs_proc
def test_the_program_of_the_processes_is_made_again_when_it_was_tidied_away() -> None:
    program = WorkerProgram()
    path = program.path()
    if path is None:
        pytest.skip("there is no wrapper on this system")
    shutil.rmtree(Path(path).parent)
    assert program.path() == path
    assert os.access(path, os.X_OK)
    program.remove()
    assert not Path(path).parent.exists()


def test_a_process_forked_too_late_is_told_so_and_does_not_hang(fresh: Sandbox) -> None:
    assert value_of(fresh, "=1 + 1") == 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of forking beside threads, which is the point here
        child = os.fork()
    if child == 0:
        try:
            value_of(Sandbox(1), "=2 + 2")
        except RuntimeError:
            os._exit(7)
        os._exit(8)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert value_of(fresh, "=2 + 2") == 4
