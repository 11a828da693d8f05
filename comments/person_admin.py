"""A person's page in the admin: what they said, what was done about it, notes, standing. Sync, ORM.

For whoever may view people. What it shows is bounded: the newest rows of each kind, and comments by
pages that go from id to id.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from livecomments.accounts.models import Suspension, User, UserNote
from livecomments.accounts.moderation_models import NOTE_MAX_LENGTH
from livecomments.accounts.suspension import standing_suspension
from livecomments.adminsite.search import id_in
from livecomments.adminsite.site import DeskSite
from livecomments.adminsite.widgets import dress
from livecomments.protocol import REASON_MAX_LENGTH
from streams import audit_words
from streams.admin_scope import told
from streams.forms import TIMEOUT_PRESETS
from streams.models import AuditEntry, Sanction
from streams.suspending import may_suspend, suspend_user, unsuspend_user

from . import people
from .models import Comment, Hold, HoldStatus
from .review.accuracy import accuracy_of
from .review.models import Report
from .review.queue import WHY

COMMENTS_SHOWN = 50
ROWS_SHOWN = 20
FOREVER = 0
# What became of a comment that waited.
BECAME = {
    HoldStatus.OPEN: "waits",
    HoldStatus.APPROVED: "approved",
    HoldStatus.REFUSED: "refused",
    HoldStatus.EXPIRED: "nobody decided in time",
}
LENGTHS = (*TIMEOUT_PRESETS, (FOREVER, "for good"))


class SuspensionForm(forms.Form):
    """How long, and what for."""

    seconds = forms.TypedChoiceField(
        label="Keep out of every stream", choices=LENGTHS, coerce=int, initial=86_400
    )
    reason = forms.CharField(max_length=REASON_MAX_LENGTH, label="Reason, which they are told")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields)


class NoteForm(forms.Form):
    """What the others should know."""

    text = forms.CharField(
        label="A note for the others",
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields)


def may_view(request: HttpRequest) -> bool:
    """True for whoever may view people."""
    return isinstance(request.user, User) and request.user.has_perm("accounts.view_user")


def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """The page of one person; a POST suspends, lifts or notes, and comes back."""
    user = get_object_or_404(User, pk=user_id)
    if request.method == "POST":
        return _done(request, user)
    return _page(request, user, SuspensionForm(), NoteForm())


def _done(request: HttpRequest, user: User) -> HttpResponse:
    actor = request.user
    assert isinstance(actor, User)
    suspension, note = SuspensionForm(), NoteForm()
    match request.POST.get("do"):
        case "suspend":
            suspension = SuspensionForm(request.POST)
            if suspension.is_valid():
                _suspend(request, user, actor, suspension.cleaned_data)
                return _back(user)
        case "lift":

            def lift() -> None:
                unsuspend_user(user, actor=actor, via="admin")

            told(request, lift, done=f"{user} may speak again.")
            return _back(user)
        case "note":
            note = NoteForm(request.POST)
            if not actor.has_perm("accounts.add_usernote"):
                raise PermissionDenied
            if note.is_valid():
                text = note.cleaned_data["text"]
                UserNote.objects.create(user=user, text=text, written_by=actor)
                return _back(user)
    return _page(request, user, suspension, note)


def _suspend(request: HttpRequest, user: User, actor: User, wanted: dict[str, Any]) -> None:
    seconds = None if wanted["seconds"] == FOREVER else wanted["seconds"]

    def work() -> None:
        suspend_user(user, actor=actor, seconds=seconds, reason=wanted["reason"], via="admin")

    told(request, work, done=f"{user} is kept out of every stream.")


def _back(user: User) -> HttpResponse:
    return redirect("admin:person", user.pk)


def _page(
    request: HttpRequest, user: User, suspension: SuspensionForm, note: NoteForm
) -> HttpResponse:
    actor = request.user
    assert isinstance(actor, User)
    before = id_in(request.GET.get("older", ""))
    comments, older = _comments(user, before)
    computed = people.computed_standing(user)
    context = {
        **admin.site.each_context(request),
        "title": user.display_name,
        "person": user,
        "comments": comments,
        "older": older,
        "is_newest": before is None,
        "holds": [
            (row, WHY.get(row.reason, row.reason), BECAME[HoldStatus(row.status)])
            for row in _newest(Hold, user, "stream")
        ],
        "sanctions": _newest(Sanction, user, "stream", "placed_by", "lifted_by"),
        "suspensions": _newest(Suspension, user, "placed_by", "lifted_by"),
        "standing_suspension": standing_suspension(user.pk),
        "notes": _newest(UserNote, user, "written_by"),
        "reports": Report.objects.filter(reporter=user).order_by("-log_id")[:ROWS_SHOWN],
        "accuracy": accuracy_of(user.pk),
        "audit": [(row, audit_words.done(row)) for row in _done_to(user)],
        "computed": computed,
        "missing": people.shortfalls(computed.record),
        "looked_at": people.LOOKED_AT,
        "suspension_form": suspension if may_suspend(actor) else None,
        "note_form": note if actor.has_perm("accounts.add_usernote") else None,
        "may_change": actor.has_perm("accounts.change_user"),
    }
    return TemplateResponse(request, "adminsite/person.html", context)


def _comments(user: User, before: int | None) -> tuple[list[Comment], int | None]:
    """One page of what somebody said, newest first, and the id that the next one starts before."""
    rows: QuerySet[Comment] = Comment.objects.filter(author=user).select_related("stream")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: COMMENTS_SHOWN + 1])
    shown = found[:COMMENTS_SHOWN]
    return shown, shown[-1].pk if len(found) > COMMENTS_SHOWN else None


def _newest(model: Any, user: User, *related: str) -> Any:
    by = {"author": user} if model is Hold else {"user": user}
    return model.objects.filter(**by).select_related(*related).order_by("-pk")[:ROWS_SHOWN]


def _done_to(user: User) -> Any:
    rows = AuditEntry.objects.filter(target_user_id=user.pk)
    return rows.select_related("stream", "actor").order_by("-id")[:ROWS_SHOWN]


def person_link(user_id: int) -> str:
    """The address of a person's page."""
    return reverse("admin:person", args=[user_id])


cast(DeskSite, admin.site).add_page("people/<int:user_id>/", person, name="person", may=may_view)
