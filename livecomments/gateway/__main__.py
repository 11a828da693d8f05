"""`python -m livecomments.gateway`: one web process. Start one per core, on the same port."""

import argparse
import logging
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecomments.settings")

import django

django.setup()  # what is imported below reads settings and models

from livecomments import garbage  # noqa: E402 -- after setup
from livecomments.checks import startup_problems  # noqa: E402 -- after setup
from livecomments.gateway.door import bind  # noqa: E402 -- after setup
from livecomments.gateway.server import make_server  # noqa: E402 -- after setup


def main() -> int:
    """Serve until SIGTERM; returns 1 when this process cannot keep what is promised."""
    parser = argparse.ArgumentParser(description="Serve HTTP and WebSocket on one port.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--access-log", action="store_true")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for problem in startup_problems():
        print(problem, file=sys.stderr)
        return 1
    try:
        listeners = bind(options.host, options.port)
    except OSError as error:
        print(f"Cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    server = make_server(access_log=options.access_log)
    server.config.load()  # the application too, so that it is not looked at again and again
    garbage.settle()
    server.run(sockets=listeners)
    return 0


if __name__ == "__main__":
    sys.exit(main())
