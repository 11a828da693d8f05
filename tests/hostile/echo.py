"""An echo behind the product's servers, so that what is judged is how they speak WebSocket. Async.

A conformance suite wants its messages back; the product has no such endpoint. This application goes
the way of a comment and its frame: text comes straight from the protocol class and leaves as a
prepared frame (deflated, where that was agreed on), binary messages come and go as ASGI messages.

`python -m tests.hostile.echo PORT [MAX_BYTES]` serves it with the gateway's own server class and
settings; MAX_BYTES lifts the limit on a message. Daphne serves `tests.hostile.echo:application`.
"""

import os
import sys

from livecomments.gateway.connection import connect
from livecomments.gateway.frames import PreparedFrame


async def application(scope, receive, send):
    """Sends every message back."""
    if scope["type"] != "websocket":
        return

    def echo(data):
        connection.send(PreparedFrame(data, 0, {}))

    connection = connect(scope, send, echo)
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        if message.get("text") is not None:
            echo(message["text"].encode())
        else:
            await _echo_binary(send, message["bytes"])


async def _echo_binary(send, data):
    try:
        await send({"type": "websocket.send", "bytes": data})
    except Exception:  # noqa: BLE001 -- each server has its own error for a socket that is closed
        return


def main(port, max_bytes=None):
    """Serves until SIGTERM."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecomments.settings")
    import django  # noqa: PLC0415 -- Daphne imports this module for the application alone

    django.setup()
    from livecomments.gateway.door import bind  # noqa: PLC0415 -- needs the settings
    from livecomments.gateway.server import make_server  # noqa: PLC0415 -- needs the settings

    server = make_server()
    if max_bytes is not None:
        server.config.ws_max_size = int(max_bytes)
    server.config.load()
    server.config.loaded_app = application
    server.run(sockets=bind("127.0.0.1", int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
