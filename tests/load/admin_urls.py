"""Every page of the admin that shows rows, with each of its filters. Sync, ORM."""

from collections.abc import Iterator

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.test import RequestFactory
from django.urls import reverse

from comments.models import Comment, Hold, HoldStatus
from comments.review.models import Report, ReportOutcome
from comments.review.queue import Kind
from livecomments.accounts.models import User
from streams.models import AuditEntry, Sanction, Stream

PLAIN = ("accounts", "comments", "reactions", "streams")
SPANS = ("hour", "day", "week", "month", "all")


def pages(user: User) -> Iterator[tuple[str, str]]:
    """Name and address of each page."""
    yield "overview", reverse("admin:index")
    for model in admin.site._registry:
        if model._meta.app_label in PLAIN:
            yield from _lists(model, user)
            yield from _details(model)
    yield from _special()
    yield from _own(Stream.objects.get(slug="crowded-1"), Stream.objects.get(slug="crowded-9"))


def _lists(model, user: User) -> Iterator[tuple[str, str]]:
    meta, model_admin = model._meta, admin.site._registry[model]
    name = f"{meta.app_label}.{meta.model_name}"
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    yield f"{name} list", url
    request = RequestFactory().get(url)
    request.user = user
    changes = model_admin.get_changelist_instance(request)
    for spec in changes.filter_specs:
        for choice in spec.choices(changes):
            if choice["query_string"] != "?":
                yield f"{name} {spec.title}={choice['display']}", url + choice["query_string"]
    if model_admin.search_fields:
        yield f"{name} search", f"{url}?q=Crowd+7"


def _details(model) -> Iterator[tuple[str, str]]:
    meta, model_admin = model._meta, admin.site._registry[model]
    row = model._default_manager.order_by("-pk").first()
    if row is None or model_admin.list_display_links is None:
        return
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[quote(row.pk)])
    yield f"{meta.app_label}.{meta.model_name} row", url


def _special() -> Iterator[tuple[str, str]]:
    """Pages further back, of one stream and person at once, and the busiest ones."""
    busiest = Stream.objects.filter(slug="crowded-1").get().pk
    quiet = Stream.objects.filter(slug="crowded-9").get().pk
    talker = User.objects.get(username="crowd 1").pk
    silent = User.objects.get(username="crowd 77").pk
    comments = reverse("admin:comments_comment_changelist")
    for stream in (busiest, quiet):
        for span in SPANS:
            for status in ("", "&status=hidden", "&status=withdrawn", "&status=gone"):
                query = f"?stream={stream}&since={span}{status}"
                yield f"comments.comment {query}", comments + query
    middle = Comment.objects.order_by("pk")[Comment.objects.count() // 2].pk
    for query in (
        f"?older={middle}&since=all",
        f"?newer={middle}&since=all",
        f"?older={middle}&since=all&stream={quiet}",
        f"?older={middle}&since=all&status=hidden",
        f"?author__id__exact={talker}",
        f"?author__id__exact={talker}&older={middle}",
        f"?author__id__exact={talker}&stream={quiet}&status=hidden&since=all",
        f"?author__id__exact={silent}&stream={quiet}",
        f"?q={middle}",
        "?q=nobody+of+this+name",
        "?status=hidden&since=all",
    ):
        yield f"comments.comment {query}", comments + query
    for model, field in ((Hold, "author__id__exact"), (AuditEntry, "actor__id__exact")):
        meta = model._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        for query in (f"?{field}={silent}", f"?stream={quiet}&since=all", "?since=all"):
            yield f"{meta.app_label}.{meta.model_name} {query}", url + query
    sanctions = reverse(f"admin:{Sanction._meta.app_label}_sanction_changelist")
    yield "streams.sanction of a person", f"{sanctions}?q={silent}"
    for user in (talker, silent):
        yield f"person {user}", reverse("admin:person", args=[user])
    yield "person, further back", reverse("admin:person", args=[talker]) + f"?older={middle}"


def _own(*streams: Stream) -> Iterator[tuple[str, str]]:
    """The pages that are no table's: desk, review queue and rules."""
    queue = reverse("review_queue")
    yield "review queue", queue
    for kind in Kind:
        yield f"review queue {kind}", f"{queue}?kind={kind}"
    for stream in streams:
        yield f"review queue of {stream.slug}", f"{queue}?stream={stream.slug}"
    held = Hold.objects.filter(status=HoldStatus.OPEN).latest("number").number
    reported = Report.objects.filter(outcome=ReportOutcome.OPEN).latest("log_id").comment_id
    for kind, number in ((Kind.HELD, held), (Kind.REPORTED, reported)):
        yield f"review item {kind}", reverse("review_item", args=[kind, number])
    yield "rules", reverse("rules")
    for stream in streams:
        yield f"desk of {stream.slug}", reverse("desk", args=[stream.slug])
        for name in ("rules_edit", "rules_versions", "rules_export"):
            yield f"{name} of {stream.slug}", reverse(name, args=[stream.slug])
