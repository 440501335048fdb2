"""``python -m tests.benchmarks NAME [--json] [--runs N]``, or ``quality`` and its own options."""

import argparse
import asyncio
import importlib
import sys
from pathlib import Path

from newswire_common.logs import configure
from newswire_common.serving import tune_memory
from tests.benchmarks.measure import show
from tests.benchmarks.quality import command as quality

NOT_BENCHMARKS = {"__init__", "__main__", "measure"}
QUALITY = "quality"  # no rate beside another's: figures beside what is wanted of them


def names() -> list[str]:
    """The benchmarks there are: the modules of this folder with a `run`."""
    here = Path(__file__).parent
    return sorted(
        path.stem.replace("_", "-")
        for path in here.glob("*.py")
        if path.stem not in NOT_BENCHMARKS and "async def run(" in path.read_text()
    )


def main() -> None:
    if sys.argv[1:2] == [QUALITY]:
        sys.exit(quality.main(sys.argv[2:]))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", choices=[*names(), QUALITY])
    parser.add_argument("--json", action="store_true", help="one JSON line a result")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    module = importlib.import_module("tests.benchmarks." + arguments.name.replace("-", "_"))
    import uvloop

    configure("json")
    tune_memory()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        show(runner.run(module.run(arguments.runs)), as_json=arguments.json)


if __name__ == "__main__":
    main()
