"""``python -m newswire_enrich``: the enrich service."""

from newswire_common.serving import serve
from newswire_enrich.app import build

if __name__ == "__main__":
    serve(build, lambda settings: settings.enrich_port)
