"""A person's page in the admin, and keeping somebody out of every stream."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from django_redis import get_redis_connection

from comments import people
from comments.models import Hold, HoldStatus, Status
from comments.person_admin import COMMENTS_SHOWN
from livecomments import limits, redisdb
from livecomments.accounts import suspension
from livecomments.accounts.models import Standing, Suspension, UserNote
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, ReactionKind, Role
from reactions.domain import react
from streams.models import AuditEntry, Sanction
from streams.payloads import identity_of
from streams.suspending import suspend_user, unsuspend_user
from tests.factories import CommentFactory, HoldFactory, StreamFactory, UserFactory, open_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    """An administrator of the house, who is no superuser."""
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Administrators"))
    return user


@pytest.fixture
def admin_desk(client, admin):
    """The administrator's browser."""
    client.force_login(admin)
    return client


@pytest.fixture
def person():
    """Somebody who has been here for a while."""
    return UserFactory(date_joined=timezone.now() - timedelta(days=40))


def page_of(user):
    return reverse("admin:person", args=[user.pk])


def refusal_of(user):
    """What a post of this person would be told."""
    (refusal,) = async_to_sync(limits.reserve)([limits.reservations(user.pk, "a", staff=False)])
    return refusal


# --- suspensions -------------------------------------------------------------------------------


def test_suspended_person_neither_posts_nor_reacts_and_is_let_back(admin, person):
    stream = StreamFactory()
    room, identity = open_room(stream), identity_of(person, stream, role=Role.VIEWER)
    press = async_to_sync(react)

    row = suspend_user(person, actor=admin, seconds=None, reason=" spam ", via="admin")

    assert refusal_of(person) == limits.Refusal(ErrorCode.BANNED, None)
    with pytest.raises(DomainError) as refused:
        press(room, user=identity, kind=ReactionKind.LIKE)
    assert refused.value.code is ErrorCode.BANNED
    assert (row.until, row.reason, row.placed_by) == (None, "spam", admin)

    unsuspend_user(person, actor=admin)

    assert refusal_of(person) is None
    press(room, user=identity, kind=ReactionKind.LIKE)
    assert suspension.standing_suspension(person.pk) is None


def test_time_out_everywhere_tells_what_is_left(admin, person):
    suspend_user(person, actor=admin, seconds=600, reason="shouting")

    refusal = refusal_of(person)

    assert refusal.code is ErrorCode.TIMED_OUT
    assert 590_000 < refusal.retry_after_ms <= 600_000


def test_new_suspension_replaces_the_open_one(admin, person):
    suspend_user(person, actor=admin, seconds=600, reason="first")
    suspend_user(person, actor=admin, seconds=None, reason="second")

    assert Suspension.objects.filter(lifted_at__isnull=True).get().reason == "second"
    assert refusal_of(person).code is ErrorCode.BANNED


@pytest.mark.parametrize("seconds", [9, 14 * 86_400 + 1])
def test_time_out_everywhere_has_the_bounds_of_any_other(admin, person, seconds):
    with pytest.raises(DomainError) as refused:
        suspend_user(person, actor=admin, seconds=seconds, reason="spam")
    assert refused.value.message == "A time-out lasts from 10 seconds to 14 days."
    assert not Suspension.objects.exists()


def test_suspension_is_audited_with_who_whom_why_and_from_where(admin, person):
    suspend_user(person, actor=admin, seconds=None, reason="spam", via="admin")
    unsuspend_user(person, actor=admin)

    placed, lifted = AuditEntry.objects.order_by("pk")
    assert (placed.action, placed.actor, placed.target_user_id) == (
        "user.suspended",
        admin,
        person.pk,
    )
    assert (placed.event["reason"], placed.event["via"]) == ("spam", "admin")
    assert (lifted.action, lifted.stream) == ("user.unsuspended", None)


