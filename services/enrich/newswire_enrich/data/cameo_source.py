"""The verbs of deeds with their CAMEO codes, from PETRARCH's verb dictionary (build time only).

``CAMEO.2.0.txt`` (Open Event Data Alliance, MIT) holds sets of synonyms, then blocks of verbs that
share patterns. Of a pattern ``- * (TO {PEACE PLAN}) [037]`` the words behind the verb's place are
kept: a verb has the code of the pattern of which most words follow it, else its own, else that of
its block. Patterns with words before the verb, which want a parser, are left out. Our own list
``cameo_verbs.txt`` has verbs that the dictionary gives by patterns alone.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from newswire_enrich.data import artefacts, lists
from newswire_enrich.reactions.inflection import inflect, plural

SOURCES = (
    "PETRARCH dictionaries, CAMEO.2.0.txt, Open Event Data Alliance (MIT)",
    "Newswire's own list cameo_verbs (Apache-2.0)",
)
_DICTIONARY = "petrarch2/data/dictionaries/CAMEO.2.0.txt"
_BLOCK = re.compile(r"^---\s+\S+\s+\[(?P<code>[^\]]*)\]")
_VERB = re.compile(
    r"^\+?(?P<verb>[A-Z][A-Z_-]*)\s*(?:\{(?P<forms>[^}]*)\})?\s*(?:\[(?P<code>[^\]]*)\])?"
)
_PATTERN = re.compile(r"^-\s+\*(?P<after>[^\[]*)\[(?P<code>[^\]]*)\]")
_WORD = re.compile(r"&?[A-Z][A-Z_-]*")
# Between the words of a pattern anything small may stand.
_SMALL = frozenset({
    "a", "an", "the", "to", "of", "on", "in", "at", "by", "for", "from", "with", "its", "their",
    "his", "her", "be", "is", "as", "and",
})  # fmt: skip
_MOST_WORDS = 3  # of a pattern: longer ones are sentences of one article
_GERUND = "ing"


class Block(NamedTuple):
    """Verbs that share their patterns: ``verbs`` as (words, irregular forms, own code or "")."""

    code: str
    verbs: list[tuple[str, str | None, str]]
    patterns: list[tuple[list[str], str]]


def artefact(version: str, source: Path) -> dict[str, Any]:
    """The content of ``cameo.json``. Raises FileNotFoundError.

    ``verbs`` are rows of form, tenses (bits of `reactions.inflection`), particle, code and the
    number of the patterns that go with it; ``patterns`` are lists of rows of words and a code; a
    word that begins with "&" is the name of one of ``sets``.
    """
    lines = (source / _DICTIONARY).read_text(encoding="utf-8", errors="replace").splitlines()
    blocks = [*_blocks(lines), *_own_blocks()]
    verbs = {
        (form, tenses, particle, code, number)
        for number, block in enumerate(blocks)
        for form, tenses, particle, code in _forms(block)
    }
    return {
        "artefact": "cameo",
        "format": artefacts.FORMAT,
        "version": version,
        "sources": SOURCES,
        "sets": _sets(lines),
        "verbs": sorted(verbs),
        "patterns": [block.patterns for block in blocks],
    }


def _sets(lines: Iterable[str]) -> dict[str, list[str]]:
    """The synonyms of each set that are single words, with their plurals."""
    sets: dict[str, set[str]] = {}
    name = ""
    for line in lines:
        if line.startswith("&"):
            name = line.split()[0].lower()
        elif line.startswith("+") and name:
            sets.setdefault(name, set()).update(_spellings(line[1:].split()[0]))
        elif line.startswith("---"):
            break
    return {name: sorted(words) for name, words in sorted(sets.items())}


def _spellings(word: str) -> list[str]:
    """A word and its plural; one that ends with a low line has none, one with it inside is two."""
    plain = word.rstrip("_").lower()
    if "_" in plain:
        return []
    return [plain] if word.endswith("_") else [plain, plural("english", plain)]


def _blocks(lines: Iterable[str]) -> Iterator[Block]:
    block: Block | None = None
    for line in lines:
        opened = _BLOCK.match(line)
        if opened:
            if block is not None:
                yield block
            block = Block(_code(opened["code"]), [], [])
        elif block is not None:
            _add(block, line.split("#")[0])
    if block is not None:
        yield block


def _add(block: Block, line: str) -> None:
    pattern = _PATTERN.match(line)
    if pattern:
        words = _words(pattern["after"])
        if words:
            block.patterns.append((words, _code(pattern["code"])))
        return
    verb = _VERB.match(line)
    if verb:
        name = verb["verb"].strip("_").lower()
        forms = _irregular(name.partition("_")[0], (verb["forms"] or "").lower())
        block.verbs.append((name, forms, _code(verb["code"] or "")))


def _words(after: str) -> list[str]:
    """What has to follow the verb: names of sets, and words; small ones if there are no others."""
    words: list[str] = []
    for token in _WORD.findall(after):
        low = token.rstrip("_").lower()
        words += [low] if low.startswith("&") else low.split("_")
    content = [word for word in words if word not in _SMALL]
    return (content or words)[:_MOST_WORDS]


def _code(text: str) -> str:
    """The code of the one who acts: of "042:043" the first; none for "---"."""
    code = text.partition(":")[0].strip()
    return code if code.isdigit() else ""


def _irregular(lemma: str, given: str) -> str | None:
    """Third person, past, participle and gerund, where the dictionary gives the forms."""
    heads = list(dict.fromkeys(form.strip("+").split("_")[0] for form in given.split()))
    third = next((form for form in heads if form.endswith("s")), f"{lemma}s")
    gerund = next((form for form in heads if form.endswith(_GERUND)), "")
    pasts = [form for form in heads if form not in {third, gerund}]
    if not gerund or not pasts:
        return _known_forms().get(lemma)
    return f"{third} {pasts[0]} {pasts[-1]} {gerund}"


@cache
def _known_forms() -> Mapping[str, str]:
    """The irregular forms that attribution and reactions know."""
    forms: dict[str, str] = {}
    for package, name in (("reactions", "en.verbs.json"), ("attribution", "en.json")):
        path = files(f"newswire_enrich.{package}").joinpath("languages", name)
        forms |= json.loads(path.read_text(encoding="utf-8"))["irregular"]
    return forms


def _own_blocks() -> Iterator[Block]:
    """Those of our own list: a verb alone has its code, one with words has a pattern for each."""
    for code, verbs, words in lists.records("cameo_verbs", 3):
        needed = words.split()
        yield Block(
            "" if needed else code,
            [(verb, _known_forms().get(verb), "") for verb in verbs.split()],
            [([word], code) for word in needed],
        )


def _forms(block: Block) -> Iterator[tuple[str, int, str, str]]:
    """Each form of each verb, its tenses, the particle that has to follow, its code alone."""
    for verb, irregular, own in block.verbs:
        lemma, _, particle = verb.partition("_")
        for form, tenses in inflect("english", lemma, irregular):
            if form[0].isalpha():  # the dictionary has slips
                yield form, tenses, particle.replace("_", " "), own or block.code
