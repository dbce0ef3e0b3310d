"""Which version a command means: by number, by slot, or the newest that counts."""

from __future__ import annotations

from flowslot.base.json_text import Json
from flowslot.cli.refusals import refused_here
from flowslot.cli.session import Session
from flowslot.cli.tables import version_number


def staged_or_latest(flow: Json) -> int:
    """The staged version; without one the latest, so that the server says why that cannot be promoted."""
    return version_number(flow["staging"]) or version_number(flow["latest"]) or 1


def slot_or_number(session: Session, flow: str, wanted: str) -> int:
    """The number that `3`, `main`, `staging` or `latest` means now. Raises Refused for an empty slot."""
    if wanted.isascii() and wanted.isdigit():
        return int(wanted)
    found = version_number(session.client.get("flows", flow).value[wanted])
    if found is None:
        code = {"main": "no_main_version", "staging": "nothing_staged"}.get(wanted, "not_found")
        raise refused_here(code, f"The flow {flow} has no {wanted} version.")
    return found


def newest_saved(session: Session, flow: str, *, workspace: str | None = None) -> Json | None:
    """The newest version that is not set aside, of one workspace or of all; None when there is none."""
    for version in session.client.every("flows", flow, "versions"):
        if not version["discarded"] and workspace in (None, version["workspace"]):
            return version
    return None
