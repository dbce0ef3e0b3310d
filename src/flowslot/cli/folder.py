"""Flows as files: DIR/flows/<slug>.yaml, one a flow, and DIR/.flowslot.json with what was pulled last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flowslot.base import json_text
from flowslot.base.canonical import content_hash
from flowslot.base.errors import Malformed
from flowslot.base.json_text import Json
from flowslot.cli.documents import read_document
from flowslot.cli.refusals import WrongUse
from flowslot.cli.yaml_writing import yaml_text

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_KEYS = ("name", "visibility", "home_workspace", "definition")


@dataclass(frozen=True, slots=True)
class FlowFile:
    """One flow as it stands in a file. `definition` is None for a flow without a version."""

    slug: str
    name: str
    visibility: str
    home_workspace: str
    definition: Json

    @property
    def hash(self) -> str | None:
        """The content hash a version with this definition has."""
        return None if self.definition is None else content_hash(self.definition)

    @property
    def mark(self) -> str:
        """Equal for flows that say the same, wherever they live."""
        return mark(self.name, self.visibility, self.hash)

    def calls(self) -> frozenset[str]:
        """Slugs of the flows that its call_flow steps name."""
        return frozenset(_called(self.definition))


def _called(value: Json) -> list[str]:
    if isinstance(value, dict):
        own = [value["flow"]] if value.get("kind") == "call_flow" and isinstance(value.get("flow"), str) else []
        return own + [slug for each in value.values() for slug in _called(each)]
    return [slug for each in value for slug in _called(each)] if isinstance(value, list) else []


def mark(name: str, visibility: str, definition_hash: str | None) -> str:
    """One text for all that a file says of a flow, but its home."""
    return content_hash([name, visibility, definition_hash])


def path_of(folder: Path, slug: str) -> Path:
    """Where a flow's file stands."""
    return folder / "flows" / f"{slug}.yaml"


def file_text(flow: FlowFile) -> str:
    """The whole text of a flow's file."""
    head: dict[str, Json] = {
        "name": flow.name,
        "visibility": flow.visibility,
        "home_workspace": flow.home_workspace,
        "definition": flow.definition,
    }
    return yaml_text(head)


def write_file(folder: Path, flow: FlowFile) -> None:
    """Writes a flow's file; the folder is made."""
    path = path_of(folder, flow.slug)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file_text(flow), encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"{path}: {error.strerror}.") from None


def read_file(folder: Path, slug: str) -> FlowFile | None:
    """The flow in a file; None when there is no such file. Raises WrongUse, naming the file."""
    path = path_of(folder, slug)
    if not path.is_file():
        return None
    document = read_document(str(path))
    if not isinstance(document, dict) or set(document) != set(_KEYS):
        raise WrongUse(f"{path}: a flow's file has exactly the keys {', '.join(_KEYS)}.")
    if not all(isinstance(document[key], str) for key in _KEYS[:3]):
        raise WrongUse(f"{path}: {', '.join(_KEYS[:3])} are texts.")
    return FlowFile(slug=slug, **document)


def read_folder(folder: Path) -> dict[str, FlowFile]:
    """All flows of a folder by slug, called ones before those that call them. Raises WrongUse."""
    if not (folder / "flows").is_dir():
        raise WrongUse(f"{folder} has no folder `flows`; `flowslot pull {folder}` makes one.")
    found = {}
    for path in sorted((folder / "flows").glob("*.yaml")):
        if not SLUG.fullmatch(path.stem):
            raise WrongUse(f"{path}: the name of the file is the flow's slug: a-z, 0-9 and -, at most 63.")
        flow = read_file(folder, path.stem)
        if flow is not None:
            found[path.stem] = flow
    return _called_first(found)


def _called_first(flows: Mapping[str, FlowFile]) -> dict[str, FlowFile]:
    ordered: dict[str, FlowFile] = {}
    seen: set[str] = set()

    def put(slug: str) -> None:
        if slug in seen or slug not in flows:
            return
        seen.add(slug)
        for called in sorted(flows[slug].calls()):
            put(called)
        ordered[slug] = flows[slug]

    for slug in flows:
        put(slug)
    return ordered


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a folder and a server had in common last: the mark of each flow, by slug."""

    marks: Mapping[str, str]


def read_pulled(folder: Path) -> Pulled:
    """What was pulled or applied last; nothing when the file is missing. Raises WrongUse for a damaged one."""
    path = _pulled_path(folder)
    if not path.is_file():
        return Pulled({})
    try:
        found = json_text.parse(path.read_bytes())
    except Malformed as error:
        raise WrongUse(f"{path}: {error} Delete it to start again.") from None
    if not isinstance(found, dict):
        raise WrongUse(f"{path}: is damaged. Delete it to start again.")
    return Pulled(found)


def write_pulled(folder: Path, pulled: Pulled) -> None:
    """Keeps what folder and server have in common now."""
    lines = [f"  {_json(slug)}: {_json(pulled.marks[slug])}" for slug in sorted(pulled.marks)]
    folder.mkdir(parents=True, exist_ok=True)
    _pulled_path(folder).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _json(value: Json) -> str:
    return json_text.dump(value).decode()


def _pulled_path(folder: Path) -> Path:
    return folder / ".flowslot.json"
