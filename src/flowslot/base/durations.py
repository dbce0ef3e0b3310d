"""Durations as people write them in definitions: 250ms, 30s, 5m, 24h, 7d."""

from __future__ import annotations

import re
from datetime import timedelta

PATTERN = r"^[0-9]{1,9}(ms|s|m|h|d)$"
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(text: str) -> timedelta:
    """The duration a text like `5m` names; ValueError for anything else."""
    if not re.fullmatch(PATTERN, text, re.ASCII):
        raise ValueError("write a duration as a whole number and ms, s, m, h or d, for example 30s")
    unit = text.lstrip("0123456789")
    return timedelta(seconds=int(text.removesuffix(unit)) * _UNITS[unit])
