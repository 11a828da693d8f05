"""Answer HTTP requests in threads that live as long as the process. Async around sync.

Our views and middleware are sync. Django's own handler makes a thread for each request and goes
back and forth between it and the event loop a dozen times; each of these changes waits for the
interpreter, which the sockets of the same process need as well (docs/DECISIONS.md). Here a request
goes to a thread once and comes back with its answer.
"""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from livecomments.health import HEALTH_PATH, healthz
from livecomments.postgres import base as postgres

# A request that waits for Redis keeps its thread; more threads than are ever busy cost nothing.
THREADS = 32


class Handler(ASGIHandler):
    """Django for HTTP, its whole chain sync."""

    def __init__(self) -> None:
        super().__init__()
        threads = ThreadPoolExecutor(
            max_workers=THREADS, thread_name_prefix="http", initializer=postgres.share
        )
        # It tells the thread of our event loop, for those views that ask something of async code.
        self._in_thread = sync_to_async(self._answer, thread_sensitive=False, executor=threads)

    def load_middleware(self, is_async: bool = False) -> None:
        """Make the chain of middleware and view, which never leaves its thread."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["path"] == HEALTH_PATH:
            # Not in a thread: all of them may wait for Postgres, and the process is alive.
            await self._tell(healthz(ASGIRequest(scope, BytesIO())), send)
            return
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            response = await self._in_thread(scope, body)
        await self.send_response(response, send)

    @staticmethod
    async def _tell(response: HttpResponseBase, send: Any) -> None:
        """Send a small answer without the signals of a request, which go through a thread."""
        headers = [(k.encode("ascii"), v.encode("latin-1")) for k, v in response.items()]
        status = response.status_code
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": getattr(response, "content", b"")})

    def _answer(self, scope: Any, body: Any) -> HttpResponseBase:
        """Return the whole response. All it took, as a connection to Postgres, is given back."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        request, refusal = self.create_request(scope, body)
        response = refusal if request is None else self.get_response(request)
        assert response is not None  # it is either of the two
        response.close()
        assert not response.streaming, "no view of ours answers piece by piece"
        return response
