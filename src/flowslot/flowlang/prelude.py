"""The functions expressions may call, and the source that gives them in the sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from flowslot.flowlang.prelude_dates import DATE_CHUNKS
from flowslot.flowlang.prelude_functions import LISTED_FUNCTIONS, ListedFunction
from flowslot.flowlang.prelude_names import LISTED, METHODS
from flowslot.flowlang.prelude_source import CHUNKS, NEEDS

__all__ = ["LISTED", "LISTED_FUNCTIONS", "METHODS", "ListedFunction", "chunks_for", "everything", "prelude"]

_ALL = {**CHUNKS, **DATE_CHUNKS}
_ORDER = {name: number for number, name in enumerate(_ALL)}


def chunks_for(used: Iterable[str]) -> frozenset[str]:
    """The chunks of the prelude that some names need, the names themselves included where they are chunks."""
    found = {"_json"}
    queue = [name for name in used if name in _ALL]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue.extend(NEEDS.get(name, ()))
    return frozenset(found)


@lru_cache(maxsize=1)
def everything() -> str:
    """The whole prelude."""
    return prelude(frozenset(_ALL))


@lru_cache(maxsize=1024)
def prelude(chunks: frozenset[str]) -> str:
    """The source of some chunks, in an order in which each finds what it needs; it ends without a line end."""
    return "".join(_ALL[name] for name in sorted(chunks, key=_ORDER.__getitem__)).rstrip("\n")
