"""The TypeWriter: step kinds describe their values to it, and it writes the program that the checker reads."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.calls import FlowCall
from flowslot.domain.definition import Block, Step
from flowslot.domain.resolve import CallSlot
from flowslot.flowlang.checker_expected import Expected
from flowslot.flowlang.code_checks import CodeToCheck
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.outcome_schemas import End, Question
from flowslot.flowlang.type_writer_rows import Row, Rows
from flowslot.flowlang.type_writer_scope import Scope
from flowslot.flowlang.unread import Unread
from flowslot.flowlang.values_tree import Part, Text, Tree, TreeReader, Unreadable, parts_in

MAX_CONSTANT = 200
"""Values of a tree without expressions that are told to the checker; a larger one is Any."""
_LONG = 200
"""Characters of a text that are told to the checker."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a called flow."""

    input: Json | None = None
    """The schema of its input."""
    outcome: Mapping[str, Json] = field(default_factory=dict)
    """The schemas of the status, message and details it ends with."""


UNKNOWN = Known()


class FlowTypes:
    """Writes one definition; implements TypeWriter."""

    def __init__(
        self,
        kinds: Mapping[str, StepKind],
        called: Mapping[FlowCall, Known],
        *,
        asks_for_outcome: bool = False,
        watch: Callable[[FlowTypes, Part, str], None] | None = None,
    ) -> None:
        """`watch` is told of each expression, once it is written, and of the name of its value."""
        self.problems: list[Problem] = []
        self.rows = Rows()
        self.scope = Scope(self.rows)
        self.ends: list[End] = []
        """What the stop steps say that can end the run, where that is asked for."""
        self.codes: list[CodeToCheck] = []
        """The sources of code steps, to be checked with the types of their inputs."""
        self._kinds = kinds
        self._called = called
        self._asks_for_outcome = asks_for_outcome
        self._watch = watch
        self._step: Step | None = None

    # ------------------------------------------------------------ steps

    def write(self, steps: tuple[Step, ...]) -> None:
        """All steps, in the order they stand."""
        for step in steps:
            self._write_step(step)

    def _write_step(self, step: Step) -> str:
        with self._at(step):
            if step.condition is not None:
                self.value(step.condition, pointer="/if")
            with self.scope.step(step):
                output = self._unread(step, step.settings) if isinstance(step.settings, Unread) else self._known(step)
            maybe = step.condition is not None or step.disabled
            return self.scope.add(step, f"FS_maybe({output})" if maybe else output)

    def _known(self, step: Step) -> str:
        return self._kinds[step.kind].output_type(step, self)

    def _unread(self, step: Step, settings: Unread) -> str:
        """A step whose settings could not be read: what is in it is checked as far as it can be."""
        names = dict.fromkeys(settings.names, "FS_any")
        with self.scope.names(names):
            for pointer, value in settings.values:
                self.value(value, pointer=pointer)
        for block in step.blocks:
            self.block(block, names=names if settings.loops else {"error": "FS_any"})
        return "FS_any"

    @contextmanager
    def _at(self, step: Step) -> Iterator[None]:
        outer, self._step = self._step, step
        try:
            yield
        finally:
            self._step = outer

    def block(self, block: Block, *, names: Mapping[str, str] | None = None, result: Json | None = None) -> str:
        with self.scope.block(block, names or {}):
            outputs = [self._write_step(step) for step in block.steps]
            last = outputs[-1] if outputs else "None"
            return self.rows.assign(last if result is None else self.value(result, pointer="/result"))

    # ------------------------------------------------------------ values

    def value(self, values: Json, *, pointer: str, expected: Json | None = None) -> str:
        tree = self._read(values, pointer)
        place = self._pointer(pointer)
        if expected is None:
            return self._written(tree)
        return Expected(self.rows, expected, self._add, self._written).check(tree, place)

    def _read(self, values: Json, pointer: str) -> Tree:
        reader = TreeReader(unreadable=Unreadable())
        tree = reader.read(values, self._pointer(pointer))
        self.problems.extend(reader.problems)
        return tree

    def _written(self, tree: Tree) -> str:
        """The lines of a tree; the name of its value."""
        if isinstance(tree, Part):
            return self._part(tree)
        if isinstance(tree, Text):
            for part in parts_in(tree):
                self._part(part)
            return "FS_text"
        if isinstance(tree, Unreadable):
            return "FS_any"
        if isinstance(tree, dict | list) and _size(tree, MAX_CONSTANT) >= MAX_CONSTANT and not any(parts_in(tree)):
            return "FS_any"
        if isinstance(tree, dict):
            return self._object(tree)
        if isinstance(tree, list):
            return self._list(tree)
        return _constant(tree)

    def _object(self, tree: Mapping[str, Tree]) -> str:
        if not tree:
            return "FS_object"
        values = [self._written(value) for value in tree.values()]
        return self.rows.assign(f"{self.rows.maker(list(tree))}({', '.join(values)})")

    def _list(self, tree: Sequence[Tree]) -> str:
        values = [self._written(each) for each in tree]
        if not values or len({_shape(each) for each in tree if not isinstance(each, Part)}) > 1:
            return "FS_list"  # of one that is mixed, the checker would take each item for any of them
        return self.rows.assign(f"[{', '.join(values)}]")

    def _part(self, part: Part) -> str:
        value = self._value_of(part)
        if self._watch is not None:
            self._watch(self, part, value)
        return value

    def _value_of(self, part: Part) -> str:
        unknown = list(self.scope.unknown(part))
        self.problems.extend(unknown)
        if unknown:
            return "FS_any"
        return self.rows.part(part, names=self.scope.show(part.expression.roots))

    def is_seen(self, part: Part) -> bool:
        """Whether all that an expression reads is in scope where writing stands now."""
        return not any(self.scope.unknown(part))

    # ------------------------------------------------------------ mappings and items

    def mapped(self, over: Json, to: Json, where: Json | None) -> str:
        source = self.value(over, pointer="/over")
        item = self._item("FS_item", source, self._read_first(over, "/over"), about="map")
        names = {"item": item, "index": self.cast("int"), "key": self.cast("str")}
        with self.scope.names(names):
            if where is not None:
                self.value(where, pointer="/where")
            made = self.value(to, pointer="/to")
        return self.rows.assign(f"FS_mapped({source}, {made})")

    def items_of(self, values: Json, *, pointer: str) -> str:
        found = self.value(values, pointer=pointer)
        return self._item("FS_each", found, self._read_first(values, pointer), about="each")

    def _read_first(self, values: Json, pointer: str) -> Part | None:
        tree = TreeReader().read(values, self._pointer(pointer))
        return tree if isinstance(tree, Part) else None

    def _item(self, taking: str, values: str, part: Part | None, *, about: str) -> str:
        row = None if part is None else Row(part, self.rows.text_of(part), -1, about)
        return self.rows.assign(f"{taking}({values})", row=row)

    # ------------------------------------------------------------ types

    def of_schema(self, schema: Json | None) -> str:
        return self.rows.types.of(schema)

    def cast(self, type_name: str) -> str:
        tree = ast.parse(type_name, mode="eval").body
        return self.rows.assign(self._value_of_type(tree))

    def _value_of_type(self, node: ast.expr) -> str:
        """A value of a type; where the type was given as the name of a value, that value."""
        if not any(isinstance(each, ast.Name) and each.id.endswith("_") for each in ast.walk(node)):
            return f"FS_cast({ast.unparse(node)}, None)"
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
            return f"[{node.slice.id}]"
        if isinstance(node, ast.BinOp):
            return f"({self._value_of_type(node.left)} if FS_flag() else {self._value_of_type(node.right)})"
        return node.id if isinstance(node, ast.Name) else "FS_any"

    # ------------------------------------------------------------ the rest of the contract

    def problem(self, pointer: str, code: str, message: str) -> None:
        self._add(Problem(self._pointer(pointer), code, message))

    def code(self, source: str, *, inputs: Mapping[str, Json]) -> None:
        values = {name: self.value(value, pointer=f"/inputs/{name}") for name, value in inputs.items()}
        if not self._asks_for_outcome:
            asked = {name: self.rows.reveal(value) for name, value in values.items()}
            self.codes.append(
                CodeToCheck(source.replace("\r\n", "\n").replace("\r", "\n"), self._pointer("/code"), asked)
            )

    def stop(self, *, status: Json, message: Json, details: Json) -> None:
        if self.scope.stop() and self._asks_for_outcome:
            read = [self._asked(self._read(value, "")) for value in (message, details)]
            self.ends.append(End(status, *read))

    def _asked(self, tree: Tree) -> Tree:
        """A tree with questions for the types of its expressions."""
        if isinstance(tree, Part):
            return Question(self.rows.reveal(self._part(tree)))
        if isinstance(tree, dict):
            return {key: self._asked(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self._asked(each) for each in tree]
        return tree

    def called_input(self, flow: str, *, slot: str) -> Json | None:
        return self._called.get(FlowCall(flow, CallSlot(slot)), UNKNOWN).input

    def called_outcome(self, flow: str, *, slot: str) -> Mapping[str, Json]:
        return self._called.get(FlowCall(flow, CallSlot(slot)), UNKNOWN).outcome

    def _add(self, problem: Problem) -> None:
        self.problems.append(problem)

    def _pointer(self, pointer: str) -> str:
        """A pointer given within the current step, from the root of the document."""
        base = self._step.pointer if self._step else ""
        return pointer if base and pointer.startswith(f"{base}/") else f"{base}{pointer}"


def _constant(value: Json) -> str:
    if isinstance(value, str):
        return ascii(value) if len(value) <= _LONG else "FS_text"
    if isinstance(value, Decimal | float):
        return "FS_number"
    return repr(value)


def _shape(tree: Tree) -> str:
    """What kind of value stands written in a list: items of the same shape have the same type, or nearly."""
    if isinstance(tree, dict):
        return f"object {sorted(tree)}"
    if isinstance(tree, str | Text):
        return "text"
    if isinstance(tree, int | float | Decimal) and not isinstance(tree, bool):
        return "number"
    return type(tree).__name__


def _size(tree: Tree, limit: int) -> int:
    """How many values a tree has, counted up to a limit."""
    found = 0
    queue = [tree]
    while queue and found < limit:
        node = queue.pop()
        found += 1
        if isinstance(node, dict | list):
            queue.extend(node.values() if isinstance(node, dict) else node)
    return found
