"""Refuse sockets that a foreign web page opens. ASGI middleware.

A browser always sends Origin; programs do not, and may connect. A foreign or `null` origin gets
403 before the handshake is accepted (docs/PROTOCOL.md, rule S1).
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings


class OriginCheck:
    """Wraps the socket application."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if is_allowed(_header(scope, b"origin"), _header(scope, b"host")):
            await self._application(scope, receive, send)
        else:
            await send({"type": "websocket.close"})  # before accept: the server answers 403


def is_allowed(origin: str | None, host: str | None) -> bool:
    """True for no origin, for our own host, and for what LIVECOMMENTS_ALLOWED_ORIGINS names."""
    if origin is None:
        return True
    if origin in settings.ALLOWED_ORIGINS:
        return True
    parts = urlsplit(origin)
    bare = not (parts.path or parts.query or parts.fragment)  # a browser sends nothing more
    return parts.scheme in {"http", "https"} and bare and bool(host) and parts.netloc == host


def _header(scope: dict[str, Any], name: bytes) -> str | None:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None
