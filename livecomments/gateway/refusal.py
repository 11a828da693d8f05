"""Sockets on any other path are refused before the handshake. ASGI application."""

from typing import Any


async def refuse_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer 403."""
    await send({"type": "websocket.close"})
