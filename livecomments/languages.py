"""What language a page speaks: the reader's choice, else what their browser asks for. Sync.

Pages for readers are translated (locale/, frontend/src/strings/). What programs and staff read
stays in English: the API, the admin and the desk.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation

ENGLISH_ONLY = ("/api/", "/admin/", "/healthz", "/readyz")


class PageLanguage(LocaleMiddleware):
    """Django's own choice by cookie and header, for the pages of readers alone."""

    def process_request(self, request: HttpRequest) -> None:
        """Switches to the language of the answer."""
        if not _is_english_only(request):
            super().process_request(request)
            return
        # The thread may have answered somebody else in their language before.
        translation.activate(settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = settings.LANGUAGE_CODE

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer, which says its language where it could have had another."""
        if _is_english_only(request):
            return response
        return super().process_response(request, response)


def language_choice() -> dict[str, object]:
    """For the script of a page: its language, the others by their own names, and the way there."""
    return {
        "language": translation.get_language(),
        "languages": [
            {"code": code, "name": translation.get_language_info(code)["name_local"]}
            for code, _ in settings.LANGUAGES
        ],
        "set_language_url": reverse("set_language"),
    }


def _is_english_only(request: HttpRequest) -> bool:
    return request.path.startswith(ENGLISH_ONLY)
