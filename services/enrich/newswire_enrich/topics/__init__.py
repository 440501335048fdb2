"""Topics of the IPTC Media Topics: those that the provider gave, and those that the text shows.

::

    subjects ──▶ given ───────────────────────┐
    text ──▶ terms ──▶ rules ─────────────────┼─▶ Topics.tag ─▶ codes with their parents
    words ──▶ model (where one is configured) ┘
"""

from newswire_enrich.topics.model import ModelError
from newswire_enrich.topics.tagging import Topics, Words

__all__ = ["ModelError", "Topics", "Words"]
