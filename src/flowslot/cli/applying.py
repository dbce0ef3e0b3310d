"""Carries one flow's part of a plan out: create, rename, then save as a draft or deploy to staging."""

from __future__ import annotations

from flowslot.base.json_text import Json
from flowslot.cli.client import Client
from flowslot.cli.comparing import Change, Planned
from flowslot.cli.folder import FlowFile


def apply_flow(client: Client, plan: Planned, *, stage: bool, workspace: str | None, note: str | None) -> int | None:
    """Does what the plan says; the number of the version that came of it. Raises Refused."""
    if plan.file is None:
        return None
    file = plan.file
    if plan.change is Change.CREATE:
        revision = _create(client, file, workspace=workspace or file.home_workspace)
        return (
            None
            if file.definition is None
            else _save(client, file, _body(plan, workspace, note, revision), stage=stage)
        )
    if plan.server is None:
        return None
    revision = _rename(client, file) if plan.renames else plan.server.revision
    if plan.change is Change.RENAME:
        return plan.server.newest[0] if plan.server.newest else None
    return _save(client, file, _body(plan, workspace, note, revision), stage=plan.change is Change.STAGE)


def _create(client: Client, file: FlowFile, *, workspace: str) -> int:
    body = {"slug": file.slug, "name": file.name, "workspace": workspace, "visibility": file.visibility}
    return int(client.post("flows", body=body).value["revision"])


def _rename(client: Client, file: FlowFile) -> int:
    body = {"name": file.name, "visibility": file.visibility}
    return int(client.patch("flows", file.slug, body=body).value["revision"])


def _body(plan: Planned, workspace: str | None, note: str | None, revision: int) -> dict[str, Json]:
    home = plan.server.home_workspace if plan.server else plan.file.home_workspace if plan.file else None
    return {
        "workspace": workspace or home,
        "expected_revision": revision,
        **({"note": note} if note is not None else {}),
    }


def _save(client: Client, file: FlowFile, body: dict[str, Json], *, stage: bool) -> int:
    body = {**body, "definition": file.definition}
    if stage:
        return int(client.post("flows", file.slug, "staging", body=body).value["version"]["number"])
    return int(client.post("flows", file.slug, "drafts", body=body).value["number"])
