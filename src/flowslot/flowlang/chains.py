"""Chains: the values of several steps, one after the other, evaluated together in one call of the sandbox.

Each value is what it would be by itself. Whatever goes wrong in a chain is nobody's failure: its steps are then
evaluated one by one, and the one that fails says where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flowslot.base.errors import Invalid
from flowslot.base.json_text import Json
from flowslot.flowlang.prelude import chunks_for, prelude
from flowslot.flowlang.values import Compiled
from flowslot.flowlang.values_filling import Budget, fill
from flowslot.flowlang.values_program import SECONDS, Program
from flowslot.flowlang.values_tree import Part, Text, Tree, TreeReader, parts_in


@dataclass(frozen=True, slots=True)
class Link:
    """The values of one step of a chain; later links may use them as `steps.<id>`."""

    step: str
    values: Json


@dataclass(frozen=True, slots=True)
class Chain(Compiled):
    """Several value trees ready to be evaluated together; the result is a list with the value of each."""

    steps: tuple[str, ...] = ()

    def result(self, data: Mapping[str, Json], answers: Json = None) -> Json:
        trees: Sequence[Tree] = self.tree  # type: ignore[assignment]  # compile_chain gives a list of them
        known, found = dict(data), []
        for step, tree in zip(self.steps, trees, strict=True):
            value = fill(tree, known, answers or (), Budget())
            known[f"steps.{step}"] = value
            found.append(value)
        return found


def compile_chain(links: Sequence[Link]) -> Chain | None:
    """The compiled form of a chain; None where its values are not sure to be the same as one by one."""
    reader = TreeReader()
    trees = [reader.read(link.values, "") for link in links]
    if reader.problems:
        raise Invalid("An expression cannot be read.", problems=reader.problems)
    steps = [link.step for link in links]
    used = {root for tree in trees for part in parts_in(tree) for root in part.expression.roots}
    if any(f"steps.{step}" in used and _is_written_by_host(tree) for step, tree in zip(steps, trees, strict=True)):
        return None
    roots = frozenset(used - {f"steps.{step}" for step in steps})
    return Chain(trees, _program(steps, trees, roots), roots, tuple(steps))


def _is_written_by_host(tree: Tree) -> bool:
    """Whether a template in it has a path: in texts the host writes numbers digit by digit, the sandbox cannot."""
    if isinstance(tree, Text):
        return any(isinstance(piece, Part) and piece.slot is None for piece in tree.pieces)
    if isinstance(tree, dict):
        return any(_is_written_by_host(value) for value in tree.values())
    return isinstance(tree, list) and any(_is_written_by_host(value) for value in tree)


def _program(steps: Sequence[str], trees: Sequence[Tree], roots: frozenset[str]) -> Program:
    parts = [part for tree in trees for part in parts_in(tree)]
    names = {name for part in parts for name in part.expression.functions}
    chunks = chunks_for(names | ({"_text"} if any(part.is_text for part in parts) else set()))
    lines = ["_data = _j.loads(_in)"]
    lines += [f"{root} = _data[{root!r}]" for root in sorted(roots) if not root.startswith("steps.")]
    given = ", ".join(f"{root[6:]!r}: _data[{root!r}]" for root in sorted(roots) if root.startswith("steps."))
    lines.append(f"steps = {{{given}}}")
    answers: list[str] = []
    for step, tree in zip(steps, trees, strict=True):
        lines.append(f"steps[{step!r}] = _j.loads(_json({_value(tree, lines, answers)}))")
    lines.append(f"'[' + ','.join([{', '.join(f'_json({name})' for name in answers)}]) + ']'")
    body = "\n".join(lines)
    return Program(f"{prelude(chunks)}\n{body}", body, {}, roots, "_zone" in chunks, SECONDS, False)


def _value(tree: Tree, lines: list[str], answers: list[str]) -> str:
    """A Python expression for a tree; a line before it for each of its parts, those the host asks for in `answers`."""
    if isinstance(tree, Part):
        name = f"_v{len(lines)}"
        lines.append(f"{name} = {'_text' if tree.is_text else ''}({tree.expression.text})")
        if tree.slot is not None:
            answers.append(name)
        return name
    if isinstance(tree, Text):
        return f"''.join([{', '.join(_piece(each, lines, answers) for each in tree.pieces)}])"
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{key!a}: {_value(each, lines, answers)}' for key, each in tree.items())}}}"
    if isinstance(tree, list):
        return f"[{', '.join(_value(each, lines, answers) for each in tree)}]"
    return repr(float(tree)) if isinstance(tree, Decimal) else ascii(tree)


def _piece(piece: str | Part, lines: list[str], answers: list[str]) -> str:
    return ascii(piece) if isinstance(piece, str) else _value(piece, lines, answers)
