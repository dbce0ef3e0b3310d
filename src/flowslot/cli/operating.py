"""What the commands that run on the server's own machine share: its settings, from options and FLOWSLOT_* variables."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

import typer

from flowslot.base.settings import Settings, settings_from
from flowslot.cli.refusals import WrongUse

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the database and the key file.")]
Database = Annotated[str | None, typer.Option("--database", metavar="URL", help="postgresql://… instead of SQLite.")]


def settings_given(**given: object) -> Settings:
    """The settings; raises WrongUse for a value that none can have."""
    try:
        return settings_from(os.environ, **given)
    except ValueError as error:
        raise WrongUse(f"Setting: {error}.") from None


def networks(texts: list[str] | None) -> tuple[IPv4Network | IPv6Network, ...] | None:
    """The networks named; None when none is. Raises WrongUse."""
    try:
        return tuple(ip_network(text) for text in texts) if texts else None
    except ValueError as error:
        raise WrongUse(f"--allow-network: {error}.") from None
