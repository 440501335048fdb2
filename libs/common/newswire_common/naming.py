"""When two names are the same name, and what a name is in a URL.

::

    "Arts & Culture" ──words──▶ "arts culture" ──slug_of──▶ "arts-culture"

Case, width, compatibility forms, punctuation and space make no difference: `words` is what names
are compared by, and a slug is made of nothing else, so that equal names have one slug.
"""

import re
import unicodedata

MAX_SLUG = 100  # characters
_REMEMBERED = 20_000  # characters whose part in a word is kept at hand: some 2 MB at most
_FEW = (
    32  # kinds of separators up to which one pass for each is faster than a look at each character
)
# Scripts that are written without spaces between words: Thai, Lao; Myanmar, Khmer; kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


class _Words(dict[int, int | str]):
    """A table for `str.translate`: what is neither letter, mark nor digit parts words.

    Marks belong to their letters (Devanagari, Thai), and digits tell ``feed-1`` from ``feed-2``.
    """

    def __missing__(self, code: int) -> int | str:
        kept: int | str = code if unicodedata.category(chr(code))[0] in "LMN" else " "
        if len(self) < _REMEMBERED:
            self[code] = kept
        return kept


_WORDS = _Words()


def folded(text: str) -> str:
    """``text`` without differences of case, width and compatibility forms: NFKC, casefolded, NFKC.

    Compatibility caseless matching of the Unicode Standard (chapter 3, D146), but for the
    decomposition that only texts with an iota subscript would need. Never raises.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words(text: str) -> str:
    """The `folded` words of ``text`` with one space between: what names are compared by.

    Applying it again changes nothing. Empty where there is no letter, mark or digit.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_WORDS).split())
    return " ".join(_parted(folded(text)).split())


def _parted(text: str) -> str:
    """``text`` with a space for each character that parts words."""
    separators = [character for character in set(text) if _WORDS[ord(character)] == " "]
    if len(separators) > _FEW:
        return text.translate(_WORDS)
    for character in separators:
        text = text.replace(character, " ")
    return text


def phrase(text: str) -> str:
    """`words` between spaces, so that ``" pact "`` is in it where the word is, and not in "impact".

    A character of a script without spaces between words counts as a word: "協定" is in "日中協定".
    Empty where there is no word.
    """
    found = words(text)
    if not found.isascii():
        found = " ".join(_UNSPACED.sub(_spaced, found).split())
    return f" {found} " if found else ""


def _spaced(run: re.Match[str]) -> str:
    return f" {' '.join(run[0])} "


def slug_of(name: str) -> str:
    """The `words` of a name joined by ``-``, in lower case, at most `MAX_SLUG` characters."""
    # Folding makes every sigma one; lower() knows which stands at the end of a word.
    lower = words(name).replace("σ", "Σ").lower()
    return lower.replace(" ", "-")[:MAX_SLUG].rstrip("-")
