"""What `newswire ingest` takes, and the requests that it makes of it."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswire_local.reading import (
    PARCEL_BYTES,
    PARCEL_LINES,
    Item,
    WrongUsage,
    item,
    parcels,
    sniff,
)


def _ndjson(data: bytes) -> Item:
    return Item("news.ndjson", "ndjson", "kestrel", {}, len(data), data)


def test_a_json_file_is_one_request(tmp_path: Path) -> None:
    """It goes as it is: what is wrong with it, ingest says best."""
    file = tmp_path / "one.json"
    file.write_bytes(b'{"source": "kestrel"}')
    [parcel] = parcels(item(str(file)))
    assert (parcel.path, parcel.content_type) == ("/v1/articles", "application/json")
    assert parcel.body == b'{"source": "kestrel"}'


def test_a_list_of_articles_goes_line_by_line(tmp_path: Path) -> None:
    """Each article gets an answer of its own."""
    file = tmp_path / "several.json"
    file.write_bytes(orjson.dumps([{"guid": "a"}, {"guid": "b"}]))
    [parcel] = parcels(item(str(file)))
    assert parcel.content_type == "application/x-ndjson"
    assert [orjson.loads(line) for line in parcel.body.splitlines()] == [
        {"guid": "a"},
        {"guid": "b"},
    ]


@pytest.mark.parametrize(
    ("name", "content_type"), [("a.html", "text/html"), ("a.txt", "text/plain; charset=utf-8")]
)
def test_a_page_is_named_after_its_place(tmp_path: Path, name: str, content_type: str) -> None:
    """The same file sent again is the same article; an address is not made up for it."""
    folder = tmp_path / "Skerry Post"
    folder.mkdir()
    (folder / name).write_bytes(b"Ferries double their sailings")
    [parcel] = parcels(item(str(folder / name)))
    assert (parcel.path, parcel.content_type) == ("/v1/pages", content_type)
    assert parcel.params["source"] == "Skerry Post"
    assert parcel.params["guid"].startswith(f"{name}#")


def test_a_page_takes_the_given_source_and_address(tmp_path: Path) -> None:
    """What the user says counts."""
    file = tmp_path / "page.txt"
    file.write_bytes(b"text")
    [parcel] = parcels(item(str(file), source="skerry", url="https://skerry.example/1"))
    assert parcel.params == {"source": "skerry", "url": "https://skerry.example/1"}


FEED = b"""<?xml version="1.0"?>
<rss version="2.0"><channel><title>Skerry Post</title>
<item><guid isPermaLink="false">1</guid><title>Ferries &amp; fares</title>
<link>https://skerry.example/1</link></item>
<item><guid isPermaLink="false">2</guid><title>Lighthouse sold</title></item>
</channel></rss>"""


@pytest.mark.parametrize("name", ["feed.xml", "feed.rss", "FEED.ATOM"])
def test_a_feed_is_sent_as_the_articles_in_it(tmp_path: Path, name: str) -> None:
    """Each entry is an article of the source that the file stands for."""
    (tmp_path / name).write_bytes(FEED)
    [parcel] = parcels(item(str(tmp_path / name), source="skerry"))
    assert parcel.path == "/v1/articles"
    sent = [orjson.loads(line) for line in parcel.body.splitlines()]
    assert [(one["source"], one["guid"], one["headline"]) for one in sent] == [
        ("skerry", "1", "Ferries & fares"), ("skerry", "2", "Lighthouse sold"),
    ]  # fmt: skip


def test_what_is_no_feed_is_said_to_be_none(tmp_path: Path) -> None:
    """By the name of the file, not by a trace."""
    (tmp_path / "feed.xml").write_bytes(b"<html><p>Not found</html>")
    with pytest.raises(WrongUsage, match=r"feed\.xml: "):
        list(parcels(item(str(tmp_path / "feed.xml"))))


@pytest.mark.parametrize("name", ["picture.png", "noextension", ""])
def test_other_files_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing is sent as text because its name is not known; a folder is no file."""
    path = tmp_path / name
    if name:
        path.write_bytes(b"x")
    with pytest.raises(WrongUsage):
        item(str(path))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"source": "a"}', "json"),
        (b'{\n  "source": "a"\n}\n', "json"),
        (b'\xef\xbb\xbf{"source": "a"}', "json"),
        (b'[{"source": "a"}]', "json"),
        (b'{"source": "a"}\n{"source": "b"}\n', "ndjson"),
        (b"<!DOCTYPE html><p>x", "html"),
        (b"<?xml version='1.0'?><rss/>", "feed"),
        (b"Home World\nWorld - June 20, 2024", "text"),
        (b"", "text"),
    ],
)
def test_standard_input_is_told_by_how_it_begins(data: bytes, kind: str) -> None:
    """`curl … | newswire ingest -` needs no option."""
    assert sniff(data) == kind


@given(
    st.lists(st.sampled_from([b"", b"  ", b'{"a": 1}', b"not json", b"\xff\x00"]), max_size=1_000),
    st.booleans(),
)
def test_no_line_is_lost_or_renumbered(lines: list[bytes], ends_with_newline: bool) -> None:
    """Parcels hold every line that is not blank once, in order, by its number in the file."""
    data = b"\n".join(lines) + (b"\n" if ends_with_newline and lines else b"")
    sent = list(parcels(_ndjson(data)))
    assert [line for parcel in sent for line in parcel.lines] == [
        (number, line + b"\n") for number, line in enumerate(lines, 1) if line.strip()
    ]
    assert all(1 <= len(parcel.lines) <= PARCEL_LINES for parcel in sent)


def test_a_parcel_is_bounded_in_bytes() -> None:
    """Long articles go in smaller parcels; one beyond the bound goes alone."""
    line = b'"' + b"x" * (PARCEL_BYTES // 2) + b'"\n'
    assert [len(parcel.body) for parcel in parcels(_ndjson(line * 3))] == [len(line)] * 3


def test_two_pages_of_one_name_are_two_articles(tmp_path: Path) -> None:
    """a/news/1.txt and b/news/1.txt have one source and one name, but are not versions of one."""
    guids = set()
    for folder in ("a", "b"):
        (tmp_path / folder / "news").mkdir(parents=True)
        file = tmp_path / folder / "news" / "1.txt"
        file.write_text("News of the day")
        [parcel] = parcels(item(str(file)))
        guids.add(parcel.params["guid"])
    assert len(guids) == 2
