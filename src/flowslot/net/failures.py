"""How the outbound client fails: a code for the flow's author, and a text without addresses, queries or secrets."""

from __future__ import annotations

from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import StepFailure


def invalid_request(reason: str) -> StepFailure:
    """The request is not one that may be sent; nothing was sent."""
    return StepFailure(RunError("invalid_request", f"The request was not sent: {reason}."))


def blocked(host: str) -> StepFailure:
    """The address policy forbids it."""
    return StepFailure(
        RunError(
            "blocked_address",
            f"{host} is not an address that flows may call: it is private, local or reserved, or the port is closed "
            "to them. An operator can allow networks (allow_networks).",
        )
    )


def refused_redirect(reason: str) -> StepFailure:
    """A redirect leads where requests do not go."""
    return StepFailure(RunError("blocked_address", f"A redirect was not followed: {reason}."))


def too_many_redirects(most: int) -> StepFailure:
    return StepFailure(RunError("too_many_redirects", f"The request was redirected more than {most} times."))


def network(reason: str) -> StepFailure:
    """No answer, or not a whole one; a later attempt may succeed."""
    return StepFailure(RunError("network_error", reason))


def timed_out(reason: str) -> StepFailure:
    return StepFailure(RunError("timeout", reason))


def too_large(reason: str) -> StepFailure:
    return StepFailure(RunError("response_too_large", reason))


def bad_encoding(reason: str) -> StepFailure:
    return StepFailure(RunError("bad_encoding", reason))


def sign_in_failed(connection: str, reason: str) -> StepFailure:
    return StepFailure(RunError("sign_in_failed", f"The connection {connection} could not sign in: {reason}."))
