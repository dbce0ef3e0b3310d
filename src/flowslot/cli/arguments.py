"""Arguments and options that several commands take, said once."""

from __future__ import annotations

from typing import Annotated

import typer

FlowSlug = Annotated[str, typer.Argument(metavar="FLOW", help="Slug of the flow.", show_default=False)]
WorkspaceSlug = Annotated[str, typer.Argument(metavar="WS", help="Slug of the workspace.", show_default=False)]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="Id of the run.", show_default=False)]
InWorkspace = Annotated[
    str, typer.Option("--workspace", "-w", metavar="WS", help="The workspace you work in.", show_default=False)
]
OfWorkspace = Annotated[str | None, typer.Option("--workspace", "-w", metavar="WS", help="Only of this workspace.")]
NewName = Annotated[str | None, typer.Option("--name", help="What people call it.")]
NameOrSlug = Annotated[str | None, typer.Option("--name", help="What people call it (default: the slug).")]
Note = Annotated[str | None, typer.Option("--note", "-m", help="A note for the history.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=200, help="At most so many rows.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Go on where the page before ended.")]
SeenRevision = Annotated[
    int | None,
    typer.Option("--expected-revision", help="The flow's revision you saw (default: what it is now) (R18)."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
