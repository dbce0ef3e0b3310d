"""Lists in another order than that of an index: the lines' keys are sorted here, and only a part is read whole."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import msgspec

from flowslot.app.lists import MOST_SORTED
from flowslot.app.views import Key, Page, PageAsk
from flowslot.base.errors import Invalid, Problem

Value: TypeAlias = str | int | None
_LONGEST = 50
"""Characters of a text that count: the value stands in the cursor."""

_place = msgspec.json.Decoder(tuple[Value, str])


class Line(NamedTuple):
    """A line's own key, which is unique, and what the list is sorted by."""

    key: str
    value: Value = None


def text_value(text: str | None) -> Value:
    """A text to sort by, as people do: whatever its case."""
    return None if text is None else text.casefold()[:_LONGEST]


def holds(text: str, *texts: str | None) -> bool:
    """Whether a text stands in one of the texts, whatever its case."""
    return any(text.casefold() in each.casefold() for each in texts if each)


def refuse_too_many(lines: Sequence[object]) -> None:
    """Raises Invalid where there are more lines than are sorted."""
    if len(lines) > MOST_SORTED:
        message = f"More than {MOST_SORTED:,} lines cannot be searched or sorted so; leave out the order or the text."
        raise Invalid(message, problems=[Problem("/sort", "too_many", message)])


def sorted_part(lines: Sequence[Line], page: PageAsk, *, descending: bool) -> Page[str]:
    """The keys of a part, and the place to go on after. It stands for a value and a key: lines may come and go."""
    refuse_too_many(lines)
    ordered = _ordered(lines, descending=descending)
    if page.after is not None:
        after = _line_at(page.after)
        ordered = [line for line in ordered if _comes_after(line, after, descending=descending)]
    shown = ordered[: page.limit]
    following = _place_of(shown[-1]) if len(ordered) > page.limit else None
    return Page([line.key for line in shown], following, len(lines))


def _ordered(lines: Sequence[Line], *, descending: bool) -> list[Line]:
    by_key = sorted(lines, key=itemgetter(0))
    valued = [line for line in by_key if line.value is not None]
    valued.sort(key=itemgetter(1), reverse=descending)
    return valued + [line for line in by_key if line.value is None]


def _comes_after(line: Line, after: Line, *, descending: bool) -> bool:
    if line.value == after.value:
        return line.key > after.key
    if line.value is None or after.value is None:
        return line.value is None
    if isinstance(line.value, str) != isinstance(after.value, str):
        raise _no_place()
    later = line.value < after.value if descending else line.value > after.value  # type: ignore[operator]  # of one type
    return bool(later)


def _place_of(line: Line) -> Key:
    return msgspec.json.encode((line.value, line.key)).decode()


def _line_at(place: Key) -> Line:
    try:
        value, key = _place.decode(str(place))
    except (msgspec.DecodeError, ValueError):
        raise _no_place() from None
    return Line(key, value)


def _no_place() -> Invalid:
    problem = Problem("/cursor", "cursor_invalid", "This is no cursor of this list; start again without one.")
    return Invalid("The cursor does not belong to this list.", problems=[problem])
