"""What subscribers are told of an article's reactions: once each, and never who said what."""

from hashlib import sha1

from newswire_common.events import ReactionChange, ReactionNews
from newswire_common.stage import Entry
from newswire_common.streams import ENRICHED, partition_of
from newswire_publish.library.upkeep import release_due
from tests.publish.desk import killed, message, moment_in
from tests.publish.reactions.reacting import Beat, Says, reacting, states

PROTEST = Says("Dockers", "protest", "oppose", sector="LAB")


async def test_a_first_publication_tells_of_all_reactions_at_once(beat: Beat) -> None:
    """One event an article, in the order of the text; the same event again tells nothing."""
    await beat.publish(reacting("g-1", states(), PROTEST))
    assert await beat.told() == [("added", "g-1", [states().id, PROTEST.id])]
    [event] = await beat.news()
    assert event.reactions
    assert event.reactions.total == 2
    assert event.reactions.changes[0].stance == "concern"


async def test_an_article_without_reactions_tells_nothing(beat: Beat) -> None:
    """No event says that there is nothing."""
    await beat.publish(reacting("g-1"))
    assert await beat.told() == []


async def test_a_revision_tells_only_what_differs(beat: Beat) -> None:
    """An id is stable as long as its evidence text is, wherever in the text that stands."""
    harsher = states(sentence='Japan spoke of "grave concerns".')
    await beat.publish(reacting("g-1", states(), PROTEST))
    await beat.publish(reacting("g-1", PROTEST, harsher, version=2, lead="Update. "))
    assert await beat.told() == [
        ("added", "g-1", [states().id, PROTEST.id]),
        ("added", "g-1", [harsher.id]),
        ("retracted", "g-1", [states().id]),
    ]


async def test_a_withdrawal_retracts_all_and_a_new_text_tells_again(beat: Beat) -> None:
    """A kill takes back what was derived, naming no more than ids."""
    await beat.publish(reacting("g-1", states()), killed("g-1"))
    assert (await beat.told())[1:] == [("retracted", "g-1", [states().id])]
    event = (await beat.news("retracted"))[0]
    assert event.version == 2
    assert event.reactions == ReactionNews(changes=(ReactionChange(id=states().id),), total=1)
    await beat.publish(reacting("g-1", states(), version=3))
    assert (await beat.told())[-1] == ("added", "g-1", [states().id])


async def test_nothing_is_told_before_an_embargo_ends(beat: Beat) -> None:
    """Neither events nor the story know of an article that may not be seen yet."""
    waiting = reacting("g-1", states(), embargoed_until=moment_in(0.3))
    await beat.publish(waiting)
    assert await beat.told() == []
    assert await beat.stories.find(waiting.id) is None
    partition = partition_of(waiting.id, beat.desk.partitions)
    while await release_due(beat.desk.client, partition):
        pass
    await beat.work()
    assert await beat.told() == [("added", "g-1", [states().id])]


async def test_a_withdrawal_before_any_reader_saw_it_tells_nothing(beat: Beat) -> None:
    """What was never visible is not retracted either."""
    await beat.publish(reacting("g-1", states(), embargoed_until=moment_in(60)), killed("g-1"))
    assert await beat.told() == []


async def test_a_replay_tells_what_the_new_rules_read_otherwise(beat: Beat) -> None:
    """Same text, same version, same id, another stance: changed, with what it was before."""
    before, after = reacting("g-1", states()), states("oppose", sentence=states().text)
    assert after.id == states().id
    await beat.publish(before)
    renewed = reacting("g-1", after, PROTEST, body_text=before.body_text)
    replaces = sha1(str(message(before)["body"]).encode(), usedforsecurity=False).hexdigest()
    partition = partition_of(before.id, beat.desk.partitions)
    stream = partition.stream(ENRICHED)
    await beat.desk.client.xadd(stream, message(renewed) | {"replaces": replaces})
    read = await beat.desk.client.xreadgroup("publish", "one", {stream: ">"})
    entries = [Entry(entry_id.decode(), raw) for entry_id, raw in read[0][1]]
    await beat.desk.stage.handle(beat.desk.client, partition, entries)
    await beat.work()
    assert (await beat.told())[1:] == [
        ("added", "g-1", [PROTEST.id]), ("changed", "g-1", [states().id]),
    ]  # fmt: skip
    [changed] = (await beat.news("changed"))[0].reactions.changes  # type: ignore[union-attr]
    assert changed.was
    assert (changed.was.stance, changed.stance, changed.supersedes) == ("concern", "oppose", None)


async def test_a_great_many_reactions_are_told_in_one_bounded_event(beat: Beat) -> None:
    """The first are named, and how many there are."""
    await beat.publish(reacting("g-1", *(states(name=f"N{n}", iso3=None) for n in range(80))))
    [event] = await beat.news()
    assert event.reactions
    assert (len(event.reactions.changes), event.reactions.total) == (50, 80)


async def test_versions_that_come_at_once_are_told_as_the_newest(beat: Beat) -> None:
    """Two events in one batch: what was only in the first is never said."""
    await beat.desk.publish(reacting("g-1", states()), reacting("g-1", PROTEST, version=2))
    await beat.work()
    assert await beat.told() == [("added", "g-1", [PROTEST.id])]
