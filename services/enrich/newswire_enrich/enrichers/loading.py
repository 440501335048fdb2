"""The enrichers that the settings choose, from the entry points of installed packages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import structlog

from newswire_common.article import EnrichedArticle
from newswire_common.errors import ConfigurationError
from newswire_common.settings import ENRICHER
from newswire_enrich.enrichers.protocol import (
    EXTRA,
    FIELDS,
    Derived,
    EnricherError,
    FieldEnricher,
)
from newswire_enrich.parts import describe

GROUP = "newswire.enrichers"
_LONGEST_VERSION = 100  # characters

log = structlog.get_logger()


class Absent:
    """Stands in for an enricher that can not be had: its fields are left as they were."""

    version = "none"

    def __init__(self, reason: str, fields: Collection[str]) -> None:
        self.fields = fields
        self._reason = reason

    def enrich(self, _articles: Sequence[EnrichedArticle]) -> Iterable[Mapping[str, Derived]]:
        """Raises EnricherError."""
        raise EnricherError(self._reason)


def load(chosen: Sequence[str]) -> dict[str, FieldEnricher]:
    """The enrichers by name, in the order of ``chosen``: names, or ``name:argument``.

    The entry point is called with the argument, if there is one. What it raises, or a thing that
    is no enricher, is said in a warning, and `Absent` takes its place. Raises ConfigurationError
    for a name that no package offers, or two do.
    """
    offered = entry_points(group=GROUP)
    loaded: dict[str, FieldEnricher] = {}
    for one in chosen:
        name, argument = _parts(one)
        points = {point.value: point for point in offered if point.name == name}
        if len(points) != 1:
            _refuse(name, points, sorted({point.name for point in offered}))
        loaded[name] = _loaded(points.popitem()[1], argument)
    return loaded


def _parts(chosen: str) -> tuple[str, str | None]:
    match = ENRICHER.fullmatch(chosen)
    if match is None:  # the settings have looked at it already
        raise ConfigurationError(f"NEWSWIRE_ENRICHERS: {chosen[:100]!r} is no name")
    return match["name"], match["argument"]


def _refuse(name: str, points: Collection[str], offered: Sequence[str]) -> NoReturn:
    if points:
        reason = f"two packages offer {name}: {', '.join(sorted(points))}"
    else:
        reason = f"no installed package offers {name}; there is {', '.join(offered) or 'none'}"
    raise ConfigurationError(f"NEWSWIRE_ENRICHERS: {reason}")


def _loaded(point: EntryPoint, argument: str | None) -> FieldEnricher:
    factory: Any = None
    try:
        factory = point.load()
        enricher: FieldEnricher = factory() if argument is None else factory(argument)
        _check(enricher)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - of another's code; the news goes on
        reason = str(error) if isinstance(error, EnricherError) else describe(_as_error(error))
        log.warning("enricher is not there: its fields stay without it", enricher=point.name,
                    reason=reason)  # fmt: skip
        return Absent(reason, _fields(factory))
    return enricher


def _as_error(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(f"exit {error}")


def _check(enricher: FieldEnricher) -> None:
    """Raises TypeError, ValueError or AttributeError where it is not what it should be."""
    version, fields = enricher.version, enricher.fields
    if not isinstance(version, str) or not 0 < len(version) <= _LONGEST_VERSION:
        raise TypeError(f"its version is no text of at most {_LONGEST_VERSION} characters")
    if isinstance(fields, str) or not fields or not FIELDS.issuperset(fields):
        raise ValueError(f"its fields are not some of {', '.join(sorted(FIELDS))}")
    if not callable(enricher.enrich):
        raise TypeError("its enrich can not be called")


def _fields(factory: object) -> Collection[str]:
    """What a class says that it sets, though it can not be made."""
    fields = getattr(factory, "fields", None)
    named = fields if isinstance(fields, list | tuple | set | frozenset) else ()
    return FIELDS.intersection(one for one in named if isinstance(one, str)) or (EXTRA,)
