"""Gives each word of a sentence its class, as far as the rules have to know it.

No tagger is trained: the lexicon knows the small words, the verbs and their forms; whatever else is
written small is a noun or its adjective, and a capital within the sentence is a name. A form that
may be a verb or a noun ("reports", "support", "claims") is told by its neighbours.
"""

from newswire_enrich.reactions.inflection import BASE, GERUND, PARTICIPLE, PAST, SINGULAR
from newswire_enrich.reactions.reading import Reading

# n noun, N name, d determiner or number, p pronoun, v verb, a auxiliary, t infinitive marker,
# i preposition, c conjunction, b word that begins a clause, r relative, g adverb, m day or month,
# q quoted, ' possessive, "," comma, "." any other sign.
NOMINAL = frozenset("nNd'")
_BEFORE_NOUNS = frozenset("d'i")
_SUBJECTS = frozenset("nN)")
_OBJECT = frozenset("dNpqt")


def tags_of(reading: Reading) -> list[str]:
    """A class for each token of ``reading``, found once."""
    if reading.tags is None:
        reading.tags = _tags(reading)
    return reading.tags


def _tags(reading: Reading) -> list[str]:
    """Linear in the number of tokens; most of them are small words that the lexicon knows."""
    known, words = reading.lexicon.classes.get, reading.words
    names, quoted = reading.names, reading.quoted
    quantities = reading.lexicon.words["quantities"]
    tags: list[str] = []
    before = -1  # the last word that is no adverb
    for index, low in zip(range(reading.size), reading.lows, strict=False):
        if quoted[index]:
            tag = "q"
        elif names[index] is not None:
            tag = "N"
        else:
            tag = known(low, "")
            if tag == "v":
                tag = _verb_or_noun(reading, index, tags, before)
            elif tag == "i" and index and reading.lows[index - 1] in quantities:
                tag = "d" if reading.listed(index, "owning_links") else "i"
            elif words[index] != low or tag in {"", "m"}:
                tag = _of_other(reading, index, tag, tags, before)
        tags.append(tag)
        if tag != "g":
            before = index
    return tags


def _of_other(reading: Reading, index: int, tag: str, tags: list[str], before: int) -> str:
    """The class of a word with a capital, or of which the lexicon knows nothing."""
    if tag == "" or tag in "mnigadb":
        return _by_capital(reading, index, tag, tags, before)
    return tag


def _by_capital(reading: Reading, index: int, tag: str, tags: list[str], before: int) -> str:
    """The class of a word that is no verb, or of which the lexicon knows nothing."""
    word = reading.words[index]
    if not word[0].isupper():
        tag = "" if tag == "m" and "english-endings" in reading.lexicon.flags else tag
        return tag or _unlisted(reading, index, tags, before)
    if reading.lows[index] in reading.lexicon.words["calendar"]:
        return "m"
    if "capital-nouns" in reading.lexicon.flags:
        return tag or _german_name(reading, index, tags)
    if not reading.begins(index):
        return "N" if tag != "d" or len(word) > 1 else tag
    if tag or index + 1 >= reading.size:
        return tag or "n"
    return _opening_capital(reading, index)


def _only_describes(reading: Reading, index: int) -> bool:
    """Read "Airline Norvia said": the first word has its capital from the sentence alone."""
    noun = reading.lexicon.nouns.get(reading.lows[index])
    second = reading.lexicon.nouns.get(reading.lows[index + 1])
    return noun is not None and not noun.plural and noun.kind == "body" and second is None


def _german_name(reading: Reading, index: int, tags: list[str]) -> str:
    """Where every noun has a capital, a name is what follows a title, or stands bare."""
    lexicon, low = reading.lexicon, reading.lows[index]
    if lexicon.noun(low) is not None or low in lexicon.words["things"]:
        return "n"
    before = tags[index - 1] if index else "."
    if before == "N":
        return "N"
    if before == "n":
        noun = lexicon.noun(reading.lows[index - 1])
        return "N" if noun is not None else "n"
    if index and before not in ".,bcq":
        return "n"
    following = reading.lows[index + 1]
    bare = lexicon.classes.get(following) in {"v", "a"} or reading.listed(index + 1, "itself")
    return "N" if bare or reading.capital(index + 1) else "n"


def _opening_capital(reading: Reading, index: int) -> str:
    """A capital that the sentence owes to its first word is a name's if the word is no noun."""
    if reading.words[index] in reading.document.known:
        return "N"
    low = reading.lows[index]
    if reading.capital(index + 1):
        return "n" if _only_describes(reading, index) else "N"
    following = reading.lexicon.classes.get(reading.lows[index + 1], "n")
    if following == "n" and reading.words[index + 1][0].isalpha():
        return "n"  # "Former champion"
    if low in reading.lexicon.words["vague"] or low in reading.lexicon.words["accordance"]:
        return "n"
    common = reading.lexicon.noun(low) is not None or low.endswith("s")
    return "n" if common else "N"


