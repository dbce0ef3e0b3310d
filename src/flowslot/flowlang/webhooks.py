"""The trigger `webhook`: its settings, and how a sender proves who it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from flowslot.base.http_headers import why_refused
from flowslot.base.json_text import Json
from flowslot.flowlang.fields import SCHEMA, JsonSchema, Wrong, refusal
from flowslot.flowlang.kinds import StepSettings
from flowslot.flowlang.nearest import did_you_mean

AUTHS = ("standard_webhooks", "hmac", "bearer", "basic", "none")
_HMAC_SETTINGS = ("header", "prefix", "encoding")
INPUT = "JSON Schema of what starts a run; anything else is refused. Without it anything is taken."


def _auth(value: Json) -> Json:
    wrong = list(_wrong_auth(value))
    if wrong:
        raise refusal(*wrong)
    return value


def _wrong_auth(value: Json) -> Iterator[Wrong]:
    known = ", ".join(AUTHS)
    if isinstance(value, str):
        if value not in AUTHS:
            yield Wrong(f"Give one of {known}.{did_you_mean(value, AUTHS)}")
    elif not isinstance(value, dict):
        yield Wrong(f"Give one of {known}, or an object with `kind`.", code="wrong_type")
    elif "kind" not in value:
        yield Wrong(f"'kind' is missing: one of {known}.", at="/kind", code="missing")
    elif value["kind"] not in AUTHS:
        yield Wrong(f"Give one of {known}.", at="/kind")
    else:
        for key, setting in value.items():
            if key != "kind":
                yield from _wrong_auth_setting(value["kind"], key, setting)


def _wrong_auth_setting(kind: str, key: str, setting: Json) -> Iterator[Wrong]:
    if kind != "hmac" or key not in _HMAC_SETTINGS:
        meant = did_you_mean(key, _HMAC_SETTINGS) if kind == "hmac" else ""
        yield Wrong(f"{key!r} is not a setting of {kind}.{meant}", at=f"/{key}", code="unknown_key")
    elif not isinstance(setting, str):
        yield Wrong("This must be a text.", at=f"/{key}", code="wrong_type")
    elif key == "encoding" and setting not in ("hex", "base64"):
        yield Wrong("Give hex or base64.", at="/encoding")
    elif key == "header" and why_refused([(setting, "")]) is not None:
        yield Wrong("This is not the name of a header.", at="/header")
    elif len(setting) > 100:
        yield Wrong("At most 100 characters.", at=f"/{key}")


_AUTH_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"enum": list(AUTHS)},
            {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"title": "Kind", "enum": [auth for auth in AUTHS if auth != "hmac"]}},
                "additionalProperties": False,
            },
            {
                "type": "object",
                "required": ["kind"],
                "properties": {
                    "kind": {"title": "Kind", "const": "hmac"},
                    "header": {
                        "title": "Header",
                        "description": "The header that holds the signature. Default: X-Hub-Signature-256.",
                        "type": "string",
                        "maxLength": 100,
                    },
                    "prefix": {
                        "title": "Prefix",
                        "description": "What stands before the signature. Default: sha256=.",
                        "type": "string",
                        "maxLength": 100,
                    },
                    "encoding": {
                        "title": "Encoding",
                        "description": "How the signature is written. Default: hex.",
                        "enum": ["hex", "base64"],
                    },
                },
                "additionalProperties": False,
            },
        ]
    }
)


class WebhookTrigger(StepSettings):
    """Settings of `webhook`."""

    auth: Annotated[Json, AfterValidator(_auth), _AUTH_SCHEMA] = Field(
        default="standard_webhooks",
        title="Sign-in",
        description="How the sender proves who it is: standard_webhooks, hmac, bearer, basic or none; "
        "or an object with `kind` and, for hmac, `header`, `prefix` and `encoding`.",
    )
    respond: Literal["accepted", "result"] = Field(
        default="accepted",
        title="Respond",
        description="accepted: 202 as soon as the run is kept. result: what the stop step says, once it has ended.",
    )
    input: JsonSchema | None = Field(default=None, title="Input", description=INPUT, json_schema_extra=SCHEMA)
