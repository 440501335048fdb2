"""Who said what stands in quotation marks, wherever cue and speaker stand."""

from collections.abc import Callable

import pytest

from newswire_enrich.attribution import find_attributions
from newswire_enrich.attribution.find import quotations_in
from newswire_enrich.attribution.lexicon import lexicon_for
from newswire_enrich.attribution.text import read

Told = tuple[str | None, str, tuple[str, ...]]
Tell = Callable[[str], list[Told]]

QUOTED = {
    "speaker and cue after it": (
        "“The ferry is lost,” Mara Holt said.",
        ("Mara Holt", "said", ("“The ferry is lost,”",)),
    ),
    "cue before the speaker": (
        "“The ferry is lost,” said Mara Holt, the harbour master.",
        ("Mara Holt, the harbour master", "said", ("“The ferry is lost,”",)),
    ),
    "introduced": (
        "Mara Holt said: “The ferry is lost.”",
        ("Mara Holt", "said", ("“The ferry is lost.”",)),
    ),
    "interrupted": (
        "“The ferry,” the harbour master said on Tuesday, “is lost.”",
        ("the harbour master", "said", ("“The ferry,”", "“is lost.”")),
    ),
    "a question": (
        "“Who will pay for it?” Holt asked reporters.",
        ("Holt", "asked", ("“Who will pay for it?”",)),
    ),
    "straight marks": (
        '"The ferry is lost," Holt told the council on Monday.',
        ("Holt", "told", ('"The ferry is lost,"',)),
    ),
    "doubled apostrophes": (
        "''The ferry is lost,'' Holt said. ",
        ("Holt", "said", ("''The ferry is lost,''",)),
    ),
    "accents and apostrophes": (
        "``The ferry is lost,'' Holt said. ",
        ("Holt", "said", ("``The ferry is lost,''",)),
    ),
    "a mark of each kind": (
        '“The ferry is lost," Holt said. “It is.”',
        ("Holt", "said", ('“The ferry is lost,"', "“It is.”")),
    ),
    "guillemets": (
        "«The ferry is lost,» Holt said.",
        ("Holt", "said", ("«The ferry is lost,»",)),
    ),
    "one within another": (
        "“They told me ‘never again’ and left,” Holt said.",
        ("Holt", "said", ("“They told me ‘never again’ and left,”",)),
    ),
    "words of the speaker in the narrator's sentence": (
        "Holt called the crossing “a floating disgrace”.",
        ("Holt", "called", ("the crossing “a floating disgrace”",)),
    ),
    "a described speaker": (
        "“It sank,” Mara Holt, who runs the harbour, said.",
        ("Mara Holt, who runs the harbour", "said", ("“It sank,”",)),
    ),
    "a document that speaks": (
        "“It sank quickly,” read the report, which nobody signed.",
        ("the report, which nobody signed", "read", ("“It sank quickly,”",)),
    ),
    "a verb with its particle": (
        "“It did not sink,” Holt shot back.",
        ("Holt", "shot back", ("“It did not sink,”",)),
    ),
    "as somebody put it": (
        "As Holt put it, “the sea took it back”.",
        ("Holt", "put it", ("“the sea took it back”",)),
    ),
    "two descriptions of one speaker": (
        "“We warned of it,” the senator and candidate for mayor told reporters.",
        ("the senator and candidate for mayor", "told", ("“We warned of it,”",)),
    ),
    "somebody spoken to": (
        "“It sank,” former transport planning director Mara Holt wrote to Lund.",
        ("former transport planning director Mara Holt", "wrote", ("“It sank,”",)),
    ),
    "a statement": (
        "“It sank quickly,” the company said in a statement on Friday.",
        ("the company", "said", ("“It sank quickly,”",)),
    ),
}


@pytest.mark.parametrize(("text", "wanted"), QUOTED.values(), ids=QUOTED.keys())
def test_a_quotation_goes_to_its_speaker(tell: Tell, text: str, wanted: Told) -> None:
    """Curly, straight, doubled and mixed marks, before, around and after the cue."""
    assert wanted in [
        (source.rstrip(",") if source else None, cue, contents)
        for source, cue, contents in tell(text)
    ]


