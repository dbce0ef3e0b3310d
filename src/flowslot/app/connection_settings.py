"""What a connection of the connector `http` is set to, and how its secrets are told from the rest.

A secret is written and never read: wherever settings are shown or stored in the open, the text "set" stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from flowslot.base.errors import Invalid, Problem
from flowslot.base.http_headers import is_reserved
from flowslot.base.http_headers import why_refused as why_header_refused
from flowslot.base.ids import ConnectionId, WorkspaceId
from flowslot.base.json_text import Json, dump, parse
from flowslot.base.urls import host_entry, url_from

SET = "set"
"""Stands for a secret that is kept."""

CONNECTORS = ("http",)

Secrets: TypeAlias = Mapping[str, str]
"""The secrets of one connection by the name of their field."""


def _base_url(text: str) -> str:
    url = url_from(text)
    if "?" in url.target or "#" in text:
        raise ValueError("a base URL has no query and no fragment")
    return str(url).rstrip("/")


def _full_url(text: str) -> str:
    return str(url_from(text))


def _header_name(name: str) -> str:
    if why_header_refused([(name, "")]) or is_reserved(name):
        raise ValueError("this is not the name of a header that a connection may set")
    return name


def _plain(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text.strip() or why_header_refused([("x", text)]):
        raise ValueError("a secret is not empty and has no line breaks or control characters")
    return secret


def _without_colon(name: str) -> str:
    if ":" in name:
        raise ValueError("a user name for basic sign-in has no colon")
    return name


Secret = Annotated[SecretStr, Field(min_length=1, max_length=8192), AfterValidator(_plain)]
Name = Annotated[str, Field(min_length=1, max_length=500)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class NoAuth(_Settings):
    """Requests are sent without sign-in."""

    kind: Literal["none"] = "none"


class BasicAuth(_Settings):
    """HTTP basic sign-in."""

    kind: Literal["basic"]
    username: Annotated[str, Field(max_length=500, description="User name."), AfterValidator(_without_colon)]
    password: Secret = Field(description="Password; write-only.")


class BearerAuth(_Settings):
    """A fixed token in the Authorization header."""

    kind: Literal["bearer"]
    token: Secret = Field(description="Token; write-only.")


class HeaderAuth(_Settings):
    """A secret in a header of its own, for example X-Api-Key."""

    kind: Literal["header"]
    name: Annotated[Name, AfterValidator(_header_name)] = Field(description="Name of the header.")
    value: Secret = Field(description="Value of the header; write-only.")


class OAuth2Auth(_Settings):
    """OAuth 2.0 client credentials: tokens are fetched and renewed as needed."""

    kind: Literal["oauth2"]
    token_url: Annotated[Name, AfterValidator(_full_url)] = Field(description="Where tokens are fetched.")
    client_id: Name = Field(description="Client id.")
    client_secret: Secret = Field(description="Client secret; write-only.")
    scope: str = Field(default="", max_length=2000, description="Scopes to ask for, separated by spaces.")
    client_auth: Literal["basic", "body"] = Field(
        default="basic", description="How the client signs in: HTTP basic, or client_id and client_secret in the body."
    )
    parameters: dict[Name, str] = Field(
        default_factory=dict, max_length=20, description="Further form fields of the token request, such as audience."
    )


Auth: TypeAlias = NoAuth | BasicAuth | BearerAuth | HeaderAuth | OAuth2Auth

SECRET_FIELD: Mapping[str, str] = {
    "basic": "password",
    "bearer": "token",
    "header": "value",
    "oauth2": "client_secret",
}
"""Which field of `auth` is the secret, by kind of sign-in."""


class ConnectionSettings(_Settings):
    """Where a connection leads and how it signs in."""

    base_url: Annotated[Name, AfterValidator(_base_url)] = Field(
        description="Requests go to paths below this address, for example https://api.example.com/v1."
    )
    auth: Auth = Field(default_factory=NoAuth, discriminator="kind", description="How requests sign in.")
    allowed_hosts: list[Annotated[Name, AfterValidator(host_entry)]] = Field(
        default_factory=list,
        max_length=50,
        description="Other hosts (`host` or `host:port`) that may receive this connection's sign-in.",
    )


def settings_from(document: Json, *, pointer: str = "/settings") -> ConnectionSettings:
    """The settings a document describes, secrets included. Raises Invalid with every problem, never with a secret."""
    if _secret_in(document) == SET:
        place = f"{pointer}/auth/{SECRET_FIELD[document['auth']['kind']]}"
        raise Invalid(problems=[Problem(place, "missing", "No secret is kept here yet; send the secret itself.")])
    try:
        return ConnectionSettings.model_validate(document)
    except ValidationError as error:
        raise Invalid(problems=_problems(error, pointer)) from None


def split(settings: ConnectionSettings) -> tuple[Json, Secrets]:
    """The settings as they may be shown, and apart from them the secrets."""
    public = {"auth": {"kind": "none"}, **settings.model_dump(exclude_unset=True)}
    field = SECRET_FIELD.get(settings.auth.kind)
    if field is None:
        return public, {}
    secret: SecretStr = getattr(settings.auth, field)
    public["auth"][field] = SET
    return public, {field: secret.get_secret_value()}


def opened(public: Json, secrets: Secrets) -> ConnectionSettings:
    """The settings put together again from what `split` gave."""
    return settings_from({**public, "auth": {**public["auth"], **secrets}})


def merged(old: ConnectionSettings, change: Json, *, pointer: str = "/settings") -> ConnectionSettings:
    """The settings after a change: keys not given stay, and a secret given as "set" or left out is kept.

    A secret is kept only for hosts that receive it already: who could lead it to a new one could read it.
    """
    public, secrets = split(old)
    if not isinstance(change, dict):
        return settings_from(change, pointer=pointer)
    document = {**public, **change}
    auth = document["auth"]
    field = SECRET_FIELD.get(old.auth.kind)
    kept = field and isinstance(auth, dict) and auth.get("kind") == old.auth.kind and auth.get(field, SET) == SET
    if not kept or field is None:
        return settings_from(document, pointer=pointer)
    new = settings_from({**document, "auth": {**auth, **secrets}}, pointer=pointer)
    if not _receivers(new) <= _receivers(old):
        message = "The secret would go to another host than before; send it again."
        raise Invalid(problems=[Problem(f"{pointer}/auth/{field}", "secret_needed", message)])
    return new


def secret_place(workspace: WorkspaceId, connection: ConnectionId) -> str:
    """Where a connection's secrets belong, for the Vault."""
    return f"connection/{workspace}/{connection}"


