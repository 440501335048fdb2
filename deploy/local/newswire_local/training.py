"""`newswire topics train`: read the archive with a progress bar, fit, store, and print figures."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from rich.progress import Progress, TaskID

from newswire_common.errors import NewswireError
from newswire_enrich.data import artefacts
from newswire_enrich.topics.archive import MOST_LINE_BYTES, ArchiveError, Example, examples
from newswire_enrich.topics.model import write
from newswire_enrich.topics.rules import Rules
from newswire_enrich.topics.terms import term_lists
from newswire_enrich.topics.training import Report, train
from newswire_enrich.topics.vocabulary import Vocabulary, qualified
from newswire_local.ingest import progress_bar
from newswire_local.opening import opened
from newswire_local.printing import as_json, errors, out, table
from newswire_local.reading import WrongUsage

MOST_TOLD = 10  # lines that could not be used
_COLUMNS = {
    "code": "Code", "name": "Topic", "articles": "Articles", "precision": "Precision",
    "recall": "Recall", "f1": "F1",
}  # fmt: skip


class Archive:
    """The files as examples, and what could not be used of them."""

    def __init__(self, files: Sequence[str], progress: Progress) -> None:
        artefact = artefacts.read("media_topics")
        self.vocabulary = Vocabulary.of(artefact)
        self.refused: list[str] = []
        self._rules = Rules(self.vocabulary, term_lists(artefact["terms"]))
        self._files = files
        self._progress = progress

    def __iter__(self) -> Iterator[Example]:
        for name in self._files:
            size = Path(name).stat().st_size if name != "-" else None
            task = self._progress.add_task(name, total=size)
            with opened(name) as file:
                lines = self._told(_lines(file), task)
                for number, found in examples(lines, self.vocabulary, self._rules):
                    if isinstance(found, ArchiveError):
                        self.refused.append(f"{name}:{number}: {found}")
                    else:
                        yield found
            self._progress.remove_task(task)

    def _told(self, lines: Iterator[bytes], task: TaskID) -> Iterator[bytes]:
        for line in lines:
            yield line
            self._progress.advance(task, len(line))


def run(files: Sequence[str], *, out: Path, json: bool) -> None:
    """Raises WrongUsage before anything is read, NewswireError where nothing can be learnt."""
    for name in files:
        if name != "-" and not Path(name).is_file():
            raise WrongUsage(f"{name}: {'is a folder' if Path(name).is_dir() else 'no such file'}")
    if not out.resolve().parent.is_dir():
        raise WrongUsage(f"{out.parent}: no such folder")
    with progress_bar(errors()) as progress:
        archive = Archive(files, progress)
        fitting: list[TaskID] = []

        def told(done: int, of: int) -> None:
            if not fitting:
                fitting.append(progress.add_task("fitting", total=of))
            progress.update(fitting[0], completed=done)

        try:
            arrays, report = train(archive, archive.vocabulary, told)
        finally:
            _say_refused(archive.refused)
    try:
        version = write(arrays, out)
    except OSError as error:
        raise NewswireError(f"{out}: {error.strerror}") from error
    _say(report, archive, out, version, json=json)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Of a line that is too long its beginning, which is refused, and nothing of its rest."""
    while line := file.readline(MOST_LINE_BYTES + 1):
        rest = line
        while not rest.endswith(b"\n") and rest:
            rest = file.readline(MOST_LINE_BYTES)
        yield line


def _say_refused(refused: Sequence[str]) -> None:
    console = errors()
    for told in refused[:MOST_TOLD]:
        console.print(told, style="yellow", soft_wrap=True, markup=False)
    if len(refused) > MOST_TOLD:
        console.print(f"… and {len(refused) - MOST_TOLD} lines more", style="yellow")


def _say(report: Report, archive: Archive, path: Path, version: str, *, json: bool) -> None:
    rows = [
        {
            **one._asdict(),
            "code": qualified(one.code),
            **{name: round(getattr(one, name), 3) for name in ("precision", "recall", "f1")},
        }
        for one in report.topics
    ]
    whole = {
        "articles": report.articles,
        "refused": len(archive.refused),
        "accuracy": round(report.accuracy, 3),
        "micro_f1": round(report.micro_f1, 3),
        "macro_f1": round(report.macro_f1, 3),
    }
    if json:
        too_few = [qualified(code) for code in report.too_few]
        as_json({"out": str(path), "version": version, **whole, "topics": rows, "too_few": too_few})
        return
    console = out()
    console.print(table(rows, _COLUMNS))
    console.print(
        "{articles} articles, {refused} lines not used. Cross-validated: the likeliest top-level "
        "topic is right in {accuracy:.1%}; F1 {micro_f1:.3f} over all tags, {macro_f1:.3f} over "
        "topics".format(**whole),
        soft_wrap=True,
    )
    if report.too_few:
        console.print(f"{len(report.too_few)} topics have too few articles to be learnt")
    used = f"{path}: model {version}. Use it: NEWSWIRE_TOPICS_MODEL={path}"
    console.print(used, soft_wrap=True, markup=False)