def test_the_speaker_goes_on_in_the_same_paragraph(tell: Tell) -> None:
    """What follows unattributed is still theirs."""
    text = "“We lost two boats,” Holt said. “We will not lose a third.”"
    assert tell(text) == [("Holt", "said", ("“We lost two boats,”", "“We will not lose a third.”"))]


def test_a_quotation_over_paragraphs_keeps_its_speaker(tell: Tell) -> None:
    """It is opened again in each, and closed in the last alone."""
    text = (
        "Holt said: “We lost two boats in a night.\n\n“We will not lose a third one.\n\n"
        "“That is all I know today.”"
    )
    (told,) = tell(text)
    assert told[0] == "Holt"
    assert "“That is all I know today.”" in told[2]


def test_a_paragraph_of_quotation_follows_who_was_named_last(tell: Tell) -> None:
    """News sets a speaker's words below the sentence that introduces them."""
    text = "Ines Vidal praised the crew.\n\n“They did what nobody else would do.”"
    assert tell(text) == [
        ("Ines Vidal", "praised", ("the crew", "“They did what nobody else would do.”"))
    ]


def test_a_quotation_of_nobody_is_not_attributed(tell: Tell) -> None:
    """A guess would be somebody's words in another's mouth."""
    assert tell("The doors opened at noon. “Nobody can know who wrote this down.”") == []


def test_an_interview_names_its_speakers_before_a_colon(tell: Tell) -> None:
    """Each line is its speaker's; a label that is no speaker has none."""
    text = (
        "VIDAL: Did it sink?\nHOLT: It did.\nVIDAL: When?\nHOLT: At noon.\nCorrection: it was one."
    )
    assert [(source, contents) for source, _, contents in tell(text)] == [
        ("VIDAL", ("Did it sink?",)),
        ("HOLT", ("It did.",)),
        ("VIDAL", ("When?",)),
        ("HOLT", ("At noon.",)),
    ]


def test_a_pronoun_is_resolved_to_who_was_named_before() -> None:
    """The source is the mention itself, the speaker whom it means."""
    text = "Mara Holt praised the crew. “They were brave,” she said."
    found = find_attributions(text, "en")
    assert [text[slice(*each.source)] for each in found if each.source] == ["Mara Holt", "she"]
    assert [text[slice(*each.speaker)] for each in found if each.speaker] == ["Mara Holt"] * 2


def test_they_are_the_last_of_many() -> None:
    """A single person is not "they", while a group was named."""
    text = "Two pilots warned of fog. Mara Holt disputed it. They said the radar had failed."
    last = find_attributions(text, "en")[-1]
    assert last.speaker is not None
    assert text[slice(*last.speaker)] == "Two pilots"


def test_nobody_before_a_pronoun_leaves_it_unresolved() -> None:
    """Not resolved is told as such."""
    (told,) = find_attributions("“They were brave,” she said.", "en")
    assert told.source is not None
    assert told.speaker is None


def test_quotations_alone_are_those_of_the_whole() -> None:
    """Who only wants the quotes has the same ones, without reading what is far from any."""
    text = (
        "Lund fears a flood. The mayor wants a wall.\n\nHolt praised the crew.\n\n“They were "
        "brave and quick.”\n\nLund thinks so too. “It was close,” he said."
    )
    lexicon = lexicon_for("en")
    assert lexicon is not None
    quoting = quotations_in(read(text, lexicon))
    whole = [each for each in find_attributions(text, "en") if each.kind == "direct"]
    assert [each for each in quoting if each.kind == "direct"] == whole != []
    assert len(quoting) < len(find_attributions(text, "en"))
    assert quotations_in(read("Lund fears a flood.", lexicon)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("“The ferry is lost,” Holt said.", "direct"),
        ("Holt said the ferry was “lost”.", "partial"),
        ("Holt said the ferry was lost.", "indirect"),
    ],
)
def test_direct_partial_and_indirect_words_are_told_apart(text: str, kind: str) -> None:
    """Readers may quote the first, and no more than the second's words."""
    assert [each.kind for each in find_attributions(text, "en")] == [kind]
