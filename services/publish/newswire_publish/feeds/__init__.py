"""Feeds: the newest of the library in RSS 2.0, Atom 1.0 and JSON Feed 1.1.

GET /feeds/{name}.{format} > editions (cached) > library > render/ (pure: one writer a format)
"""
