"""Runs the parts of an enrichment: each with its provenance, and none able to fail the article."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from newswire_common.article import Provenance

_LONGEST_ERROR = 200  # characters

T = TypeVar("T")


class Method(NamedTuple):
    """How a field is derived, by which version of the rules and data."""

    name: str
    version: str
    confidence: float | None = None


class Parts:
    """Collects the provenance of one article's enrichment."""

    def __init__(self, note: str = "") -> None:
        """``note`` is added to every method, to say what all the parts had to read."""
        self.provenance: list[Provenance] = []
        self._note = note

    def run(
        self,
        field: str,
        method: Method,
        compute: Callable[[], T],
        empty: T,
        told: Callable[[T], Method] | None = None,
    ) -> T:
        """What ``compute`` gives, or ``empty`` where it fails.

        ``told`` names the method by the result, where that decides it.
        """
        try:
            value = compute()
            used = told(value) if told else method
        except Exception as error:  # noqa: BLE001 - whatever fails, the article goes on without it
            self._record(field, method, describe(error))
            return empty
        self._record(field, used, None)
        return value

    def many(
        self, field: str, method: Method, compute: Callable[[], tuple[T, ...]]
    ) -> tuple[T, ...]:
        """What ``compute`` gives, or none where it fails."""
        none: tuple[T, ...] = ()
        return self.run(field, method, compute, none)

    def _record(self, field: str, method: Method, error: str | None) -> None:
        self.provenance.append(
            Provenance(
                field=field,
                method=method.name + self._note,
                version=method.version,
                confidence=method.confidence,
                error=error,
            )
        )


def describe(error: Exception) -> str:
    """Type and text of an error in one bounded line that every encoding can say."""
    try:
        text = " ".join(f"{type(error).__name__}: {_text(error)}"[: 2 * _LONGEST_ERROR].split())
    except Exception:  # noqa: BLE001 - an error that can not even tell of itself
        text = type(error).__name__
    return text[:_LONGEST_ERROR].encode("utf-8", "replace").decode()


def _text(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
