"""The outbox: a run is in it from the commit that accepted it to the one that gave it out, and lost in neither."""

from __future__ import annotations

import asyncio

import pytest
from cluster_rig import give_out, hand, opened, row_of
from engine_rig import in_loop
from flow_parts import flow_of, set_, stop, wait

from databases import Postgres
from flowslot.app.cluster import Batch
from flowslot.base.ids import RunId
from flowslot.base.settings import Settings
from flowslot.storage.outbox import SqlOutbox


class Killed(BaseException):
    """The process ends in the middle of a transaction."""


@in_loop
async def test_an_accepted_run_is_in_the_outbox_with_its_acceptance(settings: Settings) -> None:
    async with hand(settings, "w1") as one:
        one.rig.workspace("acme")
        one.rig.flow(flow_of(stop()))
        run = (await one.rig.start()).run
        assert SqlOutbox(one.parts.database).load(most=10).waiting == {"ws_acme": [run]}
        assert row_of(one.parts.database, run, "status", "owner", "batch") == ("queued", None, None)


@in_loop
async def test_a_run_is_in_the_outbox_or_enqueued_whenever_the_process_ends(settings: Settings) -> None:
    def killed(_: object) -> None:
        raise Killed

    async with hand(settings, "w1") as one:
        one.rig.workspace("acme")
        one.rig.flow(flow_of(stop()))
        run, outbox = (await one.rig.start()).run, SqlOutbox(one.parts.database)
        with pytest.raises(Killed):
            await asyncio.to_thread(outbox.give_out, [Batch("b1", [run])], killed)
        assert outbox.load(most=10).waiting == {"ws_acme": [run]}
        outbox.give_out([Batch("b2", [run])], lambda _: None)
        assert outbox.load(most=10).waiting == {}
        assert list(outbox.runs_of("b2")) == [run]
        outbox.give_out([Batch("b3", [run])], lambda _: None)  # somebody else believed to lead
        assert list(outbox.runs_of("b3")) == []


@in_loop
async def test_runs_of_a_lost_batch_are_queued_again_and_ended_ones_are_not(settings: Settings) -> None:
    async with hand(settings, "w1") as one:
        one.rig.workspace("acme")
        one.rig.flow(flow_of(stop()))
        ended, lost = [(await one.rig.start()).run for _ in range(2)]
        give_out(one.parts.database, "b1", [ended])
        await one.work("b1")
        give_out(one.parts.database, "b2", [lost])
        outbox = SqlOutbox(one.parts.database)
        assert list(outbox.open_batches()) == ["b2"]
        assert outbox.put_back(["b1", "b2"]) == 1
        assert outbox.load(most=10).waiting == {"ws_acme": [lost]}


@in_loop
async def test_a_parked_run_belongs_to_nobody_and_is_in_the_outbox_once_it_is_woken(settings: Settings) -> None:
    async with hand(settings, "w1") as one:
        one.rig.workspace("acme")
        one.rig.flow(flow_of(wait("go", signal=True), stop()))
        run = (await one.rig.start()).run
        give_out(one.parts.database, "b1", [run])
        await one.work("b1")
        database = one.parts.database
        assert row_of(database, run, "status", "owner", "batch") == ("suspended", None, None)
        assert await one.parts.journal.signal(run, "go", None, one.rig.clock.now())
        assert SqlOutbox(database).load(most=10).waiting == {"ws_acme": [run]}


@in_loop
async def test_a_cluster_adopts_what_an_embedded_engine_left(settings: Settings) -> None:
    async with hand(settings, "w1") as one:
        one.rig.workspace("acme")
        one.rig.flow(flow_of(set_("a", 1), stop()))
        run = (await one.rig.start()).run
        with one.parts.database.write() as connection:
            connection.exec_driver_sql("UPDATE run SET owner = 'p1', status = 'running'")
        outbox = SqlOutbox(one.parts.database)
        assert outbox.load(most=10).waiting == {}
        assert outbox.adopt() == 1
        assert outbox.load(most=10).waiting == {"ws_acme": [run]}


def test_the_oldest_of_each_workspace_are_found_without_reading_the_backlog(postgres: Postgres) -> None:
    settings = postgres.fresh()
    try:
        _fill_and_look(settings)
    finally:
        postgres.drop(settings)


def _fill_and_look(settings: Settings) -> None:
    with opened(settings) as database:
        with database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO run (id, flow_id, workspace_id, registration_id, version, hash, slot, status, trigger,"
                " input, queued_at, depth, test, cancel_requested)"
                " SELECT 'run_' || lpad(n::text, 8, '0'), 'f',"
                " CASE WHEN mod(n, 1000) = 0 THEN 'quiet' ELSE 'noisy' END,"
                " 'r', 1, 'h', 'main', 'queued', '', '', '', 0, false, false FROM generate_series(1, 20000) n"
            )
        found = SqlOutbox(database).load(most=3).waiting
        assert {place: list(runs) for place, runs in found.items()} == {
            "noisy": [RunId("run_00000001"), RunId("run_00000002"), RunId("run_00000003")],
            "quiet": [RunId("run_00001000"), RunId("run_00002000"), RunId("run_00003000")],
        }
