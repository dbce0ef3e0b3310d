"""serve --workers N: N processes on one port. Those that die are replaced; SIGHUP restarts them one after the other.

This process loads neither the engine nor the database's driver, so that it is small and has nothing that can fail.
"""

from __future__ import annotations

import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from flowslot.base.errors import Unavailable
from flowslot.base.log import FORMATS, configure_log, get_log
from flowslot.base.settings import Settings, as_variables
from flowslot.wiring.crew_rules import Deaths, Rolling, State, names_of, to_start
from flowslot.wiring.listening import listening, url_of
from flowslot.wiring.orders import LEAVE, Orders, inbox, reported

PROGRAM = "flowslot.wiring.seat_process"
PATIENCE = 30.0
"""Seconds that a process has to end when it was asked to; then it is killed."""
TRIES = 3
"""How often the first process may die before it has ever served; then there is no point in going on."""

Ready = Callable[[str, str | None], None]

log = get_log("supervisor")


def supervise(settings: Settings, *, ready: Ready) -> int:
    """Serves until SIGINT or SIGTERM. OSError when the port is taken; the first process's refusal to serve."""
    configure_log(level=settings.log_level, people=FORMATS[settings.log_format])
    with ExitStack() as held:
        listener = held.enter_context(listening(settings))
        kept = []
        if not settings.database:
            from flowslot.storage.files import SQLITE_FILE, SingleServer

            alone = SingleServer(settings.data / SQLITE_FILE)
            held.callback(alone.leave)
            kept.append(alone.descriptor)
        url = url_of(settings, listener)
        crew = Crew(settings, listener, kept=kept, ready=lambda setup_token: ready(url, setup_token))
        held.callback(crew.close)
        with _signals(crew) as woken:
            crew.run(woken)
    log.info("supervisor.stopped")
    return 0


@dataclass(slots=True)
class Place:
    """One name, and the process that has it now."""

    name: str
    own: socket.socket
    """Its inbox: the end it reads, kept open here, so that a successor finds what was said meanwhile."""
    to_it: socket.socket
    state: State = State.DEAD
    process: subprocess.Popen[bytes] | None = None
    control: socket.socket | None = None
    heard: bytes = b""
    deaths: Deaths = field(default_factory=Deaths)
    not_before: float = 0.0
    killed_at: float = 0.0
    """When it is killed if it has not ended by then, while it leaves."""


