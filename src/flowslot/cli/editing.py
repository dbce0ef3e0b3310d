"""A document in the person's editor: YAML out, YAML in; what was typed is never lost."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from flowslot.base.errors import Malformed
from flowslot.base.json_text import Json
from flowslot.cli.documents import parse_document
from flowslot.cli.refusals import WrongUse
from flowslot.cli.yaml_writing import yaml_text


def edited(document: Json, *, name: str) -> Json:
    """The document as it is when the editor is closed. Raises WrongUse, and keeps the file, when it is no YAML."""
    handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".yaml")
    file = Path(path)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(yaml_text(document))
    _open(file)
    try:
        after = parse_document(file.read_text(encoding="utf-8"))
    except (Malformed, UnicodeDecodeError) as error:
        raise WrongUse(f"{error} Your text is kept in {file}.") from None
    file.unlink()
    return after


def _open(file: Path) -> None:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    try:
        done = subprocess.run([*shlex.split(editor), str(file)], check=False)  # noqa: S603  # the person's own editor
    except OSError as error:
        raise WrongUse(f"The editor {editor!r} does not start ({error.strerror}); set EDITOR.") from None
    if done.returncode != 0:
        raise WrongUse(f"The editor ended with status {done.returncode}; nothing saved. Your text is kept in {file}.")
