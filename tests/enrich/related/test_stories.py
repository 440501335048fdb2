"""Stories and what a link says of two articles."""

from datetime import timedelta

import pytest

from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from newswire_enrich.related.sketches import overlaps, sketch_of

HOUR_MS = 3_600_000


def article(
    article_id: str, *words: str, at_h: int = 0, version: int = 1, first_h: int | None = None,
    language: str = "en", shingles: range = range(0),
) -> Signature:  # fmt: skip
    return Signature(
        id=article_id,
        version=version,
        headline=article_id,
        language=language,
        at_ms=at_h * HOUR_MS,
        first_ms=None if first_h is None else first_h * HOUR_MS,
        terms=tuple((word, 0.5) for word in words),
        shingles=tuple(one << 40 for one in shingles),
    )


@pytest.fixture
def index() -> RelatedIndex:
    return RelatedIndex(timedelta(days=30), capacity=100)


def relations(index: RelatedIndex, article_id: str) -> dict[str | None, str]:
    return {link.id: link.rel for link in index.links(article_id)}


def told(index: RelatedIndex, article_id: str) -> tuple[str, int]:
    story = index.story(article_id)
    assert story is not None
    return story.id, story.size


def test_an_article_alone_is_a_story_of_one(index: RelatedIndex) -> None:
    """Everyone has a story, also before it is added."""
    alone = article("a", "quake", "naryn")
    assert index.story_of(alone).model_dump() == {"id": "a", "size": 1}
    index.add(alone)
    assert told(index, "a") == ("a", 1)
    assert index.members("a") == ["a"]


def test_what_is_not_held_has_neither_links_nor_story(index: RelatedIndex) -> None:
    """A withdrawn article is unknown, not an error."""
    assert index.links("a") == []
    assert index.story("a") is None
    assert index.members("a") == []
    assert index.touched_by("a") == []


def test_later_coverage_is_told_apart_from_earlier(index: RelatedIndex) -> None:
    """The earlier article's reader is shown how it went on, the later one's how it began."""
    index.add(article("first", "quake", "naryn", "snow", "relief"))
    index.add(article("second", "quake", "naryn", "snow", "toll", at_h=5))
    assert relations(index, "first") == {"second": "later-coverage"}
    assert relations(index, "second") == {"first": "same-story"}
    assert told(index, "second") == ("first", 2)


def test_what_is_days_apart_is_background(index: RelatedIndex) -> None:
    """A year after is another story."""
    index.add(article("first", "quake", "naryn", "snow", "relief"))
    index.add(article("second", "quake", "naryn", "snow", "toll", at_h=24 * 5))
    assert relations(index, "second") == {"first": "background"}
    assert told(index, "second") == ("second", 1)


def test_a_revision_does_not_move_an_article_in_its_story(index: RelatedIndex) -> None:
    """The story keeps its id when its first article is corrected."""
    index.add(article("first", "quake", "naryn", "snow", "relief", first_h=0))
    index.add(article("second", "quake", "naryn", "snow", "toll", at_h=5, first_h=5))
    corrected = article("first", "quake", "naryn", "snow", "help", at_h=9, version=2, first_h=0)
    index.add(corrected)
    assert told(index, "second") == ("first", 2)
    assert index.members("first") == ["first", "second"]


def test_a_late_earlier_article_gives_the_story_its_id(index: RelatedIndex) -> None:
    """The earliest article wins, whenever it arrives."""
    index.add(article("second", "quake", "naryn", "snow", "relief", at_h=5))
    index.add(article("first", "quake", "naryn", "snow", "toll"))
    assert told(index, "second") == ("first", 2)
    assert "second" in index.touched_by("first")


def test_one_article_merges_two_stories_and_its_removal_parts_them(index: RelatedIndex) -> None:
    """A bridge holds only for as long as it stands."""
    index.add(article("quake", "quake", "naryn", "snow", "relief"))
    index.add(article("talks", "talks", "geneva", "pact", "arms", at_h=2))
    index.add(article("bridge", "quake", "naryn", "talks", "geneva", at_h=1))
    assert told(index, "talks") == ("quake", 3)
    assert index.touched_by("bridge") == ["quake", "talks"]
    index.remove("bridge", 2, HOUR_MS)
    assert told(index, "talks") == ("talks", 1)
    assert told(index, "quake") == ("quake", 1)


def test_a_story_is_of_one_language(index: RelatedIndex) -> None:
    """Names alone do not make a story; a region is no language."""
    index.add(article("british", "quake", "naryn", "snow", language="en-GB"))
    index.add(article("german", "quake", "naryn", "snow", language="de", at_h=1))
    index.add(article("english", "quake", "naryn", "snow", language="en", at_h=2))
    assert told(index, "german") == ("german", 1)
    assert told(index, "english") == ("british", 2)


def test_a_duplicate_is_found_without_a_common_word(index: RelatedIndex) -> None:
    """Shingles find copies whatever the words that weigh most, and before all others."""
    for number in range(20):
        index.add(article(f"near{number:02}", "quake", "naryn", "snow", at_h=1))
    index.add(article("copy", "terremoto", shingles=range(60)))
    asked = article("asked", "quake", "naryn", "snow", at_h=2, shingles=range(64))
    assert {link.id: link.rel for link in index.related(asked)}["copy"] == "duplicate"
    index.add(asked)
    assert relations(index, "copy") == {"asked": "duplicate"}


def test_the_overlap_of_samples_is_that_of_the_texts() -> None:
    """Short texts exactly, long ones by what both samples cover."""
    half, whole = sketch_of(tuple(one << 40 for one in range(30))), range(60)
    rows = sketch_of(tuple(one << 40 for one in whole))[None, :]
    assert overlaps(rows, half).tolist() == [5_000]
    assert overlaps(half[None, :], half).tolist() == [10_000]
    assert overlaps(rows, sketch_of(())).tolist() == [0]
    assert overlaps(sketch_of(())[None, :], half).tolist() == [0]
