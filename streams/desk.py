"""The moderators' desk of one stream. Sync.

The page needs its session once; from then on it works by ticket over the socket, so that it goes
on while the database is away.
"""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from livecomments.accounts.models import User
from livecomments.protocol import STAFF_ROLES

from . import payloads, queries
from .payloads import StreamFacts


@require_safe
@never_cache
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """The page for whoever is staff of the stream; its script does the rest from `boot`."""
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    facts = queries.facts_by_slug(slug)
    if facts is None:
        raise Http404
    if queries.role_in(facts, user) not in STAFF_ROLES:
        raise PermissionDenied
    boot = payloads.watch_boot(facts, user=user, csrf_token=get_token(request))
    boot |= _addresses(facts, user)
    return render(request, "admin/desk.html", {"boot": boot, "stream": facts})


def _addresses(facts: StreamFacts, user: User) -> dict[str, object]:
    """Where the desk reads more than the room's frames tell, and where it leads; and what the staff
    are called, whose actions the frames have by number."""
    return {
        "sanctions_url": reverse("api_sanctions", args=[facts.slug]),
        "reports_url": _page("api_reports", facts.slug),
        "staff": _names_of_staff(facts),
        "admin_url": reverse("admin:index"),
        "review_url": _page("review_queue"),
        # Of a person: the script puts their number in the place of the 0.
        "person_url": (_page("admin:person", 0) if user.has_perm("accounts.view_user") else None),
    }


def _names_of_staff(facts: StreamFacts) -> dict[str, str]:
    people = User.objects.filter(pk__in=list(queries.staff_of(facts.id)))
    return {str(pk): name for pk, name in people.values_list("pk", "display_name")}


def _page(name: str, *args: int | str) -> str | None:
    """The address of a page, or None where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
