"""Operations that describe the product: schema of definitions, kinds of steps and triggers, functions, this API."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

from flowslot.api.answers.product import FunctionAnswer, FunctionsAnswer, KindAnswer, KindsAnswer
from flowslot.api.answers.shaping import shaped
from flowslot.api.ask import Ask
from flowslot.api.routing import PUBLIC, Routes
from flowslot.app.callers import Role
from flowslot.base import json_text

routes = Routes("product")


@routes.get("/schemas/flow", PUBLIC, media_type="application/schema+json")
def show_flow_schema(ask: Ask) -> Response:
    """Show the JSON Schema of flow definitions, for editors."""
    from flowslot.flowlang.flow_schema import flow_schema

    return Response(json_text.dump(flow_schema(ask.parts.kinds)), media_type="application/schema+json")


@routes.get("/steps", Role.VIEWER)
def list_step_kinds(ask: Ask) -> KindsAnswer:
    """List the kinds of steps."""
    from flowslot.flowlang.flow_schema import flow_schema

    parts = flow_schema(ask.parts.kinds)["$defs"]
    kinds = ask.parts.kinds.items()
    return KindsAnswer([shaped(KindAnswer, kind, schema=parts[f"step_{name}"]) for name, kind in kinds])


@routes.get("/triggers", Role.VIEWER)
def list_trigger_kinds(ask: Ask) -> KindsAnswer:
    """List the kinds of triggers."""
    from flowslot.flowlang.flow_schema import flow_schema
    from flowslot.flowlang.triggers import TRIGGERS

    parts = flow_schema(ask.parts.kinds)["$defs"]
    return KindsAnswer([shaped(KindAnswer, kind, schema=parts[f"trigger_{name}"]) for name, kind in TRIGGERS.items()])


@routes.get("/functions", Role.VIEWER)
def list_functions(ask: Ask) -> FunctionsAnswer:
    """List the functions that expressions may call."""
    from flowslot.flowlang.prelude_functions import LISTED_FUNCTIONS

    return FunctionsAnswer([shaped(FunctionAnswer, function) for function in LISTED_FUNCTIONS])


@routes.get("/openapi.json", PUBLIC)
def show_openapi(ask: Ask) -> Response:
    """Show this document: the API described in OpenAPI 3.1."""
    from flowslot.api.openapi import openapi_text

    return Response(openapi_text(), media_type="application/json")


@routes.get("/docs", PUBLIC, media_type="text/html")
def show_docs(ask: Ask) -> Response:
    """Show the operations of this API as a page for people."""
    from flowslot.api.docs_page import CONTENT_SECURITY_POLICY, docs_page

    return HTMLResponse(docs_page(), headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})
