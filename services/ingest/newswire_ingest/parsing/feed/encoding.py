"""From the bytes of a feed to its text, whatever it says of its encoding.

    byte order mark > UTF-16 by its zeros > valid UTF-8 > what HTTP and XML declare > a guess

RFC 7303 puts the mark first, then HTTP, then the XML declaration. Bytes that are valid UTF-8 are
hardly ever anything else, so that comes before both; and a server's default of latin-1 is believed
less than what the document says itself.
"""

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = (  # the longer first: UTF-32 begins as UTF-16 does
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# XML 1.0, appendix F: a document begins with "<", a JSON text with a "{" or "[".
_ZEROS = (
    (re.compile(rb"[<{\[]\0\0\0", re.DOTALL), "utf-32-le"),
    (re.compile(rb"\0\0\0[<{\[]", re.DOTALL), "utf-32-be"),
    (re.compile(rb"[<{\[]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\0[<{\[]", re.DOTALL), "utf-16-be"),
)
_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")
# Python's name of an encoding of the web, and what the web means by it (WHATWG Encoding, 4.2).
# Those that are missing are slow, of bytes and not of text, or nobody's.
_MEANT = {
    "utf-8": "utf-8", "ascii": "cp1252", "iso8859-1": "cp1252", "cp1252": "cp1252",
    "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "gb18030": "gb18030", "shift_jis": "cp932", "cp932": "cp932",
    "euc_jp": "euc_jp", "iso2022_jp": "iso2022_jp", "euc_kr": "cp949", "cp949": "cp949",
    "big5": "big5hkscs", "big5hkscs": "big5hkscs", "hz": "hz", "koi8-r": "koi8-r",
    "koi8-u": "koi8-u", "mac-roman": "mac-roman", "mac-cyrillic": "mac-cyrillic",
} | {f"cp125{n}": f"cp125{n}" for n in (0, 1, 3, 4, 5, 6, 7, 8)} | {
    f"iso8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)
}  # fmt: skip
_IN_SEVEN_BITS = frozenset({"iso2022_jp", "hz"})
_DEFAULT = "cp1252"  # also what servers say by default
_SEEN = 1_024  # bytes in which an XML declaration is looked for
_GUESSED = 8_192  # bytes that a guess is made from: it costs milliseconds a kilobyte
_REPLACED = "\ufffd"
_NOT_ASCII = bytes(range(128, 256))


def decoded(body: bytes, content_type: str | None) -> str:
    """The text of a document, without a byte order mark. Nothing is too wrong to be decoded."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for zeros, encoding in _ZEROS:
        if zeros.match(body):
            return body.decode(encoding, "replace")
    declared = _declared(body, content_type)
    if not (declared and declared[0] in _IN_SEVEN_BITS and body.isascii()):
        text = _utf_8(body, declared)
        if text is not None:
            return text
    return _as_declared(body, declared)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """The encodings that are declared and known, the more credible first."""
    http = _known(found[1]) if (found := _HTTP.search(content_type or "")) else None
    inside = _known(said[1].decode("ascii")) if (said := _XML.search(body[:_SEEN])) else None
    names = [inside, http] if http == _DEFAULT else [http, inside]
    return list(dict.fromkeys(name for name in names if name))


def _known(name: str) -> str | None:
    try:
        return _MEANT.get(codecs.lookup(name).name)
    except LookupError:
        return None


def _utf_8(body: bytes, declared: list[str]) -> str | None:
    """The text if it is UTF-8, or declared so and only damaged in places."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        if declared and "utf-8" not in declared:
            return None
    text = body.decode(errors="replace")
    damaged = text.count(_REPLACED)
    whole = len(text) - damaged - len(body.translate(None, _NOT_ASCII))
    return text if damaged * 4 <= whole else None


def _as_declared(body: bytes, declared: list[str]) -> str:
    names = [name for name in declared if name != "utf-8"]
    for name in names:
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    return body.decode(names[0] if names else _guess(body), "replace")


def _guess(body: bytes) -> str:
    """The likeliest encoding of undeclared bytes that are not UTF-8, from a part of them."""
    foreign = re.search(rb"[\x80-\xff]", body)
    start = max(0, foreign.start() - _GUESSED // 4) if foreign else 0
    best = from_bytes(body[start : start + _GUESSED]).best()
    return (_known(best.encoding) if best else None) or _DEFAULT
