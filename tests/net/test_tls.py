"""Certificates are checked, and no flow can say otherwise (attack A74)."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from local_http import LOCAL, failure_of, outbound, target

from flowslot.net.outbound import Outbound

NOW = datetime.now(UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(common: str, *, names: list[str], until: datetime) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(_name(common))
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=9))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        builder = builder.add_extension(alternatives, critical=False)
    return builder.sign(KEY, hashes.SHA256())


def _server(folder: Path, certificate: x509.Certificate) -> tuple[ssl.SSLContext, Path]:
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, folder / "key.pem")
    return context, file


async def _local(host: str) -> list[IPv4Address]:
    return [IPv4Address(str(ip_address("127.0.0.1")))]


async def _sent(context: ssl.SSLContext, *, ca_file: Path | None) -> str:
    settings = replace(LOCAL, ca_file=str(ca_file) if ca_file else "")
    async with target(tls=context) as there, outbound(settings, resolve=_local) as client:
        return (await client.send("GET", there.url(host="good.example"))).text


def test_a_certificate_of_an_authority_that_the_operator_added_is_trusted(tmp_path: Path) -> None:
    certificate = _certificate("good.example", names=["good.example"], until=NOW + timedelta(days=9))
    context, file = _server(tmp_path, certificate)
    assert asyncio.run(_sent(context, ca_file=file)) == "ok"


@pytest.mark.parametrize(
    ("common", "names", "days", "trusted"),
    [
        ("good.example", ["good.example"], 9, False),
        ("good.example", ["good.example"], -1, True),
        ("good.example", ["other.example"], 9, True),
        ("good.example", [], 9, True),
    ],
    ids=["self-signed", "expired", "wrong name", "name in the common name only"],
)
def test_other_certificates_are_not(tmp_path: Path, common: str, names: list[str], days: int, trusted: bool) -> None:
    certificate = _certificate(common, names=names, until=NOW + timedelta(days=days))
    context, file = _server(tmp_path, certificate)
    failure = asyncio.run(failure_of(_sent(context, ca_file=file if trusted else None)))
    assert failure == "network_error: The certificate of good.example is not trusted or not for this name."


@pytest.mark.parametrize("content", [None, b"", b"no certificates"])
def test_certificates_that_cannot_be_read_are_refused_at_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ValueError, match="is not a file of certificates"):
        Outbound(replace(LOCAL, ca_file=str(file)))


def test_a_target_that_speaks_no_tls_is_a_network_error() -> None:
    async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async def check() -> str:
        server = await asyncio.start_server(hello, "127.0.0.1", 0)
        async with server, outbound() as client:
            return await failure_of(client.send("GET", f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))

    assert asyncio.run(check()) == "network_error: No secure connection to 127.0.0.1 could be agreed on."
