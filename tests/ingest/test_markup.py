"""HTML of any author: safe, plain, and in linear time."""

import contextlib
import time

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire_ingest.parsing.markup import NestedTooDeep, sanitised, text_of


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<p onclick='x()' style='x' class='y'>a</p>", "<p>a</p>"),
        ("<a href='javascript:alert(1)'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<img src=x onerror=alert(1)>", "<img>"),
        ("<svg><script>alert(1)</script></svg>a", "a"),
        ("<math><mi xlink:href='data:x'>a</mi></math>", ""),
        ("<iframe src='https://x.example'></iframe>", ""),
        ("<style>p{}</style><p>a", "<p>a</p>"),
        ("<!-- x --><p>a</p>", "<p>a</p>"),
        ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<form><input value='x'>a</form><p>b</p>", "<p>b</p>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p><b>a<p>c</b>d", "<p><b>a</b></p><p>cd</p>"),
        ("<custom-tag>a</custom-tag>", "a"),
        ("", ""),
    ],
)
def test_only_elements_of_text_remain(html: str, safe: str) -> None:
    """Nothing that runs, loads or poses gets to a reader."""
    assert sanitised(html) == safe


def test_relative_links_lead_where_they_led_on_the_page() -> None:
    """In a feed reader there is no page to be relative to."""
    html = '<a href="/b">x</a><img src="c.png">'
    assert 'href="https://a.example/b"' in sanitised(html, "https://a.example/d/e")
    assert 'src="https://a.example/d/c.png"' in sanitised(html, "https://a.example/d/e")
    assert "href" not in sanitised(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One<div>Two</div>Three</div>", "One\n\nTwo\n\nThree"),
        ("<p>One<br>line<br/>two</p>", "One\nline\ntwo"),
        ("<p>a\n   b\t c&nbsp;d</p>", "a b c d"),
        ("<h2>Title</h2>text", "Title\n\ntext"),
        ("<ul><li>a<li>b</ul>", "a\n\nb"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n\n3"),
        ("a<b>b</b>c", "abc"),
        ("<p> </p><p></p>", ""),
        ("&lt;b&gt; &eacute; &#x1F600;", "<b> é 😀"),
    ],
)
def test_text_has_a_paragraph_a_block(html: str, text: str) -> None:
    """The plain text reads as the page did."""
    assert text_of(html) == text


@given(html=st.text(alphabet=st.sampled_from("<>/abpdivx =\"'&;!-\n"), max_size=200) | st.text())
def test_whatever_html_is_sent_what_comes_out_is_safe_and_stays_so(html: str) -> None:
    """Sanitising what is sanitised changes nothing, and its text is the same."""
    once = sanitised(html.replace("\x00", ""))
    assert sanitised(once) == once
    assert nh3.is_html(once) or "<" not in once


TOKENS = ["<div>", "<b>", "<p>", "x", "</p>", "<a href=x>", "&", "<table><td>", "</b></i>", "<br>"]


@settings(deadline=None, max_examples=40)
@given(tokens=st.lists(st.sampled_from(TOKENS), min_size=1, max_size=4))
def test_hostile_html_costs_time_in_proportion(tokens: list[str]) -> None:
    """100 kB of a few tags again and again are done, or refused, in moments: no square of time."""
    html = "".join(tokens) * (100_000 // len("".join(tokens)))
    started = time.process_time()
    with contextlib.suppress(NestedTooDeep):
        text_of(sanitised(html))
    assert time.process_time() - started < 3


def test_many_attributes_are_not_the_end() -> None:
    """What took a tree of libxml2 a minute is dropped unread."""
    html = "<a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</a>"
    assert sanitised(html) == '<a rel="noopener noreferrer">x</a>'
