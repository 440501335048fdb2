"""The text of a scraped page: what is the article in it, and what the page has around it.

    Home World “Headline”            breadcrumb      > block
    World - June 20, 2024            section, date   > section, published_at (a day), block
    “Headline”                       headline        > headline
    By Jane Doe                      byline          > by, block
    paragraphs …                     body            > body_text
    Leave a Reply …                  comment form    > audience.comments_open, block
    Check Also / title / teaser …    widget          > association (source-widget), block

None of the parts but the body enters the body. A page without any of them is headline and body.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from newswire_common.article import Block
from newswire_ingest.parsing.found import (
    MAX_LINKS,
    Origin,
    Page,
    block,
    day,
    draft_of_page,
    unquoted,
)

_CRUMBS = re.compile(r"Home(?:\s*[>/»›|→]\s*|\s+)\S.*")
_CRUMB_ENDS = re.compile(r"\s*[>/»›|→]\s*")
_DASHES = (" - ", " – ", " — ", " | ", " · ", " • ")
_BYLINE = re.compile(r"By:? (?P<by>[^\W\d_][^.!?\n]{1,80})")
_FORM = re.compile(
    r"(?:Leave a (?:Reply|Comment)|Post a Comment|Write a Comment|Join the Conversation)\b"
    r"(?:\s+Cancel reply)?\s*",
    re.IGNORECASE,
)
_FORM_CLOSED = re.compile(r"Comments (?:are|have been) (?:closed|disabled)\.?", re.IGNORECASE)
_ONE_LINK = re.compile(r"(?:Check Also|Also Read|Read Also|See Also)\s*:?", re.IGNORECASE)
_LINKS = re.compile(
    r"(?:You (?:May|Might) Also Like|Recommended for You"
    r"|(?:Related|More) (?:Articles|News|Posts|Stories))\s*:?",
    re.IGNORECASE,
)
_CUT_OFF = ("…", "...", "[...]", "[…]")
MAX_HEADLINE = 1_000
MAX_SECTION = 60  # characters; longer ones are sentences
MAX_TITLE = 200
WRAPPED = 100  # characters; a text without a longer line is hard-wrapped
SHORT = 40  # a line of a hard-wrapped text that ends before this ends its paragraph


@dataclass
class _Parts:
    """The parts as they are found, in the order of the page."""

    fields: dict[str, object] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)


def page_of_text(text: str, origin: Origin) -> Page:
    """The draft that a page's text holds, and its other parts. Raises ValidationError if none."""
    parts = _Parts()
    paragraphs = _head(_paragraphs(text), parts)
    _rest(paragraphs, parts)
    found = parts.fields | {
        "body_text": "\n\n".join(parts.body),
        "associations": parts.links[:MAX_LINKS],
    }
    return draft_of_page(origin, found), tuple(parts.blocks)


def _paragraphs(text: str) -> list[str]:
    """The lines; in a hard-wrapped text those between two blank lines are joined."""
    lines = [" ".join(raw.split()) for raw in text.splitlines()]
    if max(map(len, lines), default=0) > WRAPPED:
        return [line for line in lines if line]
    paragraphs: list[list[str]] = []
    before = ""
    for line in lines:
        if line and len(before) > SHORT and not (_stands_alone(before) or _stands_alone(line)):
            paragraphs[-1].append(line)
        elif line:
            paragraphs.append([line])
        before = line
    return [" ".join(wrapped) for wrapped in paragraphs]


def _stands_alone(line: str) -> bool:
    return bool(_is_furniture(line) or _CRUMBS.fullmatch(line) or _section_and_date(line))


def _is_furniture(line: str) -> bool:
    return any(p.fullmatch(line) for p in (_FORM, _FORM_CLOSED, _ONE_LINK, _LINKS))


def _head(paragraphs: Sequence[str], parts: _Parts) -> Sequence[str]:
    """Take what stands above the body; answers what is left."""
    at = 0
    crumbs = ""
    if at < len(paragraphs) and _CRUMBS.fullmatch(paragraphs[at]):
        crumbs = paragraphs[at]
        parts.blocks.append(block("breadcrumb", crumbs))
        at += 1
    if at < len(paragraphs) and _section_date(paragraphs[at], parts):
        at += 1
    headline = _headline(crumbs, paragraphs[at] if at < len(paragraphs) else "", parts)
    if at < len(paragraphs) and (not headline or _same(paragraphs[at], headline)):
        headline = unquoted(paragraphs[at])
        at += 1
    parts.fields["headline"] = headline[:MAX_HEADLINE]
    # Some themes put the date line under the headline.
    if "published_at" not in parts.fields and at < len(paragraphs):
        at += _section_date(paragraphs[at], parts)
    if at < len(paragraphs) and (byline := _BYLINE.fullmatch(paragraphs[at])):
        parts.fields["by"] = byline["by"]
        parts.blocks.append(block("byline", paragraphs[at]))
        at += 1
    return paragraphs[at:]


