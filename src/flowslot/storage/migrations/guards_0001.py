"""Triggers that hold R14, R16 and R19 against every writer, as of migration 0001; for both databases."""

from __future__ import annotations

_RUN = ("id", "flow_id", "workspace_id", "registration_id", "version", "hash", "slot")
_VERSION = ("flow_id", "number", "hash", "author", "at", "note", "workspace_id", "definition")

_FIXED = (
    ("run_is_pinned", "run", _RUN, "a run keeps its version, registration and slot (R14)"),
    ("version_is_immutable", "version", _VERSION, "a version never changes (R16)"),
)
_KEPT = "what is on record stays as it was (R19)"


def guards(dialect: str) -> list[str]:
    """The statements that make the triggers."""
    return _for_sqlite() if dialect == "sqlite" else _for_postgresql()


def _for_sqlite() -> list[str]:
    made = []
    for name, table, columns, reason in _FIXED:
        moved = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
        made.append(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(columns)} ON {table} WHEN {moved} "
            f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
        )
    for event in ("UPDATE", "DELETE"):
        made.append(
            f"CREATE TRIGGER audit_refuses_{event.lower()} BEFORE {event} ON audit "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )
    return made


def _for_postgresql() -> list[str]:
    made = [
        "CREATE FUNCTION flowslot_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0]; END $$"
    ]
    for name, table, columns, reason in _FIXED:
        moved = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
        made.append(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW "
            f"WHEN ({moved}) EXECUTE FUNCTION flowslot_refuse('{reason}')"
        )
    for event in ("UPDATE", "DELETE", "TRUNCATE"):
        each = "STATEMENT" if event == "TRUNCATE" else "ROW"
        made.append(
            f"CREATE TRIGGER audit_refuses_{event.lower()} BEFORE {event} ON audit FOR EACH {each} "
            f"EXECUTE FUNCTION flowslot_refuse('{_KEPT}')"
        )
    return made
