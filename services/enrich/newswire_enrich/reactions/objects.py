"""Says whether a verb has the object that it wants: "accused of" and "the welcomed," have none."""

from newswire_enrich.reactions.chunks import after
from newswire_enrich.reactions.clauses import Group
from newswire_enrich.reactions.reading import Reading
from newswire_enrich.reactions.vocabulary import Sense

_BEFORE_OBJECT = ("determiners", "infinitive", "that", "predicative")
_NO_OBJECT = ("prepositions", "conjunctions", "breaks")


def lacks_object(reading: Reading, index: int, group: Group, sense: Sense) -> bool:
    """Whether the verb wants an object and has none, not even a clitic before it."""
    wants = sense.frame == "object" or (sense.frame == "express" and not sense.object_words)
    given = sense.following or group.framed or reading.listed(index - 1, "clitics")
    return wants and not given and not _has_object(reading, index)


def _has_object(reading: Reading, index: int) -> bool:
    """An object, a clause or a quote follows; "accused of", "the welcomed," have none."""
    index = after(reading, index)
    if index >= reading.size:
        return False
    if reading.quoted[index]:
        return True
    if reading.lows[index] == "," and "late-participle" in reading.lexicon.flags:
        return True  # "verlangte, den Beschluss zurückzunehmen"
    words = reading.lexicon.words
    if reading.lows[index] in words["particle_words"]:
        index += 1  # "flew in blankets"
    low = reading.lows[index]
    if any(low in words[name] for name in _BEFORE_OBJECT):
        return True
    return low[0].isalnum() and not any(low in words[name] for name in _NO_OBJECT)
