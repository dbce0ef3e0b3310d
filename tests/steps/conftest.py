"""One sandbox for all tests here: its processes take longer to start than a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from one_call import Outside

from flowslot.base.json_text import Json
from flowslot.flowlang.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The real sandbox, started."""
    started = Sandbox(1)
    started.start()
    yield started
    started.close()


@pytest.fixture
def around(sandbox: Sandbox) -> Callable[..., Outside]:
    """Makes what is around a run; what it is given is the trigger's data, or what it meets."""

    def make(trigger: Json = None, **met: object) -> Outside:
        return Outside(sandbox, {"trigger": trigger, "config": {}}, **met)  # type: ignore[arg-type]

    return make
