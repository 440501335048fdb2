"""One form of an article's address, without what led a reader there and how it was shown there.

url > WHATWG form > out of an AMP cache > host > path > query > again, until nothing changes

It decides which postings are the same article, so it takes off only what no site finds its articles
by: an unknown parameter stays, and so do the order of those that stay, a trailing slash and
``www.``. Nothing is fetched. Why not a library: docs/decisions/0012-canonical-url.md.
"""

import re

from pydantic import ValidationError
from pydantic_core import Url

MAX_URL = 2_083  # characters, as of the draft's field; a longer one stays as it is
DEFAULT_PORTS = {"http": 80, "https": 443}

# Parameters that say how a reader came: Firefox's query-stripping list, the global rules of
# ClearURLs, and the manuals of what newsrooms count with (AT Internet, Comscore, Matomo, Webtrends,
# Adobe). Not in it, though others strip them: cid, eid, id, keyword, ref, source, spm, uid. By
# those some site finds its articles.
TRACKING_PREFIXES = (
    "utm_", "at_", "mtm_", "matomo_", "piwik_", "itm_", "hmb_", "otm_", "hsa_", "vero_", "_hs",
    "__hs", "ml_subscriber",
)  # fmt: skip
TRACKING = frozenset({
    "__twitter_impression", "_branch_match_id", "_ga", "_gl", "_openstat", "amp_ct", "amp_gsa",
    "amp_js_v", "amp_kit", "amp_r", "cmp", "cmpid", "cndid", "dclid", "echobox", "emc", "epik",
    "fb_action_ids", "fb_action_types", "fb_ref", "fb_source", "fbclid", "feedname", "feedtype",
    "ftag", "ga_campaign", "ga_content", "ga_medium", "ga_place", "ga_source", "ga_term",
    "gad_campaignid", "gad_source", "gbraid", "gclid", "gclsrc", "gs_l", "hsctatracking", "icid",
    "igsh", "igshid", "intcid", "li_fat_id", "mc_cid", "mc_eid", "mc_tc", "mkt_tok", "msclkid",
    "ncid", "ns_campaign", "ns_fee", "ns_linkname", "ns_mchannel", "ns_source", "ocid",
    "oly_anon_id", "oly_enc_id", "os_ehash", "pk_campaign", "pk_content", "pk_keyword", "pk_kwd",
    "pk_medium", "pk_source", "rb_clickid", "s_cid", "s_kwcid", "smid", "smtyp", "srsltid",
    "tracking_source", "ttclid", "twclid", "usqp", "utm", "wbraid", "wickedid", "wt.mc_ev",
    "wt.mc_id", "wt.rss_f", "wt_mc", "wt_zmc", "wtrid", "xtor", "yclid", "ysclid",
})  # fmt: skip
# Of these only name and value together say it: `source=4711` is an article's.
TRACKING_PAIRS = frozenset({
    "amp", "amp=", "amp=1", "amp=true", "from=rss", "output=amp", "outputtype=amp", "partner=rss",
    "ref=rss", "source=rss", "src=rss",
})  # fmt: skip

# What is canonical at a glance: nothing in capitals or encoded where it matters, no query, and none
# of the traces of dot segments, AMP, mobile hosts and index pages.
_PLAIN = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}/[A-Za-z0-9_~/.-]*")
_TRACES = re.compile(r"/\.|[/.](?:amp|index\.|m\.|mobile\.)")
_HANDHELD = frozenset({"m", "mobile", "amp"})
# m.example.org is example.org, but mobile.co.uk is a site.
_SUFFIX = re.compile(r"(?:com?|net|org|gov|gob|gouv|edu|ac|or|ne|go)\.[a-z]{2}")
# https://developers.google.com/amp/cache/overview: /c/ a document, /v/ in the viewer, s/ by TLS.
_CACHE_HOST = re.compile(r"(?:.+\.)?cdn\.ampproject\.org")
_CACHE_PATH = re.compile(r"/(?:c|v|wp)/(s/)?(.+)")
_VIEWER_HOST = re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}")
_VIEWER_PATH = re.compile(r"/amp/(s/)?(.+)")
_AMP_FIRST = re.compile(r"(?:/amp)+(?=/.)")
_AMP_LAST = re.compile(r"(?<=.)(?:/amp)+(/?)$")
_AMP_NAME = re.compile(r"(?<=[^/])\.amp(\.html)?$")
_INDEX = re.compile(r"/index\.(?:html?|php|shtml|aspx?|jsp)$")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_url(url: str) -> str:
    """The one address of the article behind an address of the web; any other text as it is.

    Without tracking parameters, user name and password, default port, fragment (but ``#!`` and
    ``#/``, which lead to a page), a trailing ``index.html``; out of Google's AMP cache and viewer,
    without ``amp`` and mobile hosts; host, escapes and dot segments normalised (WHATWG URL, RFC
    3986 6.2.2). The same when done again. Raises nothing.
    """
    if len(url) > MAX_URL or _is_plain(url):
        return url
    # Ends: a step is a normal form already, or makes it shorter.
    while (next_form := _step(url)) != url:
        url = next_form
    return url


