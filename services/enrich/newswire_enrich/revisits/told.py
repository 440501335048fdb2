"""What was last told of an article's links, as short as it can be kept for the whole window.

::

    links ─▶ digest, the story's id, its members ─▶ {pN}:revisits:told:<id>
             │                       └ differ? whoever came or left is looked at
             └ differs? they are told
"""

from hashlib import blake2b
from typing import NamedTuple, Self

import orjson

from newswire_common.links import Links

_DIGEST_BYTES = 12


class Told(NamedTuple):
    """What was told of an article; ``story`` is empty where nothing was."""

    digest: str = ""
    story: str = ""
    members: tuple[str, ...] = ()

    @classmethod
    def of(cls, links: Links) -> Self:
        text = links.model_dump_json(exclude={"split_from", "left"}, exclude_none=True)
        digest = blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
        return cls(digest, links.story.id if links.story else "", links.members)

    def encode(self) -> bytes:
        return orjson.dumps([self.digest, self.story, self.members])

    @classmethod
    def decode(cls, kept: bytes) -> Self:
        """Of what was kept, which may be empty, or of another version of us: then of nothing."""
        try:
            digest, story, members = orjson.loads(kept)
            return cls(str(digest), str(story), tuple(map(str, members)))
        except (ValueError, TypeError):
            return cls()
