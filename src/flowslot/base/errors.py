"""Every refusal Flowslot gives: a code that never changes, an HTTP status, a default text.

FlowslotError
├── Malformed, TooLarge, Invalid …        what was sent is wrong (400, 413, 415, 422)
├── Unauthenticated, Forbidden, NotFound  who asks may not, or it is not there (401, 403, 404)
├── Conflict                              the rules refuse it as things stand (409)
└── TooMany, Unavailable                  not now (429, 503)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where: a JSON pointer into the document that was sent or checked."""

    pointer: str
    code: str
    message: str
    workspace: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(eq=False)
class FlowslotError(Exception):
    """Something was refused."""

    detail: str = ""
    problems: Sequence[Problem] = ()
    extra: Mapping[str, object] = field(default_factory=dict)

    code = "error"
    status = 500

    def __post_init__(self) -> None:
        self.detail = self.detail or (type(self).__doc__ or "").strip().splitlines()[0]
        Exception.__init__(self, self.detail)

    def __str__(self) -> str:
        return self.detail


class Malformed(FlowslotError):
    """The request is not well-formed JSON."""

    code, status = "malformed", 400


class Unauthenticated(FlowslotError):
    """Sign in first: send a valid token in the Authorization header."""

    code, status = "unauthenticated", 401


class Forbidden(FlowslotError):
    """Your role does not allow this."""

    code, status = "forbidden", 403


class CsrfFailed(Forbidden):
    """A change from the page must come from the page: send the session's csrf text as X-CSRF-Token."""

    code = "csrf_failed"


class NotFound(FlowslotError):
    """There is no such thing here."""

    code, status = "not_found", 404


class MethodNotAllowed(FlowslotError):
    """This address does not take that method."""

    code, status = "method_not_allowed", 405


class TooLarge(FlowslotError):
    """The request is larger than allowed."""

    code, status = "too_large", 413


class UnsupportedMediaType(FlowslotError):
    """Send the body as application/json in UTF-8."""

    code, status = "unsupported_media_type", 415


class Invalid(FlowslotError):
    """What was sent does not fit; each problem names its place."""

    code, status = "invalid", 422


class IdempotencyKeyReused(FlowslotError):
    """This Idempotency-Key was used with another request; use a new key."""

    code, status = "idempotency_key_reused", 422


class TooMany(FlowslotError):
    """Too many requests at once; try again after the time in Retry-After."""

    code, status = "too_many", 429


class Unavailable(FlowslotError):
    """The server is starting or stopping; try again."""

    code, status = "unavailable", 503


class Conflict(FlowslotError):
    """The rules refuse this as things stand."""

    code, status = "conflict", 409


class RevisionConflict(Conflict):
    """Someone changed the flow since you looked; see the changes, then decide again."""

    code = "revision_conflict"


class NothingStaged(Conflict):
    """The staging slot is empty; deploy a version to staging first."""

    code = "nothing_staged"


class NotTheStagedVersion(Conflict):
    """Only the version in the staging slot can be promoted; another one is staged now."""

    code = "not_the_staged_version"


class UnsavedChanges(Conflict):
    """This workspace holds a draft newer than the staged version; stage it or revert it first."""

    code = "unsaved_changes"


class ValidationFailed(Conflict):
    """The version does not fit every workspace it would run in; each problem names its workspace and place."""

    code = "validation_failed"


class ValidationStale(Conflict):
    """Something the validation looked at has changed since; look at the plan again."""

    code = "validation_stale"


class NotTheLatestChange(Conflict):
    """Slots were changed after this promotion, or it is undone already; only the latest change can be undone."""

    code = "not_the_latest_change"


class NoMainVersion(Conflict):
    """The flow has no main version yet; promote one first."""

    code = "no_main_version"


class PrivateFlow(Conflict):
    """A private flow runs only in its own workspace; make it shared to register it elsewhere."""

    code = "private_flow"


class AlreadyRegistered(Conflict):
    """The flow is registered in this workspace already."""

    code = "already_registered"


class AlreadyExists(Conflict):
    """The slug is taken; choose another."""

    code = "already_exists"


class Inactive(Conflict):
    """The registration is inactive; activate it, or ask for a test run."""

    code = "inactive"


class InUse(Conflict):
    """This is still in use; detail says by what."""

    code = "in_use"


class AlreadyEnded(Conflict):
    """The run has ended; nothing can change it."""

    code = "already_ended"


class RunNotEnded(Conflict):
    """The run has not ended yet."""

    code = "run_not_ended"


class RunFailed(FlowslotError):
    """The run that this request started failed; extra names it."""

    code, status = "run_failed", 422


class IdReused(Conflict):
    """This webhook id was accepted before with another body; send a new id with a new body."""

    code = "id_reused"


class NotWaiting(Conflict):
    """The run is not waiting for this signal."""

    code = "not_waiting"


class WrongTrigger(Conflict):
    """The version that would run has another kind of trigger."""

    code = "wrong_trigger"


class OwnershipLost(Conflict):
    """Another process has taken this run over."""

    code = "ownership_lost"


class PayloadRemoved(Conflict):
    """The run's input and steps were removed, as the settings of retention say; it cannot be run again."""

    code = "payload_removed"


class StorageFull(Unavailable):
    """The disk is nearly full: nothing new is started until there is room; what was accepted goes on."""

    code = "storage_full"


class Quarantined(Unavailable):
    """This server was restored from a backup and starts nothing until an administrator ends its quarantine."""

    code = "quarantined"


def every_error() -> list[type[FlowslotError]]:
    """All error classes with a code of their own, for the reference page and its tests."""
    found: list[type[FlowslotError]] = []
    queue = list(FlowslotError.__subclasses__())
    while queue:
        kind = queue.pop(0)
        found.append(kind)
        queue.extend(kind.__subclasses__())
    return found
