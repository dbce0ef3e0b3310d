"""Registrations as the API shows them: one, and the lines of the Registrations tab."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.flows import LastRunAnswer, RunCountsAnswer
from flowslot.api.answers.shaping import shaped
from flowslot.app.views import RegistrationRow, RegistrationView
from flowslot.base.json_text import Json
from flowslot.domain.slots import Slot


class WebhookAnswer(Struct, frozen=True):
    """Where a registration takes webhooks. Both addresses are secrets."""

    main: Annotated[str, Meta(description="The registration's own address: runs what the registration runs.")]
    staging: Annotated[str, Meta(description="Always runs the staged version, so that it can be tried beside main.")]


class RegistrationAnswer(Struct, frozen=True):
    """One flow in one workspace."""

    flow: Annotated[str, Meta(description="Slug of the flow.")]
    workspace: Annotated[str, Meta(description="Slug of the workspace.")]
    customer: Annotated[str | None, Meta(description="The customer the workspace serves.")]
    slot: Annotated[Slot, Meta(description="The slot it looks to.")]
    fallback: Annotated[
        bool, Meta(description="Whether it runs the staged version only because main is empty (R7's setting).")
    ]
    resolved_version: Annotated[
        int | None, Meta(description="Number of the version a trigger would run now; null where nothing would run.")
    ]
    active: Annotated[bool, Meta(description="Whether it takes triggers; test runs are possible in any case.")]
    config: Annotated[Json, Meta(description="Its configuration values.")]
    connections: Annotated[dict[str, str], Meta(description="Name in the definition → slug of a connection.")]
    webhook: Annotated[
        WebhookAnswer | None, Meta(description="Its addresses; null while no deployed version takes webhooks.")
    ]
    webhook_secret_set: Annotated[bool, Meta(description="Whether webhooks can be signed: a secret was set.")]
    next_tick: Annotated[str | None, Meta(description="When it starts next by schedule; null without one.")]
    since: Annotated[str, Meta(description="When the flow was registered here.")]


class RegistrationRowAnswer(RegistrationAnswer, frozen=True):
    """A registration with what it lacks, and what it did lately."""

    workspace_name: Annotated[str, Meta(description="Name of the workspace for people.")]
    complete: Annotated[bool, Meta(description="Whether it has all that its version needs: nothing is `missing`.")]
    missing: Annotated[
        list[str],
        Meta(
            description="What is missing or does not fit, as `config.name` or `connections.name`: for the version that "
            "it runs, or else for the staged one."
        ),
    ]
    runs_24h: Annotated[RunCountsAnswer, Meta(description="Runs of the last 24 hours.")]
    last_run: Annotated[LastRunAnswer | None, Meta(description="The newest run; null before the first.")]


class SecretAnswer(Struct, frozen=True):
    """A secret, shown this once."""

    secret: Annotated[str, Meta(description="The secret. It cannot be read again.")]


def registration_answer(view: RegistrationView, *, base_url: str) -> RegistrationAnswer:
    return shaped(RegistrationAnswer, view, webhook=_webhook(view, base_url))


def registration_row_answer(row: RegistrationRow, *, base_url: str) -> RegistrationRowAnswer:
    shown = {name: getattr(row.registration, name, None) for name in RegistrationAnswer.__struct_fields__}
    shown["webhook"] = _webhook(row.registration, base_url)
    return shaped(RegistrationRowAnswer, row, complete=not row.missing, **shown)


def _webhook(view: RegistrationView, base_url: str) -> WebhookAnswer | None:
    if not view.takes_webhooks:
        return None
    return WebhookAnswer(f"{base_url}/hooks/{view.hook_main}", f"{base_url}/hooks/{view.hook_staging}")
