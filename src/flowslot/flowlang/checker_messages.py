"""What the type checker found, said in the user's own terms and at the place in the user's own text."""

from __future__ import annotations

import re
from collections.abc import Callable

from flowslot.base.errors import Problem
from flowslot.flowlang.checker_forms import Maker
from flowslot.flowlang.checker_places import At, located
from flowslot.flowlang.checker_words import readable, type_in_words
from flowslot.flowlang.prelude_names import TEXT_METHODS
from flowslot.flowlang.sandbox_checks import Diagnostic
from flowslot.flowlang.type_writer_rows import Row

_UNKNOWN_KEY = re.compile(r'Unknown key "(.*?)" for TypedDict .*?(?:did you mean "(.*?)"\?)?$', re.DOTALL)
_KEY_TYPE = re.compile(r"got key of type `(.*)`$")
_IN_UNION = re.compile(r"Attribute `(\w+)` is not defined on `(.*?)` in union")
_NO_ATTRIBUTE = re.compile(r"Object of type `(.*)` has no attribute `(\w+)`")
_GETITEM = re.compile(r"Method `__getitem__` .* key of type `(.*)` on object of type `(.*)`$", re.DOTALL)
_TYPE = re.compile(r"type `(.*?)`")
_OVERLOAD = re.compile(r"No overload of [a-z ]+ `(?:\w+\.)?(\w+)`")
_BETWEEN = re.compile(r"Operator `(.+?)` is not supported between (?:two )?objects of type `(.*?)`(?: and `(.*)`)?$")
_UNARY = re.compile(r"Unary operator `(.+?)` is not supported for object of type `(.*)`$")
_ARGUMENT = re.compile(r"Argument to [a-z ]+ `(.*?)` is incorrect: Expected `(.*)`, found `(.*)`$")
_IGNORED = frozenset(("revealed-type", "undefined-reveal", "unresolved-reference", "redundant-cast"))

_A_STEP = re.compile(r"steps\.\w+")
_IS_TEXT = re.compile(r"""str$|LiteralString|Literal\[["']""")
_IS_NUMBER = re.compile(r"int\b|float\b|Literal\[-?\d")
_LENGTHS = frozenset(("length", "size", "count"))
_OF_MATCHES = frozenset(("group", "groups", "groupdict", "start", "end", "span"))
"""Methods that only a match of `re.search` and the like has."""
_OF_KEYS = frozenset(
    ("invalid-key", "not-subscriptable", "unresolved-attribute", "possibly-missing-attribute", "no-matching-overload")
)
"""Rules that are about a key or a method: that is where the problem is shown."""

Said = tuple[str, str] | None


def problem_of(row: Row, diagnostic: Diagnostic, maker: Maker) -> Problem | None:
    """The problem to report for what was found in a line; None for what is no problem to the user."""
    if diagnostic.rule in _IGNORED:
        return None
    if row.column < 0:
        return _asked(row, diagnostic)
    start = diagnostic.column - 1 - row.column
    if row.text[max(start, 0) :].startswith(("FS_json(", "FS_plain(")):
        return None
    at = located(row, start, diagnostic.end_column - 1 - row.column, maker)
    if diagnostic.message.startswith("Method `__getitem__`"):  # it points at what stands before the brackets
        at = at.key_of()
    said = _TELL.get(diagnostic.rule, _tell_other)(at, diagnostic.message)
    if said is None:
        return None
    code, message = said
    place = at.place(of_key=diagnostic.rule in _OF_KEYS or at.is_key).after(row.part.start)
    return Problem(row.part.pointer, code, message, line=place.line, column=place.column)


def _tell_key(at: At, message: str) -> Said:
    unknown = _UNKNOWN_KEY.search(message)
    if unknown is not None:
        if unknown[1] == "output" and _A_STEP.fullmatch(at.base):
            return "unknown_field", f"There is no field 'output' in {at.base}: {at.base} is the output already."
        near = f" Did you mean {unknown[2]!r}?" if unknown[2] else ""
        return "unknown_field", f"There is no field {unknown[1]!r} in {at.base}.{near}"
    key = _KEY_TYPE.search(message)
    if key is None or not re.search(r"\b(int|float)\b|Literal\[-?\d", key[1]):
        return None  # a field whose name is only known in a run: it may well be there
    return "type_error", f"{at.base} is an object: its fields have names, not positions."


def _tell_subscript(at: At, message: str) -> Said:
    if "`None`" in message:
        return "type_error", f"{at.base} may be null; check it first, for example with 'if {at.base}'."
    kind = _TYPE.search(message)
    return "type_error", f"{at.base} is {type_in_words(kind[1]) if kind else 'no object'}: it has no fields."


def _tell_attribute(at: At, message: str) -> Said:
    part = _IN_UNION.search(message)
    if part is not None:
        kind = type_in_words(part[2])
        if kind == "null" and part[1] in _OF_MATCHES:
            return None  # an expression has no way to name a match and to look at it first
        check = "; check it first" if kind == "null" else ""
        return "type_error", f"{at.base} may be {kind}, and that has no {at.member(part[1])}{check}."
    whole = _NO_ATTRIBUTE.search(message)
    if whole is None:
        return _tell_other(at, message)
    return "type_error", f"{at.base} is {type_in_words(whole[1])}, and that has no {at.member(whole[2])}."


