"""Reactions: who reacted to the news, how, in which words, and who has not yet."""

from newswire_enrich.reactions.extract import find_reactions
from newswire_enrich.reactions.summary import summarise

__all__ = ["find_reactions", "summarise"]
