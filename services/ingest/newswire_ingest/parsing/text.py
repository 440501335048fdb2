"""The text of a scraped page: what is the article in it, and what the page has around it.

    Home World “Headline”            breadcrumb      > block
    World - June 20, 2024            section, date   > section, published_at (a day), block
    “Headline”                       headline        > headline
    By Jane Doe                      byline          > by, block
    SEOUL (AP) —                     dateline        > dateline, block
    paragraphs …                     body            > body_text
    Also read: title                 invitation      > association (source-widget), block
    Leave a Reply …                  comment form    > audience.comments_open, block
    Check Also / title / teaser …    widget          > association (source-widget), block

None of the parts but the body enters the body. A page without any of them is headline and body.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from newswire_common.article import Association, Block
from newswire_ingest.parsing.found import (
    MAX_LINKS,
    MAX_TITLE,
    Origin,
    Page,
    block,
    draft_of_page,
    link,
    unquoted,
)
from newswire_ingest.parsing.furniture import (
    MAX_SECTION,
    comments_open,
    credits_of,
    dateline_of,
    invitation_of,
    is_ornament,
    widget_kind,
)

_CRUMBS = re.compile(r"(?:You are here:? )?Home(?:\s*[>/»›|→]\s*|\s+)\S.*")
_CRUMB_ENDS = re.compile(r"\s*[>/»›|→]\s*")
_CUT_OFF = ("…", "...", "[...]", "[…]")
MAX_HEADLINE = 1_000
MAX_LABEL = 30  # characters of a section that stands alone above a headline
MAX_CREDITS = 6  # lines between headline and text
WRAPPED = 100  # characters; a text without a longer line is hard-wrapped
SHORT = 40  # a line of a hard-wrapped text that ends before this ends its paragraph


@dataclass
class _Parts:
    """The parts as they are found, in the order of the page."""

    fields: dict[str, object] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    links: list[Association] = field(default_factory=list)


def page_of_text(text: str, origin: Origin) -> Page:
    """The draft that a page's text holds, and its other parts. Raises ValidationError if none."""
    parts = _Parts()
    paragraphs = _head(_paragraphs(text), parts)
    _rest(paragraphs, parts)
    _take_dateline(parts)
    found = parts.fields | {
        "body_text": "\n\n".join(parts.body),
        "associations": parts.links[:MAX_LINKS],
    }
    return draft_of_page(origin, found), tuple(parts.blocks)


def _paragraphs(text: str) -> list[str]:
    """The lines; in a hard-wrapped text those between two blank lines are joined."""
    lines = [" ".join(raw.split()) for raw in text.splitlines()]
    if max(map(len, lines), default=0) > WRAPPED:
        return [line for line in lines if line and not is_ornament(line)]
    paragraphs: list[list[str]] = []
    before = ""
    for line in lines:
        if line and len(before) > SHORT and not (_stands_alone(before) or _stands_alone(line)):
            paragraphs[-1].append(line)
        elif line and not is_ornament(line):
            paragraphs.append([line])
        before = line
    return [" ".join(wrapped) for wrapped in paragraphs]


def _stands_alone(line: str) -> bool:
    return bool(
        _is_furniture(line)
        or is_ornament(line)
        or _CRUMBS.fullmatch(line)
        or credits_of(line)
        or invitation_of(line) is not None
    )


def _is_furniture(line: str) -> bool:
    return widget_kind(line) is not None or comments_open(line) is not None


def _head(paragraphs: Sequence[str], parts: _Parts) -> Sequence[str]:
    """Take what stands above the body; answers what is left."""
    at = 0
    crumbs = ""
    if paragraphs and _CRUMBS.fullmatch(paragraphs[0]):
        crumbs = paragraphs[0]
        parts.blocks.append(block("breadcrumb", crumbs))
        at += 1
    at += _label(paragraphs[at : at + 3], parts)
    at = _credits(paragraphs, at, parts)
    headline = _headline(crumbs, paragraphs[at] if at < len(paragraphs) else "", parts)
    if at < len(paragraphs) and (not headline or _same(paragraphs[at], headline)):
        headline = unquoted(paragraphs[at])
        at += 1
    parts.fields["headline"] = headline[:MAX_HEADLINE]
    return paragraphs[_credits(paragraphs, at, parts) :]


