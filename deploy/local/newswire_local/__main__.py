"""`python -m newswire_local` is the command `newswire`."""

from newswire_local.cli import app

app(prog_name="newswire")