def _section_date(line: str, parts: _Parts) -> bool:
    """Take the line if it is one of section and date, or of a date alone."""
    found = _section_and_date(line)
    if found is None:
        return False
    section, parts.fields["published_at"] = found
    if section:
        parts.fields["section"] = section
    parts.blocks.append(block("section-date", line))
    return True


def _section_and_date(line: str) -> tuple[str, str] | None:
    """``World - June 20, 2024`` as ("World", "2024-06-20")."""
    if published := day(line):
        return "", published
    for dash in _DASHES:
        section, _, written = line.rpartition(dash)
        published = day(written) if 0 < len(section.strip()) <= MAX_SECTION else None
        if published:
            return section.strip(), published
    return None


def _headline(crumbs: str, following: str, parts: _Parts) -> str:
    """What the breadcrumb says it is; the section too, where the date line did not."""
    trail = [part for part in _CRUMB_ENDS.split(crumbs) if part]
    if len(trail) > 1:
        if len(trail) > 2:  # noqa: PLR2004 - Home, section, headline
            parts.fields.setdefault("section", trail[1])
        return unquoted(trail[-1])
    rest = crumbs.removeprefix("Home").strip()
    section = str(parts.fields.get("section", ""))
    if not section and following and rest.endswith(following):
        section = rest.removesuffix(following).strip()
        if 0 < len(section) <= MAX_SECTION:
            parts.fields["section"] = section
    return unquoted(rest.removeprefix(section)) if rest != section else ""


def _same(line: str, headline: str) -> bool:
    """Whether the line repeats the breadcrumb's headline, which may be cut off there."""
    known = headline
    for end in _CUT_OFF:
        known = known.removesuffix(end)
    line = unquoted(line)
    return line == headline or (known != headline and line.startswith(known.rstrip()))


def _rest(paragraphs: Sequence[str], parts: _Parts) -> None:
    """Body, comment form, widgets; after a comment form the page has only furniture."""
    at = 0
    in_body = True
    while at < len(paragraphs):
        line = paragraphs[at]
        if _ONE_LINK.fullmatch(line) or _LINKS.fullmatch(line):
            at = _widget(paragraphs, at, parts, in_body=in_body)
        elif _FORM.fullmatch(line) or _FORM_CLOSED.fullmatch(line):
            at, in_body = _form(paragraphs, at, parts), False
        else:
            if in_body:
                parts.body.append(line)
            at += 1


def _form(paragraphs: Sequence[str], at: int, parts: _Parts) -> int:
    """The comment form, as far as the next widget; answers where it ends."""
    parts.fields["audience"] = {"comments_open": not _FORM_CLOSED.fullmatch(paragraphs[at])}
    end = at + 1
    while end < len(paragraphs) and not (
        _ONE_LINK.fullmatch(paragraphs[end]) or _LINKS.fullmatch(paragraphs[end])
    ):
        end += 1
    parts.blocks.append(block("comment-form", "\n".join(paragraphs[at:end])))
    return end


def _widget(paragraphs: Sequence[str], at: int, parts: _Parts, *, in_body: bool) -> int:
    """One link or several, each a title and perhaps a teaser; answers where the widget ends."""
    several = _LINKS.fullmatch(paragraphs[at]) is not None
    end = at + 1
    while end < len(paragraphs) and not _is_furniture(paragraphs[end]):
        title = paragraphs[end]
        if end > at + 1 and not (several and _is_title(title)):
            break
        parts.links.append(
            {"title": title[:MAX_TITLE], "origin": "source-widget", "rel": "related"}
        )
        end += 1
        end += _is_teaser(paragraphs, end, in_body=in_body)
    parts.blocks.append(block("check-also", "\n".join(paragraphs[at:end])))
    return end


def _is_title(line: str) -> bool:
    return len(line) <= MAX_TITLE and not line.endswith((".", *_CUT_OFF))


def _is_teaser(paragraphs: Sequence[str], at: int, *, in_body: bool) -> bool:
    """A teaser is cut off; or it ends the page, where the body is over already."""
    if at >= len(paragraphs) or _is_furniture(paragraphs[at]):
        return False
    ends_page = at + 1 == len(paragraphs) and not in_body and not _is_title(paragraphs[at])
    return paragraphs[at].endswith(_CUT_OFF) or ends_page
