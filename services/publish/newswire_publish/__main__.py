"""``python -m newswire_publish``: the service `publish`, until SIGTERM."""

from newswire_common.serving import serve
from newswire_publish.app import build

if __name__ == "__main__":
    serve(build, lambda settings: settings.publish_port)
