"""What users are told of filters is so."""

import re
from pathlib import Path

import pytest

from newswire_common.filters import parse
from newswire_common.filters.fields import ARTICLE, REACTION
from newswire_common.filters.keys import KINDS

PAGE = (Path(__file__).parents[3] / "docs" / "filters.md").read_text("utf-8")
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| (.+) \| `([^`]+)` \|$", re.MULTILINE)
BLOCKS = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
INLINE = [
    text
    for text in re.findall(r"`([^`\n]+)`", PAGE)
    if re.match(r"[a-z_.]+(:|~|>=|<=|>|<|\()[^/ =…]", text) and "…" not in text
]
EXAMPLES = sorted({*INLINE, *(line for block in BLOCKS for line in block.splitlines())})


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_the_page_is_a_filter(example: str) -> None:
    """What is copied from the page works."""
    assert parse(str(parse(example))) == parse(example)


def test_the_page_has_a_row_for_each_field_with_its_signs_and_an_example() -> None:
    """No field is hidden, and none is promised that does not exist."""
    rows = [(name, signs, example) for name, signs, _, example in ROW.findall(PAGE)]
    fields = [*ARTICLE.values(), *REACTION.values()]
    assert sorted(name for name, _, _ in rows) == sorted(field.name for field in fields)
    signs = {field.name: set(field.kind.signs) for field in fields}
    for name, told, example in rows:
        assert set(re.findall(r"`([^`]+)`", told)) == signs[name]
        assert name in example


def test_the_page_names_every_value_of_the_short_lists() -> None:
    """Who asks for a stance or an act sees which there are."""
    for name in ("act", "stance", "modality"):
        options = REACTION[name].kind.options  # type: ignore[attr-defined]
        assert all(f"`{option}`" in PAGE for option in options)


def test_each_kind_of_key_has_its_place_in_the_order() -> None:
    """A new field can not be forgotten where filters are found by their rarest key."""
    fields = [*ARTICLE.values(), *REACTION.values()]
    made = {kind for field in fields for kind in {*field.keying.kinds, field.keying.start}}
    assert made - {""} == set(KINDS) - {"reaction"}
