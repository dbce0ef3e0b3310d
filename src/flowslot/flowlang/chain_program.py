"""The program of a chain: the expressions of several steps in one text, the value of each known to the later ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flowslot.flowlang.prelude import chunks_for, prelude
from flowslot.flowlang.values import Compiled
from flowslot.flowlang.values_program import SECONDS, Program
from flowslot.flowlang.values_tree import LOOP_NAMES, MapTree, Part, Text, Tree, parts_in

Links = Sequence[tuple[str, Compiled]]
"""What each step evaluates, in order."""

_NO_NAMES: frozenset[str] = frozenset()


def chain_program(links: Links) -> Program:
    """Answers `[answers of the first, answers of the second, …]`, each as its own program would give them."""
    lines = _Lines(links, "_data", inner=_NO_NAMES)
    lines.begin(lines.roots)
    lines.links()
    lines.add(f"_json([{', '.join(lines.answers)}])")
    return lines.program(lines.roots)


def each_program(links: Links, *, names: frozenset[str], items: str) -> Program:
    """The same for each scope in the data's `items`: a list of such lists. A scope gives the names."""
    lines = _Lines(links, "_scope", inner=names)
    outer = lines.roots - names
    lines.begin(outer)
    lines.add("_outer = steps", "_all = []", f"for _scope in _data[{items!r}]:")
    lines.indent = "    "
    lines.add("steps = {**_outer}")
    lines.names(lines.roots & names)
    lines.links()
    lines.add(f"_all.append([{', '.join(lines.answers)}])")
    lines.indent = ""
    lines.add("_json(_all)")
    return lines.program(outer | {items})


class _Lines:
    """The lines of a program while it is written."""

    def __init__(self, links: Links, source: str, *, inner: frozenset[str]) -> None:
        self.answers: list[str] = []
        self.indent = ""
        self._links = links
        self._source = source
        """Where the names that a loop inside may take are read from again."""
        self._inner = inner
        self._needed = _needed(links)
        self.roots = _roots(links, self._needed)
        self._lines: list[str] = []
        self._count = 0

    def add(self, *lines: str) -> None:
        self._lines += [f"{self.indent}{line}" for line in lines]

    def begin(self, roots: frozenset[str]) -> None:
        """Reads what is sent."""
        self.add("_data = _j.loads(_in)")
        self.add(*(f"{root} = _data[{root!r}]" for root in sorted(roots) if not root.startswith("steps.")))
        given = ", ".join(f"{root[6:]!r}: _data[{root!r}]" for root in sorted(roots) if root.startswith("steps."))
        self.add(f"steps = {{{given}}}")

    def names(self, names: Iterable[str]) -> None:
        """The names of a scope."""
        self.add(*(f"{name} = {self._from(name)}[{name!r}]" for name in sorted(names)))

    def _from(self, name: str) -> str:
        return self._source if name in self._inner else "_data"

    def links(self) -> None:
        """What each step evaluates; its answers, and its value where later steps go on with it here."""
        for step, compiled in self._links:
            if isinstance(compiled.tree, MapTree):
                self._map(step, compiled, compiled.tree)
            else:
                self._values(step, compiled)

    def _values(self, step: str, compiled: Compiled) -> None:
        needed = step in self._needed
        asked = [part for part in parts_in(compiled.tree) if part.slot is not None]
        known: dict[int, str] = {}
        for part in parts_in(compiled.tree) if needed else asked:
            known[id(part)] = self._part(part)
        self.answers.append(f"[{', '.join(known[id(part)] for part in asked)}]")
        if needed:
            self._keep(step, _value(compiled.tree, known))

    def _map(self, step: str, compiled: Compiled, tree: MapTree) -> None:
        needed = step in self._needed
        if compiled.program is None and not needed:
            self.answers.append("None")
            return
        place = self._name()
        known = {id(part): self._part(part) for part in parts_in(tree.over)}
        self.add(f"{place} = {_value(tree.over, known)}", f"{place}r = []", f"{place}m = []")
        self.add(f"for index, (key, item) in enumerate(_pairs({place})):")
        outside, self.indent = self.indent, f"{self.indent}    "
        self._item(tree, place, needed=needed)
        self.indent = outside
        self.names(LOOP_NAMES & self.roots)
        if compiled.program is None:
            self.answers.append("None")
        else:
            keys = "None" if tree.over_in_host else f"_keys({place})"
            self.answers.append(f"{{'keys': {keys}, 'rows': {place}r}}")
        if needed:
            self._keep(step, f"{place}m if _keys({place}) is None else {{_k: _m for _k, _m in {place}m}}")

    def _item(self, tree: MapTree, place: str, *, needed: bool) -> None:
        if tree.where is not True:
            known = {id(part): self._part(part) for part in parts_in(tree.where)}
            self.add(f"if not {_value(tree.where, known)}:", "    continue")
        asked = [part for part in parts_in(tree.to) if part.slot is not None]
        known = {id(part): self._part(part) for part in (parts_in(tree.to) if needed else asked)}
        self.add(f"{place}r.append([{', '.join(['index', *(known[id(part)] for part in asked)])}])")
        if needed:
            value = _value(tree.to, known)
            self.add(f"{place}m.append({value} if key is None else (key, {value}))")

    def _keep(self, step: str, value: str) -> None:
        self.add(f"steps[{step!r}] = _j.loads(_json({value}))")

    def _name(self) -> str:
        self._count += 1
        return f"_v{self._count}"

    def _part(self, part: Part) -> str:
        """A line that computes a part; the name of its value."""
        name = self._name()
        self.add(f"{name} = {'_text' if part.is_text else ''}({part.expression.text})")
        return name

    def program(self, sent: frozenset[str]) -> Program:
        parts = [part for _, compiled in self._links for part in _parts_of(compiled.tree)]
        used = {name for part in parts for name in part.expression.functions}
        used |= {"_text"} if any(part.is_text for part in parts) else set()
        used |= {"_pairs"} if any(isinstance(compiled.tree, MapTree) for _, compiled in self._links) else set()
        chunks = chunks_for(used)
        body = "\n".join(self._lines)
        return Program(f"{prelude(chunks)}\n{body}", body, {}, sent, "_zone" in chunks, SECONDS, False)


