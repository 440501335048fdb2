"""The parts of replay: what is selected, what counts as a change, and the walk over the store."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from newswire_common import connection
from newswire_common.article import (
    EnrichedArticle,
    Enrichment,
    Named,
    Provenance,
    Related,
    Story,
    Tags,
)
from newswire_common.connection import Client
from newswire_common.streams import ARTICLES, partitions
from newswire_enrich.enrichment import Enricher
from newswire_local.cli import app
from newswire_local.embedded import EmbeddedServer
from newswire_local.replay.handover import MOST_BEHIND, Handover, patiently
from newswire_local.replay.renewal import Kept, Renewer, changes_between
from newswire_local.replay.report import in_short
from newswire_local.replay.walk import PUBLISHED, Place, page_of
from tests.publish.desk import enriched

PARTITION = partitions(1)[0]
JAPAN = Named(name="Japan", iso3="JPN")


class Others:
    """Enrichers of other packages: what one of them adds, and what one of them fails with."""

    def __init__(self, extra: dict[str, Any] | None = None, error: str | None = None) -> None:
        self.extra = extra or {}
        self.error = error

    def extend(self, articles: Sequence[EnrichedArticle]) -> Sequence[EnrichedArticle]:
        failed = Provenance(field="extra.mood", method="m", version="1", error=self.error)
        return [
            one.model_copy(
                update={
                    "enrichment": one.enrichment.model_copy(
                        update={
                            "extra": self.extra,
                            "provenance": one.enrichment.provenance
                            + ((failed,) if self.error else ()),
                        }
                    )
                }
            )
            for one in articles
        ]


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher.load()


def kept(article: EnrichedArticle) -> Kept:
    body = article.model_dump_json(exclude_none=True).encode()
    return Kept(article.id, article.version, 1, body, article)


def test_links_and_story_of_the_document_stay(enricher: Enricher) -> None:
    """A replay knows no other articles, so it says nothing of links; their provenance stays too."""
    related = Related(id="f" * 32, score=0.5)
    told = Provenance(field="related", method="then", version="0")
    was = Enrichment(related=(related,), story=Story(id="f" * 32, size=3), provenance=(told,))
    (one,) = Renewer(enricher, Others()).renew([kept(enriched(enrichment=was))])
    now = EnrichedArticle.model_validate_json(one.body).enrichment
    assert (now.related, now.story) == (was.related, was.story)
    assert told in now.provenance
    assert "related" not in [change.field for change in one.changes]


def test_what_a_renewal_gives_changes_nothing_when_it_is_renewed(enricher: Enricher) -> None:
    """The enricher of now agrees with itself."""
    renewer = Renewer(enricher, Others({"mood": {"joy": 0.5}}))
    article = enriched(body_text="Japan and Norway signed a pact. Chile has not yet commented.")
    (first,) = renewer.renew([kept(article)])
    assert "extra.mood" in [change.field for change in first.changes]
    again = EnrichedArticle.model_validate_json(first.body)
    assert renewer.renew([kept(again)])[0].changes == ()


def test_a_part_that_fails_now_does_not_wipe_out_what_is_there(enricher: Enricher) -> None:
    """The article is left and named; one that failed before too is renewed as far as it goes."""
    renewer = Renewer(enricher, Others(error="Boom"))
    article = enriched(body_text="Japan and Norway signed a pact.")
    (left,) = renewer.renew([kept(article)])
    assert left.changes == ()
    assert left.trouble == "can not be enriched: extra.mood: Boom"
    failed = Provenance(field="extra.mood", method="m", version="0", error="Bang")
    before = enriched(body_text=article.body_text, enrichment=Enrichment(provenance=(failed,)))
    (renewed,) = renewer.renew([kept(before)])
    assert renewed.changes
    assert renewed.trouble is None


def test_what_only_a_later_version_of_the_code_reads_stays(enricher: Enricher) -> None:
    """Only the enrichment of a document is another."""
    one = kept(enriched())
    body = one.body[:-1] + b',"of_the_future":[1,2]}'
    (renewal,) = Renewer(enricher, Others({"mood": 1})).renew([one._replace(body=body)])
    assert b'"of_the_future":[1,2]' in renewal.body


def test_another_enricher_has_another_version(enricher: Enricher) -> None:
    """An interrupted replay is not gone on with where an enricher was added."""
    plain = Renewer(enricher, Others()).version
    assert plain == Renewer(enricher, Others()).version
    assert plain != Renewer(enricher, Others(error="x")).version


def test_how_something_was_found_is_no_change() -> None:
    """Provenance alone is no news; a value is, also of what the page itself offered."""
    old = Enrichment(provenance=(Provenance(field="language", method="a", version="1"),))
    assert list(changes_between(old, Enrichment())) == []
    offered = Related(url="https://a.example/", origin="source-widget")
    new = Enrichment(language="en", tags=Tags(places=(JAPAN,)), related=(offered,))
    assert [one.field for one in changes_between(old, new)] == [
        "language", "tags.places", "related",
    ]  # fmt: skip


def test_a_change_in_the_details_shows_the_details() -> None:
    """Where the names are the same, before and after still differ in the table."""
    more = Enrichment(tags=Tags(places=(JAPAN.model_copy(update={"mentions": 2}),)))
    (change,) = changes_between(Enrichment(tags=Tags(places=(JAPAN,))), more)
    before, after = in_short(change)
    assert '"mentions":1' in before
    assert '"mentions":2' in after


async def test_the_walk_misses_none_of_many_at_the_same_time(client: Client) -> None:
    """Several batches are published within a millisecond, more than a page holds."""
    members = {f"{number:032x}": 5 if number else 4 for number in range(2_500)}
    await client.zadd(PARTITION.feed("all"), members)
    seen: list[Place] = []
    after = Place(0, "")
    while page := await page_of(client, PARTITION, PUBLISHED, after, 5):
        seen += page
        after = page[-1 if len(seen) > 1_500 else len(page) // 2]
        seen = [place for place in seen if place <= after]
    assert [place.article_id for place in seen] == sorted(members)
    assert await page_of(client, PARTITION, PUBLISHED, Place(0, ""), 3) == []


async def test_the_news_goes_first(client: Client) -> None:
    """While too many articles are on their way to publication, nothing is handed on."""
    stream = PARTITION.stream(ARTICLES)
    pipe = client.pipeline()
    for _ in range(MOST_BEHIND):
        pipe.xadd(stream, {"x": "y"})
    await pipe.execute()
    room = asyncio.create_task(Handover(client, [PARTITION], lambda _: None).room())
    await asyncio.wait([room], timeout=0.3)
    assert not room.done()
    await client.delete(stream)
    async with asyncio.timeout(10):
        await room


async def test_a_server_that_restarts_is_waited_for(valkey: EmbeddedServer) -> None:
    """A replay of hours does not end with a second's outage."""
    client = connection.client(valkey.url)
    valkey.kill()
    found = asyncio.create_task(patiently(lambda: client.get("x")))
    await asyncio.wait([found], timeout=0.3)
    assert not found.done()
    await asyncio.to_thread(valkey.start)
    async with asyncio.timeout(10):
        assert await found is None
    await client.aclose()


def test_the_script_is_in_the_package() -> None:
    """A wheel that lacks it would fail only when something changed."""
    import newswire_local.replay

    assert (Path(newswire_local.replay.__file__).parent / "hand_on.lua").is_file()


def test_without_a_system_it_says_so(tmp_path: Path) -> None:
    """Exit code 1, in one line."""
    kept: dict[str, str | None] = {k: None for k in os.environ if k.startswith("NEWSWIRE_")}
    result = CliRunner(env=kept).invoke(app, ["replay", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "no newswire runs" in result.stderr
