"""What can be said at a caret, as the API shows it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from flowslot.api.answers.shaping import shaped
from flowslot.domain.hints import Hints


class HintItemAnswer(Struct, frozen=True):
    """One word that may be written at the caret."""

    label: Annotated[str, Meta(description="What to write.")]
    kind: Annotated[Literal["name", "field", "function", "method"], Meta(description="What it is.")]
    type: Annotated[str, Meta(description="Its type; of a function or a method how it is called.")]
    about: Annotated[str, Meta(description="What it means, from the schema or the reference; may be empty.")]


class HoverAnswer(Struct, frozen=True):
    """What stands under the caret."""

    start: Annotated[int, Meta(description="Where it begins in the text.")] = field(name="from")
    end: Annotated[int, Meta(description="Where it ends.")] = field(name="to")
    text: Annotated[str, Meta(description="The name with all that leads to it.")]
    type: Annotated[str, Meta(description="Its type; of a function or a method how it is called.")]
    about: Annotated[str, Meta(description="What it means, from the schema or the reference; may be empty.")]


class HintsAnswer(Struct, frozen=True):
    """What can be said at a caret."""

    start: Annotated[int, Meta(description="Where the word begins that an item completes.")] = field(name="from")
    items: Annotated[list[HintItemAnswer], Meta(description="All words that may stand there, whatever is begun.")]
    hover: Annotated[HoverAnswer | None, Meta(description="What stands under the caret, if it is known.")]
    type: Annotated[str | None, Meta(description="The type of the whole; null where it cannot be evaluated.")]


def hints_answer(hints: Hints) -> HintsAnswer:
    items = [shaped(HintItemAnswer, item) for item in hints.items]
    over = hints.hover
    hover = None if over is None else HoverAnswer(over.start, over.end, over.text, over.type, over.about)
    return HintsAnswer(hints.start, items, hover, hints.type)
