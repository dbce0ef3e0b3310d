"""What the product itself offers, as the API shows it: kinds of steps and triggers, functions, health."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from flowslot.base.json_text import Json


class KindAnswer(Struct, frozen=True):
    """A kind of step or trigger."""

    name: Annotated[str, Meta(description="Its name in a definition.")]
    title: Annotated[str, Meta(description="Its name for people.")]
    about: Annotated[str, Meta(description="Its page in the reference, in Markdown.")]
    schema: Annotated[Json, Meta(description="Its JSON Schema; `$ref`s lead into GET /schemas/flow.")]
    example: Annotated[Json, Meta(description="An example.")]


class KindsAnswer(Struct, frozen=True):
    """Kinds of steps, or of triggers."""

    items: Annotated[list[KindAnswer], Meta(description="All of them.")]
    next: Annotated[None, Meta(description="Always null: there is one page.")] = None


class FunctionAnswer(Struct, frozen=True):
    """A function that expressions may call."""

    name: Annotated[str, Meta(description="Its name.")]
    call: Annotated[str, Meta(description="How it is called.")]
    about: Annotated[str, Meta(description="What it gives.")]
    example: Annotated[str, Meta(description="An expression, without the =.")]
    gives: Annotated[str, Meta(description="What the example gives, as JSON.")]


class FunctionsAnswer(Struct, frozen=True):
    """Functions that expressions may call."""

    items: Annotated[list[FunctionAnswer], Meta(description="All of them, in the order of the reference.")]
    next: Annotated[None, Meta(description="Always null: there is one page.")] = None


class HealthAnswer(Struct, frozen=True):
    """That all is well."""

    status: Annotated[Literal["ok"], Meta(description="Always `ok`: a server that is not well answers 503.")]