def test_emptied_redis_is_told_again_of_suspensions_that_hold(admin, person):
    other, lifted = UserFactory(), UserFactory()
    suspend_user(person, actor=admin, seconds=None, reason="x")
    over = suspend_user(other, actor=admin, seconds=60, reason="x")
    Suspension.objects.filter(pk=over.pk).update(until=timezone.now() - timedelta(seconds=1))
    suspend_user(lifted, actor=admin, seconds=None, reason="x")
    unsuspend_user(lifted, actor=admin)
    get_redis_connection("default").flushdb()
    assert refusal_of(person) is None

    standing = suspension.standing_suspensions()
    assert standing == [(person.pk, "ban")]

    async def restore():
        await suspension.note(redisdb.client(), standing)

    async_to_sync(restore)()
    assert refusal_of(person).code is ErrorCode.BANNED


def test_who_may_suspend_whom(admin, person):
    superuser = UserFactory(is_superuser=True)
    colleague = UserFactory()
    colleague.groups.add(Group.objects.get(name="Administrators"))
    cases = [
        (person, admin, ErrorCode.FORBIDDEN),  # a viewer suspends nobody
        (admin, admin, ErrorCode.FORBIDDEN),
        (admin, colleague, ErrorCode.PROTECTED),
        (admin, superuser, ErrorCode.PROTECTED),
    ]

    for actor, target, code in cases:
        with pytest.raises(DomainError) as refused:
            suspend_user(target, actor=actor, seconds=60, reason="x")
        assert refused.value.code is code
    with pytest.raises(DomainError):
        unsuspend_user(person, actor=admin)  # there is nothing to lift
    suspend_user(colleague, actor=superuser, seconds=60, reason="x")
    assert Suspension.objects.get().user == colleague


def test_nothing_is_stored_while_redis_is_away(admin, person, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    async def attempt():
        await suspension._tell([(person.pk, "ban")])

    with pytest.raises(DomainError) as refused:
        async_to_sync(_with_a_client_of_its_own)(attempt)
    assert refused.value.code is ErrorCode.BUSY


async def _with_a_client_of_its_own(work):
    """Runs on this loop as if it had no client yet, so that it opens one by the settings."""
    await redisdb.close()
    try:
        await work()
    finally:
        await redisdb.close()


# --- the page ----------------------------------------------------------------------------------


def test_page_suspends_and_lifts(admin_desk, person):
    data = {"do": "suspend", "seconds": "86400", "reason": "spam"}
    shown = admin_desk.post(page_of(person), data, follow=True).content.decode()
    assert "Kept out of every stream until" in shown
    assert refusal_of(person).code is ErrorCode.TIMED_OUT

    admin_desk.post(page_of(person), {"do": "lift"})

    assert refusal_of(person) is None


def test_page_without_a_reason_suspends_nobody(admin_desk, person):
    answer = admin_desk.post(page_of(person), {"do": "suspend", "seconds": "0", "reason": ""})

    assert answer.context["suspension_form"].errors.keys() == {"reason"}
    assert not Suspension.objects.exists()


def test_managing_moderator_notes_but_does_not_suspend(client, person):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="Managing moderators"))
    client.force_login(user)

    client.post(page_of(person), {"do": "note", "text": "Means well."})
    data = {"do": "suspend", "seconds": "0", "reason": "x"}
    refused = client.post(page_of(person), data, follow=True)

    note = UserNote.objects.get()
    assert (note.text, note.user, note.written_by) == ("Means well.", person, user)
    assert "(forbidden)" in str(next(iter(refused.context["messages"])))
    assert not Suspension.objects.exists()
    assert refused.context["suspension_form"] is None


def test_page_shows_what_was_said_and_done_with_older_pages(admin_desk, person):
    stream = StreamFactory()
    rows = CommentFactory.create_batch(COMMENTS_SHOWN + 1, author=person, stream=stream)
    CommentFactory(text="of somebody else")
    Sanction.objects.create(
        stream=stream, user=person, kind="ban", placed_at=timezone.now(), log_id=1, reason="rude"
    )
    HoldFactory(
        author=person, stream=stream, text="held words", reason="spam_words", status="expired"
    )
    AuditEntry.objects.create(
        stream=stream,
        at=timezone.now(),
        action="user.sanctioned",
        target_user_id=person.pk,
        event={"kind": "ban", "reason": "rude"},
    )

    first = admin_desk.get(page_of(person))
    older = admin_desk.get(f"{page_of(person)}?older={first.context['older']}")

    assert [row.pk for row in first.context["comments"]] == [row.pk for row in rows[:0:-1]]
    assert older.context["comments"] == [rows[0]]
    shown = first.content.decode()
    assert "rude" in shown
    assert "held words" in shown
    assert "<td>word list</td><td>nobody decided in time</td>" in shown
    assert "<bdi>Banned somebody</bdi>" in shown
    assert "user.sanctioned" not in shown
    assert "of somebody else" not in shown


