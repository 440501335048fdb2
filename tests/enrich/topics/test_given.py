"""Topics that the provider gave: kept, mapped to codes in use, named in the article's language."""

import pytest

from newswire_common.article import Subject
from newswire_enrich.topics.vocabulary import Vocabulary
from tests.enrich.topics.conftest import Tag

VOCABULARY = Vocabulary.load()


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        (Subject(name="x", code="medtop:15000000"), "15000000"),
        (Subject(name="x", code="http://cv.iptc.org/newscodes/mediatopic/20000082"), "20000082"),
        (Subject(name="x", code="20000082", scheme="cv.iptc.org/newscodes/mediatopic"), "20000082"),
        (Subject(name="x", code="subj:15054000"), "20001065"),
        (Subject(name="x", code="http://cv.iptc.org/newscodes/subjectcode/03000000"), "03000000"),
        (Subject(name="x", code="15999999", scheme="IPTC Subject Code"), "15000000"),
        (Subject(name="Politics"), "11000000"),
        (Subject(name="  economy,   BUSINESS and finance "), "04000000"),
        (Subject(name="Politik"), "11000000"),
        (Subject(name="Fútbol"), "20001065"),
        (Subject(name="Tech"), "13000000"),
        (Subject(name="Sport", code="42"), "15000000"),
    ],
)  # fmt: skip
def test_a_subject_is_mapped_by_code_by_older_code_or_by_name(
    tag: Tag, subject: Subject, code: str
) -> None:
    """Whatever form a provider uses, the feed of the topic has the article."""
    found = tag("", subjects=(subject,))
    assert (found[0].code, found[0].confidence) == (f"medtop:{code}", 1.0)


@pytest.mark.parametrize(
    "subject",
    [
        Subject(name="Aurelia"),
        Subject(name="Aurelia", code="12345678"),
        Subject(name="", code="medtop:123"),
        Subject(name="Aurelia", code="q:15000000"),
    ],
)
def test_nothing_is_guessed_from_a_subject(tag: Tag, subject: Subject) -> None:
    """Eight digits of somebody else's vocabulary are not a Media Topic."""
    assert tag("", subjects=(subject,)) == ()


def test_a_retired_code_is_followed_to_its_successor(tag: Tag) -> None:
    """An archive that was tagged long ago lands in today's feeds, under today's name."""
    (found, *_) = tag("", subjects=(Subject(name="sports facilities", code="medtop:20000559"),))
    assert (found.code, found.name) == ("medtop:20001126", "sport venue")


def test_every_retired_code_has_a_successor_in_use() -> None:
    """All 273 of them, however long the chain."""
    retired = [code for code in VOCABULARY if VOCABULARY.current(code) != code]
    assert len(retired) == 273
    for code in retired:
        successor = VOCABULARY.current(code)
        assert successor is not None
        assert VOCABULARY.current(successor) == successor


def test_a_loop_of_successors_or_parents_ends() -> None:
    """A damaged vocabulary must not hang a worker."""
    names = {"en": "x"}
    looped = Vocabulary(
        "1",
        {
            "00000001": {"names": names, "successor": "00000002", "parent": "00000002"},
            "00000002": {"names": names, "successor": "00000001", "parent": "00000001"},
        },
        {},
    )
    assert looped.current("00000001") is None
    assert len(looped.ancestors("00000001")) < 10


def test_a_code_newer_than_the_vocabulary_stays_as_given(tag: Tag) -> None:
    """IPTC adds codes every few months; the provider knows."""
    (found,) = tag("", subjects=(Subject(name="tidal power", code="medtop:20009999"),))
    assert (found.code, found.name) == ("medtop:20009999", "tidal power")


@pytest.mark.parametrize(
    ("language", "name"),
    [("de", "Politik"), ("fr-CA", "Politique"), ("pt-BR", "política"), ("no", "politikk"),
     ("tlh", "politics"), (None, "politics")],
)  # fmt: skip
def test_the_name_is_in_the_articles_language(tag: Tag, language: str, name: str) -> None:
    """Where the vocabulary has it, else in English."""
    (found,) = tag("", language=language, subjects=(Subject(name="", code="medtop:11000000"),))
    assert found.name.casefold() == name.casefold()


def test_what_is_above_a_given_topic_is_given_too(tag: Tag) -> None:
    """Who follows sport gets what was tagged as soccer."""
    found = tag("", subjects=(Subject(name="", code="medtop:20001065"),))
    assert [topic.code for topic in found] == [
        "medtop:20001065", "medtop:20000822", "medtop:15000000",
    ]  # fmt: skip


def test_many_subjects_make_a_bounded_list(tag: Tag) -> None:
    """A provider that sends its whole vocabulary does not fill every feed."""
    subjects = tuple(Subject(name="", code=f"medtop:{code}") for code in VOCABULARY)
    assert len(tag("", subjects=subjects)) == 50
