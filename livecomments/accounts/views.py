"""Signing up, in and out, and setting a new password. Sync, ORM.

Each form may be sent only so often: see the numbers at the views.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.views import (
    LoginView,
    PasswordChangeView,
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .domain import end_tickets, end_tickets_of
from .forms import NAME_TAKEN, NewPasswordForm, ResetForm, SignInForm, SignUpForm
from .models import User
from .throttle import by_address, by_name, by_user, limited

BACKEND = "livecomments.accounts.backends.NameBackend"


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@limited("sign_up", (by_address, "20/h"))  # a class that signs up together fits, a farm does not
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """The form, or a new person who is signed in."""
    if request.user.is_authenticated:
        return redirect("home")
    form = SignUpForm(request.POST or None)
    if form.is_valid():
        user = _stored(form)
        if user is not None:
            login(request, user, backend=BACKEND)
            return redirect(_next_page(request))
        form.add_error("display_name", NAME_TAKEN)
    return render(request, "accounts/sign_up.html", {"form": form, "next": _asked_next(request)})


# A person mistypes a few times; whoever guesses needs thousands, by address or by name.
@never_cache
@sensitive_post_parameters("password")
@limited("sign_in", (by_address, "30/m"), (by_name, "10/5m"))
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The form, or the page somebody came from."""
    return _sign_in(request)


@never_cache
@require_POST
@limited("sign_out", (by_address, "60/m"))
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, and the tickets of its sockets within a second."""
    user = request.user
    if isinstance(user, User):
        # First: where Redis is away, the session in it would outlive being deleted.
        end_tickets(user.pk)
    logout(request)
    if isinstance(user, User):
        # Again: an open page may have asked for a fresh ticket while the session still stood.
        end_tickets(user.pk)
    return HttpResponseRedirect(resolve_url("home"))


def ending_tickets(
    view: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view of somebody else's that changes the person's password; what the old one opened ends
    with it. Raises `busy`, and changes nothing, where that cannot be done."""

    @wraps(view)
    def ending(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        with transaction.atomic():
            answer = view(request)
            changed = request.method == "POST" and answer.status_code == HTTPStatus.FOUND
            if changed and isinstance(user, User):
                end_tickets_of([user.pk])
        return answer

    return ending


# Whoever sits at an open window may guess at the old one.
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@limited("password_change", (by_user, "10/h"))
def password_change(request: HttpRequest) -> HttpResponseBase:
    """Sets another password; what the old one opened elsewhere ends."""
    answer = ending_tickets(_password_change)(request)
    if answer.status_code == HTTPStatus.FOUND and request.user.is_authenticated:
        messages.success(request, _("Your password is set. You are signed out everywhere else."))
    return answer


@limited("password_reset", (by_address, "10/h"))  # each one may send a letter
def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Sends a link to the address, if it is somebody's; the answer does not tell."""
    return _password_reset(request)


@sensitive_post_parameters("new_password1", "new_password2")
@limited("password_reset_confirm", (by_address, "20/h"))
def password_reset_confirm(request: HttpRequest, uidb64: str, token: str) -> HttpResponseBase:
    """Sets the new password that the link in the letter allows."""
    return _password_reset_confirm(request, uidb64=uidb64, token=token)


password_reset_done = PasswordResetDoneView.as_view(
    template_name="accounts/password_reset_done.html"
)
password_reset_complete = PasswordResetCompleteView.as_view(
    template_name="accounts/password_reset_complete.html"
)
_sign_in = LoginView.as_view(
    template_name="accounts/sign_in.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
)
_password_change = PasswordChangeView.as_view(
    template_name="accounts/password_change.html", success_url=reverse_lazy("account")
)
_password_reset = PasswordResetView.as_view(
    form_class=ResetForm,
    template_name="accounts/password_reset_form.html",
    email_template_name="accounts/password_reset_email.txt",
    subject_template_name="accounts/password_reset_subject.txt",
    success_url=reverse_lazy("password_reset_done"),
)
_password_reset_confirm = PasswordResetConfirmView.as_view(
    template_name="accounts/password_reset_confirm.html",
    form_class=NewPasswordForm,
    success_url=reverse_lazy("password_reset_complete"),
)


def _stored(form: SignUpForm) -> User | None:
    """The new person, or None when somebody took the name in this instant."""
    try:
        with transaction.atomic():
            return form.save()
    except IntegrityError:
        return None


def _asked_next(request: HttpRequest) -> str:
    return request.POST.get("next", request.GET.get("next", ""))


def _next_page(request: HttpRequest) -> str:
    wanted = _asked_next(request)
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url("home")
