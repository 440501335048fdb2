"""What the tests of enrichment share: the built artefacts, loaded once."""

import pytest

from newswire_enrich.related.terms import Background
from newswire_enrich.tags.gazetteer import Gazetteer
from newswire_enrich.topics import Topics


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    """The shipped gazetteer."""
    return Gazetteer.load()


@pytest.fixture(scope="session")
def background() -> Background:
    """The shipped background of word frequencies."""
    return Background.load()


@pytest.fixture(scope="session")
def topics() -> Topics:
    """The shipped vocabulary and rules."""
    return Topics.load()
