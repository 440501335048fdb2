"""The links of an article, as the index knows them at this moment."""

from newswire_common.links import Links
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature


def links_with(index: RelatedIndex, signature: Signature) -> Links:
    """Those of an article that the index takes in now."""
    index.add(signature)
    return _links(index, signature.id)


def links_to(index: RelatedIndex, signature: Signature) -> Links:
    """Those of an article that the index is not to know."""
    return Links(related=tuple(index.related(signature)), story=index.story_of(signature))


def links_of(index: RelatedIndex, article_id: str) -> bytes:
    """Those of an article of the index, as JSON; empty where it is not there."""
    if article_id not in index:
        return b""
    return _links(index, article_id).model_dump_json(exclude_none=True).encode()


def _links(index: RelatedIndex, article_id: str) -> Links:
    story = index.story(article_id)
    begun = index.members(article_id) if story and story.id == article_id else ()
    return Links(related=tuple(index.links(article_id)), story=story, members=tuple(begun))
