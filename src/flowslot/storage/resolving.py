"""Which version a trigger runs, in SQL: the rule of domain/resolve.py in the statement that inserts a run (R7, R13).

A test holds the two equal over every case.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Boolean, ColumnElement, Integer, and_, bindparam, case, func, literal_column

from flowslot.app.journal import Target
from flowslot.domain.resolve import CallSlot, EmptyMain
from flowslot.domain.slots import Slot
from flowslot.storage.tables import Text, flow, registration

NO_VERSION = 0
"""Stands in the row of a trial where other runs have the number of their version."""


class Way(Enum):
    """How a trigger finds its version."""

    HOOK = "hook"  # by one of the registration's two addresses
    OWN = "own"  # what the registration looks to
    MAIN = "main"  # main, asked for by a call
    STAGING = "staging"  # staging where it has a version, asked for by a caller that runs there
    GIVEN = "given"  # this very version
    TRIAL = "trial"  # no version: a definition that comes with the order


@dataclass(frozen=True, slots=True)
class Resolved:
    """The version and the slot that a trigger gets, as expressions over one registration and its flow."""

    version: ColumnElement[int] | ColumnElement[int | None]
    slot: ColumnElement[str]


def way_of(target: Target) -> Way:
    """How this target's version is found."""
    if target.hook is not None:
        return Way.HOOK
    if target.version is not None:
        return Way.GIVEN
    if target.trial is not None:
        return Way.TRIAL
    if target.call is CallSlot.CALLER:
        return Way.STAGING if target.caller_slot is Slot.STAGING else Way.MAIN
    return Way.MAIN if target.call is CallSlot.MAIN else Way.OWN


def parameters_of(target: Target) -> dict[str, object]:
    """The parameters of `resolved` that the target gives."""
    return {"hook": target.hook, "given": target.version}


def fallback_of(empty_main: EmptyMain) -> dict[str, object]:
    """The parameter of `resolved` that the operator's setting gives."""
    return {"fallback": empty_main is EmptyMain.STAGING}


def resolved(way: Way) -> Resolved:
    """What a registration gets that way. Parameters: `fallback`, and `hook` or `given` where the way has it."""
    return _WAYS[way]


def on_staging() -> ColumnElement[bool]:
    """Whether the registration looks to staging: its epoch is the flow's, and there is a version."""
    return and_(registration.c.staging_epoch == flow.c.slot_epoch, flow.c.staging_version.is_not(None))


_TO_MAIN: ColumnElement[str] = literal_column("'main'", Text)
_TO_STAGING: ColumnElement[str] = literal_column("'staging'", Text)


def _main() -> Resolved:
    empty = and_(flow.c.main_version.is_(None), bindparam("fallback", type_=Boolean))
    falls_back = and_(empty, flow.c.staging_version.is_not(None))
    return Resolved(
        case((falls_back, flow.c.staging_version), else_=flow.c.main_version),
        case((falls_back, _TO_STAGING), else_=_TO_MAIN),
    )


def _chosen(condition: ColumnElement[bool], yes: Resolved, otherwise: Resolved) -> Resolved:
    return Resolved(
        case((condition, yes.version), else_=otherwise.version), case((condition, yes.slot), else_=otherwise.slot)
    )


def _given(own: Resolved) -> Resolved:
    """A given version is labelled with the slot it is in; with the registration's own when it is in none or in both."""
    number = bindparam("given", type_=Integer)
    slot = case(
        (func.coalesce(own.version, 0) == number, own.slot),
        (func.coalesce(flow.c.staging_version, 0) == number, _TO_STAGING),
        (func.coalesce(flow.c.main_version, 0) == number, _TO_MAIN),
        else_=own.slot,
    )
    return Resolved(number, slot)


def _ways() -> dict[Way, Resolved]:
    main = _main()
    staging = Resolved(flow.c.staging_version, _TO_STAGING)
    own = _chosen(on_staging(), staging, main)
    by_staging_address = registration.c.hook_staging == bindparam("hook", type_=Text)
    return {
        Way.HOOK: _chosen(by_staging_address, staging, own),
        Way.OWN: own,
        Way.MAIN: main,
        Way.STAGING: _chosen(flow.c.staging_version.is_not(None), staging, main),
        Way.GIVEN: _given(own),
        Way.TRIAL: Resolved(literal_column(str(NO_VERSION), Integer), own.slot),
    }


_WAYS = _ways()
