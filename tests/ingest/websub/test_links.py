"""The header Link, as it should be and as anybody may send it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_ingest.websub.links import MAX_CHARS, MAX_LINKS, Link, links

URL = "https://kestrel.example/feeds/world"


def rels(header: str) -> dict[str, set[str]]:
    return {link.url: set(link.relations) for link in links(header, URL)}


@pytest.mark.parametrize(("header", "expected"), [
    ('<https://h.example/>; rel="hub"', {"https://h.example/": {"hub"}}),
    ("<https://h.example/>;rel=hub", {"https://h.example/": {"hub"}}),
    ("<https://h.example/> ; REL = Hub", {"https://h.example/": {"hub"}}),
    ("</x>; rel=self, <y>; rel=hub", {
        "https://kestrel.example/x": {"self"}, "https://kestrel.example/feeds/y": {"hub"},
    }),
    ('<https://h.example/?a=1,2;b>; title="a, \\"b\\"; c"; rel="hub self"', {
        "https://h.example/?a=1,2;b": {"hub", "self"},
    }),
    ('<https://h.example/>; rel="hub"; rel="self"', {"https://h.example/": {"hub"}}),
    ('<https://h.example/>; rel="hub"; anchor="/other"', {}),
    ("<https://h.example/>", {"https://h.example/": set()}),
    (", ,<https://h.example/>; rel=hub,,", {"https://h.example/": {"hub"}}),
    ("garbage, <https://h.example/>; rel=hub", {"https://h.example/": {"hub"}}),
    ("<https://a.example/ , <https://h.example/>; rel=hub", {"https://h.example/": {"hub"}}),
    ("<http://[bad>; rel=hub, <https://h.example/>; rel=hub", {"https://h.example/": {"hub"}}),
    ("", {}), ("<", {}), (";;;", {}), ('<x>; rel="unended', {URL.rpartition("/")[0] + "/x": set()}),
])  # fmt: skip
def test_links_are_read_as_rfc_8288_has_them(header: str, expected: dict[str, set[str]]) -> None:
    """Relations in any case, URLs relative to the page; what is malformed harms no other."""
    assert rels(header) == expected


@given(st.text(st.sampled_from('<>;,="\\ relhubx/'), max_size=300))
def test_any_text_is_read_without_an_error(header: str) -> None:
    """Whatever a server sends."""
    assert all(isinstance(link, Link) for link in links(header, URL))


@pytest.mark.parametrize("piece", [
    "<", "<a>", ";", ",", '"', "\\", '<a>; rel="', "<a>;", "<a>; x=\\", " ", "<a>; rel=hub,",
])  # fmt: skip
def test_no_header_costs_more_than_its_length(piece: str) -> None:
    """At most so many links of so much text, whatever is repeated in it."""
    began = time.perf_counter()
    found = list(links(piece * (10 * MAX_CHARS // len(piece)), URL))
    assert time.perf_counter() - began < 0.5
    assert len(found) <= MAX_LINKS
