"""Versions parsed once and kept by their content."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flow_documents import document, put

from flowslot.base.canonical import content_hash
from flowslot.base.errors import NotFound
from flowslot.base.json_text import Json
from flowslot.flowlang.plans import CachedPlans
from flowslot.steps.registry import KINDS


class Stored:
    """Versions by content hash; counts how often each is read."""

    def __init__(self, count: int) -> None:
        documents = [document(put(f"s{number}")) for number in range(count)]
        self.versions: dict[str, Json] = {content_hash(each): each for each in documents}
        self.hashes = list(self.versions)
        self.read: list[str] = []

    def load(self, content: str) -> Json:
        self.read.append(content)
        if content not in self.versions:
            raise NotFound
        return self.versions[content]


def test_a_version_is_read_once() -> None:
    stored = Stored(1)
    plans = CachedPlans(KINDS, stored.load)
    first = plans.of(stored.hashes[0])
    assert first.hash == stored.hashes[0]
    assert plans.of(stored.hashes[0]) is first
    assert len(stored.read) == 1


def test_the_version_used_longest_ago_is_forgotten_first() -> None:
    stored = Stored(3)
    plans = CachedPlans(KINDS, stored.load, most=2)
    a, b, c = stored.hashes
    for content in (a, b, a, c, a, b):
        plans.of(content)
    assert stored.read == [a, b, c, b]


def test_an_unknown_content_is_not_found() -> None:
    with pytest.raises(NotFound):
        CachedPlans(KINDS, Stored(0).load).of("unknown")


def test_plans_serve_several_threads() -> None:
    stored = Stored(5)
    plans = CachedPlans(KINDS, stored.load, most=3)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda number: plans.of(stored.hashes[number % 5]).hash, range(200)))
    assert found == [stored.hashes[number % 5] for number in range(200)]
