"""What is attributed in a text, as words instead of offsets."""

from collections.abc import Callable

import pytest

from newswire_enrich.attribution import find_attributions

Told = tuple[str | None, str, tuple[str, ...]]
Tell = Callable[[str], list[Told]]


@pytest.fixture(scope="session")
def tell() -> Tell:
    """``tell(text)``: the source, the cue and the contents of each attribution, cut out of it."""

    def tell(text: str) -> list[Told]:
        return [
            (
                text[slice(*each.source)] if each.source else None,
                text[slice(*each.cue)],
                tuple(text[start:end] for start, end in each.contents),
            )
            for each in find_attributions(text, "en")
        ]

    return tell
