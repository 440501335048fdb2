"""What a look at an article finds: what is to be told of it, and who is to be looked at besides.

::

    here    ─▶ its links, where they are not those that were told
            ├▶ those who joined or left the story that it begins: theirs is another one
            └▶ of another story now? who began the one before, and those who link to it
    gone    ─▶ the story that those who were of its own are of now; and they

So a story's id reaches all of its articles, whatever gave it another one: an earlier article, a
withdrawal, or that the earliest one has passed the window.
"""

from typing import NamedTuple

from newswire_common.links import Links
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.revisits.links import links_of
from newswire_enrich.revisits.told import Told


class Finding(NamedTuple):
    """``links`` are to be told, None where nothing is new; ``told`` is to be kept, if anything is.

    ``besides`` are the ids of others that are to be looked at.
    """

    links: Links | None
    told: Told | None
    besides: frozenset[str] = frozenset()


def look_at(index: RelatedIndex, article_id: str, told: Told) -> Finding:
    """Look at an article of which ``told`` was told last."""
    links = links_of(index, article_id)
    if links is None:
        return _gone(index, article_id, told)
    now = Told.of(links)
    if now == told:
        return Finding(None, told)
    besides = {*now.members} ^ {*told.members}
    if told.story not in {"", now.story}:
        besides |= {told.story, *index.linking_to(article_id)}
        if now.members:
            links = links.model_copy(update={"split_from": told.story})
    return Finding(links, now, frozenset(besides - {article_id}))


def _gone(index: RelatedIndex, article_id: str, told: Told) -> Finding:
    """Of an article that has passed the window, or was withdrawn: only its story is told, once."""
    others = [one for one in told.members if one != article_id]
    stories = (index.story(one) for one in others)
    story = next((story for story in stories if story is not None), None)
    if story is None:
        return Finding(None, None)
    return Finding(Links(story=story, left=True), None, frozenset(others))
