"""Who may enter the admin, and which of its pages: staff by groups, others by their streams."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from comments.models import Comment
from streams.models import Moderator, Stream
from tests.factories import (
    PASSWORD,
    CommentFactory,
    ModeratorFactory,
    StreamFactory,
    UserFactory,
    log_of,
    open_room,
)

pytestmark = pytest.mark.django_db

OWN_LISTS = {"streams_stream", "streams_sanction", "streams_auditentry", "comments_comment"} | {
    "comments_hold",
    "reactions_reactiontotal",
}
OF_THE_HOUSE = {"accounts_user", "accounts_suspension", "accounts_usernote"}
OF_ADMINISTRATORS = {"accounts_apitoken"}
OF_OPERATORS = {"streams_setasideevent", "streams_archivecursor"}
ALL = OWN_LISTS | OF_THE_HOUSE | OF_ADMINISTRATORS | OF_OPERATORS


def viewer():
    return UserFactory()


def moderator():
    return ModeratorFactory().user


def manager():
    return ModeratorFactory(managing=True).user


def broadcaster():
    return StreamFactory().broadcaster


def of_group(name):
    def make():
        user = UserFactory(is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        return user

    return make


def superuser():
    return UserFactory(is_staff=True, is_superuser=True)


WHO = {
    "viewer": (viewer, None),
    "moderator": (moderator, set()),
    "managing moderator of a stream": (manager, OWN_LISTS),
    "broadcaster": (broadcaster, OWN_LISTS),
    "staff without a group": (lambda: UserFactory(is_staff=True), set()),
    "Managing moderators": (of_group("Managing moderators"), OWN_LISTS | OF_THE_HOUSE),
    "Administrators": (of_group("Administrators"), ALL - OF_OPERATORS),
    "Operators": (of_group("Operators"), OF_OPERATORS),
    "superuser": (superuser, ALL),
}


@pytest.mark.parametrize("who", WHO)
def test_who_may_open_which_list(client, who):
    make, allowed = WHO[who]
    CommentFactory()
    client.force_login(make())

    opened = {
        name: client.get(reverse(f"admin:{name}_changelist")).status_code for name in sorted(ALL)
    }

    if allowed is None:
        assert set(opened.values()) == {302}  # to the sign-in page
        assert client.get("/admin/").status_code == 302
    else:
        assert {name for name, status in opened.items() if status == 200} == allowed
        assert {status for name, status in opened.items() if name not in allowed} <= {403}
        assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("who", WHO)
def test_who_may_open_a_person(client, who):
    make, allowed = WHO[who]
    person = UserFactory()
    client.force_login(make())

    status = client.get(reverse("admin:person", args=[person.pk])).status_code

    wanted = 302 if allowed is None else 200 if "accounts_user" in allowed else 403
    assert status == wanted


def test_sidebar_lists_what_may_be_opened_and_nothing_else(client):
    row = ModeratorFactory(managing=True)
    client.force_login(row.user)

    groups = client.get("/admin/").context["sidebar_navigation"]

    links = [item["link"] for group in groups for item in group["items"]]
    own = {reverse(f"admin:{name}_changelist") for name in OWN_LISTS}
    assert own <= set(links)
    assert not {reverse(f"admin:{name}_changelist") for name in ALL - OWN_LISTS} & set(links)
    assert {client.get(link).status_code for link in links} == {200}


def ways(client, path="/"):
    page = client.get(path).content.decode()
    return re.findall(r'href="(/admin/[^"]*)"', page)


def test_bar_of_the_site_leads_to_what_may_be_opened(client):
    for make, wanted in (
        (viewer, []),
        (moderator, ["/admin/review/", "/admin/"]),
        (broadcaster, ["/admin/review/", "/admin/rules/", "/admin/"]),
        (of_group("Operators"), ["/admin/"]),
    ):
        client.force_login(make())
        assert ways(client) == wanted
        assert {client.get(link).status_code for link in wanted} <= {200}


def test_account_lists_the_desks_of_ones_rooms_the_live_one_first(client):
    row = ModeratorFactory(stream__slug="on-air")
    ModeratorFactory(user=row.user, stream__slug="newer", stream__status="ended")
    client.force_login(row.user)

    links = ways(client, "/accounts/")

    assert links[2:] == ["/admin/review/", "/admin/", "/admin/desk/on-air/", "/admin/desk/newer/"]
    assert {client.get(link).status_code for link in links} == {200}


def test_title_of_a_stream_stays_text_in_the_sidebar(client):
    row = ModeratorFactory(stream__title="<b>bold</b>")
    client.force_login(row.user)

    assert "<b>bold" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("make", [manager, broadcaster])
def test_own_lists_hold_rows_of_own_streams_only(client, make):
    user = make()
    stream = Stream.objects.filter(moderators__user=user).first() or user.streams.get()
    own, foreign = CommentFactory(stream=stream), CommentFactory()
    client.force_login(user)
    comments = reverse("admin:comments_comment_changelist")

    assert list(client.get(comments).context["cl"].result_list) == [own]
    assert (
        list(client.get(f"{comments}?stream={foreign.stream_id}").context["cl"].result_list) == []
    )
    assert list(client.get(f"{comments}?q={foreign.pk}").context["cl"].result_list) == []
    streams = client.get(reverse("admin:streams_stream_changelist"))
    assert list(streams.context["cl"].result_list) == [stream]
    change = reverse("admin:streams_stream_change", args=[foreign.stream_id])
    assert client.get(change).status_code == 302


@pytest.mark.django_db(transaction=True)  # a hide looks for the comment in another thread
def test_manager_acts_on_own_comments_and_not_on_others(client):
    row = ModeratorFactory(managing=True)
    own, foreign = CommentFactory(stream=row.stream), CommentFactory()
    for stream in (row.stream, foreign.stream):
        open_room(stream)
    client.force_login(row.user)
    url = reverse("admin:comments_comment_changelist")

    client.post(url, {"action": "hide", "_selected_action": [own.pk, foreign.pk]})

    assert [kind for kind, _ in log_of(row.stream)] == ["comment.hidden"]
    assert Comment.objects.count() == 2


def test_manager_cannot_sanction_in_a_stream_of_others(client):
    row, foreign = ModeratorFactory(managing=True), StreamFactory()
    for stream in (row.stream, foreign):
        open_room(stream)
    client.force_login(row.user)
    form = {"user": UserFactory().display_name, "kind": "ban", "seconds": "300", "reason": "x"}

    url = reverse("admin:streams_sanction_add")
    refused = client.post(url, form | {"stream": foreign.pk}, follow=True)
    client.post(url, form | {"stream": row.stream.pk})

    assert "Select a valid choice" in refused.content.decode()
    assert [kind for kind, _ in log_of(row.stream)] == ["user.sanctioned"]


def test_manager_edits_the_stream_but_not_whose_it_is(client):
    row, friend = ModeratorFactory(managing=True), UserFactory()
    open_room(row.stream)
    client.force_login(row.user)
    form = {
        "title": "A new title",
        "broadcaster": row.user_id,
        "moderators-TOTAL_FORMS": 2,
        "moderators-INITIAL_FORMS": 1,
        "moderators-0-id": row.pk,
        "moderators-0-stream": row.stream_id,
        "moderators-1-user": friend.display_name,
    }

    answer = client.post(reverse("admin:streams_stream_change", args=[row.stream_id]), form)

    assert answer.status_code == 302
    stream = Stream.objects.get(pk=row.stream_id)
    assert (stream.title, stream.broadcaster_id) == ("A new title", row.stream.broadcaster_id)
    assert Moderator.objects.filter(stream=stream, user=friend).exists()


def test_broadcaster_names_managers_and_managers_do_not(client):
    stream = StreamFactory()
    open_room(stream)
    plain = ModeratorFactory(stream=stream)
    manager_row = ModeratorFactory(stream=stream, managing=True)
    form = {
        "title": stream.title,
        "moderators-TOTAL_FORMS": 2,
        "moderators-INITIAL_FORMS": 2,
        "moderators-0-id": plain.pk,
        "moderators-0-stream": stream.pk,
        "moderators-0-user": manager_row.user_id,  # nobody is turned into somebody else
        "moderators-0-managing": "on",
        "moderators-1-id": manager_row.pk,
        "moderators-1-stream": stream.pk,
        "moderators-1-managing": "on",
    }
    url = reverse("admin:streams_stream_change", args=[stream.pk])

    client.force_login(manager_row.user)
    client.post(url, form)
    plain.refresh_from_db()
    assert not plain.managing

    client.force_login(stream.broadcaster)
    assert client.post(url, form).status_code == 302
    user = plain.user
    plain.refresh_from_db()
    assert (plain.managing, plain.user) == (True, user)


@pytest.fixture
def owned(client):
    """A stream whose broadcaster is signed in."""
    stream = StreamFactory()
    open_room(stream)
    client.force_login(stream.broadcaster)
    return stream


def add_moderator(client, stream, name):
    form = {
        "title": stream.title,
        "moderators-TOTAL_FORMS": 1,
        "moderators-INITIAL_FORMS": 0,
        "moderators-0-user": name,
    }
    return client.post(reverse("admin:streams_stream_change", args=[stream.pk]), form)


def test_broadcaster_adds_a_moderator_by_name(client, owned):
    friend = UserFactory(display_name="Ida Quist")
    UserFactory(display_name="Ida")

    assert add_moderator(client, owned, " ida QUIST ").status_code == 302

    row = Moderator.objects.get(stream=owned)
    assert (row.user, row.added_by, row.managing) == (friend, owned.broadcaster, False)
    page = client.get(reverse("admin:streams_stream_change", args=[owned.pk])).content.decode()
    assert 'value="Ida Quist"' in page
    assert "/admin/accounts/user/" not in page  # which is not theirs to open


def test_who_cannot_be_a_moderator_is_said(client, owned):
    UserFactory(display_name="Gone", is_active=False)
    by_number = UserFactory(display_name="Numbered")
    wrong = {
        "Nobody Here": "Nobody here is called “Nobody Here”.",
        str(by_number.pk): f"Nobody here is called “{by_number.pk}”.",
        "Gone": "The account of Gone has been closed.",
        owned.broadcaster.display_name: "is the broadcaster.",
        "a\0b": "Null characters are not allowed.",
    }
    for name, told in wrong.items():
        answer = add_moderator(client, owned, name)
        assert told in answer.content.decode(), name
    assert not Moderator.objects.exists()


def test_stream_page_leads_to_the_places_of_its_room(client, owned):
    change = reverse("admin:streams_stream_change", args=[owned.pk])
    lists = reverse("admin:streams_stream_changelist")
    slug = owned.slug

    assert client.get(change).context["room_links"] == [
        ("Desk", f"/admin/desk/{slug}/"),
        ("Watch page", f"/s/{slug}/"),
        ("Review queue", f"/admin/review/?stream={slug}"),
        ("Rules", f"/admin/rules/{slug}/"),
    ]
    assert f'<a href="/admin/desk/{slug}/">Desk</a>' in client.get(lists).content.decode()

    # Administrators of the house have the tables, but no seat at this desk.
    client.force_login(of_group("Administrators")())
    assert [name for name, _ in client.get(change).context["room_links"]] == ["Watch page"]


def test_stream_page_says_the_modes_in_words(client, owned):
    Stream.objects.filter(pk=owned.pk).update(slow_seconds=30, standing_only=True, links="block")
    page = client.get(reverse("admin:streams_stream_change", args=[owned.pk])).content.decode()
    assert (
        "Newcomers wait, slow mode 30 s, links from newcomers refused, 20 comments shown a second"
    ) in page


def test_moderator_signs_in_to_the_admin_and_a_viewer_does_not(client, settings):
    row = ModeratorFactory(user=UserFactory(password=PASSWORD))
    nobody = UserFactory(password=PASSWORD)

    refused = client.post(
        "/admin/login/", {"username": nobody.username, "password": PASSWORD, "next": "/admin/"}
    )
    assert refused.status_code == 200
    assert "You look after no stream" in refused.content.decode()
    assert "_auth_user_id" not in client.session
    client.post(
        "/admin/login/", {"username": row.user.username, "password": PASSWORD, "next": "/admin/"}
    )
    assert client.session["_auth_user_id"] == str(row.user_id)


def test_rights_of_groups_are_rights_that_exist():
    known = set(Permission.objects.values_list("content_type__app_label", "codename"))
    from django.apps import apps  # noqa: PLC0415 -- only this test looks behind permissions

    for group in Group.objects.all():
        for permission in group.permissions.select_related("content_type"):
            model = apps.get_model(permission.content_type.app_label, permission.content_type.model)
            assert permission.codename.partition("_")[0] in model._meta.default_permissions
            assert (model._meta.app_label, permission.codename) in known
    assert Group.objects.count() == 3


@pytest.mark.parametrize("verb", ["add", "change", "delete"])
def test_nobody_touches_the_audit(client, verb):
    from streams.models import AuditEntry  # noqa: PLC0415 -- only this test needs it

    stream = StreamFactory()
    row = AuditEntry.objects.create(
        log_id=1,
        stream=stream,
        at=stream.created_at,
        action="comment.hidden",
        event={"reason": "x"},
    )
    client.force_login(superuser())
    args = [] if verb == "add" else [row.pk]

    answer = client.post(reverse(f"admin:streams_auditentry_{verb}", args=args), {"action": "y"})

    assert answer.status_code == 403
    assert AuditEntry.objects.get().action == "comment.hidden"
