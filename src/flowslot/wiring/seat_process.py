"""One of the processes that `serve --workers` starts: takes its orders from the supervisor, and serves."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Sequence

from flowslot.base.errors import FlowslotError
from flowslot.base.settings import settings_from
from flowslot.wiring.orders import Orders, Report, received


def main(arguments: Sequence[str]) -> int:
    """`arguments`: the number of the socket on which the orders come."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    control = _inherited(int(arguments[0]))
    orders = received(control)
    for number in orders.kept:
        os.set_inheritable(number, False)
    try:
        return _serve(orders, control)
    except FlowslotError as refusal:
        Report(refused=refusal.code, detail=refusal.detail).send(control)
        return 1


def _serve(orders: Orders, control: socket.socket) -> int:
    from flowslot.wiring.process_bus import ProcessBus
    from flowslot.wiring.seat import Seat
    from flowslot.wiring.serving import serve_on

    bus = ProcessBus(_inherited(orders.own), [_inherited(number) for number in orders.others])
    with _inherited(orders.listener) as listener:
        return serve_on(
            listener,
            settings_from(orders.settings),
            seat=Seat(orders.name, tuple(orders.names), bus),
            prepares=orders.prepares,
            ready=lambda setup_token: Report(setup_token=setup_token).send(control),
            control=control,
        )


def _inherited(number: int) -> socket.socket:
    """A socket of the supervisor's, which no process that is started from here is to have."""
    os.set_inheritable(number, False)
    return socket.socket(fileno=number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
