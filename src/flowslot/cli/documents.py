"""FILE arguments: YAML or JSON from a file, from standard input (`-`) or, where it is said, from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

from flowslot.base import json_text
from flowslot.base.errors import Malformed, TooLarge
from flowslot.base.json_text import Json
from flowslot.cli.refusals import WrongUse
from flowslot.cli.yaml_reading import read_yaml
from flowslot.cli.yaml_writing import yaml_text as yaml_text

LARGEST = 8 * 1024 * 1024
"""Bytes of a file that are read at most."""


def read_document(file: str) -> Json:
    """The document in a file (`-`: standard input). Raises WrongUse, naming the place."""
    name = "standard input" if file == "-" else file
    try:
        text = _text(file)
        return json_text.parse(text) if file.endswith(".json") else parse_document(text)
    except (Malformed, TooLarge) as error:
        raise WrongUse(f"{name}: {error.detail}") from None
    except UnicodeDecodeError as error:
        raise WrongUse(f"{name}: the text is not UTF-8 (byte {error.start}).") from None
    except OSError as error:
        raise WrongUse(f"{name}: {error.strerror}.") from None


def parse_document(text: str) -> Json:
    """The value of a JSON or YAML text. JSON first: not every JSON text is YAML to the letter. Raises Malformed."""
    if text.lstrip().startswith(("{", "[", '"')):
        try:
            return json_text.parse(text)
        except Malformed:
            return read_yaml(text)
    return read_yaml(text)


def read_value(given: str) -> Json:
    """The value of an option that takes FILE, `-` or JSON itself."""
    if given == "-" or (not given.lstrip().startswith(("{", "[", '"')) and Path(given).is_file()):
        return read_document(given)
    try:
        return json_text.parse(given)
    except Malformed as error:
        raise WrongUse(f"{given[:60]!r} is neither a file nor JSON: {error.detail}") from None


def read_pairs(given: list[str], *, sign: str = "=") -> dict[str, str]:
    """`name=text` options as a mapping; raises WrongUse when one has no sign or a name stands twice."""
    found: dict[str, str] = {}
    for pair in given:
        name, there, text = pair.partition(sign)
        if not there or not name or name in found:
            raise WrongUse(f"{pair!r}: write name{sign}value, each name once.")
        found[name] = text
    return found


def read_values(given: list[str]) -> dict[str, Json]:
    """`name=value` options whose values are JSON where they read as JSON, and text otherwise."""
    return {name: _json_or_text(text) for name, text in read_pairs(given).items()}


def _json_or_text(text: str) -> Json:
    try:
        return json_text.parse(text)
    except Malformed:
        return text


def _text(file: str) -> str:
    raw = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else _bytes_of(Path(file))
    if len(raw) > LARGEST:
        raise TooLarge(f"more than {LARGEST} bytes.")
    return raw.decode("utf-8-sig")


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST + 1)
