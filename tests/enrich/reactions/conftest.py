"""Reactions of a text, its names found by the real gazetteer."""

from collections.abc import Callable

import pytest

from newswire_common.reaction import Reaction, When
from newswire_enrich.reactions import find_reactions
from newswire_enrich.tags.gazetteer import Gazetteer

React = Callable[..., list[Reaction]]
TODAY = When(value="2026-03-02", precision="day")


@pytest.fixture(scope="session")
def react(gazetteer: Gazetteer) -> React:
    """``react(text, headline, language)``: what `find_reactions` finds."""

    def react(text: str, headline: str = "", language: str | None = "en") -> list[Reaction]:
        return find_reactions(text, headline, gazetteer.find(text), TODAY, language)

    return react
