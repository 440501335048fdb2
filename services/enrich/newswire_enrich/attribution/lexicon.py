"""The cues of attribution in a language, read from ``languages/*.json``.

What may follow a cue is written in letters: ``q`` a quotation, ``t`` a clause with "that", ``c``
one without, ``w`` "whether" or "how", ``i`` an infinitive with "to", ``p`` one of the particles,
``n`` a noun phrase, ``o`` somebody told first, ``e`` nothing, where the content stands before it.
The classes of verbs are those of communication, conjecture, desire and judgement in Levin (1993).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from newswire_enrich.attribution.kinds import BY_NAME, CUE
from newswire_enrich.reactions.inflection import PARTICIPLE, inflect, plural

CueKind = Literal["verb", "seeming", "passive", "noun", "adjective", "accordance"]

LANGUAGES = frozenset({"en"})
_AS = frozenset({"as"})
_NONE: frozenset[str] = frozenset()


class Frame(NamedTuple):
    """One use of a cue: the letters of what it takes, and the particles of its ``p``.

    None of the words ``unlike`` may follow it.
    """

    takes: frozenset[str]
    particles: frozenset[str] = _NONE
    unlike: frozenset[str] = _NONE


class Cue(NamedTuple):
    """One written form; ``tenses`` are bits of `reactions.inflection`, 0 for what is no verb.

    ``nounlike`` forms are nouns as well: "claims". ``trails`` says that the content may stand
    before it, ``quotes`` that it may be a quotation.
    """

    lemma: str
    kind: CueKind
    tenses: int
    frames: tuple[Frame, ...]
    nounlike: bool = False
    trails: bool = False
    quotes: bool = False


class Lexicon(NamedTuple):
    """``kinds`` holds the bits of each word, ``cues`` the readings of each cue's form."""

    language: str
    kinds: Mapping[str, int]
    cues: Mapping[str, tuple[Cue, ...]]
    abbreviations: frozenset[str]


def lexicon_for(language: str | None) -> Lexicon | None:
    """The lexicon of a BCP 47 tag's language; English for none, None where we have no words."""
    code = (language or "en").split("-", 1)[0].lower()
    return _load(code) if code in LANGUAGES else None


def load() -> None:
    """Read every language's lexicon (some 40 ms), so that no article has to wait for it."""
    for code in LANGUAGES:
        _load(code)


@cache
def _load(code: str) -> Lexicon:
    source = files("newswire_enrich.attribution").joinpath("languages", f"{code}.json")
    data = json.loads(source.read_text(encoding="utf-8"))
    cues = _cues(data)
    abbreviations = frozenset(data["abbreviations"].split())
    return Lexicon(code, _kinds(data["kinds"], cues), cues, abbreviations)


def _kinds(lists: Mapping[str, str], cues: Iterable[str]) -> dict[str, int]:
    kinds = dict.fromkeys(cues, CUE)
    for name, words in lists.items():
        for word in words.split():
            kinds[word] = kinds.get(word, 0) | BY_NAME[name]
    return kinds


def _cues(data: dict[str, Any]) -> dict[str, tuple[Cue, ...]]:
    nounlike = frozenset(data["nounlike"].split())
    cues: dict[str, tuple[Cue, ...]] = {}
    for form, cue in (*_verbs(data), *_nouns(data), *_others(data)):
        known = _completed(cue, nounlike=form in nounlike)
        cues[form] = (*cues.get(form, ()), known)
    return cues


def _completed(cue: Cue, *, nounlike: bool) -> Cue:
    taken = frozenset().union(*(frame.takes for frame in cue.frames))
    return cue._replace(
        nounlike=nounlike,
        trails=not taken.isdisjoint("eo"),
        quotes=cue.kind == "accordance" or "q" in taken,
    )


def _verbs(data: dict[str, Any]) -> Iterator[tuple[str, Cue]]:
    kinds: tuple[tuple[CueKind, str], ...] = (("verb", "verbs"), ("seeming", "no_source"))
    for kind, name in kinds:
        for lemma, frames in _frames(data[name], "lemmas").items():
            for form, tenses in inflect(data["inflection"], lemma, data["irregular"].get(lemma)):
                yield form, Cue(lemma, kind, tenses, frames)


def _nouns(data: dict[str, Any]) -> Iterator[tuple[str, Cue]]:
    for lemma, frames in _frames(data["nouns"], "lemmas").items():
        for form in (lemma, plural(data["inflection"], lemma)):
            yield form, Cue(lemma, "noun", 0, frames)


def _others(data: dict[str, Any]) -> Iterator[tuple[str, Cue]]:
    for word, frames in _frames(data["adjectives"], "words").items():
        yield word, Cue(word, "adjective", 0, frames)
    for word in data["passive"].split():
        yield word, Cue(word, "passive", PARTICIPLE, (Frame(frozenset("itp"), _AS),))
    yield "according", Cue("according", "accordance", 0, ())


def _frames(entries: Iterable[dict[str, str]], key: str) -> dict[str, tuple[Frame, ...]]:
    frames: dict[str, tuple[Frame, ...]] = {}
    for entry in entries:
        frame = Frame(
            frozenset(entry["takes"]),
            frozenset(entry.get("particles", "").split()),
            frozenset(entry.get("not_next", "").split()),
        )
        for lemma in entry[key].split():
            frames[lemma] = (*frames.get(lemma, ()), frame)
    return frames
