"""HTTP requests that make no sense, to every address of the site. Sync.

The addresses come from Django's resolver, the operations of the API from its OpenAPI document, so
that a new one is tried as soon as it exists. What comes back is never a 5xx, never a traceback, and
from the API always problem details with a code.
"""

import http.client
import json
import re
from collections import Counter
from contextlib import suppress
from urllib.parse import quote, urlencode

from django.urls import URLPattern, get_resolver
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from livecomments.client.wire import home_address

from .messages import ODD_TEXT, ODD_VALUE, dumped

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW")
CONTENT_TYPES = (
    "application/json",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "; ;=",
    "\xff",
)
FIELDS = (
    "text", "reply_to", "id", "user", "role", "kind", "count", "reason", "seconds", "status",
    "pinned", "closed", "slow_seconds", "review", "pace", "before", "after", "limit", "cursor",
    "nonce", "username", "password", "display_name", "q", "page", "format", "hold", "outcome",
)  # fmt: skip
NO_HTTP = b"Invalid HTTP request received."
ANSWER_SECONDS = 20.0
AT_ONCE = 200


def addresses(resolver=None, before=""):
    """Returns every address of the site as Django writes them, with `<kind:name>` in it."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append(re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").strip("$"))
        else:
            found += addresses(entry, route)
    return found


@st.composite
def requests(draw, known, tokens):
    """`(method, path, headers, body)`."""
    path = "/" + draw(st.sampled_from(addresses()))
    for slot in re.findall(r"<[^>]+>", path):
        value = draw(st.one_of(st.sampled_from(known), st.sampled_from(known), ODD_TEXT))
        path = path.replace(slot, quote(value.encode("utf-8", "surrogatepass"), safe=""), 1)
    query = draw(st.dictionaries(st.sampled_from(FIELDS), ODD_TEXT, max_size=3))
    if query:
        path += "?" + urlencode(
            {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
        )
    headers = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "Authorization": st.sampled_from([*tokens, *tokens, "Bearer x", "Bearer", "x y z"]),
                "Content-Type": st.sampled_from(CONTENT_TYPES),
                "Idempotency-Key": st.one_of(st.just("k"), st.just("k" * 300), st.just("\xe9")),
                "Accept": st.sampled_from(["*/*", "text/html", "image/png", ";q"]),
                "X-Forwarded-For": st.sampled_from(["1.2.3.4", "nonsense", ",,,", "::1"]),
                "Cookie": st.sampled_from(["lc_session=x", "lc_csrf=\xff", "=;;=", "a" * 5_000]),
                "Origin": st.sampled_from(["null", "https://evil.example"]),
                "Range": st.just("bytes=5-1"),
                "If-Modified-Since": st.just("yesterday"),
            },
        )
    )
    fields = st.dictionaries(st.sampled_from(FIELDS), ODD_VALUE, max_size=4)
    body = draw(
        st.one_of(st.none(), fields.map(dumped), fields.map(dumped), st.binary(max_size=200))
    )
    return draw(st.sampled_from(METHODS)), path, headers, body


class Asker:
    """Sends requests to one server, each from an address of its own."""

    def __init__(self, url, known, tokens, *, is_daphne=False):
        self.sent = 0
        self.statuses = Counter()
        self.faults = []
        self._url = url
        self._is_refused_early = _is_twisteds_refusal if is_daphne else _is_uvicorns_refusal
        self._known = known
        self._tokens = [f"Bearer {token}" for token in tokens]

    def run(self, count, *, first_seed=0, on_progress=lambda count: None):
        """Sends at least so many; stops at the first faults."""
        number = 0
        while self.sent < count and not self.faults:
            self._batch(first_seed + number)
            number += 1
            on_progress(self.sent)

    def _batch(self, number):
        @seed(number)
        @settings(
            max_examples=AT_ONCE,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(requests(self._known, self._tokens))
        def ask(request):
            self.sent += 1
            if fault := self._ask(*request):
                self.faults.append((fault, request))

        ask()

    def _ask(self, method, path, headers, body):
        host = self._url.partition("//")[2]
        connection = http.client.HTTPConnection(
            host, timeout=ANSWER_SECONDS, source_address=(home_address(self._url, self.sent), 0)
        )
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return f"no answer: {error!r}"
        finally:
            connection.close()
        self.statuses[answer.status] += 1
        if self._is_refused_early(answer, said):
            return None  # it never came as far as the application
        return _fault(path, method, answer, said)


def _is_uvicorns_refusal(answer, said):
    return answer.status == 400 and said == NO_HTTP


def _is_twisteds_refusal(answer, said):
    """Twisted writes a status line and nothing else: no header, no body."""
    bare = (answer.version, answer.status, answer.reason, answer.getheaders(), said)
    return bare == (11, 400, "Bad Request", [], b"")


def _fault(path, method, answer, said):
    if answer.status >= 500:
        return f"{answer.status}: {said[:300]!r}"
    if b"Traceback (most recent" in said:
        return "a traceback"
    if path.startswith("/api/v1/") and answer.status >= 400 and method != "HEAD":
        with suppress(ValueError):
            if "code" in json.loads(said):
                return None
        return f"{answer.status} without a code: {said[:300]!r}"
    return None