# --- standing ----------------------------------------------------------------------------------


def test_standing_comes_from_the_record(person):
    CommentFactory.create_batch(9, author=person)
    CommentFactory(author=person, status=Status.HIDDEN)
    CommentFactory(author=person, status=Status.WITHDRAWN)

    computed = people.computed_standing(person)

    record = computed.record
    assert (record.age.days, record.accepted, record.removed) == (40, 9, 1)
    assert computed.standing is Standing.KNOWN
    HoldFactory(author=person, status=HoldStatus.REFUSED)
    HoldFactory(author=person)
    assert Hold.objects.count() == 2
    assert people.computed_standing(person).record.removed == 2
    assert people.computed_standing(person).standing is Standing.NEW


@pytest.mark.parametrize("everywhere", [True, False])
def test_any_sanction_counts_against_standing(admin, person, everywhere):
    CommentFactory.create_batch(5, author=person)
    assert people.computed_standing(person).standing is Standing.KNOWN

    if everywhere:
        suspend_user(person, actor=admin, seconds=60, reason="x")
    else:
        Sanction.objects.create(
            stream=StreamFactory(), user=person, kind="ban", placed_at=timezone.now(), log_id=1
        )

    computed = people.computed_standing(person)
    assert computed.standing is Standing.NEW
    assert "For “known”: 7 days without a sanction." in people.shortfalls(computed.record)


@pytest.fixture
def regular(person):
    """Somebody whom the record makes known."""
    stream = StreamFactory()
    for _ in range(6):
        CommentFactory(stream=stream, author=person)
    assert people.computed_standing(person).standing is Standing.KNOWN
    return person


def form_of(desk, user):
    """What the page of a person in the list of people would send as it is."""
    answer = desk.get(reverse("admin:accounts_user_change", args=[user.pk]))
    form = answer.context["adminform"].form
    shown = {name: form[name].value() for name in ("username", "display_name", "email")}
    standing = form["standing"]
    kept = {"standing_by_hand": "on"} if form["standing_by_hand"].value() else {}
    return {
        **shown,
        **kept,
        "standing": standing.value(),
        standing.html_initial_name: standing.value(),
        "is_active": "on",
    }


def save(desk, user, form):
    answer = desk.post(reverse("admin:accounts_user_change", args=[user.pk]), form)
    assert answer.status_code == 302, answer.context["errors"]
    people.renew_standings([user.pk])
    user.refresh_from_db()
    return user.standing, user.standing_by_hand


def test_standing_that_was_changed_in_the_admin_stays(admin_desk, regular):
    form = form_of(admin_desk, regular)
    assert save(admin_desk, regular, form | {"standing": Standing.TRUSTED}) == (
        Standing.TRUSTED,
        True,
    )

    # It stays with what else is changed, until the record is to decide again.
    form = form_of(admin_desk, regular)
    renamed = save(admin_desk, regular, form | {"display_name": "Another name"})
    assert renamed == (Standing.TRUSTED, True)
    del form["standing_by_hand"]
    assert save(admin_desk, regular, form) == (Standing.KNOWN, False)


def test_standing_that_was_not_changed_is_left_to_the_record(admin_desk, regular):
    form = form_of(admin_desk, regular)
    assert form["standing"] == Standing.NEW
    people.renew_standings([regular.pk])  # while the page is open

    renamed = save(admin_desk, regular, form | {"display_name": "Another name"})

    assert renamed == (Standing.KNOWN, False)
    assert regular.display_name == "Another name"


def test_page_of_people_says_whether_the_standing_is_kept(admin_desk, person):
    url = reverse("admin:accounts_user_change", args=[person.pk])
    page = admin_desk.get(url).content.decode()
    assert 'name="standing_by_hand"' in page
    assert 'name="initial-standing"' in page
    assert "Ticks itself when the standing is changed here." in page
