"""`newswire demo`: the bundled sample through the whole system, and a count of what came out."""

from newswire_local.demo.run import run

__all__ = ["run"]
