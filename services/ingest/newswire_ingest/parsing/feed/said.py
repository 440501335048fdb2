"""Values of somebody else's JSON by their type: what is of another type was not said."""

from collections.abc import Mapping
from typing import Any


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def count(value: object) -> int | None:
    """A number that counts something; JSON does not tell 3 from 3.0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 2**53 else None


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
