"""Enrichers beside Newswire's own parts, each by an entry point of its package: docs/enrichers.md.

::

    NEWSWIRE_ENRICHERS ─▶ loading ─▶ Enrichers
    enriched articles ─▶ the first ─▶ the next … ─▶ articles with more or with other fields
                           └ each within a deadline, its answers checked; what fails is left out
"""

from newswire_enrich.enrichers.protocol import Derived, EnricherError, FieldEnricher

__all__ = ["Derived", "EnricherError", "FieldEnricher"]
