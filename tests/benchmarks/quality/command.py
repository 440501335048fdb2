"""``python -m tests.benchmarks quality [--json] [--only NAME …] [--data DIR]``.

Runs every measure on data from outside and sets what is wanted beside each figure. It ends with 1
where a wanted figure is not reached, with 2 where a measure or its data is missing.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tests.benchmarks.quality.wanted import WANTED

_HERE = Path(__file__).parent
_BAR = 24  # characters
_DIGITS = 4
_NOT_REACHED, _MISSING = 1, 2


class MeasureError(Exception):
    """A measure, its data, or a figure that is wanted of it is missing."""


class Figure(NamedTuple):
    """One value and the least it has to be, None where it is only told."""

    name: str
    value: float
    wanted: float | None

    @property
    def is_reached(self) -> bool:
        return self.wanted is None or round(self.value, _DIGITS) >= self.wanted


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and give the code to end with."""
    options = _options(arguments)
    started = time.perf_counter()
    try:
        figures = [
            figure
            for index, name in enumerate(options.only)
            for figure in _announced(name, index, len(options.only), options.data)
        ]
    except MeasureError as error:
        print(error, file=sys.stderr)
        return _MISSING
    _progress("", len(options.only), len(options.only))
    _show(figures, time.perf_counter() - started, as_json=options.json)
    return 0 if all(figure.is_reached for figure in figures) else _NOT_REACHED


def figures_of(name: str, data: Path) -> list[Figure]:
    """The figures of one measure. Raises `MeasureError` where it or what it needs is missing."""
    wanted = WANTED[name]
    try:
        measured: Mapping[str, float] = _module(name).measure(data)
    except FileNotFoundError as error:
        raise MeasureError(f"{name}: {error.filename} is missing from the data") from error
    lacking = sorted(set(wanted) - set(measured))
    if lacking:
        raise MeasureError(f"{name} does not measure {', '.join(lacking)}, which is wanted of it")
    return [Figure(f"{name}.{key}", value, wanted.get(key)) for key, value in measured.items()]


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks quality", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line")
    parser.add_argument(
        "--only", metavar="NAME", nargs="+", choices=[*WANTED], default=[*WANTED],
        help=f"of {', '.join(WANTED)}",
    )  # fmt: skip
    parser.add_argument("--data", type=Path, default=_data(), help="instead of NEWSWIRE_TEST_DATA")
    options = parser.parse_args(arguments)
    if options.data is None or not options.data.is_dir():
        parser.error("NEWSWIRE_TEST_DATA does not say where the data from outside is")
    return options


def _data() -> Path | None:
    """Where NEWSWIRE_TEST_DATA says, or else the folder that the gates take: beside this clone."""
    told = os.environ.get("NEWSWIRE_TEST_DATA")
    beside = _HERE.parents[3] / "shared" / "data"
    return Path(told) if told else beside if beside.is_dir() else None


def _module(name: str) -> ModuleType:
    if not (_HERE / f"{name}.py").exists():
        raise MeasureError(f"the measure {name} is missing: {_HERE / name}.py")
    return importlib.import_module(f"tests.benchmarks.quality.{name}")


def _announced(name: str, index: int, count: int, data: Path) -> list[Figure]:
    _progress(name, index, count)
    return figures_of(name, data)


def _progress(name: str, done: int, count: int) -> None:
    """A bar on a terminal; nothing in a log."""
    if not sys.stderr.isatty():
        return
    full = _BAR * done // count
    end = "\n" if done == count else ""
    bar = "█" * full + "░" * (_BAR - full)
    print(f"\r{bar} {done}/{count} {name:<12}", end=end, file=sys.stderr, flush=True)


def _show(figures: Sequence[Figure], seconds: float, *, as_json: bool) -> None:
    if not as_json:
        for figure in figures:
            print(_row(figure))
        return
    line: dict[str, Any] = {
        "name": "quality",
        "reached": all(figure.is_reached for figure in figures),
        "seconds": round(seconds, 1),
        "figures": {
            figure.name: {"value": round(figure.value, _DIGITS)}
            | ({} if figure.wanted is None else {"wanted": figure.wanted})
            for figure in figures
        },
    }
    print(json.dumps(line))


def _row(figure: Figure) -> str:
    if figure.wanted is None:
        return f"{figure.name:<44} {figure.value:8.3f}"
    verdict = "" if figure.is_reached else "  NOT REACHED"
    return f"{figure.name:<44} {figure.value:8.3f}   wanted {figure.wanted:.3f}{verdict}"
