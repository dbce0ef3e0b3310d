"""The webhook secret of a registration: set or made new, shown once, the one before valid beside it."""

from __future__ import annotations

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.refusals import refuse_invalid
from flowslot.app.validation import stored_definition
from flowslot.app.webhook_auth import new_secret, why_bad_secret
from flowslot.base.errors import Problem
from flowslot.base.ids import RegistrationId
from flowslot.domain.flow import Flow, Registration
from flowslot.domain.resolve import version_to_run

DEFAULT_AUTH = "standard_webhooks"


def rotate(deps: Deps, call: Call, *, flow: str, workspace: str, secret: str | None = None) -> str:
    """Gives a registration a new webhook secret, made here unless one is given; its text is never shown again.

    The secret before it stays valid until the next rotation. Raises Invalid for one that the sign-in cannot use.
    """
    call.caller.needs(Role.AUTHOR)
    with deps.store.begin(call) as uow:
        row, here = uow.flows.get(flow), uow.workspaces.get(workspace)
        registration = uow.registrations.get(row.id, here.id)
        auth = _auth(deps, uow, row, registration)
        text = new_secret(auth, deps.ids) if secret is None else secret
        if reason := why_bad_secret(auth, text):
            refuse_invalid([Problem("/secret", "unfit", reason)])
        valid = uow.registrations.webhook_secrets(registration.id)
        sealed = deps.vault.seal(text.encode(), place=secret_place(registration.id))
        uow.registrations.set_webhook_secret(registration.id, sealed, previous=valid[0] if valid else None)
        uow.record(event(Action.WEBHOOK_SECRET_ROTATED, flow=row.id, workspace=here.id))
        return uow.commit(text)


def secret_place(registration: RegistrationId) -> str:
    """Where a registration's webhook secret belongs, for the Vault."""
    return f"registration/{registration}/webhook"


def _auth(deps: Deps, uow: UnitOfWork, flow: Flow, registration: Registration) -> object:
    """How the version that runs here lets webhooks in; else another deployed one; else the default."""
    runs = version_to_run(flow, registration, empty_main=deps.empty_main).version
    for number in dict.fromkeys((runs, flow.staging_version, flow.main_version)):
        if number is None:
            continue
        trigger = stored_definition(deps, uow, flow, version=number).trigger
        if trigger.kind == "webhook":
            return getattr(trigger.settings, "auth", DEFAULT_AUTH)
    return DEFAULT_AUTH
