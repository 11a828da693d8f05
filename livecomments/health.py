"""Is this process alive, and should it be sent requests? Sync.

Chat and its moderation go on without Postgres, so a process whose Postgres is away stays in
service: taking all of them out would end what still works. Pages that need it answer 503 by
themselves.
"""

from django.conf import settings
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from livecomments.gateway.lifecycle import lifecycle

HEALTH_PATH = "/healthz"  # answered on the event loop (livecomments/webthreads.py)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process can answer at all; waits for nothing."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when Redis answers and the process is not draining, else 503.

    `postgres` is for whoever watches over it. `no_limits` says how the process was started; replays
    ask before they flood it.
    """
    parts = {
        "postgres": postgres_answers(),
        "redis": redis_answers(),
        "accepting": not lifecycle().draining,
    }
    status = 200 if parts["redis"] and parts["accepting"] else 503
    return JsonResponse(parts | {"no_limits": settings.NO_LIMITS}, status=status)


def postgres_answers() -> bool:
    """True when a query comes back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers() -> bool:
    """True when a ping comes back."""
    try:
        return bool(get_redis_connection("default").ping())
    except RedisError:
        return False
