"""Who may send a webhook (attacks A83–A86, A89, A90)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from flowslot.app.webhook_auth import new_secret, why_bad_secret, why_refused
from flowslot.base.ids import TimeOrderedIds
from flowslot.base.json_text import Json

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = b'{"invoice": 1}'


def refused(auth: object, headers: dict[str, str], *, body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)) -> bool:
    given = [each.encode() for each in secrets]
    return why_refused(auth, headers=headers, body=body, secrets=given, now=NOW) is not None


def signed(
    *, id_: str = "msg_1", at: float = 0, body: bytes = BODY, secret: str = SECRET, timestamp: str | None = None
) -> dict[str, str]:
    """Standard Webhooks headers, made without our code."""
    stamp = timestamp if timestamp is not None else str(int(NOW.timestamp() + at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"{id_}.{stamp}.".encode() + body, hashlib.sha256)).decode()
    return {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


def test_what_the_reference_library_signs_is_let_in() -> None:
    signature = Webhook(SECRET).sign("msg_1", NOW, BODY.decode())
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(NOW.timestamp())),
        "Webhook-Signature": signature,
    }
    assert not refused("standard_webhooks", headers)
    assert not refused({"kind": "standard_webhooks"}, headers)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"not json", b"x" * 1_000_000])
def test_a_signature_is_over_the_bytes_whatever_they_are(body: bytes) -> None:
    assert not refused("standard_webhooks", signed(body=body), body=body)
    assert refused("standard_webhooks", signed(body=body), body=body + b" ")


@pytest.mark.parametrize(
    "secret", ["whsec_" + base64.b64encode(b"k" * n).decode().rstrip("=") for n in (24, 25, 32, 64)]
)
def test_secrets_may_come_without_padding(secret: str) -> None:
    padded = secret + "=" * (-len(secret.removeprefix("whsec_")) % 4)
    assert not refused("standard_webhooks", signed(secret=padded), secrets=(secret,))


GOOD = signed()
SIGNATURE = GOOD["webhook-signature"]
RAW = SIGNATURE.removeprefix("v1,")


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v1",
        "v1,",
        "v1,a,b",
        "v1,abc",
        "v1,é",
        "ü" * 20,
        RAW,
        f"v2,{RAW}",
        f"V1,{RAW}",
        f"v1a,{RAW}",
        f"v1 ,{RAW}",
        f"v1,{RAW},x",
        f"v1,{RAW[:-1]}",
        f"v1,{RAW}=",
        f"v1,{RAW[:-2]}{'A' if RAW[-2] != 'A' else 'B'}=",
        f"v1,{RAW[:10]}\n{RAW[10:]}",
        f"v1,{RAW.replace('+', '-').replace('/', '_')}-",
        "v1," + base64.b64encode(b"x" * 32).decode(),
        " ".join(["v1,AAAA"] * 10 + [SIGNATURE]),
        " ".join([SIGNATURE] * 1000),
        "v1," + "A" * 1_048_576,
        "\x00",
        "v1,\ud800",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_what_is_no_right_signature_is_refused(signature: str) -> None:
    began = time.perf_counter()
    assert refused("standard_webhooks", {**GOOD, "webhook-signature": signature})
    assert time.perf_counter() - began < 1


def test_a_signature_has_one_spelling_only() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = RAW[:-2] + alphabet[alphabet.index(RAW[-2]) + 1] + "="
    assert base64.b64decode(other) == base64.b64decode(RAW)
    assert refused("standard_webhooks", {**GOOD, "webhook-signature": f"v1,{other}"})


def test_one_right_signature_among_ten_is_enough() -> None:
    among = " ".join(["v1,AAAA", "v1a,xyz", *["v1," + base64.b64encode(b"x" * 32).decode()] * 7, SIGNATURE])
    assert not refused("standard_webhooks", {**GOOD, "webhook-signature": among})


@pytest.mark.parametrize("seconds", [0, -299, 299, -300, 300])
def test_a_webhook_of_these_minutes_is_let_in(seconds: int) -> None:
    assert not refused("standard_webhooks", signed(at=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, -86_400, 86_400])
def test_an_older_or_later_one_is_refused(seconds: int) -> None:
    assert refused("standard_webhooks", signed(at=seconds))


STAMP = str(int(NOW.timestamp()))


@pytest.mark.parametrize(
    "stamp",
    [
        *["", "-1", "1e9", "nan", "inf", f" {STAMP}", f"{STAMP} ", f"+{STAMP}", f"{STAMP}.9", f"1_{STAMP[1:]}"],
        *[f"{STAMP}\n", "1" + "0" * 300, "0x1", STAMP.translate({48 + n: 0xFF10 + n for n in range(10)}), "٣"],
    ],
)
def test_a_timestamp_is_plain_digits(stamp: str) -> None:
    assert refused("standard_webhooks", signed(timestamp=stamp))


@pytest.mark.parametrize("id_", ["", "a.b", "x" * 201, "a\x00b", "😀", "a b", "a/b", "a\nb", "x" * 10_240])
def test_an_id_has_only_harmless_characters(id_: str) -> None:
    assert refused("standard_webhooks", signed(id_=id_))


@pytest.mark.parametrize("id_", ["a", "x" * 200, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", "a-b:c_D9"])
def test_common_ids_are_let_in(id_: str) -> None:
    assert not refused("standard_webhooks", signed(id_=id_))


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_is_needed(missing: str) -> None:
    assert refused("standard_webhooks", {name: value for name, value in GOOD.items() if name != missing})


def test_another_registrations_secret_is_refused_and_both_of_a_rotation_are_let_in() -> None:
    for secret in (SECRET, OTHER):
        assert refused("standard_webhooks", signed(secret=secret), secrets=(SECRET if secret is OTHER else OTHER,))
        assert not refused("standard_webhooks", signed(secret=secret), secrets=(SECRET, OTHER))


@dataclass
class HmacSetting:
    kind: str = "hmac"
    header: str = "X-Sign"
    prefix: str = "v0="
    encoding: str = "base64"


def mac(secret: str = "topsecret", body: bytes = BODY) -> bytes:
    return hmac.digest(secret.encode(), body, hashlib.sha256)


HMACS: list[tuple[Json, str, str]] = [
    ("hmac", "X-Hub-Signature-256", "sha256=" + mac().hex()),
    ("hmac", "x-hub-signature-256", "sha256=" + mac().hex().upper()),
    ({"kind": "hmac"}, "X-Hub-Signature-256", "sha256=" + mac().hex()),
    ({"kind": "hmac", "header": "X-S", "prefix": ""}, "x-s", mac().hex()),
    ({"kind": "hmac", "encoding": "base64"}, "X-Hub-Signature-256", "sha256=" + base64.b64encode(mac()).decode()),
    (HmacSetting(), "x-sign", "v0=" + base64.b64encode(mac()).decode()),
]


@pytest.mark.parametrize(("auth", "header", "value"), HMACS, ids=lambda each: str(each)[:30])
def test_a_body_signed_with_the_secret_is_let_in(auth: object, header: str, value: str) -> None:
    assert not refused(auth, {header: value}, secrets=("topsecret",))
    assert not refused(auth, {header: value}, secrets=("newer-secret", "topsecret"))
    assert refused(auth, {header: value}, secrets=("othersecret",))
    assert refused(auth, {header: value}, body=BODY + b"\n", secrets=("topsecret",))
    assert refused(auth, {header: value[:-1]}, secrets=("topsecret",))
    assert refused(auth, {header: value + "\n"}, secrets=("topsecret",))
    assert refused(auth, {}, secrets=("topsecret",))


@pytest.mark.parametrize(
    "value", ["", "sha256=", mac().hex(), "sha1=" + mac().hex(), "sha256=" + "0" * 64, "é", "sha256=é"]
)
def test_other_signatures_of_a_body_are_refused(value: str) -> None:
    assert refused("hmac", {"x-hub-signature-256": value}, secrets=("topsecret",))


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("Bearer topsecret", True),
        ("bearer  topsecret ", True),
        ("Bearer topsecre", False),
        ("Bearer topsecret2", False),
        ("Bearer TOPSECRET", False),
        ("Bearer", False),
        ("Bearer ", False),
        ("Basic topsecret", False),
        ("topsecret", False),
        ("Bearer tøpsecret", False),
        ("Bearer \ud800", False),
        ("", False),
    ],
)
def test_a_bearer_token_is_the_secret(value: str, right: bool) -> None:
    assert refused("bearer", {"Authorization": value}, secrets=("topsecret",)) is not right


def test_secrets_may_have_any_characters() -> None:
    as_servers_read_it = "Bearer " + "geheim-ü-€".encode().decode("latin-1")
    assert not refused("bearer", {"authorization": as_servers_read_it}, secrets=("geheim-ü-€",))


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("value", "right"),
    [
        (basic("anybody:top:secret"), True),
        (basic(":top:secret"), True),
        (basic("anybody:").replace("Basic", "basic"), False),
        (basic("top:secret"), False),
        (basic("top"), False),
        (basic("a:top:secret") + "!", False),
        ("Basic", False),
        ("Basic !!!", False),
        ("Bearer top:secret", False),
    ],
)
def test_a_basic_password_is_the_secret(value: str, right: bool) -> None:
    assert refused("basic", {"authorization": value}, secrets=("top:secret",)) is not right


@pytest.mark.parametrize("auth", ["standard_webhooks", "hmac", "bearer", "basic"])
def test_without_a_secret_everybody_is_refused(auth: str) -> None:
    for secrets in ((), ("",)):
        for headers in ({}, signed(), {"authorization": "Bearer "}, {"authorization": basic("a:")}):
            assert refused(auth, headers, secrets=secrets)


def test_none_lets_everybody_in_and_an_unknown_sign_in_nobody() -> None:
    assert not refused("none", {}, secrets=())
    for unknown in ("", "None", "magic", None, 5, {}, {"kind": "magic"}, {"kind": None}):
        assert refused(unknown, GOOD)


def test_no_reason_tells_a_secret_or_a_signature() -> None:
    for auth in ("standard_webhooks", "hmac", "bearer", "basic"):
        headers = {**GOOD, "authorization": "Bearer hunter2"}
        why = why_refused(auth, headers=headers, body=b"", secrets=[b"topsecret"], now=NOW)
        assert why
        assert not any(each in why for each in ("hunter2", "topsecret", RAW))


@pytest.mark.parametrize("auth", ["standard_webhooks", "hmac", "bearer", "basic"])
def test_every_secret_is_compared_in_constant_time_even_after_a_match(
    auth: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[object, object]] = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or real(one, other))
    sign_in = {"standard_webhooks": GOOD, "hmac": {"x-hub-signature-256": "sha256=" + mac(SECRET).hex()}}
    headers = sign_in.get(auth) or {"authorization": f"Bearer {SECRET}" if auth == "bearer" else basic(f"a:{SECRET}")}
    assert not refused(auth, headers, secrets=(SECRET, OTHER, OTHER))
    assert len(compared) == 3
    assert all(isinstance(each, bytes) for pair in compared for each in pair)


@pytest.mark.parametrize("auth", ["standard_webhooks", "hmac", "bearer", "basic", {"kind": "standard_webhooks"}])
def test_a_new_secret_can_be_used_and_is_another_each_time(auth: object) -> None:
    ids = TimeOrderedIds()
    secrets = {new_secret(auth, ids) for _ in range(100)}
    assert len(secrets) == 100
    assert all(why_bad_secret(auth, each) is None and len(each) >= 32 for each in secrets)


def test_the_reference_library_takes_a_new_secret() -> None:
    secret = new_secret("standard_webhooks", TimeOrderedIds())
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("msg_1", now, "{}")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    late = now + timedelta(seconds=10)
    assert why_refused("standard_webhooks", headers=headers, body=b"{}", secrets=[secret.encode()], now=late) is None


@pytest.mark.parametrize(
    ("auth", "secret", "good"),
    [
        ("bearer", "topsecret", True),
        ("bearer", "short", False),
        ("bearer", "x" * 513, False),
        ("bearer", "with\nnewline", False),
        ("bearer", " padded-secret ", False),
        ("standard_webhooks", SECRET, True),
        ("standard_webhooks", "whsec_not base64!", False),
        ("standard_webhooks", "topsecret", False),
    ],
)
def test_a_chosen_secret_must_be_usable(auth: str, secret: str, good: bool) -> None:
    assert (why_bad_secret(auth, secret) is None) is good
