"""Web addresses are parsed once and strictly (attacks A59–A61, A67, A68, A78, A82)."""

from __future__ import annotations

import pytest

from flowslot.base.urls import host_entry, is_listed, url_from

REFUSED = [
    "",
    "example.com",
    "//example.com",
    "HTTP://example.com",
    "Https://example.com",
    " http://example.com",
    "http://example.com ",
    "ht\ttp://example.com",
    "http:\n//example.com",
    "http:/example.com",
    "http:example.com",
    "file:///etc/passwd",
    "ftp://example.com",
    "gopher://example.com",
    "data:text/plain,x",
    "unix:/run/x.sock",
    "ws://example.com",
    "javascript:alert(1)",
    "http://",
    "http:///path",
    "http://?x",
    "http://:80/",
    "http://user@example.com",
    "http://user:pass@example.com",
    "http://@example.com",
    "http://example.com\\@evil.com",
    "http://evil.com\\",
    "http://exa mple.com",
    "http://example.com:",
    "http://example.com:0",
    "http://example.com:65536",
    "http://example.com:-1",
    "http://example.com:８０",
    "http://example.com:80a",
    "http://example.com:80:80",
    "http://api.x.com%2eevil",
    "http://127%2e0.0.1",
    "http://%31%32%37.0.0.1",
    "http://a..b",
    "http://.a",
    "http://-a.com",
    "http://a-.com",
    "http://" + "a" * 64 + ".com",
    "http://" + "a." * 127 + "com",
    "http://256.0.0.1",
    "http://1.2.3.4.5",
    "http://1.2.3.09",
    "http://0xfffffffff",
    "http://4294967296",
    "http://a.1",
    "http://[::1",
    "http://::1",
    "http://[::1]x",
    "http://[::g]",
    "http://[127.0.0.1]",
    "http://[]",
    "http://a[::1]",
    "http://example.com/\r\nHost: evil",
    "http://example.com/\x00",
    "http://example.com/\ud800",
    "http://ex\u200bample.com:99999",
    "http://example.com/" + "a" * 8192,
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_clearly_one_http_url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"URL|host|port|redirect"):
        url_from(text)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0177.1",
        "①②⑦.0.0.1",
        "１２７．０．０．１",
        "127。0。0。1",
    ],
)
def test_every_spelling_of_an_ipv4_address_is_that_address(text: str) -> None:
    url = url_from(f"http://{text}/")
    assert (url.host, str(url.address)) == ("127.0.0.1", "127.0.0.1")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("http://example.com", "http://example.com/"),
        ("https://EXAMPLE.com:443/A?b#c", "https://example.com/A?b"),
        ("http://example.com.:8080", "http://example.com:8080/"),
        ("http://example.com?q=1", "http://example.com/?q=1"),
        ("http://example.com/a b/ü?x=ä%20%zz", "http://example.com/a%20b/%C3%BC?x=%C3%A4%20%25zz"),
        ("http://example.com/a/../b/%2e%2E", "http://example.com/a/../b/%2e%2E"),
        ("http://example.com/@evil.com", "http://example.com/@evil.com"),
        ("https://bücher.de/", "https://xn--bcher-kva.de/"),
        ("https://BÜCHER.de/", "https://xn--bcher-kva.de/"),
        ("http://ＥＸＡＭＰＬＥ.com/", "http://example.com/"),
        ("http://my_service:80/", "http://my_service/"),
        ("http://[::FFFF:127.0.0.1]:80/", "http://[::ffff:7f00:1]/"),
        ("http://[2606:4700::1]:8443/x", "http://[2606:4700::1]:8443/x"),
    ],
)
def test_what_is_sent_is_one_spelling(text: str, sent: str) -> None:
    assert str(url_from(text)) == sent
    assert str(url_from(sent)) == sent


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("", "https://api.x.com/v1"),
        ("/", "https://api.x.com/v1/"),
        ("invoices", "https://api.x.com/v1/invoices"),
        ("/invoices?page=2", "https://api.x.com/v1/invoices?page=2"),
        ("?page=2", "https://api.x.com/v1?page=2"),
        ("/@evil.com", "https://api.x.com/v1/@evil.com"),
        ("@evil.com", "https://api.x.com/v1/@evil.com"),
        (":80/x", "https://api.x.com/v1/:80/x"),
        (".evil.com", "https://api.x.com/v1/.evil.com"),
        ("/customers/Zoë Smith", "https://api.x.com/v1/customers/Zo%C3%AB%20Smith"),
        ("/a/..b/c...", "https://api.x.com/v1/a/..b/c..."),
        ("/a?next=../b", "https://api.x.com/v1/a?next=../b"),
        ("javascript:alert(1)", "https://api.x.com/v1/javascript:alert(1)"),
    ],
)
def test_a_path_stays_below_the_base_url(path: str, sent: str) -> None:
    assert str(url_from("https://api.x.com/v1").below(path)) == sent
    assert (
        str(url_from("https://api.x.com/v1/").below(path)).replace("/v1/?", "/v1?").startswith("https://api.x.com/v1")
    )


