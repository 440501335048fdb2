"""What a word can be to the rules, as bits, since it may be several at once.

"That" is a determiner, a relative and the word before a clause.
"""

AUXILIARY = 1 << 0
BE = 1 << 1
NEGATION = 1 << 2
ADVERB = 1 << 3
PREPOSITION = 1 << 4
LINK = 1 << 5  # a preposition that may stand within the phrase of a source: "of", "in"
DETERMINER = 1 << 6
COORDINATOR = 1 << 7
SUBORDINATOR = 1 << 8
QUESTION = 1 << 9
RELATIVE = 1 << 10
THAT = 1 << 11
PRONOUN = 1 << 12  # one that can be a source
OBJECT = 1 << 13  # one that can only be told something: "him", "themselves"
PERSONAL = 1 << 14  # one that stands for a source named before
OWNING = 1 << 15  # "his", "their"
TIME = 1 << 16
TO = 1 << 17
POSSESSIVE = 1 << 18
CATENATIVE = 1 << 19  # a verb that only carries another: "continued to say"
OCCASION = 1 << 20  # where something is said: "in a statement"
QUANTITY = 1 << 21  # a pronoun that may begin a phrase: "some voters"
SIGN = 1 << 22
CUE = 1 << 23
DEED = 1 << 24

BY_NAME = {
    "auxiliary": AUXILIARY, "be": BE, "negation": NEGATION, "adverb": ADVERB,
    "preposition": PREPOSITION, "link": LINK, "determiner": DETERMINER, "coordinator": COORDINATOR,
    "subordinator": SUBORDINATOR, "question": QUESTION, "relative": RELATIVE, "that": THAT,
    "pronoun": PRONOUN, "object": OBJECT, "personal": PERSONAL, "owning": OWNING, "time": TIME,
    "to": TO, "possessive": POSSESSIVE, "catenative": CATENATIVE, "occasion": OCCASION,
    "quantity": QUANTITY,
}  # fmt: skip
