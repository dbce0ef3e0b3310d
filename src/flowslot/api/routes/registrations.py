"""Operations on registrations: one flow in one workspace (R7, R10, R15, R20)."""

from __future__ import annotations

from functools import partial

from flowslot.api.answers.registrations import (
    RegistrationAnswer,
    RegistrationRowAnswer,
    SecretAnswer,
    registration_answer,
    registration_row_answer,
)
from flowslot.api.ask import Ask
from flowslot.api.paging import CountedPageAnswer
from flowslot.api.requests.registrations import (
    NewRegistration,
    NewSecret,
    NewSlot,
    RegistrationChange,
    RegistrationsQuery,
)
from flowslot.api.routing import Routes
from flowslot.app import registrations, slots, webhook_secrets
from flowslot.app.callers import Role
from flowslot.app.lists import RegistrationFilter
from flowslot.base.errors import (
    AlreadyRegistered,
    InUse,
    NoMainVersion,
    NothingStaged,
    PrivateFlow,
    RevisionConflict,
    ValidationFailed,
    ValidationStale,
)

routes = Routes("registrations")


@routes.post(
    "/flows/{flow}/registrations",
    Role.AUTHOR,
    status=201,
    location="/flows/{flow}/registrations/{workspace}",
    errors=[PrivateFlow, AlreadyRegistered],
)
def register(ask: Ask, *, flow: str, body: NewRegistration) -> RegistrationAnswer:
    """Register a flow in a workspace.

    It looks to main there, also while main is empty (R7). A private flow cannot be registered elsewhere (R15).
    """
    shape = partial(registration_answer, base_url=ask.base_url)
    made = registrations.register(
        ask.deps,
        ask.call(shape),
        flow=flow,
        workspace=body.workspace,
        config=body.config,
        connections=body.connections,
        active=body.active,
    )
    return shape(made)


@routes.get("/flows/{flow}/registrations", Role.VIEWER)
def list_registrations(ask: Ask, *, flow: str, query: RegistrationsQuery) -> CountedPageAnswer[RegistrationRowAnswer]:
    """List every workspace that has the flow, with what it runs, lacks and did lately."""
    only = RegistrationFilter(query.text, query.slot, query.active, query.complete, query.order)
    found = ask.views.registrations(ask.scope, flow, only=only, page=ask.page(query))
    items = [registration_row_answer(row, base_url=ask.base_url) for row in found.items]
    return CountedPageAnswer(items, ask.next_of(found, query=query), found.total or 0)


@routes.get("/flows/{flow}/registrations/{ws}", Role.VIEWER)
def show_registration(ask: Ask, *, flow: str, ws: str) -> RegistrationRowAnswer:
    """Show a registration."""
    return registration_row_answer(ask.views.registration(ask.scope, flow, workspace=ws), base_url=ask.base_url)


@routes.patch("/flows/{flow}/registrations/{ws}", Role.AUTHOR)
def change_registration(ask: Ask, *, flow: str, ws: str, body: RegistrationChange) -> RegistrationAnswer:
    """Switch a registration on or off, or replace its configuration or connections (R20)."""
    changed = registrations.change(
        ask.deps,
        ask.call(),
        flow=flow,
        workspace=ws,
        config=body.config,
        connections=body.connections,
        active=body.active,
    )
    return registration_answer(changed, base_url=ask.base_url)


@routes.delete("/flows/{flow}/registrations/{ws}", Role.AUTHOR, errors=[InUse])
def remove_registration(ask: Ask, *, flow: str, ws: str) -> None:
    """Take a flow out of a workspace.

    Refused while runs of it have not ended there.
    """
    registrations.remove(ask.deps, ask.call(), flow=flow, workspace=ws)


@routes.put(
    "/flows/{flow}/registrations/{ws}/slot",
    Role.PROMOTER,
    errors=[NothingStaged, NoMainVersion, RevisionConflict, ValidationFailed, ValidationStale],
)
def put_on_slot(ask: Ask, *, flow: str, ws: str, body: NewSlot) -> RegistrationAnswer:
    """Make the version in a slot the active one of this workspace (R10).

    Nothing else moves. Putting a workspace on staging validates as deploying does (R3).
    """
    moved = slots.put_on_slot(
        ask.deps,
        ask.call(),
        flow=flow,
        workspace=ws,
        slot=body.slot,
        expected_revision=body.expected_revision,
    )
    return registration_answer(moved, base_url=ask.base_url)


@routes.post("/flows/{flow}/registrations/{ws}/webhook-secret", Role.AUTHOR, holds_secret=True)
def rotate_webhook_secret(ask: Ask, *, flow: str, ws: str, body: NewSecret) -> SecretAnswer:
    """Set or renew the secret that webhooks are signed with.

    It is shown this once. The secret before it stays valid beside it until the next time.
    """
    text = webhook_secrets.rotate(ask.deps, ask.call(SecretAnswer), flow=flow, workspace=ws, secret=body.secret)
    return SecretAnswer(text)
