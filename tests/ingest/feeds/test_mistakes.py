"""The mistakes that feeds make, and what is read all the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newswire_common.article import ArticleDraft
from newswire_ingest.parsing.feed import Feed, FeedError, parse_feed
from tests.ingest.feeds.samples import ATOM, JSON_FEED, NINJS_3, RSS, URL, rss

ITEM = "<item><title>{}</title><guid>g</guid></item>"


def feed_of(text: str | bytes, content_type: str | None = None) -> Feed:
    body = text.encode() if isinstance(text, str) else text
    return parse_feed(body, content_type, URL)


def headline(text: str | bytes, content_type: str | None = None) -> str:
    (entry,) = feed_of(text, content_type).entries
    said = entry.fields["headline"]
    assert isinstance(said, str)
    return said


@pytest.mark.parametrize(
    ("charset", "declared", "content_type"),
    [
        ("utf-8", "", None),
        ("utf-8-sig", "iso-8859-1", "text/xml; charset=windows-1252"),
        ("utf-8", "iso-8859-1", "text/xml; charset=ISO-8859-1"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "", "text/xml"),
        ("utf-16-be", "utf-8", None),
        ("utf-32", "", None),
        ("iso-8859-1", "iso-8859-1", None),
        ("cp1252", "utf-8", None),
        ("cp1252", "", None),
        ("cp1252", "no-such-charset", "text/xml; charset=also-none"),
        ("iso-8859-15", "", "text/xml; charset=iso-8859-15"),
    ],
)
def test_a_feed_is_read_in_its_own_characters(
    charset: str, declared: str, content_type: str | None
) -> None:
    """Declared, undeclared, or declared wrongly by the document or by the server."""
    encoding = f' encoding="{declared}"' if declared else ""
    text = (
        f'<?xml version="1.0"{encoding}?><rss><channel>{ITEM.format("Über café")}</channel></rss>'
    )
    assert headline(text.encode(charset), content_type) == "Über café"


@pytest.mark.parametrize(
    ("charset", "text"),
    [("windows-1251", "Мир и порт"), ("koi8-r", "Мир"), ("shift_jis", "港が再開"),
     ("euc-kr", "항구 재개"), ("gb2312", "港口"), ("iso-2022-jp", "港が再開"), ("big5", "港口")],
)  # fmt: skip
def test_other_scripts_by_their_declaration(charset: str, text: str) -> None:
    """In XML or in HTTP; a server's default of latin-1 does not outvote the document."""
    body = f'<?xml version="1.0" encoding="{charset}"?>' + rss(ITEM.format(text), "<rss>").decode()
    assert headline(body.encode(charset)) == text
    assert headline(body.encode(charset), "text/xml; charset=iso-8859-1") == text
    undeclared = rss(ITEM.format(text), "<rss>").decode().encode(charset)
    assert headline(undeclared, f"text/xml; charset={charset}") == text


def test_undeclared_cyrillic_is_guessed() -> None:
    """A paragraph suffices to tell an encoding that nobody declared."""
    text = "Порты снова открыты после шторма, сообщили власти во вторник. " * 5
    assert headline(rss(ITEM.format(text), "<rss>").decode().encode("cp1251")) == text.strip()


def test_one_broken_byte_costs_one_character() -> None:
    """UTF-8 that is damaged in a place is still UTF-8."""
    body = rss(ITEM.format("Über café XX Ångström"), "<rss>").replace(b"XX", b"\xff")
    assert headline(body) == "Über café \ufffd Ångström"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("A&nbsp;B", "A\xa0B"),
        ("Q&A", "Q&A"),
        ("A & B", "A & B"),
        ("&euro;5 &lt; &#8364;6", "€5 < €6"),
        ("1 < 2", "1 < 2"),
        ("A\x0bB\x00C&#0;D&#x1F;E", "ABCDE"),
        ("&#xD800;A&#1114112;B", "AB"),
        ("<![CDATA[A & B]]>", "A & B"),
        ("A ]]> B", "A ]]> B"),
        ("&nosuch; A", "&nosuch; A"),
    ],
)
def test_references_and_characters_that_xml_does_not_know(written: str, read: str) -> None:
    """HTML's entities, bare ampersands, control characters: the text is what was meant."""
    assert headline(rss(ITEM.format(written))) == read


def test_short_entities_of_a_dtd_are_put_in() -> None:
    """A DTD is not read, but what it abbreviates is not lost."""
    body = (
        '<!DOCTYPE rss [<!ENTITY who "The Desk"> <!ELEMENT x ANY>]>'
        + rss(ITEM.format("By &who;"), "<rss>").decode()
    )
    assert headline(body) == "By The Desk"


