"""Workers that are killed, slow or many, and servers that are emptied: all is told once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from newswire_common.codec import decode_event
from newswire_common.connection import Client
from newswire_common.events import Event
from newswire_common.stage import Effect, Entry
from newswire_common.streams import EVENTS, Partition, article_id, partition_of, partitions
from newswire_publish.reactions.ledger import Entry as LedgerEntry
from tests.publish.desk import Desk, killed
from tests.publish.reactions.reacting import Beat, reacting, silent, states

FIRST, SECOND = article_id("agency", "g-1"), article_id("agency", "g-2")


def decoded(partition: Partition, entries: list[Entry]) -> list[Event]:
    return [decode_event(partition.number, entry.id, entry.fields) for entry in entries]


async def test_a_worker_killed_between_ledger_and_acknowledgement_changes_nothing_twice(
    beat: Beat,
) -> None:
    """The second worker does the same again: one transition, one event, one entry."""
    await beat.publish(reacting("g-1", silent()))
    await beat.desk.publish(reacting("g-2", states(), story="g-1"))
    partition = partition_of(SECOND, beat.desk.partitions)
    entries = await beat.take(partition)
    for _ in range(2):  # workers that end before their commit
        await beat.stage.work(partition, decoded(partition, entries))
    ledger = await beat.ledger(FIRST)
    assert len(await beat.news("changed")) == 1
    assert await beat.news("added") == [*await beat.news("added")][:1]
    await beat.stage.handle(beat.desk.client, partition, entries)
    await beat.stage.handle(beat.desk.client, partition, entries)
    assert [kind for kind, *_ in await beat.told()].count("added") == 2
    assert len(await beat.news("changed")) == 1
    assert (await beat.ledger(FIRST)).told == ledger.told
    assert (await beat.story("g-1")).reaction_summary.by_act == {
        "no_comment_yet": 1,
        "statement": 1,
    }


async def test_a_worker_killed_before_the_ledger_leaves_the_move_to_the_next(beat: Beat) -> None:
    """Where an article may be is noted before it gets there."""
    await beat.desk.publish(reacting("g-1", states(), story="g-2"))
    partition = partition_of(FIRST, beat.desk.partitions)
    entries = await beat.take(partition)
    await beat.stage.work(partition, decoded(partition, entries))  # ends before its commit
    await beat.desk.publish(killed("g-1"))
    await beat.stage.handle(beat.desk.client, partition, entries)
    assert not (await beat.ledger(SECOND)).entries[FIRST].stays
    assert await beat.told() == []


async def test_an_older_look_that_comes_late_changes_nothing(beat: Beat) -> None:
    """A slow worker's view of an article does not bring back what has been withdrawn since."""
    await beat.publish(reacting("g-1", states()))
    was = (await beat.ledger(FIRST)).entries[FIRST]
    await beat.publish(killed("g-1"))
    await beat.stories.ledgers.take_in({FIRST: {FIRST: was}}, 0)
    kept = (await beat.ledger(FIRST)).entries[FIRST]
    assert kept == LedgerEntry(
        ticket=kept.ticket, stays=False, until_ms=kept.until_ms, seq=kept.seq
    )


async def test_many_workers_at_one_story_lose_nothing(client: Client) -> None:
    """Each partition has its worker, all write one ledger at a time."""
    beat = Beat(Desk(client, partitions(8)))
    says = [states(name=f"N{number}", iso3=None) for number in range(40)]
    await beat.desk.publish(reacting("g-0", silent("N7", None)))
    await beat.work()
    await beat.desk.publish(
        *(reacting(f"x-{number}", one, story="g-0") for number, one in enumerate(says))
    )
    batches = [(one, await beat.take(one)) for one in beat.desk.partitions]
    await asyncio.gather(
        *(beat.stage.handle(client, partition, entries) for partition, entries in batches),
        *(
            beat.stage.work(partition, decoded(partition, entries))
            for partition, entries in batches
        ),
    )
    page = await beat.story("g-0")
    assert len(page.articles) == 41
    assert page.reaction_summary.by_act == {"no_comment_yet": 1, "statement": 40}
    assert len(await beat.news("changed")) == 1
    assert len(await beat.news("added")) == 41


async def test_nothing_is_told_of_an_article_that_is_withdrawn_while_it_is_worked_on(
    beat: Beat,
) -> None:
    """Between a look and its commit a kill is published: the kill has the last word."""
    await beat.desk.publish(reacting("g-1", states()))
    partition = partition_of(FIRST, beat.desk.partitions)
    stage = beat.stage

    async def overtaken(
        one: Partition, events: Sequence[Event]
    ) -> Sequence[Effect | BaseException]:
        effects = await stage.work(one, events)
        await beat.desk.publish(killed("g-1"))
        return effects

    entries = await beat.take(partition)
    await replace(stage, work=overtaken).handle(beat.desk.client, partition, entries)
    await beat.work()
    assert await beat.told() == []
    assert not (await beat.ledger(FIRST)).entries[FIRST].stays


async def test_an_emptied_server_begins_anew(beat: Beat) -> None:
    """Nothing of an earlier life of the data is in the ledger of the next."""
    await beat.publish(reacting("g-1", silent()), reacting("g-2", states(), story="g-1"))
    await beat.desk.client.flushall()
    await beat.publish(reacting("g-1", silent()))
    assert [kind for kind, *_ in await beat.told()] == ["added"]
    assert len((await beat.story("g-1")).articles) == 1


async def test_a_document_without_sense_is_left_to_dead_letters_alone(beat: Beat) -> None:
    """One article beyond reading spoils no other of its batch."""
    await beat.desk.publish(reacting("g-1", states()), reacting("g-4", states()))
    key = partition_of(FIRST, beat.desk.partitions).article(FIRST)
    await beat.desk.client.hset(key, "v1", b'{"enrichment": {"reactions": [{"id": 7}]}}')
    await beat.work()
    assert [guid for _, guid, _ in await beat.told()] == ["g-4"]
    partition = partition_of(FIRST, beat.desk.partitions)
    pending = await beat.desk.client.xpending(partition.stream(EVENTS), "reactions")
    assert pending["pending"] == 1
