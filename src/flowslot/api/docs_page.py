"""The operations as one page for people: plain HTML, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape

from flowslot.api.openapi import openapi_document
from flowslot.base.json_text import Json

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; }
h3 code { font-size: 1.05rem; }
summary { cursor: pointer; }
table { border-collapse: collapse; margin: .5rem 0; }
td, th { border: 1px solid #8886; padding: .2rem .6rem; text-align: left; vertical-align: top; }
:root { color-scheme: light dark; }
"""

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def docs_page() -> str:
    """The page."""
    document = openapi_document()
    schemas = document["components"]["schemas"]
    nouns: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            nouns.setdefault(operation["tags"][0], []).append(_operation(method, path, operation, schemas))
    sections = "".join(f'<h2 id="{escape(noun)}">{escape(noun)}</h2>{"".join(each)}' for noun, each in nouns.items())
    links = " · ".join(f'<a href="#{escape(noun)}">{escape(noun)}</a>' for noun in nouns)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Flowslot API</title><style>{_STYLE}</style>'
        f"<h1>Flowslot API</h1>{_paragraphs(document['info']['description'])}"
        '<p>As a document: <a href="/api/v1/openapi.json">openapi.json</a>. '
        "All paths are below <code>/api/v1</code>.</p>"
        f"<nav>{links}</nav>{sections}</html>"
    )


def _operation(method: str, path: str, operation: Mapping[str, Json], schemas: Mapping[str, Json]) -> str:
    parts = [
        f"<h3><code>{method.upper()} {escape(path)}</code> {escape(operation['summary'])}</h3>",
        _paragraphs(operation["description"]),
        _table("Parameters", [_parameter(each) for each in operation["parameters"]]),
    ]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        parts.append(_table("Body", _properties(schema, schemas)))
    parts += [_answer(status, answer, schemas) for status, answer in operation["responses"].items()]
    return "".join(parts)


def _answer(status: str, answer: Mapping[str, Json], schemas: Mapping[str, Json]) -> str:
    about = f"<strong>{status}</strong> {escape(answer['description'])}"
    content = next(iter(answer.get("content", {}).values()), None)
    if content is None or int(status) >= 400:
        return f"<p>{about}</p>"
    rows = _table("", _properties(content["schema"], schemas))
    return f"<details><summary>{about}</summary>{rows}</details>"


def _parameter(given: Mapping[str, Json]) -> tuple[str, str, str]:
    return given["name"], f"{given['in']}{', required' if given['required'] else ''}", given["description"]


def _properties(schema: Mapping[str, Json], schemas: Mapping[str, Json]) -> list[tuple[str, str, str]]:
    found = _followed(schema, schemas)
    required = found.get("required", ())
    return [
        (name, _type(each) + (", required" if name in required else ""), each.get("description", ""))
        for name, each in found.get("properties", {}).items()
    ]


def _followed(schema: Mapping[str, Json], schemas: Mapping[str, Json]) -> Mapping[str, Json]:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def _type(schema: Mapping[str, Json]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _table(title: str, rows: Iterable[tuple[str, str, str]]) -> str:
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{escape(kind)}<td>{escape(about)}" for name, kind, about in rows
    )
    caption = f"<caption>{title}</caption>" if title else ""
    return f"<table>{caption}{lines}</table>" if lines else ""


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())