def packed(secrets: Secrets) -> bytes:
    """Secrets as the Vault seals them."""
    return dump(dict(secrets))


def unpacked(plain: bytes) -> Secrets:
    """Secrets as the Vault opened them."""
    secrets: Secrets = parse(plain)
    return secrets


def _receivers(settings: ConnectionSettings) -> set[str]:
    found = {url_from(settings.base_url).origin, *settings.allowed_hosts}
    if isinstance(settings.auth, OAuth2Auth):
        found.add(f"token {url_from(settings.auth.token_url).origin}")
    return found


def _secret_in(document: Json) -> Json:
    auth = document.get("auth") if isinstance(document, dict) else None
    if not isinstance(auth, dict) or not isinstance(auth.get("kind"), str):
        return None
    return auth.get(SECRET_FIELD.get(auth["kind"]))


def _problems(error: ValidationError, pointer: str) -> list[Problem]:
    found = []
    for each in error.errors(include_input=False, include_url=False, include_context=False):
        path = [str(part) for part in each["loc"]]
        if len(path) > 1 and path[0] == "auth" and path[1] in (*SECRET_FIELD, "none"):
            del path[1]  # the discriminator is no part of the document
        code = {"missing": "missing", "extra_forbidden": "unknown_key"}.get(each["type"], "invalid")
        place = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
        found.append(Problem(pointer + place, code, each["msg"].removeprefix("Value error, ")))
    return found
