"""The `newswire` command: everything on one machine, on an embedded server."""
