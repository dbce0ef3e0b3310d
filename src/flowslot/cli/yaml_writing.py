"""JSON written as YAML for people: stable, quoted where any YAML reader might guess, long texts as blocks."""

from __future__ import annotations

import re

from flowslot.base import json_text
from flowslot.base.json_text import Json

_WIDTH = 100
_LONGEST_KEY = 120
"""A longer key needs the `? key` form: YAML looks for the colon in the first 1024 characters only."""

_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`~<.+\d].*|[\d].*", re.DOTALL)
_GUESSED = re.compile(
    r"""(?xi) y|n|yes|no|on|off|true|false|null|=
    | [+-]?(\d[\d_,.:]*|0x[\da-f_]+|0o[0-7_]+|0b[01_]+)(e[+-]?\d+)?
    | \d{4}-\d\d?-\d\d?.* """
)
"""What some YAML reader takes for a number, a date or a boolean."""
_FLOW_SIGNS = frozenset(",[]{}:#\"'")


def yaml_text(document: Json) -> str:
    """The YAML text of a document; reading it gives an equal document, numbers with the same digits."""
    return "\n".join(_lines(document)) + "\n"


def _lines(value: Json) -> list[str]:
    """The lines of a value that may stand alone, at indent 0."""
    if isinstance(value, dict) and value:
        return [line for key, each in value.items() for line in _entry(key, each)]
    if isinstance(value, list) and value:
        return [line for each in value for line in _hang("- ", _item(each))]
    if isinstance(value, str) and _is_block(value):
        return _block(value)
    return [_scalar(value)]


def _item(value: Json) -> list[str]:
    inline = _inline(value)
    return [inline] if inline is not None and not isinstance(value, dict) else _lines(value)


def _entry(key: str, value: Json) -> list[str]:
    name = _quoted(key) if _needs_quotes(key) else key
    if len(name) > _LONGEST_KEY or len(json_text.dump(key)) > _LONGEST_KEY:
        return [f"? {_double(key)}", *_hang(": ", _lines(value))]
    inline = _inline(value)
    if inline is not None and len(name) + len(inline) < _WIDTH:
        return [f"{name}: {inline}"]
    if isinstance(value, (dict, list)) and value:
        return [f"{name}:", *(f"  {line}" if line else "" for line in _lines(value))]
    first, *rest = _lines(value)
    return [f"{name}: {first}", *(f"  {line}" if line else "" for line in rest)]


def _hang(mark: str, lines: list[str]) -> list[str]:
    first, *rest = lines
    return [mark + first, *("  " + line if line else "" for line in rest)]


def _inline(value: Json) -> str | None:
    """`{type: string}` or `[id, lines]`: a small collection of simple values on one line; None when it is not one."""
    if isinstance(value, list):
        parts = [_in_flow(each) for each in value]
        text = "[" + ", ".join(part or "" for part in parts) + "]"
    elif isinstance(value, dict):
        parts = [_in_flow_entry(key, each) for key, each in value.items()]
        text = "{" + ", ".join(part or "" for part in parts) + "}"
    else:
        return None
    return text if None not in parts and len(text) < _WIDTH else None


def _in_flow_entry(key: str, value: Json) -> str | None:
    written = _in_flow(value)
    simple = not _needs_quotes(key) and not _FLOW_SIGNS & set(key) and len(key) < _LONGEST_KEY
    return f"{key}: {written}" if simple and written is not None else None


def _in_flow(value: Json) -> str | None:
    if isinstance(value, dict | list):
        return None if value else _scalar(value)
    if isinstance(value, str):
        if not value.isascii() or len(value) > _WIDTH or "\n" in value:
            return None
        if _FLOW_SIGNS & set(value):
            return None
        return _quoted(value) if _needs_quotes(value) else value
    return _scalar(value)


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        return _quoted(value) if _needs_quotes(value) else value
    return json_text.dump(value).decode()


def _needs_quotes(text: str) -> bool:
    return (
        not _PLAIN.fullmatch(text)
        or bool(_GUESSED.fullmatch(text))
        or ": " in text
        or " #" in text
        or text.endswith((":", " "))
        or not text.isprintable()
    )


def _quoted(text: str) -> str:
    if text.isprintable() and not ("'" in text and '"' not in text and "\\" not in text):
        return "'" + text.replace("'", "''") + "'"
    return _double(text)


def _double(text: str) -> str:
    """As JSON writes it, and escaped what YAML does not take or would fold away."""
    written = json_text.dump(text).decode()
    return "".join(each if each.isprintable() else _escape(each) for each in written)


def _escape(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _is_block(text: str) -> bool:
    """Whether a text of several lines can stand as a block without losing anything."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and not lines[0][0].isspace()
        and all(line.replace("\t", "").isprintable() and line == line.rstrip() for line in lines)
    )


def _block(text: str) -> list[str]:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    mark = {0: "|-", 1: "|"}.get(ends, "|+")
    return [mark, *(body.split("\n") + [""] * (ends - 1 if ends > 1 else 0))]
