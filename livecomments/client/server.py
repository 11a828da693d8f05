"""The running server that a program is pointed at: where it is, how it was started. Sync."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from livecomments import environment

ASK_SECONDS = 5

# No proxy stands between us and the server we were told of, whatever the environment says.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NoServer(Exception):
    """One sentence that says why there is nothing to connect to."""


def base_url(wanted: str | None) -> str:
    """Return the address of the site: the wanted one, else the local one. Raises `NoServer`."""
    url = (wanted or environment.LOCAL.get("base_url") or "").rstrip("/")
    if not url:
        raise NoServer("Start the servers with `make run`, or name them with --url.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise NoServer(f"--url must look like https://example.org, not {url!r}.")
    return url


def has_no_limits(url: str) -> bool:
    """Return whether the server takes posts without limits. Raises `NoServer`."""
    return _readiness(url).get("no_limits") is True


def _readiness(url: str) -> dict[str, Any]:
    try:
        with _direct.open(f"{url}/readyz", timeout=ASK_SECONDS) as answer:
            content = json.load(answer)
    except urllib.error.HTTPError as error:
        content = _json(error.read())  # 503: it says which part is missing
    except (OSError, ValueError) as error:
        raise NoServer(
            f"Nothing answers at {url} ({error}): start the servers with `make run`, "
            "or name them with --url."
        ) from None
    if not isinstance(content, dict):
        raise NoServer(f"What answers at {url} is not this product.")
    return content


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw)
    except ValueError:
        return None
