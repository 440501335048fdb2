"""The whole default enricher, reactions and links included, beside spaCy's small English pipeline.

    article of 400 words > Enricher.enrich > every tag, links of an index of 100,000, reactions
    its text             > spaCy           > parts of speech, dependencies and names

In one process and one thread, no server. News from outside where NEWSWIRE_TEST_DATA names it, else
the paragraphs of the bundled sample. The index holds made signatures of 64 terms, most of them
rare, and filling it takes minutes: NEWSWIRE_BENCH_INDEXED names another size to try with.

spaCy is of the group ``models``. Its package en_core_web_sm is taken where it is installed; else
the same architecture with random weights, which computes the same layers but parses worse: a
ratio to it is a hint, no proof. Without spaCy our rate stands alone.
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
from itertools import islice
from pathlib import Path
from typing import Any

from newswire_common.article import Article
from newswire_enrich.enrichment import Enricher
from newswire_enrich.related.index import RelatedIndex
from newswire_enrich.related.signature import Signature
from newswire_enrich.revisits import links_to
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
_SHINGLES = 64
_WINDOW = timedelta(days=30)
_NOW_MS = 1_795_000_000_000
_MODEL = "en_core_web_sm"
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
        if number % 10_000 == 0:
            print(f"{number:,} of {INDEXED:,} indexed", file=sys.stderr)
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
        shingles=tuple(made.getrandbits(32) for _ in range(_SHINGLES)),
    )


def memory_mib() -> int | None:
    """What this process holds in memory; None where the kernel has no /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = status.read_text().splitlines()
    (held,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(held) // _MIB


def spacy_pipeline() -> tuple[str, Work] | None:
    """What is run, and the pipeline; None where spaCy is not installed."""
    if importlib.util.find_spec("spacy") is None:
        return None
    import spacy

    if importlib.util.find_spec(_MODEL) is not None:
        trained = spacy.load(_MODEL, disable=["lemmatizer", "attribute_ruler"])
        return _MODEL, lambda one: trained(one.body_text)
    untrained = _untrained(spacy)
    return f"{_MODEL}'s layers, random weights", lambda one: untrained(one.body_text)


def _untrained(spacy: Any) -> Any:
    """The components and layers of en_core_web_sm 3.8, as its own configuration has them."""
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 96,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
        "rows": [5000, 1000, 2500, 2500, 50, 50],
        "include_static_vectors": False,
    }
    encode = {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": 96, "depth": 4, "window_size": 1, "maxout_pieces": 3,
    }  # fmt: skip
    layers = {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode}
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}
    tagger = {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}
    parser = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "parser", "extra_state_tokens": False, "hidden_width": 64,
        "maxout_pieces": 2, "use_upper": True, "tok2vec": listener,
    }  # fmt: skip
    pipeline = spacy.blank("en")
    pipeline.add_pipe("tok2vec", config={"model": layers})
    _labelled(pipeline.add_pipe("tagger", config={"model": tagger}), "T", 50)
    _labelled(pipeline.add_pipe("parser", config={"model": parser}), "dep", 45)
    names = parser | {"state_type": "ner", "tok2vec": layers}
    _labelled(pipeline.add_pipe("ner", config={"model": names}), "NAME", 18)
    pipeline.initialize()
    return pipeline


def _labelled(component: Any, prefix: str, count: int) -> None:
    for number in range(count):
        component.add_label(f"{prefix}{number}")


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
    ours: Work = lambda one: enricher.enrich(one, partial(links_to, index))  # noqa: E731 - as spaCy's
    for one in articles[:20]:
        ours(one)
    held = memory_mib()
    told = {
        "from_": origin, "indexed": INDEXED, "words_each": WORDS, "memory_mib": held,
        "memory_before_mib": before,
    }  # fmt: skip
    beside = spacy_pipeline()
    our_cpu: list[float] = []
    if beside is None:
        rates = [await runner(ours, articles, our_cpu)() for _ in range(runs)]
        return [{
            "name": "enrich", "rate_per_s": round(statistics.median(rates)),
            "rate_per_cpu_s": round(statistics.median(our_cpu)), "runs": runs,
            "beside": "spaCy is not installed: --group models", **told,
        }]  # fmt: skip
    name, theirs = beside
    their_cpu: list[float] = []
    few = articles[:SPACY_ARTICLES]
    theirs(few[0])
    rates_of_both = await interleaved(
        runner(ours, articles, our_cpu), runner(theirs, few, their_cpu), runs
    )
    return [result("enrich", *rates_of_both, **per_cpu(our_cpu, their_cpu), beside=name, **told)]
