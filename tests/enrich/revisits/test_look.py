"""What a look finds new, and whom it sends to look: a story's id reaches all of its articles."""

from datetime import timedelta

from newswire_common.links import Links
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from newswire_enrich.revisits.links import first_told, links_of, links_to, links_with
from newswire_enrich.revisits.look import look_at
from newswire_enrich.revisits.told import Told

HOUR_MS = 3_600_000
WINDOW = timedelta(days=7)


def quake(article_id: str, hours: int, words: str = "quake coast harbour") -> Signature:
    terms = tuple((word, 0.5) for word in words.split())
    return Signature(
        id=article_id, version=1, headline=article_id, language="en", at_ms=hours * HOUR_MS,
        terms=terms,
    )  # fmt: skip


def holding(*signatures: Signature) -> RelatedIndex:
    index = RelatedIndex(WINDOW, 100)
    for signature in signatures:
        index.add(signature)
    return index


def told_of(index: RelatedIndex, article_id: str) -> Told:
    links = links_of(index, article_id)
    assert links
    return Told.of(links)


def test_what_was_told_is_not_told_again() -> None:
    """Nothing is sent, and nobody else is looked at, where nothing has changed."""
    index = holding(quake("a", 0), quake("b", 1))
    for each in ("a", "b"):
        found = look_at(index, each, told_of(index, each))
        assert (found.links, found.besides) == (None, frozenset())


def test_an_article_tells_of_its_own_links_but_not_of_those_who_follow_it() -> None:
    """One that is the earliest of a story, though it came late, is looked at to tell of it."""
    index = holding(quake("b", 1))
    links = links_with(index, quake("c", 2))
    assert links == links_of(index, "c")
    assert Told.decode(first_told(index, "c", links.story)) == told_of(index, "c")
    links = links_with(index, quake("a", 0))
    assert links.members == ("a", "b", "c")
    assert first_told(index, "a", links.story) == b""
    assert first_told(index, "c", None) == b""  # the part failed: the article says nothing of it
    assert first_told(index, "unknown", None) == b""


def test_one_that_nobody_is_to_know_changes_nothing() -> None:
    """An article under embargo is linked to others and is nobody's link."""
    index = holding(quake("a", 0))
    links = links_to(index, quake("secret", 1))
    assert [link.id for link in links.related] == ["a"]
    assert links_of(index, "secret") is None
    told = links_of(index, "a")
    assert told
    assert told.related == ()


def test_who_joins_and_who_leaves_a_story_is_looked_at() -> None:
    """They may have been told of another one."""
    index = holding(quake("a", 0), quake("b", 1), quake("c", 2))
    before = Told("another digest", "a", ("a", "b", "x"))
    found = look_at(index, "a", before)
    assert found.besides == {"c", "x"}
    assert found.told == told_of(index, "a")


def test_an_article_whose_story_is_another_one_sends_to_the_old_one_and_to_its_links() -> None:
    """Who began the old one has a member less; who links to the article says how they belong."""
    index = holding(quake("a", 0), quake("b", 1))
    found = look_at(index, "b", Told("another digest", "old"))
    assert found.besides == {"old", "a"}
    assert found.links
    assert found.links.split_from is None  # it began none


def test_a_story_that_parts_from_another_says_so() -> None:
    """Whoever knew the articles by the story before finds them again."""
    index = holding(quake("b", 1), quake("c", 2))
    found = look_at(index, "b", Told("another digest", "a"))
    assert found.links
    assert (found.links.members, found.links.split_from) == (("b", "c"), "a")
    again = look_at(index, "b", found.told or Told())
    assert again.links is None


def test_a_story_whose_first_article_passed_the_window_goes_on_with_the_next() -> None:
    """The old one says where it went, once; its articles all get the new id."""
    index = holding(quake("a", 0), quake("b", 100), quake("c", 101))
    told = Told("digest", "a", ("a", "b", "c"))
    index.add(quake("late", 169))  # a week and an hour after the first
    found = look_at(index, "a", told)
    assert found.links
    assert (found.links.left, found.links.story and found.links.story.id) == (True, "b")
    assert found.besides == {"b", "c"}
    assert found.told is None
    assert look_at(index, "a", Told()).links is None


def test_a_withdrawn_article_that_began_no_story_tells_nothing() -> None:
    """Its tombstone says all."""
    index = holding(quake("a", 0), quake("b", 1))
    told = told_of(index, "b")
    index.remove("b", 2, HOUR_MS)
    found = look_at(index, "b", told)
    assert (found.links, found.told, found.besides) == (None, None, frozenset())


def test_what_was_kept_is_read_again_whatever_it_is() -> None:
    """A neighbouring version may have kept something else: then it is as if nothing was told."""
    told = Told("d1", "a", ("a", "b"))
    assert Told.decode(told.encode()) == told
    for kept in (b"", b"[]", b"{}", b"null", b"7", b'["d"', b"\xff", b'["d","s",7]'):
        assert Told.decode(kept) == Told()


def test_that_an_article_left_the_window_is_no_change_of_what_was_told() -> None:
    """Two bodies that say the same of now have one digest."""
    assert Told.of(Links()) == Told.of(Links(split_from="a", left=True))
