"""Value trees: JSON in which texts may be expressions and templates, compiled once and evaluated often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.errors import Invalid, Problem
from flowslot.base.json_text import Json, dump
from flowslot.flowlang.values_filling import Budget, fill, fill_map
from flowslot.flowlang.values_numbers import as_written
from flowslot.flowlang.values_program import Program, map_program, values_program
from flowslot.flowlang.values_tree import LOOP_NAMES, MapTree, Part, Text, Tree, TreeReader, parts_in


@dataclass(frozen=True, slots=True)
class MapValues:
    """A mapping as written: `to` for each item of `over` for which `where` is true."""

    over: Json
    to: Json
    where: Json | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """A value tree or a mapping, ready to be evaluated any number of times."""

    tree: Tree | MapTree
    program: Program | None
    """What the sandbox runs; None when the host can answer everything."""
    roots: frozenset[str]
    """The data it reads: `trigger`, `config`, `run`, `item`, …, and `steps.<id>` one by one."""

    @property
    def is_path_only(self) -> bool:
        """Whether it is answered in the host, without the sandbox."""
        return self.program is None

    def result(self, data: Mapping[str, Json], answers: Json = None) -> Json:
        """The value, given the data of its roots and what the sandbox answered. Raises StepFailure."""
        answers = as_written(answers, [data[root] for root in self.roots])
        if isinstance(self.tree, MapTree):
            return fill_map(self.tree, data, answers, Budget())
        return fill(self.tree, data, answers, Budget())


def compile_values(values: Json, *, pointer: str) -> Compiled:
    """The compiled form of the values that stand at `pointer`. Raises Invalid with every problem."""
    reader = TreeReader()
    tree = reader.read(values, pointer)
    _refuse(reader.problems)
    parts = list(parts_in(tree))
    return Compiled(tree, values_program(parts), _roots(parts))


def compile_map(over: Json, to: Json, where: Json | None, *, pointer: str) -> Compiled:
    """The compiled form of a mapping; `to` and `where` know `item`, `index` and, over an object, `key`."""
    outer = TreeReader()
    source = outer.read(over, f"{pointer}/over")
    over_in_host = not outer.slots
    inner = TreeReader(sandboxed=frozenset() if over_in_host else LOOP_NAMES)
    made = inner.read(to, f"{pointer}/to")
    written = True if where is None else where
    test = TreeReader()
    kept = test.read(written, f"{pointer}/where")
    _refuse([*outer.problems, *inner.problems, *test.problems])
    if not over_in_host or inner.slots or test.slots:  # once the sandbox is asked, it leaves items out itself
        kept = TreeReader(sandboxed=None).read(written, f"{pointer}/where")
    tree = MapTree(source, made, kept, over_in_host, len(dump(_bare(made))))
    roots = _roots(parts_in(source)) | (_roots([*parts_in(made), *parts_in(kept)]) - LOOP_NAMES)
    return Compiled(tree, map_program(tree), roots)


def _roots(parts: Iterable[Part]) -> frozenset[str]:
    return frozenset(root for part in parts for root in part.expression.roots)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Invalid("An expression cannot be read; each problem names its place.", problems=problems)


def _bare(tree: Tree) -> Json:
    """The constant parts of a tree."""
    if isinstance(tree, Part | Text):
        return None
    if isinstance(tree, dict):
        return {key: _bare(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_bare(value) for value in tree]
    return tree
