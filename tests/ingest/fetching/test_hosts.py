"""Whose turn a request takes."""

import pytest

from newswire_ingest.fetching.hosts import host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://example.org/feed", "example.org:80"),
        ("https://EXAMPLE.org./feed", "example.org:443"),
        ("https://example.org:8443/", "example.org:8443"),
        ("http://[::1]:81/", "::1:81"),
    ],
)
def test_a_host_is_its_name_and_port(url: str, host: str) -> None:
    """However its URL is written, it is one host."""
    assert host_of(url) == host


def test_a_url_with_an_impossible_port_is_an_error() -> None:
    """It leads nowhere."""
    with pytest.raises(ValueError, match=r"[Pp]ort"):
        host_of("http://example.org:99999/")
