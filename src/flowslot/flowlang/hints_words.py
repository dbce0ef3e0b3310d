"""The words of a hint: items to choose from and what is said of the one under the caret, from types that were told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowslot.domain.definition import Definition
from flowslot.domain.hints import HintItem, Hints, Hover, Writing
from flowslot.flowlang.hints_caret import After, Caret
from flowslot.flowlang.hints_marks import BOUND, VALUE, WORD
from flowslot.flowlang.hints_methods import EVERY_METHOD
from flowslot.flowlang.hints_types import Members, shown
from flowslot.flowlang.prelude_functions import LISTED_FUNCTIONS
from flowslot.flowlang.prelude_names import MODULES, ON_TYPES
from flowslot.flowlang.type_writer_rows import Rows

_NAMES = {
    "trigger": "What started the run.",
    "config": "The configuration values of the workspace.",
    "run": "The run itself: its id, workspace, slot, version and when it started.",
    "item": "The current item.",
    "index": "The number of the current item, from 0.",
    "key": "The key of the current item.",
    "error": "What failed: its code, its message and the step.",
    "steps": "The outputs of the steps before.",
}
_FUNCTIONS = {each.name: each for each in LISTED_FUNCTIONS}
_WORDS = ("True", "False", "None")


@dataclass(frozen=True, slots=True)
class Seen:
    """The types that the checker told."""

    names: Mapping[str, str]
    steps: Mapping[str, str]
    marks: Mapping[str, str]


class Words:
    """Says what was found in one definition."""

    def __init__(self, rows: Rows, definition: Definition, seen: Seen) -> None:
        self._members = Members(rows)
        self._definition = definition
        self._seen = seen

    def hints(self, caret: Caret | None, writing: Writing, *, whole: str | None) -> Hints:
        kind = None if whole is None else shown(whole)
        if caret is None:
            return Hints(writing.offset, type=kind)
        return Hints(caret.start + caret.word[0], self._items(caret), self._hover(caret), kind)

    # ------------------------------------------------------------ items

    def _items(self, caret: Caret) -> Sequence[HintItem]:
        value = self._seen.marks.get(VALUE, "Any")
        if caret.after is After.NOTHING:
            return [*self._names(), *_functions()]
        if caret.value == "steps":
            return list(self._steps(quoted=caret.after is After.BRACKET))
        if caret.after is After.DOT:
            return list(_on_type(caret.value)) if caret.value in ON_TYPES else self._members.after_dot(value)
        if caret.after is After.QUOTE:
            return self._members.keys(value)
        return [*self._members.keys(value, quoted=True), *self._names()]

    def _names(self) -> Iterator[HintItem]:
        bound = {mark.removeprefix(BOUND): kind for mark, kind in self._seen.marks.items() if mark.startswith(BOUND)}
        for name, kind in bound.items():
            yield HintItem(name, "name", shown(kind), "A name of this expression.")
        for name, kind in self._seen.names.items():
            if name not in bound:
                yield HintItem(name, "name", shown(kind), self._about_name(name))
        yield HintItem("steps", "name", "object", _NAMES["steps"])

    def _steps(self, *, quoted: bool) -> Iterator[HintItem]:
        for step, kind in self._seen.steps.items():
            yield HintItem(f'"{step}"' if quoted else step, "field", shown(kind), self._about_step(step))

    def _about_name(self, name: str) -> str:
        schemas = {"trigger": self._definition.trigger.input_schema, "config": self._definition.config_schema}
        said = (schemas.get(name) or {}).get("description")
        if isinstance(said, str):
            return said
        return _NAMES.get(name, _NAMES["index"] if name.endswith("_index") else _NAMES["item"])

    def _about_step(self, step: str) -> str:
        found = next((each for each in self._definition.every_step() if each.id == step), None)
        return "" if found is None else found.name or f"Output of a step {found.kind}."

    # ------------------------------------------------------------ what is under the caret

    def _hover(self, caret: Caret) -> Hover | None:
        if not caret.written or caret.after is After.BRACKET:
            return None
        start = caret.word[0] if caret.base is None else caret.base[0]
        text = caret.source[start : caret.end]
        said = self._said_of(caret, text)
        return None if said is None else Hover(caret.start + start, caret.start + caret.end, text, *said)

    def _said_of(self, caret: Caret, text: str) -> tuple[str, str] | None:
        """The type and the meaning of what is under the caret."""
        if text in _FUNCTIONS and text not in self._seen.names:
            return _FUNCTIONS[text].call, _FUNCTIONS[text].about
        if text in MODULES:
            return "module", f"Functions of Python's {text}."
        if caret.after is After.DOT and caret.is_called:
            method = EVERY_METHOD.get(caret.written)
            return None if method is None else (method.call, method.about)
        kind = self._seen.marks.get(WORD)
        if kind is None or kind == "Unknown":
            return None
        if caret.after is After.NOTHING:
            bound = f"{BOUND}{caret.written}" in self._seen.marks
            return shown(kind), "A name of this expression." if bound else self._about_name(caret.written)
        if caret.value == "steps":
            return shown(kind), self._about_step(caret.written)
        return shown(kind), self._members.about(self._seen.marks.get(VALUE, "Any"), caret.written)


def _functions() -> Iterator[HintItem]:
    for name, function in _FUNCTIONS.items():
        if "." not in name:
            yield HintItem(name, "function", function.call, function.about)
    for name in MODULES:
        yield HintItem(name, "name", "module", f"Functions of Python's {name}.")
    for name in _WORDS:
        yield HintItem(name, "name", "bool" if name != "None" else "None", "")


def _on_type(owner: str) -> Iterator[HintItem]:
    """What a listed type or module has."""
    for name in sorted(ON_TYPES[owner]):
        listed = _FUNCTIONS.get(f"{owner}.{name}")
        call = f"{owner}.{name}" if listed is None else listed.call
        about = "" if listed is None else listed.about
        if owner == "str":
            call, about = EVERY_METHOD[name].call, EVERY_METHOD[name].about
        yield HintItem(name, "function" if "(" in call else "field", call, about)
