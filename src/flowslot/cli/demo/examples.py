"""The example flows and payloads: in the installed package beside this module, in the repository under examples/."""

from __future__ import annotations

from pathlib import Path

from flowslot.base.json_text import Json
from flowslot.cli.documents import read_document
from flowslot.cli.refusals import WrongUse


def examples_folder() -> Path:
    """Where the examples are. Raises WrongUse when the installation has none."""
    installed = Path(__file__).parent / "examples"
    in_repository = Path(__file__).parents[4] / "examples"
    for folder in (installed, in_repository):
        if (folder / "triage.yaml").is_file():
            return folder
    raise WrongUse(f"The example flows are missing; they should be in {installed}. Install Flowslot again.")


def flow_definition(name: str) -> Json:
    """The definition in `<name>.yaml`."""
    return read_document(str(examples_folder() / f"{name}.yaml"))


def payload(name: str) -> bytes:
    """A webhook body as GitHub sends it, for example of `issues.opened`."""
    return payload_path(name).read_bytes()


def payload_path(name: str) -> Path:
    return examples_folder() / "github" / f"{name}.json"
