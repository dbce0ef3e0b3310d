"""A step's error as expressions see it: `error` in a catch, and the items that for_each collects."""

from __future__ import annotations

from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError

ERROR_SCHEMA: Json = {
    "type": "object",
    "title": "Error",
    "required": ["code", "message", "step"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "description": "What kind of error it is, for example http_error."},
        "message": {"type": "string", "description": "What was wrong, for people."},
        "step": {"type": "string", "description": "The id of the step that failed."},
    },
}


def error_as_json(error: RunError) -> Json:
    """What an author may know of an error."""
    return {"code": error.code, "message": error.message, "step": error.step or ""}
