"""The canonical form of an article's address."""

import contextlib
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import HttpUrl, ValidationError

from newswire_ingest.canonical import MAX_URL, TRACKING, TRACKING_PREFIXES, canonical_url

STORY = "https://www.agency.example/world/2026/11/pact-signed"


@pytest.mark.parametrize(
    "url",
    [
        STORY + "?utm_source=rss&utm_medium=feed",
        STORY + "?fbclid=IwAR0&gclid=x&mc_cid=1&mc_eid=2",
        STORY + "?at_medium=RSS&at_campaign=KARANGA",
        STORY + "?UTM_Source=rss",
        STORY + "?utm_source=rss&amp;utm_medium=feed",
        STORY + "?ref=rss",
        STORY + "?",
        STORY + "?&&",
        STORY + "#comments",
        STORY + "#xtor=RSS-3208",
        STORY + "/amp",
        STORY + ".amp",
        STORY + "?amp",
        STORY + "?amp=1",
        STORY + "?outputType=amp",
        "https://www.agency.example/amp/world/2026/11/pact-signed",
        "https://www-agency-example.cdn.ampproject.org/c/s/www.agency.example/world/2026/11/pact-signed",
        "https://cdn.ampproject.org/v/s/www.agency.example/world/2026/11/pact-signed/amp?usqp=mq331&amp_js_v=0.1",
        "https://www.google.com/amp/s/www.agency.example/world/2026/11/pact-signed?amp=1",
        "https://www.google.co.uk/amp/s/www.agency.example/world/2026/11/pact-signed",
        "HTTPS://WWW.Agency.Example:443/world/2026/11/pact-signed",
        "https://www.agency.example./world/2026/11/pact-signed",
        "https://editor:secret@www.agency.example/world/2026/11/pact-signed",
        "https://www.agency.example/world/./x/../2026/11/p%61ct%2Dsigned",
        "  https://www.agency.example/world/2026/11/pact-signed\n",
    ],
)
def test_every_way_to_an_article_is_one_address(url: str) -> None:
    """However a reader was led to it, and however it is shown to them, it is the same article."""
    assert canonical_url(url) == STORY


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://m.agency.example/x", "https://agency.example/x"),
        ("https://mobile.agency.example/x", "https://agency.example/x"),
        ("https://amp.agency.example/x", "https://agency.example/x"),
        ("https://en.m.agency.example/x", "https://en.agency.example/x"),
        ("https://m.agency.co.uk/x", "https://agency.co.uk/x"),
        ("https://www.agency.example/news/index.html", "https://www.agency.example/news/"),
        ("https://www.agency.example/pact/amp/", "https://www.agency.example/pact/"),
        ("https://www.agency.example/pact.amp.html", "https://www.agency.example/pact.html"),
        ("http://www.agency.example:80/x", "http://www.agency.example/x"),
        ("http://www.agency.example", "http://www.agency.example/"),
        (
            "https://www.agency.example/%c3%bc?q=%c3%bc",
            "https://www.agency.example/%C3%BC?q=%C3%BC",
        ),
        ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
        (STORY + "?id=7&utm_id=8&page=2", STORY + "?id=7&page=2"),
    ],
)
def test_one_form_of_host_path_and_query(url: str, canonical: str) -> None:
    """What is left is a valid address of the same page."""
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        STORY,
        STORY + "/",
        "http://www.agency.example/?p=123",
        "https://www.agency.example/view?source=4711&ref=a&uid=3&cid=9&eid=8&keyword=pact",
        "https://www.agency.example/view?b=2&a=1",
        "https://www.agency.example/view?amp=3",
        "https://www.agency.example/view?q=a+b&empty=",
        "https://www.agency.example/index.php?article=7",
        "https://www.agency.example/amp",
        "https://www.agency.example/amplifiers/champion",
        "https://www.agency.example/#!/article/7",
        "https://www.agency.example/#/article/7",
        "https://agency.example:8443/x",
        "https://mobile.co.uk/x",
        "https://m.example/x",
        "https://amp.example/x",
        "https://[2001:db8::1]/x",
        "urn:newsml:agency.example:20261123:7",
        "tag:agency.example,2026:7",
        "guid-7 utm_source=x",
        "",
        "https://",
        "https://[::1",
        "https://agency.example:99999/",
        "javascript:alert(1)",
        "https://www.agency.example/" + "a" * MAX_URL + "?utm_source=x",
    ],
)
def test_what_may_tell_two_articles_apart_stays(url: str) -> None:
    """Two articles under one address would be one lost; and no stored identity changes."""
    assert canonical_url(url) == url


