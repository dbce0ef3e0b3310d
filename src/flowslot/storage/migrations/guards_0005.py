"""The trigger that holds R14 for trials against every writer, as of migration 0005; for both databases."""

from __future__ import annotations

_REASON = "a trial keeps its definition (R14)"


def guards(dialect: str) -> list[str]:
    """The statements that make the trigger; on PostgreSQL with the function that those of 0001 made."""
    before = "CREATE TRIGGER trial_is_pinned BEFORE UPDATE OF definition ON run"
    if dialect == "sqlite":
        moved = "NEW.definition IS NOT OLD.definition"
        return [f"{before} WHEN {moved} BEGIN SELECT RAISE(ABORT, '{_REASON}'); END"]
    moved = "NEW.definition IS DISTINCT FROM OLD.definition"
    return [f"{before} FOR EACH ROW WHEN ({moved}) EXECUTE FUNCTION flowslot_refuse('{_REASON}')"]
