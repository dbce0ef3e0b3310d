"""HTTP statuses as authors write them: 404, "5xx", "500-599", or a list of these."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from flowslot.base.json_text import Json
from flowslot.flowlang.fields import EDITOR, Wrong, refusal

_CLASS = re.compile(r"[1-5]xx", re.ASCII)
_RANGE = re.compile(r"([1-5][0-9]{2})-([1-5][0-9]{2})", re.ASCII)
_PATTERN = r"^([1-5]xx|[1-5][0-9]{2}-[1-5][0-9]{2})$"


def is_listed(status: int, listed: Sequence[int | str]) -> bool:
    """Whether a status is in a list."""
    return any(status in _range(each) for each in listed)


def _range(written: int | str) -> Collection[int]:
    if isinstance(written, int):
        return (written,)
    found = _RANGE.fullmatch(written)
    if found:
        return range(int(found[1]), int(found[2]) + 1)
    return range(int(written[0]) * 100, int(written[0]) * 100 + 100) if _CLASS.fullmatch(written) else ()


def _is_status(written: Json) -> bool:
    if isinstance(written, int) and not isinstance(written, bool):
        return 100 <= written <= 599
    return isinstance(written, str) and len(_range(written)) > 0


def _checked(written: Json, *, words: Collection[str]) -> list[Json]:
    """The list; one value may stand for itself."""
    allowed = ", ".join([*(f'"{word}"' for word in words), "a status such as 404", '"5xx"', '"500-599"'])
    if not isinstance(written, list):
        if not _is_status(written) and written not in words:
            raise refusal(Wrong(f"Give one of, or a list of: {allowed}."))
        return [written]
    wrong = [number for number, each in enumerate(written) if not _is_status(each) and each not in words]
    if wrong:
        raise refusal(*(Wrong(f"Give one of: {allowed}.", at=f"/{number}") for number in wrong))
    if not written:
        raise refusal(Wrong(f"Give at least one of: {allowed}."))
    return written


def _schema(*words: str) -> WithJsonSchema:
    status: Json = {"type": "integer", "minimum": 100, "maximum": 599}
    range_: Json = {"type": "string", "pattern": _PATTERN}
    one: list[Json] = [status, range_, *({"const": word} for word in words)]
    return WithJsonSchema(
        {EDITOR: "statuses", "anyOf": [*one, {"type": "array", "minItems": 1, "items": {"anyOf": one}}]}
    )


Statuses = Annotated[Json, AfterValidator(lambda written: _checked(written, words=())), _schema()]
StatusesOrNetwork = Annotated[
    Json, AfterValidator(lambda written: _checked(written, words=("network",))), _schema("network")
]
