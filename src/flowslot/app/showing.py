"""What use cases answer with: the same views that screens read, made inside the unit of work, before its commit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flowslot.app.callers import Scope
from flowslot.app.ports import Connection, Deps, Token, UnitOfWork, User
from flowslot.app.views import (
    ConnectionView,
    FlowView,
    PromotionView,
    RegistrationView,
    TokenView,
    UserView,
    VersionView,
    WorkspaceView,
)
from flowslot.base.clock import time_text
from flowslot.domain.flow import Flow, Promotion, Registration, Version, VersionKind, Workspace
from flowslot.domain.history import icons
from flowslot.domain.promotion import can_undo
from flowslot.domain.resolve import Resolution, version_to_run
from flowslot.domain.slots import slot_of


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def show_workspace(workspace: Workspace) -> WorkspaceView:
    """A workspace as it is shown."""
    return WorkspaceView(
        slug=workspace.slug,
        name=workspace.name,
        kind=workspace.kind,
        customer=workspace.customer,
        created_at=time_text(workspace.created_at),
    )


def show_version(uow: UnitOfWork, flow: Flow, version: Version) -> VersionView:
    """A version as history shows it, with its icons (R8, R9)."""
    return VersionView(
        number=version.number,
        hash=version.hash,
        author=version.author,
        at=time_text(version.at),
        note=version.note,
        workspace=uow.workspaces.slugs([version.workspace]).get(version.workspace),
        kind=version.kind,
        discarded=version.discarded,
        icons=icons(flow, version.number),
    )


def may_see(scope: Scope, version: VersionView) -> bool:
    """What was deployed is everybody's; a draft is seen where its workspace is."""
    return scope.workspaces is None or version.kind is VersionKind.STAGED or version.workspace is not None


def show_flow(uow: UnitOfWork, flow: Flow, *, scope: Scope) -> FlowView:
    """A flow as it stands for somebody, with the versions in its slots."""

    def shown(number: int | None) -> VersionView | None:
        found = show_version(uow, flow, uow.versions.get(flow.id, number)) if number else None
        return found if found is not None and may_see(scope, found) else None

    return flow_view(
        flow,
        shown,
        home=uow.workspaces.slugs([flow.home_workspace]).get(flow.home_workspace),
        registrations=flow.registrations if scope.workspaces is None else len(uow.workspaces.of_flow(flow.id)),
    )


def flow_view(
    flow: Flow, shown: Callable[[int | None], VersionView | None], *, home: str | None, registrations: int
) -> FlowView:
    """A flow's view; `shown` gives the view of a version, None where it is not to be seen."""
    return FlowView(
        slug=flow.slug,
        name=flow.name,
        visibility=flow.visibility,
        revision=flow.revision,
        main=shown(flow.main_version),
        staging=shown(flow.staging_version),
        latest=shown(flow.latest_version),
        home_workspace=home,
        registrations=registrations,
    )


def show_registration(
    deps: Deps, uow: UnitOfWork, *, flow: Flow, workspace: Workspace, registration: Registration
) -> RegistrationView:
    """A registration with its slot (R8), what it resolves to (R7), and where its triggers come in."""
    resolution = version_to_run(flow, registration, empty_main=deps.empty_main)
    return RegistrationView(
        flow=flow.slug,
        workspace=workspace.slug,
        customer=workspace.customer,
        slot=slot_of(flow, registration),
        fallback=resolution.fallback,
        resolved_version=resolution.version,
        active=registration.active,
        config=registration.config,
        connections=registration.connections,
        takes_webhooks="webhook" in _trigger_kinds(uow, flow),
        hook_main=registration.hook_main,
        hook_staging=registration.hook_staging,
        webhook_secret_set=bool(uow.registrations.webhook_secrets(registration.id)),
        next_tick=_time(_next_tick(uow, flow, registration, resolution)),
        since=time_text(registration.since),
    )


def _trigger_kinds(uow: UnitOfWork, flow: Flow) -> set[str]:
    deployed = {number for number in (flow.main_version, flow.staging_version) if number is not None}
    return {uow.versions.definition(flow.id, number)["trigger"]["kind"] for number in deployed}


def _next_tick(uow: UnitOfWork, flow: Flow, registration: Registration, resolution: Resolution) -> datetime | None:
    if resolution.running_on is None or not registration.active:
        return None
    return uow.schedules.get(flow.id, resolution.slot.value)


def show_promotion(uow: UnitOfWork, flow: Flow, promotion: Promotion) -> PromotionView:
    """A promotion as it stands in the flow's history."""
    place = uow.workspaces.slugs([promotion.workspace]).get(promotion.workspace)
    return promotion_view(flow, promotion, workspace=place, counts=True)


def promotion_view(flow: Flow, promotion: Promotion, *, workspace: str | None, counts: bool) -> PromotionView:
    """A promotion's view; its counts, which are of the whole account, are for those who see all of it."""
    return PromotionView(
        id=promotion.id,
        version=promotion.version,
        from_version=promotion.from_version,
        at=time_text(promotion.at),
        actor=promotion.actor,
        workspace=workspace,
        registrations=promotion.registrations if counts else None,
        other_workspaces_count=promotion.other_workspaces if counts else None,
        undone_at=_time(promotion.undone_at),
        undone_by=promotion.undone_by,
        can_undo=can_undo(flow, promotion),
    )


def show_connection(connection: Connection, *, workspace: Workspace) -> ConnectionView:
    """A connection; its secrets stand as "set"."""
    return ConnectionView(
        id=connection.id,
        workspace=workspace.slug,
        slug=connection.slug,
        connector=connection.connector,
        settings=connection.settings,
        created_at=time_text(connection.created_at),
        updated_at=time_text(connection.updated_at),
    )


def show_user(user: User) -> UserView:
    """A user."""
    return UserView(id=user.id, name=user.name, role=user.role, created_at=time_text(user.created_at))


def show_token(token: Token, *, user: str) -> TokenView:
    """A token without its text; `user` is the name of its owner."""
    return TokenView(
        id=token.id,
        user=user,
        name=token.name,
        role=token.role,
        workspaces=token.workspaces,
        created_at=time_text(token.created_at),
        expires_at=_time(token.expires_at),
        last_used_at=_time(token.last_used_at),
    )
