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

    keep_payloads: int = field(
        default=30,
        metadata={"about": "Days an ended run keeps its input, the data of its steps and its details; 0 for ever."},
    )
    keep_runs: int = field(default=90, metadata={"about": "Days an ended run is kept; 0 for ever."})
    most_runs: int = field(
        default=100_000,
        metadata={"about": "Ended runs kept of each registration, the newest; 0 for no limit."},
    )
    keep_ids: int = field(
        default=7,
        metadata={"about": "Days a run that came with an id (webhook-id, Idempotency-Key) is kept in any case."},
    )
    least_free: int = field(
        default=200,
        metadata={"about": "Megabytes of free disk below which nothing new is started; 0 does not look."},
    )
    circuit_failures: int = field(
        default=20,
        metadata={
            "about": "Failed requests in a row (no answer, or a status from 500) after which a workspace leaves a host "
            "alone for a while; 0 switches this off."
        },
    )
    circuit_pause: int = field(
        default=30,
        metadata={"about": "Seconds such a host is left alone at first; doubled each time it still fails, up to 600."},
    )

    log_format: str = field(
        default="auto", metadata={"about": "json, console (for people), or auto: console on a terminal."}
    )

    engine: str = field(
        default="embedded",
        metadata={
            "about": "Who works on runs: embedded (the server's own processes) or dbos (any number of flowslot worker "
            "processes on one PostgreSQL)."
        },
    )
    workspace_runs: int = field(
        default=0,
        metadata={"about": "Runs of one workspace that a cluster works on at the same time; 0: its fair share."},
    )

    workers: int = field(
        default=1, metadata={"about": "Processes that serve on the one port; a supervisor looks after them if several."}
    )

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError("workers is 1 or more")
        if self.engine not in ("embedded", "dbos"):
            raise ValueError("engine is embedded or dbos")
        if self.log_format not in ("auto", "json", "console"):
            raise ValueError("log_format is auto, json or console")
        if self.empty_main not in ("refuse", "staging"):
            raise ValueError("empty_main is refuse or staging")
        for name in ("keep_payloads", "keep_runs", "most_runs", "keep_ids", "least_free"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is 0 or more")


def settings_from(environment: Mapping[str, str], **given: object) -> Settings:
    """Defaults, then `FLOWSLOT_*` from the environment, then what is given (None means not given)."""
    read: dict[str, object] = {}
    for each in fields(Settings):
        text = environment.get(f"FLOWSLOT_{each.name.upper()}")
        if text is not None:
            read[each.name] = _value(each.name, text)
    read.update({name: value for name, value in given.items() if value is not None})
    return replace(Settings(), **read)  # type: ignore[arg-type]  # names come from the fields themselves


def as_variables(settings: Settings) -> Mapping[str, str]:
    """All settings as `FLOWSLOT_*` variables, as `settings_from` reads them."""
    found = {}
    for each in fields(Settings):
        value = getattr(settings, each.name)
        found[f"FLOWSLOT_{each.name.upper()}"] = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return found


def _value(name: str, text: str) -> object:
    if isinstance(getattr(_DEFAULTS, name), int):
        return int(text)
    if name == "data":
        return Path(text)
    if name == "allow_networks":
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    return text


_DEFAULTS = Settings()
