"""What a run may use up at most."""

from __future__ import annotations

MOST_STEPS = 100_000
"""Steps executed by one run, loop iterations counted one by one."""
MOST_OUTPUT = 2_621_440
"""Bytes of one step's output as JSON: room for an HTTP answer of 1 MiB, which stands there parsed and as text."""
MOST_DEPTH = 16
"""How deep flows may call flows."""
MOST_DESCENDANTS = 10_000
"""Runs that may be started below one run, by calls of calls."""

MOST_RECORDS = 2_000
"""Steps of one run that are shown; failed ones are shown beyond it."""
MOST_FAILED_RECORDS = 200
MOST_SHOWN_VALUE = 65_536
"""Bytes of one input or output that are shown; what is longer is cut."""
MOST_SHOWN = 4_194_304
"""Bytes of all inputs and outputs of one run that are shown."""
SHOWN_BEGINNING = 1_000
"""Characters shown of a value that was cut."""

SHORT_PAUSE = 1.0
"""Seconds a retry may wait in memory; longer ones park the run."""
CALL_GRACE = 0.2
"""Seconds a calling run waits in memory for the called one; then it parks."""
