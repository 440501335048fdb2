"""Attribution: whose words, thoughts and deeds a text tells, by which cue, and where they stand."""

from newswire_enrich.attribution import codes, lexicon
from newswire_enrich.attribution.deeds import Deed, find_deeds
from newswire_enrich.attribution.find import Attribution, find_attributions

__all__ = ["Attribution", "Deed", "find_attributions", "find_deeds", "load"]


def load() -> None:
    """Read all that the rules need (some 0.2 s), so that no article has to wait for it."""
    lexicon.load()
    codes.verbs()
