"""How well keywords of a body foretell its headline, beside plain TF-IDF of our own.

No set here has keywords that people chose. A headline is what an editor chose of an article, so
its words, stop words left out, stand for them: they are compared with the first ten words of the
keywords, so that a keyword of two words counts as two. Headlines are kept from both sides. Plain
TF-IDF is the ten heaviest words of the same weighing.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path

from newswire_enrich.related.terms import Background, plain_words, term_vector, words
from newswire_enrich.tags.keywords import keywords
from tests.benchmarks.quality.corpora import Story, bbc, masakhanews

_WORDS = 10
_EVERY = 5  # of the BBC's 2,225 articles: the classes follow one another
_LANGUAGE = "en"


def measure(data: Path) -> dict[str, float]:
    """F1 at ten of both, averaged over the articles, and ours as a multiple of the plain one."""
    background = Background.load()
    stories = [*masakhanews(data), *islice(bbc(data), 0, None, _EVERY)]
    ours = [_f1(_ours(story, background), _gold(story, background)) for story in stories]
    plain = [_f1(_plain(story, background), _gold(story, background)) for story in stories]
    return {
        "f1": sum(ours) / len(ours),
        "plain_tf_idf_f1": sum(plain) / len(plain),
        "over_plain_tf_idf": sum(ours) / sum(plain),
    }


def _gold(story: Story, background: Background) -> AbstractSet[str]:
    return set(words(story.headline)) - background.stop_words[_LANGUAGE]


def _ours(story: Story, background: Background) -> list[str]:
    vector = term_vector(story.body, _LANGUAGE, background)
    return [one.text for one in keywords(story.body, vector, plain_words(story.body))]


def _plain(story: Story, background: Background) -> list[str]:
    return [word for word, _ in term_vector(story.body, _LANGUAGE, background)[:_WORDS]]


def _f1(found: Sequence[str], gold: AbstractSet[str]) -> float:
    said = [*dict.fromkeys(word for one in found for word in words(one))][:_WORDS]
    right = len(gold.intersection(said))
    return 2 * right / (len(said) + len(gold)) if right else 0.0
