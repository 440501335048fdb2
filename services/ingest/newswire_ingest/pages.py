"""A scraped page on its way to an article: which parser, which characters.

bytes > charset > text > parsing.html or parsing.text > draft and blocks > submission
"""

import re
from typing import Literal

from pydantic import ValidationError

from newswire_common.problems import Problem
from newswire_ingest.drafts import refusal
from newswire_ingest.identity import Submission, submission_of
from newswire_ingest.parsing.found import Origin
from newswire_ingest.parsing.html import page_of_html
from newswire_ingest.parsing.markup import NestedTooDeep
from newswire_ingest.parsing.text import page_of_text

Kind = Literal["html", "text"]
KINDS: dict[str, Kind] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# Of Python's codecs those of text on the web; some others are slow, or no encodings of text.
_KNOWN = re.compile(
    r"utf-?8|us-ascii|ascii|utf-16(le|be)?|(iso-)?8859-\d{1,2}|iso_8859-\d{1,2}|latin-?1"
    r"|windows-125\d|cp125\d|koi8-[ru]|gbk|gb2312|gb18030|big5|shift_jis|euc-(jp|kr)",
)
SNIFFED_BYTES = 1_024  # where the HTML standard looks for a <meta charset>


def kind_of(content_type: str) -> Kind:
    """Which kind of page a Content-Type announces. Raises Problem 415."""
    kind = KINDS.get(content_type.partition(";")[0].strip().lower())
    if kind is None:
        raise Problem(415, "send text/html or text/plain",
                      headers={"Accept": "text/html, text/plain"})  # fmt: skip
    return kind


def submission_of_page(body: bytes, content_type: str, origin: Origin, trace: str) -> Submission:
    """The article of a page. Raises Problem: 400 for wrong bytes, 422 where there is no article."""
    kind = kind_of(content_type)
    text = _decoded(body, content_type, kind)
    if "\x00" in text:
        raise Problem(422, "the page holds a NUL character", kind="invalid")
    try:
        page = page_of_html(text, origin) if kind == "html" else page_of_text(text, origin)
        return submission_of(page[0], trace, page[1])
    except ValidationError as error:
        raise refusal(error) from error
    except NestedTooDeep as error:
        raise Problem(422, str(error), kind="invalid") from error


def _decoded(body: bytes, content_type: str, kind: Kind) -> str:
    """HTML of the web is read as browsers do, whatever is wrong in it; plain text must be right."""
    charset = _charset(content_type)
    if kind == "html" and not charset:
        charset = _charset(body[:SNIFFED_BYTES].decode("latin-1"))
    if body.startswith(b"\xef\xbb\xbf") or not charset:
        charset = "utf-8-sig"
    try:
        return body.decode(charset, errors="replace" if kind == "html" else "strict")
    except UnicodeDecodeError as error:
        detail = f"the text is not {error.encoding}: byte {error.start}: {error.reason}"
        raise Problem(400, detail, kind="syntax") from error
    except LookupError as error:
        raise Problem(415, f"the charset {charset} is not known") from error


def _charset(text: str) -> str | None:
    found = _CHARSET.search(text)
    if not found or not _KNOWN.fullmatch(name := found[1].lower()):
        return None
    # The web says latin-1 and means windows-1252 (WHATWG Encoding, 4.2).
    return "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"} else name
