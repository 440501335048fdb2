"""Topics that the provider gave: by code, by older code, or by name in any language.

A code may be a QCode (``medtop:15000000``), a URI (``http://cv.iptc.org/newscodes/mediatopic/…``),
or digits under a scheme that names their vocabulary; IPTC's older Subject Codes (``subj:``,
``…/subjectcode/…``) are mapped as IPTC maps them. Nothing is guessed.
"""

import re
from collections.abc import Iterable

from newswire_common.article import Subject
from newswire_enrich.topics.vocabulary import Vocabulary

_CODE = re.compile(r"(?:^|.*[:/])(?P<digits>[0-9]{8})$", re.ASCII)
_MEDIA_TOPIC = re.compile(r"medtop|media-?topic", re.IGNORECASE)
_SUBJECT_CODE = re.compile(r"\bsubj|subject-?code|iptc", re.IGNORECASE)


def resolve(subject: Subject, language: str | None, vocabulary: Vocabulary) -> str | None:
    """The topic of a subject, eight digits; one in use where its own is retired.

    A Media Topic newer than our vocabulary stays as it is: nobody knows it better than who gave it.
    """
    code = subject.code or ""
    match = _CODE.match(code)
    if match is not None:
        named = f"{subject.scheme or ''} {code[: match.start('digits')]}"
        digits = match["digits"]
        if _MEDIA_TOPIC.search(named):
            return vocabulary.current(digits) or digits
        if _SUBJECT_CODE.search(named):
            return vocabulary.by_subject_code(digits)
    return vocabulary.by_name(subject.name, language)


def given_codes(
    subjects: Iterable[Subject], language: str | None, vocabulary: Vocabulary
) -> dict[str, str]:
    """The topics of the subjects in their order, each once, and the name that each was given by."""
    codes: dict[str, str] = {}
    for subject in subjects:
        code = resolve(subject, language, vocabulary)
        if code is not None:
            codes.setdefault(code, subject.name)
    return codes
