"""OPML both ways: nothing that came in is lost, and nothing hostile comes in."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from newswire_common.connection import Client
from newswire_ingest.polling.scripts import Politeness, Scripts
from newswire_ingest.sources import opml
from newswire_ingest.sources.opml import OpmlError, Outline, Outlines, parse, render
from newswire_ingest.sources.outlines import merged
from newswire_ingest.sources.registry import Registry
from newswire_ingest.sources.source import SourcePatch, changed
from newswire_ingest.sources.subscriptions import Subscriptions

DOCUMENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:frss="https://freshrss.example/opml">
  <head><title>Mine</title></head>
  <body>
    <outline text="World" category="/a,/b">
      <outline text="Europe">
        <outline type="rss" text="Kestrel" title="Kestrel Wire" xmlUrl="https://kestrel.example/feed"
                 htmlUrl="https://kestrel.example/" frss:priority="important"/>
      </outline>
      <outline type="rss" text="R&#233;publique" xmlUrl="https://republique.example/rss"/>
    </outline>
    <outline type="link" text="A page" url="https://page.example/"/>
    <outline text="Empty"/>
    <outline type="rss" text="Kestrel again" xmlUrl="https://kestrel.example/feed"/>
    <outline type="rss" text="Inside" xmlUrl="http://10.0.0.1/feed"/>
  </body>
</opml>"""


def shape(document: bytes) -> Any:
    """Attributes and nesting of all outlines, without what Newswire says itself."""

    def of(node: Any) -> Any:
        own = {n: v for n, v in node.attrib.items() if not n.startswith(f"{{{opml.OURS}}}")}
        return own, [of(inner) for inner in node]

    return of(etree.fromstring(document).find("body"))


@pytest.fixture
def subscriptions(client: Client) -> Subscriptions:
    registry = Registry(client, Scripts(client, Politeness(2, 1.0)))
    return Subscriptions(client, registry, ())


async def test_what_came_in_goes_out_without_loss(subscriptions: Subscriptions) -> None:
    """Every attribute, other programs' too, the nesting, the order, and what is no feed."""
    imported = await subscriptions.take_in(parse(DOCUMENT))
    assert (imported.added, imported.known, imported.rejected) == (2, 0, 1)
    assert imported.errors[0].feed_url == "http://10.0.0.1/feed"
    assert "public" in imported.errors[0].error
    ids = [source.id for source in await subscriptions.registry.all()]
    assert ids == ["kestrel-wire", "république"]
    exported = await subscriptions.document()
    assert shape(exported) == shape(DOCUMENT)
    assert b"frss:priority" in exported


async def test_importing_again_changes_nothing(subscriptions: Subscriptions) -> None:
    """Neither the same document nor the one that we gave out."""
    await subscriptions.take_in(parse(DOCUMENT))
    exported = await subscriptions.document()
    for document in (DOCUMENT, exported):
        again = await subscriptions.take_in(parse(document))
        assert (again.added, again.known) == (0, 2)
        assert await subscriptions.document() == exported


async def test_a_newswire_takes_anothers_sources_as_they_are(
    subscriptions: Subscriptions, client: Client
) -> None:
    """Ids, sections, intervals and full text included."""
    await subscriptions.take_in(parse(DOCUMENT))
    patch = SourcePatch(section="World", interval_s=300, full_text=True, name="Kestrel News")
    await subscriptions.registry.change("kestrel-wire", lambda one: changed(one, patch))
    exported = await subscriptions.document()
    before = {one.id: one for one in await subscriptions.registry.all()}
    await client.flushall()
    await subscriptions.take_in(parse(exported))
    after = {one.id: one for one in await subscriptions.registry.all()}
    assert before.keys() == after.keys()
    for name, source in after.items():
        same = {"created_at": before[name].created_at, "name": before[name].name or source.name}
        assert source.model_copy(update=same) == before[name].model_copy(update=same)
    assert await subscriptions.document() == exported


