"""What an article is linked with, which changes after it was published: later coverage links back.

It travels beside the article, on ``{pN}:links``, and makes no new version of it.
"""

from newswire_common.article import Related, Story
from newswire_common.stored import Stored


class Links(Stored):
    """The links found by us and the story.

    ``members`` are the ids of the articles of a story, the earliest first, where this article
    began it; else empty.
    """

    related: tuple[Related, ...] = ()
    story: Story | None = None
    members: tuple[str, ...] = ()
