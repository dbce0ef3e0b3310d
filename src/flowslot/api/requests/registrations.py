"""Requests about registrations: one flow in one workspace."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from flowslot.api.paging import PageQuery
from flowslot.api.requests.fields import Body, Revision, Slug, Text
from flowslot.api.requests.orders import order_of, searched
from flowslot.app.lists import Order
from flowslot.base.json_text import Json
from flowslot.domain.slots import Slot

_CONFIG = "Configuration values, for the schema in the definition's `config`."
_CONNECTIONS = "Name in the definition → slug of a connection of the workspace."

Bindings = Annotated[dict[Annotated[str, StringConstraints(max_length=100)], Slug], Field(max_length=100)]
Values = Annotated[dict[str, Json], Field(max_length=1000)]


RegistrationSort = Annotated[
    str, StringConstraints(pattern=r"^-?(workspace|customer|version|since|last_run|failed|success)$")
]


class RegistrationsQuery(PageQuery):
    """Which registrations of a flow to list."""

    text: Text | None = Field(
        None, description="A text in the slug, the name or the customer of the workspace, whatever its case."
    )
    slot: Slot | None = Field(None, description="The slot they look to.")
    active: bool | None = Field(None, description="Whether they take triggers.")
    complete: bool | None = Field(None, description="Whether they have all that their version needs.")
    sort: RegistrationSort | None = Field(
        None,
        description="By what they are sorted, with `-` the greatest first: workspace (unless you say otherwise), "
        "customer, version, since, last_run, failed and success (of 24 hours). Those without any come last.",
    )

    @property
    def order(self) -> Order:
        return order_of(self.sort)

    @property
    def list_order(self) -> str:
        return searched(self.sort, self.text, self.complete)


class NewRegistration(Body):
    """A flow to be registered in a workspace."""

    workspace: Slug = Field(description="Slug of the workspace.")
    config: Values = Field(default_factory=dict, description=_CONFIG)
    connections: Bindings = Field(default_factory=dict, description=_CONNECTIONS)
    active: bool = Field(True, description="Whether it takes triggers.")


class RegistrationChange(Body):
    """What to change of a registration; what is left out stays, what is given replaces the whole of it."""

    config: Values | None = Field(None, description=_CONFIG)
    connections: Bindings | None = Field(None, description=_CONNECTIONS)
    active: bool | None = Field(None, description="Whether it takes triggers.")


class NewSlot(Body):
    """The slot to put a registration on."""

    slot: Slot = Field(strict=False, description="`staging` (flask) or `main` (crown).")
    expected_revision: Revision = Field(description="The flow's revision that you saw.")


class NewSecret(Body):
    """The secret to sign webhooks with from now on."""

    secret: str | None = Field(
        None, min_length=1, max_length=500, description="The secret to use; left out, one is made."
    )
