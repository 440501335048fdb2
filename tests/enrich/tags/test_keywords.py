"""The keywords of an article."""

from newswire_enrich.related.terms import Background, plain_words, term_vector
from newswire_enrich.tags.keywords import keywords

TEXT = (
    "The Cold War is back, wrote the historian. In the Cold War a treaty was a treaty, and the "
    "treaty was kept. Inspectors counted missiles; missiles were scrapped."
)


def test_pairs_of_capitalised_words_replace_their_parts(background: Background) -> None:
    """ "Cold War" is one keyword, not two."""
    found = [
        one.text for one in keywords(TEXT, term_vector(TEXT, "en", background), plain_words(TEXT))
    ]
    assert "Cold War" in found
    assert not {"cold", "war"} & set(found)


def test_what_is_said_most_and_nowhere_else_weighs_most(background: Background) -> None:
    """Frequent here, rare elsewhere."""
    found = keywords(TEXT, term_vector(TEXT, "en", background), plain_words(TEXT))
    assert {"treaty", "missiles"} <= {one.text for one in found[:4]}
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)


def test_a_keyword_is_written_as_the_text_writes_it(background: Background) -> None:
    """Words are compared folded and shown as they were; measures are no keywords."""
    text = "Die Straße in Łódź wird gesperrt. Straße und Brücke: 5 Prozent."
    vector = term_vector("HAFEN " + text, "de", background)
    found = [one.text for one in keywords(text, vector, plain_words("Hafen zu. " + text))]
    assert {"Straße", "Łódź", "Brücke", "gesperrt", "Hafen"} <= set(found)
    assert "Prozent" not in found


def test_no_words_no_keywords() -> None:
    """An empty article has none."""
    assert keywords("", (), ()) == ()