class Crew:
    """The processes. `run` until `stop` is called by a signal."""

    def __init__(
        self, settings: Settings, listener: socket.socket, *, kept: Sequence[int], ready: Callable[[str | None], None]
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._kept = tuple(kept)
        self._ready = ready
        self._places = {name: Place(name, *inbox()) for name in names_of(settings.workers)}
        self._selector = selectors.DefaultSelector()
        self._rolling = Rolling()
        self._made_ready = False
        self._asked = 0
        self._ending = False

    # ------------------------------------------------------------ by signals

    def stop(self) -> None:
        """Ends all; called again, at once."""
        self._asked += 1

    def roll(self) -> None:
        """Restarts all, one after the other."""
        log.info("supervisor.rolling")
        self._rolling = Rolling(tuple(self._places))

    # ------------------------------------------------------------ life

    def run(self, woken: socket.socket) -> None:
        self._selector.register(woken, selectors.EVENT_READ, None)
        try:
            while not self._asked:
                self._start_those_due()
                self._roll_on()
                self._wait(self._pause())
                self._reap()
        finally:
            self._end_all()

    def close(self) -> None:
        for place in self._places.values():
            place.own.close()
            place.to_it.close()
        self._selector.close()

    def _wait(self, seconds: float | None) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                key.fileobj.recv(1_000)  # type: ignore[union-attr]  # it is a socket
            else:
                self._hear(key.data)

    def _pause(self) -> float | None:
        """Seconds until something is due by itself."""
        now = time.monotonic()
        moments = [
            place.not_before if place.state is State.DEAD else place.killed_at
            for place in self._places.values()
            if place.state in (State.DEAD, State.LEAVING) and (self._made_ready or place.name == self._first)
        ]
        return None if not moments else max(0.0, min(moments) - now)

    @property
    def _first(self) -> str:
        return next(iter(self._places))

    # ------------------------------------------------------------ starting

    def _start_those_due(self) -> None:
        now = time.monotonic()
        states = {name: place.state for name, place in self._places.items()}
        paused = {name for name, place in self._places.items() if place.not_before > now}
        for name in to_start(tuple(self._places), states, paused=paused, made_ready=self._made_ready):
            self._start(self._places[name])

    def _start(self, place: Place) -> None:
        ours, theirs = socket.socketpair()
        others = [each.to_it.fileno() for each in self._places.values() if each is not place]
        orders = Orders(
            name=place.name,
            names=tuple(self._places),
            settings=as_variables(self._settings),
            listener=self._listener.fileno(),
            own=place.own.fileno(),
            others=others,
            kept=self._kept,
            prepares=not self._made_ready,
        )
        with theirs:
            place.process = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-P", "-m", PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), orders.listener, orders.own, *others, *self._kept),
                start_new_session=True,  # Ctrl+C is for the supervisor, which ends them one and all
            )
        with suppress(OSError):  # dead already: it is reaped
            orders.send(ours)
        place.control, place.heard, place.state = ours, b"", State.STARTING
        self._selector.register(ours, selectors.EVENT_READ, place)
        log.info("process.started", process=place.name, pid=place.process.pid)

    def _hear(self, place: Place) -> None:
        """What a process says of its start. The end of the socket is not an end of the process: that is reaped."""
        if place.control is None:
            return
        try:
            found = place.control.recv(10_000)
        except ConnectionError:
            found = b""
        if not found:
            self._selector.unregister(place.control)
            place.control.close()
            place.control = None
            return
        place.heard += found
        if place.heard.endswith(b"\n"):
            self._take(place, place.heard)

    def _take(self, place: Place, line: bytes) -> None:
        report = reported(line)
        if self._ending:
            return
        if report.refused is not None:
            if not self._made_ready:
                raise report.error()
            log.error("process.refused", process=place.name, code=report.refused, detail=report.detail)
            self._rolling = Rolling()  # or the same would happen to the others
            return
        place.state = State.READY
        log.info("process.ready", process=place.name)
        if place.killed_at:  # the rolling restart waits for this one
            self._rolling, place.killed_at = self._rolling.without(place.name), 0.0
        if not self._made_ready:
            self._made_ready = True
            self._ready(report.setup_token)

    # ------------------------------------------------------------ ending

    def _reap(self) -> None:
        now = time.monotonic()
        for place in self._places.values():
            if place.process is None:
                continue
            status = place.process.poll()
            if status is not None:
                self._gone(place, status, now)
            elif place.state is State.LEAVING and now >= place.killed_at:
                log.warning("process.killed", process=place.name, pid=place.process.pid)
                place.process.kill()
                place.killed_at = now + PATIENCE

    def _gone(self, place: Place, status: int, now: float) -> None:
        while place.control is not None:
            self._hear(place)
        leaving, place.state, place.process = place.state is State.LEAVING, State.DEAD, None
        place.not_before = now
        if leaving:
            return
        place.deaths = place.deaths.and_now(now)
        place.not_before = now + place.deaths.pause
        log.error("process.died", process=place.name, status=status, pause=place.deaths.pause)
        if not self._made_ready and len(place.deaths.at) >= TRIES:
            raise Unavailable("The server does not start; the lines above say why.")

    def _roll_on(self) -> None:
        name = self._rolling.next({name: place.state for name, place in self._places.items()})
        if name is None:
            return
        place = self._places[name]
        place.state, place.killed_at = State.LEAVING, time.monotonic() + PATIENCE
        if place.control is not None:
            with suppress(OSError):
                place.control.sendall(LEAVE)

    def _end_all(self) -> None:
        self._ending = True
        running = [place.process for place in self._places.values() if place.process is not None]
        for process in running:
            process.terminate()
        deadline, asked = time.monotonic() + PATIENCE, self._asked
        while any(process.poll() is None for process in running):
            left = deadline - time.monotonic()
            if left <= 0 or self._asked > max(asked, 1):
                for process in running:
                    process.kill()
            self._wait(min(max(left, 0.1), 1.0))


@contextmanager
def _signals(crew: Crew) -> Iterator[socket.socket]:
    """While inside, signals act on the crew; the socket has something to read whenever one came."""
    woken, waking = socket.socketpair()
    woken.setblocking(False)
    waking.setblocking(False)
    actions = {
        signal.SIGINT: crew.stop,
        signal.SIGTERM: crew.stop,
        signal.SIGHUP: crew.roll,
        signal.SIGCHLD: lambda: None,
    }
    before = {number: signal.signal(number, _handler(do)) for number, do in actions.items()}
    previous = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    try:
        yield woken
    finally:
        signal.set_wakeup_fd(previous)
        for number, handler in before.items():
            signal.signal(number, handler)
        woken.close()
        waking.close()


def _handler(do: Callable[[], None]) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        do()

    return handle
