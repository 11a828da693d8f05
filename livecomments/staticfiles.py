"""Static files straight from `static/`, without a step of collecting them. Sync.

In front of a larger installation nginx serves what `collectstatic` gathered; then this sees no
such request.
"""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]  # whitenoise has none
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]  # whitenoise has none


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """WhiteNoise, adapted to ASGI and to a folder that need not be there."""

    def add_files(self, root: str, prefix: str | None = None) -> None:
        """Takes in a folder if it exists: without `collectstatic` there is none to warn about."""
        if Path(root).is_dir():
            super().add_files(root, prefix)

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file in one piece: under ASGI Django would read a streamed one whole as well."""
        found = static_file.get_response(request.method or "GET", request.META)
        content = b""
        if found.file is not None:
            with found.file:
                content = found.file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
