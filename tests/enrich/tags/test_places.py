"""Which countries an article is about."""

from pathlib import Path

import pytest

from newswire_common.article import Named
from newswire_enrich.tags.counting import Found
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.tags.places import places
from newswire_local import sample

FILLER = "Nothing of note was said that day by anybody in the room. " * 20


def tagged(gazetteer: Gazetteer, body: str, headline: str = "") -> tuple[Named, ...]:
    found = Found(gazetteer.find(headline), gazetteer.find(body)).of("place")
    return places(found, body, gazetteer.countries)


def codes(tags: tuple[Named, ...]) -> set[str | None]:
    return {tag.iso3 for tag in tags}


def body_of_page(text: str) -> str:
    """The body of a page of the sample's shape: after the second title, before the form."""
    title = text.splitlines()[3]
    return text.split(f"\n{title}\n", 1)[1].partition("Leave a Reply")[0].strip()


def test_the_outside_sample_is_about_exactly_its_seven_countries(
    gazetteer: Gazetteer, outside_data: Path
) -> None:
    """The page that the pipeline has to get right: two principals, four reactors, Ukraine."""
    page = outside_data.parent / "samples" / "000_18dfdd139e4c5954.txt"
    if not page.exists():
        pytest.skip("the outside sample page is not here")
    body = body_of_page(page.read_text(encoding="utf-8"))
    assert codes(tagged(gazetteer, body)) == {"RUS", "PRK", "JPN", "KOR", "CHN", "USA", "UKR"}


def test_the_bundled_page_is_about_exactly_its_countries(gazetteer: Gazetteer) -> None:
    """The same of a page of that shape of our own."""
    (page,) = (page for page in sample.pages() if page.name == "page.txt")
    body = body_of_page(page.body.decode())
    assert codes(tagged(gazetteer, body)) == {"CAN", "NOR", "DNK", "FIN", "ISL", "GRL", "RUS"}


def test_a_passing_mention_in_a_long_text_does_not_tag(gazetteer: Gazetteer) -> None:
    """An aside about Peru does not make an article news of Peru."""
    body = FILLER + "He once had a coat from Peru that he liked. " + FILLER
    assert tagged(gazetteer, body) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Peru objected. ",
        "Meanwhile, the Peru office said no. ",
        "They went to Peru by ship. In the end Lima said no. ",
    ],
)
def test_a_country_that_opens_a_sentence_or_comes_back_tags(
    gazetteer: Gazetteer, sentence: str
) -> None:
    """What a sentence is about, or what is named twice, is not in passing."""
    assert codes(tagged(gazetteer, FILLER + sentence + FILLER)) == {"PER"}


def test_headline_and_lead_tag_at_once(gazetteer: Gazetteer) -> None:
    """The two places where a newsroom puts what matters."""
    assert codes(tagged(gazetteer, FILLER, headline="Storm nears Peru")) == {"PER"}
    assert codes(tagged(gazetteer, "A storm nears Peru. " + FILLER)) == {"PER"}


def test_the_heaviest_country_comes_first_with_all_its_evidence(gazetteer: Gazetteer) -> None:
    """Name, demonym and capital count together; each span can be read back."""
    body = "Japan agreed. Tokyo was glad, the Japanese too. Chile waits."
    first, second = tagged(gazetteer, body)
    assert (first.name, first.iso3, first.mentions) == ("Japan", "JPN", 3)
    assert [body[one.start : one.end] for one in first.evidence] == ["Japan", "Tokyo", "Japanese"]
    assert second.iso3 == "CHL"
