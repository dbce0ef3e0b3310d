"""The unit of work and the store: one transaction, its repositories, its events and its remembered answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from flowslot.app import ports
from flowslot.app.callers import Caller
from flowslot.app.ports import Answer, AnsweredAlready, Call, Event, Watchers
from flowslot.base.clock import Clock
from flowslot.storage.answers import find_answer, keep_answer
from flowslot.storage.audit import write_events
from flowslot.storage.connections import SqlConnections
from flowslot.storage.database import Database
from flowslot.storage.facts import SqlFacts
from flowslot.storage.flows import SqlFlows
from flowslot.storage.promotions import SqlPromotions
from flowslot.storage.registrations import SqlRegistrations
from flowslot.storage.runs import SqlRuns
from flowslot.storage.schedules import SqlSchedules
from flowslot.storage.sessions import SqlSessions
from flowslot.storage.sight import Sight
from flowslot.storage.tokens import SqlTokens
from flowslot.storage.users import SqlUsers
from flowslot.storage.versions import SqlVersions
from flowslot.storage.work import Work
from flowslot.storage.workspaces import SqlWorkspaces

T = TypeVar("T")


class SqlUnitOfWork:
    """The UnitOfWork port."""

    def __init__(self, work: Work, call: Call, *, clock: Clock, watchers: Watchers) -> None:
        self._work = work
        self._call = call
        self._clock = clock
        self._watchers = watchers
        self._events: list[Event] = []
        self.committed = False
        self.workspaces: ports.Workspaces = SqlWorkspaces(work)
        self.flows: ports.Flows = SqlFlows(work)
        self.versions: ports.Versions = SqlVersions(work)
        self.registrations: ports.Registrations = SqlRegistrations(work)
        self.connections: ports.Connections = SqlConnections(work)
        self.promotions: ports.Promotions = SqlPromotions(work)
        self.schedules: ports.Schedules = SqlSchedules(work)
        self.runs: ports.Runs = SqlRuns(work)
        self.users: ports.Users = SqlUsers(work)
        self.tokens: ports.Tokens = SqlTokens(work)
        self.sessions: ports.Sessions = SqlSessions(work)
        self.facts: ports.Facts = SqlFacts(work)

    def record(self, event: Event) -> None:
        """Written with the commit, when the flow's revision after the change is known."""
        self._events.append(event)

    def commit(self, result: T) -> T:
        if self.committed or not self._work.writing:
            raise RuntimeError("a unit of work commits once, and one that only reads never does")
        now = self._clock.now()
        told = write_events(self._work, self._events, actor=self._call.caller.name, at=now)
        self._keep(result)
        self._work.connection.commit()
        self.committed = True
        if told:
            self._watchers.publish(told)
        return result

    def _keep(self, result: object) -> None:
        call = self._call
        if call.idempotency_key is None or call.shape is None:
            return
        answer = Answer(call.request_hash, *call.shape(result))
        now = self._clock.now()
        keep_answer(self._work.connection, call.caller.user, call.idempotency_key, answer=answer, now=now)


class SqlStore:
    """The Store port."""

    def __init__(self, database: Database, clock: Clock, watchers: Watchers) -> None:
        self._database = database
        self._clock = clock
        self._watchers = watchers

    @contextmanager
    def begin(self, call: Call) -> Iterator[SqlUnitOfWork]:
        """Raises AnsweredAlready when the call's key has been answered while this one waited for its turn."""
        with self._database.write() as connection:
            work = Work(connection, self._database.dialect, Sight(call.caller.scope), writing=True)
            if call.idempotency_key is not None:
                self._refuse_repeated(work, call.caller, call.idempotency_key)
            unit = SqlUnitOfWork(work, call, clock=self._clock, watchers=self._watchers)
            yield unit
            if not unit.committed:
                connection.rollback()

    @contextmanager
    def read(self, caller: Caller) -> Iterator[SqlUnitOfWork]:
        with self._database.read() as connection:
            work = Work(connection, self._database.dialect, Sight(caller.scope), writing=False)
            yield SqlUnitOfWork(work, Call(caller), clock=self._clock, watchers=self._watchers)

    def answer(self, caller: Caller, key: str) -> Answer | None:
        with self._database.read() as connection:
            return find_answer(connection, caller.user, key, now=self._clock.now())

    def remember(self, caller: Caller, key: str, answer: Answer) -> None:
        with self._database.write() as connection:
            keep_answer(connection, caller.user, key, answer=answer, now=self._clock.now())

    def _refuse_repeated(self, work: Work, caller: Caller, key: str) -> None:
        self._database.backend.exclusive(work.connection, f"answer {caller.user} {key}")
        given = find_answer(work.connection, caller.user, key, now=self._clock.now())
        if given is not None:
            raise AnsweredAlready(given)
