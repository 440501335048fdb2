"""`newswire names train`: read labelled texts with a progress bar, fit, store, print figures."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from rich.progress import Progress, TaskID

from newswire_common.errors import NewswireError
from newswire_enrich.enrichers.conll import MOST_LINE_BYTES, ConllError, Document, documents
from newswire_enrich.enrichers.crf_training import Report, train
from newswire_local.ingest import progress_bar
from newswire_local.opening import opened
from newswire_local.printing import as_json, errors, table
from newswire_local.printing import out as console_out
from newswire_local.reading import WrongUsage

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SHARES = ("precision", "recall", "f1")
_COLUMNS = {
    "kind": "Names of", "names": "Names", "precision": "Precision", "recall": "Recall", "f1": "F1",
}  # fmt: skip


def run(files: Sequence[str], *, out: Path, language: str, json: bool) -> None:
    """Raises WrongUsage before anything is read, NewswireError where nothing can be learnt."""
    for name in files:
        if name != "-" and not Path(name).is_file():
            raise WrongUsage(f"{name}: {'is a folder' if Path(name).is_dir() else 'no such file'}")
    if not out.resolve().parent.is_dir():
        raise WrongUsage(f"{out.parent}: no such folder")
    if not _LANGUAGE.fullmatch(language):
        raise WrongUsage(f"{language}: is no code of a language, as en and de are")
    with progress_bar(errors()) as progress:
        fitting: list[TaskID] = []

        def told(done: int, of: int) -> None:
            if not fitting:
                fitting.append(progress.add_task("fitting", total=of))
            progress.update(fitting[0], completed=done)

        model, report = train(_documents(files, progress), language, told)
    part = out.with_name(out.name + ".part")
    try:
        part.write_bytes(model.packed())
        part.replace(out)
    except OSError as error:
        raise NewswireError(f"{out}: {error.strerror}") from error
    _say(report, out, model.digest[:12], json=json)


def _documents(files: Sequence[str], progress: Progress) -> Iterator[Document]:
    for name in files:
        size = Path(name).stat().st_size if name != "-" else None
        task = progress.add_task(name, total=size)
        try:
            with opened(name) as file:
                yield from documents(_lines(file, progress, task))
        except ConllError as error:
            raise NewswireError(f"{name}:{error}") from error
        progress.remove_task(task)


def _lines(file: IO[bytes], progress: Progress, task: TaskID) -> Iterator[bytes]:
    """Of a line that is too long no more than shows that it is."""
    while line := file.readline(MOST_LINE_BYTES + 2):
        yield line
        progress.advance(task, len(line))


def _say(report: Report, path: Path, version: str, *, json: bool) -> None:
    rows = [
        {**one._asdict(), **{name: round(getattr(one, name), 3) for name in _SHARES}}
        for one in report.figures
    ]
    whole = {"sentences": report.sentences, "names": report.names}
    if json:
        as_json({"out": str(path), "version": version, **whole, "figures": rows})
        return
    console = console_out()
    console.print(table(rows, _COLUMNS))
    console.print(
        "{sentences} sentences with {names} names. The figures are of each fifth text, judged by "
        "a model of the others: both ends and the kind right".format(**whole),
        soft_wrap=True,
    )
    used = f"{path}: model {version}. Use it: NEWSWIRE_ENRICHERS=crf:{path}"
    console.print(used, soft_wrap=True, markup=False)
