"""flowslot token …: API tokens; the text of one is shown once."""

from __future__ import annotations

from typing import Annotated

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, Limit, Yes
from flowslot.cli.confirming import confirm
from flowslot.cli.given import given
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command, command_group
from flowslot.cli.tables import print_record
from flowslot.cli.users import Role

app = command_group("Tokens: how programs and the command line sign in.")


@command(app, "list", example="flowslot token list")
def list_tokens(session: Session, limit: Limit = 200, cursor: Cursor = None) -> None:
    """List the tokens; never their texts."""
    show_list(
        session,
        "tokens",
        title="Tokens",
        columns={
            "id": of("id"),
            "name": of("name"),
            "user": of("user"),
            "role": of("role"),
            "workspaces": of("workspaces"),
            "expires": of("expires_at"),
            "last used": of("last_used_at"),
        },
        query={"limit": limit, "cursor": cursor},
    )


@command(app, "create", example="flowslot token create ci --role promoter")
def create(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    role: Annotated[Role, typer.Option("--role", help="What it may do, at most what its user may.")] = "viewer",
    workspace: Annotated[
        list[str] | None, typer.Option("--workspace", "-w", metavar="WS", help="Limit it to these workspaces.")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Id of its user (default: you).")] = None,
    expires_at: Annotated[str | None, typer.Option("--expires-at", metavar="TIME", help="RFC 3339.")] = None,
) -> None:
    """Create a token; its text is shown once."""
    body = given(name=name, role=role, workspaces=workspace or None, user=user, expires_at=expires_at)
    session.show(session.client.post("tokens", body=body), _shown_once)


@command(app, "delete", example="flowslot token delete tok_01k… --yes")
def delete(
    session: Session, token: Annotated[str, typer.Argument(metavar="TOKEN", help="Id of the token.")], yes: Yes = False
) -> None:
    """Delete a token; it stops working at once."""
    confirm(f"Delete the token {token}?", yes=yes)
    session.done(session.client.delete("tokens", token), f"Token {token} is deleted.")


def _shown_once(token: Json) -> None:
    print_record(f"Token {token['name']}", {key: token[key] for key in token if key not in ("name", "token")})
    print(f"Its text, shown only now:\n\nexport FLOWSLOT_TOKEN={token['token']}")
