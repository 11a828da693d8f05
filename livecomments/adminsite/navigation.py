"""The admin's sidebar: what somebody may open, in the order in which a room needs it. Sync, ORM.

Tables come here by being registered; other pages by `add_entry`. Nothing is listed that its reader
may not open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape

from .rights import looked_after, may_enter

if TYPE_CHECKING:
    from .site import DeskSite

GROUPS = ("Rooms", "Moderation", "People", "Operations")
ROOMS, MODERATION, PEOPLE, OPERATIONS = GROUPS
ROOMS_LISTED = 8
# Links on pages that everybody reads: somebody new waits so long for them, and who has left finds
# them closed.
PLACES_SECONDS = 30

# Where a table stands, under which name and sign. Others come last in their app's group.
TABLES: dict[str, tuple[str, str, str]] = {
    "streams.stream": (ROOMS, "Streams", "live_tv"),
    "reactions.reactiontotal": (ROOMS, "Reactions", "favorite"),
    "comments.comment": (MODERATION, "Comments", "chat"),
    "comments.hold": (MODERATION, "Holds", "pause_circle"),
    "comments.report": (MODERATION, "Reports", "flag"),
    "comments.appeal": (MODERATION, "Appeals", "balance"),
    "streams.sanction": (MODERATION, "Sanctions", "gavel"),
    "comments.ruleversion": (MODERATION, "Rules", "rule"),
    "streams.auditentry": (MODERATION, "Audit", "history"),
    "accounts.user": (PEOPLE, "People", "group"),
    "accounts.suspension": (PEOPLE, "Suspensions", "block"),
    "accounts.usernote": (PEOPLE, "Notes", "note"),
    "accounts.apitoken": (PEOPLE, "API tokens", "key"),
    "streams.setasideevent": (OPERATIONS, "Set-aside events", "report"),
    "streams.archivecursor": (OPERATIONS, "Archive", "inventory_2"),
}
OTHER = {"streams": ROOMS, "comments": MODERATION, "accounts": PEOPLE}


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that is no table's: `url` is the name of its address."""

    group: str
    title: str
    icon: str
    url: str
    may: Callable[[HttpRequest], bool]


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the admin that the site's own pages lead to. `room`: it is a room's desk."""

    title: str
    url: str
    room: bool = False


_entries: list[Entry] = []


def add_entry(entry: Entry) -> None:
    """Puts a page into the sidebar, above the tables of its group."""
    if entry.group not in GROUPS:
        raise ValueError(f"The sidebar has no group {entry.group!r}.")
    if all(known.url != entry.url for known in _entries):
        _entries.append(entry)


def sidebar(site: "DeskSite", request: HttpRequest) -> list[dict[str, Any]]:
    """The groups with what this person may open."""
    found: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    found[ROOMS] += _rooms(request)
    for entry in _entries:
        if entry.may(request):
            found[entry.group].append(_item(request, entry.title, entry.icon, reverse(entry.url)))
    for group, title, icon, link in _tables(site, request):
        found[group].append(_item(request, title, icon, link))
    return [{"title": group, "items": items} for group, items in found.items() if items]


def places_of(request: HttpRequest) -> list[Place]:
    """Where in the admin whoever asks may go: pages such as the review queue, the overview, and the
    desks of the rooms they look after. From the cache where it is there."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    key = f"adminsite:places:{user.pk}"
    known: list[Place] | None = cache.get(key)
    if known is None:
        known = _asked_places(request) if may_enter(user) else []
        cache.set(key, known, PLACES_SECONDS)
    return known


def _asked_places(request: HttpRequest) -> list[Place]:
    pages = [Place(entry.title, reverse(entry.url)) for entry in _entries if entry.may(request)]
    desks = [Place(title, link, room=True) for title, link in _desks(request)]
    return [*pages, Place("Admin", reverse("admin:index")), *desks]


def _rooms(request: HttpRequest) -> list[dict[str, Any]]:
    return [_item(request, title, "forum", link) for title, link in _desks(request)]


def _desks(request: HttpRequest) -> list[tuple[str, str]]:
    """Title and desk of the streams that somebody looks after: the live ones first, then by age."""
    user: Any = request.user
    newest = sorted(looked_after(user), reverse=True)[:ROOMS_LISTED]
    if not newest:
        return []
    streams: Any = user._meta.get_field("streams").related_model
    rows = streams.objects.filter(pk__in=newest).order_by("-pk")
    found = sorted(rows.values_list("slug", "title", "status"), key=lambda row: row[2] != "live")
    try:
        return [(title, reverse("desk", args=[slug])) for slug, title, _ in found]
    except NoReverseMatch:  # this installation serves no desk
        return []


def _tables(site: "DeskSite", request: HttpRequest) -> list[tuple[str, str, str, str]]:
    """Group, title, sign and address of each registered table that this person may see."""
    order = list(TABLES)
    found = []
    for model, model_admin in site._registry.items():
        if not (
            model_admin.has_module_permission(request)
            and model_admin.has_view_or_change_permission(request)
        ):
            continue
        label = model._meta.label_lower
        other = (
            OTHER.get(model._meta.app_label, OPERATIONS),
            str(model._meta.verbose_name_plural).capitalize(),
            "table",
        )
        place = order.index(label) if label in TABLES else len(order)
        link = reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist",
            current_app=site.name,
        )
        found.append((place, (*TABLES.get(label, other), link)))
    return [row for _, row in sorted(found)]


def _item(request: HttpRequest, title: str, icon: str, link: str) -> dict[str, Any]:
    active = request.path.startswith(link)
    # unfold writes titles as they are, and those of streams are anybody's.
    return {
        "title": escape(title),
        "icon": icon,
        "link": link,
        "active": active,
        "has_permission": True,
    }
