"""flowslot user …: who may do what."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, Limit, Yes
from flowslot.cli.confirming import confirm
from flowslot.cli.given import changes
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command, command_group
from flowslot.cli.tables import print_record

app = command_group("Users: who may do what.")

Role = Literal["viewer", "author", "promoter", "admin"]
UserId = Annotated[str, typer.Argument(metavar="USER", help="Id of the user.", show_default=False)]


@command(app, "list", example="flowslot user list")
def list_users(session: Session, limit: Limit = 200, cursor: Cursor = None) -> None:
    """List the users."""
    columns = {"id": of("id"), "name": of("name"), "role": of("role"), "since": of("created_at")}
    show_list(session, "users", title="Users", columns=columns, query={"limit": limit, "cursor": cursor})


@command(app, "create", example="flowslot user create 'Ada Lovelace' --role author")
def create(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that history and audit show.")],
    role: Annotated[
        Role, typer.Option("--role", help="What they may do; each includes the ones before it.")
    ] = "viewer",
) -> None:
    """Create a user; give them a token with `flowslot token create`."""
    session.show(session.client.post("users", body={"name": name, "role": role}), _record)


@command(app, "set", example="flowslot user set usr_01k… --role promoter")
def change(
    session: Session,
    user: UserId,
    name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    role: Annotated[Role | None, typer.Option("--role", help="A new role.")] = None,
) -> None:
    """Change a user's name or role."""
    body = changes(name=name, role=role)
    session.show(session.client.patch("users", user, body=body), _record)


@command(app, "delete", example="flowslot user delete usr_01k… --yes")
def delete(session: Session, user: UserId, yes: Yes = False) -> None:
    """Delete a user and their tokens; what they did stays on record."""
    confirm(f"Delete the user {user}?", yes=yes)
    session.done(session.client.delete("users", user), f"User {user} is deleted.")


def _record(user: Json) -> None:
    print_record(f"User {user['name']}", {key: user[key] for key in user if key != "name"})
