"""``python -m tests.benchmarks NAME [--json] [--runs N]``."""

import argparse
import asyncio
import importlib
from pathlib import Path

from newswire_common.logs import configure
from newswire_common.serving import tune_memory
from tests.benchmarks.measure import show

NOT_BENCHMARKS = {"__init__", "__main__", "measure"}


def names() -> list[str]:
    """The benchmarks there are: the modules of this folder with a `run`."""
    here = Path(__file__).parent
    return sorted(
        path.stem.replace("_", "-")
        for path in here.glob("*.py")
        if path.stem not in NOT_BENCHMARKS and "async def run(" in path.read_text()
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", choices=names())
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
