"""What the tests of enrichers share: packages that offer some, and articles to give to them."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newswire_common.article import EnrichedArticle, Enrichment

Install = Callable[[str, str], None]
Make = Callable[..., EnrichedArticle]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a module of that name and text, offering the enrichers of the given entry points."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def run(text: str, points: str, module: str = "reading_time") -> None:
        (tmp_path / f"{module}.py").write_text(text)
        metadata = tmp_path / f"{module}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[newswire.enrichers]\n{points}\n")
        importlib.invalidate_caches()

    yield run
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="session")
def make() -> Make:
    """An enriched article of an id and a body."""

    def run(article_id: str = "a", body: str = "Oslo said no.", **fields: Any) -> EnrichedArticle:
        enrichment = fields.pop("enrichment", Enrichment(language="en"))
        given = {"uri": f"urn:{article_id}", "source": "s", "guid": article_id, "headline": "Talks"}
        return EnrichedArticle(
            id=article_id, body_text=body, enrichment=enrichment, **(given | fields)
        )

    return run
