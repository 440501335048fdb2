"""The built artefacts: JSON files beside this module, each with a header that names its version.

They are read by an explicit call, never at import, and are never written at run time.
"""

from importlib import resources
from typing import Any

import orjson

FORMAT = 1  # raised when the shape of an artefact's content changes


class ArtefactError(Exception):
    """An artefact is absent, damaged, or of a format that this program does not read."""


def read(name: str) -> dict[str, Any]:
    """The artefact ``name`` (without ``.json``), header included. Raises `ArtefactError`."""
    file = resources.files(__package__) / f"{name}.json"
    try:
        artefact: dict[str, Any] = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        message = f"the artefact {name}.json cannot be read; rebuild it as docs/data.md says"
        raise ArtefactError(message) from error
    if artefact.get("artefact") != name or artefact.get("format") != FORMAT:
        message = f"{name}.json is no {name} artefact of format {FORMAT}; rebuild it"
        raise ArtefactError(message)
    return artefact
