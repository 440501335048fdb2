"""Reactions: who reacted to the news, how, in which words, and who has not yet."""

from newswire_enrich.reactions.extract import MAX_TEXT, find_reactions
from newswire_enrich.reactions.lexicon import load, rules_for
from newswire_enrich.reactions.summary import summarise

__all__ = ["MAX_TEXT", "find_reactions", "load", "rules_for", "summarise"]
