"""Reactions over time: what became of them in an article, and who has spoken in a story.

::

    {pN}:events ─▶ stage reactions ─▶ look.lua      the article as it is now, under a ticket
                                   ─▶ ledger.lua    into the ledger of its story ─▶ reaction.changed
                                   ─▶ tell.lua      behind the acknowledgement ─▶ reaction.added,
                                                    reaction.changed, reaction.retracted
    {pM}:ledger:<story> ─▶ summary ─▶ GET /v1/stories/{id}

An article and its story are mostly of different partitions, so the ledger is written at least once:
first it, then the acknowledgement. What it takes in is the whole of an article, under a ticket that
only grows, so that the same again, or an older look that comes late, changes nothing.
"""

from newswire_publish.reactions.routes import StoryRoutes
from newswire_publish.reactions.stage import reactions_stage
from newswire_publish.reactions.stories import StoryLibrary

__all__ = ["StoryLibrary", "StoryRoutes", "reactions_stage"]
