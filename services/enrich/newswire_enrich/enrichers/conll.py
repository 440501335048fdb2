"""Reads labelled names: CoNLL files, a word and its label a line, an empty line after a sentence.

The word is the first column and the label the last, as in CoNLL-2003
(https://aclanthology.org/W03-0419). Labels are ``O``, or a type alone or behind ``B-``, ``I-``,
``E-`` or ``S-``; both ways to begin a name (IOB1, IOB2) are read.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from newswire_common.errors import NewswireError
from newswire_enrich.data.wikigold import spaces
from newswire_enrich.tags.mention import Kind

MOST_LINE_BYTES = 10_000
_LONGEST_SENTENCE = 500  # words; a longer one is cut
_LONGEST_DOCUMENT = 100  # sentences
_OUTSIDE = "O"
_NEW_DOCUMENT = "-DOCSTART-"
_TYPES: dict[str, Kind] = {
    "PER": "person", "PERSON": "person", "ORG": "organisation", "ORGANISATION": "organisation",
    "ORGANIZATION": "organisation", "LOC": "place", "GPE": "place", "LOCATION": "place",
}  # fmt: skip

_Sentence = list[tuple[str, str]]  # words and labels


class ConllError(NewswireError):
    """A line is not a word and its label."""


class Word(NamedTuple):
    """Code points ``[start, end)`` of a text."""

    start: int
    end: int
    text: str


class Document(NamedTuple):
    """A text as people space it, its sentences, and a label for each of their words.

    A label is the kind of name that the word is of, with ``B-`` where one begins and ``I-`` where
    it goes on, or "O".
    """

    text: str
    sentences: tuple[tuple[Word, ...], ...]
    labels: tuple[tuple[str, ...], ...]


class Labelled(NamedTuple):
    """A name: the words ``[start, end)`` of a sentence."""

    start: int
    end: int
    kind: Kind


def documents(lines: Iterable[bytes]) -> Iterator[Document]:
    """The texts of a file. Raises ConllError with the number of the line that is none.

    Where no line parts them, or rarely, a text has at most `_LONGEST_DOCUMENT` sentences.
    """
    read: list[_Sentence] = []
    for sentence in _sentences(lines):
        if read and (not sentence or len(read) == _LONGEST_DOCUMENT):
            yield _document(read)
            read = []
        if sentence:
            read.append(sentence)
    if read:
        yield _document(read)


def _sentences(lines: Iterable[bytes]) -> Iterator[_Sentence]:
    """Words with their labels as they stand there; an empty one where a document begins."""
    sentence: _Sentence = []
    for number, line in enumerate(lines, 1):
        columns = _columns(line, number)
        is_word = bool(columns) and columns[0] != _NEW_DOCUMENT
        if sentence and (not is_word or len(sentence) == _LONGEST_SENTENCE):
            yield sentence
            sentence = []
        if is_word:
            sentence.append((columns[0], columns[-1]))
        elif columns:
            yield []
    if sentence:
        yield sentence


def _document(sentences: Sequence[_Sentence]) -> Document:
    text = ""
    placed: list[tuple[Word, ...]] = []
    for sentence in sentences:
        words = [word for word, _ in sentence]
        own: list[Word] = []
        for space, word in zip(spaces(words), words, strict=True):
            text += (space if text else "") + word
            own.append(Word(len(text) - len(word), len(text), word))
        placed.append(tuple(own))
    labels = (tuple(_marked([label for _, label in sentence])) for sentence in sentences)
    return Document(text, tuple(placed), tuple(labels))


def names(labels: Sequence[str]) -> list[Labelled]:
    """The names that labels as of `Sentence` tell; an ``I-`` without a beginning begins one."""
    found: list[Labelled] = []
    for at, label in enumerate(labels):
        mark, _, kind = label.partition("-")
        if label == _OUTSIDE:
            continue
        last = found[-1] if found else None
        if mark == "I" and last and last.end == at and last.kind == kind:
            found[-1] = last._replace(end=at + 1)
        else:
            found.append(Labelled(at, at + 1, cast("Kind", kind)))
    return found


def _columns(line: bytes, number: int) -> list[str]:
    try:
        columns = line.decode("utf-8-sig" if number == 1 else "utf-8").split()
    except UnicodeDecodeError as error:
        raise ConllError(f"{number}: is not UTF-8") from error
    if len(line) > MOST_LINE_BYTES:
        raise ConllError(f"{number}: is longer than {MOST_LINE_BYTES:,} bytes")
    if len(columns) == 1 and columns[0] != _NEW_DOCUMENT:
        raise ConllError(f"{number}: has a word and no label")
    return columns


def _marked(labels: Sequence[str]) -> Iterator[str]:
    """The labels in one form: ``B-`` where a name begins, ``I-`` within, of our three kinds."""
    last = ""
    for label in labels:
        mark, dash, kind = label.partition("-")
        kind = kind if dash else mark
        ours = _TYPES.get(kind.upper(), "")
        if not ours:
            yield _OUTSIDE
        else:
            begins = ours != last or (dash and mark in ("B", "S"))
            yield f"{'B' if begins else 'I'}-{ours}"
        last = ours