def _label(lines: Sequence[str], parts: _Parts) -> bool:
    """Take a section above the headline; that it is one, the credits under the headline show."""
    if len(lines) < 3 or len(lines[0]) > MAX_LABEL or credits_of(lines[0]):  # noqa: PLR2004 - section, headline, credits
        return False
    longer = len(lines[0]) < len(lines[1]) <= MAX_TITLE
    if not longer or credits_of(lines[1]) or not credits_of(lines[2]) or lines[0].endswith("."):
        return False
    parts.fields.setdefault("section", lines[0])
    parts.blocks.append(block("section-date", lines[0]))
    return True


def _credits(paragraphs: Sequence[str], at: int, parts: _Parts) -> int:
    """Take the lines of section, date and byline; answers where they end."""
    end = at
    while end < min(len(paragraphs), at + MAX_CREDITS) and (found := credits_of(paragraphs[end])):
        parts.fields = found.fields() | parts.fields
        kind = "byline" if found.by else "section-date"
        parts.blocks.append(block(kind, paragraphs[end]))
        end += 1
    return end


def _headline(crumbs: str, following: str, parts: _Parts) -> str:
    """What the breadcrumb says it is; the section too, where the date line did not."""
    trail = [part for part in _CRUMB_ENDS.split(crumbs) if part]
    if len(trail) > 1:
        if len(trail) > 2:  # noqa: PLR2004 - Home, section, headline
            parts.fields.setdefault("section", trail[1])
        return unquoted(trail[-1])
    rest = crumbs.removeprefix("You are here").lstrip(": ").removeprefix("Home").strip()
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
        if widget_kind(line):
            at = _widget(paragraphs, at, parts, in_body=in_body)
        elif comments_open(line) is not None:
            at, in_body = _form(paragraphs, at, parts), False
        else:
            _take_line(line, parts, in_body=in_body)
            at += 1


def _take_line(line: str, parts: _Parts, *, in_body: bool) -> None:
    if title := invitation_of(line):
        parts.links.append(link(title))
        parts.blocks.append(block("check-also", line))
    elif in_body:
        parts.body.append(line)


def _take_dateline(parts: _Parts) -> None:
    dateline, begin = dateline_of(parts.body[0]) if parts.body else ("", 0)
    if dateline:
        parts.fields["dateline"] = dateline
        parts.blocks.append(block("dateline", dateline))
        parts.body[0] = parts.body[0][begin:]


def _form(paragraphs: Sequence[str], at: int, parts: _Parts) -> int:
    """The comment form, as far as the next widget; answers where it ends."""
    parts.fields["audience"] = {"comments_open": comments_open(paragraphs[at])}
    end = at + 1
    while end < len(paragraphs) and not widget_kind(paragraphs[end]):
        end += 1
    parts.blocks.append(block("comment-form", "\n".join(paragraphs[at:end])))
    return end


def _widget(paragraphs: Sequence[str], at: int, parts: _Parts, *, in_body: bool) -> int:
    """One link or several, each a title and perhaps a teaser; answers where the widget ends."""
    kind = widget_kind(paragraphs[at]) or "related"
    end = at + 1
    while end < len(paragraphs) and not _is_furniture(paragraphs[end]):
        title = paragraphs[end]
        if end > at + 1 and not (kind == "related" and _is_title(title)):
            break
        parts.links.append(link(title))
        end += 1
        end += _is_teaser(paragraphs, end, in_body=in_body)
    parts.blocks.append(block(kind, "\n".join(paragraphs[at:end])))
    return end


def _is_title(line: str) -> bool:
    return len(line) <= MAX_TITLE and not line.endswith((".", *_CUT_OFF))


def _is_teaser(paragraphs: Sequence[str], at: int, *, in_body: bool) -> bool:
    """A teaser is cut off; or it ends the page, where the body is over already."""
    if at >= len(paragraphs) or _is_furniture(paragraphs[at]):
        return False
    ends_page = at + 1 == len(paragraphs) and not in_body and not _is_title(paragraphs[at])
    return paragraphs[at].endswith(_CUT_OFF) or ends_page
