"""The lines that a page puts around an article, told from the article's own.

Each function looks at one line, as a reader does: credits and dates under a headline, the place
where a report was written, a comment form, a box of links. A line that is not surely furniture is
taken for text: a stray line does less harm than a lost one.
"""

import re
from typing import Literal, NamedTuple

from newswire_ingest.parsing.found import MAX_TITLE, day

MAX_SECTION = 60  # characters; longer ones are sentences
MAX_BYLINE = 120
_SPLIT = re.compile(r"\s+(?:[-–—|·•/]|::)\s+")
_DATE_LABEL = re.compile(
    r"(?P<label>(?:first |last )?(?:published|posted|updated|modified|dated?)(?: on| at)?)\s*:?\s+",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? ", re.IGNORECASE
)
_CLOCK = re.compile(
    r"[,|]?\s*(?:at |@ )?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?(?:\s\(?[A-Z]{2,5}\)?)?",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\d+ (?:min(?:ute)?s?(?: read)?|comments?|views?|shares?)|(?:no|leave a) comments?",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:(?:(?:written|reported|posted|story) )?by|author):? (?P<by>.+)", re.IGNORECASE
)
_BY_ABROAD = re.compile(r"(?:Von|Por|Par|Di|Door|Av|Autor|Auteur|Autore):? (?P<by>.+)")
_MAIL = re.compile(r"\S{1,64}@\S{1,100}")
# Between the names of a byline: "Ana de la Cruz, Ida Berg and Nils Dahl of the Gazette".
_SMALL = frozenset({
    "al", "and", "at", "bin", "da", "de", "del", "della", "der", "des", "di", "do", "dos", "du",
    "e", "el", "et", "for", "in", "la", "le", "los", "of", "og", "och", "the", "und", "van", "von",
    "y", "zu",
})  # fmt: skip
_AGENCY = (
    r"\((?:AA|AAP|AFP|ANI|ANSA|AP|APA|APP|BBC|Bernama|Bloomberg|BUSINESS WIRE|Business Wire|CNN"
    r"|CNN Business|CP|dpa|DPA|EFE|GLOBE NEWSWIRE|GNA|IANS|Interfax|IRNA|KUNA|Kyodo|NAN|NNA|PA|PTI"
    r"|PRNewswire|Reuters|SPA|TASS|The Associated Press|The Canadian Press|Ukrinform|UNI|UPI|WAM"
    r"|Xinhua|Yonhap)\)"
)
_PLACE = r"[A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ][\w.'’-]*){0,3}(?:, [A-ZÀ-Þ][\w.'’ -]{1,30}?)?"
_CAPITALS = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’-]{2,}(?: [A-ZÀ-Þ.'’-]{2,}){0,3}"
_ON = r"(?:,? (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8})(?:,? \d{4})?)?"
# Associated Press: "SEOUL, South Korea (AP) — "; Reuters: "SEOUL, June 20 (Reuters) - ".
_DATELINE = re.compile(
    rf"\s*(?P<dateline>{_PLACE}{_ON},? {_AGENCY})\s*(?:—|–|--|-|:)\s*(?=\S)"
    rf"|\s*(?P<bare>{_CAPITALS}(?:, [A-ZÀ-Þ][\w.'’ -]{{1,30}}?)?{_ON})\s*(?:—|–|--|\s-\s)\s*"
    r"(?=[“\"'‘(]?[A-ZÀ-Þ])"
)
_NO_PLACE = frozenset({
    "ANALYSIS", "BREAKING", "CORRECTION", "EDITORIAL", "EXCLUSIVE", "EXPLAINER", "FACT", "FACTBOX",
    "INTERVIEW", "JUST", "LATEST", "LIVE", "MORE", "NEWS", "NOTE", "OPINION", "PHOTOS", "POLL",
    "QUIZ", "READ", "REVIEW", "SPOILER", "UPDATE", "UPDATED", "VIDEO", "WARNING", "WATCH",
})  # fmt: skip
_FORM = re.compile(
    r"(?:Leave a (?:Reply|Comment)|(?:Post|Write|Add) a Comment"
    r"|Join the (?:Conversation|Discussion)|Submit a Comment|What do you think\?)"
    r"(?:\s+Cancel reply)?\s*",
    re.IGNORECASE,
)
_FORM_CLOSED = re.compile(
    r"(?:Comments? (?:are|have been|is) (?:closed|disabled|off)|Comments off)\b.{0,40}",
    re.IGNORECASE,
)
_ONE_LINK = re.compile(r"(?:Check Also|Also Read|Read Also|See Also|Read Next)\s*:?", re.IGNORECASE)
_LINKS = re.compile(
    r"(?:You (?:May|Might) (?:Also Like|Like|Have Missed)|Recommended(?: for You)?|Up Next"
    r"|Related|Don['’]t Miss|Most (?:Read|Popular)|Popular (?:News|Posts|Stories)"
    r"|(?:Related|More|Latest|Recent|Trending|Top|Similar) "
    r"(?:Articles|Content|Coverage|Headlines|News|Posts|Reading|Stories|Topics)"
    r"|More (?:from|in|on) [^.!?]{2,40})\s*:?",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"(?:also read|read also|read more|read next|see also|must read|check also"
    r"|related(?: story| news| article)?|more|watch|don['’]t miss"
    r"|le puede interesar|te puede interesar|lea también"
    r"|lee también|leia também|leia mais|veja também|à lire aussi|a lire aussi|lire aussi"
    r"|lesen sie auch|lies auch|mehr zum thema|auch interessant|leggi anche|czytaj także"
    r"|zobacz także|lees ook|les også|läs också|читайте также|читайте також)"
    r"\s*(?::|\||>+|»|→)\s*(?P<title>.*)",
    re.IGNORECASE,
)
_ORNAMENT = re.compile(
    r"advertisements?|share(?: this| on [a-z]+)?:?|tweet|print|e-?mail|loading\.{3}|like this:"
    r"|skip to (?:main )?content|continue reading(?: below)?|listen to this article",
    re.IGNORECASE,
)

WidgetKind = Literal["check-also", "related"]


class Credits(NamedTuple):
    """What a line between headline and text says; at least one of them is not empty."""

    section: str = ""
    by: str = ""
    published_at: str = ""
    updated_at: str = ""

    def or_else(self, other: "Credits") -> "Credits":
        """These, and what only the other says."""
        return Credits(*(ours or theirs for ours, theirs in zip(self, other, strict=True)))

    def fields(self) -> dict[str, object]:
        """Those of a draft that it tells."""
        return {name: value for name, value in self._asdict().items() if value}


def credits_of(line: str) -> Credits | None:
    """``World - June 20, 2024`` or ``By Ida Berg | Updated 3 March 2026, 10:15``; None if text."""
    found = Credits()
    if len(line) > 2 * MAX_BYLINE:
        return None
    for part in _SPLIT.split(line.strip()):
        read = _credit(part, found)
        if read is None:
            return None
        found = read
    # A section alone would be any short line.
    return found if found.published_at or found.updated_at or found.by else None


def _credit(part: str, found: Credits) -> Credits | None:
    """What is known with this part of the line; None where the part is no credit."""
    label = _DATE_LABEL.match(part)
    if date := day_of(part[label.end() :] if label else part):
        is_update = label is not None and label["label"].lower().startswith(("upd", "last", "mod"))
        return found._replace(**{"updated_at" if is_update else "published_at": date})
    if by := byline_of(part):
        return found._replace(by=by)
    if _ASIDE.fullmatch(part) or _CLOCK.fullmatch(part):
        return found
    is_section = (
        found == Credits() and 0 < len(part) <= MAX_SECTION and not part.endswith((".", "?"))
    )
    return found._replace(section=part) if is_section else None


def day_of(text: str) -> str | None:
    """An ISO date from a day as written for people, with weekday and time of day or without."""
    text = _WEEKDAY.sub("", text.strip(" ,."), count=1)
    clock = _CLOCK.search(text)
    if clock and clock.end() == len(text):
        text = text[: clock.start()]
    return day(text.strip(" ,.|"))


def byline_of(line: str) -> str:
    """``By Ida Berg and Nils Dahl`` without the "By"; empty where it is none."""
    if len(line) > MAX_BYLINE:
        return ""
    line = _MAIL.sub("", line).strip()
    match = _BY.fullmatch(line) or _BY_ABROAD.fullmatch(line)
    if not match or line.endswith((".", "!", "?", ":")):
        return ""
    words = re.findall(r"[^\s,;&|]+", match["by"])
    names = [word for word in words if word.lower() not in _SMALL]
    are_names = all(not word[0].islower() and not word.isdecimal() for word in names)
    return match["by"].strip() if names and are_names and words[0] in names else ""


def dateline_of(paragraph: str) -> tuple[str, int]:
    """Place, day and agency that a report begins with, and where its text then begins (0: none)."""
    match = _DATELINE.match(paragraph)
    if match is None:
        return "", 0
    said = match["dateline"] or match["bare"]
    if re.split(r"[^\w]", said)[0].upper() in _NO_PLACE:
        return "", 0
    return said, match.end()


def comments_open(line: str) -> bool | None:
    """Whether the line heads a comment form (True) or says that there is none (False)."""
    if _FORM.fullmatch(line):
        return True
    return False if _FORM_CLOSED.fullmatch(line) else None


def widget_kind(line: str) -> WidgetKind | None:
    """Which kind of box of links the line heads."""
    if _ONE_LINK.fullmatch(line):
        return "check-also"
    return "related" if _LINKS.fullmatch(line) else None


def invitation_of(line: str) -> str | None:
    """The title that ``Also read: Council votes`` offers, empty without one; None if text."""
    match = _INVITATION.fullmatch(line) if len(line) <= 2 * MAX_TITLE else None
    if match is None or match["title"].endswith("."):
        return None
    return match["title"].strip()


def is_ornament(line: str) -> bool:
    """Whether the line is a button or a note of the page that says nothing of the article."""
    return _ORNAMENT.fullmatch(line) is not None
