"""Related links: what is found depends on the articles in the window, on nothing else."""

import random
import tracemalloc
from collections.abc import Callable
from datetime import timedelta

import pytest

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import SHINGLES, Signature, sample_shingles
from newswire_enrich.related.terms import Background, weigh, words

Sign = Callable[..., Signature]
HOUR_MS = 3_600_000
PACT = "Norway and Canada signed an accord on rescue ships in the Arctic on Thursday in Tromso"
FOLLOW_UP = "Denmark voiced unease at the Arctic rescue accord that Norway and Canada signed"
QUAKE = "An earthquake destroyed mountain villages near Naryn and rescuers dug through snow"
TEA = "Tea buyers ended their boycott of the Mombasa auction after eleven days"


@pytest.fixture
def index() -> RelatedIndex:
    return RelatedIndex(timedelta(days=30), capacity=100)


@pytest.fixture
def sign(background: Background) -> Sign:
    def make(
        article_id: str, text: str, at_h: int = 0, language: str = "en", version: int = 1
    ) -> Signature:
        found = words(text)
        return Signature(
            id=article_id,
            version=version,
            url=f"https://news.example/{article_id}",
            headline=text[:20],
            language=language,
            at_ms=at_h * HOUR_MS,
            terms=weigh(found, language, background),
            shingles=sample_shingles(found),
        )

    return make


def test_an_article_of_the_same_story_is_found_and_others_are_not(
    index: RelatedIndex, sign: Sign
) -> None:
    """Shared rare words relate; itself and strangers are left out."""
    for article_id, text in (("pact", PACT), ("quake", QUAKE), ("tea", TEA)):
        index.add(sign(article_id, text))
    asked = sign("more", FOLLOW_UP, at_h=5)
    index.add(asked)
    (link,) = index.related(asked)
    assert (link.id, link.rel, link.origin) == ("pact", "same-story", "newswire")
    assert link.url == "https://news.example/pact"
    assert 0.15 <= link.score <= 1


def test_of_many_copies_every_replica_finds_the_same_whatever_their_order(sign: Sign) -> None:
    """A flood of one text costs no more than other news, and the tie is cut alike everywhere."""
    copies = [sign(f"copy-{number}", PACT) for number in range(600)]
    asked = sign("asked", PACT)
    answers = []
    for seed in range(3):
        replica = RelatedIndex(timedelta(days=30), capacity=1_000)
        for one in random.Random(seed).sample(copies, len(copies)):
            replica.add(one)
        answers.append(replica.related(asked))
    assert answers[0] == answers[1] == answers[2]
    assert [link.rel for link in answers[0]] == ["duplicate"] * 5


def test_an_older_article_is_background(index: RelatedIndex, sign: Sign) -> None:
    """After some days it is no longer the same news."""
    index.add(sign("pact", PACT))
    (link,) = index.related(sign("more", FOLLOW_UP, at_h=24 * 10))
    assert link.rel == "background"


def test_a_near_copy_is_a_duplicate(index: RelatedIndex, sign: Sign) -> None:
    """The same wire text with another opening, from another outlet."""
    index.add(sign("pact", PACT))
    (link,) = index.related(sign("copy", f"Exclusive {PACT}"))
    assert link.rel == "duplicate"


def test_the_own_language_comes_first(index: RelatedIndex, sign: Sign) -> None:
    """A reader of one language is not sent to another first."""
    index.add(sign("german", PACT, language="de"))
    index.add(sign("english", FOLLOW_UP))
    found = index.related(sign("asked", PACT))
    assert [link.id for link in found] == ["english", "german"]


def test_the_window_moves_with_the_newest(index: RelatedIndex, sign: Sign) -> None:
    """What is older than the window is gone."""
    index.add(sign("pact", PACT))
    index.add(sign("tea", TEA, at_h=24 * 31))
    assert "pact" not in index
    assert index.related(sign("more", FOLLOW_UP)) == []


def test_the_oldest_leaves_when_there_is_no_room(sign: Sign) -> None:
    """Memory is bounded by the number of articles, by age and not by arrival."""
    index = RelatedIndex(timedelta(days=30), capacity=2)
    for article_id, at_h in (("b", 2), ("a", 1), ("c", 3)):
        index.add(sign(article_id, TEA, at_h=at_h))
    assert ["a" in index, "b" in index, "c" in index] == [False, True, True]


