"""What is kept on record (R19): every action with its meaning, and the event that a use case records of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from flowslot.app.ports import Event
from flowslot.base.ids import FlowId, WorkspaceId
from flowslot.base.json_text import Json


class Action(Enum):
    """Everything that is put on record, as noun.verb."""

    WORKSPACE_CREATED = "workspace.created"
    WORKSPACE_CHANGED = "workspace.changed"
    WORKSPACE_DELETED = "workspace.deleted"
    FLOW_CREATED = "flow.created"
    FLOW_CHANGED = "flow.changed"
    FLOW_DELETED = "flow.deleted"
    VERSION_SAVED = "version.saved"
    VERSION_VALIDATED = "version.validated"
    STAGING_DEPLOYED = "staging.deployed"
    STAGING_REVERTED = "staging.reverted"
    PROMOTION_MADE = "promotion.made"
    PROMOTION_UNDONE = "promotion.undone"
    REGISTRATION_ADDED = "registration.added"
    REGISTRATION_MOVED = "registration.moved"
    REGISTRATION_ACTIVATED = "registration.activated"
    REGISTRATION_DEACTIVATED = "registration.deactivated"
    REGISTRATION_CHANGED = "registration.changed"
    REGISTRATION_REMOVED = "registration.removed"
    WEBHOOK_SECRET_ROTATED = "webhook_secret.rotated"  # noqa: S105  an action's name, not a secret
    CONNECTION_CREATED = "connection.created"
    CONNECTION_CHANGED = "connection.changed"
    CONNECTION_DELETED = "connection.deleted"
    USER_CREATED = "user.created"
    USER_CHANGED = "user.changed"
    USER_DELETED = "user.deleted"
    TOKEN_CREATED = "token.created"  # noqa: S105  an action's name, not a secret
    TOKEN_DELETED = "token.deleted"  # noqa: S105  an action's name, not a secret
    SESSION_BEGUN = "session.begun"
    SESSION_ENDED = "session.ended"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  an action's name, not a secret
    TRIAL_STARTED = "trial.started"
    TRIGGER_REFUSED = "trigger.refused"
    QUARANTINE_BEGUN = "quarantine.begun"
    QUARANTINE_ENDED = "quarantine.ended"
    SCHEDULE_SKIPPED = "schedule.skipped"


MEANINGS = {
    Action.WORKSPACE_CREATED: "A workspace was created.",
    Action.WORKSPACE_CHANGED: "A workspace's name, kind or customer was changed; about says to what.",
    Action.WORKSPACE_DELETED: "A workspace was deleted, with its connections.",
    Action.FLOW_CREATED: "A flow was created and registered in its own workspace.",
    Action.FLOW_CHANGED: "A flow's name or visibility was changed; about says to what.",
    Action.FLOW_DELETED: "A flow was deleted, with its versions and ended runs.",
    Action.VERSION_SAVED: "A version was saved, as a draft or on its way to staging (R1, R2).",
    Action.VERSION_VALIDATED: "A version was validated without moving anything; about says whether it fits (R3).",
    Action.STAGING_DEPLOYED: "A version was deployed to staging; the workspace's registration went there (R2).",
    Action.STAGING_REVERTED: "A workspace's drafts were set aside and staging was emptied (R12).",
    Action.PROMOTION_MADE: "The staged version was moved to main, and everybody with it (R5).",
    Action.PROMOTION_UNDONE: "A promotion was undone: slots and registrations are as they were before it (R17).",
    Action.REGISTRATION_ADDED: "A flow was registered in a workspace (R7).",
    Action.REGISTRATION_MOVED: "One registration was put on another slot (R10).",
    Action.REGISTRATION_ACTIVATED: "A registration was switched on: it takes triggers (R20).",
    Action.REGISTRATION_DEACTIVATED: "A registration was switched off: it takes no triggers (R20).",
    Action.REGISTRATION_CHANGED: "A registration's configuration values or connections were replaced.",
    Action.REGISTRATION_REMOVED: "A flow was taken out of a workspace.",
    Action.WEBHOOK_SECRET_ROTATED: "A registration got a new webhook secret; the one before it stays valid beside it.",
    Action.CONNECTION_CREATED: "A connection was created in a workspace.",
    Action.CONNECTION_CHANGED: "A connection's settings or secrets were changed.",
    Action.CONNECTION_DELETED: "A connection was deleted.",
    Action.USER_CREATED: "A user was added.",
    Action.USER_CHANGED: "A user's name or role was changed; about says to what.",
    Action.USER_DELETED: "A user was removed, with their tokens and sessions.",
    Action.TOKEN_CREATED: "A token was made; about says whose, its role and its workspaces.",
    Action.TOKEN_DELETED: "A token was revoked.",
    Action.SESSION_BEGUN: "Somebody signed in at the page; about says whether with a password or with which token.",
    Action.SESSION_ENDED: "Somebody signed out of the page.",
    Action.PASSWORD_CHANGED: "A user's password was set; their other sessions ended.",
    Action.TRIAL_STARTED: "An unsaved definition was run as a test; about says which run and its content hash.",
    Action.TRIGGER_REFUSED: "A trigger was answered with a refusal, for example no_main_version (R7).",
    Action.QUARANTINE_BEGUN: "A backup was restored, or quarantine was asked for: the server starts nothing.",
    Action.QUARANTINE_ENDED: "An administrator let a restored server work; about says what became of open runs.",
    Action.SCHEDULE_SKIPPED: "Ticks of a schedule started no runs; about says which, of which slot, and why.",
}
"""What each action says, for the reference."""


def event(
    action: Action,
    *,
    flow: FlowId | None = None,
    workspace: WorkspaceId | None = None,
    version: int | None = None,
    revision: int | None = None,
    about: Mapping[str, Json] | None = None,
) -> Event:
    """The event of an action; what else is worth knowing goes into `about`, never a secret or a document."""
    return Event(action.value, flow=flow, workspace=workspace, version=version, about=about or {}, revision=revision)
