"""``python -m newswire_ingest``: the service by itself."""

from newswire_common.serving import serve
from newswire_ingest.app import build

if __name__ == "__main__":
    serve(build, lambda settings: settings.ingest_port)
