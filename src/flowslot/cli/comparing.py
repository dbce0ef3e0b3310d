"""What has to happen so that a server has what the files say: one decision for each flow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flowslot.cli.folder import FlowFile, Pulled, mark


class Change(Enum):
    """What a flow's file means for the server."""

    SAME = "same"  # nothing to do
    CREATE = "create"  # the server has no such flow
    DRAFT = "draft"  # the file's definition would be saved as a draft
    STAGE = "stage"  # the file's definition would be deployed to staging
    RENAME = "rename"  # only name or visibility would change
    BEHIND = "behind"  # only the server changed since the last pull: pull
    CONFLICT = "conflict"  # file and server both changed since the last pull
    NO_FILE = "no file"  # the server has the flow, the folder has not


NOTHING_TO_DO = frozenset({Change.SAME, Change.BEHIND, Change.NO_FILE})


@dataclass(frozen=True, slots=True)
class ServerFlow:
    """A flow as the server has it."""

    slug: str
    name: str
    visibility: str
    home_workspace: str
    revision: int
    newest: tuple[int, str] | None
    """Number and hash of the newest version that is not set aside."""
    staging: str | None
    """Hash of the staged version."""
    main: str | None
    """Hash of the main version."""

    @property
    def hash(self) -> str | None:
        return self.newest[1] if self.newest else None

    @property
    def mark(self) -> str:
        return mark(self.name, self.visibility, self.hash)


@dataclass(frozen=True, slots=True)
class Planned:
    """One flow's part of a plan."""

    slug: str
    change: Change
    file: FlowFile | None
    server: ServerFlow | None

    @property
    def renames(self) -> bool:
        """Whether name or visibility differ."""
        if self.file is None or self.server is None:
            return False
        return (self.file.name, self.file.visibility) != (self.server.name, self.server.visibility)


def planned(slug: str, *, file: FlowFile | None, server: ServerFlow | None, pulled: Pulled, stage: bool) -> Planned:
    """What applying a file would do."""
    if file is None:
        return Planned(slug, Change.NO_FILE, file, server)
    if server is None:
        return Planned(slug, Change.CREATE, file, server)
    return Planned(slug, _change(file, server, pulled.marks.get(slug), stage=stage), file, server)


def forced(plan: Planned, *, stage: bool) -> Planned:
    """A conflict decided for the file; anything else as it is."""
    if plan.change is not Change.CONFLICT or plan.file is None or plan.server is None:
        return plan
    return Planned(plan.slug, _towards(plan.file, plan.server, stage=stage), plan.file, plan.server)


def _change(file: FlowFile, server: ServerFlow, before: str | None, *, stage: bool) -> Change:
    if file.mark == server.mark:
        return Change.STAGE if stage and _is_to_stage(file, server) else Change.SAME
    if before is not None and server.mark != before:
        return Change.BEHIND if file.mark == before else Change.CONFLICT
    return _towards(file, server, stage=stage)


def _towards(file: FlowFile, server: ServerFlow, *, stage: bool) -> Change:
    if file.hash is None or file.hash == server.hash:
        return Change.STAGE if stage and _is_to_stage(file, server) else Change.RENAME
    return Change.STAGE if stage else Change.DRAFT


def _is_to_stage(file: FlowFile, server: ServerFlow) -> bool:
    """Whether the definition is neither staged nor, with nothing else staged, on main."""
    return file.hash is not None and file.hash != server.staging and (server.staging or server.main) != file.hash
