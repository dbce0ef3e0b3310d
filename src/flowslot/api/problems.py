"""Refusals as problem documents (RFC 9457): one shape for every error, with a code that never changes."""

from __future__ import annotations

from dataclasses import asdict

from starlette.responses import Response

from flowslot.base import json_text
from flowslot.base.errors import FlowslotError, MethodNotAllowed, TooMany, Unauthenticated, Unavailable
from flowslot.base.json_text import Json

MEDIA_TYPE = "application/problem+json"
MAX_PROBLEMS = 100


def problem_document(error: FlowslotError) -> dict[str, Json]:
    """The answer's body: type, title, status, detail, code, problems where there are any, and the error's own keys."""
    document: dict[str, Json] = {
        "type": f"urn:flowslot:problem:{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    if error.problems:
        document["problems"] = [asdict(problem) for problem in error.problems[:MAX_PROBLEMS]]
    return document | {key: value for key, value in error.extra.items() if key not in document}


def problem_body(error: FlowslotError) -> bytes:
    return json_text.dump(problem_document(error))


def problem_response(error: FlowslotError) -> Response:
    """The refusal as an answer, with the headers its status asks for."""
    return Response(problem_body(error), error.status, problem_headers(error), MEDIA_TYPE)


def internal_body() -> bytes:
    """The answer to a fault of ours: it says nothing of the inside; the log has it."""
    document = {
        "type": "urn:flowslot:problem:internal",
        "title": "Internal",
        "status": 500,
        "detail": "Something went wrong inside Flowslot. The log has it under the id in X-Request-Id.",
        "code": "internal",
    }
    return json_text.dump(document)


def problem_headers(error: FlowslotError) -> dict[str, str]:
    """The headers that the status of a refusal asks for."""
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="flowslot"'}
    if isinstance(error, MethodNotAllowed):
        return {"Allow": str(error.extra.get("allow", ""))}
    if isinstance(error, TooMany | Unavailable):
        return {"Retry-After": str(error.extra.get("retry_after", 1))}
    return {}
