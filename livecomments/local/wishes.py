"""What the environment asks of a local run, checked before anything is started. Sync."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from livecomments.local.ports import HOST
from livecomments.local.problems import LocalProblem


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the environment asks for."""

    port: int
    web_processes: int
    crowd: bool
    database_url: str
    redis_url: str

    @property
    def base_url(self) -> str:
        """The address to open in a browser."""
        return f"http://{HOST}:{self.port}"


def read_wishes(environ: Mapping[str, str]) -> Wishes:
    """The wishes, with defaults; raises LocalProblem on odd values."""
    crowd = environ.get("CROWD") or "1"
    if crowd not in ("0", "1"):
        raise LocalProblem(f"CROWD must be 0 or 1, not {crowd!r}.")
    return Wishes(
        port=number(environ, "PORT", default=8_000, maximum=65_535),
        web_processes=number(environ, "WEB_PROCESSES", default=2, maximum=64),
        crowd=crowd == "1",
        database_url=environ.get("DATABASE_URL", ""),
        redis_url=environ.get("REDIS_URL", ""),
    )


def number(environ: Mapping[str, str], name: str, *, default: int, maximum: int) -> int:
    """The variable as a whole number from 1 on; raises LocalProblem on anything else."""
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= maximum):
        raise LocalProblem(f"{name} must be a whole number from 1 to {maximum}, not {value!r}.")
    return int(value)


def require_database(url: str) -> None:
    """Raises when the database named by DATABASE_URL does not answer."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except (psycopg.Error, ValueError) as error:
        raise LocalProblem(f"DATABASE_URL cannot be used: {one_line(error)}.") from None


def require_redis(url: str) -> None:
    """Raises when the server named by REDIS_URL does not answer."""
    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=5, socket_timeout=5, retry=Retry(NoBackoff(), 0)
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise LocalProblem(f"REDIS_URL cannot be used: {one_line(error)}.") from None


def one_line(error: Exception) -> str:
    """The first line of what the error says, without its end stop."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].strip().rstrip(".")
