"""Tells close languages apart in a few words, by what only one of them has.

Iberian and Scandinavian neighbours share most of a short sentence's letters, and an identifier by
letters guesses. Closed-class words and spellings ("da", "-ção"; "af", "-hed") are few and telling;
they were written down from grammars, not learned from texts.
"""

import math
import re
from collections.abc import Mapping

_SURE = 0.97  # of a guess: no neighbour is asked then
_TELLING = 1.3  # what one sign adds to the logarithm of a probability
_FLOOR = 0.01  # the probability of a neighbour that the identifier does not name
# Galician and Catalan words are also Portuguese and Spanish ones, and news in them is rarer.
_RARER = {"gl": 1.0, "ca": 1.0}


def _signs(words: str, spellings: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words.replace(' ', '|')})\b|{spellings}")


_IBERIAN = {
    "es": _signs(
        "el los las del y con en un una al lo su sus es muy más pero hay fue sin hasta donde "
        "cuando están han sobre",
        r"ñ|ción|iones\b|ient|ie[lnrsz]|[^gq\W]ue|ll|ble\b|\w(?:dad|dades)\b|[aeo]n\b|[¿¡]",
    ),
    "pt": _signs(
        "o os do da dos das no na nos nas em e com um uma ao aos à às não pelo pela pelos pelas "
        "ou mais mas foi sem até quando são têm num numa seu sua isso você",
        r"[ãõçêâà]|nh|lh|\wss|mento|vel\b|eir[oa]|agem\b|\wdades?\b|[aeio]m\b|[aeo]is\b",
    ),
    "gl": _signs(
        "unha non dende ata máis polo polos pola polas co coa cos coas á ás ao aos ti eu nin",
        r"\bx|cións",
    ),
    "ca": _signs(
        "amb els les dels aquest aquesta és són molt però hi fins ens seva seu un una que per i",
        r"l·l|ny|\w(?:tat|tats|ció|cions)\b|\b[dl]'",
    ),
}
_SCANDINAVIAN = {
    "da": _signs(
        "af der at efter mellem eller hvor nogle noget mig sig dig blev bliver uden også meget nu "
        "ej kun være samt såsom ud",
        r"hed(?:er)?\b|tion|øj|[aeiouyæøå][bg]e[rtns]?s?\b|ægt|[^t]else|ld(?:et|t)\b|[æøå]",
    ),
    "no": _signs(
        "av etter mellom eller hvor noen noe meg seg deg ble blir uten også mye nå ikkje ein eit "
        "frå dei vere nokon blei kva eg bare være samt ut",
        r"het(?:er)?\b|sjon|øy|[aeiouyæøå][pk]e[rtns]?s?\b|kj|ikk|[^t]else|nn\b|[æøå]|\bå\b",
    ),
    "sv": _signs(
        "och att inte från är någon några något mig sig dig var utan också mycket nu till eller "
        "där samt ut för av efter mellan det den",
        r"[äö]|het(?:er)?\b|tion|[aeiouyäöå][pk]a[rt]?s?\b|ck|xt|å",
    ),
}
_FAMILY = {code: family for family in (_IBERIAN, _SCANDINAVIAN) for code in family}


def may_mistake(guess: str, score: float) -> bool:
    """Whether a language of this probability (0 to 1) has neighbours that it may be."""
    return score < _SURE and guess in _FAMILY


def weigh(text: str, guesses: Mapping[str, float]) -> tuple[str, float]:
    """The likeliest of the first guess's family, and how much of the family's probability it has.

    ``text`` is in lower case and short; ``guesses`` are probabilities by ISO 639-1 code, the
    likeliest first, which has neighbours.
    """
    family = _FAMILY[next(iter(guesses))]
    weights = {
        code: math.log(guesses.get(code, 0.0) + _FLOOR)
        + _TELLING * len(signs.findall(text))
        - _RARER.get(code, 0.0)
        for code, signs in family.items()
    }
    best = max(weights, key=weights.__getitem__)
    share = 1 / sum(math.exp(weight - weights[best]) for weight in weights.values())
    mass = min(1.0, sum(guesses.get(code, 0.0) for code in family))
    return best, share * mass