def test_the_list_of_parameters_is_lower_case_and_says_nothing_twice() -> None:
    """A name that never matches, or is covered by a prefix, only looks like a rule."""
    assert all(name == name.lower() for name in (*TRACKING, *TRACKING_PREFIXES))
    assert not [name for name in TRACKING if name.startswith(TRACKING_PREFIXES)]


LABELS = st.sampled_from(["m", "amp", "mobile", "www", "en", "agency", "co", "uk", "example", "1"])
SEGMENTS = st.sampled_from(
    ["amp", "index.html", "index.php", "x", ".", "..", "%2e", "%41", "x.amp", ".amp.html", "s", "c",
     "www.google.com", "cdn.ampproject.org", "a.example", "", "ü", "%", "%zz", "amp?amp=1", "%4%31"]
)  # fmt: skip
PAIRS = st.sampled_from(
    ["utm_source=x", "amp", "amp=1", "a=1", "", "amp;amp;amp=1", "%75tm_source=x", "b", "?", "#!/x"]
)
ADDRESSES = st.builds(
    lambda scheme, host, port, path, query, rest: (
        f"{scheme}://{'.'.join(host)}{port}/{'/'.join(path)}?{'&'.join(query)}{rest}"
    ),
    st.sampled_from(["http", "https", "HTTPS", "ftp"]),
    st.lists(LABELS, min_size=1, max_size=5)
    | st.sampled_from([["www.google.com"], ["cdn.ampproject.org"], ["a-b.cdn.ampproject.org"]]),
    st.sampled_from(["", ":80", ":443", ":8080", ":x"]),
    st.lists(SEGMENTS, max_size=8),
    st.lists(PAIRS, max_size=4),
    st.sampled_from(["", "#x", "#!/x", "#/amp"]),
)


@given(
    url=ADDRESSES | st.text(st.characters(), max_size=60) | st.text("amp/.:%hts?&=#m", max_size=40)
)
@example(url="https://a.example/\ud800")
@example(url="\ud800")
@example(url="https://www.google.com/amp/s/www.google.com/amp/s/a.example/amp/amp/")
def test_it_is_its_own_canonical_form(url: str) -> None:
    """Whatever is sent: no error, and the same when done again."""
    once = canonical_url(url)
    assert canonical_url(once) == once


def is_address(url: str) -> bool:
    with contextlib.suppress(ValidationError):
        HttpUrl(url)
        return True
    return False


@given(url=ADDRESSES)
def test_tracking_never_makes_another_article(url: str) -> None:
    """A feed that counts its readers anew with each fetch has the same articles."""
    assume(is_address(url) and "#" not in url)
    assert canonical_url(url + "&utm_campaign=1") == canonical_url(url + "&utm_campaign=2")


def test_a_hostile_address_takes_no_time() -> None:
    """Nested caches, thousands of parameters or segments: bounded work."""
    for url in (
        "https://" + "www.google.com/amp/s/" * 98 + "a.example/x",
        "https://a.example" + "/amp" * 500,
        "https://" + "m." * 1_000 + "example",
        "https://a.example/?" + "utm_a&" * 340,
        "https://a.example/" + "%41" * 680,
        "https://a.example/" + "%" * 2_000,
        "https://" + "a" * 2_000,
    ):
        started = time.perf_counter()
        canonical_url(url)
        assert time.perf_counter() - started < 1, url[:50]
