"""The library on a real server: what each version does, and what it never does twice."""

from collections.abc import Sequence
from itertools import count

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newswire_common.article import EnrichedArticle, PublishedArticle
from newswire_common.connection import Client
from newswire_common.stage import Entry
from newswire_common.streams import ENRICHED, partition_of, partitions
from tests.publish.desk import CONSUMER, Desk, enriched, killed, message

KINDS = ("new", "update", "correction", "kill")
numbers = count()


async def newest(desk: Desk, article: EnrichedArticle) -> PublishedArticle | None:
    [document] = await desk.library.read([(article.id, None)])
    return PublishedArticle.model_validate_json(document) if document else None


async def test_the_first_version_is_published_and_in_its_feeds(desk: Desk) -> None:
    """A new article is one event, a document, and in every feed that it belongs in."""
    article = enriched(section="World")
    assert await desk.publish(article) == ["published"]
    assert await desk.told() == [("published", 1)]
    assert await desk.feed("all") == await desk.feed("section/world") == [article.id]
    document = await newest(desk, article)
    assert document
    assert document.headline == article.headline
    assert document.first_published is not None
    assert set(await desk.library.catalogue()) == {"all", "section/world", "source/agency"}


async def test_an_event_carries_the_acceptance_and_the_trace(desk: Desk) -> None:
    """Who follows an article's way can: the envelope is handed on."""
    article, trace = enriched(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await desk.client.xgroup_create("{p0}:enriched", "publish", id="0", mkstream=True)
    await desk.client.xadd("{p0}:enriched", message(article, trace))
    read = await desk.client.xreadgroup("publish", CONSUMER, {"{p0}:enriched": ">"})
    entries = [Entry(entry_id.decode(), raw) for entry_id, raw in read[0][1]]
    await desk.stage.handle(desk.client, desk.partitions[0], entries)
    [event] = await desk.events()
    assert event.traceparent == trace
    assert event.accepted_at == article.version_created


async def test_later_versions_are_updates_and_corrections(desk: Desk) -> None:
    """A subscriber learns of each new version, and which of them correct an error."""
    await desk.publish(
        enriched(version=1), enriched(version=2), enriched(version=3, revision_kind="correction")
    )
    assert await desk.told() == [("published", 1), ("updated", 2), ("corrected", 3)]


async def test_a_correction_nobody_saw_the_first_version_of_is_published(desk: Desk) -> None:
    """The first version that becomes visible is news, whatever its source calls it."""
    await desk.publish(enriched(version=3, revision_kind="correction"))
    assert await desk.told() == [("published", 3)]


async def test_an_older_version_changes_nothing(desk: Desk) -> None:
    """The newest version wins although an older one arrives after it."""
    await desk.publish(enriched(version=2, section="World"))
    assert await desk.publish(enriched(version=1, section="Sport")) == ["superseded"]
    assert await desk.told() == [("published", 2)]
    assert await desk.feed("section/sport") == []


async def test_the_same_version_again_changes_nothing(desk: Desk) -> None:
    """A version handed on twice by a crashed writer is one event."""
    await desk.publish(enriched())
    assert await desk.publish(enriched(headline="another text")) == ["superseded"]
    assert await desk.told() == [("published", 1)]


async def test_a_reclaimed_entry_of_a_slow_worker_has_one_effect(desk: Desk) -> None:
    """Two workers on one entry, whoever is first: one event, one place in each feed."""
    partition = desk.partitions[0]
    entries = await desk.take(enriched())
    await desk.stage.handle(desk.client, partition, entries)
    await desk.stage.handle(desk.client, partition, entries)
    assert desk.outcomes == ["published", "dropped"]
    assert await desk.told() == [("published", 1)]


async def test_a_moved_article_leaves_its_old_section(desk: Desk) -> None:
    """A feed holds what belongs in it now, and an empty one is no longer listed."""
    await desk.publish(enriched(version=1, section="Sport"), enriched(version=2, section="World"))
    assert await desk.feed("section/sport") == []
    assert len(await desk.feed("section/world")) == 1
    assert "section/sport" not in await desk.library.catalogue()


async def test_a_left_feed_is_seen_to_change(desk: Desk) -> None:
    """A cached feed is known to be old once an article has left it."""
    await desk.publish(enriched("a", section="Sport"), enriched("b", section="Sport"))
    before = await desk.library.stamps("section/sport")
    await desk.publish(enriched("a", 2, section="World"))
    assert await desk.library.stamps("section/sport") != before


async def test_a_kill_withdraws_the_article_and_all_its_text(desk: Desk) -> None:
    """After a kill no version's text is left anywhere, and readers find a tombstone."""
    article = enriched(body_text="LIBEL", section="World")
    await desk.publish(article, enriched(version=2, body_text="LIBEL too", section="World"))
    assert await desk.publish(killed(version=3, body_text="LIBEL")) == ["withdrawn"]
    assert (await desk.told())[-1] == ("withdrawn", 3)
    assert await desk.feed("all") == await desk.feed("section/world") == [article.id]
    stored = await desk.client.hgetall(desk.partitions[0].article(article.id))
    assert not any(b"LIBEL" in value for value in stored.values())
    assert await desk.library.read([(article.id, 1), (article.id, 2)]) == [None, None]
    tombstone = await newest(desk, article)
    assert tombstone
    assert (tombstone.pub_status, tombstone.version) == ("canceled", 3)


async def test_a_second_kill_is_not_told_again(desk: Desk) -> None:
    """A takedown after a kill is stored, and nobody is told of a withdrawal twice."""
    await desk.publish(enriched(), killed(version=2), killed(version=3, ed_note="court order"))
    assert await desk.told() == [("published", 1), ("withdrawn", 2)]
    tombstone = await newest(desk, enriched())
    assert tombstone
    assert tombstone.ed_note == "court order"


async def test_what_nobody_saw_is_withdrawn_in_silence(desk: Desk) -> None:
    """A kill that overtakes its article tells nobody, and the article never appears."""
    assert await desk.publish(killed(version=2), enriched(version=1)) == ["canceled", "superseded"]
    assert await desk.events() == []
    assert await desk.feed("all") == []


async def test_a_newer_version_after_a_kill_is_shown_again(desk: Desk) -> None:
    """The newest version wins: a source that publishes again is heard."""
    await desk.publish(enriched(version=1), killed(version=2), enriched(version=3, section="World"))
    assert await desk.told() == [("published", 1), ("withdrawn", 2), ("updated", 3)]
    assert len(await desk.feed("section/world")) == 1


async def test_the_last_twenty_versions_are_kept(desk: Desk) -> None:
    """An article that changes for ever does not grow for ever."""
    versions = [enriched(version=version) for version in range(1, 23)]
    await desk.publish(*versions)
    article = versions[0]
    read = await desk.library.read([(article.id, version) for version in (1, 2, 3, 22, 23)])
    assert [document is not None for document in read] == [False, False, True, True, False]
    assert [step.version for step in await desk.library.history(article.id)] == [*range(3, 23)]


async def test_documents_keep_what_came_and_add_what_publication_decides(desk: Desk) -> None:
    """Reading changes nothing of an article but its status and first publication."""
    article = enriched(section="World", enrichment={"language": "en"}, body_text="é\n\n“x”")
    await desk.publish(article)
    [document] = await desk.library.read([(article.id, 1)])
    assert document
    read = orjson.loads(document)
    assert read.pop("first_published")
    assert read == orjson.loads(article.model_dump_json(exclude_none=True))


async def test_the_time_to_the_feed_is_measured(desk: Desk) -> None:
    """Operators see how long news takes, for what became visible only."""
    await desk.publish(enriched(version=2), enriched(version=1))
    [metric] = desk.metrics.delivery_seconds.collect()
    counted = [s.value for s in metric.samples if s.name.endswith("_count")]
    assert counted == [1]


@pytest.mark.parametrize(
    "change",
    [
        {b"body": b"\xff"},
        {b"id": b"0" * 32},
        {b"version": b"0"},
        {b"version": b"9007199254740992"},
        {b"schema": b"99"},
        {b"body": enriched(embargoed_until={"value": "soon", "precision": "day"})
            .model_dump_json().encode()},
    ],
    ids=["bytes", "foreign id", "version 0", "version 2^53", "schema", "embargo"],
)  # fmt: skip
async def test_what_can_not_be_read_is_a_dead_letter(
    desk: Desk, change: dict[bytes, bytes]
) -> None:
    """A poisoned entry goes aside at once, the good one beside it is published."""
    good, bad = await desk.take(enriched("good"), enriched("bad"))
    bad = Entry(bad.id, {**bad.fields, **change})
    await desk.stage.handle(desk.client, desk.partitions[0], [bad, good])
    assert await desk.client.xlen(desk.partitions[0].dead("publish")) == 1
    assert await desk.told("good") == [("published", 1)]
    assert await desk.told("bad") == []


async def test_feeds_and_documents_are_read_over_all_partitions(client: Client) -> None:
    """With three partitions a feed is still one feed, the newest first."""
    desk = Desk(client, partitions(3))
    articles = [enriched(f"g-{number}") for number in range(12)]
    await desk.publish(*articles)
    used = {partition_of(article.id, desk.partitions).number for article in articles}
    assert used == {0, 1, 2}
    places = await desk.library.top("all", 5)
    assert [place.at_ms for place in places] == sorted((p.at_ms for p in places), reverse=True)
    assert len(await desk.feed("all")) == 12
    documents = await desk.library.read([(article.id, None) for article in articles])
    assert [orjson.loads(document or b"{}")["id"] for document in documents] == [
        article.id for article in articles
    ]


@given(
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
    st.integers(min_value=1, max_value=3),
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_the_newest_version_wins_in_any_order_of_arrival(
    desk: Desk, kinds: Sequence[str], random: object, copies: int
) -> None:
    """Reordered and repeated versions end in one state, with no event twice."""
    guid = f"p-{next(numbers)}"
    versions = [
        killed(guid, n) if kind == "kill" else enriched(guid, n, section=kind, revision_kind=kind)
        for n, kind in enumerate(kinds, 1)
    ]
    order = versions * copies
    random.shuffle(order)  # type: ignore[attr-defined]
    await desk.publish(*order)

    last = versions[-1]
    state = await desk.library.state(last.id)
    assert state
    assert state.version == last.version
    assert state.status == ("canceled" if kinds[-1] == "kill" else "usable")
    document = await newest(desk, last)
    assert document
    assert document.headline == ("" if kinds[-1] == "kill" else last.headline)
    told = await desk.told(guid)
    assert len(told) == len(set(told))
    assert [version for _, version in told] == sorted(version for _, version in told)
    seen = [kind for kind, _ in told]
    assert seen.count("published") == (1 if seen else 0)
    assert seen[:1] in ([], ["published"])
    if kinds[-1] != "kill":
        assert told[-1][1] == last.version
        here = {
            f"section/{kind}" for kind in KINDS if last.id in await desk.feed(f"section/{kind}")
        }
        assert here == {f"section/{kinds[-1]}"}
    # A tombstone is where the article was seen, and nowhere else.
    assert (last.id in await desk.feed("all")) == bool(seen)


async def test_a_retried_dead_letter_is_published_once(desk: Desk) -> None:
    """What an operator brings back has its effect, and only one."""
    partition = desk.partitions[0]
    [entry] = await desk.take(enriched())
    await desk.stage.bury(desk.client, partition, [(entry, "given up")])
    [(dead_id, _)] = await desk.client.xrange(partition.dead("publish"))
    again = Entry(entry.id, entry.fields, dead_id.decode())
    await desk.stage.handle(desk.client, partition, [again])
    await desk.stage.handle(desk.client, partition, [again])
    assert await desk.told() == [("published", 1)]
    assert await desk.client.xlen(partition.stream(ENRICHED)) == 1
