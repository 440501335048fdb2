"""Who is said to have said what, in the development articles of PolNeAR and of CofeNet.

PolNeAR (Newell, Margolin and Ruths, LREC 2018) marks in each article the attributions: a source, a
cue and a content, of which each may be in several parts, in code points. An article that two
people annotated counts once for each of them. CofeNet (Wang et al., COLING 2022) has the same
articles as tokens with BIO labels and without the relations: there a cue's source and content are
the nearest of each in the same entry, and an entry of the file is read as a text of its own.

Two measures:

**Direct quotes.** One is a gold content with a source, or a part of such a content, that stands in
quotation marks or has words in them. It is *attributed* where an attribution of ours that has a
source overlaps the words in marks (of several, the one that overlaps them most), and *right* where
that source overlaps the gold source in the text. A pronoun is compared as the mention it is, since
the gold source is it, too. ``right`` is over all direct quotes, ``precision`` over those
attributed; ``whole`` is over the quotes that begin with their mark.

**Soft relations.** An attribution of ours is right where its source overlaps the gold source, its
cue the gold cue, and one of its contents one of the gold's, each by a code point at least, all of
one gold attribution that no other has been matched to. Where gold has no source, ours must have
none. F1 is over all attributions, with a source or not. This asks more than the soft measures
published for each role alone (Pareti et al. 2013 share out partial overlap), because one wrong
role makes all three wrong; it asks less of where a span ends. ``half_relation_f1`` asks that, too:
each role must share half its code points with gold's (Dice).
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from newswire_enrich.attribution import Attribution, find_attributions

Part = tuple[int, int]  # code points [start, end)

_SPAN = re.compile(r"^(T\d+)\t[\w-]+ (\d+ \d+(?:;\d+ \d+)*)\t", re.MULTILINE)
_RELATION = re.compile(r"^E\d+\t(.*)$", re.MULTILINE)
_ROLE = re.compile(r"(Source|Cue|Content)\d*:(T\d+)")
_MARK = re.compile(r"[“”\"]|''|``")
_HALF = 0.5
_PROGRESS = 500  # texts
_ANNOTATOR = len("_d473")
_SIGNS = {
    "``": "“", "''": "”", "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "`": "‘",
}  # fmt: skip
# Signs that stand against the word before them.
_TIGHT = re.compile(r"[,.;:?!)\]”%]|['’].{0,2}|n['’]t")


class Gold(NamedTuple):
    """One annotated attribution; a role that it lacks is empty."""

    source: Sequence[Part]
    cue: Sequence[Part]
    content: Sequence[Part]


class Annotated(NamedTuple):
    """A text with its attributions."""

    text: str
    gold: Sequence[Gold]


class _Tally(NamedTuple):
    """What is counted of one text; tallies add up."""

    quotes: int
    attributed: int
    right: int
    whole: int
    whole_right: int
    relations: int
    found: int
    matched: int
    half: int


def measure(data: Path) -> dict[str, float]:
    """Both measures on both sets."""
    return {
        **_figures("polnear", polnear(data)),
        **_figures("cofenet", cofenet(data)),
    }


def polnear(data: Path, part: str = "dev") -> Iterator[Annotated]:
    """The annotated articles of ``part``, "dev" or "train"."""
    folder = data / "polnear" / part
    if not folder.is_dir():
        raise FileNotFoundError(2, "no such folder", str(folder))
    for path in sorted((folder / "attributions").glob("*.ann")):
        name = path.stem[:-_ANNOTATOR]
        text = (folder / "text" / f"{name}.txt").read_bytes().decode("utf-8")
        yield Annotated(text, _annotations(path.read_text(encoding="utf-8")))


def cofenet(data: Path) -> Iterator[Annotated]:
    """The entries of the validation file, their tokens joined to texts."""
    with (data / "cofenet" / "polnear_valid.txt").open(encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            text, places = _joined(entry["tokens"])
            yield Annotated(text, _related(_labelled(entry["labels"], places)))


def _annotations(lines: str) -> list[Gold]:
    spans = {
        name: [_part(piece) for piece in pieces.split(";")] for name, pieces in _SPAN.findall(lines)
    }
    golds = []
    for relation in _RELATION.findall(lines):
        roles: dict[str, list[Part]] = {"Source": [], "Cue": [], "Content": []}
        for role, name in _ROLE.findall(relation):
            roles[role] += spans.get(name, [])
        if roles["Cue"] and roles["Content"]:  # a few are incomplete
            golds.append(Gold(roles["Source"], roles["Cue"], roles["Content"]))
    return golds


def _part(numbers: str) -> Part:
    start, end = numbers.split()
    return int(start), int(end)


def _joined(tokens: Sequence[str]) -> tuple[str, list[Part]]:
    """The text of ``tokens`` with a space between words, and where in it each stands."""
    pieces: list[str] = []
    places: list[Part] = []
    length, tight = 0, True
    for token in tokens:
        sign = _SIGNS.get(token, token)
        if not (tight or _TIGHT.fullmatch(sign)):
            pieces.append(" ")
            length += 1
        places.append((length, length + len(sign)))
        pieces.append(sign)
        length += len(sign)
        tight = sign in {"“", "(", "[", "$", "‘"}
    return "".join(pieces), places


def _labelled(labels: Sequence[str], places: Sequence[Part]) -> dict[str, list[Part]]:
    spans: dict[str, list[Part]] = {"source": [], "cue": [], "content": []}
    for label, place in zip(labels, places, strict=True):
        begin, _, role = label.partition("-")
        if begin == "B":
            spans[role].append(place)
        elif begin == "I" and spans[role]:
            spans[role][-1] = (spans[role][-1][0], place[1])
    return spans


def _related(spans: dict[str, list[Part]]) -> list[Gold]:
    """Each cue with the nearest source and content of the entry."""
    return [
        Gold(_nearest(cue, spans["source"]), [cue], _nearest(cue, spans["content"]))
        for cue in spans["cue"]
        if spans["content"]
    ]


def _nearest(cue: Part, others: Sequence[Part]) -> list[Part]:
    away = [(max(start - cue[1], cue[0] - end), (start, end)) for start, end in others]
    return [min(away)[1]] if away else []


def _figures(name: str, texts: Iterable[Annotated]) -> dict[str, float]:
    tallies = []
    for number, each in enumerate(texts):
        if number % _PROGRESS == 0 and sys.stderr.isatty():
            print(f"\r{name} {number} ", end="", file=sys.stderr, flush=True)
        tallies.append(_tally(each, find_attributions(each.text, "en")))
    sums = _Tally(*map(sum, zip(*tallies, strict=True)))
    return {
        f"{name}_direct_right": sums.right / sums.quotes,
        f"{name}_direct_precision": sums.right / sums.attributed,
        f"{name}_whole_right": sums.whole_right / sums.whole,
        f"{name}_relation_precision": sums.matched / sums.found,
        f"{name}_relation_recall": sums.matched / sums.relations,
        f"{name}_relation_f1": 2 * sums.matched / (sums.found + sums.relations),
        f"{name}_half_relation_f1": 2 * sums.half / (sums.found + sums.relations),
    }


def _tally(text: Annotated, found: Sequence[Attribution]) -> _Tally:
    quotes = [
        (quote, gold, whole)
        for gold in text.gold
        if gold.source
        for quote, whole in _direct_quotes(text.text, gold)
    ]
    speakers = [_speaker(quote, found) for quote, _, _ in quotes]
    right = [
        speaker is not None and _overlap([speaker], gold.source)
        for speaker, (_, gold, _) in zip(speakers, quotes, strict=True)
    ]
    matches = _matches(text.gold, found)
    return _Tally(
        quotes=len(quotes),
        attributed=sum(speaker is not None for speaker in speakers),
        right=sum(right),
        whole=sum(whole for _, _, whole in quotes),
        whole_right=sum(good and whole for good, (_, _, whole) in zip(right, quotes, strict=True)),
        relations=len(text.gold),
        found=len(found),
        matched=len(matches),
        half=sum(_is_half(*match) for match in matches),
    )


def _direct_quotes(text: str, gold: Gold) -> Iterator[tuple[Part, bool]]:
    """The words in marks of each part of the content; whether the part begins with its mark."""
    for start, end in gold.content:
        opening = _MARK.search(text, start, end)
        if opening:
            closing = _MARK.search(text, opening.end(), end)
            stop = closing.start() if closing else end
            if stop > opening.end():
                yield (opening.end(), stop), opening.start() == start


def _speaker(quote: Part, found: Sequence[Attribution]) -> Part | None:
    """The source of the attribution that holds most of ``quote``, if it has one."""
    best, most = None, 0
    for each in found:
        shared = sum(_shared(quote, content) for content in each.contents)
        if each.source and shared > most:
            best, most = each.source, shared
    return best


def _matches(golds: Sequence[Gold], found: Sequence[Attribution]) -> list[tuple[Attribution, Gold]]:
    """Each attribution of ours that is right, with the gold one that it is."""
    left = list(golds)
    matches = []
    for each in found:
        gold = next((gold for gold in left if _is_right(each, gold)), None)
        if gold is not None:
            left.remove(gold)
            matches.append((each, gold))
    return matches


def _is_right(found: Attribution, gold: Gold) -> bool:
    if not _overlap([found.cue], gold.cue) or not _overlap(found.contents, gold.content):
        return False
    if found.source is None or not gold.source:
        return found.source is None and not gold.source
    return _overlap([found.source], gold.source)


def _is_half(found: Attribution, gold: Gold) -> bool:
    """Whether each role shares half of its code points with gold's (Dice, over all its parts)."""
    sources = [found.source] if found.source else []
    pairs = ((sources, gold.source), ([found.cue], gold.cue), (found.contents, gold.content))
    return all(_dice(mine, theirs) >= _HALF for mine, theirs in pairs if theirs)


def _dice(ours: Sequence[Part], theirs: Sequence[Part]) -> float:
    shared = sum(_shared(mine, other) for mine in ours for other in theirs)
    return 2 * shared / sum(end - start for start, end in (*ours, *theirs))


def _overlap(ours: Iterable[Part], theirs: Sequence[Part]) -> bool:
    return any(_shared(mine, other) > 0 for mine in ours for other in theirs)


def _shared(one: Part, other: Part) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))
