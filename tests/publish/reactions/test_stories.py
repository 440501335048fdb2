"""The ledger of a story: one summary and one transition, in whatever order its articles come."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from newswire_common.article import Story
from newswire_common.connection import Client
from newswire_common.links import Links
from newswire_common.stage import Entry
from newswire_common.streams import LINKS, article_id, partition_of, partitions
from newswire_publish.library.links import links_stage, tell_due
from tests.publish.desk import Desk, killed
from tests.publish.reactions.reacting import DAY_MS, Beat, Says, reacting, silent, states

FIRST = article_id("agency", "g-1")
SEOUL = silent("Seoul", "KOR")
NARRATED = Says("Japan", "attitude_reported", "concern", "JPN")


async def test_a_broken_silence_is_told_once_and_names_what_it_supersedes(beat: Beat) -> None:
    """No comment, then a statement in another article of the story."""
    await beat.publish(reacting("g-1", silent(), SEOUL), reacting("g-2", states(), story="g-1"))
    await beat.publish(reacting("g-3", states("oppose"), story="g-1"))
    [event] = await beat.news("changed")
    assert event.id == article_id("agency", "g-2")
    assert event.reactions
    assert event.reactions.story == article_id("agency", "g-1")
    [change] = event.reactions.changes
    assert (change.id, change.supersedes) == (states().id, silent().id)
    assert change.was
    assert change.was.article == article_id("agency", "g-1")
    summary = (await beat.story("g-1")).reaction_summary
    assert [one.iso3 for one in summary.awaiting] == ["KOR"]


async def test_only_a_statement_ends_a_wait(beat: Beat) -> None:
    """An attitude told by the narrator, a refusal, a deed or a word on something else do not."""
    others = [
        NARRATED, Says("Japan", "declined_comment", "none", "JPN"),
        Says("Japan", "action", "oppose", "JPN"), states(target="claim"),
        states(modality="future"), states(modality="historical"),
    ]  # fmt: skip
    await beat.publish(reacting("g-1", silent()), reacting("g-2", *others, story="g-1"))
    assert await beat.news("changed") == []
    summary = (await beat.story("g-1")).reaction_summary
    assert [(one.name, one.article) for one in summary.awaiting] == [
        ("Japan", article_id("agency", "g-1"))
    ]


async def test_a_minister_speaks_for_the_state(beat: Beat) -> None:
    """A named person of the government ends the wait for it, and is an actor of their own."""
    minister = Says("Aiko Sato", "statement", "concern", "JPN", speaker="Aiko Sato")
    await beat.publish(reacting("g-1", silent()), reacting("g-2", minister, story="g-1"))
    assert len(await beat.news("changed")) == 1
    summary = (await beat.story("g-1")).reaction_summary
    assert summary.awaiting == ()
    assert summary.actors == 2


async def test_a_statement_in_a_later_version_of_the_same_article_breaks_the_silence(
    beat: Beat,
) -> None:
    """Also where the not-yet has gone from the text, and both events are worked on at once."""
    await beat.desk.publish(reacting("g-1", silent()), reacting("g-1", states(), version=2))
    await beat.work()
    [event] = await beat.news("changed")
    assert event.version == 2
    assert event.reactions
    assert event.reactions.changes[0].supersedes == silent().id


async def test_of_articles_of_one_millisecond_the_first_event_is_the_first(client: Client) -> None:
    """A whole batch is published by one clock reading; its order is that of its events."""
    beat = Beat(Desk(client, partitions(1)))
    pairs = [
        (reacting(f"s-{n}", silent(sentence=str(n)), story=f"s-{n}"),
         reacting(f"t-{n}", states(sentence=str(n)), story=f"s-{n}"))
        for n in range(8)
    ]  # fmt: skip
    for first, second in (*pairs[:4], *((later, earlier) for earlier, later in pairs[4:])):
        entries = await beat.desk.take(first, second)
        await beat.desk.stage.handle(client, beat.desk.partitions[0], entries)
    await beat.work()
    assert {event.id for event in await beat.news("changed")} == {
        later.id for _, later in pairs[:4]
    }


async def test_a_statement_beside_the_not_yet_or_before_it_is_no_transition(beat: Beat) -> None:
    """In one text nothing is later; who has spoken before breaks no silence."""
    await beat.publish(reacting("g-1", silent(), states()))
    await beat.publish(reacting("g-2", states(name="Oslo", iso3="NOR")))
    await beat.publish(reacting("g-3", silent("Oslo", "NOR"), story="g-2"))
    assert await beat.news("changed") == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_the_order_of_arrival_changes_neither_summary_nor_transition(
    client: Client, order: tuple[int, ...]
) -> None:
    """First publication counts, whichever partition's worker comes first.

    A silence is broken once, by the first statement that the story hears of.
    """
    beat = Beat(Desk(client, partitions(16)))
    articles = [
        reacting("g-1", silent(), SEOUL),
        reacting("g-2", states(), NARRATED, story="g-1"),
        reacting("g-3", states("support"), story="g-1"),
    ]
    ours = [partition_of(article.id, beat.desk.partitions) for article in articles]
    assert len(set(ours)) == 3
    await beat.desk.publish(*articles)
    for place in order:
        await beat.stage.handle(client, ours[place], await beat.take(ours[place]))
    news = [event.reactions for event in await beat.news("changed")]
    changes = [change for one in news if one for change in one.changes]
    assert [one.supersedes for one in changes if one.supersedes] == [silent().id]
    assert [one.id for one in changes if not one.supersedes] == [states("support").id]
    summary = (await beat.story("g-1")).reaction_summary
    assert summary.by_act == {"attitude_reported": 1, "no_comment_yet": 2, "statement": 2}
    assert [one.stance for one in summary.positions] == ["support"]
    assert [one.iso3 for one in summary.awaiting] == ["KOR"]


async def test_a_change_of_sides_is_told_once_a_side(beat: Beat) -> None:
    """Support, then opposition of the same actor to the same target; concern is no other side."""
    for number, stance in enumerate(["support", "oppose", "concern", "support", "oppose"], 1):
        said = states(stance, sentence=f"Japan, day {number}.")
        await beat.publish(reacting(f"g-{number}", said, story="g-1"))
    news = [event.reactions for event in await beat.news("changed")]
    changes = [one.changes[0] for one in news if one]
    assert [(one.was and one.was.stance, one.stance) for one in changes] == [
        ("support", "oppose"), ("concern", "support"),
    ]  # fmt: skip
    assert all(one.supersedes is None for one in changes)


async def test_what_an_actor_said_outweighs_what_is_told_of_them(beat: Beat) -> None:
    """Statement before deed before attitude, whichever is later."""
    await beat.publish(
        reacting("g-1", states("support")),
        reacting("g-2", Says("Japan", "attitude_reported", "oppose", "JPN"), story="g-1"),
        reacting("g-3", Says("Seoul", "attitude_reported", "concern", "KOR"), story="g-1"),
    )
    summary = (await beat.story("g-1")).reaction_summary
    assert [(one.name, one.act, one.stance) for one in summary.positions] == [
        ("Japan", "statement", "support"), ("Seoul", "attitude_reported", "concern"),
    ]  # fmt: skip
    assert summary.dispersion == 1
    assert summary.by_country == {"JPN": 2, "KOR": 1}


async def test_a_syndicated_copy_counts_once_and_adds_what_it_has_more(beat: Beat) -> None:
    """Copies by their link, be their words edited; equal words count once in any article."""
    edited = states(sentence="Japan is concerned, it said.")
    more = Says("Dockers", "protest", "oppose", sector="LAB")
    await beat.publish(
        reacting("g-1", states(), NARRATED),
        reacting("g-2", edited, NARRATED, more, story="g-1", copies=["g-1"]),
        reacting("g-3", states(), story="g-1"),
    )
    page = await beat.story("g-1")
    assert page.reaction_summary.by_act == {"attitude_reported": 1, "protest": 1, "statement": 1}
    assert [article.rel for article in page.articles] == ["same-story", "duplicate", "same-story"]


async def test_a_withdrawn_article_leaves_the_story(beat: Beat) -> None:
    """Its statement ends no wait any more; at once for readers, and for good in the ledger."""
    await beat.publish(reacting("g-1", silent()), reacting("g-2", states(), story="g-1"))
    await beat.desk.publish(killed("g-2"))
    at_once = await beat.story("g-1")
    await beat.work()
    for page in (at_once, await beat.story("g-1")):
        assert [article.id for article in page.articles] == [article_id("agency", "g-1")]
        assert page.reaction_summary.by_act == {"no_comment_yet": 1}
        assert [one.iso3 for one in page.reaction_summary.awaiting] == ["JPN"]
    kept = await beat.ledger(article_id("agency", "g-1"))
    assert not kept.entries[article_id("agency", "g-2")].records


async def test_a_withdrawn_not_yet_is_superseded_by_nothing(beat: Beat) -> None:
    """What was taken back was never a silence."""
    await beat.publish(reacting("g-1"), reacting("g-2", silent(), story="g-1"), killed("g-2"))
    await beat.publish(reacting("g-3", states(), story="g-1"))
    assert await beat.news("changed") == []


async def test_an_article_that_moves_takes_its_reactions_along(beat: Beat) -> None:
    """Out of one ledger, into the other, with the transition that it brings there."""
    await beat.publish(reacting("g-1", silent()), reacting("g-2", states(), story="g-2"))
    await _move(beat.desk, "g-2", "g-1")
    await beat.work()
    page = await beat.story("g-1")
    assert len(page.articles) == 2
    assert page.reaction_summary.awaiting == ()
    assert await beat.stories.find(article_id("agency", "g-2")) is None
    assert len(await beat.news("changed")) == 1


async def test_a_story_that_is_merged_takes_all_its_articles_along_at_once(beat: Beat) -> None:
    """They are looked for when the story says so, before each of them does."""
    await beat.publish(
        reacting("g-1", silent()), reacting("g-2", SEOUL), reacting("g-3", states(), story="g-2")
    )
    await _move(beat.desk, "g-2", "g-2", members=("g-2", "g-3"))
    await _move(beat.desk, "g-3", "g-1", spacing_ms=DAY_MS)
    await _move(beat.desk, "g-2", "g-1")
    await beat.work()
    told = [(event.type, event.id) for event in await beat.desk.events()]
    assert told.count(("story.updated", article_id("agency", "g-2"))) == 2
    assert ("article.updated", article_id("agency", "g-3")) not in told
    page = await beat.story("g-1")
    assert len(page.articles) == 3
    assert [one.iso3 for one in page.reaction_summary.awaiting] == ["KOR"]
    assert await beat.stories.find(article_id("agency", "g-2")) is None


async def _move(
    desk: Desk, guid: str, story: str, members: Sequence[str] = (), spacing_ms: int = 0
) -> None:
    """Have the links say of which story an article is now."""
    identity = article_id("agency", guid)
    partition = partition_of(identity, desk.partitions)
    stream = partition.stream(LINKS)
    if not await desk.client.exists(stream):
        await desk.client.xgroup_create(stream, "links", id="0", mkstream=True)
    links = Links(
        story=Story(id=article_id("agency", story), size=2),
        members=tuple(article_id("agency", member) for member in members),
    )
    fields = {"schema": 1, "id": identity, "order": 1, "body": links.model_dump_json()}
    await desk.client.xadd(stream, fields)
    [[_, rows]] = await desk.client.xreadgroup("links", "one", {stream: ">"})
    entries = [Entry(entry_id.decode(), raw) for entry_id, raw in rows]
    await links_stage(DAY_MS, spacing_ms).handle(desk.client, partition, entries)
    await tell_due(desk.client, partition)


async def test_an_article_past_the_retention_leaves_and_the_ledger_goes_with_the_last(
    beat: Beat,
) -> None:
    """Nothing outlives what it was derived from."""
    brief = Beat(beat.desk, retention_ms=150)
    await brief.publish(reacting("g-1", silent()))
    key = partition_of(FIRST, beat.desk.partitions).key("ledger", FIRST)
    assert 0 < await beat.desk.client.pttl(key) <= 150
    await brief.publish(reacting("g-2", states(), story="g-1"))
    while len((await brief.ledger(article_id("agency", "g-1"))).entries) > 1:
        await brief.publish(reacting("g-3", story="g-1"))
