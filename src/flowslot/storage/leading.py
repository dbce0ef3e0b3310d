"""One of several: which process of an installation does what only one should do, by a row that is renewed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from flowslot.base.clock import time_text
from flowslot.storage.database import Database
from flowslot.storage.dialect import insert
from flowslot.storage.tables import fact

FOR = timedelta(minutes=30)
"""How long the one that went last keeps its turn; when it is gone, another takes over after that."""


def takes_turn(database: Database, name: str, *, me: str, now: datetime) -> bool:
    """Whether this process is the one. Work done by two at once must do no harm: clocks differ."""
    with database.write() as connection:
        held = connection.execute(select(fact.c.value).where(fact.c.name == name)).scalar()
        until, _, holder = (held or "").partition(" ")
        if held is not None and holder != me and until > time_text(now):
            return False
        value = f"{time_text(now + FOR)} {me}"
        row = insert(connection.dialect.name, fact).values(name=name, value=value)
        connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
        return True


def leaves_turn(database: Database, name: str, *, me: str) -> None:
    """Lets another process have the turn at once, if this one has it."""
    with database.write() as connection:
        mine = fact.delete().where(fact.c.name == name, fact.c.value.endswith(f" {me}", autoescape=True))
        connection.execute(mine)
