"""What an article is linked with, which changes after it was published: later coverage links back.

It travels beside the article, on ``{pN}:links``, and makes no new version of it. An entry's field
``order`` grows with each of an article: the one with the highest is how it is now.
"""

from newswire_common.article import Related, Story
from newswire_common.stored import Stored


class Links(Stored):
    """The links found by us and the story.

    ``members`` are the ids of the articles of a story, the earliest first, where this article
    began it and there are others; else empty. ``split_from`` is the story that they were of before.
    With ``left`` the article is no longer among those that are linked, by its age or because it was
    withdrawn: nothing is said of its links, and ``story`` is that of those who were of its own.
    """

    related: tuple[Related, ...] = ()
    story: Story | None = None
    members: tuple[str, ...] = ()
    split_from: str | None = None
    left: bool = False
