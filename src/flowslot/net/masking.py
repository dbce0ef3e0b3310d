"""Takes secrets out of what comes back: a target may echo them in its body, its headers or its error pages."""

from __future__ import annotations

import html
import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, quote_plus

from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import HttpResponse, StepFailure

MASK = "***"
SHORTEST = 6
"""Shorter secrets are not masked: their characters occur by chance."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Finds some secrets in every form they are likely to be echoed in."""

    needles: tuple[str, ...] = ()
    """Longest first, so that no part of a form is left over."""

    def text(self, text: str) -> str:
        """The text without the secrets."""
        for needle in self.needles:
            if needle in text:
                text = text.replace(needle, MASK)
        return text

    def response(self, response: HttpResponse) -> HttpResponse:
        """The answer without the secrets."""
        if not self.needles:
            return response
        headers = {name: self.text(value) for name, value in response.headers.items()}
        return HttpResponse(response.status, headers, self.text(response.text))

    def failure(self, failure: StepFailure) -> StepFailure:
        """The failure without the secrets."""
        return StepFailure(masked_error(self, failure.error))


def masked_error(mask: Mask, error: RunError) -> RunError:
    """The error with its message masked."""
    return replace(error, message=mask.text(error.message))


def mask_for(secrets: Iterable[str]) -> Mask:
    """What masks these secrets as they are, trimmed, by line, in base64, hex, URL, JSON and HTML spelling."""
    found: set[str] = set()
    for secret in secrets:
        for part in {secret, secret.strip(), *(line.strip() for line in secret.splitlines())}:
            if len(part) >= SHORTEST:
                found.update(_spellings(part))
    return Mask(tuple(sorted((each for each in found if len(each) >= SHORTEST), key=lambda each: (-len(each), each))))


def _spellings(secret: str) -> Sequence[str]:
    raw = secret.encode()
    encoded = [quote(secret, safe=""), quote_plus(secret), quote(secret)]
    return [
        secret,
        *encoded,
        *(_lower_escapes(each) for each in encoded),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],  # a JSON body that is echoed as a text in JSON
        html.escape(secret),
        raw.hex(),
        raw.hex().upper(),
        *_base64(raw),
    ]


def _base64(raw: bytes) -> Sequence[str]:
    """The characters that stand for the secret wherever it begins inside what was encoded."""
    found = []
    for shift in range(3):
        text = b64encode(b"\0" * shift + raw).decode()
        begin = (0, 2, 3)[shift]
        end = (shift + len(raw)) // 3 * 4 + (0, 1, 2)[(shift + len(raw)) % 3]
        found += [text[begin:end], text[begin:end].replace("+", "-").replace("/", "_")]
    return found


def _lower_escapes(text: str) -> str:
    pieces = text.split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])
