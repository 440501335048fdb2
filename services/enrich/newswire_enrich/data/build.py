"""Builds every artefact: ``python -m newswire_enrich.data.build --source DIR``.

::

    lists/*.txt, CLDR (Babel)           ─▶ gazetteer.json
    Wikigold (CC BY 4.0)                ─▶ idf.json, names.json
    PETRARCH dictionaries (MIT)         ─▶ names.json, cameo.json
    lists/stopwords_en.txt, stop-words  ─▶ stopwords.json
    IPTC Media Topics, lists/topics_*   ─▶ media_topics.json

The same sources give the same bytes. Sources and licences: docs/data.md.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from newswire_enrich.data import (
    background_source,
    cameo_source,
    gazetteer_source,
    names_source,
    topics_source,
)

VERSION = "2026.11.3"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Rebuild the artefacts of newswire-enrich.")
    parser.add_argument(
        "--source", type=Path, required=True, help="folder with wikigold/, petrarch2/ and iptc/"
    )
    parser.add_argument("--target", type=Path, default=Path(__file__).parent, help="where to write")
    options = parser.parse_args(arguments)
    gazetteer = _written(gazetteer_source.artefact(VERSION))
    _write(options.target, gazetteer)
    _write(options.target, names_source.artefact(VERSION, options.source, gazetteer))
    _write(options.target, background_source.idf(VERSION, options.source))
    _write(options.target, background_source.stopwords(VERSION))
    _write(options.target, cameo_source.artefact(VERSION, options.source))
    _write(options.target, topics_source.media_topics(VERSION, options.source))
    return 0


def _written(artefact: dict[str, Any]) -> dict[str, Any]:
    """As it is read back: tuples are lists then."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(artefact))
    return read


def _write(target: Path, artefact: dict[str, Any]) -> None:
    """One record a line, so that a change of the lists shows as a readable difference."""
    content = orjson.dumps(artefact)
    path = target / f"{artefact['artefact']}.json"
    path.write_bytes(content)
    rows = {key: len(value) for key, value in artefact.items() if isinstance(value, list | dict)}
    sys.stdout.write(f"{path.name}: {len(content):,} bytes, {rows}\n")


if __name__ == "__main__":
    sys.exit(main())
