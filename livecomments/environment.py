"""What the environment says, read with helpers that raise on odd values. Sync.

Nothing is guessed: a value that is none stops the start with one clear sentence. What is not set
may be in `var/local.json`, where `make run` leaves the addresses of the servers that it started.
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("LIVECOMMENTS_VAR") or BASE_DIR / "var")


def read_local_file(path: Path) -> dict[str, str]:
    """The addresses of the local servers, or nothing when they were never started."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{path} cannot be read ({error}): delete it.") from None
    if not isinstance(content, dict):
        raise ImproperlyConfigured(f"{path} is not a JSON object: delete it.")
    return {str(key): str(value) for key, value in content.items()}


LOCAL = read_local_file(VAR_DIR / "local.json")


def env_required(name: str) -> str:
    """The variable, or what the local servers left; raises where there is neither."""
    value = os.environ.get(name) or LOCAL.get(name)
    if not value:
        raise ImproperlyConfigured(f"Set {name}, or start the local servers with `make run`.")
    return value


def env_flag(name: str, *, default: bool = False) -> bool:
    """True for `1`, False for `0`; anything else raises."""
    value = os.environ.get(name, "")
    if value not in ("", "0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return default if value == "" else value == "1"


def env_int(name: str, *, default: int, minimum: int, maximum: int) -> int:
    """The variable as a whole number within its bounds."""
    value = os.environ.get(name, "")
    if value == "":
        return default
    if not value.isascii() or not value.isdigit() or not minimum <= int(value) <= maximum:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {minimum} to {maximum}, not {value!r}."
        )
    return int(value)


def env_list(name: str, *, default: list[str]) -> list[str]:
    """The variable split at commas, blanks dropped."""
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or default


def env_origins(name: str) -> list[str]:
    """Origins such as `https://example.org`; a path or a missing scheme raises."""
    origins = env_list(name, default=[])
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
            raise ImproperlyConfigured(
                f"{name} lists origins such as https://example.org; {origin!r} is not one."
            )
    return origins


# A server that vanished without a word is given up, not waited for (and see postgres/patience.py).
POSTGRES_OPTIONS = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    # A batcher that was stopped in the middle of a transaction must not hold its locks for ever:
    # the next owner of its partition writes the same rows. No transaction of ours pauses for long.
    "options": "-c idle_in_transaction_session_timeout=10s",
}


def database_from(url: str) -> dict[str, Any]:
    """Django's description of the database that a postgresql:// address names."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:port/name."
        )
    # Under ASGI each request has a thread of its own: what it does not give back at its end leaks.
    described: dict[str, Any] = dict(
        dj_database_url.parse(url, engine="livecomments.postgres", conn_max_age=0)
    )
    given = described.get("OPTIONS", {})
    options = f"{POSTGRES_OPTIONS['options']} {given.get('options', '')}".strip()
    described["OPTIONS"] = POSTGRES_OPTIONS | given | {"options": options}
    return described


def redis_address(url: str) -> str:
    """The address unchanged; raises unless it is a redis address."""
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("REDIS_URL must look like redis://host:port/0.")
    return url
