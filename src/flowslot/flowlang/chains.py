"""Chains: what several steps evaluate, one after the other, in one call of the sandbox; also once for each item.

Each value is what it would be by itself. Whatever goes wrong in a chain is nobody's failure: its steps are then
evaluated one by one, and the one that fails says where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.json_text import Json
from flowslot.flowlang.chain_program import chain_program, each_program
from flowslot.flowlang.values import Compiled, MapValues, compile_map, compile_values
from flowslot.flowlang.values_tree import MapTree, Part, Text, Tree

ITEMS = "_items"
"""The root under which the scopes of the items are sent."""


@dataclass(frozen=True, slots=True)
class Link:
    """What one step of a chain evaluates; later links may use its value as `steps.<id>`."""

    step: str
    values: Json | MapValues


@dataclass(frozen=True, slots=True)
class Chain(Compiled):
    """Several values ready to be evaluated together; the result is a list with the value of each."""

    links: tuple[tuple[str, Compiled], ...] = ()

    def result(self, data: Mapping[str, Json], answers: Json = None) -> Json:
        return self.filled(data, answers)

    def filled(self, data: Mapping[str, Json], answers: Sequence[Json]) -> list[Json]:
        """The value of each link, given the sandbox's answers to each."""
        known, found = dict(data), []
        for (step, compiled), answer in zip(self.links, answers, strict=True):
            value = known[f"steps.{step}"] = compiled.result(known, answer)
            found.append(value)
        return found


@dataclass(frozen=True, slots=True)
class EachChain(Compiled):
    """A chain for each item of a loop; the result is a list with the values of each item."""

    chain: Chain | None = None

    def result(self, data: Mapping[str, Json], answers: Json = None) -> Json:
        assert self.chain is not None
        filled = self.chain.filled
        return [filled({**data, **scope}, row) for scope, row in zip(data[ITEMS], answers, strict=True)]


def compile_chain(links: Sequence[Link]) -> Chain | None:
    """The compiled form of a chain; None where its values are not sure to be the same as one by one."""
    compiled = [(link.step, _compiled(link.values)) for link in links]
    if _may_differ(compiled):
        return None
    made = frozenset(f"steps.{step}" for step, _ in compiled)
    roots = frozenset(root for _, each in compiled for root in each.roots) - made
    return Chain(None, chain_program(compiled), roots, tuple(compiled))


def compile_each(links: Sequence[Link], *, names: frozenset[str]) -> EachChain | None:
    """A chain for each item of a loop whose scopes add `names`."""
    chain = compile_chain(links)
    if chain is None:
        return None
    program = each_program(chain.links, names=names, items=ITEMS)
    return EachChain(None, program, (chain.roots - names) | {ITEMS}, chain)


def _compiled(values: Json | MapValues) -> Compiled:
    if isinstance(values, MapValues):
        return compile_map(values.over, values.to, values.where, pointer="")
    return compile_values(values, pointer="")


def _may_differ(links: Sequence[tuple[str, Compiled]]) -> bool:
    """Whether a value that the sandbox is to go on with has a text in it which it would write otherwise than the host.

    In texts the host writes numbers digit by digit as they were written; the sandbox cannot.
    """
    used = {root for _, each in links if each.program is not None for root in each.roots}
    return any(f"steps.{step}" in used and _is_written_by_host(each.tree) for step, each in links)


def _is_written_by_host(tree: Tree | MapTree) -> bool:
    if isinstance(tree, MapTree):
        return _is_written_by_host(tree.to)
    if isinstance(tree, Text):
        return any(isinstance(piece, Part) and piece.slot is None for piece in tree.pieces)
    if isinstance(tree, dict):
        return any(_is_written_by_host(value) for value in tree.values())
    return isinstance(tree, list) and any(_is_written_by_host(value) for value in tree)
