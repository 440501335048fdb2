"""`newswire replay`: stored articles enriched again, and only what changed sent on.

::

    {pN}:embargo, {pN}:feed:all ─▶ walk ─▶ stored documents ─▶ selection: --since, --filter
                                                                   │
        {pN}:replay: how far it is ◀┐                              ▼
                                    ├─ hand_on.lua ◀─ changed ◀─ renewal: enricher of now, compared
        {pN}:enriched ◀─────────────┘
              └─▶ publish: the same version, if its document is still the one it was made of

Why it is done here and like this: docs/decisions/0015-replay.md.
"""

from newswire_local.replay.command import Options, run

__all__ = ["Options", "run"]
