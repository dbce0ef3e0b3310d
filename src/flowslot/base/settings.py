"""What an operator can set, each with its default; read from `FLOWSLOT_*` variables and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one server. Field metadata `about` is the reference page."""

    host: str = field(
        default="127.0.0.1", metadata={"about": "Address to listen on; loopback unless you say otherwise."}
    )
    port: int = field(default=8080, metadata={"about": "Port to listen on; 0 takes a free one."})
    data: Path = field(default=Path("flowslot-data"), metadata={"about": "Folder of the database and the key file."})
    database: str = field(default="", metadata={"about": "postgresql://… ; empty means SQLite in the data folder."})
    public_url: str = field(default="", metadata={"about": "Address people and webhooks reach the server at."})
    empty_main: str = field(
        default="refuse",
        metadata={"about": "What a registration on an empty main runs: refuse (nothing) or staging (R7)."},
    )
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = field(
        default=(),
        metadata={"about": "Networks outside the public internet that flows may call, for example 10.1.0.0/16."},
    )
    ca_file: str = field(
        default="",
        metadata={"about": "PEM file of certificate authorities that outgoing requests trust beside the system's."},
    )
    max_body: int = field(default=1_048_576, metadata={"about": "Largest request body, in bytes."})
    max_concurrent_runs: int = field(default=256, metadata={"about": "Runs worked on at the same time."})
    sandboxes: int = field(default=2, metadata={"about": "Sandbox processes for expressions."})
    log_level: str = field(default="info", metadata={"about": "debug, info, warning or error."})
    bootstrap_token: str = field(
        default="", repr=False, metadata={"about": "Accepted as the first administrator's token."}
    )

    def __post_init__(self) -> None:
        if self.empty_main not in ("refuse", "staging"):
            raise ValueError("empty_main is refuse or staging")


def settings_from(environment: Mapping[str, str], **given: object) -> Settings:
    """Defaults, then `FLOWSLOT_*` from the environment, then what is given (None means not given)."""
    read: dict[str, object] = {}
    for each in fields(Settings):
        text = environment.get(f"FLOWSLOT_{each.name.upper()}")
        if text is not None:
            read[each.name] = _value(each.name, text)
    read.update({name: value for name, value in given.items() if value is not None})
    return replace(Settings(), **read)  # type: ignore[arg-type]  # names come from the fields themselves


def _value(name: str, text: str) -> object:
    if name in ("port", "max_body", "max_concurrent_runs", "sandboxes"):
        return int(text)
    if name == "data":
        return Path(text)
    if name == "allow_networks":
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    return text
