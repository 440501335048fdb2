"""The built artefacts: small, true to their sources, and refused when they are not theirs."""

from pathlib import Path

import orjson
import pytest

from newswire_enrich.data import artefacts, lists
from newswire_enrich.data.artefacts import ArtefactError

FOLDER = Path(artefacts.__file__).parent
NAMES = ["media_topics", "names", "gazetteer", "idf", "stopwords"]


@pytest.mark.parametrize("name", NAMES)
def test_an_artefact_names_its_version(name: str) -> None:
    """Provenance quotes it."""
    assert artefacts.read(name)["version"]


def test_all_artefacts_together_are_small() -> None:
    """They are loaded by every worker."""
    assert sum((FOLDER / f"{name}.json").stat().st_size for name in NAMES) < 8_000_000


def test_an_absent_artefact_is_a_clear_error() -> None:
    """The message says what to do."""
    with pytest.raises(ArtefactError, match="rebuild it"):
        artefacts.read("absent")


@pytest.mark.parametrize("name", ["countries", "organisations", "leaders", "names_other"])
def test_the_lists_name_only_countries_that_exist(name: str) -> None:
    """A mistyped code would make a feed of its own."""
    codes = {row[0] for row in lists.records("countries", 8)}
    columns = {"countries": 8}.get(name, 4)
    place = 0 if name in ("countries", "names_other") else 1
    assert {row[place] for row in lists.records(name, columns)} - {""} <= codes


def test_the_artefacts_are_those_that_the_sources_give(tmp_path: Path, outside_data: Path) -> None:
    """Built again, they are the same bytes: nobody edited them by hand or forgot to rebuild."""
    pytest.importorskip("babel")
    pytest.importorskip("stop_words")
    from newswire_enrich.data import build

    assert build.main(["--source", str(outside_data), "--target", str(tmp_path)]) == 0
    for name in NAMES:
        built = orjson.loads((tmp_path / f"{name}.json").read_bytes())
        assert built == artefacts.read(name)
