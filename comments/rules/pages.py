"""The pages of a room's rules, in the admin. Sync; Redis across `async_to_sync`.

Rules are edited as a form, tried on what was said lately, and saved as a new version; an old one
is restored by saving it again. Who may: those who manage the room (`comments.review.reach`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments import screening
from comments.review.models import RuleVersion
from comments.review.queue import WHY
from comments.review.reach import RULES, may_manage, rules_reach
from comments.rules.hits import Found
from comments.spam.dryrun import COMMENTS, DryRun, Outcome, dry_run
from comments.spam.rules import DEFAULTS, BadRules, dump, parse
from comments.spam.verdict import Action, Reason
from livecomments.accounts.models import User
from livecomments.accounts.throttle import by_user, count_request
from livecomments.errors import DomainError
from livecomments.protocol import LinksMode
from livecomments.redisdb import RedisError
from livecomments.tickets import Identity
from streams.admin_scope import acting_in
from streams.models import Stream
from streams.payloads import room_of

from .changing import change_rules, read_rules
from .differing import differences
from .forms import LABELS, ImportForm, RulesForm, initial_of
from .record import records_of

STREAMS_LISTED = 50
VERSIONS_LISTED = 50


@require_safe
def streams(request: HttpRequest) -> HttpResponse:
    """The streams whose rules this person may change, newest first; the list pages by id."""
    user = _person(request)
    reach = rules_reach(user)
    if not reach:
        raise PermissionDenied
    rows = Stream.objects.order_by("-id")
    if not reach.everywhere:
        rows = rows.filter(pk__in=reach.streams)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit():
        rows = rows.filter(pk__lt=int(before[:18]))
    found = list(rows[: STREAMS_LISTED + 1])
    context = {
        "title": "Rules",
        "streams": found[:STREAMS_LISTED],
        "older": found[STREAMS_LISTED - 1].pk if len(found) > STREAMS_LISTED else None,
    }
    return _render(request, "admin/rules/streams.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; tried or saved by its buttons."""
    stream, actor = _managed(request, slug)
    if request.method != "POST":
        version, rules = async_to_sync(read_rules)(room_of(stream))
        return _form_page(request, stream, RulesForm(initial=initial_of(rules, version=version)))
    form = RulesForm(request.POST)
    if not form.is_valid():
        return _form_page(request, stream, form)
    if "try" in request.POST:
        # A second of work, which nobody needs to ask for all the time.
        count_request(request, "rules_try", key=by_user, rate="10/m")
        tried = dry_run(stream.pk, form.rules, links=LinksMode(stream.links))
        return _form_page(request, stream, form, tried=tried)
    if _saved(request, stream, actor, form):
        return HttpResponseRedirect(reverse("rules_versions", args=[slug]))
    return _form_page(request, stream, form)


@require_POST
def load(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, filled in from a file or from the defaults; nothing is saved yet."""
    stream, _ = _managed(request, slug)
    version, present = async_to_sync(read_rules)(room_of(stream))
    rules, form = present, ImportForm(request.POST, request.FILES)
    if "defaults" in request.POST:
        rules, form = DEFAULTS, ImportForm()
    elif form.is_valid():
        rules = form.cleaned_data["file"]
    if rules is not present:
        messages.info(request, "This is what was loaded. Nothing is changed until you save it.")
    shown = RulesForm(initial=initial_of(rules, version=version))
    return _form_page(request, stream, shown, importing=form)


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The present rules as a file."""
    stream, _ = _managed(request, slug)
    version, rules = async_to_sync(read_rules)(room_of(stream))
    name = f"rules-{slugify(slug)}-{version}.json"
    return HttpResponse(
        dump(rules),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions of a room's rules, newest first."""
    stream, _ = _managed(request, slug)
    rows = RuleVersion.objects.filter(stream=stream).select_related("changed_by")
    present, _ = async_to_sync(read_rules)(room_of(stream))
    context = {
        "title": f"Rules of {stream}: versions",
        "stream": stream,
        "versions": rows.order_by("-log_id")[:VERSIONS_LISTED],
        "present": present,
    }
    return _render(request, "admin/rules/versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version and how it differs from the one before; restored by its button."""
    stream, actor = _managed(request, slug)
    kept = RuleVersion.objects.filter(stream=stream).select_related("changed_by")
    row = kept.filter(version=number).order_by("-log_id").first()
    if row is None:
        raise Http404
    if request.method == "POST":
        return _restored(request, stream, actor, row)
    present_version, present = async_to_sync(read_rules)(room_of(stream))
    before = kept.filter(log_id__lt=row.log_id).order_by("-log_id").first()
    context = {
        "title": f"Rules of {stream}: version {row.version}",
        "stream": stream,
        "version": row,
        "before": before,
        "changes": differences(before.rules if before else None, row.rules),
        "now": differences(dump(present), row.rules),
        "is_present": row.version == present_version,
    }
    return _render(request, "admin/rules/version.html", context)


def _saved(request: HttpRequest, stream: Stream, actor: Identity, form: RulesForm) -> bool:
    try:
        number = async_to_sync(change_rules)(
            room_of(stream),
            actor=actor,
            rules=form.rules,
            note=form.cleaned_data["note"],
            base=form.cleaned_data["version"],
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, f"Saved as version {number}. These are the rules from now on.")
    return True


def _restored(
    request: HttpRequest, stream: Stream, actor: Identity, row: RuleVersion
) -> HttpResponse:
    try:
        rules = parse(row.rules)
        number = async_to_sync(change_rules)(
            room_of(stream), actor=actor, rules=rules, note=f"Version {row.version} again."
        )
    except (BadRules, DomainError) as error:
        messages.error(request, str(getattr(error, "message", error)))
    else:
        messages.success(
            request,
            f"The rules are those of version {row.version} again, saved as version {number}.",
        )
    return HttpResponseRedirect(reverse("rules_versions", args=[stream.slug]))


def _form_page(
    request: HttpRequest,
    stream: Stream,
    form: RulesForm,
    *,
    tried: DryRun | None = None,
    importing: ImportForm | None = None,
) -> HttpResponse:
    context = {
        "title": f"Rules of {stream}",
        "stream": stream,
        "form": form,
        "importing": importing or ImportForm(),
        "tried": tried,
        "outcomes": [(_outcome_words(one), one) for one in tried.outcomes] if tried else [],
        "tried_on": COMMENTS,
        "records": records_of(stream.pk, _hits(stream)),
    }
    return _render(request, "admin/rules/edit.html", context)


def _outcome_words(outcome: Outcome) -> str:
    """What would have become of comments, and what for."""
    masked = outcome.action is Action.ALLOW and outcome.reason is Reason.WORDS
    step = "Shown with words masked" if masked else LABELS[outcome.action.name.lower()]
    return f"{step}: {WHY.get(outcome.reason, outcome.reason.value)}"


def _hits(stream: Stream) -> Sequence[Found]:
    try:
        return async_to_sync(screening.hits)(room_of(stream))
    except RedisError:
        return ()  # the rules are worth showing without them


def _managed(request: HttpRequest, slug: str) -> tuple[Stream, Identity]:
    """The stream and who acts there. Raises Http404, or PermissionDenied for who manages it not."""
    stream = Stream.objects.select_related("broadcaster").filter(slug=slug).first()
    if stream is None:
        raise Http404
    actor = acting_in(stream, _person(request), RULES)
    if not may_manage(actor):
        raise PermissionDenied
    return stream, actor


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _render(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    return render(request, template, {**admin.site.each_context(request), **context})