@pytest.mark.parametrize(
    "path",
    [
        "//evil.com",
        "///evil.com",
        "\\evil.com",
        "/\\evil.com",
        "..",
        "/..",
        "/../admin",
        "/a/../../b",
        "/a/./b",
        "/%2e%2e/admin",
        "/%2E%2e/admin",
        "/.%2e/admin",
        "/..%2fadmin",
        "/..%5cadmin",
        "/a%2f..%2fb",
        "/ .. /b",
        "/a#b",
        "/a\r\nX: y",
        "/a\tb",
        "/a\x00",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="below the base URL"):
        url_from("https://api.x.com/v1").below(path)


def test_query_parameters_are_added_and_quoted() -> None:
    url = url_from("http://x.com/a").with_query([("q", "a b&c=d"), ("é", "/#?")])
    assert str(url) == "http://x.com/a?q=a%20b%26c%3Dd&%C3%A9=%2F%23%3F"
    assert str(url_from("http://x.com/a?b=1").with_query([("c", "2")])) == "http://x.com/a?b=1&c=2"


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/b", "https://x.com/b"),
        ("b?c=1#d", "https://x.com/p/b?c=1"),
        ("?z=1", "https://x.com/p/a?z=1"),
        ("../up", "https://x.com/up"),
        ("//other.com/c", "https://other.com/c"),
        ("HTTPS://Other.com", "https://other.com/"),
        ("", "https://x.com/p/a?q=1"),
    ],
)
def test_a_location_is_read_from_where_it_was_met(location: str, leads_to: str) -> None:
    assert str(url_from("https://x.com/p/a?q=1").towards(location)) == leads_to


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://x", "data:,x", "ftp://x", "http://u:p@x.com/", "/\\evil", "http://a b/"],
)
def test_a_location_that_is_no_http_url_is_refused(location: str) -> None:
    with pytest.raises(ValueError, match=r"URL|host"):
        url_from("https://x.com/a").towards(location)


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("https://api.x.com/", True),
        ("https://API.x.com.:443/", True),
        ("http://api.x.com/", True),
        ("https://api.x.com:8443/", False),
        ("https://files.x.com:8443/", True),
        ("https://files.x.com/", False),
        ("https://api.x.com.evil/", False),
        ("https://xapi.x.com/", False),
        ("https://х.com/", False),
        ("https://[2606::1]/", True),
    ],
)
def test_a_host_is_listed_only_as_it_stands(url: str, listed: bool) -> None:
    entries = [host_entry(each) for each in ("API.x.com", "files.x.com:8443", "x.com", "[2606:0::1]")]
    assert is_listed(url_from(url), entries) is listed


@pytest.mark.parametrize("text", ["", "a@b", "a/b", "http://a", "*.x.com", "a:0", "a b", "a?b"])
def test_a_list_of_hosts_holds_hosts_only(text: str) -> None:
    with pytest.raises(ValueError, match=r"host|port"):
        host_entry(text)