async def test_the_document_shows_the_sources_as_they_are_now(
    subscriptions: Subscriptions,
) -> None:
    """Moved, renamed, removed, added."""
    await subscriptions.take_in(parse(DOCUMENT))
    patch = SourcePatch(feed_url="https://new.example/feed", name="New name")
    await subscriptions.registry.change("kestrel-wire", lambda one: changed(one, patch))
    await subscriptions.registry.remove("république")
    more = '<opml version="1.0"><body><outline text="B" xmlUrl="https://b.example/"/></body></opml>'
    await subscriptions.take_in(parse(more.encode()))
    root = etree.fromstring(await subscriptions.document())
    assert root.xpath("//outline[@xmlUrl]/@xmlUrl") == [
        "https://new.example/feed", "https://new.example/feed", "http://10.0.0.1/feed",
        "https://b.example/",
    ]  # fmt: skip
    assert root.xpath("//outline[@text='Europe']/outline/@title") == ["New name"]


async def test_feeds_of_one_name_get_ids_of_their_own(subscriptions: Subscriptions) -> None:
    """And one without a name that of its host."""
    rows = "".join(
        f'<outline text="{name}" xmlUrl="https://{host}.example/"/>'
        for name, host in (("News", "a"), ("NEWS!", "b"), ("", "c"), ("?!", "d"))
    )
    await subscriptions.take_in(parse(f"<opml><body>{rows}</body></opml>".encode()))
    found = {one.id: one.feed_url[8] for one in await subscriptions.registry.all()}
    assert found == {"news": "a", "news-2": "b", "c-example": "c", "d-example": "d"}


DEEP = b"<outline text='x'>" * 300 + b"</outline>" * 300
MANY = [b"a%d='1'" % number for number in range(60)]
BOMB = b"<!DOCTYPE opml [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    "document",
    [
        b"", b"not XML", b"<html/>", b"<opml/>", b"<opml><head/></opml>", b"<opml><body>",
        b"{}", b"\x00", b"\xff\xfe<",
        b"<!DOCTYPE opml><opml><body/></opml>",
        BOMB + b"<opml><body><outline text='&b;'/></body></opml>",
        b"<!DOCTYPE opml SYSTEM 'http://127.0.0.1/x.dtd'><opml><body/></opml>",
        b"<opml><body><outline text='&undefined;'/></body></opml>",
        b"<opml><body>" + DEEP + b"</body></opml>",
        b"<opml><body>" + b"<outline/>" * (opml.MAX_OUTLINES + 1) + b"</body></opml>",
        b"<opml><body><outline " + b" ".join(MANY) + b"/></body></opml>",
        b"<opml><body><outline text='" + b"x" * 20_000 + b"'/></body></opml>",
        b" " * (opml.MAX_BYTES + 1),
    ],
    ids=range(18),
)  # fmt: skip
def test_what_is_no_opml_or_hostile_is_refused(document: bytes) -> None:
    """In words, and nothing is ever expanded or fetched."""
    with pytest.raises(OpmlError) as refused:
        parse(document)
    assert 0 < len(str(refused.value)) < 400


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_an_encoding_is_taken_as_declared(encoding: str) -> None:
    """UTF-16, which hides what is looked for in bytes, too."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><opml><body><outline text="é"/></body></opml>'
    )
    assert parse(text.encode(encoding)).outlines[0].title == "é"
    with pytest.raises(OpmlError, match="document type"):
        parse(text.replace("<opml>", "<!DOCTYPE opml><opml>").encode(encoding))


VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)
NAMES = st.sampled_from(["text", "title", "category", "{https://other.example/}score", "url"])
OUTLINES = st.recursive(
    st.builds(Outline, attributes=st.dictionaries(NAMES, VALUES, max_size=4)),
    lambda inner: st.builds(
        Outline,
        attributes=st.dictionaries(NAMES, VALUES, max_size=2),
        outlines=st.lists(inner, max_size=3).map(tuple),
    ),
    max_leaves=10,
)


@given(st.lists(OUTLINES, max_size=4).map(tuple))
def test_rendering_and_parsing_are_inverse(outlines: tuple[Outline, ...]) -> None:
    """Whatever is in the attributes."""
    assert parse(render(Outlines(outlines=outlines), "T")).outlines == outlines


@given(st.lists(OUTLINES, max_size=4).map(tuple))
def test_merging_with_itself_adds_nothing(outlines: tuple[Outline, ...]) -> None:
    """However often a document is imported."""
    once = merged((), outlines)
    assert merged(once, outlines) == once


def test_real_subscription_lists_are_read(outside_data: Path) -> None:
    """As programs of the wild write them."""
    found = sorted(outside_data.rglob("*.opml"))
    if not found:
        pytest.skip("the data holds no OPML")
    for path in found:
        document = parse(path.read_bytes())
        assert shape(render(document, "T"))[1], path.name
