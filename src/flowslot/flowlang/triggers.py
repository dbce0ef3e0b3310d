"""Every kind of trigger by its name, with its page in the reference."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from flowslot.flowlang.fields import SCHEMA, JsonSchema
from flowslot.flowlang.kinds import StepSettings, TriggerKindSpec
from flowslot.flowlang.schedules import LEAST_EVERY, ScheduleTrigger, next_tick
from flowslot.flowlang.webhooks import INPUT, WebhookTrigger

__all__ = ["LATER", "TRIGGERS", "OnDemandTrigger", "ScheduleTrigger", "WebhookTrigger", "next_tick"]


class OnDemandTrigger(StepSettings):
    """Settings of `on_demand`."""

    input: JsonSchema | None = Field(default=None, title="Input", description=INPUT, json_schema_extra=SCHEMA)


TRIGGERS: Mapping[str, TriggerKindSpec] = {
    spec.name: spec
    for spec in (
        TriggerKindSpec(
            name="on_demand",
            title="On demand",
            about="""\
Starts by hand, by the API, or when another flow calls it (`call_flow`). `input` is the JSON Schema of what it takes;
what does not fit is refused, and expressions that use `trigger` are checked against it.

```yaml
trigger:
  kind: on_demand
  input:
    type: object
    required: [amount]
    properties: {amount: {type: number}}
```
""",
            settings=OnDemandTrigger,
            example={
                "kind": "on_demand",
                "input": {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "number"}}},
            },
        ),
        TriggerKindSpec(
            name="webhook",
            title="Webhook",
            about="""\
Starts when somebody sends an HTTP request to the address of the registration. Each registration has two addresses: one
that follows the slot the registration is on, and one that always runs the staged version.

`auth` says how the sender proves who it is; each registration has a secret for it:

- `standard_webhooks` (unless you say otherwise): signed as standardwebhooks.com describes
- `hmac`: a HMAC-SHA256 of the body in a header; `{kind: hmac, header: X-Signature, prefix: "", encoding: base64}` says
  which (unless given `X-Hub-Signature-256`, `sha256=` and `hex`, as GitHub sends it)
- `bearer`: the secret as a bearer token
- `basic`: any user name, and the secret as the password
- `none`: anybody who knows the address

`respond: accepted` answers 202 with the id of the run as soon as it is kept safely; `respond: result` waits for the end
of the run and answers what its `stop` step says.

```yaml
trigger:
  kind: webhook
  auth: hmac
  input:
    type: object
    required: [id]
    properties: {id: {type: string}}
```
""",
            settings=WebhookTrigger,
            example={"kind": "webhook", "auth": {"kind": "hmac", "header": "X-Signature"}, "respond": "result"},
        ),
        TriggerKindSpec(
            name="schedule",
            title="Schedule",
            about=f"""\
Starts at set times: `cron` in a time zone, or `every` so long ({LEAST_EVERY} at least). Cron has five fields (minute,
hour, day of month, month, day of week), with lists, ranges, steps, names (`MON`, `JAN`), `L` (the last) and `#` (the
n-th). A time that the change to summer time leaves out ticks at the moment of the change, and one that comes twice
ticks once, unless the hour or the minute begins with `*`. `every` counts from midnight UTC of 1 January 1970.

`catch_up` says what to do with ticks that were missed while the server was down: `skip` them (unless you say
otherwise), run the `last` one, or `{{all: N}}`, the last N.

```yaml
trigger:
  kind: schedule
  cron: 0 6 * * 1-5
  timezone: Europe/Berlin
  catch_up: last
```

`trigger.time` is the time of the tick.
""",
            settings=ScheduleTrigger,
            example={"kind": "schedule", "cron": "0 6 * * 1-5", "timezone": "Europe/Berlin", "catch_up": {"all": 3}},
        ),
    )
}

LATER: frozenset[str] = frozenset({"record", "action_done"})
"""Kinds of the format that are not available yet."""
