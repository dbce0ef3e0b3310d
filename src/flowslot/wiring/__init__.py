"""Joins the parts. The only package that sees them all; each function imports what it needs when it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flowslot.base.settings import Settings

if TYPE_CHECKING:
    from flowslot.wiring.doctor import Finding

Ready = Callable[[str, str | None], None]
"""Told, once the server listens, its address and the set-up token, if there is no administrator yet."""


def serve(settings: Settings, *, ready: Ready) -> int:
    """Runs a server until SIGINT or SIGTERM; its exit status. OSError when the port is taken."""
    _check_engine(settings)
    if settings.workers > 1:
        from flowslot.wiring.supervising import supervise

        return supervise(settings, ready=ready)
    from flowslot.wiring.serving import run

    return run(settings, ready=ready)


def work(settings: Settings, *, ready: Callable[[str], None]) -> int:
    """Runs a worker of a cluster until SIGINT or SIGTERM; its exit status. `ready` is told its name."""
    from flowslot.wiring.cluster import work as run

    _check_engine(settings)
    return run(settings, ready=ready)


def _check_engine(settings: Settings) -> None:
    """Raises Unavailable when the engine cannot work with the other settings, or is not installed."""
    if settings.engine != "embedded":
        from flowslot.wiring.cluster import refuse_unfit

        refuse_unfit(settings)


def migrate(settings: Settings) -> None:
    """Makes the data folder, the key file and the database, or brings them to this release's form."""
    from flowslot.wiring.parts import joined

    with joined(settings):
        pass


def backup(settings: Settings, file: Path, *, with_key: bool = True) -> None:
    """Writes a backup, while the server runs or not. Raises Unavailable, saying what to do."""
    from flowslot.storage.backup import back_up

    back_up(settings, file, with_key=with_key)


def restore(settings: Settings, file: Path) -> None:
    """Puts a backup in place of what is there. Raises Unavailable while the server runs."""
    from flowslot.storage.backup import restore as put_back

    put_back(settings, file)


def begin_quarantine(settings: Settings, *, why: str) -> None:
    """Has the server start nothing from its next start on. Raises Unavailable while it runs on SQLite."""
    from flowslot.app import quarantine
    from flowslot.app.callers import SYSTEM
    from flowslot.app.ports import Call
    from flowslot.wiring.parts import joined

    with joined(settings) as parts:
        quarantine.begin(parts.deps, Call(SYSTEM), why=why)


def doctor(settings: Settings) -> Sequence[Finding]:
    """Checks an installation, one finding a check."""
    from flowslot.wiring.doctor import examine

    return examine(settings)
