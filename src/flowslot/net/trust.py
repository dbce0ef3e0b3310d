"""Which certificates outgoing requests trust: the system's authorities and those the operator adds."""

from __future__ import annotations

import os
import ssl
import sys


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Checks certificate and name, TLS 1.2 or later. SSL_CERT_FILE and SSL_CERT_DIR are not looked at.

    ValueError when the operator's file holds no certificates.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.set_alpn_protocols(["http/1.1"])
    _load_system(context)
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except OSError:  # ssl.SSLError is one
            raise ValueError(f"ca_file: {ca_file} is not a file of certificates in PEM form") from None
    return context


def _load_system(context: ssl.SSLContext) -> None:
    if sys.platform == "win32":
        context.load_default_certs()
        return
    paths = ssl.get_default_verify_paths()
    file = paths.openssl_cafile if os.path.isfile(paths.openssl_cafile) else None
    folder = paths.openssl_capath if os.path.isdir(paths.openssl_capath) else None
    if file or folder:
        context.load_verify_locations(cafile=file, capath=folder)
    if not file and not (folder and os.listdir(folder)):
        import certifi  # comes with httpx; for machines without a list of their own

        context.load_verify_locations(cafile=certifi.where())
