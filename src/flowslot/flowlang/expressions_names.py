"""Which names an expression may use, and what to say of one that it may not."""

from __future__ import annotations

from dataclasses import dataclass

from flowslot.flowlang.habits import CLOCKS
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.prelude_names import FUNCTIONS, METHODS, MODULES, ON_TYPES, READS_CLOCK

_JSON_WORDS = {"true": "True", "false": "False", "null": "None"}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a name cannot stand where it stands."""

    message: str
    code: str = "unknown_name"


def why_not_name(name: str) -> Refused | None:
    """Why a name can be neither data nor a variable."""
    if name.startswith("_") and name != "_":
        return Refused(f"Names that begin with _ cannot be used: {name[:50]}.", "syntax_error")
    if not name.isascii():
        message = "A name is made of the letters a to z, digits and _; other keys stand as x['…']."
        return Refused(message, "syntax_error")
    if name in _JSON_WORDS:
        return Refused(f"Write {_JSON_WORDS[name]} for {name}: expressions are Python.")
    return None


def why_not_function(name: str) -> Refused | None:
    """Why a name cannot be called."""
    if name in FUNCTIONS:
        return None
    if name in MODULES:
        return Refused(f"{name} is not a function; write for example {name}.{min(MODULES[name], key=str.lower)}.")
    if name in CLOCKS:
        return Refused("Expressions read no clock; use run.started_at.")
    return why_not_name(name) or Refused(f"There is no function {name[:50]!r}.{did_you_mean(name, sorted(FUNCTIONS))}")


def why_not_method(name: str) -> Refused | None:
    """Why no value has a method of this name."""
    if name in METHODS:
        return None
    return Refused(f"There is no method {name[:50]!r}.{did_you_mean(name, sorted(METHODS))}")


def why_not_on_type(name: str, owner: str) -> Refused | None:
    """Why a listed type or module has nothing of this name for an expression."""
    known = ON_TYPES.get(owner, frozenset())
    if name in known:
        return None
    if name in READS_CLOCK:
        return Refused("Expressions read no clock; use run.started_at.")
    return Refused(f"There is no {name[:50]!r} in {owner}.{did_you_mean(name, sorted(known))}")