def _tell_argument(at: At, message: str) -> Said:
    item = _GETITEM.search(message)
    if item is not None:
        return _tell_item(at, key=item[1], kind=item[2])
    found = _ARGUMENT.search(message)
    if found is None:
        return _tell_other(at, message)
    name = found[1].removesuffix(".__new__").removesuffix(".__init__").rpartition(".")[2]
    wanted, given = type_in_words(found[2]), type_in_words(found[3])
    taker = {"FS_merge": "{**…}", "FS_dict": "dict(…)"}.get(name, f"{name}(…)")
    return "type_error", f"{taker} wants {wanted} here; this is {given}."


def _tell_item(at: At, *, key: str, kind: str) -> Said:
    asked = re.fullmatch(r"""Literal\[["'](\w+)["']\]""", key)
    if asked is not None and asked[1] in _LENGTHS:
        return "type_error", f"{at.base} is {type_in_words(kind)}: len({at.base}) says how long it is."
    if asked is not None and kind == "str" and asked[1] in TEXT_METHODS:
        call = f"{at.base}.{asked[1]}()"
        return "type_error", f"{at.base} is a text: write {call} to call the method."
    if kind.startswith("list[") and re.search(r"\bstr\b|Literal\['|Literal\[\"", key):
        return "type_error", f"{at.base} is a list: choose an item first, for example {at.base}[0]."
    if "None" in key.split(" | "):
        return "type_error", f"What stands in the brackets after {at.base} may be null."
    if re.search(r"Literal\['|Literal\[\"", key):
        return "type_error", f"{at.base} is {type_in_words(kind)}: it has no fields."
    return "type_error", f"{at.base} is {type_in_words(kind)}: {type_in_words(key)} cannot stand in its brackets."


def _tell_overload(at: At, message: str) -> Said:
    found = _OVERLOAD.search(message)
    name = found[1] if found else "this"
    if name in ("FS_items", "FS_values", "FS_get"):
        return "type_error", f"{at.base} is not an object, or may be null: it has no .{name[3:]}()."
    if name == "FS_or":
        return "type_error", "These two cannot be joined with |: both must be objects, numbers or sets, and not null."
    if name == "FS_sum":
        return (
            "type_error",
            "These cannot be added: one may be null, or a decimal beside a number; decimal(…) makes one.",
        )
    name = name.removeprefix("FS_")
    return "type_error", f"{name}(…) does not take what it is given here: something may be null or of another type."


def _tell_operator(at: At, message: str) -> Said:
    two = _BETWEEN.search(message)
    if two is not None:
        kinds = [type_in_words(each) for each in (two[2], two[3] or two[2])]
        return "type_error", f"{two[1]} cannot stand between {kinds[0]} and {kinds[1]}.{_advice(two)}"
    one = _UNARY.search(message)
    if one is not None:
        return "type_error", f"{one[1]} cannot stand before {type_in_words(one[2])}."
    return _tell_other(at, message)


def _advice(operator: re.Match[str]) -> str:
    sides = [operator[2], operator[3] or operator[2]]
    if any("None" in side for side in sides):
        return " Check for null first."
    one_is_text = sum(bool(_IS_TEXT.match(side)) for side in sides) == 1
    if operator[1] == "+" and one_is_text and any(_IS_NUMBER.match(side) for side in sides):
        return " To make a text of it write str(…), or a text with {{ … }}."
    return ""


def _tell_iteration(at: At, message: str) -> Said:
    if "None" in message:
        return "type_error", f"{at.text} may be null, so there may be nothing to go through; check it first."
    kind = _TYPE.search(message)
    return (
        "type_error",
        f"{at.text} is {type_in_words(kind[1]) if kind else 'no list'}: there is nothing to go through.",
    )


def _tell_other(at: At, message: str) -> Said:
    return "type_error", readable(message)


_TELL: dict[str, Callable[[At, str], Said]] = {
    "invalid-key": _tell_key,
    "not-subscriptable": _tell_subscript,
    "unresolved-attribute": _tell_attribute,
    "possibly-missing-attribute": _tell_attribute,
    "invalid-argument-type": _tell_argument,
    "no-matching-overload": _tell_overload,
    "unsupported-operator": _tell_operator,
    "not-iterable": _tell_iteration,
}


def _asked(row: Row, diagnostic: Diagnostic) -> Problem | None:
    """The problem of a line that asks something of an expression's value."""
    path, _, wanted = row.wanted.partition("|")
    what = f"{path.lstrip('.')} of this" if path else "this"
    kind = _TYPE.search(diagnostic.message)
    given = type_in_words(kind[1]) if kind else "something else"
    told = {
        "map": "over must give a list or an object; this may be something else, or null.",
        "each": "in must give a list; this may be something else, or null.",
        "list": f"A list is wanted for {what}; it is {given}.",
        "field": f"The field {path.lstrip('.')!r} is wanted; this may not have it, or may be null.",
        "fits": f"{wanted[:1].upper()}{wanted[1:]} is wanted for {what}; it is {given}.",
    }
    code = "missing_field" if row.about == "field" else "type_error"
    place = row.part.start
    return Problem(row.part.pointer, code, told[row.about], line=place.line, column=place.column)
