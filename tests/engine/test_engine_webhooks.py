"""Webhooks become runs, or are refused without a trace of why to strangers (R2, R7, R14, R20)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import Any

import pytest
from engine_rig import Rig, in_loop, rig
from flow_parts import flow_of, set_, stop, wait

from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Call
from flowslot.app.triggers import Admitted, HookAnswer, accept_webhook, answer_webhook, webhook_result
from flowslot.app.webhook_secrets import secret_place
from flowslot.base.errors import (
    FlowslotError,
    IdempotencyKeyReused,
    IdReused,
    Invalid,
    Malformed,
    NoMainVersion,
    NotFound,
    NothingStaged,
    RunFailed,
    TooLarge,
    Unauthenticated,
    UnsupportedMediaType,
)
from flowslot.base.ids import RegistrationId
from flowslot.domain.runs import RunStatus, TriggerKind
from flowslot.domain.slots import Slot

OPEN: dict[str, Any] = {"kind": "webhook", "auth": "none"}
JSON = {"content-type": "application/json"}
MAIN, STAGING = "mainordersacme", "stagingordersacme"


def hook(*steps: dict[str, Any], **trigger: Any) -> dict[str, Any]:
    return {**flow_of(*steps), "trigger": {**OPEN, **trigger}}


async def send(it: Rig, body: bytes = b"{}", *, token: str = MAIN, headers: dict[str, str] | None = None) -> Admitted:
    given = JSON if headers is None else headers
    return await accept_webhook(it.parts, token=token, method="POST", headers=given, body=body, now=it.clock.now())


async def answer(it: Rig, body: bytes = b"{}") -> HookAnswer:
    return await answer_webhook(it.parts, token=MAIN, method="POST", headers=JSON, body=body, now=it.clock.now())


@in_loop
async def test_a_webhook_runs_what_its_address_resolves_to(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(hook(stop(details=["main", "=trigger"])))
        it.save("orders", hook(stop(details=["staging", "=trigger"])), slot=Slot.STAGING)
        for token, slot in ((MAIN, "main"), (STAGING, "staging")):
            run = await it.end_of((await send(it, b'{"n": 1}', token=token)).run)
            assert run.outcome is not None
            assert (run.outcome.details, run.slot.value) == ([slot, {"n": 1}], slot)
            assert (run.trigger.kind, run.trigger.about) == (TriggerKind.WEBHOOK, {"method": "POST"})


@in_loop
async def test_a_trigger_after_a_promotion_runs_the_new_version_whatever_is_remembered(
    given_each: Any,
) -> None:
    async with rig(*given_each) as it:
        it.flow(hook(stop(details=1)))
        for number in range(2, 6):
            assert (await it.end_of((await send(it)).run)).version == number - 1
            it.save("orders", hook(stop(details=number)))
        assert (await it.end_of((await send(it)).run)).version == 5


@in_loop
async def test_what_is_unknown_inactive_or_no_webhook_looks_the_same(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(hook(set_("a", 1)))
        it.flow(flow_of(set_("a", 1)), slug="byhand")
        await send(it)
        it.change("orders", "acme", active=False)
        said = set()
        for token in (MAIN, STAGING, "mainbyhandacme", "unknown", "../x"):
            with pytest.raises(NotFound) as refused:
                await send(it, token=token)
            said.add(str(refused.value))
        assert len(said) == 1
        it.change("orders", "acme", active=True)
        assert (await send(it)).fresh


@in_loop
async def test_an_empty_slot_is_said_and_recorded(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(hook(set_("a", 1)), slot=None)
        for token, refusal in ((MAIN, NoMainVersion), (STAGING, NothingStaged)):
            with pytest.raises(refusal):
                await send(it, token=token)
        with it.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT about FROM audit WHERE action = 'trigger.refused'").all()
        assert [code for row in rows for code in (b"no_main_version", b"nothing_staged") if code in bytes(row[0])] == [
            b"no_main_version",
            b"nothing_staged",
        ]
        it.save("orders", hook(set_("a", 1)), slot=Slot.STAGING)
        assert (await it.end_of((await send(it, token=STAGING)).run)).slot is Slot.STAGING


BODIES: list[tuple[bytes, dict[str, str], type[FlowslotError]]] = [
    (b"{}", {}, UnsupportedMediaType),
    (b'{"n": 1}', {**JSON, "webhook-id": "x" * 256}, Malformed),
    (b"{}", {"content-type": "text/plain"}, UnsupportedMediaType),
    (b"{}", {"content-type": "application/json; charset=latin-1"}, UnsupportedMediaType),
    (b"{", JSON, Malformed),
    (b"\xff", JSON, Malformed),
    (b'{"n": NaN}', JSON, Malformed),
    (b'{"n": "x"}', JSON, Invalid),
    (b"", JSON, Invalid),
    (b'{"n": 1, "long": "' + b"x" * 2000 + b'"}', JSON, TooLarge),
]


@in_loop
async def test_a_body_that_does_not_fit_is_refused_before_a_run_exists(given: Any) -> None:
    async with rig(*given, max_body=1000) as it:
        schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
        it.flow(hook(set_("a", "=trigger.n"), input=schema))
        for body, headers, refusal in BODIES:
            with pytest.raises(refusal):
                await send(it, body, headers=headers)
        assert it.seen.moves == []
        for kind in ("application/json", "Application/JSON; charset=utf-8", "application/cloudevents+json"):
            run = await it.end_of((await send(it, b'{"n": 1}', headers={"content-type": kind})).run)
            assert run.status is RunStatus.SUCCESS


@in_loop
async def test_only_a_sender_who_knows_the_secret_is_let_in_also_after_a_rotation(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(hook(set_("a", 1), auth="hmac"))
        with pytest.raises(Unauthenticated):
            await send(it, headers={**JSON, **signed(b"old secret")})
        set_secret(it, b"old secret")
        await send(it, headers={**JSON, **signed(b"old secret")})
        with pytest.raises(Unauthenticated):
            await send(it, headers={**JSON, **signed(b"new secret")})
        set_secret(it, b"new secret")
        await send(it, headers={**JSON, **signed(b"new secret")})
        with pytest.raises(Unauthenticated):
            await send(it, headers={**JSON, **signed(b"old secret")})


def signed(secret: bytes, body: bytes = b"{}") -> dict[str, str]:
    return {"x-hub-signature-256": f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"}


def set_secret(it: Rig, secret: bytes) -> None:
    registration = RegistrationId("reg_orders_acme")
    sealed = it.parts.deps.vault.seal(secret, place=secret_place(registration))
    with it.store.begin(Call(SYSTEM)) as uow:
        uow.registrations.set_webhook_secret(registration, sealed, previous=None)
        uow.commit(None)


@in_loop
async def test_the_same_webhook_id_is_one_run_and_with_another_body_refused(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(hook(set_("a", 1)))
        for name, refusal in (("webhook-id", IdReused), ("idempotency-key", IdempotencyKeyReused)):
            headers = {**JSON, name: f"msg_{name}"}
            first = await send(it, b'{"n": 1.0}', headers=headers)
            again = await asyncio.gather(*(send(it, b' {"n":1.0} ', headers=headers) for _ in range(5)))
            assert {each.run for each in again} == {first.run}
            assert not any(each.fresh for each in again)
            with pytest.raises(refusal):
                await send(it, b'{"n": 2}', headers=headers)
        assert len([status for _, _, status in it.seen.moves if status == "queued"]) == 2


@in_loop
async def test_a_webhook_that_responds_with_its_result_gets_what_stop_said(given: Any) -> None:
    async with rig(*given) as it:
        steps = [
            stop(status="failure", message="no", details=[1], **{"if": "=trigger.how == 'failure'"}),
            {**set_("bad", "=1 // 0", **{"if": "=trigger.how == 'error'"})},
            {**stop(message="fine", **{"if": "=trigger.how == 'plain'"}), "id": "plain"},
            {**stop(details={"n": "=2 ** 70"}), "id": "full"},
        ]
        it.flow(hook(*steps, respond="result"))
        assert await answer(it, b'{"how": "full"}') == HookAnswer(200, {"n": 2**70})
        assert await answer(it, b'{"how": "plain"}') == HookAnswer(200, {"status": "success", "message": "fine"})
        failure = {"status": "failure", "message": "no", "details": [1]}
        assert await answer(it, b'{"how": "failure"}') == HookAnswer(422, failure)
        with pytest.raises(RunFailed) as refused:
            await answer(it, b'{"how": "error"}')
        assert refused.value.status == 422
        assert (await it.state(refused.value.extra["run"])).status is RunStatus.FAILED  # type: ignore[arg-type]


@in_loop
async def test_a_result_that_does_not_come_in_time_is_answered_with_the_run(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(hook(wait("rest", **{"for": "1h"}), respond="result"))
        admitted = await send(it)
        assert admitted.waits
        assert await webhook_result(it.parts, admitted.run, seconds=0.05) == HookAnswer(202, {"run": admitted.run})


@in_loop
async def test_a_webhook_that_responds_at_once_gets_the_run(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(hook(set_("a", 1)))
        answered = await answer(it)
        assert answered.status == 202
        assert (await it.end_of(answered.body["run"])).status is RunStatus.SUCCESS