def _parts_of(tree: Tree | MapTree) -> Sequence[Part]:
    if isinstance(tree, MapTree):
        return [*parts_in(tree.over), *parts_in(tree.to), *parts_in(tree.where)]
    return list(parts_in(tree))


def _needed(links: Links) -> frozenset[str]:
    """The steps whose whole value the sandbox needs, because it goes on with it."""
    needed: set[str] = set()
    for step, compiled in reversed(links):
        if compiled.program is not None or step in needed:
            needed |= {root[6:] for root in compiled.roots if root.startswith("steps.")}
    return frozenset(needed & {step for step, _ in links})


def _roots(links: Links, needed: frozenset[str]) -> frozenset[str]:
    """The data that is sent."""
    made = {f"steps.{step}" for step, _ in links}
    asked = [compiled for step, compiled in links if compiled.program is not None or step in needed]
    return frozenset(root for compiled in asked for root in compiled.roots) - made


def _value(tree: Tree, known: dict[int, str]) -> str:
    """A Python expression for a whole tree, given the names of its parts' values."""
    if isinstance(tree, Part):
        return known[id(tree)]
    if isinstance(tree, Text):
        pieces = [ascii(each) if isinstance(each, str) else known[id(each)] for each in tree.pieces]
        return f"''.join([{', '.join(pieces)}])"
    if isinstance(tree, dict):
        return f"{{{', '.join(f'{key!a}: {_value(each, known)}' for key, each in tree.items())}}}"
    if isinstance(tree, list):
        return f"[{', '.join(_value(each, known) for each in tree)}]"
    return repr(float(tree)) if isinstance(tree, Decimal) else ascii(tree)
