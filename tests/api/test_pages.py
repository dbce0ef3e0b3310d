"""Pages for people, and what is found at addresses outside of the API."""

from __future__ import annotations

import re

import httpx
import pytest
from account import refused
from api_server import Server


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/v1/docs"])
def test_a_page_loads_nothing_from_elsewhere(server: Server, path: str) -> None:
    page = httpx.get(server.url + path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"<script|<link|<img|src=|https?://", page.text)


def test_the_docs_page_lists_every_operation(server: Server) -> None:
    page = httpx.get(f"{server.url}/api/docs").text
    for method, path in (("POST", "/flows/{flow}/promotions"), ("GET", "/runs"), ("POST", "/setup")):
        assert f"<code>{method} {path}</code>" in page


@pytest.mark.parametrize(
    "path", ["/nothing", "/index.html", "/api", "/api/", "/api/v2/flows", "/health", "/flows", "/metrics/"]
)
def test_other_addresses_lead_nowhere(server: Server, path: str) -> None:
    refused(httpx.get(server.url + path), 404, "not_found")


def test_the_front_page_takes_nothing(server: Server) -> None:
    refused(httpx.post(server.url), 405, "method_not_allowed")
    assert httpx.head(server.url).content == b""