def test_a_removed_article_is_nobodys_link(index: RelatedIndex, sign: Sign) -> None:
    """A kill leaves the index at once, and twice is as good as once."""
    index.add(sign("pact", PACT))
    index.remove("pact", 2, HOUR_MS)
    index.remove("pact", 2, HOUR_MS)
    assert len(index) == 0
    assert index.related(sign("more", FOLLOW_UP)) == []


def test_a_withdrawn_article_does_not_come_back_by_a_slow_worker(
    index: RelatedIndex, sign: Sign
) -> None:
    """The kill may be read before the version that it kills."""
    index.remove("pact", 2, HOUR_MS)
    assert index.holds("pact", 1)
    index.add(sign("pact", PACT, version=1))
    assert index.related(sign("more", FOLLOW_UP)) == []


def test_a_late_kill_does_not_take_away_what_was_restored(index: RelatedIndex, sign: Sign) -> None:
    """Version 3 is newer than the kill of version 2, in whatever order they are read."""
    index.add(sign("pact", PACT, version=3))
    index.remove("pact", 2, HOUR_MS)
    index.add(sign("pact", TEA, version=1))
    (link,) = index.related(sign("more", FOLLOW_UP))
    assert (link.id, link.headline) == ("pact", PACT[:20])


def test_withdrawals_are_forgotten_with_the_window_and_bounded_by_the_room(sign: Sign) -> None:
    """Neither time nor a flood of kills makes a worker grow."""
    index = RelatedIndex(timedelta(days=30), capacity=2)
    for number in range(3):
        index.remove(f"killed-{number}", 1, HOUR_MS)
    assert [index.holds(f"killed-{number}", 1) for number in range(3)] == [False, True, True]
    index.add(sign("tea", TEA, at_h=24 * 31))
    assert not index.holds("killed-2", 1)


def test_an_article_costs_a_few_kilobytes() -> None:
    """So that a full index fits a small machine."""
    chance, words_each = random.Random(7), 64
    tracemalloc.start()
    index = RelatedIndex(timedelta(days=30), capacity=1_000)
    before, _ = tracemalloc.get_traced_memory()
    for number in range(300):
        terms = [(f"word{chance.randrange(2_000)}", 0.125) for _ in range(words_each)]
        shingles = tuple(chance.randrange(1 << 53) for _ in range(SHINGLES))
        index.add(
            Signature(
                id=f"{number:032}", version=1, headline="H" * 60, at_ms=number, terms=terms,
                shingles=shingles,
            )
        )  # fmt: skip
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / len(index) < 5_000


def test_revisions_of_one_article_leave_nothing_behind(sign: Sign) -> None:
    """A live text that is sent a thousand times is one article."""
    index = RelatedIndex(timedelta(days=30), capacity=10)
    given = sign("live", TEA)
    tracemalloc.start()
    for version in range(1, 1_000):
        if version == 100:
            before, _ = tracemalloc.get_traced_memory()
        index.add(given.model_copy(update={"version": version, "at_ms": HOUR_MS + version}))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(index) == 1
    assert after - before < 20_000


def test_a_new_version_replaces_and_an_old_one_does_not(index: RelatedIndex, sign: Sign) -> None:
    """Signatures may arrive in any order."""
    index.add(sign("a", PACT, version=2))
    index.add(sign("a", TEA, version=1))
    assert [link.id for link in index.related(sign("more", FOLLOW_UP))] == ["a"]
    index.add(sign("a", TEA, version=3))
    assert index.related(sign("more", FOLLOW_UP)) == []


def test_the_order_of_arrival_does_not_matter(sign: Sign) -> None:
    """Two workers that read the streams in another order give the same links."""
    vocabulary = [f"term{number}" for number in range(60)]
    chance = random.Random(7)
    signatures = [
        sign(f"a{number:03}", " ".join(chance.choices(vocabulary, k=20)), at_h=number)
        for number in range(300)
    ]
    answers = []
    for seed in range(3):
        index = RelatedIndex(timedelta(days=30), capacity=200)
        for signature in random.Random(seed).sample(signatures, k=len(signatures)):
            index.add(signature)
        answers.append([index.related(one, limit=8) for one in signatures[-20:]])
    assert answers[0] == answers[1] == answers[2]
    assert all(answers[0])


def test_a_window_or_room_of_nothing_is_refused() -> None:
    """A wrong setting shows at the start."""
    with pytest.raises(ValueError, match="room"):
        RelatedIndex(timedelta(days=30), capacity=0)
    with pytest.raises(ValueError, match="window"):
        RelatedIndex(timedelta(0), capacity=5)
