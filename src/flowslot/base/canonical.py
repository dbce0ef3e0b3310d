"""Canonical JSON (sorted keys, no spaces, numbers as written) and the content hash over it."""

from __future__ import annotations

import hashlib

import msgspec

from flowslot.base.json_text import Json, as_written

_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted", enc_hook=as_written)


def canonical(value: Json) -> bytes:
    """The one text that equal values share: keys sorted, no spaces, UTF-8."""
    return _encoder.encode(value)


def content_hash(value: Json) -> str:
    """SHA-256 of the canonical text, in hex: equal exactly for equal values."""
    return hashlib.sha256(canonical(value)).hexdigest()
