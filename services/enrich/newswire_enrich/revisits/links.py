"""The links of an article, as the index knows them at this moment."""

from newswire_common.article import Story
from newswire_common.links import Links
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from newswire_enrich.revisits.told import Told


def links_with(index: RelatedIndex, signature: Signature) -> Links:
    """Those of an article that the index takes in now."""
    index.add(signature)
    return links_of(index, signature.id) or Links()


def links_to(index: RelatedIndex, signature: Signature) -> Links:
    """Those of an article that the index is not to know."""
    return Links(related=tuple(index.related(signature)), story=index.story_of(signature))


def links_of(index: RelatedIndex, article_id: str) -> Links | None:
    """Those of an article of the index, or None where it is not there."""
    story = index.story(article_id)
    if story is None:
        return None
    begun = story.id == article_id and story.size > 1
    members = index.members(article_id) if begun else ()
    return Links(related=tuple(index.links(article_id)), story=story, members=tuple(members))


def first_told(index: RelatedIndex, article_id: str, story: Story | None) -> bytes:
    """What a newcomer, with the ``story`` that it names, tells of its links; empty if not all.

    It does not tell of the members of a story that it begins, nor of links where the part that asks
    for them has failed.
    """
    links = links_of(index, article_id)
    if links is None or links.members or links.story != story:
        return b""
    return Told.of(links).encode()
