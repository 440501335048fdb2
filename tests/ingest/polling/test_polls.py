"""What a poll brings in, and what it asks of a server that has nothing new."""

from collections.abc import Mapping

import pytest

from newswire_common.streams import article_id
from newswire_ingest.fetching import Fetched
from newswire_ingest.polling.visit import FULL_EVERY
from tests.ingest.polling.newsbeat import FEED, Newsbeat, answer, rss, rss_item


async def test_every_entry_becomes_an_article_of_its_source(beat: Newsbeat) -> None:
    """With the source's section where the feed names none."""
    await beat.add(section="World")
    found = await beat.poll(answer(rss("1", "2")))
    assert beat.desk.guids() == {"1", "2"}
    article = beat.desk.newest("1")
    assert (article["source"], article["section"]) == ("kestrel", "World")
    assert (article["headline"], article["summary"]) == ("Story 1", "What happened.")
    assert found.health.articles_24h == 2
    assert (found.health.last_status, found.health.state) == (200, "ok")
    assert found.health.last_fetch_at is not None


async def test_what_did_not_change_is_not_filed_again(beat: Newsbeat) -> None:
    """An article that was corrected by another way is not set back by an old entry."""
    await beat.add()
    await beat.poll(answer(rss("1", "2")), answer(rss("3", "1", "2")))
    assert beat.desk.filed == 3
    await beat.poll(answer(rss("3", rss_item("1", "Told anew"), "2")))
    assert beat.desk.filed == 4
    assert beat.desk.newest("1")["headline"] == "Told anew"


async def test_an_entry_that_is_dated_back_is_taken(beat: Newsbeat) -> None:
    """Newness is never decided by a date."""
    await beat.add()
    old = rss_item("2", more="<pubDate>Mon, 01 Jan 2001 00:00:00 GMT</pubDate>")
    await beat.poll(answer(rss("1")), answer(rss("1", old)))
    assert beat.desk.guids() == {"1", "2"}


async def test_the_server_is_asked_only_for_what_is_new(beat: Newsbeat) -> None:
    """ETag and Last-Modified go back as they came; a 304 is a success."""
    await beat.add()
    date = "Mon, 01 Jun 2026 00:00:00 GMT"
    await beat.poll(answer(rss("1"), ETag='"one"', Last_Modified=date))
    found = await beat.poll(answer(status=304))
    headers = beat.web.asked[-1][1]
    assert headers["If-None-Match"] == '"one"'
    assert headers["If-Modified-Since"] == date
    assert (found.health.last_status, found.health.state) == (304, "ok")
    assert beat.parsed == 1
    await beat.poll(answer(status=304))
    assert beat.web.asked[-1][1]["If-None-Match"] == '"one"'


async def test_the_same_body_is_not_parsed_again(beat: Newsbeat) -> None:
    """Servers without validators are the rule."""
    await beat.add()
    await beat.poll(answer(rss("1")), answer(rss("1")))
    assert beat.parsed == 1


async def test_now_and_then_all_of_it_is_fetched(beat: Newsbeat) -> None:
    """A feed that repeats its ETag after it changed is found out."""
    await beat.add()

    def forgetful(headers: Mapping[str, str]) -> Fetched:
        if "If-None-Match" in headers:
            return answer(status=304)
        return answer(rss("1", str(len(beat.web.asked))), ETag='"always"')

    await beat.poll(*[forgetful] * (FULL_EVERY + 1))
    full = [
        index for index, (_, asked) in enumerate(beat.web.asked) if "If-None-Match" not in asked
    ]
    assert full == [0, FULL_EVERY]
    assert beat.desk.guids() == {"1", str(FULL_EVERY + 1)}


async def test_a_changed_setting_reads_the_feed_anew(beat: Newsbeat) -> None:
    """Though the server says that nothing is new."""
    await beat.add()
    await beat.poll(answer(rss("1"), ETag='"one"'))
    await beat.registry.change("kestrel", lambda one: one.model_copy(update={"section": "Sports"}))
    await beat.poll(answer(rss("1"), ETag='"one"'))
    assert "If-None-Match" not in beat.web.asked[-1][1]
    assert beat.desk.newest("1")["section"] == "Sports"


async def test_a_wrong_entry_is_counted_and_the_others_are_taken(beat: Newsbeat) -> None:
    """Once: it is not tried again at each poll."""
    await beat.add()
    wrong = rss_item("x" * 2_001)
    found = await beat.poll(answer(rss("1", wrong, "2")), answer(rss("1", wrong, "2", "3")))
    assert beat.desk.guids() >= {"1", "2", "3"}
    assert len(beat.rejected) <= 1
    assert found.health.state == "ok"