def _unlisted(reading: Reading, index: int, tags: list[str], before: int) -> str:
    word, flags = reading.words[index], reading.lexicon.flags
    if word[0].isdigit():
        return "d"
    if not word[0].isalnum():
        return "."
    if "english-endings" in flags:
        if (
            word.endswith("ly")
            and reading.lexicon.noun(word) is None
            and not reading.listed(index, "things")
        ):
            return "g"
        follows = tags[before] if before >= 0 else "."
        if word.endswith("ed") and follows in "nNpr,qac)":
            return "v"
    return "n"


def _verb_or_noun(reading: Reading, index: int, tags: list[str], before: int) -> str:
    lexicon = reading.lexicon
    if reading.capital(index) and not reading.begins(index):
        return "n" if "capital-nouns" in lexicon.flags else "N"
    if "capital-nouns" in lexicon.flags:
        return "v"
    follows = tags[before] if before >= 0 else "."
    if "english-endings" in lexicon.flags:
        return "v" if _is_english_verb(reading, index, tags, before) else "n"
    clitic = before >= 0 and reading.listed(before, "clitics")
    return "n" if follows in "d'" and not clitic else "v"


def _is_english_verb(reading: Reading, index: int, tags: list[str], before: int) -> bool:
    tenses = reading.lexicon.forms[reading.lows[index]]
    follows = tags[before] if before >= 0 else "."
    if follows == "d" and before and tags[before - 1] == "n" and reading.words[before].isdigit():
        follows = "n"  # "clause 12 demands"
    if follows in "at":
        return _follows_auxiliary(reading, before, tenses)
    if follows in _BEFORE_NOUNS:
        return follows == "i" and bool(tenses & GERUND)
    if tenses & GERUND:  # "Fishing crews worry"
        return before >= 0 or reading.lows[index + 1] not in reading.lexicon.nouns
    past = tenses & (PAST | PARTICIPLE) and not tenses & BASE
    return bool(past) or _is_bare_verb(reading, index, tags, before)


def _follows_auxiliary(reading: Reading, before: int, tenses: int) -> bool:
    kind = reading.lexicon.auxiliaries.get(reading.lows[before], "to")
    if kind == "be":
        return bool(tenses & (PARTICIPLE | GERUND))
    if kind in {"have", "had"}:
        return bool(tenses & (PARTICIPLE | PAST))
    return bool(tenses & (BASE | PAST))


def _is_bare_verb(reading: Reading, index: int, tags: list[str], before: int) -> bool:
    """Whether a form in the present is a verb: it agrees, and something follows that it governs."""
    follows = tags[before] if before >= 0 else "."
    lows, lexicon = reading.lows, reading.lexicon
    following = lows[index + 1]
    if follows in "pr":
        return True
    if following == "of" or following in lexicon.auxiliaries:
        return False
    governs = _governs(reading, index)
    if follows in _SUBJECTS:
        return _agrees(reading, index, tags, before) and governs
    if follows == "q":
        return True
    if follows in ",c":
        clause = following in {"that", ",", "."} if follows == "," else False
        kind = lexicon.classes.get(following, "n")
        return clause or (
            (follows == "," or "v" in tags) and (kind in "dpq" or reading.capital(index + 1))
        )
    return False


def _agrees(reading: Reading, index: int, tags: list[str], before: int) -> bool:
    tenses = reading.lexicon.forms[reading.lows[index]]
    if tags[before] in "N)":
        return True
    word = reading.lows[before]
    noun = reading.lexicon.noun(word)
    plural = noun.plural if noun else word.endswith("s") and not word.endswith("ss")
    wanted = BASE if plural else SINGULAR
    return bool(tenses & (wanted | PAST)) or word == "police"


def _governs(reading: Reading, index: int) -> bool:
    """Whether an object, a clause, a quote or the end follows: "claims against it" has none."""
    following, lexicon = reading.lows[index + 1], reading.lexicon
    if index + 1 >= reading.size or reading.quoted[index + 1] or reading.names[index + 1]:
        return True
    kind = lexicon.classes.get(following, "n")
    if reading.listed(index, "nounlike"):
        if kind == "t":  # "claims to have found", but not "claims to the bird"
            second = reading.lows[index + 2]
            return second in lexicon.auxiliaries or bool(lexicon.forms.get(second, 0) & BASE)
        return kind in "dpqgNb" or following in {"that", ",", ":"}
    return kind not in "va" or lexicon.forms.get(following, 0) in {GERUND, BASE}
