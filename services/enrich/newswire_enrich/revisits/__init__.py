"""A second look at articles: what came after them changes their links and their story."""

from newswire_enrich.revisits.links import first_told, links_of, links_to, links_with
from newswire_enrich.revisits.queue import RevisitQueue
from newswire_enrich.revisits.revisiting import Revisiting

__all__ = ["RevisitQueue", "Revisiting", "first_told", "links_of", "links_to", "links_with"]
