"""Trials: what an order to run an unsaved definition adds to the run's row, and what goes on record of it (R19)."""

from __future__ import annotations

from sqlalchemy import bindparam, insert

from flowslot.app.audit import Action
from flowslot.app.journal import Order
from flowslot.base.json_text import dump
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor
from flowslot.storage.statements import Given, Statement
from flowslot.storage.tables import audit

_SAID = ("at", "actor", "action", "flow_id", "workspace_id", "about")
_begun = insert(audit).values({name: bindparam(name, type_=audit.c[name].type) for name in _SAID})


def tried(order: Order) -> Given:
    """What the statement that inserts a trial is given beyond that of other runs."""
    trial = order.target.trial
    if trial is None:
        return {}
    return {
        "tried": trial.definition,
        "tried_hash": trial.hash,
        "actor": trial.actor,
        "action": Action.TRIAL_STARTED.value,
        "flow_id": order.route.flow,
        "workspace_id": order.route.workspace,
        "about": dump({"run": order.id, "hash": trial.hash}),
    }


class TrialRecord:
    """The statement that puts a trial on record, in the transaction that accepts its run."""

    def __init__(self, backend: Backend) -> None:
        self._begun = Statement(backend, _begun)

    def begun(self, cursor: RawCursor, given: Given) -> None:
        self._begun.change(cursor, given)
