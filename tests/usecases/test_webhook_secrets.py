"""Webhook secrets of registrations."""

from __future__ import annotations

import pytest

from flowslot.app import webhook_secrets
from flowslot.app.callers import Role
from flowslot.app.webhook_secrets import secret_place
from flowslot.base.errors import Forbidden, Invalid, NotFound
from make import World, a_call, document

HMAC = document(trigger={"kind": "webhook", "auth": "hmac"})
STANDARD = document(trigger={"kind": "webhook"})


def rotate(world: World, secret: str | None = None) -> str:
    return webhook_secrets.rotate(world.deps, world.by, flow="orders", workspace="home", secret=secret)


def valid(world: World) -> list[str]:
    """The secrets that let somebody in, newest first."""
    with world.deps.store.read(world.by.caller) as uow:
        here = uow.registrations.get(uow.flows.get("orders").id, uow.workspaces.get("home").id)
        sealed = uow.registrations.webhook_secrets(here.id)
        return [world.deps.vault.open(each, place=secret_place(here.id)).decode() for each in sealed]


def test_the_secret_before_stays_valid_until_the_next_rotation(world: World) -> None:
    assert not world.here().webhook_secret_set
    first = rotate(world)
    assert valid(world) == [first]
    assert world.here().webhook_secret_set
    second, third = rotate(world), rotate(world)
    assert valid(world) == [third, second]


def test_a_secret_is_in_the_form_of_the_version_that_runs(world: World) -> None:
    assert rotate(world).startswith("whsec_")
    world.stage(HMAC)
    assert not rotate(world).startswith("whsec_")
    world.promote()
    world.stage(STANDARD)
    assert rotate(world).startswith("whsec_")


def test_a_secret_of_ones_own_must_do(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        rotate(world, "short")
    assert [each.pointer for each in caught.value.problems] == ["/secret"]
    world.stage(HMAC)
    assert rotate(world, "a secret from the other side") == "a secret from the other side"


def test_a_rotation_is_on_record_without_the_secret(world: World) -> None:
    """R19."""
    secret = rotate(world)
    assert world.on_record()[-1] == "webhook_secret.rotated"
    assert secret not in str(world.audience.told)


def test_who_may_rotate(world: World) -> None:
    asked = {"flow": "orders", "workspace": "home"}
    for call, error in ((a_call(Role.VIEWER), Forbidden), (a_call(Role.AUTHOR, workspaces=["acme"]), NotFound)):
        with pytest.raises(error):
            webhook_secrets.rotate(world.deps, call, **asked)
