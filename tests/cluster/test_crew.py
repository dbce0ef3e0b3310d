"""The crew: who is alive by the database's clock, one leader, and a leader that went silent is put out."""

from __future__ import annotations

import time

import pytest
from cluster_rig import opened

from flowslot.base.settings import Settings
from flowslot.storage.crew import SqlCrew


def leads_soon(crew: SqlCrew) -> None:
    """A lock is given up a moment after its session has ended."""
    deadline = time.monotonic() + 10
    while not crew.lead():
        assert time.monotonic() < deadline


def test_one_leads_and_another_takes_over_when_its_session_ends(settings: Settings) -> None:
    with opened(settings) as database:
        first, second = SqlCrew(database, "w1"), SqlCrew(database, "w2")
        first.beat(places=10)
        second.beat(places=20)
        assert (first.lead(), second.lead(), first.lead()) == (True, False, True)
        assert second.census().places == {"w1": 10, "w2": 20}
        first.hang_up()  # what kill -9 does to its connections
        leads_soon(second)
        second.hang_up()


def test_a_worker_that_leaves_is_taken_over_at_once(settings: Settings) -> None:
    with opened(settings) as database:
        first, second = SqlCrew(database, "w1"), SqlCrew(database, "w2")
        first.beat(places=10)
        second.beat(places=20)
        first.leave()
        census = second.census()
        assert (list(census.places), list(census.dead)) == (["w2"], ["w1"])
        second.hang_up()


def test_a_leader_that_is_silent_loses_its_session_and_notices(settings: Settings) -> None:
    with opened(settings) as database:
        stopped, other = SqlCrew(database, "w1"), SqlCrew(database, "w2", silent=0.0)
        stopped.beat(places=10)
        assert stopped.lead()
        other.beat(places=10)
        leads_soon(other)
        with pytest.raises(Exception, match=r"terminat|closed"):
            stopped.beat(places=10)
        stopped.beat(places=10)  # on a new connection
        assert not stopped.lead()
        stopped.hang_up()
        other.hang_up()


def test_silence_is_measured_by_the_database(settings: Settings) -> None:
    with opened(settings) as database:
        crew = SqlCrew(database, "w1")
        crew.beat(places=10)
        with database.write() as connection:
            connection.exec_driver_sql("UPDATE worker SET seen_at = '2020-01-01T00:00:00.000000Z'")
        crew2 = SqlCrew(database, "w2")
        crew2.beat(places=1)
        assert list(crew2.census().dead) == ["w1"]
        assert list(crew2.census().dead) == []  # for longer than an hour: nothing can be left of it
        crew.hang_up()
        crew2.hang_up()