async def test_a_deleted_entry_takes_its_article_back(beat: Newsbeat) -> None:
    """A tombstone of RFC 6721 is a takedown of the source's own article, told once."""
    await beat.add()
    entry = (
        "<entry><id>urn:1</id><title>Story</title><updated>2026-06-01T00:00:00Z</updated>"
        "<content>What happened.</content></entry>"
    )
    deleted = (
        '<at:deleted-entry ref="urn:1" when="2026-06-02T00:00:00Z"><at:comment>A hoax.'
        "</at:comment></at:deleted-entry>"
        '<at:deleted-entry ref="urn:never-ours" when="2026-06-02T00:00:00Z"/>'
    )
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/'
        '1.0"><title>Kestrel</title><id>urn:feed</id><updated>2026-06-01T00:00:00Z</updated>{}</feed>'
    )
    bodies = [atom.format(entry), atom.format(deleted), atom.format(deleted + " ")]
    await beat.poll(*[answer(body.encode()) for body in bodies])
    article = beat.desk.newest("urn:1")
    assert (article["pub_status"], article["revision_kind"]) == ("canceled", "takedown")
    assert article["ed_note"] == "A hoax."
    assert list(beat.desk.articles) == [article_id("kestrel", "urn:1")]
    assert beat.desk.filed == 2


async def test_without_room_it_is_polled_again_soon_and_is_not_to_blame(beat: Newsbeat) -> None:
    """Back-pressure is our own trouble; nothing is lost by it."""
    await beat.add()
    beat.desk.room = 0
    found = await beat.poll(answer(rss("1"), ETag='"one"'))
    assert (found.health.state, found.health.consecutive_failures) == ("ok", 0)
    assert 5 < await beat.wait_s() < 12
    beat.desk.room = 10
    await beat.poll(answer(rss("1"), ETag='"one"'))
    assert "If-None-Match" not in beat.web.asked[-1][1]
    assert beat.desk.guids() == {"1"}


async def test_a_feed_of_many_entries_is_filed_in_batches(beat: Newsbeat) -> None:
    """What found room stays, and only the rest comes again."""
    await beat.add()
    body = rss(*[str(number) for number in range(120)])
    beat.desk.room = 100
    await beat.poll(answer(body))
    assert len(beat.desk.articles) == 100
    beat.desk.room = 100
    await beat.poll(answer(body))
    assert (len(beat.desk.articles), beat.desk.filed) == (120, 120)


PAGE = (
    "<html><head><title>Story</title></head><body><article><h1>Story</h1>"
    + "<p>The ministers agreed on Thursday after eleven hours of talks in the capital.</p>" * 3
    + "</article></body></html>"
).encode()


async def test_full_text_gets_the_page_of_a_summary(beat: Newsbeat) -> None:
    """The body is the page's, all else the feed's; a comment more gets no page again."""
    await beat.add(full_text=True)
    page = "https://kestrel.example/1"
    beat.web.answers[page] = Fetched(page, None, 200, {"Content-Type": "text/html"}, PAGE)
    await beat.poll(answer(rss("1")))
    article = beat.desk.newest("1")
    assert "eleven hours" in article["body_text"]
    assert (article["headline"], article["guid"]) == ("Story 1", "1")
    slash = 'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    commented = rss_item("1", more="<slash:comments>7</slash:comments>")
    await beat.poll(answer(rss(commented).replace(b"<rss", f"<rss {slash}".encode())))
    assert [url for url, _ in beat.web.asked].count(page) == 1


@pytest.mark.parametrize("status", [404, 500])
async def test_without_its_page_an_entry_is_taken_as_it_is(beat: Newsbeat, status: int) -> None:
    """But not over an article that has its text."""
    await beat.add(full_text=True)
    page = "https://kestrel.example/1"
    beat.web.answers[page] = Fetched(page, None, status, {}, b"")
    await beat.poll(answer(rss("1")))
    assert beat.desk.newest("1")["summary"] == "What happened."
    await beat.poll(answer(rss(rss_item("1", "Told anew"))))
    assert beat.desk.newest("1")["headline"] == "Story 1"


async def test_pages_are_got_a_few_a_poll(beat: Newsbeat) -> None:
    """The others come with the next polls, soon; none is taken without its text."""
    await beat.add(full_text=True)
    for number in range(12):
        page = f"https://kestrel.example/{number}"
        body = PAGE.replace(b"eleven", str(number).encode())
        beat.web.answers[page] = Fetched(page, None, 200, {"Content-Type": "text/html"}, body)
    feed = answer(rss(*[str(number) for number in range(12)]), ETag='"one"')
    await beat.poll(feed)
    assert len(beat.desk.articles) == 10
    assert await beat.wait_s() < 12
    await beat.poll(feed)
    assert len(beat.desk.articles) == 12
    assert all(versions[0]["body_text"] for versions in beat.desk.articles.values())


async def test_polls_are_measured(beat: Newsbeat) -> None:
    """By what they came to."""
    await beat.add()
    await beat.poll(answer(rss("1")), answer(rss("1")), answer(status=404))
    count = beat.metrics.get_sample_value
    for outcome in ("new", "unchanged", "hard"):
        assert count("newswire_fetches_total", {"outcome": outcome}) == 1
    assert count("newswire_fetch_seconds_count") == 3


async def test_the_web_is_asked_at_the_sources_url(beat: Newsbeat) -> None:
    """With what we can read."""
    await beat.add()
    await beat.poll(answer(rss("1")))
    (url, headers), *_ = beat.web.asked
    assert url == FEED
    assert "application/rss+xml" in headers["Accept"]
