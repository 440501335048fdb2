"""What the demo shows of the articles: tags, related links, reactions in words."""

import textwrap
from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from newswire_common.article import PublishedArticle
from newswire_common.reaction import Reaction

MOST_TAGS, MOST_REACTIONS = 4, 3  # of an article, in the table of all
LONGEST_QUOTE = 60  # characters, there
ACTS = {
    "statement": "statement", "attitude_reported": "attitude reported",
    "declined_comment": "declined to comment", "no_comment_yet": "no comment yet",
    "muted": "muted", "demand": "demand", "threat": "threat", "endorsement": "endorsement",
    "action": "action", "protest": "protest",
}  # fmt: skip


def reaction_in_words(reaction: Reaction) -> str:
    """``Japan: concern “grave concerns”``, ``South Korea: no comment yet``."""
    spoken = reaction.act in {"statement", "attitude_reported"}
    stance = reaction.stance if reaction.stance not in {"none", "neutral"} else None
    what = stance if spoken and stance else ACTS[reaction.act]
    quote = f" “{_short(reaction.quote.exact)}”" if reaction.quote else ""
    return f"{reaction.actor.name}: {what}{quote}"


def _short(quote: str) -> str:
    return textwrap.shorten(quote, LONGEST_QUOTE, placeholder=" …")


def articles_table(articles: Iterable[PublishedArticle]) -> Table:
    """A row an article, made for 80 columns and more."""
    table = Table(
        box=box.SIMPLE, show_lines=True, padding=(0, 1, 0, 0), pad_edge=False, expand=True
    )
    table.add_column("Article", ratio=10)
    table.add_column("Tags", ratio=7)
    table.add_column("Related", justify="right", width=7)
    table.add_column("Reactions", ratio=13)
    for article in articles:
        found = article.enrichment
        language = found.language or article.language or "?"
        where = f"{article.section or 'no section'} · {language} · v{article.version}"
        table.add_row(
            Text.assemble((article.headline, "bold"), "\n", (where, "dim")),
            _listed(_tags(article), MOST_TAGS, ", "),
            str(len(found.related)) if found.related else "",
            _listed([reaction_in_words(r) for r in found.reactions], MOST_REACTIONS, "\n"),
        )
    return table


def _tags(article: PublishedArticle) -> list[str]:
    tags = article.enrichment.tags
    named = [*tags.places, *tags.people, *tags.organisations]
    names = [one.name for one in named] + [topic.name for topic in tags.topics]
    return list(dict.fromkeys([*names, *(keyword.text for keyword in tags.keywords)]))


def _listed(texts: Sequence[str], most: int, between: str) -> Text:
    more = len(texts) - most
    told = between.join(texts[:most])
    return Text.assemble(told, (f" +{more}", "dim") if more > 0 else "")


def fullest(articles: Sequence[PublishedArticle]) -> PublishedArticle:
    """The article with the most varied reactions."""
    return max(
        articles,
        key=lambda a: (len({r.act for r in a.enrichment.reactions}), len(a.enrichment.reactions)),
    )


def reactions_table(article: PublishedArticle) -> Table:
    """Every reaction of one article, with what it rests on."""
    table = Table(
        box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, title_justify="left",
        title=f"Reactions in “{article.headline}”", title_style="bold",
    )  # fmt: skip
    for heading in ("Who", "Act", "Stance", "Quote", "Where"):
        table.add_column(heading)
    for one in article.enrichment.reactions:
        country = f" ({one.actor.iso3})" if one.actor.iso3 else ""
        polarity = f" {one.polarity:+d}" if one.polarity else ""
        table.add_row(
            Text(one.actor.name + country),
            ACTS[one.act],
            f"{one.stance}{polarity}" if one.stance != "none" else "-",
            Text(f"“{one.quote.exact}”" if one.quote else "-"),
            f"{one.evidence.start}-{one.evidence.end}",
        )
    return table


def related_lines(article: PublishedArticle) -> list[Text]:
    """The related links of one article, a line each."""
    return [
        Text.assemble(f"  {link.rel}: ", link.headline or link.url or link.id or "?")
        for link in article.enrichment.related
    ]
