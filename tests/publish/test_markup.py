"""Text from anywhere, made fit for feeds: nothing harmful in, nothing of value lost."""

import html
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_publish.feeds.render.markup import paragraphs, plain, sanitised, web_url


def test_links_in_the_text_are_absolute_or_gone() -> None:
    """A relative link means nothing in a reader; ours are resolved against the article."""
    markup = '<a href="/b">b</a><img src="c.png"><a href="//d.example/e">e</a>'
    cleaned = sanitised(markup, "https://agency.example/news/a")
    assert re.findall('(?:href|src)="([^"]+)"', cleaned) == [
        "https://agency.example/b", "https://agency.example/news/c.png", "https://d.example/e",
    ]  # fmt: skip
    assert re.findall('(?:href|src)="([^"]+)"', sanitised(markup, None)) == []


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://agency.example/ä?b=c#d", True),
        ("http://[::1]/", True),
        ("https://", False),
        ("//agency.example/", False),
        ("javascript:alert(1)", False),
        ("https://agency.example/a b", False),
        ('https://agency.example/"><script>', False),
        ("https://[broken/", False),
        ("", False),
    ],
)
def test_only_absolute_web_urls_are_links(url: str, taken: bool) -> None:
    """A link of a feed leads to the web or is not there."""
    assert web_url(url) == (url if taken else None)


@given(st.text(max_size=300))
def test_paragraphs_keep_every_word(text: str) -> None:
    """Turning plain text into HTML loses nothing that a reader would see."""
    shown = html.unescape(re.sub("<[^>]+>", " ", paragraphs(text)))
    legal = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    assert shown.split() == legal.split()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("AT&T <b>up</b> 3%", "AT&T up 3%"),
        ("5 < 6 > 4", "5 < 6 > 4"),
        ("I <3 news", "I <3 news"),
        ("two\n lines", "two lines"),
        ("How &lt;b&gt; works", "How &lt;b&gt; works"),
    ],
)
def test_a_title_is_plain_text(text: str, title: str) -> None:
    """Markup goes, signs that only look like it stay."""
    assert plain(text) == title


@pytest.mark.parametrize(
    "bomb", ["<b>" * 50_000, "<table>" * 20_000, "&lt;" * 100_000, "<a href=" * 50_000]
)
def test_nested_markup_is_no_bomb(bomb: str) -> None:
    """A hostile body takes about as long as its size, and no stack."""
    renderers: list[Callable[[str], str]] = [plain, lambda text: sanitised(text, None), paragraphs]
    for render in renderers:
        assert len(render(bomb)) < 20 * len(bomb)
