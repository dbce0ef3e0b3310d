"""The `Plans` port: versions parsed once, kept by content hash."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.parse import parse

MOST = 500


class CachedPlans:
    """Parsed versions by content hash; the one used longest ago goes first. Safe to use from several threads."""

    def __init__(self, kinds: Mapping[str, StepKind], load: Callable[[str], Json], *, most: int = MOST) -> None:
        self._kinds = kinds
        self._load = load
        self._most = most
        self._kept: OrderedDict[str, Definition] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, content_hash: str) -> Definition:
        """Raises NotFound when no version has this content."""
        with self._lock:
            if content_hash in self._kept:
                self._kept.move_to_end(content_hash)
                return self._kept[content_hash]
        definition = parse(self._load(content_hash), self._kinds)
        with self._lock:
            self._kept[content_hash] = definition
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return definition
