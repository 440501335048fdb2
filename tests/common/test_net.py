"""The SSRF guard: nothing that only we can reach is reached for somebody else."""

import socket
from ipaddress import ip_network

import pytest

from newswire_common.net import AddressRefused, SafeSockets, check_url, is_public

REFUSED = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1",
    "198.18.0.1", "192.88.99.1", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1",
    "2001:db8::1", "3fff::1", "5f00::1",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused_at_connect(address: str) -> None:
    """Checked on the very address that the socket goes to, whatever name led there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(AddressRefused):
        SafeSockets()((family, socket.SOCK_STREAM, 0, "", (address, 443)))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address: str) -> None:
    """The guard stops nobody it need not stop."""
    assert is_public(address)


def test_a_network_that_is_opened_is_open_and_no_other() -> None:
    """ALLOW_PRIVATE_NETWORKS opens just what it names."""
    allowed = [ip_network("10.0.0.0/8")]
    assert is_public("10.1.2.3", allowed)
    assert is_public("::ffff:10.1.2.3", allowed)
    assert not is_public("127.0.0.1", allowed)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "//example.org/", "example.org", "http://",
        "http://user:pass@example.org/", "http://user@example.org/", "http://127.0.0.1/",
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://LOCALHOST./",
        "http://169.254.169.254/latest/meta-data/", "http://[fe80::1%25eth0]/",
        "http://example.org:99999/", "http://example.org:0/", "http://example.org:x/",
    ],
)  # fmt: skip
def test_a_url_that_can_only_be_wrong_is_refused_at_registration(url: str) -> None:
    """The earlier the answer, the clearer the error."""
    with pytest.raises(ValueError, match=r"must|public|[Pp]ort|address"):
        check_url(url)


def test_a_good_url_is_kept_as_it_is() -> None:
    """Names are judged when they are connected to, not before."""
    assert check_url("https://hooks.example.org:8443/in?a=b") == (
        "https://hooks.example.org:8443/in?a=b"
    )
