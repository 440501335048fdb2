"""The namespaces that feeds use, declared or not."""

from collections.abc import Mapping

MEDIA = "http://search.yahoo.com/mrss"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
MAX_MISSING = 50
# What feeds use undeclared, as if everybody knew.
_WELL_KNOWN = {
    "at": TOMBSTONES,
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "media": MEDIA + "/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


class Names:
    """The prefixes of names, without their scopes: feeds declare them once, on their root."""

    def __init__(self) -> None:
        self._declared = {"xml": ""}
        self._used: set[str] = set()

    def note(self, prefix: str, attributes: Mapping[str, str]) -> None:
        if prefix:
            self._used.add(prefix)
        for name, value in attributes.items():
            before, colon, after = name.partition(":")
            if colon and before == "xmlns":
                self._declared[after] = value.strip().removesuffix("/")
            elif colon:
                self._used.add(before)

    def namespace(self, prefix: str) -> str:
        return self._declared.get(prefix, "")

    def missing(self) -> bytes:
        """Declarations of what is used without one, of as many as any feed uses."""
        return "".join(
            f' xmlns:{prefix}="{_WELL_KNOWN.get(prefix, "urn:undeclared:" + prefix)}"'
            for prefix in sorted(self._used - self._declared.keys())[:MAX_MISSING]
        ).encode()