@pytest.mark.parametrize(
    "around",
    ["\n\n {}", "\ufeff{}", "<br />\n<b>Warning</b>: x in y.php on line 3<br />{}", "{}<!-- x -->",
     "{}<script>track()</script>", "{}\n\nDone.", "<?php-like junk?>{}", "<!-- a -->{}"],
)  # fmt: skip
def test_what_a_server_program_writes_around_a_feed_is_ignored(around: str) -> None:
    """Before it or behind it."""
    body = around.format('<?xml version="1.0"?>' + rss(ITEM.format("A"), "<rss>").decode())
    assert headline(body) == "A"


def test_an_undeclared_prefix_is_what_everybody_means_by_it() -> None:
    """A feed that forgot to declare Dublin Core or the content module is still read."""
    item = """<item><title>A</title><dc:creator>Ida</dc:creator><x:y z:a="b">c</x:y>
    <content:encoded>&lt;p&gt;Body.&lt;/p&gt;</content:encoded></item>"""
    (entry,) = feed_of(rss(item, "<rss version='2.0'>")).entries
    assert (entry.fields["by"], entry.fields["body_html"]) == ("Ida", "<p>Body.</p>")
    assert entry.full_text


@pytest.mark.parametrize("place", [-1, -12, -25, -29])
def test_a_feed_that_was_cut_off_gives_its_whole_items(place: int) -> None:
    """Half an article is none: it would be revised at the next poll."""
    whole = rss("<item><title>A</title></item><item><title>B</title></item>")
    cut = whole[: len(whole) + place - len("</channel></rss>")]
    feed = feed_of(cut)
    assert [entry.fields["headline"] for entry in feed.entries] == ["A"]
    assert feed.skipped in {0, 1}


def test_what_is_not_well_formed_is_read_as_far_as_it_can_be_guessed() -> None:
    """The tolerant parser takes over where elements are not closed."""
    body = rss("<item><title>A</title><description>one<br>two</description></item>")
    (entry,) = feed_of(body).entries
    assert entry.fields["headline"] == "A"


@pytest.mark.parametrize("caption", ["media:description", "itunes:summary", "dc:description"])
def test_a_caption_is_not_the_article(caption: str) -> None:
    """The second text of an item describes its picture, or says the first one again."""
    item = f"""<item><title>A</title><description>Text.</description>
    <{caption}>A caption.</{caption}></item>"""
    (entry,) = feed_of(rss(item)).entries
    assert not entry.full_text
    assert (entry.fields["summary"], entry.fields["body_html"]) == ("Text.", "Text.")
    alone = f"<item><title>A</title><{caption}>A caption.</{caption}></item>"
    assert feed_of(rss(alone)).entries[0].fields["summary"] == "A caption."


def test_an_empty_element_is_no_longer_than_itself() -> None:
    """Cutting out an empty element takes nothing of what is behind it."""
    item = """<item><title>A</title><media:group><gml:a xmlns:gml="http://www.opengis.net/gml"/>
    </media:group><x:y xmlns:x="u"><gml:b xmlns:gml="http://www.opengis.net/gml" c='>'/></x:y>
    <category>/></category></item>"""
    (entry,) = feed_of(rss(item)).entries
    assert entry.fields["subjects"] == [{"name": "/>"}]


def test_wrong_coordinates_cost_nothing() -> None:
    """A broken extension that no article carries does not break the feed."""
    item = """<item><title>A</title><gml:pos xmlns:gml="http://www.opengis.net/gml">x</gml:pos>
    <georss:point>north</georss:point></item>"""
    assert headline(rss(item)) == "A"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_leaves_a_feed_or_an_error(data: st.DataObject) -> None:
    """Cut, doubled, overwritten anywhere: a Feed of valid drafts, or FeedError."""
    body = data.draw(st.sampled_from([RSS, ATOM, JSON_FEED, NINJS_3])).encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 60)))
        body = body[:start] + data.draw(st.binary(max_size=12)) + body[end:]
    accept(body)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(RSS.split(">")), max_size=40).map(lambda p: ">".join(p).encode())
)
def test_any_bytes_are_a_feed_or_an_error(body: bytes) -> None:
    """Nothing else than FeedError is ever raised."""
    accept(body)


def accept(body: bytes) -> None:
    try:
        feed = parse_feed(body, None, URL)
    except FeedError:
        return
    for entry in feed.entries:
        draft = ArticleDraft.model_validate({"source": "agency"} | entry.fields)
        assert draft.guid == entry.guid
