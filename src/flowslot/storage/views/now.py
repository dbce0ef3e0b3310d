"""What a reading depends on beside the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flowslot.domain.resolve import EmptyMain
from flowslot.storage.views.completeness import Completeness
from flowslot.storage.views.trigger_kinds import TriggerKinds


@dataclass(frozen=True, slots=True)
class Now:
    """The moment, the setting of R7, and what readers remember."""

    moment: datetime
    empty_main: EmptyMain
    kinds: TriggerKinds
    completeness: Completeness
