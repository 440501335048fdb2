"""What an article's readers did: counts posted, told by a feed, or mentions found on the web.

    POST …/{id}/audience │ an entry's own counts │ POST /webmention > Counts > {pN}:audience

Counts overwrite, they do not add; what is not known is null and never 0. The article's version and
its reactions are not touched: publish keeps the newest count of each kind beside the article.
"""