def _is_plain(url: str) -> bool:
    return _PLAIN.fullmatch(url) is not None and _TRACES.search(url) is None


def _step(url: str) -> str:
    parts = _parsed(url)
    if parts is None or parts.host is None:
        return url
    path, query = parts.path or "/", f"?{parts.query}" if parts.query else ""
    original = _cached(parts.host, path)
    if original and _parsed(original + query):
        return original + query
    port = "" if parts.port == DEFAULT_PORTS[parts.scheme] else f":{parts.port}"
    fragment = parts.fragment or ""
    fragment = f"#{fragment}" if fragment.startswith(("!", "/")) else ""
    query = _query(query[1:])
    return f"{parts.scheme}://{_host(parts.host)}{port}{_path(path, query)}{query}{fragment}"


def _parsed(url: str) -> Url | None:
    try:
        parts = Url(url)
    except (ValidationError, UnicodeError):  # not a URL; a lone surrogate
        return None
    return parts if parts.scheme in DEFAULT_PORTS else None


def _cached(host: str, path: str) -> str | None:
    """The address, without query, of what a cache or viewer of AMP pages shows here."""
    if _CACHE_HOST.fullmatch(host):
        found = _CACHE_PATH.fullmatch(path)
    elif _VIEWER_HOST.fullmatch(host):
        found = _VIEWER_PATH.fullmatch(path)
    else:
        return None
    if found is None or "." not in found[2].partition("/")[0]:
        return None
    return f"{'https' if found[1] else 'http'}://{found[2]}"


def _host(host: str) -> str:
    host = host[:-1] if host.endswith(".") and len(host) > 1 else host
    first, _, rest = host.partition(".")
    if first in _HANDHELD:
        return rest if _is_site(rest) else host
    second, _, site = rest.partition(".")
    return f"{first}.{site}" if second == "m" and _is_site(site) else host  # en.m.wikipedia.org


def _is_site(host: str) -> bool:
    return "." in host and not _SUFFIX.fullmatch(host)


def _path(path: str, query: str) -> str:
    if "%" in path:
        path = _ENCODED.sub(_one_case, path)
    if "amp" in path:
        path = _AMP_LAST.sub(r"\1", _AMP_FIRST.sub("", path))
        path = _AMP_NAME.sub(lambda found: found[1] or "", path)
    # With a query, index.php is more often the site's one script than a folder's default.
    return path if query else _INDEX.sub("/", path)


def _query(query: str) -> str:
    """What is left of a query, with its question mark."""
    if "%" in query:
        query = _ENCODED.sub(_one_case, query)
    kept = [pair for pair in query.split("&") if pair and not _is_tracking(pair.lower())]
    return "?" + "&".join(kept) if kept else ""


def _is_tracking(pair: str) -> bool:
    pair = pair.removeprefix("amp;")  # of a feed that escaped its ampersands twice
    name = pair.partition("=")[0]
    return name in TRACKING or name.startswith(TRACKING_PREFIXES) or pair in TRACKING_PAIRS


def _one_case(found: re.Match[str]) -> str:
    """An escape in capitals, or its character where that needs none (RFC 3986 6.2.2.2)."""
    character = chr(int(found[0][1:], 16))
    return character if character in _UNRESERVED else found[0].upper()
