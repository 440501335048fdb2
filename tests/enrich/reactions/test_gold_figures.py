"""What the rules reach on the gold standard, language by language, as a floor."""

import pytest

from newswire_enrich.reactions import find_reactions
from newswire_enrich.tags.gazetteer import Gazetteer
from tests.enrich.reactions.gold import Paragraph, load
from tests.enrich.reactions.gold.scoring import Judgement, judge, of_reaction, of_record, total

GOLD = load()


def judged(paragraph: Paragraph, gazetteer: Gazetteer) -> Judgement:
    """The reactions found in one paragraph, compared with its annotation."""
    body = paragraph.body
    found = find_reactions(
        body, paragraph.headline, gazetteer.find(body), None, paragraph.language,
        gazetteer.countries,
    )  # fmt: skip
    return judge(
        [of_record(record) for record in paragraph.records], [of_reaction(each) for each in found]
    )


@pytest.mark.parametrize(
    ("language", "precision", "recall"),
    [("en", 0.90, 0.90), ("de", 0.85, 0.80), ("fr", 0.75, 0.80), ("es", 0.90, 0.90)],
)
def test_the_figures_on_the_gold_do_not_fall(
    gazetteer: Gazetteer, language: str, precision: float, recall: float
) -> None:
    """Precision and recall on (actor, act, stance), a little below what was measured."""
    judgements = {each.id: judged(each, gazetteer) for each in GOLD if each.language == language}
    score = total(judgements.values())
    wrong = {name: one for name, one in judgements.items() if one.missed or one.extra}

    assert score.precision >= precision, wrong
    assert score.recall >= recall, wrong
