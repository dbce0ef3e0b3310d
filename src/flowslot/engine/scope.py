"""What expressions see: the names of a run and the outputs of its steps so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowslot.base.json_text import Json


class Scope:
    """Names (trigger, config, run, loop names, error) and outputs by `steps.<id>`; null for a step that did not run."""

    __slots__ = ("names", "outputs")

    def __init__(self, names: Mapping[str, Json], outputs: dict[str, Json]) -> None:
        self.names = names
        self.outputs = outputs

    def seen(self, roots: Iterable[str], more: Mapping[str, Json] | None) -> dict[str, Json]:
        """The values of the roots an expression uses; `more` comes before the names here."""
        found: dict[str, Json] = {}
        for root in roots:
            if more is not None and root in more:
                found[root] = more[root]
            elif root in self.names:
                found[root] = self.names[root]
            else:
                found[root] = self.outputs.get(root)
        return found

    def keep(self, step: str, output: Json) -> None:
        self.outputs[f"steps.{step}"] = output

    def inside(self, more: Mapping[str, Json] | None) -> Scope:
        """A block in this scope with more names: what its steps put out is seen outside as well."""
        return self if not more else Scope({**self.names, **more}, self.outputs)

    def iteration(self, more: Mapping[str, Json] | None) -> Scope:
        """One iteration of a loop: it sees what is outside, and outside sees nothing of it."""
        return Scope({**self.names, **(more or {})}, dict(self.outputs))
