"""Topics: for now those that the provider gave with a code of the IPTC Media Topics."""

import re

from newswire_common.article import Subject, Topic

_CODE = re.compile(r"(?P<scheme>medtop:|/mediatopic/)?(?P<code>[0-9]{8})$")
_SCHEMES = ("medtop", "mediatopic")


def given_topics(subjects: tuple[Subject, ...]) -> tuple[Topic, ...]:
    """The provider's subjects that carry a code, in their order, each once. Nothing is guessed."""
    topics: dict[str, Topic] = {}
    for subject in subjects:
        code = _medtop(subject)
        if code is not None:
            topics.setdefault(code, Topic(code=code, name=subject.name, confidence=1.0))
    return tuple(topics.values())


def _medtop(subject: Subject) -> str | None:
    """``medtop:NNNNNNNN`` of a qualified code, a URI, or digits under a scheme that names it."""
    match = _CODE.search(subject.code or "")
    if match is None:
        return None
    scheme = (subject.scheme or "").lower()
    if match["scheme"] is None and not any(name in scheme for name in _SCHEMES):
        return None
    return f"medtop:{match['code']}"
