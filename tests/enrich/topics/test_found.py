"""Topics that the text shows: found with their evidence, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_common.article import Subject
from newswire_enrich.data import artefacts
from newswire_enrich.related.terms import folded, plain_words, words
from newswire_enrich.topics import Topics, Words
from newswire_enrich.topics.evidence import place
from newswire_enrich.topics.terms import Term, TermList, join
from tests.enrich.topics.conftest import Tag

TOPICS = Topics.load()  # hypothesis and fixtures do not mix
LISTED = {term for _, _, *terms in artefacts.read("media_topics")["terms"]["en"] for term in terms}
BEGINNINGS = tuple(term[:-1] for term in LISTED if term.endswith("*"))
TERMS = ["strike", "Picket lines", "trade union", "job losses", "earthquake", "Flood", "snow", "e"]


@pytest.mark.parametrize(
    ("top", "language", "headline", "body"),
    [
        (
            "01",
            "en",
            "Singer announces tour",
            "The band’s new album tops the charts after a concert.",
        ),
        (
            "16",
            "en",
            "Shelling resumes",
            "Rebels broke the ceasefire and troops answered with artillery.",
        ),
        (
            "02",
            "en",
            "Man jailed",
            "The judge sentenced him for murder; police had arrested him in May.",
        ),
        (
            "03",
            "en",
            "Quake kills dozens",
            "The earthquake left survivors in the rubble; rescuers dig on.",
        ),
        (
            "04",
            "en",
            "Profit falls",
            "The company’s shares fell after its quarterly results; investors sold.",
        ),
        (
            "05",
            "en",
            "Exam results out",
            "Pupils and teachers celebrated GCSE results at schools in the city.",
        ),
        (
            "06",
            "en",
            "Forests shrink",
            "Deforestation harms biodiversity, says a report on climate change.",
        ),
        (
            "07",
            "en",
            "Flu jabs run out",
            "Hospitals lack vaccines, doctors and nurses told patients.",
        ),
        (
            "08",
            "en",
            "Royal wedding",
            "The prince and his bride left the palace; the Queen attended.",
        ),
        (
            "09",
            "en",
            "Walkout over wages",
            "Workers went on strike as the trade union rejected a pay offer.",
        ),
        (
            "10",
            "en",
            "Chef shares recipe",
            "The restaurant’s menu has cocktails; tourists love its cuisine.",
        ),
        (
            "11",
            "en",
            "Minister resigns",
            "The prime minister told parliament that voters want an election.",
        ),
        (
            "12",
            "en",
            "Pope prays",
            "The bishop led worship in the cathedral; Christians and Muslims prayed.",
        ),
        (
            "13",
            "en",
            "Chip unveiled",
            "Scientists built a microchip; software engineers tested computers.",
        ),
        (
            "14",
            "en",
            "Racism persists",
            "Discrimination and poverty hit immigrants and homeless families.",
        ),
        (
            "15",
            "en",
            "Late goal wins cup",
            "The striker scored in the final; the coach praised his players.",
        ),
        (
            "17",
            "en",
            "Snow on the way",
            "Heavy rain and gales: the Met Office issued a weather warning.",
        ),
        (
            "09",
            "de",
            "Warnstreik",
            "Die Gewerkschaft ruft die Beschäftigten zum Streik für höhere Löhne auf.",
        ),
        (
            "17",
            "fr",
            "Vigilance orange",
            "Météo-France annonce des orages, de la grêle et de fortes pluies.",
        ),
        (
            "03",
            "es",
            "Terremoto",
            "El terremoto dejó damnificados y los bomberos buscan entre los escombros.",
        ),
        (
            "16",
            "pt",
            "Cessar-fogo",
            "As tropas romperam a trégua e a artilharia voltou aos combates.",
        ),
    ],
)
def test_each_top_level_topic_is_found(
    tag: Tag, top: str, language: str, headline: str, body: str
) -> None:
    """All seventeen, those that no open set covers too (conflict, disaster, labour, weather)."""
    found = tag(body, headline, language)
    assert found[0].code == f"medtop:{top}000000"
    assert found[0].evidence


def test_a_found_topic_brings_those_above_it_no_surer_than_they_are(tag: Tag) -> None:
    """Level 2 and 3 where a term says so, up to the top."""
    body = (
        "Workers went on strike. The strikers formed picket lines, their third walkout this year."
    )
    confidence = {topic.code: topic.confidence for topic in tag(body, "Strike at the port")}
    line = ["medtop:20000529", "medtop:20000524", "medtop:09000000"]
    assert [code in confidence for code in line] == [True, True, True]
    assert confidence[line[0]] <= confidence[line[1]] <= confidence[line[2]] <= 1


@pytest.mark.parametrize(
    "body",
    ["", "Hello.", "She said that it was what it was, and that he would see.", "😀😀😀",
     "... --- ...", "a " * 5_000, "The committee met on Tuesday and adjourned."],
)  # fmt: skip
def test_a_text_that_shows_no_topic_has_none(tag: Tag, body: str) -> None:
    """A wrong topic in a feed is worse than a missing one."""
    assert tag(body) == ()


def test_given_topics_come_first_and_stay_certain(tag: Tag) -> None:
    """What the text shows too does not make the provider's word less certain."""
    body = "The striker scored in the final; the coach praised his players after the match."
    found = tag(body, subjects=(Subject(name="", code="medtop:07000000"), Subject(name="sport")))
    assert [(one.code, one.confidence) for one in found[:2]] == [
        ("medtop:07000000", 1.0), ("medtop:15000000", 1.0),
    ]  # fmt: skip
    assert found[1].evidence


