"""The figures that enrichment has to reach, on data from outside: the quick ones of them."""

from pathlib import Path

import pytest

from tests.benchmarks.quality import command
from tests.benchmarks.quality.wanted import WANTED


@pytest.mark.parametrize("name", ["language", "places", "names", "keywords"])
def test_a_measure_reaches_what_is_wanted_of_it(name: str, outside_data: Path) -> None:
    """What was reached once does not get lost unseen."""
    figures = command.figures_of(name, outside_data)
    assert [figure for figure in figures if not figure.is_reached] == []


def test_missing_data_ends_the_command_with_2_and_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither a traceback nor a pass: whoever runs it is told what to fetch."""
    assert command.main(["--only", "names", "--data", str(tmp_path)]) == 2
    assert "is missing from the data" in capsys.readouterr().err


def test_what_is_wanted_is_a_share_or_a_ratio() -> None:
    """A wish that is mistyped would never fail, or always."""
    assert all(0 < least <= 1 for figures in WANTED.values() for least in figures.values())


def test_a_value_is_compared_as_it_is_shown() -> None:
    """0.69999 is shown as 0.7 and is 0.7."""
    assert command.Figure("a", 0.69999, 0.7).is_reached
    assert not command.Figure("a", 0.6899, 0.7).is_reached
    assert command.Figure("a", 0.0, None).is_reached
