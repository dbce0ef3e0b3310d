"""What a JSON Schema validator found, in words for people: never the value itself, always its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import jsonschema_rs

from flowslot.base.errors import Problem
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.pointers import escaped, pointer_of

_Kind = jsonschema_rs.ValidationErrorKind

MAX_PROBLEMS = 100
MAX_TEXT = 200_000
"""Characters that pointers and messages have together: a pointer repeats keys, which may be long."""

TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}


def first_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As many problems as are told at once."""
    found: list[Problem] = []
    size = 0
    for problem in islice(problems, MAX_PROBLEMS):
        size += len(problem.pointer) + len(problem.message)
        if found and size > MAX_TEXT:
            break
        found.append(problem)
    return tuple(found)


def readable(error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
    """The problems an error stands for; of alternatives those of the one that was meant, where that is clear."""
    pointer = pointer_of(error.instance_path)
    match error.kind:
        case _Kind.Required(property=name):
            yield Problem(f"{pointer}/{escaped(name)}", "missing", f"{name!r} is missing.")
        case _Kind.AdditionalProperties(unexpected=names) | _Kind.UnevaluatedProperties(unexpected=names):
            yield from _unexpected(error, pointer, names)
        case _Kind.Type(types=types):
            yield Problem(pointer, "wrong_type", f"This must be {_one_of([TYPES.get(each, each) for each in types])}.")
        case _Kind.AnyOf(context=branches) | _Kind.OneOfNotValid(context=branches):
            yield from _nearest_branch(branches, pointer)
        case _:
            yield Problem(pointer, "invalid", _sentence(error))


def _unexpected(error: jsonschema_rs.ValidationError, pointer: str, names: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        yield Problem(f"{pointer}/{escaped(name)}", "unknown_key", f"{name!r} is not a key that is known here.")


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    match error.kind:
        case _Kind.Enum(options=options):
            known = [str(option) for option in options]
            meant = did_you_mean(error.instance, known) if isinstance(error.instance, str) else ""
            return f"This must be {_one_of([f'{option!r}' for option in known[:20]])}.{meant}"
        case _Kind.Format(format=name):
            return f"This must be a text of the format {name}."
        case _Kind.FalseSchema():
            return "Nothing is allowed here."
        case _:
            text = error.message[:300]
            return text if text.endswith(".") else f"{text}."


def _nearest_branch(branches: Sequence[Sequence[jsonschema_rs.ValidationError]], pointer: str) -> Iterator[Problem]:
    """A branch whose own type fits is the one that was meant; so is the only one whose problems lie deeper."""
    found = [[problem for error in branch for problem in readable(error)] for branch in branches]
    meant = [problems for problems in found if not any(_is_elsewhere(problem, pointer) for problem in problems)]
    if len(meant) == 1:
        yield from meant[0]
    elif all(len(problems) == 1 and _is_elsewhere(problems[0], pointer) for problems in found):
        kinds = [problems[0].message.removeprefix("This must be ").removesuffix(".") for problems in found]
        yield Problem(pointer, "wrong_type", f"This must be {_one_of(kinds)}.")
    else:
        yield Problem(pointer, "invalid", "This fits none of the alternatives that are allowed here.")


def _is_elsewhere(problem: Problem, pointer: str) -> bool:
    return problem.pointer == pointer and problem.code == "wrong_type"


def _one_of(words: Sequence[str]) -> str:
    unique = list(dict.fromkeys(words))
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} or {unique[-1]}"