def test_a_language_without_terms_gets_no_guesses(topics: Topics, tag: Tag) -> None:
    """Provenance says what was there to go by, so that nobody takes silence for a finding."""
    assert tag("The striker scored in the final.", language="fi") == ()
    assert "no terms for fi" in topics.method("fi")
    assert "terms for en" in topics.method("en-GB")
    assert "names of topics only for sv" in topics.method("sv")


def test_the_same_text_gives_the_same_topics_in_another_process_order(tag: Tag) -> None:
    """Replicas agree: nothing depends on what was tagged before."""
    body = "Doctors and nurses strike over pay at hospitals as ministers meet the union."
    assert tag(body) == (tag("Snow and hail."), tag(body))[1]


def test_a_hostile_text_is_no_trouble(tag: Tag) -> None:
    """Two hundred thousand characters of a term without end."""
    assert tag("strike" * 30_000) == ()
    assert tag("strike-walkout " * 15_000)[0].code == "medtop:09000000"


@given(
    st.lists(
        st.one_of(
            st.sampled_from(TERMS),
            st.text(max_size=6),
            st.sampled_from([" ", ". ", "’s ", "\n\n", "😀", "İ", "ﬁ", "-"]),
        )
    )
)
def test_evidence_cuts_words_that_are_in_the_lists(parts: list[str]) -> None:
    """Spans count code points of the body as given, whatever stands around a term."""
    body = "".join(parts)
    plain = plain_words(body)
    found = TOPICS.tag((), body, Words((), folded(plain), plain), "en")
    for topic in found:
        for span in topic.evidence:
            cut = " ".join(words(body[span.start : span.end]))
            assert cut in LISTED or cut.startswith(BEGINNINGS), (cut, topic)


@given(st.text(max_size=30), st.sampled_from(["strike", "coup d'état", "Picket  lines"]))
def test_a_place_is_the_very_words(before: str, written: str) -> None:
    """Found where they stand whole, and not within other words."""
    text = f"{before} {written}!"
    found = place(text, plain_words(written))
    assert found is not None
    assert words(text[found[0] : found[1]]) == words(written)
    assert place(f"x{written}y", plain_words(written)[:1]) is None


def test_of_overlapping_terms_the_longest_counts() -> None:
    """A world cup is no cup, and two terms may follow each other."""
    terms = TermList([Term(text, (("15000000", 1),)) for text in ("cup", "world cup", "elect*")])
    found = terms.find(join(words("The world cup cup elections")))
    assert [terms.terms[number].text for number, _, _ in found] == ["world cup", "cup", "elect*"]


def test_in_a_script_without_spaces_names_are_found() -> None:
    """Chinese has the names of topics; evidence cuts characters, not pairs of them."""
    body = "政府讨论了气候变化。" * 3 + "气候变化与全球变暖。"
    plain = plain_words(body)
    found = TOPICS.tag((), body, Words((), folded(plain), plain), "zh")
    assert "medtop:06000000" in {topic.code for topic in found}
    cut = {body[one.start : one.end] for topic in found for one in topic.evidence}
    assert cut <= {"气候变化", "全球变暖"}
