"""What a page says of itself for machines: JSON-LD, then microdata, then its meta elements."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin, urlsplit

from newswire_common.article import Rendition
from newswire_ingest.parsing.document import Element, is_json_ld
from newswire_ingest.parsing.found import moment
from newswire_ingest.parsing.json_ld import of_json_ld, person_of, plain
from newswire_ingest.parsing.microdata import of_microdata

MAX_META = 200
MAX_SCRIPTS = 20
MAX_IMAGES = 20
_PICTURES = {
    "avif": "image/avif", "gif": "image/gif", "jpeg": "image/jpeg", "jpg": "image/jpeg",
    "png": "image/png", "svg": "image/svg+xml", "webp": "image/webp",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_SITE_ENDS = (" | ", " - ", " – ", " — ", " · ", " :: ", " » ")


def said_by(tree: Element) -> dict[str, object]:
    """A draft's fields as the page's own data has them; what it does not say is missing.

    Beside them ``canonical`` (an address), ``images`` (addresses) and ``crumbs`` (the names of its
    breadcrumb); ``body_text`` is there only from JSON-LD.
    """
    scripts = [script.text or "" for script in tree.iter("script") if is_json_ld(script.attrib)]
    found: dict[str, object] = {}
    sources = (
        of_json_ld(scripts[:MAX_SCRIPTS]),
        of_microdata(tree),
        {"language": tree.get("lang")},
        of_meta(_meta(tree)),
    )
    for said in sources:
        for name, value in said.items():
            if value and name not in found and _is_right(name, value):
                found[name] = value
    return found


def of_meta(meta: Mapping[str, str]) -> dict[str, object]:
    """A draft's fields from meta elements, by their name or property in lower case."""

    def first(*names: str) -> str:
        return next((text for name in names if (text := plain(meta.get(name, "")))), "")

    title = first("og:title", "twitter:title", "dc.title", "parsely-title", "title")
    return {
        "headline": without_site(title, first("og:site_name")),
        "summary": first("og:description", "description", "twitter:description"),
        "by": person_of(first("author", "article:author", "dc.creator", "parsely-author", "byl")),
        "section": first("article:section", "section", "parsely-section"),
        "published_at": moment(first(
            "article:published_time", "og:published_time", "datepublished", "pubdate",
            "publishdate", "parsely-pub-date", "dc.date.issued", "dc.date", "dcterms.created",
            "date",
        )),
        "updated_at": moment(first(
            "article:modified_time", "og:updated_time", "datemodified", "lastmod",
        )),
        "language": first("og:locale", "dc.language"),
        "canonical": first("og:url"),
        "images": [first("og:image:secure_url", "og:image", "og:image:url", "twitter:image")],
        "copyright_holder": first("copyright"),
    }  # fmt: skip


def without_site(title: str, site: str) -> str:
    """A title without the name of the site at its end."""
    for end in _SITE_ENDS:
        if site and title.endswith(end + site) and len(title) > len(end + site):
            return title.removesuffix(end + site)
    return title


def language_of(text: str) -> str:
    """A language tag (BCP 47), or nothing where it is none."""
    text = text.strip().replace("_", "-")
    return text if _LANGUAGE.fullmatch(text) else ""


def renditions_of(addresses: Iterable[str], base_url: str | None) -> tuple[Rendition, ...]:
    """The page's own pictures, each once, with the type that its name tells."""
    found: dict[str, Rendition] = {}
    for address in addresses:
        href = absolute(address, base_url)
        if href and len(found) < MAX_IMAGES:
            suffix = urlsplit(href).path.rpartition(".")[2].lower()
            found[href] = Rendition(href=href, content_type=_PICTURES.get(suffix))
    return tuple(found.values())


def absolute(address: str, base_url: str | None) -> str:
    """The address of something on the web; empty where it is not or can not be told."""
    try:
        url = urljoin(base_url or "", address.strip())
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname else ""


def _meta(tree: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if len(found) < MAX_META:
            found.setdefault(name.lower(), element.get("content") or "")
    return found


def _is_right(name: str, value: object) -> bool:
    """Whether the value can be taken; a wrong one lets the next source have its say."""
    return name != "language" or bool(language_of(str(value)))
