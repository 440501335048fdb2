"""Small feeds of each format, written for these tests."""

URL = "https://news.example/feeds/world.xml"
HEAD = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
 xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:georss="http://www.georss.org/georss"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:thr="http://purl.org/syndication/thread/1.0">
"""
RSS = (
    HEAD
    + """<channel><title>World &amp;amp; more</title><link>https://news.example/</link>
<language>en-GB</language><ttl>15</ttl><copyright>© News Example</copyright>
<atom:link rel="self" href="https://news.example/feeds/world.xml"/>
<atom:link rel="hub" href="https://hub.example/"/>
<item><title>Harbours &lt;b&gt;reopen&lt;/b&gt;</title><link>/news/1</link>
<guid isPermaLink="false">tag:news.example,2026:1</guid>
<pubDate>Tue, 03 Mar 2026 11:00:00 +0100</pubDate>
<dc:creator>Ida Berg</dc:creator><dc:creator>Nils Dahl</dc:creator>
<category domain="https://news.example/topics">Shipping</category>
<description>&lt;p&gt;Ferries leave again.&lt;/p&gt;</description>
<content:encoded><![CDATA[
<p>Ferries <a href="/timetable">leave</a> again & again.</p>]]></content:encoded>
<enclosure url="/audio/1.mp3" type="audio/mpeg" length="4096"/>
<media:content url="https://img.example/1.jpg" type="image/jpeg" fileSize="2048">
<media:description>A ferry in the snow.</media:description></media:content>
<media:thumbnail url="https://img.example/1-small.jpg"/>
<slash:comments>7</slash:comments><wfw:commentRss>/news/1/comments.xml</wfw:commentRss>
<georss:featurename>Norsund</georss:featurename>
<thr:in-reply-to ref="tag:news.example,2026:0"/>
<source url="https://agency.example/rss">Agency</source>
<atom:link rel="related" href="https://news.example/news/0" title="The storm"/>
</item></channel></rss>"""
)
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel rdf:about="https://news.example/rdf"><title>RDF</title><link>https://news.example/</link>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency></channel>
<item rdf:about="https://news.example/a"><title>Council votes</title>
<link>https://news.example/a</link><description>On Friday.</description>
<dc:date>2026-03-06</dc:date><dc:creator>Ida Berg</dc:creator></item></rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"
 xmlns:thr="http://purl.org/syndication/thread/1.0"
 xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:base="https://news.example/base/">
<title type="html">Welt &amp;amp; mehr</title><id>urn:feed</id>
<link rel="alternate" href="https://news.example/"/><link rel="self" href="atom.xml"/>
<author><name>Die Redaktion</name></author>
<at:deleted-entry ref="urn:gone" when="2026-03-02T10:00:00Z"><at:comment>Wrong.</at:comment>
<link href="https://news.example/undo"/></at:deleted-entry>
<at:deleted-entry ref="urn:gone-too" when="soon"/>
<entry><title type="html">Häfen &lt;b&gt;offen&lt;/b&gt;</title><id>urn:1</id>
<link rel="alternate" href="hafen"/><link rel="via" href="https://agency.example/1"/>
<link rel="replies" type="application/atom+xml" href="hafen/replies" thr:count="3"/>
<published>2026-03-03T11:00:00+01:00</published><updated>2026-03-03T12:00:00.5Z</updated>
<category term="shipping" label="Schifffahrt" scheme="urn:topics"/>
<summary>Kurz.</summary><rights>Nur hier.</rights>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Wieder <em>offen</em>,
<a href="fahrplan">Fahrplan</a>.</p></div></content></entry></feed>"""
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "JSON", "language": "en",
 "home_page_url": "https://news.example/", "feed_url": "https://news.example/feed.json",
 "authors": [{"name": "The Desk"}], "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
 "items": [
  {"id": 17, "url": "/news/17", "title": "Ferries leave", "content_html": "<p>Again.</p>",
   "summary": "Again.", "date_published": "2026-03-03T11:00:00+01:00", "tags": ["Shipping", 5],
   "external_url": "https://agency.example/17", "image": "https://img.example/17.jpg",
   "attachments": [{"url": "/17.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}]},
  {"id": "gone", "_newswire": {"withdrawn": {"at": "2026-03-04T08:00:00Z", "kind": "kill",
   "reason": "Wrong."}}},
  {"id": "empty"}, "no item"]}"""
NINJS_3 = """{"uri": "https://news.example/n/1", "type": "text", "version": "4",
 "pubStatus": "usable", "urgency": 3, "versionCreated": "2026-03-03T12:00:00Z",
 "firstCreated": "2026-03-03T11:00:00Z", "embargoedUntil": "2026-03-04T06:00:00Z",
 "headlines": [{"role": "short", "value": "Short"}, {"role": "main", "value": "Ferries leave"}],
 "descriptions": [{"role": "summary", "value": "Again."}], "by": "Ida Berg", "located": "Norsund",
 "bodies": [{"contentType": "text/html", "value": "<p>Again and again.</p>"}],
 "copyrightHolder": "News Example", "usageTerms": "None.", "edNote": "Please hold.",
 "subjects": [{"name": "Shipping", "uri": "https://cv.example/shipping"}],
 "people": [{"name": "Nils Dahl"}], "places": [{"name": "Norsund"}],
 "renditions": [{"href": "https://img.example/1.jpg", "contentType": "image/jpeg",
  "sizeInBytes": 9}],
 "associations": [{"uri": "https://news.example/n/0", "headlines": [{"value": "The storm"}]}]}"""
NINJS_2 = """[{"uri": "urn:ninjs:1", "versioncreated": "2026-03-03T12:00:00Z",
 "headlines": [{"value": "Ferries <leave>", "contenttype": "text/plain"}],
 "bodies": [{"contenttype": "text/plain", "value": "Again."}]},
 {"uri": "urn:ninjs:2", "pubstatus": "canceled", "ednote": "Wrong."},
 {"uri": "urn:ninjs:3", "pubstatus": "withheld", "headlines": [{"value": "Not yet"}]}]"""


def rss(items: str, head: str = HEAD) -> bytes:
    """A feed of these items."""
    return f"{head}<channel><title>T</title>{items}</channel></rss>".encode()
