"""Pages for people, and what is found at addresses outside of the API."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import httpx
import pytest
from account import refused
from api_server import Server, running

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}
SCRIPT = "export const words = 'one two three';\n" * 50
INDEX = '<!doctype html><title>Flowslot</title><script type="module" src="/assets/index-1a.js"></script>'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A browser before a server that has a page."""
    folder = tmp_path_factory.mktemp("built")
    ui = folder / "ui"
    (ui / "assets").mkdir(parents=True)
    (ui / "index.html").write_text(INDEX)
    (ui / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (ui / ".source-hash").write_text("secret")
    (ui / "assets" / "index-1a.js").write_text(SCRIPT)
    (ui / "assets" / "index-1a.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (ui / "assets" / "small.css").write_text("a { color: red }")
    (folder / "outside.txt").write_text("outside")
    with running(folder, ui=ui) as server, httpx.Client(base_url=server.url, headers=BROWSER) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/v1/docs"])
def test_a_page_of_the_server_itself_loads_nothing(server: Server, path: str) -> None:
    page = httpx.get(server.url + path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"<script|<link|<img|src=|https?://", page.text)


def test_where_the_page_was_not_built_the_server_says_how(server: Server) -> None:
    for path in ("/", "/flows/orders"):
        page = httpx.get(server.url + path, headers=BROWSER)
        assert (page.status_code, "make setup" in page.text, "wheel" in page.text) == (200, True, True)


def test_the_docs_page_lists_every_operation(server: Server) -> None:
    page = httpx.get(f"{server.url}/api/docs").text
    for method, path in (("POST", "/flows/{flow}/promotions"), ("GET", "/runs"), ("POST", "/setup")):
        assert f"<code>{method} {path}</code>" in page


@pytest.mark.parametrize(
    "path", ["/nothing", "/index.html", "/api", "/api/", "/api/v2/flows", "/health", "/flows", "/metrics/", "/assets/x"]
)
def test_other_addresses_lead_nowhere(server: Server, built: httpx.Client, path: str) -> None:
    refused(httpx.get(server.url + path), 404, "not_found")
    refused(built.get(path, headers={"Accept": "*/*"}), 404, "not_found")


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2/flows", "/hooks", "/assets", "/assets/gone.js", "/health"])
def test_a_browser_is_told_that_these_are_not_the_page(built: httpx.Client, path: str) -> None:
    refused(built.get(path), 404, "not_found")


@pytest.mark.parametrize("path", ["/", "/flows", "/flows/orders/runs?status=failed", "/index.html", "/apis", "/ü/x"])
def test_a_browser_gets_the_page_at_each_address_of_the_page(built: httpx.Client, path: str) -> None:
    page = built.get(path)
    assert (page.status_code, page.text) == (200, INDEX)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["content-security-policy"] == (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def test_a_page_that_has_not_changed_is_not_sent_again(built: httpx.Client) -> None:
    etag = built.get("/").headers["etag"]
    again = built.get("/flows", headers={"If-None-Match": f'"other", {etag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert built.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("identity", False)]
)
def test_assets_stay_with_the_browser_and_come_packed_where_it_can_unpack(
    built: httpx.Client, accepted: str, packed: bool
) -> None:
    script = built.get("/assets/index-1a.js", headers={"Accept-Encoding": accepted})
    assert script.text == SCRIPT
    assert script.headers.get("content-encoding") == ("gzip" if packed else None)
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["vary"] == "Accept-Encoding"


def test_other_files_have_their_types(built: httpx.Client) -> None:
    style, icon = built.get("/assets/small.css"), built.get("/favicon.svg")
    assert (style.headers["content-type"], style.text) == ("text/css; charset=utf-8", "a { color: red }")
    assert "content-encoding" not in style.headers
    assert (icon.headers["content-type"], icon.headers["cache-control"]) == ("image/svg+xml", "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../outside.txt",
        "/assets/%2e%2e/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "//outside.txt",
        "/assets/index-1a.js.gz",
        "/.source-hash",
        "/assets/%00",
    ],
)
def test_no_name_leads_out_of_the_folder(built: httpx.Client, path: str) -> None:
    raw = httpx.Request("GET", built.base_url, headers={"Accept": "*/*"}, extensions={"target": path.encode()})
    refused(built.send(raw), 404, "not_found")


def test_the_page_takes_nothing(server: Server, built: httpx.Client) -> None:
    refused(httpx.post(server.url), 405, "method_not_allowed")
    refused(built.post("/"), 405, "method_not_allowed")
    refused(built.post("/assets/index-1a.js"), 405, "method_not_allowed")
    refused(built.post("/flows"), 404, "not_found")
    for path in ("/", "/assets/small.css"):
        head = built.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == built.get(path).headers["content-length"]
