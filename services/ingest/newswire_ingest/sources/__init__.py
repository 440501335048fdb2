"""The sources that are polled: what is kept of each, the API over them, and OPML both ways."""
