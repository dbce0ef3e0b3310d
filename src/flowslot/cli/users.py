"""flowslot user …: who may do what."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, Limit, Yes
from flowslot.cli.confirming import confirm
from flowslot.cli.given import changes
from flowslot.cli.lists import of, show_list
from flowslot.cli.refusals import refused_here
from flowslot.cli.secrets import asked_secret
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
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password to sign in with at the page from standard input.")
    ] = False,
) -> None:
    """Create a user; a password lets them sign in at the page, a token (`flowslot token create`) everywhere else."""
    body = {"name": name, "role": role}
    if password_stdin:
        body["password"] = asked_secret("Password", twice=True)
    session.show(session.client.post("users", body=body), _record)


@command(app, "password", example="flowslot user password 'Ada Lovelace'")
def set_password(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the user.", show_default=False)],
) -> None:
    """Set the password that a user signs in with at the page; their sessions end.

    It is asked for, or read from standard input: the new password in the first line and, to change one's own, the
    current one in the second.
    """
    own = session.client.get("session").value["user"]
    is_own = own is not None and own["name"] == name
    user = own["id"] if is_own else _id_of(session, name)
    body = {"password": asked_secret("New password", twice=True)}
    current = asked_secret("Current password (empty if there is none)") if is_own else ""
    if current:
        body["current"] = current
    session.done(session.client.put("users", user, "password", body=body), f"The password of {name} is set.")


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
    """Delete a user with their tokens and sessions; what they did stays on record."""
    confirm(f"Delete the user {user}?", yes=yes)
    session.done(session.client.delete("users", user), f"User {user} is deleted.")


def _id_of(session: Session, name: str) -> str:
    for each in session.client.every("users"):
        if each["name"] == name:
            return str(each["id"])
    raise refused_here("not_found", f"There is no user {name!r}; see `flowslot user list`.")


def _record(user: Json) -> None:
    print_record(f"User {user['name']}", {key: user[key] for key in user if key != "name"})
