"""The built artefacts: small, true to their sources, and refused when they are not theirs."""

import re
from pathlib import Path

import pytest

from newswire_enrich.data import artefacts, lists
from newswire_enrich.data.artefacts import ArtefactError

FOLDER = Path(artefacts.__file__).parent
PAGE = Path(__file__).parents[2] / "docs/data.md"
LICENCES = ("Apache-2.0", "CC BY 4.0", "MIT", "BSD-3-Clause", "Unicode License v3")
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_an_artefact_names_its_version(name: str) -> None:
    """Provenance quotes it."""
    assert artefacts.read(name)["version"]


def test_all_artefacts_together_are_small() -> None:
    """They are loaded by every worker, and shipped with every installation."""
    assert NAMES
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.suffix != ".pyc") < 8e6


@pytest.mark.parametrize("name", NAMES)
def test_an_artefact_is_told_with_its_sources_and_their_licences(name: str) -> None:
    """Whoever passes it on finds the terms of all that is in it on one page."""
    page = " ".join(PAGE.read_text().split())
    assert f"| `{name}.json` |" in page
    for source in artefacts.read(name)["sources"]:
        assert re.split(r"\W", source)[0] in page
        assert any(term in source for term in LICENCES), source
    assert all(term in page for term in LICENCES)


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
    for needed in ("babel", "openpyxl", "stop_words"):
        pytest.importorskip(needed)
    from newswire_enrich.data import build

    assert build.main(["--source", str(outside_data), "--target", str(tmp_path)]) == 0
    assert sorted(path.stem for path in tmp_path.iterdir()) == NAMES
    changed = [
        name for name in NAMES
        if (tmp_path / f"{name}.json").read_bytes() != (FOLDER / f"{name}.json").read_bytes()
    ]  # fmt: skip
    assert changed == []
