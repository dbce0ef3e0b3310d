"""The settings of `http_request`: either connection and path, or url."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from flowslot.base.http_headers import why_refused
from flowslot.base.json_text import Json
from flowslot.base.urls import url_from
from flowslot.flowlang.fields import (
    CONNECTION,
    DURATION_SCHEMA,
    TEXT,
    VALUE,
    DurationBetween,
    Name,
    ObjectValue,
    Wrong,
    is_computed,
    is_expression,
    refusal,
)
from flowslot.flowlang.kinds import StepSettings
from flowslot.flowlang.pointers import escaped
from flowslot.steps.retrying import Retry
from flowslot.steps.statuses import Statuses

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def _url(text: str) -> str:
    if not is_computed(text):
        try:
            url_from(text)
        except ValueError as error:
            raise refusal(Wrong(f"Not a URL that can be called: {error}.")) from None
    return text


def _path(text: str) -> str:
    if not is_expression(text) and not text.startswith(("/", "?", "{{")):
        raise refusal(Wrong("A path begins with /; it is put behind the connection's base URL."))
    if not is_computed(text):
        try:
            url_from("https://example.com").below(text)
        except ValueError as error:
            raise refusal(Wrong(f"Not a path that can be called: {error}.")) from None
    return text


def _headers(value: Json) -> Json:
    wrong = [] if isinstance(value, str) else list(_wrong_headers(value))
    if wrong:
        raise refusal(*wrong)
    return value


def _wrong_headers(headers: dict[str, Json]) -> Iterator[Wrong]:
    for name, value in headers.items():
        literal = value if isinstance(value, str) and not is_computed(value) else ""
        refused = why_refused([(name, literal)])
        if refused is not None:
            yield Wrong(f"This cannot be sent: {refused}.", at=f"/{escaped(name)}")


class HttpRequestSettings(StepSettings):
    """Settings of `http_request`: either connection and path, or url."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["url"]}, {"required": ["connection", "path"]}],
            "not": {"anyOf": [{"required": ["url", key]} for key in ("connection", "path")]},
            "allOf": [
                {"not": {"required": [one, other]}}
                for one, other in (("json", "form"), ("json", "text"), ("form", "text"))
            ],
        }
    )

    connection: Name | None = Field(
        default=None,
        title="Connection",
        description="Name of one of the flow's connections; it adds the base URL and signs in.",
        json_schema_extra=CONNECTION,
    )
    path: Annotated[str, AfterValidator(_path)] | None = Field(
        default=None,
        title="Path",
        description="The path below the connection's base URL, for example /invoices/{{ trigger.id }}.",
        json_schema_extra=TEXT,
    )
    url: Annotated[str, AfterValidator(_url)] | None = Field(
        default=None,
        title="URL",
        description="A whole URL, for requests without a connection.",
        json_schema_extra=TEXT,
    )
    method: Method = Field(default="GET", title="Method", description="The HTTP method.")
    query: ObjectValue | None = Field(
        default=None,
        title="Query",
        description="Query parameters by name; null leaves one out, a list gives it several times.",
        json_schema_extra=VALUE,
    )
    headers: Annotated[ObjectValue, AfterValidator(_headers)] | None = Field(
        default=None, title="Headers", description="Headers by name; null leaves one out.", json_schema_extra=VALUE
    )
    json_: Json = Field(
        default=None,
        alias="json",
        title="JSON body",
        description="Any JSON, sent as application/json.",
        json_schema_extra=VALUE,
    )
    form: ObjectValue | None = Field(
        default=None, title="Form body", description="Form fields by name.", json_schema_extra=VALUE
    )
    text: str | None = Field(default=None, title="Text body", description="A text.", json_schema_extra=TEXT)
    timeout: Annotated[str, DURATION_SCHEMA, AfterValidator(DurationBetween("1ms", "300s"))] = Field(
        default="30s", title="Timeout", description="How long one attempt may take in all; at most 300s."
    )
    retry: Retry | None = Field(
        default=None, title="Retry", description="When to send it again; without it there is one attempt."
    )
    expect: Statuses | None = Field(
        default=None,
        title="Expect",
        description='The statuses that are no error: 404, "2xx", "200-299". Unless given, 200 to 299.',
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        wrong = list(self._wrong_together())
        if wrong:
            raise refusal(*wrong)
        return self

    def _wrong_together(self) -> Iterator[Wrong]:
        if self.url is None and self.connection is None and self.path is None:
            yield Wrong("Give connection and path, or url.", code="missing")
        elif self.url is not None:
            others = [key for key in ("connection", "path") if getattr(self, key) is not None]
            yield from (
                Wrong(f"Give either url or connection and path; {key} is too much.", at=f"/{key}") for key in others
            )
        elif self.connection is None or self.path is None:
            missing = "connection" if self.connection is None else "path"
            yield Wrong(f"{missing!r} is missing: connection and path go together.", at=f"/{missing}", code="missing")
        bodies = [key for key in ("json", "form", "text") if self.has(key)]
        for key in bodies[1:]:
            yield Wrong(f"A request has one body: give either {bodies[0]} or {key}.", at=f"/{key}")

    def has(self, key: str) -> bool:
        """Whether a key of the body was written."""
        return ("json_" if key == "json" else key) in self.model_fields_set

    def computed(self) -> dict[str, Json]:
        """Everything that is evaluated before the request is sent, by key."""
        keys = ("path", "url", "query", "headers", "form", "text")
        found = {key: getattr(self, key) for key in keys if getattr(self, key) is not None}
        return {**found, "json": self.json_} if self.has("json") else found
