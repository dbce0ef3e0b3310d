"""Hints while an expression is written: completion, types under the caret, from the checker that validates flows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition
from flowslot.domain.hints import Hints, Writing
from flowslot.flowlang.checked_program import CheckedProgram
from flowslot.flowlang.checker_messages import problem_of
from flowslot.flowlang.checker_stubs import STUBS
from flowslot.flowlang.expressions import read_expression
from flowslot.flowlang.expressions_source import ExpressionError, Place
from flowslot.flowlang.hints_caret import After, Caret, caret_in
from flowslot.flowlang.hints_document import is_readable, placed, stand_in
from flowslot.flowlang.hints_marks import asks, marked, revealing
from flowslot.flowlang.hints_words import Seen, Words
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.outcomes import known_of
from flowslot.flowlang.parse import sketch
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.sandbox_checks import CheckFailed, Diagnostic
from flowslot.flowlang.type_writer import FlowTypes
from flowslot.flowlang.type_writer_rows import revealed
from flowslot.flowlang.values_tree import Part

MAX_KEPT = 200
"""Answers of the checker that are remembered, by the program they are about."""

CalledBy = Callable[[Definition], Mapping[FlowCall, CalledFlow]]
"""What is known of the flows that a definition calls."""
_kept: OrderedDict[str, Sequence[Diagnostic]] = OrderedDict()
_keeping = threading.Lock()


def hints_at(
    document: Json, writing: Writing, kinds: Mapping[str, StepKind], called_by: CalledBy, sandbox: Sandbox
) -> Hints:
    """What can be said of a text that is written in a document, however broken both are. Blocking."""
    caret = caret_in(writing.text, writing.offset)
    readable = is_readable(writing.text)
    if caret is None and not readable:
        return Hints(writing.offset)
    place = placed(document, writing.pointer, writing.text if readable else stand_in(writing.text))
    if place is None:
        return Hints(writing.offset)
    for each in (place, *place.as_set()):
        made = sketch(each.document, kinds)
        if made.definition is None:
            continue
        watch = _Watch(each.pointer, caret)
        known = known_of(called_by(made.definition), kinds, sandbox)
        program = CheckedProgram(made.definition, kinds, known, watch=watch)
        if watch.value is not None:
            return _told(writing, watch, program, sandbox, readable=readable)
    return Hints(writing.offset)


@dataclass(slots=True)
class _Watch:
    """Waits until the text is written for the checker, and then asks what it is to tell of that place."""

    pointer: str
    caret: Caret | None
    value: int | None = None
    """The question for the type of the expression."""
    marks: tuple[int, int] | None = None
    """The line with the questions at the caret, and the column they begin at."""
    asked: Sequence[tuple[str, int]] = ()
    names: dict[str, int] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)

    def __call__(self, types: FlowTypes, part: Part, value: str) -> None:
        if part.pointer != self.pointer or self.value is not None:
            return
        self.value = types.rows.reveal(value)
        if self.caret is None:
            return
        if self.caret.after in (After.NOTHING, After.BRACKET):
            self.names = {name: types.rows.reveal(value) for name, value in types.scope.seen_names.items()}
        if self.caret.value == "steps":
            self.steps = {step: types.rows.reveal(value) for step, value in types.scope.seen_steps.items()}
        if asks(self.caret):
            self._mark(types, self.caret)

    def _mark(self, types: FlowTypes, caret: Caret) -> None:
        for source in marked(caret):
            try:
                expression = read_expression(source)
            except ExpressionError:
                continue
            part = Part(expression, "", Place(1, 1), None)
            if types.is_seen(part):
                text, self.asked = revealing(types.rows.text_of(part))
                self.marks = types.rows.question(part, text, names=types.scope.show(expression.roots))
                return

    @property
    def wanted(self) -> Sequence[int]:
        marks = () if self.marks is None else (self.marks[0],)
        own = () if self.value is None else (self.value,)
        return [*own, *self.names.values(), *self.steps.values(), *marks]


@dataclass(slots=True)
class _Answers:
    """What the checker said to the questions."""

    told: dict[int, str] = field(default_factory=dict)
    """Types, by the number of the question."""
    marks: dict[str, str] = field(default_factory=dict)
    """Types at the caret."""
    fits: bool = True
    """Whether nothing is wrong with the expression."""

    def read(self, watch: _Watch, program: CheckedProgram, sandbox: Sandbox) -> None:
        rows = program.types.rows
        text, lines = rows.part_of_program(program.parameters, watch.wanted)
        self.fits = not any(problem.pointer == watch.pointer for problem in program.types.problems)
        for each in _checked(text, sandbox):
            number, kind = lines.get(each.line, -1), revealed(each)
            if kind is None:
                row = rows.rows.get(number)
                wrong = row and row.part.pointer == watch.pointer and problem_of(row, each, rows.maker)
                self.fits = self.fits and not wrong
            elif watch.marks is not None and number == watch.marks[0]:
                self._mark(watch, each.column - 1 - watch.marks[1], kind)
            else:
                self.told[number] = kind

    def _mark(self, watch: _Watch, column: int, kind: str) -> None:
        for name, at in watch.asked:
            if at == column:
                self.marks.setdefault(name, kind)

    def of(self, questions: Mapping[str, int]) -> Mapping[str, str]:
        return {name: self.told.get(number, "Any") for name, number in questions.items()}


def _told(writing: Writing, watch: _Watch, program: CheckedProgram, sandbox: Sandbox, *, readable: bool) -> Hints:
    answers = _Answers()
    try:
        answers.read(watch, program, sandbox)
    except CheckFailed:
        return Hints(writing.offset)
    seen = Seen(answers.of(watch.names), answers.of(watch.steps), answers.marks)
    whole: str | None = None
    if readable and answers.fits and watch.value is not None:
        whole = answers.told.get(watch.value, "Any") if writing.text.startswith("=") else "str"
    return Words(program.types.rows, program.definition, seen).hints(watch.caret, writing, whole=whole)


def _checked(program: str, sandbox: Sandbox) -> Sequence[Diagnostic]:
    """What the checker says of a program; remembered."""
    key = sha256(program.encode()).hexdigest()
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = sandbox.check(program, STUBS)
    with _keeping:
        _kept[key] = found
        if len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return found
