"""The page of one's own account: the name, and the ways to all that is one's own. Sync, ORM."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comments.review.appeals import subjects_of
from livecomments.accounts.forms import NAME_TAKEN, NameForm
from livecomments.accounts.models import User
from livecomments.accounts.throttle import by_user, count_request, limited
from livecomments.addresses import request_address
from streams.renaming import rename_user

# Whoever looks for a name that is free may try some, but not read the list of people that way; and
# a room must be able to follow who is who.
NAMES_TRIED = "30/h"
NAMES_TAKEN = "5/d"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@limited("name_tried", (by_user, NAMES_TRIED))
def account(request: HttpRequest) -> HttpResponseBase:
    """Who one is here, with the form for another name."""
    user = request.user
    assert isinstance(user, User)
    form = NameForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid() and _rename(request, user, form):
        return redirect("account")
    context = {"here": "account", "form": form, "standing_against": len(subjects_of(user))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/account.html", context, status=status)


def _rename(request: HttpRequest, user: User, form: NameForm) -> bool:
    """True when the person has the name now; else the form says why not."""
    name = form.cleaned_data["display_name"]
    if name == user.display_name:
        return True
    count_request(request, "name_taken", key=by_user, rate=NAMES_TAKEN)
    try:
        rename_user(user, name=name, via=f"page {request_address(request)}")
    except IntegrityError:  # somebody took it in this instant
        form.add_error("display_name", NAME_TAKEN)
        return False
    told = gettext("From now on you are called %(name)s.") % {"name": name}
    if user.signs_in_by_name:
        told = f"{told} {gettext('You sign in with this name, too.')}"
    messages.success(request, told)
    return True
