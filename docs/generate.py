"""Writes docs/reference and openapi.json from the code; with --check says what is out of date instead."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HEAD = "<!-- Made by docs/generate.py from the code; change the code, then `make docs`. -->\n\n"


def errors_page() -> str:
    """Every error code with its status and default text."""
    from flowslot.base.errors import every_error

    lines = [
        "# Error codes",
        "",
        "Every refusal is `application/problem+json` with one of these codes. Codes never change.",
        "",
    ]
    lines += ["| code | status | meaning |", "|---|---|---|"]
    for kind in sorted(every_error(), key=lambda kind: (kind.status, kind.code)):
        lines.append(f"| `{kind.code}` | {kind.status} | {kind().detail} |")
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Every setting with its variable, default and meaning."""
    from flowslot.base.settings import Settings

    lines = ["# Settings", "", "Each is a variable in the environment; `flowslot serve --help` names the options.", ""]
    lines += ["| variable | default | meaning |", "|---|---|---|"]
    for each in fields(Settings):
        default = each.default if each.default not in ("", ()) else "(empty)"
        lines.append(f"| `FLOWSLOT_{each.name.upper()}` | `{default}` | {each.metadata['about']} |")
    return "\n".join(lines) + "\n"


def steps_page() -> str:
    """Every kind of step: what it does, its settings, an example."""
    from flowslot.steps.registry import KINDS

    lines = [
        "# Steps",
        "",
        "Every step has `id` and `kind`, and may have `name`, `note`, `if` (skips the step) and `disabled`.",
        "",
    ]
    for name, kind in KINDS.items():
        lines += [f"## `{name}`: {kind.title}", "", kind.about.strip(), ""]
        lines += [*_settings_table(kind.settings.model_json_schema()), "", *_example(kind.example["step"])]
    return "\n".join(lines).rstrip() + "\n"


def triggers_page() -> str:
    """Every kind of trigger: when it starts, its settings, an example."""
    from flowslot.flowlang.triggers import TRIGGERS

    lines = ["# Triggers", "", "A flow has exactly one.", ""]
    for name, kind in TRIGGERS.items():
        lines += [f"## `{name}`: {kind.title}", "", kind.about.strip(), ""]
        lines += [*_settings_table(kind.settings.model_json_schema()), "", *_example(kind.example)]
    return "\n".join(lines).rstrip() + "\n"


def functions_page() -> str:
    """The functions that expressions may call."""
    from flowslot.flowlang.prelude import LISTED_FUNCTIONS

    lines = [
        "# Functions in expressions",
        "",
        "Beside the methods of texts, lists and objects. None reads a clock or makes randomness.",
        "",
    ]
    lines += ["| function | what it gives | example |", "|---|---|---|"]
    for each in LISTED_FUNCTIONS:
        lines.append(f"| `{each.name}` | {each.about} | `{each.example}` |")
    return "\n".join(lines) + "\n"


def events_page() -> str:
    """Everything that goes on record."""
    from flowslot.app.audit import MEANINGS

    lines = ["# Audit events", "", "Written in the same transaction as the change (R19); `GET /audit` lists them.", ""]
    lines += ["| action | what happened |", "|---|---|"]
    lines += [f"| `{action.value}` | {about} |" for action, about in MEANINGS.items()]
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Every command with its help."""
    from flowslot.cli.main import command_tree

    lines = ["# Commands", ""]
    for name, text in command_tree():
        lines += [f"## `{name}`", "", "```text", text.strip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def api_page() -> str:
    """Every call of the HTTP API."""
    from flowslot.api.routes import every_operation
    from flowslot.app.callers import Role

    lines = ["# HTTP API", "", "Paths are below `/api/v1`; the whole document is `openapi.json`.", ""]
    lines += ["| call | what it does | role |", "|---|---|---|"]
    for each in every_operation():
        role = each.permission.name.lower() if isinstance(each.permission, Role) else "public"
        lines.append(f"| `{each.method} {each.path}` | {each.summary} | {role} |")
    return "\n".join(lines) + "\n"


def index_page() -> str:
    """The list of the pages."""
    lines = ["# Reference", "", "Made from the code.", ""]
    lines += [f"- [{title}]({name})" for name, (title, _) in PAGES.items()]
    lines += ["- [JSON Schema of a definition](flow.schema.json)", "- [OpenAPI document](../../openapi.json)"]
    return "\n".join(lines) + "\n"


PAGES: Mapping[str, tuple[str, Callable[[], str]]] = {
    "steps.md": ("Steps", steps_page),
    "triggers.md": ("Triggers", triggers_page),
    "functions.md": ("Functions in expressions", functions_page),
    "api.md": ("HTTP API", api_page),
    "commands.md": ("Commands", commands_page),
    "errors.md": ("Error codes", errors_page),
    "settings.md": ("Settings", settings_page),
    "events.md": ("Audit events", events_page),
}


def everything() -> Iterator[tuple[Path, str]]:
    """Each generated file with its text."""
    from flowslot.api.openapi import openapi_text
    from flowslot.flowlang.flow_schema import flow_schema
    from flowslot.steps.registry import KINDS

    reference = ROOT / "docs" / "reference"
    for name, (_, page) in PAGES.items():
        yield reference / name, HEAD + page()
    yield reference / "index.md", HEAD + index_page()
    yield reference / "flow.schema.json", _pretty(flow_schema(KINDS))
    yield ROOT / "openapi.json", openapi_text().decode()


def main() -> int:
    """Writes, or with --check compares; 1 when something is out of date."""
    check = "--check" in sys.argv[1:]
    stale = [path for path, text in everything() if not path.exists() or path.read_text() != text]
    if check:
        for path in stale:
            print(f"out of date: {path.relative_to(ROOT)}; run `make docs`")
        return 1 if stale else 0
    for path, text in everything():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


def _settings_table(schema: Mapping[str, Any]) -> list[str]:
    required = set(schema.get("required", ()))
    lines = ["| key | | meaning |", "|---|---|---|"]
    for key, each in schema.get("properties", {}).items():
        must = "required" if key in required else f"default `{json.dumps(each.get('default'))}`"
        lines.append(f"| `{key}` | {must} | {each.get('description', '')} |")
    return lines


def _example(example: object) -> list[str]:
    from flowslot.cli.yaml_writing import yaml_text

    return ["```yaml", yaml_text(example).rstrip(), "```", ""]


def _pretty(document: object) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
