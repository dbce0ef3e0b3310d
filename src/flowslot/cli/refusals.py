"""How a command ends when it did not do what was asked: refused (1), used wrongly (2), server not reached (3)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from flowslot.base.json_text import Json, dump

REFUSED = 1
WRONG_USE = 2
NOT_REACHED = 3


@dataclass(eq=False)
class Refused(Exception):
    """The server (or a check here) said no: the problem document of RFC 9457, and its text as it came."""

    status: int
    problem: Mapping[str, Json]
    raw: bytes = b""

    @property
    def code(self) -> str:
        return str(self.problem.get("code") or f"http_{self.status}")

    def __str__(self) -> str:
        return f"{self.code}: {self.problem.get('detail') or self.problem.get('title') or ''}"


class WrongUse(Exception):
    """What was given on the command line or in a file cannot be used."""


class NotReached(Exception):
    """No server answered."""


def refused_here(code: str, detail: str, **more: Json) -> Refused:
    """A refusal that needs no server to be said."""
    problem = {"title": detail, "status": 409, "detail": detail, "code": code, **more}
    return Refused(409, problem, dump(problem))


def tell_refusal(refused: Refused, *, json: bool) -> int:
    """Prints why: the problem document with --json, otherwise code, detail and problems. Gives the exit status."""
    if json:
        sys.stdout.write(refused.raw.decode("utf-8", "replace").rstrip("\n") + "\n")
    sys.stderr.write(f"refused: {refused}\n")
    if not json:
        _tell_more(refused)
    return REFUSED


def _tell_more(refused: Refused) -> None:
    from flowslot.cli.tables import print_problems, print_table

    if problems := refused.problem.get("problems"):
        print_problems(problems, errors=True)
    if changes := refused.problem.get("changes"):
        columns = ("action", "actor", "at", "version")
        print_table(
            "Changed since you looked", columns, [[each.get(c) for c in columns] for each in changes], errors=True
        )
    if refused.code == "unauthenticated":
        sys.stderr.write("Set FLOWSLOT_TOKEN to an API token; `flowslot setup` gives the first one.\n")


def tell_wrong_use(error: WrongUse) -> int:
    """Prints what was wrong. Gives the exit status."""
    sys.stderr.write(f"error: {error}\n")
    return WRONG_USE


def tell_not_reached(error: NotReached) -> int:
    """Prints which server did not answer. Gives the exit status."""
    sys.stderr.write(f"error: {error}\n")
    return NOT_REACHED
