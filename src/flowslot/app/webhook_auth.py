"""Whether a webhook comes from somebody who knows the registration's secret. Everything is checked over raw bytes.

Standard Webhooks is checked here and not by its library, which reads its own clock, only takes bodies that are UTF-8
and reads numbers and base64 leniently; the tests sign with the library.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flowslot.base.ids import Ids

WINDOW = 300
"""Seconds a signed webhook may be old, or early."""

MAX_HEADER = 4096
MAX_SIGNATURES = 10
SHORTEST_SECRET = 6
LONGEST_SECRET = 512

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_:-]{1,200}")
_HEX = re.compile(r"[0-9a-fA-F]{64}")
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class _Webhook:
    auth: object
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    now: datetime

    def header(self, name: str) -> str:
        value = self.headers.get(name.lower(), "")
        return value if len(value) <= MAX_HEADER else ""


def why_refused(
    auth: object, *, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime
) -> str | None:
    """Why the sender is not let in; None when one of the secrets proves who it is, or none is asked for (`none`).

    `auth` is the trigger's setting: a kind's name, or an object with `kind` and that kind's settings.
    """
    kind = auth if isinstance(auth, str) else _setting(auth, "kind", "")
    if kind == "none":
        return None
    check = _CHECKS.get(kind)
    if check is None:
        return "This webhook asks for a sign-in that is not known."
    if not secrets:
        return "This webhook has no secret yet; set one for the registration."
    lowered = {name.lower(): value for name, value in headers.items()}
    return check(_Webhook(auth, lowered, body, now), secrets)


def new_secret(auth: object, ids: Ids) -> str:
    """A secret of 160 random bits in the form that this kind of sign-in uses."""
    kind = auth if isinstance(auth, str) else _setting(auth, "kind", "")
    secret = ids.secret()
    return _PREFIX + b64encode(secret.encode()).decode() if kind == "standard_webhooks" else secret


def why_bad_secret(auth: object, secret: str) -> str | None:
    """Why a secret chosen by a person cannot be used for this kind of sign-in; None when it can."""
    kind = auth if isinstance(auth, str) else _setting(auth, "kind", "")
    if not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET or not secret.isprintable() or secret != secret.strip():
        return f"A secret has {SHORTEST_SECRET} to {LONGEST_SECRET} printable characters, and no spaces around them."
    if kind == "standard_webhooks" and not _signing_key(secret.encode()):
        return f"A Standard Webhooks secret is {_PREFIX} and then base64."
    return None


def _standard_webhooks(webhook: _Webhook, secrets: Sequence[bytes]) -> str | None:
    id_, timestamp = webhook.header("webhook-id"), webhook.header("webhook-timestamp")
    if not _ID.fullmatch(id_) or not _TIMESTAMP.fullmatch(timestamp):
        return "The headers webhook-id and webhook-timestamp are missing or not well-formed."
    if abs(int(timestamp) - webhook.now.timestamp()) > WINDOW:
        return f"The webhook-timestamp is more than {WINDOW} seconds away from now."
    versions = [each.partition(",") for each in webhook.header("webhook-signature").split(" ")]
    if len(versions) > MAX_SIGNATURES:
        return f"The header webhook-signature has more than {MAX_SIGNATURES} signatures."
    given = [_base64(signature) for version, _, signature in versions if version == "v1"]
    signed = f"{id_}.{timestamp}.".encode() + webhook.body
    return _unless_signed(signed, keys=[_signing_key(secret) for secret in secrets], given=given)


def _hmac(webhook: _Webhook, secrets: Sequence[bytes]) -> str | None:
    header = webhook.header(_setting(webhook.auth, "header", "X-Hub-Signature-256"))
    prefix = _setting(webhook.auth, "prefix", "sha256=")
    if not header.startswith(prefix):
        return "The header with the signature is missing or not well-formed."
    text = header.removeprefix(prefix)
    as_hex = _setting(webhook.auth, "encoding", "hex") == "hex"
    given = (bytes.fromhex(text) if _HEX.fullmatch(text) else None) if as_hex else _base64(text)
    return _unless_signed(webhook.body, keys=secrets, given=[given])


def _bearer(webhook: _Webhook, secrets: Sequence[bytes]) -> str | None:
    scheme, _, token = webhook.header("authorization").partition(" ")
    if scheme.lower() != "bearer" or not _is_one_of(_raw(token.strip(" ")), secrets):
        return "The bearer token is missing or not the right one."
    return None


def _basic(webhook: _Webhook, secrets: Sequence[bytes]) -> str | None:
    """Any user name; the password is the secret."""
    scheme, _, text = webhook.header("authorization").partition(" ")
    _, colon, password = (_base64(text.strip(" ")) or b"").partition(b":")
    if scheme.lower() != "basic" or not colon or not _is_one_of(password, secrets):
        return "The password is missing or not the right one."
    return None


_CHECKS: Mapping[str, Callable[[_Webhook, Sequence[bytes]], str | None]] = {
    "standard_webhooks": _standard_webhooks,
    "hmac": _hmac,
    "bearer": _bearer,
    "basic": _basic,
}


def _unless_signed(signed: bytes, *, keys: Sequence[bytes], given: Sequence[bytes | None]) -> str | None:
    expected = [hmac.digest(key, signed, hashlib.sha256) for key in keys if key]
    same = [_is_one_of(each, expected) for each in given if each]
    if any(same):
        return None
    return "The signature is missing or not the right one."


def _is_one_of(given: bytes, known: Sequence[bytes]) -> bool:
    """Compares with every one, in a time that does not tell where a difference is."""
    same = [hmac.compare_digest(given, each) for each in known if each]
    return bool(given) and any(same)


def _signing_key(secret: bytes) -> bytes:
    """The key in a `whsec_…` secret; empty when it is none."""
    text = secret.removeprefix(_PREFIX.encode()).decode("latin-1").rstrip("=")
    return _base64(text + "=" * (-len(text) % 4)) or b""


def _base64(text: str) -> bytes | None:
    """Strict base64: one spelling for each value."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if b64encode(raw).decode() == text else None


def _raw(text: str) -> bytes:
    """The bytes of a header as they came: servers hand headers on as Latin-1."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _setting(auth: object, name: str, default: str) -> str:
    value = auth.get(name) if isinstance(auth, Mapping) else getattr(auth, name, None)
    return value if isinstance(value, str) else default
